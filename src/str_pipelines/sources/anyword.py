"""AnyWord-3M: JSON listings of any size beside folders of photographs, read by an index of where each record lies."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from str_pipelines.execution import Execution, build_table
from str_pipelines.records import Refused, Rejection, Scene
from str_pipelines.sources.config import AnyWordSource
from str_pipelines.sources.entries import Entry, name_of
from str_pipelines.sources.files import check_root, stamp
from str_pipelines.sources.streams import elements, strict
from str_pipelines.storage.digests import canonical, digest_of, record_digest, work_key
from str_pipelines.storage.tables import rows_in

STEP, VERSION = "ingest.scenes.anyword", 1
COLUMNS = ("listing", "start", "bytes", "before", "digest")


class AnyWord:
    """The photographs that the listings name, whatever `data_root` they were made for: the root is the reader's.

    The listings are walked once for each state of them, and the index of their records is kept in the work folder. Of
    the photographs only the folders are looked at for changes: three million files are too many to ask for.
    """

    def __init__(self, config: AnyWordSource, execution: Execution, limit: int | None = None) -> None:
        """Find the listings, and find or make the index of their first `limit` records.

        Raises:
            FileNotFoundError: there is no such listing.
            ValueError: one is no JSON or has another layout; file, record and byte are named.
        """
        self._config, self._listings = config, _listings(config)
        self._sources = [_source(path, config.root) for path in self._listings]
        states = [[path.as_posix(), *stamp(path)] for path in self._listings]
        key = work_key(STEP, VERSION, {"limit": limit, "listings": states})
        self._index = build_table(lambda: self._rows(limit), step=STEP, key=key, execution=execution)
        folders = [stamp(path.parent / config.images)[1] for path in self._listings]
        telling = [self._index.digest, self._sources, folders, config.max_wm_score, config.longest]
        self.digest = digest_of([canonical(telling)])

    def __len__(self) -> int:
        return self._index.rows

    def scenes(self, span: range) -> Iterator[Scene | Rejection]:
        """The photographs of a range of the index; an instance that cannot be used does not cost its photograph."""
        for index, row in zip(span, rows_in(self._index, span), strict=True):
            listing = self._listings[row["listing"]]
            try:
                item = _item(listing, row)
            except Refused as refused:
                yield Rejection(str(listing), f"byte {row['start']}", refused.reason, refused.detail)
                continue
            entry = Entry(listing, listing.parent / self._config.images, self._sources[row["listing"]], item)
            try:
                yield from self._records(entry, index, row["before"])
            except Refused as refused:
                yield entry.rejection(refused)

    def _records(self, entry: Entry, index: int, before: int) -> Iterator[Scene | Rejection]:
        path = entry.image()
        if before != index:
            raise Refused("listed_before", f"record {before} has the same img_name")
        score = entry.item.get("wm_score", 0)
        if isinstance(score, bool) or not isinstance(score, int | float):
            raise Refused("wm_score_malformed", f"a number is wanted, not {type(score).__name__}")
        if score > self._config.max_wm_score:
            detail = f"wm_score {score} is above {self._config.max_wm_score}"
            yield Rejection(str(path), entry.id, "watermark", detail)
            return
        yield from entry.records(self._config.longest)

    def _rows(self, limit: int | None) -> Iterator[dict[str, int]]:
        """One row a record: which listing, where in it, which record had the same id first, a digest."""
        columns = {name: array("q") for name in COLUMNS}
        walked = (
            (number, *element)
            for number, listing in enumerate(self._listings)
            for element in elements(listing, "data_list")
        )
        for number, start, written, item in islice(walked, limit):
            identity = canonical([self._sources[number], name_of(item)])
            values = number, start, len(written), _whole(identity), _whole(written)
            for column, value in zip(columns.values(), values, strict=True):
                column.append(value)
        _, first, place = np.unique(np.array(columns["before"]), return_index=True, return_inverse=True)
        columns["before"] = array("q", first[place].tolist())
        return (dict(zip(COLUMNS, row, strict=True)) for row in zip(*columns.values(), strict=True))


def state_of(config: AnyWordSource) -> str:
    """A digest of where the listings lie, of their sizes and times of change, and of those of their folders."""
    listings = _listings(config)
    states = [[path.relative_to(config.root), *stamp(path), *stamp(path.parent / config.images)] for path in listings]
    return digest_of([canonical(states)])


def _listings(config: AnyWordSource) -> list[Path]:
    """The files that the patterns mean, each once, in the order of the patterns and then of their names."""
    check_root(config.root)
    found: dict[Path, None] = {}
    for pattern in config.listings:
        files = sorted(path for path in config.root.glob(pattern) if path.is_file() and _taken(path, config))
        if not files and not set(pattern) & set("*?["):
            raise FileNotFoundError(f"{config.root / pattern} is missing; data/README.md has the layout of AnyWord-3M")
        found |= dict.fromkeys(files)
    if not found:
        wanted = ", ".join(str(config.root / pattern) for pattern in config.listings)
        wanted += f" that `{config.subset}` takes" if config.subset != "all" else ""
        raise FileNotFoundError(f"there is none of {wanted}; data/README.md has the layout of AnyWord-3M")
    return list(found)


def _source(listing: Path, root: Path) -> str:
    """The name of a set: its folder below the root."""
    folder = listing.parent.relative_to(root).as_posix()
    return "" if folder == "." else folder


def _taken(listing: Path, config: AnyWordSource) -> bool:
    return config.takes(_source(listing, config.root).partition("/")[0])


def _item(listing: Path, row: Mapping[str, int]) -> Any:
    """One record, parsed strictly this time."""
    with listing.open("rb") as file:
        file.seek(row["start"])
        written = file.read(row["bytes"])
    try:
        return strict(written)
    except ValueError as error:
        raise Refused("record_malformed", str(error)) from error


def _whole(data: bytes) -> int:
    """A digest that fits a column of whole numbers."""
    return int.from_bytes(record_digest(data)[:8], "little", signed=True)
