"""Words as numbers, so that millions of them can be compared: of the file, of the label, of what it looks like."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, run_shards
from str_pipelines.imaging.decode import WORD_PIXELS, decode
from str_pipelines.imaging.likeness import dhash
from str_pipelines.records import Refused
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.handles import ROWS
from str_pipelines.storage.rows import Rows, RowsWriter
from str_pipelines.storage.words import WordLmdb

STEP, VERSION = "curation.hashes", 1
SHARD = 20_000
NEAREST = 7
"""Bits of 64 in which pictures with the same label may differ at most: those that were halved, saved again as JPEGs or
cut by a pixel on each side seldom differ in more."""
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Hashes:
    """Of each word (N): `files` of the encoded picture, `labels`, and `looks` where they were asked for.

    Of labels, letters and digits count alone, and not their case: sets differ in what they keep. `seen` says which
    pictures can be decoded. Two different files among ten million have the same number once in 370,000 times.
    """

    files: Numbers
    labels: Numbers
    looks: Numbers
    seen: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.files)


def hashes_of(words: WordLmdb, looks: bool, execution: Execution) -> Hashes:
    """The numbers of a set, 25 bytes a word; kept in the work folder, so that a set is read once."""
    rows = run_shards(
        Rows,
        RowsWriter,
        partial(_hash, words, looks),
        len(words),
        SHARD,
        step=STEP,
        key=work_key(STEP, VERSION, {"looks": looks}, words.digest),
        execution=execution,
    )
    files, labels, found, seen = (_column(rows, name) for name in ("file", "label", "look", "seen"))
    return Hashes(files, labels, found, seen.astype(bool))


def file_number(image: bytes) -> int:
    """Of an encoded picture."""
    return _number(image)


def label_number(label: str) -> int:
    """Of the letters and digits of a label, case aside; of the label itself where it has none."""
    plain = "".join(filter(str.isalnum, label.casefold()))
    return _number((plain or label).encode("utf-8", "surrogatepass"))


def _number(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little", signed=True)


def _hash(words: WordLmdb, looks: bool, span: range, writer: RowsWriter) -> None:
    for index in span:
        word = words[index]
        look, seen = 0, False
        if looks:
            try:
                look, seen = dhash(decode(word.image, WORD_PIXELS)), True
            except Refused:
                pass
        writer.add(
            {"file": file_number(word.image), "label": label_number(word.label), "look": look, "seen": int(seen)}
        )


def _column(rows: Rows, name: str) -> Numbers:
    import pyarrow.parquet as pq

    tables = [pq.read_table(folder / ROWS, columns=[name]) for folder in rows.folders()]
    parts = [table[name].to_numpy() for table in tables if table.num_rows]
    return np.concatenate([np.empty(0, np.int64), *parts]).astype(np.int64, copy=False)
