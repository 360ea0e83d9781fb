"""MJSynth straight from mjsynth.tar.gz: read from front to back, by every worker for the pictures of its shards."""

from __future__ import annotations

from collections.abc import Iterator

from str_pipelines.execution import Execution, build_table
from str_pipelines.records import Rejection
from str_pipelines.sources.files import IMAGE_BYTES
from str_pipelines.sources.labelled import Found
from str_pipelines.sources.mj import MjTree, digest_with, state_of
from str_pipelines.sources.mj_index import index_rows, is_picture
from str_pipelines.sources.tar_stream import opened_tar
from str_pipelines.sources.word_config import MjSource
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.tables import rows_in

STEP, VERSION = "ingest.words.mj", 1


def open_mj(config: MjSource, execution: Execution, limit: int | None = None) -> MjTree | MjArchive:
    """The tree or the archive, whichever lies at the root."""
    return MjArchive(config, execution, limit) if config.root.is_file() else MjTree(config, execution, limit)


class MjArchive:
    """The pictures of an archive in its order, and behind them what is listed and not in it. Ids are `<split>/<path>`.

    Nothing in it can be had without all that stands before, so a worker goes through it once, as its shards come in
    order, and passes by the pictures of others: what is unpacked twice costs less than pictures between processes.
    """

    def __init__(self, config: MjSource, execution: Execution, limit: int | None = None) -> None:
        """Go through it once for an index, or find that done.

        Raises:
            ValueError: it is damaged, or lacks a listing; the file is named.
        """
        self._config, self._limit = config, limit
        state = state_of(config)
        key = work_key(STEP, VERSION, {"splits": config.splits}, state)
        self._table = build_table(lambda: index_rows(config), step=STEP, key=key, execution=execution)
        self.digest = self.listed = digest_with(config, (), [state, self._table.digest])
        self._place, self._pictures = 0, _pictures(config)

    def __len__(self) -> int:
        return min(self._table.rows, self._limit or self._table.rows)

    def words(self, span: range) -> Iterator[Found | Rejection]:
        """The pictures of a range, and why one cannot be used."""
        if span.start < self._place:
            self._place, self._pictures = 0, _pictures(self._config)
        while self._place < span.start and next(self._pictures, None) is not None:
            self._place += 1
        for row in rows_in(self._table, span):
            image = next(self._pictures, b"")
            self._place += 1
            if row["split"] not in ("", *self._config.splits):
                continue
            if row["fault"]:
                yield Rejection(str(self._config.root), row["path"], row["fault"], row["detail"])
            else:
                yield f"{row['split']}/{row['path']}", image, row["label"], f"mjsynth/{row['split']}"


def _pictures(config: MjSource) -> Iterator[bytes]:
    """What the pictures of an archive hold, which are one after the other whatever else stands between them."""
    with opened_tar(config.root) as stream:
        for member in stream:
            if is_picture(member):
                yield stream.read(IMAGE_BYTES)
