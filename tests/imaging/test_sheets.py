from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from str_pipelines.imaging import sheets
from str_pipelines.imaging.decode import decode, size_of
from str_pipelines.imaging.sheets import GAP, PAPER, Cell, caption_font, fit, sheet


def plain(height: int, width: int, colour: tuple[int, int, int] = (200, 30, 40)) -> NDArray[np.uint8]:
    return np.full((height, width, 3), colour, np.uint8)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((10, 20), (50, 100)),
        ((100, 100), (60, 60)),
        ((600, 1000), (60, 100)),
        ((1, 5000), (1, 100)),
        ((900, 1), (60, 1)),
    ],
)
def test_a_picture_is_scaled_until_it_touches_the_frame(size: tuple[int, int], expected: tuple[int, int]) -> None:
    fitted = fit(plain(*size), width=100, height=60)
    assert fitted.shape == (*expected, 3)
    assert (fitted == (200, 30, 40)).all()


def test_pictures_of_a_cell_stand_side_by_side_above_its_caption() -> None:
    cell = Cell([plain(48, 176), plain(48, 176, (10, 200, 90))], "two")
    page = decode(sheet([cell], columns=1))
    assert (page[GAP : GAP + 48, GAP : GAP + 176] == (200, 30, 40)).all()
    assert (page[GAP : GAP + 48, 2 * GAP + 176 : 2 * GAP + 352] == (10, 200, 90)).all()
    below = page[GAP + 48 :]
    assert (below != PAPER).any() and (page[:, -GAP:] == PAPER).all()


def test_cells_fill_rows_and_nothing_is_covered() -> None:
    colours = [(40 * i, 10, 10) for i in range(5)]
    page = decode(sheet([Cell([plain(48, 176, colour)], "") for colour in colours], columns=3))
    for colour in colours:
        assert np.count_nonzero((page == colour).all(axis=-1)) == 48 * 176


def test_a_long_caption_is_cut_and_a_broken_one_put_on_one_line() -> None:
    empty = decode(sheet([Cell([plain(48, 40)], "")], columns=2))
    for caption in ("W" * 100_000, "a\nb\n\nc\td " * 50, "漢字" * 200):
        page = decode(sheet([Cell([plain(48, 40)], caption)], columns=2))
        changed = np.argwhere((page != empty).any(axis=-1))
        assert page.shape == empty.shape and len(changed)
        assert changed[:, 1].max() < GAP + 176 + GAP  # the second cell is untouched
        assert changed[:, 0].min() >= GAP + 48


def test_a_sheet_of_nothing_is_a_blank_page_with_its_title() -> None:
    assert (decode(sheet([])) == PAPER).all()
    assert (decode(sheet([], title="words")) != PAPER).any()
    width, height = size_of(sheet([], columns=2, title="words"))
    assert width > height > 0


def test_captions_in_other_scripts_have_a_font_that_covers_them() -> None:
    for text in ("Jérôme", "Łódź", "Жук"):
        assert caption_font("Hamburg").getname() != caption_font(text).getname() == ("DejaVu Sans", "Book")
    assert caption_font("\u0378").getname() == caption_font("a").getname()  # nobody has it


def test_a_broken_font_of_the_system_costs_no_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"OTTO but not really")
    monkeypatch.setattr(sheets, "SYSTEM_FONTS", tmp_path)
    for cached in (sheets.caption_font, sheets._fonts):
        cached.cache_clear()
    assert decode(sheet([Cell([plain(48, 40)], "\u0378")])).size
    for cached in (sheets.caption_font, sheets._fonts):
        cached.cache_clear()
