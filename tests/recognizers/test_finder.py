from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.quads import area, sides
from str_pipelines.recognizers import finder as module
from str_pipelines.recognizers.finder import MARGIN, RapidOcrFinder, Reading, part, spans, tight
from str_pipelines.records import Instance
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.zoo import load_finder

REAL = Path("../shared/data/real_scenes")


@pytest.fixture(scope="module")
def finder() -> RapidOcrFinder:
    found = load_finder(Checkpoint.at("rapidocr_finder"))
    assert isinstance(found, RapidOcrFinder)
    return found


def sign(*lines: tuple[str, int, int, float], size: tuple[int, int] = (420, 560)) -> NDArray[np.uint8]:
    """Dark red words on a pale wall, each line at x, y of its baseline and in its scale."""
    canvas = np.full((*size, 3), (215, 225, 235), np.uint8)
    for text, x, y, scale in lines:
        cv2.putText(canvas, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, (120, 20, 10), round(2 * scale), cv2.LINE_AA)
    return canvas


def centre(instance: Instance) -> NDArray[np.float64]:
    return np.asarray(instance.polygon).mean(axis=0)


def test_words_are_found_where_they_stand_from_top_to_bottom_and_lines_fall_into_words(finder: RapidOcrFinder) -> None:
    words = finder.find(sign(("NEW LINES", 40, 120, 2), ("cafe", 200, 300, 2.5)))
    assert [word.hint for word in words] == ["NEW", "LINES", "cafe"]
    assert all(word.valid and word.text == "" for word in words)
    for word, (x, y) in zip(words, ((95, 98), (270, 98), (300, 275)), strict=True):
        assert np.linalg.norm(centre(word) - (x, y)) < 40
        assert area(np.asarray(word.polygon)) > 0
    left, right = (np.asarray(word.polygon) for word in words[:2])
    assert 0 < right[0][0] - left[1][0] < sides(left)[1]  # in the gap between them
    ink = np.argwhere(sign(("cafe", 200, 300, 2.5))[..., 0] < 160)[:, ::-1]
    box = np.array([ink.min(axis=0), ink.max(axis=0)])
    np.testing.assert_allclose(np.asarray(words[2].polygon)[[0, 2]], box, atol=0.2 * (box[1] - box[0])[1])


def test_a_turned_line_begins_where_its_text_begins(finder: RapidOcrFinder) -> None:
    """Turned clockwise, the top left of the text comes to lie at the top right."""
    upright = sign(("Parking", 60, 120, 2), size=(200, 400))
    [down] = finder.find(np.ascontiguousarray(np.rot90(upright, -1)))
    [up] = finder.find(np.ascontiguousarray(np.rot90(upright)))
    for word, direction in ((down, (0, 1)), (up, (0, -1))):
        quad = np.asarray(word.polygon)
        assert word.hint == "Parking"
        along = (quad[1] - quad[0]) / np.linalg.norm(quad[1] - quad[0])
        np.testing.assert_allclose(along, direction, atol=0.1)
        assert sides(quad)[0] > 2 * sides(quad)[1]


@pytest.mark.parametrize("shape", [(1, 1), (2, 1500)])
def test_an_empty_wall_has_no_words_whatever_its_shape(finder: RapidOcrFinder, shape: tuple[int, int]) -> None:
    assert finder.find(np.full((*shape, 3), 128, np.uint8)) == []


def test_what_looks_like_text_and_cannot_be_read_is_invalid(
    finder: RapidOcrFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEGIBLE", 1.01)
    words = finder.find(sign(("OPEN", 60, 120, 2), size=(200, 300)))
    assert [(word.valid, word.hint, word.text) for word in words] == [(False, "", "")]


def test_a_large_photograph_is_looked_at_small_and_answered_in_its_own_pixels(finder: RapidOcrFinder) -> None:
    picture = cv2.resize(sign(("OPEN", 60, 120, 2), size=(200, 300)), None, fx=10, fy=10)
    [word] = finder.find(np.asarray(picture, np.uint8))
    assert word.hint == "OPEN"
    assert np.linalg.norm(centre(word) - (1300, 980)) < 200


def test_it_travels_as_its_options_and_loads_when_used(finder: RapidOcrFinder) -> None:
    assert pickle.loads(pickle.dumps(finder)) == finder  # noqa: S301
    assert len(pickle.dumps(finder)) < 1000
    assert hash(finder) == hash(load_finder(Checkpoint.at("rapidocr_finder")))
    assert len({finder.digest, RapidOcrFinder("a", "b", "c", "d", "e").digest}) == 2


def test_other_networks_are_refused(finder: RapidOcrFinder) -> None:
    wrong = RapidOcrFinder(finder.detector, "0" * 64, finder.recogniser, finder.recogniser_sha256, finder.rapidocr)
    with pytest.raises(ValueError, match=rf"{finder.detector}: its sha256 is .*, {'0' * 64} is wanted; repair it with"):
        wrong.find(sign())


def test_nothing_heavy_is_imported_before_the_first_photograph() -> None:
    code = (
        "import sys\n"
        "from str_pipelines.storage.checkpoints import Checkpoint\n"
        "from str_pipelines.zoo import load_finder\n"
        "load_finder(Checkpoint.at('rapidocr_finder')).digest\n"
        "sys.exit(' '.join({'rapidocr', 'onnxruntime', 'torch'} & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


words = st.lists(st.text("abcXYZ019", min_size=1, max_size=6), min_size=1, max_size=6)


@given(words, st.data())
def test_spans_cover_the_line_in_order(line: list[str], data: st.DataObject) -> None:
    count = sum(map(len, line))
    places = tuple(sorted(data.draw(st.lists(st.floats(0.01, 0.99), min_size=count, max_size=count, unique=True))))
    found = spans(Reading("  ".join(line), 0.9, places))
    assert [word for word, _, _ in found] == line
    assert found[0][1] == 0 and found[-1][2] == 1
    for (_, _, end), (_, start, _) in zip(found, found[1:], strict=False):
        assert end == start
    ends = np.cumsum([len(word) for word in line])
    for number, (_, start, end) in enumerate(found):
        inside = places[ends[number] - len(line[number]) : ends[number]]
        assert all(start <= place <= end for place in inside)


def test_a_line_whose_places_are_not_known_stays_whole() -> None:
    assert spans(Reading("UP TO", 0.9, (0.2, 0.8))) == [("UPTO", 0.0, 1.0)]


def test_a_part_of_a_quad_is_cut_across_it() -> None:
    quad = np.array([(0, 0), (100, 0), (80, 20), (0, 20)], np.float64)
    np.testing.assert_allclose(part(quad, 0.25, 0.5), [(25, 0), (50, 0), (40, 20), (20, 20)])
    np.testing.assert_allclose(part(quad, 0, 1), quad)


def test_a_tight_quad_keeps_its_middle_and_its_corners_in_order() -> None:
    quad = np.array([(0, 0), (100, 0), (100, 20), (0, 20)], np.float64)
    inset = 20 * MARGIN
    expected = [(inset, inset), (100 - inset, inset), (100 - inset, 20 - inset), (inset, 20 - inset)]
    np.testing.assert_allclose(tight(quad), expected)
    narrow = np.array([(0, 0), (5, 0), (5, 40), (0, 40)], np.float64)
    assert area(tight(narrow)) > 0 and np.ptp(tight(narrow)[:, 0]) == pytest.approx(2.5)


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason=f"{REAL} is not there")
@pytest.mark.parametrize(("name", "least"), [("img_101.jpg", 1.0), ("img_11.jpg", 0.6)])
def test_words_of_real_photographs_are_found(finder: RapidOcrFinder, name: str, least: float) -> None:
    """The centre of an annotated word lies in a place that was found, for most of them."""
    listing = json.loads((REAL / "ic13/test.json").read_text())["data_list"]
    [annotated] = [entry["annotations"] for entry in listing if entry["img_name"] == name]
    found = [np.asarray(w.polygon, np.float32) for w in finder.find(decode((REAL / "ic13/images" / name).read_bytes()))]
    centres = [np.asarray(word["polygon"], np.float32).mean(axis=0) for word in annotated]
    hits = [any(cv2.pointPolygonTest(quad, (float(x), float(y)), False) >= 0 for quad in found) for x, y in centres]
    assert sum(hits) >= least * len(centres)
