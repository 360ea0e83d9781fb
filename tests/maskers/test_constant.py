from __future__ import annotations

import numpy as np
import pytest

from str_pipelines.maskers.constant import Constant
from str_pipelines.maskers.masker import Masked
from str_pipelines.records import Refused
from tests.maskers.conftest import BAD, word


def test_all_pixels_are_alike_and_as_many_as_the_picture_has() -> None:
    for value, level in ((1.0, 255), (0, 0), (0.5, 128)):
        [found] = Constant(value)([word(0)])
        assert isinstance(found, Masked)
        np.testing.assert_array_equal(found.pixels, np.full((32, 96), level))


def test_a_picture_of_no_known_size_has_none() -> None:
    [found] = Constant()([BAD[2]])
    assert isinstance(found, Refused) and found.reason == "size_unknown"


def test_another_value_is_another_masker() -> None:
    assert Constant(0.5).digest != Constant(1).digest == Constant(1.0).digest


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), True, "1"])
def test_a_value_that_is_no_share_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="value is a number from 0 to 1"):
        Constant(value)  # type: ignore[arg-type]
