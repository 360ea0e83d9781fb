"""Rows to parquet and back, a row group at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from str_pipelines.records import Table
from str_pipelines.storage.digests import content, digest_of, record_digest
from str_pipelines.storage.folders import own_part, put_in_place, sync

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

Row = Mapping[str, Any]
ROW_GROUP = 20_000


class RowWriter:
    """Appends rows of one shape to a parquet; the first rows say what the columns are and of which types."""

    def __init__(self, path: Path) -> None:
        self.path, self.rows = path, 0
        self._columns: frozenset[str] | None = None
        self._buffer: list[Row] = []
        self._writer: pq.ParquetWriter | None = None

    def add(self, row: Row) -> None:
        """One more row.

        Raises:
            ValueError: its columns are not those of the first row, or, now or later, that its types are not.
        """
        if self._columns is None:
            self._columns = frozenset(row)
        if row.keys() != self._columns:
            odd = ", ".join(sorted(row.keys() ^ self._columns))
            raise ValueError(f"{self.path}: row {self.rows + 1} has not the columns of the first, they differ in {odd}")
        self._buffer.append(row)
        self.rows += 1
        if len(self._buffer) >= ROW_GROUP:
            self._flush()

    def close(self) -> None:
        """Write what is left and sync. A table without rows is a file without columns."""
        if self._buffer or self._writer is None:
            self._flush()
        if self._writer is not None:
            self._writer.close()
        sync(self.path)

    def release(self) -> None:
        """Close the file as it is; it cannot be read."""
        with suppress(OSError):
            if self._writer is not None:
                self._writer.close()

    def _flush(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            batch = pa.Table.from_pylist(self._buffer)
            if self._writer is None:
                self._writer = pq.ParquetWriter(self.path, batch.schema, compression="zstd")
            elif batch.schema != self._writer.schema:
                batch = _fitted(self._buffer, self._writer.schema)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            rows = f"rows {self.rows - len(self._buffer) + 1} to {self.rows}"
            raise ValueError(f"{self.path}: {rows} do not fit the types of the first ones ({error})") from error
        self._writer.write_table(batch)
        self._buffer = []


def _fitted(rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    """Rows as a table of this schema, if they can be: Arrow would make 1.5 a 1 without a word."""
    import pyarrow as pa

    batch = pa.Table.from_pylist(rows, schema)
    for row, kept in zip(rows, batch.to_pylist(), strict=True):
        if content(row) != content(kept):
            raise pa.ArrowInvalid(f"{content(row)!r} would become {content(kept)!r}")
    return batch


def iterate(path: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a parquet, read a piece at a time.

    Raises:
        ValueError: it is damaged.
    """
    with opened(path) as file:
        for batch in file.iter_batches(ROW_GROUP, columns=columns):
            yield from batch.to_pylist()


def column_names(path: Path) -> list[str]:
    """What the columns of a parquet are called; one without rows has none.

    Raises:
        ValueError: it is damaged.
    """
    with opened(path) as file:
        return list(file.schema_arrow.names)


def column(paths: Iterable[Path], name: str) -> pa.ChunkedArray:
    """One column of several parquets, one after the other; files without rows have no columns and add nothing."""
    import pyarrow as pa

    chunks: list[pa.Array] = []
    for path in paths:
        with opened(path) as file:
            chunks += file.read([name])[name].chunks if file.metadata.num_rows else []
    return pa.chunked_array(chunks, pa.string())


def rows_of(table: Table) -> list[dict[str, Any]]:
    """All rows of a table, in memory."""
    return list(iterate(table.path))


def rows_in(table: Table, span: range) -> Iterator[dict[str, Any]]:
    """The rows of a range; only the row groups that it touches are read."""
    start = 0
    with opened(table.path) as file:
        for group in range(file.num_row_groups):
            count = file.metadata.row_group(group).num_rows
            if start < span.stop and span.start < start + count:
                first = max(span.start - start, 0)
                yield from file.read_row_group(group).slice(first, span.stop - start - first).to_pylist()
            start += count


def write_table(path: Path, rows: Iterable[Row]) -> Table:
    """Write rows to a parquet that appears whole; the digest covers the rows, not how parquet packs them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = own_part(path)
    writer = RowWriter(part)
    try:
        digest = digest_of(_written(rows, writer))
        writer.close()
    finally:
        writer.release()
    put_in_place(part, path)
    return Table(path, writer.rows, digest)


@contextmanager
def opened(path: Path) -> Iterator[pq.ParquetFile]:
    """A parquet to be read; whatever Arrow says of a damaged one becomes an error that names the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            yield file
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ValueError(f"{path}: no parquet that can be read ({reason}); copy or make it again") from error


def _written(rows: Iterable[Row], writer: RowWriter) -> Iterator[bytes]:
    for row in rows:
        writer.add(row)
        yield record_digest(content(row))
