"""The probe finds a difference where there is one, and none where photographs, not painters, differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from str_pipelines.metrics.realism import probe_auc


def rows(count: int, seed: int, shift: float = 0.0, photographs: int = 8) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    offsets = np.random.default_rng(7).normal(0, 3, (photographs, 6))  # each photograph looks like itself
    return [
        {"scene": f"s{k % photographs}", "features": rng.normal(shift, 1, 6) + offsets[k % photographs]}
        for k in range(count)
    ]


def test_what_differs_is_told_apart() -> None:
    found = probe_auc(rows(120, 1, shift=3), rows(80, 2))
    assert found is not None and found > 0.8


def test_what_does_not_differ_is_not_though_every_photograph_does() -> None:
    found = probe_auc(rows(240, 1), rows(240, 2))
    assert found == pytest.approx(0.5, abs=0.12)


@pytest.mark.parametrize(("ours", "real"), [(9, 50), (50, 9), (0, 0)])
def test_too_few_words_say_nothing(ours: int, real: int) -> None:
    assert probe_auc(rows(ours, 1), rows(real, 2)) is None


def test_one_photograph_says_nothing() -> None:
    assert probe_auc(rows(30, 1, photographs=1), rows(30, 2, photographs=1)) is None
