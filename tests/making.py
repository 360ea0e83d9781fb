"""Small sets for tests. The functions that processes of a pool call stand here, where these can import them."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import lmdb

from str_pipelines.execution import Execution, run_shards
from str_pipelines.records import Instance, Rejection, Scene, Word
from str_pipelines.storage.environments import close_all
from str_pipelines.storage.manifests import DATA, NAME, Manifest, write_manifest
from str_pipelines.storage.scenes import SceneLmdb, SceneWriter
from str_pipelines.storage.words import WordLmdb, WordWriter

LABELS = ("Word", "ÜBER", "café", "it's", "£5.00", "日本", "a b", "")


def word(number: int) -> Word:
    """A word that depends on its number alone."""
    rng = random.Random(number)
    facts = {"quad": [rng.random(), float(number)], "kind": rng.choice("ab"), "angle": None if number % 3 else 1.5}
    label = f"{LABELS[number % len(LABELS)]}{number}"
    return Word(f"set/{number}", rng.randbytes(rng.randrange(1, 3000)), label, (number + 1, 32), "made", facts)


def scene(number: int) -> Scene:
    """A photograph that depends on its number alone."""
    rng = random.Random(number)
    quad = ((10, 10), (50.5, 10), (50.5, 30), (10, 30))
    texts = (Instance(quad, f"text{number}", "Latin"), Instance(quad, "###", valid=False))
    return Scene(f"set/photo {number}", rng.randbytes(rng.randrange(1, 9000)), texts, f"source{number % 2}")


def made_words(folder: Path, numbers: Iterable[int] = range(20)) -> WordLmdb:
    """One LMDB of words."""
    with WordWriter(folder) as writer:
        for number in numbers:
            writer.add(word(number))
        writer.finish()
    return WordLmdb.at(folder)


def made_scenes(folder: Path, numbers: Iterable[int] = range(6)) -> SceneLmdb:
    """One LMDB of photographs."""
    with SceneWriter(folder) as writer:
        for number in numbers:
            writer.add(scene(number))
        writer.finish()
    return SceneLmdb.at(folder)


def sharded_words(folder: Path, count: int = 20, size: int = 6, **execution: Any) -> WordLmdb:
    """The same words in shards; every seventh is turned away."""
    where = Execution(**{"backend": "serial", "work": folder, **execution})
    return run_shards(WordLmdb, WordWriter, write_words, count, size, step="words", key="key", execution=where)


def write_words(span: range, writer: WordWriter) -> None:
    """The work of a shard."""
    for number in span:
        if number % 7 == 6:
            writer.reject(Rejection("made", f"set/{number}", "seventh", "every seventh is turned away"))
        else:
            writer.add(word(number))


def write_slowly(log: Path, seconds: float, span: range, writer: WordWriter) -> None:
    """As `write_words`; says in a file named by the process and the range that it has begun."""
    (log / f"{span.start}.{os.getpid()}").touch()
    time.sleep(seconds)
    write_words(span, writer)


def fail_at(number: int, span: range, writer: WordWriter) -> None:
    """As `write_words`, but item `number` cannot be done, and what comes after it takes long."""
    write_words(span, writer)
    if number in span:
        raise LookupError(f"item {number} cannot be done")
    if span.start > number:
        time.sleep(30)


def die_at(number: int, span: range, writer: WordWriter) -> None:
    """As `write_words`, but the process that comes to item `number` is killed."""
    write_words(span, writer)
    if number in span:
        os.kill(os.getpid(), signal.SIGKILL)


def read_all(words: WordLmdb) -> list[Word]:
    """Every word by its index, as a loader reads."""
    return [words[index] for index in range(len(words))]


def foreign(folder: Path, entries: Mapping[bytes, bytes | None]) -> Path:
    """Put entries into an LMDB, or take them away, as somebody else would do it: lock file and all, and no manifest."""
    close_all()
    with lmdb.open(str(folder), map_size=1 << 24) as env, env.begin(write=True) as transaction:
        for key, value in entries.items():
            transaction.delete(key) if value is None else transaction.put(key, value)
    return folder


def resealed(folder: Path) -> None:
    """Rewrite a manifest so that it knows no sums of files, and the size that the data has now."""
    manifest = Manifest.model_validate_json((folder / NAME).read_bytes())
    size = (folder / DATA).stat().st_size
    parts = tuple(part.model_copy(update={"sums": {}, "bytes": size}) for part in manifest.parts)
    write_manifest(folder, manifest.model_copy(update={"parts": parts}))


def entries_of(folder: Path) -> list[tuple[bytes, bytes]]:
    """Everything in an LMDB in the order in which it lies there, read without any of the project's code."""
    with lmdb.open(str(folder), readonly=True, lock=False) as env, env.begin() as transaction:
        return list(transaction.cursor())
