from __future__ import annotations

from itertools import combinations
from typing import Any

import cv2
import numpy as np
import pytest

from str_pipelines.imaging import signboards
from str_pipelines.imaging.backdrop import backdrop
from str_pipelines.imaging.boards import add_board
from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.light import luma
from str_pipelines.imaging.painter import Painted
from str_pipelines.imaging.quads import is_convex, sides
from str_pipelines.imaging.render import render
from str_pipelines.imaging.sign_layout import HIGHEST, LOWEST, distance_apart
from str_pipelines.imaging.signboards import LARGEST, LONGEST, SMALLEST, Signboard, SignStream
from str_pipelines.imaging.words import WordStream
from str_pipelines.records import Refused
from str_pipelines.text.charsets import load_charset

FONTS = bundled_fonts()
PHOTOGRAPH = backdrop(500, 600, np.random.default_rng(5))
LEXICON = ("Hamburg", "market", "a", "Straßenbahnhaltestelle", "x-ray", "1984", "at")
WORDS = WordStream(FONTS, LEXICON, [PHOTOGRAPH], seed=3, signs=0.3, charset=load_charset("94"))
DRAWN = [SignStream(WORDS)[index] for index in range(60)]


def test_words_are_inside_legibly_large_and_apart() -> None:
    for board in DRAWN:
        side = board.image.shape[0]
        assert SMALLEST <= side <= LARGEST and board.image.shape == (side, side, 3) and board.image.dtype == np.uint8
        assert 1 <= len(board.texts) == len(board.quads) <= 6 and all(0 < len(t) <= LONGEST for t in board.texts)
        assert board.quads.min() >= 0 and board.quads.max() <= side
        for quad, text in zip(board.quads, board.texts, strict=True):
            length, height = sides(quad)
            assert is_convex(quad) and LOWEST - 0.1 <= height <= HIGHEST * side + 0.1 and length * 1.5 > height, text
        assert all(distance_apart(one, other) > 0 for one, other in combinations(board.quads, 2))


def test_there_is_ink_in_every_quad() -> None:
    contrasts = []
    for board in DRAWN:
        for quad in board.quads:
            inside = np.zeros(board.image.shape[:2], np.uint8)
            cv2.fillConvexPoly(inside, np.rint(quad).astype(np.int32), 1)
            contrasts.append(np.ptp(np.percentile(luma(board.image[inside > 0].astype(np.float32)), (2, 98))))
    assert min(contrasts) > 12 and np.mean(np.array(contrasts) > 30) > 0.97  # hairlines fade


def test_signs_pairs_and_single_words_come_up() -> None:
    counts = [len(board.texts) for board in DRAWN]
    assert {1, 2, 3} <= set(counts) and max(counts) >= 4
    assert any(board.quads.min() < 4 or board.quads.max() > len(board.image) - 4 for board in DRAWN)


def same(one: Signboard, other: Signboard) -> bool:
    return (
        one.texts == other.texts and np.array_equal(one.image, other.image) and np.array_equal(one.quads, other.quads)
    )


def test_the_stream_is_a_pure_function_of_seed_epoch_and_index() -> None:
    again = SignStream(WORDS)
    assert all(same(DRAWN[index], again[index]) for index in (7, 0, 3))
    others = [
        SignStream(WordStream(FONTS, LEXICON, [PHOTOGRAPH], seed, epoch, signs=0.3, charset=load_charset("94")))[0]
        for seed, epoch in ((4, 0), (3, 1))
    ]
    assert not any(same(DRAWN[0], other) for other in (*others, DRAWN[1]))


def test_the_words_of_a_sign_share_font_colour_and_style(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[object, ...]] = []

    def spy(scene: Any, quad: Any, text: str, seed: int, fonts: Any, options: Any, ink: Any, blur: float) -> Painted:
        drawn.append((seed, fonts, options, ink.tobytes(), blur))
        return render(scene, quad, text, seed, fonts, options, ink, blur)

    monkeypatch.setattr(signboards, "render", spy)
    index = next(index for index, board in enumerate(DRAWN) if len(board.texts) >= 4)
    assert same(SignStream(WORDS)[index], DRAWN[index])
    assert len(set(drawn)) == 1 < len(drawn)


def test_it_stands_on_the_photograph_that_is_given() -> None:
    red = np.zeros((400, 500, 3), np.uint8)
    red[..., 0] = np.random.default_rng(0).integers(150, 200, (400, 500))
    stream = SignStream(WordStream(FONTS, LEXICON, [red]))
    shares = [np.mean(stream[i].image[..., 0].astype(int) - stream[i].image[..., 1] > 100) for i in range(12)]
    assert np.median(shares) > 0.5


def test_words_get_a_board_where_something_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    boards = []

    def spy(scene: Any, quad: Any, blur: float, rng: np.random.Generator) -> Any:
        boards.append(quad)
        return add_board(scene, quad, blur, rng)

    monkeypatch.setattr(signboards, "add_board", spy)
    monkeypatch.setattr(signboards, "PHOTOGRAPHS", 1.0)
    stripes = np.full((400, 400, 3), 250, np.uint8)
    stripes[:, ::12] = stripes[:, 1::12] = stripes[:, 2::12] = 10
    words = SignStream(WordStream(FONTS, LEXICON, [stripes]))[0].texts
    assert boards and len(boards) <= len(words)
    boards.clear()
    monkeypatch.setattr(signboards, "BOARDS", (0.0, 0.0))
    calm = np.full((400, 400, 3), 200, np.uint8)
    assert SignStream(WordStream(FONTS, LEXICON, [calm]))[0].texts and not boards


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(Refused, match="no_font"):
        SignStream(WordStream(FONTS, ("漢字",)))[0]
    with pytest.raises(Refused, match="no_text"):
        SignStream(WordStream(FONTS, ("Straßenbahnhaltestelle",)))[0]
    with pytest.raises(Refused, match="no_text"):
        SignStream(WordStream(FONTS, ("漢字",), charset=load_charset("36")))[0]
