"""Words in two resolutions behind one interface, the step that writes any of them to a pair LMDB, and its card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import islice
from typing import Protocol

from str_pipelines.execution import Execution, run_shards
from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.records import Pair, Rejection, Report
from str_pipelines.sources import plane_config as c
from str_pipelines.sources.demo_pairs import DemoPairs
from str_pipelines.sources.textzoom import TextZoom
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.pairs import PairLmdb, PairWriter

STEP, VERSION = "ingest.pairs", 1
SHOWN, LISTED = 24, 1000


class Pairs(Protocol):
    """A raw set that knows how many pairs it lists and reads any range of them."""

    digest: str

    def __len__(self) -> int: ...

    def pairs(self, span: range) -> Iterator[Pair | Rejection]:
        """The pairs of a range, and why one cannot be used."""
        ...


def open_pairs(params: c.ReadPairsParams) -> Pairs:
    """The source of a configuration.

    Raises:
        FileNotFoundError, ValueError: as `TextZoom`.
    """
    match params.source:
        case c.DemoPairsSource() as source:
            return DemoPairs(source, params.limit)
        case c.TextZoomSource() as source:
            return TextZoom(source, params.limit)


def ingest(params: c.ReadPairsParams, execution: Execution) -> PairLmdb:
    """Write the pairs of a source to a pair LMDB, all pictures decoded to know that they can be.

    Raises:
        FileNotFoundError: no LMDB is there.
        ValueError: one cannot be read, or no pair can be used.
    """
    source = open_pairs(params)
    pairs = run_shards(
        PairLmdb,
        PairWriter,
        partial(_write, params, source.digest),
        len(source),
        params.shard_size,
        step=STEP,
        key=work_key(STEP, VERSION, {"limit": params.limit}, source.digest),
        execution=execution,
        made={"source": params.source.model_dump(mode="json")},
    )
    if not len(pairs):
        raise ValueError(f"no pair of {params.source!r} can be used: {dict(pairs.manifest.rejected)}")
    return pairs


def card(pairs: PairLmdb) -> Report:
    """Metrics `pairs/<part>` and `rejected/<reason>`, the table `rejections` (the first 1,000) and a sheet."""
    rows = [(row["part"], row["low_height"]) for row in pairs.rows()]
    counts = Counter(part for part, _ in rows)
    rejected = {reason: float(count) for reason, count in pairs.manifest.rejected.items()}
    said = [f"| {part} | {count:,} |" for part, count in sorted(counts.items())]
    turned = [f"| turned away: {reason} | {count:,.0f} |" for reason, count in sorted(rejected.items())]
    text = "\n".join(["# Words in two resolutions", "", "| part | pairs |", "|---|---|", *said, *turned, ""])
    cells = []
    for index in sorted({number * len(pairs) // SHOWN for number in range(SHOWN)}):
        low, high = (decode(image) for image in pairs.images(index))
        cells.append(Cell([low, high], f"{rows[index][0]}, {low.shape[1]}x{low.shape[0]}"))
    failures = [
        {"file": each.source, "record": each.record, "reason": each.reason, "detail": each.detail}
        for each in islice(pairs.rejections(), LISTED)
    ]
    figures = {part: float(count) for part, count in counts.items()}
    picture = sheet(cells, columns=3, title="as they are and as they should be")
    return Report({"pairs": figures, "rejected": rejected}, text, {"rejections": failures}, {"pairs": picture})


@lru_cache(maxsize=1)
def _reopened(params: c.ReadPairsParams, digest: str) -> Pairs:
    """The source as it was when the run began, opened once a process."""
    source = open_pairs(params)
    if source.digest != digest:
        raise ValueError(f"{params.source!r} has changed since this step began; run it again")
    return source


def _write(params: c.ReadPairsParams, digest: str, span: range, writer: PairWriter) -> None:
    for found in _reopened(params, digest).pairs(span):
        if isinstance(found, Rejection):
            writer.reject(found)
        else:
            writer.add(found)
