"""Pieces of scenes with rendered signs, as a set of photographs with their text: for painters to train on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, run_shards
from str_pipelines.imaging.decode import decode, encode_jpeg
from str_pipelines.imaging.painter import Painter
from str_pipelines.imaging.quads import as_tuple, sides
from str_pipelines.imaging.render import Renderer
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.imaging.signboards import Signboard, SignStream
from str_pipelines.records import Instance, Refused, Rejection, Report, Scene
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.scenes import SceneLmdb, SceneWriter
from str_pipelines.synthesis.config import RenderedScenesParams
from str_pipelines.synthesis.rendered_words import word_stream

STEP, VERSION = "ingest.rendered_scenes", 3
QUALITIES = 90, 95  # of JPEG, in turn
SHEET_SCENES, SHEET_SIDE = 40, 200
LINE = (255, 40, 40)  # RGB of quads on the sheet
HEIGHTS = (12, 16, 24, 32, 48, 64, 96)
"""Where a new group of heights begins, in pixels."""


def render_scenes(painter: Painter, params: RenderedScenesParams, execution: Execution) -> SceneLmdb:
    """`count` pieces of scenes, 160 to 320 pixels a side, with the quads and texts of the words painted into them.

    Raises:
        ValueError: the painter is not the renderer, or the charset has no word of the lexicon.
        FileNotFoundError: lexicon, charset or the scenes for grounds are not there.
    """
    if not isinstance(painter, Renderer):
        raise ValueError("signs are drawn by the renderer alone; give a painter whose name is `render`")
    words, inputs = word_stream(painter, params)
    return run_shards(
        SceneLmdb,
        SceneWriter,
        partial(_shard, SignStream(words)),
        params.count,
        params.shard_size,
        step=STEP,
        key=work_key(STEP, VERSION, params, painter.digest, *inputs),
        execution=execution,
        made={"painter": painter.digest},
    )


def card(scenes: SceneLmdb) -> Report:
    """How many pieces, words and characters there are, how high the words, and a sheet of pieces from all over."""
    instances = [instance for scene in scenes for instance in scene.instances]
    figures = {
        "scenes": len(scenes),
        "words": len(instances),
        "labels": len({instance.text for instance in instances}),
        "characters": len({character for instance in instances for character in instance.text}),
    }
    metrics = {"rendered": {name: float(value) for name, value in figures.items()}}
    metrics["rejected"] = {reason: float(count) for reason, count in scenes.manifest.rejected.items()}
    tables = {"words_by_height": _heights(instances), "words_by_length": _lengths(instances)}
    said = ", ".join(f"{value:,} {name}" for name, value in figures.items())
    text = f"# Rendered scenes\n\n{said}. Content digest `{scenes.digest}`.\n"
    return Report(metrics, text, tables, {"rendered_scenes": _sheet(scenes)})


def _heights(instances: Sequence[Instance]) -> list[dict[str, int]]:
    heights = [sides(np.array(instance.polygon))[1] for instance in instances]
    groups = Counter(int(np.searchsorted(HEIGHTS, height, side="right")) for height in heights)
    return [{"from": (0, *HEIGHTS)[group], "words": groups[group]} for group in sorted(groups)]


def _lengths(instances: Sequence[Instance]) -> list[dict[str, int]]:
    lengths = Counter(len(instance.text) for instance in instances)
    return [{"characters": length, "words": lengths[length]} for length in sorted(lengths)]


def _sheet(scenes: SceneLmdb) -> bytes:
    count = min(SHEET_SCENES, len(scenes))
    shown = [scenes[index * len(scenes) // count] for index in range(count)]
    cells = [Cell([_outlined(scene)], " ".join(instance.text for instance in scene.instances)) for scene in shown]
    return sheet(cells, columns=8, height=SHEET_SIDE, width=SHEET_SIDE, title="rendered scenes")


def _outlined(scene: Scene) -> NDArray[np.uint8]:
    """The picture with a thin line around every word."""
    picture = decode(scene.image).copy()
    polygons = [np.rint(16 * (np.array(instance.polygon) - 0.5)).astype(np.int32) for instance in scene.instances]
    return np.asarray(cv2.polylines(picture, polygons, True, LINE, 1, cv2.LINE_AA, 4), np.uint8)


def _shard(stream: SignStream, span: range, writer: SceneWriter) -> None:
    for index in span:
        name = f"rendered-{stream.words.seed}-{index:09d}"
        try:
            board = stream[index]
        except Refused as refused:
            writer.reject(Rejection("rendered", name, refused.reason, refused.detail))
            continue
        low, high = QUALITIES
        image = encode_jpeg(board.image, low + index % (high - low + 1))
        writer.add(Scene(name, image, _instances(board), "rendered"))


def _instances(board: Signboard) -> tuple[Instance, ...]:
    words = zip(board.quads, board.texts, strict=True)
    return tuple(Instance(as_tuple(quad), text, "Latin" if text.isascii() else "") for quad, text in words)
