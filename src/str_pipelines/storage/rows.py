"""A sharded set of plain rows, for steps whose result is a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from str_pipelines.storage.digests import content, record_digest
from str_pipelines.storage.handles import ROWS, Handle
from str_pipelines.storage.shards import ShardWriter


@dataclass(frozen=True)
class Rows(Handle):
    """Rows on disk; `rows()` reads them."""

    kind: ClassVar[str] = "rows"

    def read_digests(self) -> Iterator[bytes | None]:
        """As `Handle.read_digests`."""
        return (record_digest(content(row)) for row in self.rows())


class RowsWriter(ShardWriter):
    """Writes the rows of one shard."""

    kind: ClassVar[str] = "rows"
    data: ClassVar[str] = ROWS

    def add(self, row: Mapping[str, Any]) -> None:
        """Append one row; all have the same columns."""
        self._record(record_digest(content(row)), row)
