from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from str_pipelines.imaging.style import SHARES, RenderOptions, Style, draw_style

EFFECTS = [name for name in SHARES if name != "fill"]
NONE = RenderOptions(**dict.fromkeys(EFFECTS, 0.0))
ALL = replace(NONE, **dict.fromkeys(EFFECTS, 1.0))


def lots(options: RenderOptions, letters: int = 6, line: float = 40) -> list[Style]:
    return [draw_style(options, letters, line, np.random.default_rng(seed)) for seed in range(300)]


def test_shares_are_kept() -> None:
    options, styles = RenderOptions(), lots(RenderOptions())
    for share, has in (
        (options.curve, lambda s: s.rise),
        (options.weight, lambda s: s.growth),
        (options.gradient, lambda s: s.fill == "gradient"),
        (options.soak, lambda s: s.soak),
        (options.poisson, lambda s: s.poisson),
        (options.jpeg, lambda s: s.quality),
        (options.effects, lambda s: s.effect),
    ):
        assert np.mean([bool(has(style)) for style in styles]) == pytest.approx(share, abs=0.08)


def test_none_and_all() -> None:
    plain = lots(NONE)
    assert not any(s.rise or s.growth or s.soak or s.quality or s.effect or s.fill != "plain" for s in plain)
    assert all(s.rise and s.growth and s.soak and s.quality and s.effect and s.fill == "gradient" for s in lots(ALL))
    assert {s.rise > 0 for s in lots(ALL)} == {s.growth > 0 for s in lots(ALL)} == {True, False}


def test_two_letters_make_no_arc_and_small_words_are_spared() -> None:
    assert not any(style.rise for style in lots(ALL, letters=2))
    small = lots(replace(ALL, gradient=0.0), line=12)
    assert not any(style.rise or style.growth < 0 or style.fill == "texture" or style.poisson for style in small)


@pytest.mark.parametrize(
    "options",
    [
        *({"curve": wrong} for wrong in (-0.1, 1.5, float("nan"), float("inf"), "0.5", None, True, [0.5])),
        *({"candidates": wrong} for wrong in (0, 2.5, "4")),
        *({name: -0.1} for name in ("fill", "jitter", "stretch", "spacing", "contrast")),
        {"stretch": 0.9},
        {"fill": 0},
    ],
)
def test_an_option_beyond_its_limits_is_refused_by_name(options: dict[str, Any]) -> None:
    [name] = options
    with pytest.raises(ValueError, match=f"the renderer's option {name} is a number from"):
        RenderOptions(**options)
