from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import ValidationError

from str_pipelines.execution import Execution
from str_pipelines.records import Instance, Scene
from str_pipelines.sources.config import PhotographSource, ScenesParams
from str_pipelines.sources.photograph import Photograph
from str_pipelines.sources.scenes import ingest

from .conftest import Frame, picture, records


def photograph(folder: Path, box: Any, name: str = "my photo ä.png") -> Photograph:
    (folder / name).write_bytes(picture(0, (60, 90)))
    return Photograph(PhotographSource.model_validate({"kind": "photograph", "path": folder / name, "box": box}))


@pytest.mark.parametrize("box", ["10 20 80 50", " 10  20.0 80 50 ", [10, 20, 80, 50], "10 20 80 20 80 50 10 50"])
def test_a_box_is_the_one_place_of_the_one_photograph(tmp_path: Path, box: Any) -> None:
    [scene], rejections = records(photograph(tmp_path, box))
    place = Instance(((10, 20), (80, 20), (80, 50), (10, 50)), "")
    assert scene == Scene("my photo ä.png", picture(0, (60, 90)), (place,), "photograph")
    assert not rejections


def test_a_quad_may_lean_and_a_box_may_be_the_whole_picture(tmp_path: Path) -> None:
    [scene], _ = records(photograph(tmp_path, "10 20 70 5 75 30 15 45"))
    assert scene.instances[0].polygon == ((10, 20), (70, 5), (75, 30), (15, 45))
    [scene], _ = records(photograph(tmp_path, "0 0 90 60"))
    assert scene.instances[0].polygon[2] == (90, 60)


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ("80 20 10 50", "box_reversed: '80 20 10 50': left top right bottom are wanted"),
        ("10 50 80 20", "box_reversed"),
        ("10 20 10 50", "box_reversed"),
        ("10 20 91 50", "box_outside: '10 20 91 50': the picture is 90 pixels wide and 60 high"),
        ("10 20 80 61", "box_outside"),
        ("-1 20 80 50", "box_outside"),
        ("10 20 17 50", "box_too_small: .* 8 pixels a side are wanted"),
        ("10 20 80 27.9", "box_too_small"),
        ("10 20 80 20 10 50 80 50", "box_malformed: .* clockwise"),
        ("10 20 10 50 80 50 80 20", "box_malformed"),
        ("10 20 20 20 30 20 40 20", "box_malformed"),
        ("1e300 1e300 2e300 2e300", "box_outside"),
    ],
)
def test_a_box_that_is_none_in_the_picture(tmp_path: Path, box: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as error:
        photograph(tmp_path, box)
    assert str(tmp_path / "my photo ä.png") in str(error.value)


@pytest.mark.parametrize(
    "box", ["", "1 2 3", "1 2 3 4 5", "a b c d", "120,80,260,130", 7, None, ["a"] * 4, "nan 1 2 3", "1 2 3 inf"]
)
def test_a_box_that_is_not_four_or_eight_numbers(tmp_path: Path, box: Any) -> None:
    with pytest.raises(ValidationError, match="four numbers are wanted, or eight|valid number|finite number"):
        photograph(tmp_path, box)


def test_a_photograph_turned_by_exif_is_measured_as_it_is_seen(tmp_path: Path) -> None:
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    Image.new("RGB", (200, 100)).save(file, "JPEG", exif=exif.tobytes())
    (tmp_path / "a.jpg").write_bytes(file.getvalue())
    standing = {"kind": "photograph", "path": tmp_path / "a.jpg", "box": "10 110 90 190"}
    assert len(Photograph(PhotographSource.model_validate(standing))) == 1
    with pytest.raises(ValueError, match="100 pixels wide and 200 high"):
        Photograph(PhotographSource.model_validate({**standing, "box": "110 10 190 90"}))


def test_a_file_that_is_not_there_or_no_picture(tmp_path: Path) -> None:
    source = PhotographSource(kind="photograph", path=tmp_path / "no.png", box=(1, 1, 20, 20))
    with pytest.raises(FileNotFoundError, match=r"no\.png: no such file; --params=photograph="):
        Photograph(source)
    (tmp_path / "no.png").write_text("no picture")
    with pytest.raises(ValueError, match=r"no\.png: image_unreadable"):
        Photograph(source)


def test_the_digest_is_that_of_picture_and_box(tmp_path: Path) -> None:
    digests = [photograph(tmp_path, box).digest for box in ("10 20 80 50", "10 20 80 50.0", "10 20 80 51")]
    (tmp_path / "other").mkdir()
    digests.append(photograph(tmp_path / "other", "10 20 80 50").digest)
    digests.append(photograph(tmp_path, "10 20 80 50", name="other.png").digest)
    assert digests[0] == digests[1] == digests[3] and len(set(digests)) == 3


def test_it_is_a_set_of_one(tmp_path: Path, here: Execution) -> None:
    (tmp_path / "a.png").write_bytes(picture(0, (60, 90)))
    source = {"kind": "photograph", "path": tmp_path / "a.png", "box": "10 20 80 50"}
    scenes = ingest(ScenesParams.model_validate({"source": source}), here, Frame())
    assert scenes.ids() == ["a.png"] and scenes[0].instances[0].text == ""
