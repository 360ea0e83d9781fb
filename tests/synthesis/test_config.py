from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from str_pipelines.synthesis.config import AcceptParams, AnchorParams, PaintParams, PhotoParams, TextParams


def test_what_a_command_line_can_say_is_understood() -> None:
    assert TextParams.model_validate({"kinds": "word digits"}).kinds == ("word", "digits")
    assert TextParams.model_validate({"charset": 36}).charset == "36"
    assert PaintParams.model_validate({"fonts": "a.ttf fonts/"}).fonts == ("a.ttf", "fonts/")


@pytest.mark.parametrize(
    ("block", "values"),
    [
        (AnchorParams, {"min_inside": 0}),
        (AnchorParams, {"min_hight": 3}),
        (TextParams, {"kinds": "words"}),
        (TextParams, {"kinds": ""}),
        (TextParams, {"per_anchor": 0}),
        (TextParams, {"count": 0}),
        (TextParams, {"charset": [94]}),
        (PaintParams, {"context": -1}),
        (PaintParams, {"shard_size": 0}),
        (AcceptParams, {"max_clipped": 2}),
        (PhotoParams, {"keep_photos": -1}),
    ],
)
def test_what_makes_no_sense_is_refused(block: Any, values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        block.model_validate(values)


def test_a_misspelt_kind_is_answered_with_those_there_are() -> None:
    with pytest.raises(ValidationError, match="Input should be 'identity', 'permutation', 'word', 'digits'"):
        TextParams.model_validate({"kinds": "word wrod"})
