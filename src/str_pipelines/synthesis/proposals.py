"""Texts for anchors: what stood there, its permutations, words of the same length, digits, other cases.

A permutation has the same characters and so about the same width, which is what lets it stand where the word stood
(TextSSR, data synthesis); words are chosen for their width too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from str_pipelines.execution import Execution, build_table
from str_pipelines.records import Table
from str_pipelines.storage.digests import canonical, record_digest, work_key
from str_pipelines.storage.tables import rows_of
from str_pipelines.synthesis.config import TextParams
from str_pipelines.text.charsets import Charset, load_charset
from str_pipelines.text.lexicons import by_length, lexicon_digest, load_lexicon

STEP, VERSION = "synthesize.propose_texts", 1
CHARACTER_ASPECT = 0.6
"""Width of an average character by its line height, for places where nothing stood before."""
NARROW, WIDE = frozenset("ijl.,:;'!|I1ftr"), frozenset("mwMWQO@%")
TRIES = 6

Lexicon = Mapping[int, Sequence[str]]


def propose(anchors: Table, params: TextParams, execution: Execution) -> Table:
    """One row a word to paint: id, scene, instance, quad, what stood there, the text, its kind and its seed."""
    words, charset = load_lexicon(params.lexicon or None), load_charset(params.charset)
    key = work_key(STEP, VERSION, params, anchors.digest, lexicon_digest(words), charset.digest)
    rows = lambda: _jobs(rows_of(anchors), by_length(words), charset, params)  # noqa: E731
    return build_table(rows, step=STEP, key=key, execution=execution)


def texts(anchor: Mapping[str, Any], lexicon: Lexicon, charset: Charset, params: TextParams) -> list[tuple[str, str]]:
    """Up to `per_anchor` different (text, kind) for one anchor, always the same ones for the same seed."""
    rng = random.Random(_seed(params.seed, anchor["scene"], anchor["instance"]))
    found: dict[str, str] = {}
    for text, kind in islice(_endless(anchor, lexicon, params, rng), params.per_anchor * TRIES):
        if text and charset.covers(text):
            found.setdefault(text, kind)
        if len(found) == params.per_anchor:
            break
    return list(found.items())


def _jobs(
    anchors: Sequence[Mapping[str, Any]], lexicon: Lexicon, charset: Charset, params: TextParams
) -> Iterator[dict[str, Any]]:
    proposed = [(a, texts(a, lexicon, charset, params)) for a in anchors if not a["reason"]]
    ranked = [(rank, place) for place, (_, found) in enumerate(proposed) for rank in range(len(found))]
    kept = sorted(ranked)[: params.count]  # the first text of every anchor, then the second of every anchor, …
    for place, rank in sorted((place, rank) for rank, place in kept):
        anchor, found = proposed[place]
        yield _job(anchor, *found[rank], rank, params.seed)


def _job(anchor: Mapping[str, Any], text: str, kind: str, rank: int, seed: int) -> dict[str, Any]:
    scene, instance = anchor["scene"], anchor["instance"]
    return {
        "id": f"{scene}#{instance}.{rank}",
        "scene": scene,
        "source": anchor["source"],
        "instance": instance,
        "quad": anchor["quad"],
        "source_text": anchor["text"],
        "text": text,
        "kind": kind,
        "seed": _seed(seed, scene, instance, text),
    }


def _endless(
    anchor: Mapping[str, Any], lexicon: Lexicon, params: TextParams, rng: random.Random
) -> Iterator[tuple[str, str]]:
    text = anchor["text"]
    if text and "identity" in params.kinds:
        yield text, "identity"
    makers: dict[str, Callable[[], str]] = {
        "permutation": lambda: "".join(rng.sample(text, len(text))),
        "word": lambda: _word(anchor, lexicon, rng),
        "digits": lambda: _digits(_length(anchor), rng),
        "case": lambda: _other_case(text, rng),
    }
    kinds = [kind for kind in params.kinds if kind != "identity" and (text or kind in ("word", "digits"))]
    weights = [6 if kind == "word" else 1 + 2 * bool(text) for kind in kinds]
    while kinds:
        kind = rng.choices(kinds, weights)[0]
        yield makers[kind](), kind


def _word(anchor: Mapping[str, Any], lexicon: Lexicon, rng: random.Random) -> str:
    """A word of the anchor's length, in the case of what stood there, that fits its width best of a few."""
    words = lexicon.get(_length(anchor), ())
    if not words:
        return ""
    text, length = anchor["text"], max(anchor["length"], anchor["height"])
    case = _case_of(text) if text else rng.choice((str.upper, str.lower, str.title))
    wanted = _width(text) if text else length / min(anchor["length"], anchor["height"])
    return min((case(rng.choice(words)) for _ in range(TRIES)), key=lambda word: abs(_width(word) - wanted))


def _length(anchor: Mapping[str, Any]) -> int:
    """How many characters: as many as stood there, or as many as the place is wide for."""
    if anchor["text"]:
        return len(anchor["text"])
    low, high = sorted((anchor["length"], anchor["height"]))
    return min(12, max(2, round(high / low / CHARACTER_ASPECT)))


def _width(text: str) -> float:
    """About how wide a text is, in line heights."""
    return sum(0.35 if c in NARROW else 0.9 if c in WIDE else 0.65 if c.isupper() else 0.55 for c in text)


def _digits(length: int, rng: random.Random) -> str:
    """Digits, sometimes as a price, a time or a year would be written."""
    digits = "".join(rng.choices("0123456789", k=length))
    mark = rng.choice(("", "", "", ".", ":", "-", "/"))
    return f"{digits[:-3]}{mark}{digits[-2:]}" if mark and length >= 4 else digits


def _other_case(text: str, rng: random.Random) -> str:
    return rng.choice((text.upper(), text.lower(), text.title(), text.swapcase()))


def _case_of(text: str) -> Callable[[str], str]:
    letters = [c for c in text if c.isalpha()]
    if letters and all(c.isupper() for c in letters):
        return str.upper
    return str.title if letters and letters[0].isupper() else str.lower


def _seed(*values: object) -> int:
    return int.from_bytes(record_digest(canonical(values))[:7], "little")
