from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from str_pipelines.imaging import shaping
from str_pipelines.imaging.backdrop import backdrop, piece_of
from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.words import HIGHEST, LOWEST, RenderedWord, WordStream, render_word
from str_pipelines.records import Refused
from str_pipelines.text.charsets import load_charset

FONTS = bundled_fonts()
PHOTOGRAPH = backdrop(300, 400, np.random.default_rng(5))
LEXICON = ("Hamburg", "market", "a", "Straßenbahnhaltestelle", "x-ray", "1984")
STREAM = WordStream(FONTS, LEXICON, [PHOTOGRAPH], seed=3)


def same(one: RenderedWord, other: RenderedWord) -> bool:
    return one.label == other.label and np.array_equal(one.image, other.image)


def test_a_word_has_its_picture_mask_and_characters() -> None:
    for index in range(25):
        word = STREAM[index]
        height, width = word.image.shape[:2]
        assert LOWEST <= height <= HIGHEST and word.image.shape == (height, width, 3) and word.image.dtype == np.uint8
        assert word.mask.shape == (height, width) and word.mask.max() > 150
        assert word.characters.shape == (len(word.label), 4, 2)
        assert word.characters.min() > -4 and (word.characters.max(axis=(0, 1)) < (width + 4, height + 4)).all()
        inked, bare = word.image[word.mask > 200].mean(axis=0), word.image[word.mask == 0].mean(axis=0)
        assert np.abs(inked - bare).max() > 12


def test_the_stream_is_a_pure_function_of_seed_epoch_and_index() -> None:
    again = WordStream(FONTS, LEXICON, [PHOTOGRAPH], seed=3)
    assert all(same(STREAM[index], again[index]) for index in (7, 0, 3))
    others = (STREAM[1], WordStream(FONTS, LEXICON, [PHOTOGRAPH], seed=4)[0])
    later = WordStream(FONTS, LEXICON, [PHOTOGRAPH], seed=3, epoch=1)[0]
    assert not any(same(STREAM[0], other) for other in (*others, later))


def test_a_text_is_known_before_it_is_drawn() -> None:
    signs = WordStream(FONTS, ("Market", "Street"), [PHOTOGRAPH], seed=2, signs=0.5, charset=load_charset("94"))
    for index in range(12):
        said = signs.text(index)
        assert not said or said == signs[index].label


def test_cases_vary_as_far_as_the_charset_has_them() -> None:
    labels = {word.label for word in islice(WordStream(FONTS, ("Market",)), 30)}
    assert labels == {"Market", "market", "MARKET"}
    lower = WordStream(FONTS, ("Market", "Straße"), charset=load_charset("36"))
    assert {lower[index].label for index in range(12)} == {"market"}


def test_what_no_font_has_is_passed_over_and_nothing_else_is_an_error() -> None:
    mixed = WordStream(FONTS, ("漢字", "word"))
    assert {mixed[index].label.lower() for index in range(8)} == {"word"}
    with pytest.raises(Refused, match="no_font"):
        WordStream(FONTS, ("漢字",))[0]


def test_a_word_alone_is_refused_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="text_blank"):
        render_word(" ", 0, FONTS)
    monkeypatch.setattr(shaping, "SHAPES", False)
    with pytest.raises(Refused, match="needs_raqm"):
        render_word("سلام", 0, FONTS)


def test_it_stands_on_the_photograph_that_is_given() -> None:
    red = np.zeros((200, 300, 3), np.uint8)
    red[..., 0] = np.random.default_rng(0).integers(150, 200, (200, 300))
    word = render_word("Hamburg", 4, FONTS, ground=red)
    bare = word.image[word.mask == 0].astype(int)
    assert np.median(bare[:, 0] - bare[:, 1]) > 100


@pytest.mark.parametrize("size", [(300, 400), (20, 400), (5, 5)])
def test_a_piece_of_any_photograph_has_the_size_that_is_asked_for(size: tuple[int, int]) -> None:
    photograph = np.full((*size, 3), 77, np.uint8)
    for seed in range(5):
        piece = piece_of(photograph, 40, 130, np.random.default_rng(seed))
        assert piece.shape == (40, 130, 3) and (piece == 77).all()


def test_backdrops_differ_and_have_grain() -> None:
    walls = [backdrop(48, 160, np.random.default_rng(seed)) for seed in range(12)]
    assert len({tuple((wall.mean(axis=(0, 1)) // 20).astype(int)) for wall in walls}) > 8
    assert all(0.3 < np.abs(np.diff(wall.astype(int), axis=1)).mean() < 25 for wall in walls)
