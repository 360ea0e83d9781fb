"""A sharded set of plain rows, for steps whose result is a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from str_pipelines.storage.digests import content, record_digest
from str_pipelines.storage.handles import ROWS, Handle, ShardWriter


@dataclass(frozen=True)
class Rows(Handle):
    """Rows on disk; `rows()` reads them."""

    kind: ClassVar[str] = "rows"


class RowsWriter(ShardWriter):
    """Writes the rows of one shard."""

    kind: ClassVar[str] = "rows"
    data: ClassVar[str] = ROWS

    def add(self, row: Mapping[str, Any]) -> None:
        """Append one row."""
        self._record(record_digest(content(row)), row)
