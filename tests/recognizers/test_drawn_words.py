"""Words drawn on the fly are functions of epoch and place, new in every epoch, and as wide as was foretold."""

from __future__ import annotations

import numpy as np
import pytest

from str_pipelines.imaging.fonts import find_fonts
from str_pipelines.imaging.words import WordStream
from str_pipelines.recognizers.drawn_words import DrawnWords, usual_aspect
from str_pipelines.recognizers.gather import gather
from str_pipelines.recognizers.words_params import WordsParams

LEXICON = ("it", "word", "Straße", "recognition", "don't")


def drawn(lexicon: tuple[str, ...] = LEXICON, **given: object) -> DrawnWords:
    params = WordsParams.model_validate(given)
    return DrawnWords("drawn", WordStream(find_fonts(()), lexicon, seed=3), 12, params.spelling, params.shape)


def test_a_sample_is_what_its_width_was_foretold_for_and_new_in_every_epoch() -> None:
    params = {"charset": "36", "drawn": {"count": 12, "signs": 0.3}}
    words = gather(WordsParams.model_validate(params), {})
    seen = set()
    for epoch in range(2):
        groups = words.groups(epoch)
        for index in range(12):
            image, text, key = words.sample(epoch, index)
            assert image.shape == (32, groups[index], 3)
            assert words.spelling.charset.covers(text)
            seen.add((key, image.tobytes()))
    assert len(seen) == 24
    assert np.array_equal(words.sample(1, 5)[0], words.sample(1, 5)[0])


def test_a_text_that_cannot_be_spelled_is_passed_over() -> None:
    words = drawn(charset="36", normaliser="dt36-filter")
    assert {words.read(0, place)[1] for place in range(12)} <= {"it", "word", "recognition", "strasse"}


def test_a_lexicon_that_the_charset_cannot_write_is_named() -> None:
    with pytest.raises(ValueError, match="16 texts in a row cannot be spelled with raw@1 and the charset 36"):
        drawn(("\u65e5\u672c",), charset="36", normaliser="raw").widths(0)


def test_the_width_foretold_is_that_of_most_pictures() -> None:
    words = drawn()
    ratios = []
    for place in range(12):
        image, text, _ = words.read(0, place)
        ratios.append(image.shape[1] / image.shape[0] / usual_aspect(text))
    assert 0.8 < np.median(ratios) < 1.25 and max(ratios) < 2 and min(ratios) > 0.5
