"""A folder counts when its manifest is there and says the sizes that its files have."""

from __future__ import annotations

from pathlib import Path

import pytest

from str_pipelines.storage.manifests import Manifest, Part, join, read_manifest, version_of, whole, write_manifest


def folder(path: Path, count: int, **rejected: int) -> Manifest:
    """A finished folder with a data file of `count` bytes."""
    path.mkdir(parents=True)
    (path / "data.mdb").write_bytes(bytes(count))
    part = Part(path="data.mdb", count=count, bytes=count, sums={"data.mdb": "00"})
    manifest = Manifest(kind="words", count=count, digest="d", parts=(part,), rejected=rejected, made={"by": "ü"})
    write_manifest(path, manifest)
    return manifest


def test_what_was_written_is_read(tmp_path: Path) -> None:
    manifest = folder(tmp_path / "a", 3, low=1)
    assert read_manifest(tmp_path / "a") == manifest
    assert whole(tmp_path / "a") and not whole(tmp_path / "b")


def test_joined_parts_keep_their_order_and_add_up(tmp_path: Path) -> None:
    shards = {"b": folder(tmp_path / "b", 2, low=1), "a": folder(tmp_path / "a", 5, low=2, high=1)}
    write_manifest(tmp_path, join("words", "digest", shards, {"by": "test"}))
    joined = read_manifest(tmp_path)
    assert [(part.path, part.count) for part in joined.parts] == [("b/data.mdb", 2), ("a/data.mdb", 5)]
    assert (joined.count, joined.rejected, joined.made) == (7, {"low": 3, "high": 1}, {"by": "test"})


def test_an_unfinished_folder_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no manifest\.json, so nothing finished lies there"):
        read_manifest(tmp_path)
    folder(tmp_path / "a", 3)
    (tmp_path / "a" / "data.mdb").write_bytes(bytes(2))
    with pytest.raises(ValueError, match=r"data\.mdb has 2 bytes, the manifest says 3: copied or changed"):
        read_manifest(tmp_path / "a")
    (tmp_path / "a" / "data.mdb").unlink()
    with pytest.raises(ValueError, match=r"data\.mdb is missing"):
        read_manifest(tmp_path / "a")
    assert not whole(tmp_path / "a")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"kind": 1}', "\xff\xfe"])
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=r"manifest\.json: not a manifest .*make the folder again"):
        read_manifest(tmp_path)


def test_a_version_changes_with_every_write(tmp_path: Path) -> None:
    folder(tmp_path / "a", 3)
    before = version_of(tmp_path / "a")
    assert version_of(tmp_path / "a") == before
    write_manifest(tmp_path / "a", read_manifest(tmp_path / "a"))
    assert version_of(tmp_path / "a") != before
