"""A dry run: look at the words of a source as `ingest` would, and keep nothing but a report."""

from __future__ import annotations

from typing import ClassVar

from str_pipelines.execution import Execution
from str_pipelines.records import Report, Word
from str_pipelines.sources.word_config import ReadWordsParams
from str_pipelines.sources.words import read_shards
from str_pipelines.sources.words_card import report_of
from str_pipelines.storage.digests import content, record_digest
from str_pipelines.storage.handles import ROWS
from str_pipelines.storage.rows import Rows
from str_pipelines.storage.shards import ShardWriter
from str_pipelines.storage.words import label_bytes, word_row

STEP = "ingest.words_preview"


class WordRowsWriter(ShardWriter):
    """Writes of every word the row and not the picture."""

    kind: ClassVar[str] = Rows.kind
    data: ClassVar[str] = ROWS

    def add(self, word: Word) -> None:
        """Append one word.

        Raises:
            Refused: as `label_bytes`.
        """
        label_bytes(word)
        row = word_row(word)
        self._record(record_digest(content(row)), row)


def preview(params: ReadWordsParams, execution: Execution) -> Report:
    """How many words `ingest` would keep and turn away, for which reasons: the card of these words, without them."""
    rows = read_shards(Rows, WordRowsWriter, STEP, params, execution)
    limits = f"limit {params.limit or 'none'}, shard {params.shard or 'none'}"
    source = ", ".join(f"{name} `{value}`" for name, value in params.source.model_dump(mode="json").items())
    return report_of(rows, "What would be read", f"Source: {source}; {limits}. Nothing was kept.", {})
