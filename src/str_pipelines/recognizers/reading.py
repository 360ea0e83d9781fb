"""Read a whole word LMDB with one reader, in shards, to a table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from str_pipelines.execution import Execution, build_table, run_shards
from str_pipelines.imaging.crop import upright
from str_pipelines.imaging.decode import WORD_PIXELS, decode
from str_pipelines.recognizers.reader import Reader
from str_pipelines.records import Refused, Rejection, Table
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.rows import Rows, RowsWriter
from str_pipelines.storage.words import WordLmdb

VERSION, SHARD = 1, 500


def read_words(words: WordLmdb, load: Callable[[], Reader], digest: str, execution: Execution, step: str) -> Table:
    """One row a word: its place in the set, label, reading, confidence (0 to 1), width and height of the picture.

    Args:
        load: makes the reader, once a shard; picklable.
        digest: of the reader.

    A picture that cannot be decoded has an empty reading of confidence 0.
    """
    key = work_key(step, VERSION, {"shard": SHARD}, words.digest, digest)
    work = partial(_shard, words, load)
    rows = run_shards(Rows, RowsWriter, work, len(words), SHARD, step=f"{step}.shards", key=key, execution=execution)
    return build_table(rows.rows, step=step, key=key, execution=execution)


def _shard(words: WordLmdb, load: Callable[[], Reader], span: range, writer: RowsWriter) -> None:
    reader = load()
    for index in span:
        word = words[index]
        row = {"index": index, "label": word.label, "width": word.size[0], "height": word.size[1]}
        try:
            [(text, confidence)] = reader.read([upright(decode(word.image, WORD_PIXELS))])
        except Refused as refused:
            writer.reject(Rejection(str(words.path), word.id, refused.reason, refused.detail))
            text, confidence = "", 0.0
        writer.add({**row, "reading": text, "confidence": round(confidence, 5)})
