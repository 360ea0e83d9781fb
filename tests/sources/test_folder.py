from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.records import Instance, Scene
from str_pipelines.sources.config import FolderSource, ScenesParams
from str_pipelines.sources.folder import Folder
from str_pipelines.sources.scenes import ingest

from .conftest import Frame, picture, records

REAL = Path("../shared/data/real_scenes")


FRAME = Frame()


def folder(root: Path, finder: Frame = FRAME) -> Folder:
    return Folder(FolderSource(kind="folder", root=root), finder)


def write(root: Path, *names: str) -> Path:
    for seed, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(picture(seed))
    return root


def test_pictures_are_read_in_order_with_what_the_finder_sees(tmp_path: Path) -> None:
    write(tmp_path, "b.PNG", "a ü.jpeg", "deep/down/c.webp", "d.bmp", "e.JPG", "f.jfif")
    scenes, rejections = records(folder(tmp_path))
    assert [scene.id for scene in scenes] == ["a ü.jpeg", "b.PNG", "d.bmp", "deep/down/c.webp", "e.JPG", "f.jfif"]
    word = Instance(((1, 1), (49, 1), (49, 29), (1, 29)), "", hint="SEEN")
    assert scenes[1] == Scene("b.PNG", picture(0), (word,), "folder")
    assert not rejections


def test_what_is_plainly_no_picture_is_left_out_and_other_pictures_are_rejected(tmp_path: Path) -> None:
    write(tmp_path, "a.png", "notes.txt", "a.json", "Makefile", "._a.png", ".thumbs/a.png", "b.tiff", "c.HEIC", "d.gif")
    scenes, rejections = records(folder(tmp_path))
    assert [scene.id for scene in scenes] == ["a.png"]
    assert [(r.record, r.reason) for r in rejections] == [
        ("b.tiff", "format_not_read"), ("c.HEIC", "format_not_read"), ("d.gif", "format_not_read"),
    ]  # fmt: skip
    assert rejections[0].source == str(tmp_path / "b.tiff") and "save it as JPEG" in rejections[0].detail


def test_a_photograph_without_words_stays_and_says_so(tmp_path: Path) -> None:
    write(tmp_path, "a.png")
    [scene], [rejection] = records(folder(tmp_path, Frame(least=100)))
    assert scene.instances == ()
    assert (rejection.record, rejection.reason, rejection.source) == ("a.png", "no_text_found", str(tmp_path / "a.png"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "image_empty"),
        (b"GIF89a", "image_unreadable"),
        (picture()[:900], "image_truncated"),
        (None, "image_missing"),
    ],
)
def test_a_picture_that_cannot_be_used_is_named_and_the_next_is_read(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    write(tmp_path, "a.png", "b.png")
    listed = folder(tmp_path)
    (tmp_path / "a.png").unlink() if content is None else (tmp_path / "a.png").write_bytes(content)
    [scene], [rejection] = records(listed)
    assert (scene.id, rejection.record, rejection.reason) == ("b.png", "a.png", reason)
    assert rejection.source == str(tmp_path / "a.png")


def test_names_that_no_record_can_have(tmp_path: Path) -> None:
    write(tmp_path, "a.png", "line\nbreak.png", "/".join(["n" * 200] * 3) + ".png")
    (tmp_path / os.fsdecode(b"\xff.png")).write_bytes(picture())
    scenes, rejections = records(folder(tmp_path))
    assert [scene.id for scene in scenes] == ["a.png"]
    assert sorted(r.reason for r in rejections) == ["name_malformed", "name_malformed", "name_too_long"]
    for rejection in rejections:
        (rejection.source + rejection.record + rejection.detail).encode()


def test_links_to_files_are_read_and_links_in_circles_come_to_an_end(tmp_path: Path) -> None:
    write(tmp_path / "root", "a.png")
    (tmp_path / "root/again").symlink_to(tmp_path / "root", target_is_directory=True)
    (tmp_path / "root/b.png").symlink_to("a.png")
    (tmp_path / "root/c.png").symlink_to("c.png")
    scenes, [rejection] = records(folder(tmp_path / "root"))
    assert [scene.id for scene in scenes] == ["a.png", "b.png"]
    assert (rejection.record, rejection.reason) == ("c.png", "image_missing")


def test_the_digest_is_that_of_names_files_and_finder(tmp_path: Path) -> None:
    write(tmp_path, "a.png")
    digests = [folder(tmp_path).digest, folder(tmp_path).digest, folder(tmp_path, Frame(digest="other")).digest]
    (tmp_path / "a.png").write_bytes(picture(7, (31, 50)))
    digests.append(folder(tmp_path).digest)
    (tmp_path / "a.png").rename(tmp_path / "b.png")
    digests.append(folder(tmp_path).digest)
    assert digests[0] == digests[1] and len(set(digests)) == 4


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere: no such folder; ingest\.scenes\.read\.source\.root"):
        folder(tmp_path / "nowhere")


def test_an_empty_folder_has_nothing_to_use(tmp_path: Path, here: Execution) -> None:
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(ValueError, match=r"can be used: none is listed; data/README\.md"):
        ingest(ScenesParams(source=FolderSource(kind="folder", root=tmp_path)), here, Frame())


def test_workers_shards_and_the_limit(tmp_path: Path) -> None:
    write(tmp_path / "raw", *(f"{number:02d}.png" for number in range(11)))
    digests = set()
    for size, workers in ((None, 2), (3, 1)):
        params = ScenesParams(source=FolderSource(kind="folder", root=tmp_path / "raw"), shard_size=size)
        scenes = ingest(params, Execution(work=tmp_path / str(size), workers=workers), Frame())
        assert scenes[10].instances[0].hint == "SEEN"
        digests.add(scenes.digest)
    assert len(digests) == 1
    assert len(ingest(params.model_copy(update={"limit": 4}), Execution(work=tmp_path / "few"), Frame())) == 4


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason=f"{REAL} is not there")
def test_two_real_photographs_get_places_for_words(tmp_path: Path) -> None:
    from str_pipelines.storage.checkpoints import Checkpoint
    from str_pipelines.zoo import load_finder

    for name in ("img_101.jpg", "img_11.jpg"):
        (tmp_path / name).symlink_to((REAL / "ic13/images" / name).resolve())
    source = Folder(FolderSource(kind="folder", root=tmp_path), load_finder(Checkpoint.at("rapidocr_finder")))
    (sign, poster), rejections = records(source)
    assert {"No", "cycling"} <= {word.hint for word in sign.instances} and "Here!" in {w.hint for w in poster.instances}
    assert not rejections
    assert all(np.ptp(np.asarray(word.polygon), axis=0).min() > 12 for word in (*sign.instances, *poster.instances))
