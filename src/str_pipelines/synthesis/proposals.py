"""Texts for anchors: what stood there, its permutations, words of the same length, digits, other cases.

A permutation has the same characters and so about the same width, which is what lets it stand where the word stood
(TextSSR, data synthesis); words are chosen for their width too. What stood there counts only where the charset covers
it: of a Chinese word, read with a Latin charset, the place remains. Where nobody wrote down what stood there but a
finder has read something, that hint gives length and case; no text is made of its letters.
"""

from __future__ import annotations

import random
from collections import Counter
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

STEP, VERSION = "synthesize.propose_texts", 3
CHARACTER_ASPECT = 0.6
"""Width of an average character by its line height, for places of which no text is known."""
NARROW, WIDE = frozenset("ijl.,:;'!|I1ftr"), frozenset("mwMWQO@%")
TRIES = 6
LONGEST = 12  # characters proposed for a place of which no text is known

Anchor = Mapping[str, Any]
Lexicon = Mapping[int, Sequence[str]]


def propose(anchors: Table, params: TextParams, execution: Execution) -> Table:
    """One row a word to paint: id, scene, instance, quad, what stood there, the text, its kind and its seed.

    Raises:
        FileNotFoundError: the charset or the lexicon is not there.
        ValueError: one of them cannot be read, or no text can be proposed for any anchor.
    """
    words, charset = load_lexicon(params.lexicon or None), load_charset(params.charset)
    key = work_key(STEP, VERSION, params, anchors.digest, lexicon_digest(words), charset.digest)

    def rows() -> Iterator[dict[str, Any]]:
        used = [anchor for anchor in rows_of(anchors) if not anchor["reason"]]
        lexicon = by_length(word for word in words if charset.covers(word.lower()) or charset.covers(word.upper()))
        yield from jobs(used, lexicon, charset, params)

    table = build_table(rows, step=STEP, key=key, execution=execution)
    if not table.rows:
        reasons = Counter(anchor["reason"] or "usable" for anchor in rows_of(anchors))
        counts = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common()) or "there are none"
        raise ValueError(f"no text can be proposed; anchors: {counts}; kinds of texts: {', '.join(params.kinds)}")
    return table


def jobs(anchors: Sequence[Anchor], lexicon: Lexicon, charset: Charset, params: TextParams) -> Iterator[dict[str, Any]]:
    """The jobs of all anchors, an anchor after the other; of more than `count`, each anchor gives its first ones."""
    proposed = [texts(anchor, lexicon, charset, params) for anchor in anchors]
    for anchor, found, budget in zip(anchors, proposed, _budgets(anchors, proposed, params), strict=True):
        for rank, (text, kind) in enumerate(found[:budget]):
            yield _job(anchor, text, kind, rank, params.seed)


def texts(anchor: Anchor, lexicon: Lexicon, charset: Charset, params: TextParams) -> list[tuple[str, str]]:
    """Up to `per_anchor` different (text, kind) for one anchor, always the same ones for the same seed."""
    if params.given:
        return [(params.given, "given")]
    rng = random.Random(_seed(params.seed, anchor["scene"], anchor["instance"]))
    known, hint = (anchor[name] if charset.covers(anchor[name]) else "" for name in ("text", "hint"))
    like = {**anchor, "text": known, "like": known or hint}
    found = {known: "identity"} if known and "identity" in params.kinds else {}
    for text, kind in islice(_endless(like, lexicon, params, rng), params.per_anchor * TRIES):
        if len(found) == params.per_anchor:
            break
        if text and text != known and charset.covers(text) and not _echoes(text, anchor["hint"]):
            found.setdefault(text, kind)
    return list(found.items())


def _echoes(text: str, hint: str) -> bool:
    """Whether a text is what a finder read, in whatever case and order: its readings are never labels."""
    return sorted(text.casefold()) == sorted(hint.casefold())


def _budgets(anchors: Sequence[Anchor], proposed: Sequence[Sequence[object]], params: TextParams) -> list[int]:
    """How many texts each anchor gives: all, or as evenly as possible; who gives one more is drawn by lot."""
    if params.count is None or sum(map(len, proposed)) <= params.count:
        return [len(found) for found in proposed]
    lots = [record_digest(canonical([params.seed, anchor["scene"], anchor["instance"]])) for anchor in anchors]
    ranked = sorted((rank, lots[place], place) for place, found in enumerate(proposed) for rank in range(len(found)))
    budgets = Counter(place for _, _, place in ranked[: params.count])
    return [budgets[place] for place in range(len(proposed))]


def _job(anchor: Anchor, text: str, kind: str, rank: int, seed: int) -> dict[str, Any]:
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
        "jpeg": anchor.get("jpeg", 0),
    }


def _endless(anchor: Anchor, lexicon: Lexicon, params: TextParams, rng: random.Random) -> Iterator[tuple[str, str]]:
    text = anchor["text"]
    makers: dict[str, Callable[[], str]] = {
        "permutation": lambda: "".join(rng.sample(text, len(text))),
        "word": lambda: _word(anchor, lexicon, rng),
        "digits": lambda: _digits(_length(anchor), rng),
        "case": lambda: _other_case(text, rng),
    }
    kinds = [kind for kind in params.kinds if kind in makers and (text or kind in ("word", "digits"))]
    weights = [6 if kind == "word" else 3 if text else 1 for kind in kinds]
    while kinds:
        [kind] = rng.choices(kinds, weights)
        yield makers[kind](), kind


def _word(anchor: Anchor, lexicon: Lexicon, rng: random.Random) -> str:
    """A word of the anchor's length, in the case of what stood there, that fits its width best of a few."""
    words = lexicon.get(_length(anchor), ())
    if not words:
        return ""
    like = anchor["like"]
    case = _case_of(like) if like else rng.choice((str.upper, str.lower, str.capitalize))
    wanted = _width(like) if like else _aspect(anchor)
    return min((case(rng.choice(words)) for _ in range(TRIES)), key=lambda word: abs(_width(word) - wanted))


def _length(anchor: Anchor) -> int:
    """How many characters: as many as stood there, or as many as the place is wide for."""
    if anchor["like"]:
        return len(anchor["like"])
    return min(LONGEST, max(2, round(_aspect(anchor) / CHARACTER_ASPECT)))


def _aspect(anchor: Anchor) -> float:
    """How many times longer a place is than high, whichever way its text runs."""
    low, high = sorted((float(anchor["length"]), float(anchor["height"])))
    return high / low


def _width(text: str) -> float:
    """About how wide a text is, in line heights."""
    return sum(0.35 if c in NARROW else 0.9 if c in WIDE else 0.65 if c.isupper() else 0.55 for c in text)


def _digits(length: int, rng: random.Random) -> str:
    """Digits, sometimes as a price, a time or a year would be written."""
    digits = "".join(rng.choices("0123456789", k=length))
    mark = rng.choice(("", "", "", ".", ":", "-", "/"))
    return f"{digits[:-3]}{mark}{digits[-2:]}" if mark and length >= 4 else digits


def _other_case(text: str, rng: random.Random) -> str:
    return rng.choice((str.upper, str.lower, str.capitalize, str.swapcase))(text)


def _case_of(text: str) -> Callable[[str], str]:
    letters = [c for c in text if c.isalpha()]
    if letters and all(c.isupper() for c in letters):
        return str.upper
    return str.capitalize if letters and letters[0].isupper() else str.lower


def _seed(*values: object) -> int:
    return int.from_bytes(record_digest(canonical(values))[:7], "little")
