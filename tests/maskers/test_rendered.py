"""The renderer's own masks, of its own words alone."""

from __future__ import annotations

import pickle
from dataclasses import replace

import cv2
import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.render import Renderer
from str_pipelines.maskers.masker import Masked
from str_pipelines.maskers.rendered import Rendered
from str_pipelines.records import Refused
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis.config import RenderedWordsParams
from str_pipelines.synthesis.rendered_words import render_words

OPTIONS = {"count": 6, "seed": 3, "signs": 0.3}


@pytest.fixture
def words(here: Execution) -> WordLmdb:
    return render_words(Renderer(bundled_fonts()), RenderedWordsParams(**OPTIONS), here)


def test_ink_is_where_it_was_drawn(words: WordLmdb) -> None:
    for word, found in zip(words, Rendered(**OPTIONS)(list(words)), strict=True):
        assert isinstance(found, Masked) and found.pixels.shape == word.size[::-1]
        ink, grey = found.pixels > 200, cv2.cvtColor(decode(word.image), cv2.COLOR_RGB2GRAY).astype(float)
        assert ink.any() and abs(grey[ink].mean() - grey[found.pixels == 0].mean()) > 25


def test_what_comes_out_otherwise_has_no_mask(words: WordLmdb) -> None:
    first, second = words[0], words[1]
    strangers = [replace(first, id="mine/1"), replace(first, id=second.id), replace(first, image=second.image)]
    for found in [*Rendered(**OPTIONS)(strangers), *Rendered(**{**OPTIONS, "seed": 4})([first])]:
        assert isinstance(found, Refused) and found.reason == "not_rendered"


def test_it_travels_to_other_processes_and_knows_its_options(words: WordLmdb) -> None:
    masker = Rendered(**OPTIONS)
    again = pickle.loads(pickle.dumps(masker))  # noqa: S301
    for one, other in zip(masker(list(words)), again(list(words)), strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)
    assert masker.digest == again.digest != Rendered(**{**OPTIONS, "signs": 0.0}).digest
