"""The commands on sets of words, behind `python -m str_pipelines.storage`."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from str_pipelines.curation.build import Job, Piece, build, building
from str_pipelines.curation.export import export
from str_pipelines.curation.lmdbs import ForeignWords, OurWords, find_lmdbs
from str_pipelines.curation.others import write_others
from str_pipelines.curation.rules import Rules, characters_of, drawn, parted, read_ids
from str_pipelines.curation.sets import WordSet, open_sets
from str_pipelines.sources.words_card import licences_of
from str_pipelines.storage.words import WordLmdb

Lmdbs = list[OurWords | ForeignWords]


def merge(args: Namespace) -> None:
    """All words of some sets, one after the other."""
    with building(args.into, args.workers) as execution:
        pieces = [Piece(words, None, name) for name, path in map(_named, args.sets) for words in _lmdbs(path)]
        _check_ids(pieces)
        _say(build(args.into, {"": pieces}, Job(execution, args.shard_size), _made(args, pieces)))


def split(args: Namespace) -> None:
    """A set a share, by the hash of the ids."""
    names, shares = zip(*args.shares, strict=True)
    if len(set(names)) < len(names):
        raise ValueError(f"every share has a name of its own, not {', '.join(names)}")
    with building(args.into, args.workers) as execution:
        found = _lmdbs(args.set)
        places = [parted(words.ids(), shares, args.seed) for words in found]
        parts = {
            name: [Piece(words, of[number]) for words, of in zip(found, places, strict=True)]
            for number, name in enumerate(names)
        }
        _say(build(args.into, parts, Job(execution, args.shard_size), _made(args, parts[names[0]])))


def select(args: Namespace) -> None:
    """The words that are as the rules want them; why each of the others is not."""
    rules = Rules(
        characters=characters_of(args.charset, args.either_case) if args.charset else "",
        shortest=args.length[0],
        longest=args.length[1],
        smallest=args.smallest,
        largest=args.largest,
        without=args.without,
        near=args.near,
    )
    read_ids(args.without)
    with building(args.into, args.workers) as execution:
        if args.not_in:
            rules = rules.model_copy(update={"not_in": write_others(_handles(args.not_in), args.near, execution)})
        pieces = [Piece(words) for words in _lmdbs(args.set)]
        _say(build(args.into, {"": pieces}, Job(execution, args.shard_size, rules), _made(args, pieces)))


def subset(args: Namespace) -> None:
    """So many words, or those of a list."""
    with building(args.into, args.workers) as execution:
        found = _lmdbs(args.set)
        ids = chain.from_iterable(words.ids() for words in found)
        places = _listed(ids, args.ids) if args.ids else drawn(ids, args.count, args.seed)
        starts = np.cumsum([0, *map(len, found)])
        bounds = np.searchsorted(places, starts)
        pieces = [
            Piece(words, [place - int(start) for place in places[first:last]])
            for words, start, first, last in zip(found, starts, bounds, bounds[1:], strict=False)
        ]
        _say(build(args.into, {"": pieces}, Job(execution, args.shard_size), _made(args, pieces)))


def convert(args: Namespace) -> None:
    """Any form that the house reads into any that it writes."""
    with building(args.into, args.workers) as execution:
        pieces = [Piece(words) for words in open_sets(args.set, execution, args.plane)]
        if args.form != "lmdb":
            count, reasons = export(args.into, [piece.words for piece in pieces], args.form)
            sys.stdout.write(f"{args.into}: {count} words as {args.form}{_turned_away(reasons)}\n")
            return
        _check_ids(pieces)
        _say(build(args.into, {"": pieces}, Job(execution, args.shard_size), _made(args, pieces)))


COMMANDS: dict[str, Callable[[Namespace], None]] = {
    "merge": merge,
    "split": split,
    "filter": select,
    "subset": subset,
    "convert": convert,
}


def _handles(paths: Sequence[Path]) -> Iterator[WordLmdb]:
    for words in chain.from_iterable(map(_lmdbs, paths)):
        yield words.handle if isinstance(words, OurWords) else WordLmdb.at(words.folder)


def _named(said: str) -> tuple[str, Path]:
    """`NAME=FOLDER` or just the folder."""
    name, mark, path = said.partition("=")
    return (name, Path(path)) if mark and not Path(said).exists() else ("", Path(said))


def _lmdbs(path: Path) -> Lmdbs:
    found = find_lmdbs(path)
    if not found:
        raise FileNotFoundError(f"{path}: no word LMDB there or below; `convert` makes one of other forms")
    return found


def _check_ids(pieces: Sequence[Piece]) -> None:
    """No id twice, so that a word can be named.

    Raises:
        ValueError: an id is there twice; the first such one is named.
    """
    hashes = np.fromiter(map(hash, _ids(pieces)), np.int64)
    found, counts = np.unique(hashes, return_counts=True)
    doubtful, seen = frozenset(found[counts > 1].tolist()), set()
    for name in (each for each in _ids(pieces) if hash(each) in doubtful) if doubtful else ():
        if name in seen:
            raise ValueError(f"two words have the id {name!r}; NAME=FOLDER puts a name before all ids of a set")
        seen.add(name)


def _ids(pieces: Iterable[Piece]) -> Iterable[str]:
    for piece in pieces:
        if isinstance(piece.words, OurWords | ForeignWords):
            yield from (f"{piece.prefix}/{each}" if piece.prefix else each for each in piece.words.ids())


def _listed(ids: Iterable[str], path: Path) -> list[int]:
    wanted = read_ids(path)
    places = {name: at for at, name in enumerate(ids) if name in wanted}
    if lacking := sorted(wanted - places.keys()):
        raise ValueError(f"{path}: {len(lacking)} of {len(wanted)} ids are not in the set, {lacking[0]!r} for one")
    return sorted(places.values())


def _made(args: Namespace, pieces: Sequence[Piece]) -> Mapping[str, Any]:
    """What the manifest says: the command with its options, and of which sets it was made."""
    options = {key: value for key, value in vars(args).items() if key not in ("workers", "sets", "set", "into")}
    said = {key: str(value) if isinstance(value, Path) else value for key, value in options.items()}
    sets = [_described(piece.words, piece.prefix) for piece in pieces]
    bare = [isinstance(piece.words, OurWords | ForeignWords) and not piece.words.labelled for piece in pieces]
    return {**said, "sets": sets, **({"labels": False} if bare and all(bare) else {})}


def _described(words: WordSet, prefix: str) -> dict[str, Any]:
    facts = {"name": words.name, "prefix": prefix, "words": len(words), "digest": words.digest}
    made = words.handle.manifest.made if isinstance(words, OurWords) else {}
    return {**facts, "licence": "; ".join(licences_of(made))}


def _say(made: Sequence[WordLmdb]) -> None:
    for words in made:
        reasons = Counter(words.manifest.rejected)
        sys.stdout.write(f"{words.path}: {len(words)} words, digest {words.digest}{_turned_away(reasons)}\n")


def _turned_away(reasons: Counter[str]) -> str:
    said = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"; turned away: {said}" if said else ""
