from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from str_pipelines.imaging.fonts import bundled_fonts, covers
from str_pipelines.imaging.glyphs import Drawing, draw_column, draw_line, word_alpha

FONTS = {path.stem: path for path in bundled_fonts()}
LATO = FONTS["Lato-Regular"]


@pytest.mark.parametrize("stem", sorted(FONTS))
def test_a_word_is_cut_to_its_ink_in_every_font(stem: str) -> None:
    if not covers(FONTS[stem], "age"):
        pytest.skip("a symbol font")
    alpha = word_alpha("age", FONTS[stem], 48)
    assert alpha.dtype == np.uint8 and all(edge.any() for edge in (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]))
    assert alpha.max() > 200 and 20 < alpha.shape[0] < 60


def test_letters_keep_their_heights() -> None:
    x, tall, deep = (word_alpha(c, LATO, 100).shape[0] for c in "xhg")
    assert 45 < x < 60 < tall < 80 and x + 15 < deep < 85
    assert word_alpha("hg", LATO, 100).shape[0] > max(tall, deep)


def test_kerning_pulls_pairs_together() -> None:
    apart = sum(word_alpha(c, LATO, 100).shape[1] for c in "AV")
    assert word_alpha("AV", LATO, 100).shape[1] < apart


def test_spacing_adds_between_letters_only() -> None:
    plain = word_alpha("Hill", LATO, 50).shape[1]
    assert word_alpha("Hill", LATO, 50, spacing=0.2).shape[1] == plain + 30
    assert word_alpha("H", LATO, 50, spacing=0.2).shape == word_alpha("H", LATO, 50).shape


def test_joined_scripts_are_never_pulled_apart() -> None:
    font = FONTS["DejaVuSans"]
    assert np.array_equal(word_alpha("سلام", font, 40, spacing=0.3), word_alpha("سلام", font, 40))


def test_a_word_without_ink_is_an_error_that_names_the_font() -> None:
    with pytest.raises(ValueError, match="Lato-Regular"):
        word_alpha("  ", LATO, 40)


def crop(alpha: np.ndarray, box: np.ndarray) -> np.ndarray:
    x0, y0, x1, y1 = np.rint(box).astype(int)
    return alpha[max(0, y0) : y1, max(0, x0) : x1]


@pytest.mark.parametrize("text", ["Hamburg", "a.b", "AV To", "i,j!", "1984"])
@pytest.mark.parametrize("draw", [draw_line, draw_column])
def test_each_box_is_as_tight_as_its_character(text: str, draw: Callable[..., Drawing]) -> None:
    drawing = draw(text, LATO, 64, 0.1)
    assert drawing.boxes.shape == (len(text), 4)
    for character, box in zip(text, drawing.boxes, strict=True):
        ink = crop(drawing.alpha, box)
        if character.isspace():
            assert ink.shape[1] == 0 or not ink.any()
        else:
            alone = word_alpha(character, LATO, 64)
            assert ink.shape == pytest.approx(alone.shape, abs=2)
            assert np.abs(ink.sum(dtype=int) - alone.sum(dtype=int)) < 0.05 * alone.sum(dtype=int)


def test_boxes_follow_the_order_of_reading() -> None:
    line, column = draw_line("Hill 5", LATO, 64), draw_column("Hill 5", LATO, 64)
    assert (np.diff(line.boxes[:, 0]) > 0).all() and (np.diff(column.boxes[[0, 1, 2, 3, 5], 1]) > 0).all()
    assert column.alpha.shape[0] > 4 * column.alpha.shape[1]


def test_arabic_runs_to_the_left_in_joined_shapes() -> None:
    font = FONTS["DejaVuSans"]
    drawing = draw_line("بيت", font, 64)
    assert (np.diff(drawing.boxes[:, 0]) < 0).all()
    last_alone, joined = word_alpha("ت", font, 64), crop(drawing.alpha, drawing.boxes[2])
    assert np.abs(drawing.alpha.shape[1] - sum(word_alpha(c, font, 64).shape[1] for c in "بيت")) > 8
    assert joined.shape[1] == pytest.approx(last_alone.shape[1], rel=0.3) and joined[:, -1].any()  # a stroke goes on


def test_numbers_and_foreign_words_run_their_own_way() -> None:
    font = FONTS["DejaVuSans"]
    drawing = draw_line("שלום 12", font, 64)
    left = drawing.boxes[:, 0]
    assert (np.diff(left[:4]) < 0).all() and left[5] < left[6] < left[3]
    one = crop(drawing.alpha, drawing.boxes[5])
    assert one.shape == word_alpha("1", font, 64).shape and np.array_equal(one, word_alpha("1", font, 64))


def test_marks_share_the_box_of_their_letter() -> None:
    boxes = draw_line("e\u0301t", FONTS["DejaVuSans"], 64).boxes
    assert np.array_equal(boxes[0], boxes[1]) and boxes[2, 0] > boxes[0, 0]
    assert boxes[0, 1] < draw_line("et", FONTS["DejaVuSans"], 64).boxes[0, 1] + 1


@pytest.mark.parametrize("text", ["سلام عليكم", "שָׁלוֹם", "ab سلام 12"])
def test_all_ink_is_in_a_box(text: str) -> None:
    drawing = draw_line(text, FONTS["DejaVuSans"], 64)
    left = drawing.alpha.copy()
    for box in drawing.boxes:
        crop(left, box)[:] = 0
    assert left.sum(dtype=int) < 0.03 * drawing.alpha.sum(dtype=int)
