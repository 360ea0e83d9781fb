"""The name that was meant."""

from __future__ import annotations

import pytest

from str_pipelines.text.nearest import nearest


@pytest.mark.parametrize(
    ("written", "meant"),
    [("parseq-36", "parseq36"), ("abinet", "abinet36"), ("CCD", "ccd"), ("ccd", "ccd"), ("RAW", "raw")],
)
def test_the_most_alike_name_is_found(written: str, meant: str) -> None:
    assert nearest(written, ["raw", "parseq36", "parseq94", "abinet36", "ccd"]) == meant


def test_there_is_always_a_name() -> None:
    assert nearest("", ["b", "a"]) in {"a", "b"}
