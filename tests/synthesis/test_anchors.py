from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import encode_png
from str_pipelines.records import Instance, Scene
from str_pipelines.storage.scenes import SceneLmdb, SceneWriter
from str_pipelines.storage.tables import rows_of
from str_pipelines.synthesis.anchors import choose
from str_pipelines.synthesis.config import AnchorParams

IMAGE = encode_png(np.zeros((100, 200, 3), np.uint8))


def box(x: float, y: float, w: float, h: float) -> tuple[tuple[float, float], ...]:
    return ((x, y), (x + w, y), (x + w, y + h), (x, y + h))


def made(folder: Path, *instances: Instance, image: bytes = IMAGE) -> SceneLmdb:
    with SceneWriter(folder / "scenes") as writer:
        writer.add(Scene("s/a.png", image, instances, "s"))
        writer.finish()
    return SceneLmdb.at(folder / "scenes")


def reasons(scenes: SceneLmdb, **params: Any) -> list[str]:
    table = choose(scenes, AnchorParams(**params), Execution(work=scenes.path.parent / "work"))
    return [row["reason"] for row in rows_of(table)]


@pytest.mark.parametrize(
    ("instance", "reason"),
    [
        (Instance(box(10, 10, 80, 24), "OPEN"), ""),
        (Instance(box(10, 10, 80, 24), ""), ""),
        (Instance(box(10, 10, 20, 80), "OPEN"), ""),
        (Instance(box(10, 10, 80, 24), "OPEN", valid=False), "marked_invalid"),
        (Instance(box(-10, 10, 80, 24), "OPEN"), "outside_picture"),
        (Instance(box(300, 10, 80, 24), "OPEN"), "outside_picture"),
        (Instance(box(10, 10, 80, 11.9), "OPEN"), "too_low"),
        (Instance(box(10, 10, 23, 14), "OPEN"), "too_short"),
        (Instance(box(10, 10, 180, 24), "n" * 26), "text_too_long"),
        (Instance(box(10, 10, 80, 24), "n" * 17), "too_dense"),
        (Instance(box(10, 10, 20, 80), "n" * 17), "too_dense"),
        (Instance(box(10, 10, 80, 24), "", hint="OPEN"), ""),
        (Instance(box(10, 10, 80, 24), "", hint="n" * 17), "too_dense"),
        (Instance(box(10, 10, 180, 24), "", hint="n" * 26), "text_too_long"),
        (Instance(box(10, 10, 0, 24), "OPEN"), "polygon_no_area"),
    ],
)
def test_a_place_is_used_or_says_why_not(instance: Instance, reason: str, tmp_path: Path) -> None:
    assert reasons(made(tmp_path, instance)) == [reason]


def test_limits_are_parameters(tmp_path: Path) -> None:
    scenes = made(tmp_path, Instance(box(-10, 10, 80, 11), "n" * 30, valid=False))
    loose = {
        "valid_only": False,
        "min_inside": 0.5,
        "min_height": 8,
        "max_characters": 40,
        "min_pixels_per_character": 2,
    }
    assert reasons(scenes, **loose) == [""]
    for name, default in AnchorParams().model_dump().items():
        if name in loose:
            assert reasons(scenes, **{**loose, name: default}) != [""]


def test_rows_say_where_and_what(tmp_path: Path) -> None:
    six = ((10.123, 10), (50, 12), (90, 10), (90, 34), (50, 36), (10, 34))
    scenes = made(tmp_path, Instance(six, "BAR", "Latin"), Instance(box(1, 1, 3, 3), "x"))
    one, two = rows_of(choose(scenes, AnchorParams(), Execution(work=tmp_path / "work")))
    assert one.pop("height") == pytest.approx(24, abs=0.001)
    assert one == {
        "scene": "s/a.png", "source": "s", "instance": 0, "text": "BAR", "hint": "",
        "quad": [10.12, 10, 90, 10, 90, 34, 10, 34], "length": 80, "reason": "", "jpeg": 0,
    }  # fmt: skip
    assert (two["instance"], two["reason"], two["quad"]) == (1, "polygon_no_area", [0] * 8)


def test_the_quality_of_the_photograph_is_told(tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.new("RGB", (200, 100)).save(file, "JPEG", quality=37)
    scenes = made(tmp_path, Instance(box(10, 10, 80, 24), "OPEN"), image=file.getvalue())
    assert [row["jpeg"] for row in rows_of(choose(scenes, AnchorParams(), Execution(work=tmp_path / "work")))] == [37]


def test_a_photograph_turned_by_exif_has_the_size_it_is_seen_with(tmp_path: Path) -> None:
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    Image.new("RGB", (200, 100)).save(file, "JPEG", exif=exif.tobytes())
    turned = made(
        tmp_path, Instance(box(10, 110, 80, 24), "A"), Instance(box(110, 10, 80, 24), "A"), image=file.getvalue()
    )
    assert reasons(turned) == ["", "outside_picture"]


def test_the_digest_is_of_the_rows(tmp_path: Path) -> None:
    scenes = made(tmp_path, Instance(box(10, 10, 80, 24), "OPEN"))
    digests = [
        choose(scenes, AnchorParams(min_height=low), Execution(work=tmp_path / name)).digest
        for low, name in ((12, "one"), (12, "two"), (13, "three"), (40, "four"))
    ]
    assert digests[0] == digests[1] == digests[2] != digests[3]
