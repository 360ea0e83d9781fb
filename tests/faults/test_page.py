"""docs/bad_input.md names tests that there are and reasons that are given."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/bad_input.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and "::" in line
]
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
MADE_OF_TWO = re.compile(r"(name|text|polygon|valid)_(malformed|too_long|too_short|control_character)")


@pytest.mark.parametrize(("reason", "test"), [row[2:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_row_is_true(reason: str, test: str) -> None:
    file, _, name = test.partition("::")
    assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8")
    for slug in re.findall(r"`(\w+)`", reason):
        assert f'"{slug}"' in CODE or MADE_OF_TWO.fullmatch(slug)
