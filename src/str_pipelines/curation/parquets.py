"""Hugging Face's parquets: a picture and its label a row, and columns of whatever else is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from str_pipelines.curation.pictures import size_allowed
from str_pipelines.records import Refused, Rejection, Word
from str_pipelines.sources.files import IMAGE_BYTES, check_name, stamp
from str_pipelines.storage.digests import canonical, content, digest_of
from str_pipelines.storage.tables import opened
from str_pipelines.storage.words import OWN_COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

LABELS = ("label", "text")
AT_ONCE = 64
"""Rows that are decoded at once."""
GROUP_BYTES = 1 << 30
"""Of a row group unpacked, as its header says: more is refused before anything is."""


@dataclass(frozen=True)
class ParquetWords:
    """Rows with `image` (bytes, or a struct that has `bytes`) and `label` or `text`."""

    files: tuple[Path, ...]
    counts: tuple[int, ...]
    label: str
    name: str
    digest: str

    @classmethod
    def at(cls, files: Sequence[Path], name: str) -> ParquetWords:
        """The rows of some files, one after the other.

        Raises:
            ValueError: one is damaged, has too much in a row group, or other columns than wanted.
        """
        label, counts = "", []
        for file in files:
            with opened(file) as parquet:
                schema, rows = parquet.schema_arrow, parquet.metadata.num_rows
                groups = [parquet.metadata.row_group(number) for number in range(parquet.num_row_groups)]
            label = _label_column(file, schema)
            if max((group.total_byte_size for group in groups), default=0) > GROUP_BYTES:
                raise ValueError(f"{file}: a row group unpacks to more than {GROUP_BYTES} bytes; make them smaller")
            if sum(group.num_rows for group in groups) != rows:
                raise ValueError(f"{file}: its row groups have not the {rows} rows that it says; copy or make it again")
            counts.append(rows)
        state = digest_of([canonical([[str(file.resolve()), *stamp(file)] for file in files])])
        return cls(tuple(files), tuple(counts), label, name, state)

    def __len__(self) -> int:
        return sum(self.counts)

    def words(self, places: Sequence[int]) -> Iterator[Word | Rejection]:
        """See `WordSet`; places without a gap."""
        start = 0
        for file, count in zip(self.files, self.counts, strict=True):
            inside = range(max(places[0] - start, 0), min(places[-1] + 1 - start, count))
            for number, row in zip(inside, _rows(file, inside), strict=False):
                yield self._found(file, number, row)
            start += count

    def _found(self, file: Path, number: int, row: Mapping[str, Any]) -> Word | Rejection:
        try:
            return self._word(f"{file.stem}/{number + 1:09d}", row)
        except Refused as refused:
            return Rejection(str(file), f"row {number + 1}", refused.reason, refused.detail)

    def _word(self, fallback: str, row: Mapping[str, Any]) -> Word:
        cell, label = row["image"], row[self.label]
        image = cell.get("bytes") if isinstance(cell, dict) else cell
        if not isinstance(image, bytes):
            raise Refused("image_missing", f"no bytes, but {cell!r:.200}")
        if len(image) > IMAGE_BYTES:
            raise Refused("file_too_large", f"{len(image)} bytes, {IMAGE_BYTES} allowed")
        if not isinstance(label, str):
            raise Refused("label_missing", f"{label!r} is no text")
        name, source = row.get("id") or fallback, row.get("source") or self.name
        if not isinstance(name, str) or not isinstance(source, str):
            raise Refused("record_malformed", "`id` and `source` are texts")
        check_name(name, "id")
        facts = {key: value for key, value in row.items() if key not in (*OWN_COLUMNS, "image", self.label)}
        try:
            content(facts)
        except (ValueError, TypeError) as error:
            raise Refused("record_malformed", str(error)) from error
        return Word(name, image, label, size_allowed(image), source, facts)


def _rows(file: Path, inside: range) -> Iterator[dict[str, Any]]:
    """The rows of a range of a file; only the row groups that it touches are read, some rows at a time."""
    start = 0
    with opened(file) as parquet:
        for group in range(parquet.num_row_groups if inside else 0):
            count = parquet.metadata.row_group(group).num_rows
            if start < inside.stop and inside.start < start + count:
                place = start
                for batch in parquet.iter_batches(AT_ONCE, row_groups=[group]):
                    first, last = max(inside.start - place, 0), max(inside.stop - place, 0)
                    yield from batch.slice(first, max(last - first, 0)).to_pylist()
                    place += len(batch)
            start += count


def _label_column(file: Path, schema: pa.Schema) -> str:
    import pyarrow as pa

    texts = (pa.string(), pa.large_string())
    found = [name for name in LABELS if name in schema.names and schema.field(name).type in texts]
    if "image" not in schema.names or not found:
        raise ValueError(
            f"{file}: the columns are {', '.join(schema.names)}; wanted are `image` and a text `label` or `text`"
        )
    return found[0]
