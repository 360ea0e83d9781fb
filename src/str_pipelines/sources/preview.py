"""A dry run: read, decode and count a source as `ingest` would, and keep nothing but a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, run_shards
from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.records import Refused, Rejection, Report, Scene
from str_pipelines.sources.config import ScenesParams
from str_pipelines.sources.files import read_picture
from str_pipelines.sources.folder import Finder
from str_pipelines.sources.scenes import SceneSource, decoded, open_source, reopened, size_of
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.rows import Rows, RowsWriter

STEP, VERSION = "ingest.preview", 1
SHOWN, LISTED = 12, 1000
TEXT, HINT, INVALID = (0, 160, 0), (230, 140, 0), (210, 0, 0)


def preview(params: ScenesParams, execution: Execution, finder: Finder) -> Report:
    """What `ingest` would make of these parameters: counts, reasons, and a sheet of some photographs.

    Metrics are `photographs/*`, `words/*` and `rejected/<reason>`.
    """
    source = open_source(params, execution, finder)
    count = size_of(source, params)
    key = work_key(STEP, VERSION, {"count": count}, source.digest)
    work = partial(_check, params, execution, finder, source.digest)
    checked = run_shards(Rows, RowsWriter, work, count, params.shard, step=STEP, key=key, execution=execution)
    rejections = list(islice(checked.rejections(), LISTED))
    words = _words(checked)
    metrics: dict[str, Mapping[str, float]] = {
        "photographs": {"listed": count, "usable": len(checked), "empty": words.pop("empty")},
        "words": words,
        "rejected": dict(Counter(checked.manifest.rejected).most_common()),
    }
    listed = [
        {"file": each.source, "record": each.record, "reason": each.reason, "detail": each.detail}
        for each in rejections
    ]
    sheets = {"photographs": _usable(source, checked), "rejected": _rejected(rejections)}
    shown = {name: _sheet(name, cells) for name, cells in sheets.items() if cells}
    return Report(metrics, _prose(params, metrics), {"rejections": listed}, shown)


def _check(
    params: ScenesParams, execution: Execution, finder: Finder, digest: str, span: range, writer: RowsWriter
) -> None:
    source = reopened(params, execution, finder, digest)
    for index in span:
        for record in decoded(source, range(index, index + 1)):
            if isinstance(record, Rejection):
                writer.reject(record)
            else:
                writer.add({"index": index, **_facts(*record)})


def _facts(scene: Scene, pixels: NDArray[np.uint8]) -> dict[str, Any]:
    words = scene.instances
    return {
        "id": scene.id,
        "width": pixels.shape[1],
        "height": pixels.shape[0],
        "words": len(words),
        "with_text": sum(bool(word.text) for word in words),
        "with_hint": sum(bool(word.hint) for word in words),
        "invalid": sum(not word.valid for word in words),
    }


def _words(checked: Rows) -> dict[str, float]:
    found: dict[str, float] = dict.fromkeys(("words", "with_text", "with_hint", "invalid", "empty"), 0)
    for row in checked.rows():
        found = {name: n + (not row["words"] if name == "empty" else row[name]) for name, n in found.items()}
    return found


def _usable(source: SceneSource, checked: Rows) -> list[Cell]:
    """Photographs from all over the set, their words framed: green with a text, orange without, red invalid."""
    chosen = {number * len(checked) // SHOWN for number in range(SHOWN)}
    places = [row["index"] for number, row in enumerate(checked.rows()) if number in chosen]
    cells = []
    for record in (record for place in places for record in decoded(source, range(place, place + 1))):
        if not isinstance(record, Rejection):
            cells.append(Cell([framed(*record)], f"{record[0].id}: {len(record[0].instances)} words"))
    return cells


def framed(scene: Scene, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A copy of the photograph (H, W, 3) with the outline of every word and a dot where each begins."""
    canvas = pixels.copy()
    thick = max(1, max(canvas.shape) // 300)
    for word in scene.instances:
        colour = INVALID if not word.valid else TEXT if word.text else HINT
        points = np.clip(np.round(word.polygon), -(10**4), 10**5).astype(np.int32)
        cv2.polylines(canvas, [points], True, colour, thick)
        cv2.circle(canvas, [int(value) for value in points[0]], 3 * thick, colour, -1)
    return canvas


def _rejected(rejections: Sequence[Rejection]) -> list[Cell]:
    """Rejected photographs that can be looked at, up to four a reason."""
    cells, shown = [], Counter[str]()
    for rejection in rejections:
        if shown[rejection.reason] == SHOWN // 3:
            continue
        try:
            picture = decode(read_picture(Path(rejection.source)))
        except Refused:
            continue
        shown[rejection.reason] += 1
        cells.append(Cell([picture], f"{rejection.reason}: {rejection.record}"))
    return cells


def _sheet(name: str, cells: Sequence[Cell]) -> bytes:
    title = "photographs that would be used" if name == "photographs" else "photographs that would be turned away"
    return sheet(cells, columns=3, height=240, width=320, title=title)


def _prose(params: ScenesParams, metrics: Mapping[str, Mapping[str, float]]) -> str:
    photographs, words = metrics["photographs"], metrics["words"]
    reasons = "\n".join(f"| {reason} | {n:.0f} |" for reason, n in metrics["rejected"].items()) or "| none | 0 |"
    source = ", ".join(f"{name} `{value}`" for name, value in params.source.model_dump(mode="json").items())
    return f"""# What would be read

Source: {source}; limit {params.limit or "none"}. {photographs["listed"]:.0f} photographs are listed,
{photographs["usable"]:.0f} of them can be used, {photographs["empty"]:.0f} of these without words. Nothing was kept.

{words["words"]:.0f} words: {words["with_text"]:.0f} with a text, {words["with_hint"]:.0f} with a hint,
{words["invalid"]:.0f} that nobody could read.

| rejected photographs and words | count |
|---|---|
{reasons}
"""
