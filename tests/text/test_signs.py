"""Texts of signs: what charset 94 and its neighbours can say, and every kind of them."""

from __future__ import annotations

import numpy as np
import pytest

from str_pipelines.text.charsets import CHARSETS
from str_pipelines.text.signs import KINDS, SHARES, sign_text

WORDS = ("Harbour", "open")


def test_shares_are_shares() -> None:
    assert len(SHARES) == len(KINDS)
    assert sum(SHARES) == pytest.approx(1)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_short_texts_without_blanks(kind) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(0)
    texts = [kind(WORDS, rng) for _ in range(200)]
    assert all(0 < len(text) <= 25 and not any(map(str.isspace, text)) for text in texts)
    assert len(set(texts)) > 20


def test_the_seed_decides() -> None:
    first, second = ([sign_text(WORDS, np.random.default_rng(seed)) for seed in range(50)] for _ in range(2))
    assert first == second


def test_most_are_readable_by_charset_94() -> None:
    rng = np.random.default_rng(0)
    texts = [sign_text(WORDS, rng) for _ in range(500)]
    assert sum(CHARSETS["94"].covers(text) for text in texts) > 480
    assert sum(any(map(str.isdigit, text)) for text in texts) > 200
