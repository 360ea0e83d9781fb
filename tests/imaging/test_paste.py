from __future__ import annotations

import numpy as np
import pytest

from str_pipelines.imaging.crop import rectify, upright
from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.ground import border_distance
from str_pipelines.imaging.paste import Paster
from str_pipelines.records import Refused

FONTS = bundled_fonts()
PASTE = Paster(FONTS)


def box(x: float, y: float, width: float, height: float) -> np.ndarray:
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float64)


def wall(level: int) -> np.ndarray:
    noise = np.random.default_rng(0).integers(-9, 10, (160, 240, 3))
    return (level + noise).astype(np.uint8)


@pytest.mark.parametrize(("level", "ink"), [(60, 255), (200, 0)])
def test_black_or_white_whichever_contrasts_on_a_flat_ground(level: int, ink: int) -> None:
    word = rectify(PASTE(wall(level), box(40, 40, 120, 36), "Hamburg", 0).pixels, box(40, 40, 120, 36))
    flat = (word == np.median(word.reshape(-1, 3), axis=0)).all(axis=2)
    assert (abs(word.astype(int) - ink) < 20).all(axis=2).mean() > 0.15 and flat.mean() > 0.3
    assert abs(int(word[flat][0].mean()) - level) < 3


def test_ink_takes_nine_tenths_of_the_quad() -> None:
    quad = box(40, 40, 120, 36)
    word = rectify(PASTE(wall(200), quad, "Hamburg", 0).pixels, quad)
    rows, columns = np.nonzero(word.mean(axis=2) < 80)
    assert np.ptp(columns) == pytest.approx(0.9 * 120, abs=3) and np.ptp(rows) == pytest.approx(0.9 * 36, abs=3)


def test_nothing_changes_far_from_the_quad_and_chance_plays_no_part() -> None:
    scene, quad = wall(150), box(40, 40, 120, 36)
    before = scene.copy()
    pixels = PASTE(scene, quad, "Hamburg", 0).pixels
    far = border_distance(scene.shape[:2], quad) < -8
    assert np.array_equal(pixels[far], scene[far]) and np.array_equal(scene, before)
    assert np.array_equal(pixels, PASTE(scene, quad, "Hamburg", 99).pixels)


def test_tall_quads_are_written_downwards() -> None:
    flat = rectify(PASTE(wall(200), box(20, 20, 120, 36), "Hamburg", 0).pixels, box(20, 20, 120, 36))
    tall = upright(rectify(PASTE(wall(200), box(20, 20, 36, 120), "Hamburg", 0).pixels, box(20, 20, 36, 120)))
    assert flat.shape == tall.shape
    assert np.corrcoef(flat.mean(axis=2).ravel(), tall.mean(axis=2).ravel())[0, 1] > 0.95


def test_the_favourite_font_comes_first_and_another_where_it_cannot() -> None:
    assert PASTE(wall(150), box(40, 40, 120, 36), "Hamburg", 0).facts == {"font": "DejaVu Sans Bold"}
    few = Paster([path for path in FONTS if path.stem in ("cmr10", "Lato-Bold")])
    assert few(wall(150), box(40, 40, 120, 36), "a<b", 0).facts == {"font": "Lato Bold"}
    with pytest.raises(Refused, match="no_font"):
        PASTE(wall(150), box(40, 40, 120, 36), "漢字", 0)
    with pytest.raises(ValueError, match="font"):
        Paster([])


def test_the_digest_is_that_of_the_fonts() -> None:
    assert PASTE.digest == Paster(FONTS).digest != Paster(FONTS[:3]).digest
