"""The tool that makes the bundled lexicon, on a small SCOWL."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "make_lexicon.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    specification = importlib.util.spec_from_file_location("make_lexicon", TOOL)
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_words_are_chosen_filtered_and_sorted(
    tool: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scowl = tmp_path / "scowl"
    scowl.mkdir()
    (scowl / "english-words.10").write_text("zebra\na\nb\ndarn\nDarns\ndarned\nundarnable\ndrat\ndratted\nit's\n")
    (scowl / "american-upper.50").write_bytes("Ohio\nI\nMalmö\n".encode("iso-8859-1"))
    (scowl / "english-words.55").write_text("rare\n")
    (scowl / "british-words.10").write_text("colour\n")
    (scowl / "english-contractions.10").write_text("aint\n")
    (tmp_path / "blocklist").write_bytes("\ufeffDRAT\r\ntwo words\r\n".encode())
    (tmp_path / "anywhere").write_text("darn\ndarn's\n")
    tool.main([str(scowl), str(tmp_path / "blocklist"), str(tmp_path / "anywhere"), str(tmp_path / "lexicon")])
    assert (tmp_path / "lexicon").read_bytes() == b"I\nOhio\na\nzebra\n"
    assert "4 words; 6 left out" in capsys.readouterr().out


def test_a_folder_without_word_lists_is_refused(tool: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no SCOWL file"):
        list(tool.scowl_words(tmp_path))


@pytest.mark.parametrize(
    ("word", "some", "none"),
    [
        ("clap", {"clap", "claps", "clapped", "clapping"}, {"clape", "cla"}),
        ("rude", {"rudely", "rudes", "rudeness"}, {"rudee", "rudd"}),
        ("silly", {"sillies", "sillier"}, {"sill"}),
        ("hat", {"hat", "hats"}, {"hatter", "hated"}),
        ("no", {"no"}, {"nos"}),
    ],
)
def test_a_blocked_word_goes_with_its_forms(tool: ModuleType, word: str, some: set[str], none: set[str]) -> None:
    forms = set(tool.forms(word))
    assert some <= forms and not none & forms
