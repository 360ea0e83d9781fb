"""Anchors: the places in photographs where a word may be painted, and why the others may not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from str_pipelines.execution import Execution, build_table
from str_pipelines.imaging.own_jpeg import jpeg_quality
from str_pipelines.imaging.quads import as_tuple, inside, quad_of, sides
from str_pipelines.records import Instance, Refused, Scene, Table
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.synthesis.config import AnchorParams

STEP, VERSION = "synthesize.choose_anchors", 3


def choose(scenes: SceneLmdb, params: AnchorParams, execution: Execution) -> Table:
    """One row an instance: scene, instance, quad, text, hint, length, height, and why it is not used, or "".

    `jpeg` is the quality at which the photograph was written, 0 where it is no JPEG.
    """
    key = work_key(STEP, VERSION, params, scenes.digest)
    return build_table(lambda: _rows(scenes, params), step=STEP, key=key, execution=execution)


def _rows(scenes: SceneLmdb, params: AnchorParams) -> Iterator[dict[str, Any]]:
    for scene in scenes:
        size, jpeg = scenes.size(scene), jpeg_quality(scene.image) or 0
        for number, instance in enumerate(scene.instances):
            yield {**_row(scene, number, instance, size, params), "jpeg": jpeg}


def _row(scene: Scene, number: int, instance: Instance, size: tuple[int, int], params: AnchorParams) -> dict[str, Any]:
    row: dict[str, Any] = {"scene": scene.id, "source": scene.source, "instance": number}
    row |= {"text": instance.text, "hint": instance.hint}
    try:
        quad = np.array(as_tuple(quad_of(instance.polygon)))
    except Refused as refused:
        return {**row, "quad": [0.0] * 8, "length": 0.0, "height": 0.0, "reason": refused.reason}
    length, height = sides(quad)
    reason = _reason(instance, inside(quad, *size), length, height, params)
    return {**row, "quad": quad.ravel().tolist(), "length": length, "height": height, "reason": reason}


def _reason(instance: Instance, share: float, length: float, height: float, params: AnchorParams) -> str:
    """Why the anchor is not used: the first filter that stops it."""
    characters = len(instance.text or instance.hint)
    along = max(length, height)  # a column of text runs along its longer side
    filters = {
        "marked_invalid": params.valid_only and not instance.valid,
        "outside_picture": share < params.min_inside,
        "too_low": min(length, height) < params.min_height,
        "too_short": along < params.min_length,
        "text_too_long": characters > params.max_characters,
        "too_dense": characters > 0 and along / characters < params.min_pixels_per_character,
    }
    return next((reason for reason, stopped in filters.items() if stopped), "")
