"""Windows: every usable word of a set with its surroundings, so that training decodes no whole photograph a word."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, run_shards
from str_pipelines.imaging.decode import encode_jpeg
from str_pipelines.records import Refused, Rejection, Scene, Table
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.scenes import SceneLmdb, SceneWriter
from str_pipelines.storage.tables import rows_in
from str_pipelines.synthesis.anchors import choose
from str_pipelines.synthesis.config import WindowParams
from str_pipelines.synthesis.paint import Job, Pixels, with_scenes

VERSION = 1
QUALITY = 95  # of JPEG


class Window(NamedTuple):
    """Rows and columns of a photograph, and the factors (x, y) by which they are scaled, at most 1."""

    rows: slice
    columns: slice
    factors: NDArray[np.float64]

    def points(self, polygon: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N, 2) points of the photograph in pixels of the window."""
        return np.asarray((polygon - (self.columns.start, self.rows.start)) * self.factors)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels, scaled."""
        spans = (self.columns.stop - self.columns.start, self.rows.stop - self.rows.start)
        width, height = (max(1, round(span * factor)) for span, factor in zip(spans, self.factors, strict=True))
        return width, height


def cut_windows(scenes: SceneLmdb, params: WindowParams, execution: Execution, step: str) -> SceneLmdb:
    """One small photograph `<scene>#<instance>` for every instance that may be painted over and has a text.

    That instance stands first; those that lie wholly in the window come along, in their order. The others are
    rejections, with the reason that `anchors.choose` has for them, or `text_blank`.
    """
    anchors = choose(scenes, params.anchors, execution)
    return run_shards(
        SceneLmdb,
        SceneWriter,
        partial(_shard, anchors, scenes, params),
        anchors.rows,
        params.shard_size,
        step=step,
        key=work_key(step, VERSION, params, scenes.digest, anchors.digest),
        execution=execution,
    )


def window_around(polygon: NDArray[np.float64], shape: tuple[int, int], context: float, longest: float) -> Window:
    """A square around a word's box, as much of it as lies in the photograph.

    Args:
        polygon: (N, 2) pixels.
        shape: (H, W) of the photograph; the polygon lies in it, for the most part.
        context: how far the square reaches beyond the box on every side, in lengths of the box's longer side.
        longest: pixels that the longer side has at most once the window is scaled.
    """
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    length = float((high - low).max())
    reach = (0.5 + context) * length
    limits = np.array(shape[::-1])
    left, top = np.clip(np.floor((low + high) / 2 - reach), 0, limits - 1).astype(int).tolist()
    right, bottom = np.clip(np.ceil((low + high) / 2 + reach), (left + 1, top + 1), limits).astype(int).tolist()
    spans = np.array([right - left, bottom - top], np.float64)
    sizes = np.maximum(1, np.rint(spans * min(1.0, longest / length)))
    return Window(slice(top, bottom), slice(left, right), sizes / spans)


def cut(photograph: Pixels, window: Window) -> Pixels:
    """What a window shows of a photograph (H, W, 3) uint8, averaged where it is scaled."""
    piece = photograph[window.rows, window.columns]
    if (window.factors == 1).all():
        return piece
    return np.asarray(cv2.resize(piece, window.size, interpolation=cv2.INTER_AREA), np.uint8)


def _shard(anchors: Table, scenes: SceneLmdb, params: WindowParams, span: range, writer: SceneWriter) -> None:
    rows = [{**row, "reason": _reason(row)} for row in rows_in(anchors, span)]
    for row in rows:
        if row["reason"]:
            writer.reject(Rejection(row["scene"], _name(row), row["reason"]))
    for anchor, photograph in with_scenes((row for row in rows if not row["reason"]), scenes):
        try:
            writer.add(_window(scenes.find(anchor["scene"]), anchor, photograph, params))
        except Refused as refused:
            writer.reject(Rejection(anchor["scene"], _name(anchor), refused.reason, refused.detail))


def _reason(row: Job) -> str:
    return row["reason"] or ("" if row["text"].strip() else "text_blank")


def _name(row: Job) -> str:
    return f"{row['scene']}#{row['instance']}"


def _window(scene: Scene, row: Job, photograph: Pixels, params: WindowParams) -> Scene:
    target = row["instance"]
    polygons = [np.array(instance.polygon, np.float64) for instance in scene.instances]
    window = window_around(polygons[target], photograph.shape[:2], params.context, params.longest)
    moved = [window.points(polygon) for polygon in polygons]
    inside = [n for n, points in enumerate(moved) if n != target and _lies_in(points, window.size)]
    return Scene(
        _name(row),
        encode_jpeg(cut(photograph, window), QUALITY),
        tuple(replace(scene.instances[n], polygon=_as_tuples(moved[n])) for n in (target, *inside)),
        scene.source,
    )


def _lies_in(points: NDArray[np.float64], size: tuple[int, int]) -> bool:
    return len(points) > 0 and bool((points >= 0).all() and (points <= size).all())


def _as_tuples(points: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    """To a hundredth of a pixel."""
    return tuple((round(x, 2), round(y, 2)) for x, y in points.tolist())
