"""Rows to parquet and back, a row group at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from str_pipelines.records import Table
from str_pipelines.storage.digests import content, digest_of, record_digest
from str_pipelines.storage.folders import sync

if TYPE_CHECKING:
    import pyarrow.parquet as pq

Row = Mapping[str, Any]
ROW_GROUP = 20_000


class RowWriter:
    """Appends rows of one shape to a parquet; the first rows say what the columns are."""

    def __init__(self, path: Path) -> None:
        self.path, self.rows = path, 0
        self._buffer: list[Row] = []
        self._writer: pq.ParquetWriter | None = None

    def add(self, row: Row) -> None:
        """One more row."""
        self._buffer.append(row)
        self.rows += 1
        if len(self._buffer) >= ROW_GROUP:
            self._flush()

    def close(self) -> None:
        """Write what is left. A table without rows is a file without columns."""
        if self._buffer or self._writer is None:
            self._flush()
        if self._writer is not None:
            self._writer.close()
        sync(self.path)

    def _flush(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._writer is None:
            batch = pa.Table.from_pylist([dict(row) for row in self._buffer])
            self._writer = pq.ParquetWriter(self.path, batch.schema, compression="zstd")
        else:
            batch = pa.Table.from_pylist([dict(row) for row in self._buffer], schema=self._writer.schema)
        self._writer.write_table(batch)
        self._buffer.clear()


def iterate(path: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a parquet, read a piece at a time."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(ROW_GROUP, columns=columns):
            yield from batch.to_pylist()


def rows_of(table: Table) -> list[dict[str, Any]]:
    """All rows of a table, in memory."""
    return list(iterate(table.path))


def rows_in(table: Table, span: range) -> Iterator[dict[str, Any]]:
    """The rows of a range; only the row groups that it touches are read."""
    import pyarrow.parquet as pq

    start = 0
    with pq.ParquetFile(table.path) as file:
        for group in range(file.num_row_groups):
            count = file.metadata.row_group(group).num_rows
            if start < span.stop and span.start < start + count:
                first = max(span.start - start, 0)
                yield from file.read_row_group(group).slice(first, span.stop - start - first).to_pylist()
            start += count


def write_table(path: Path, rows: Iterable[Row]) -> Table:
    """Write rows to a parquet that appears whole; the digest covers the rows, not how parquet packs them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    writer, digests = RowWriter(part), []
    for row in rows:
        writer.add(row)
        digests.append(record_digest(content(row)))
    writer.close()
    part.replace(path)
    return Table(path, writer.rows, digest_of(digests))
