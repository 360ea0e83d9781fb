from __future__ import annotations

import shutil
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
from kedro.io import DatasetError

from str_pipelines.datasets.handles import SceneLmdbDataset, WordLmdbDataset
from str_pipelines.imaging.decode import decode, encode_png
from str_pipelines.records import Instance, Scene, Word
from str_pipelines.storage.scenes import SceneLmdb, SceneWriter
from str_pipelines.storage.words import WordLmdb, WordWriter

IMAGE = encode_png(np.full((20, 40, 3), 90, np.uint8))


def words(folder: Path, *labels: str) -> WordLmdb:
    with WordWriter(folder) as writer:
        for number, label in enumerate(labels):
            writer.add(Word(f"{number}", IMAGE, label, (40, 20)))
        writer.finish()
    return WordLmdb.at(folder)


def scenes(folder: Path) -> SceneLmdb:
    with SceneWriter(folder) as writer:
        writer.add(Scene("s/a.png", IMAGE, (Instance(((0, 0), (9, 0), (9, 9)), "A"),), "s"))
        writer.finish()
    return SceneLmdb.at(folder)


def labels(dataset: WordLmdbDataset) -> list[str]:
    loaded = dataset.load()
    assert isinstance(loaded, WordLmdb)
    return [word.label for word in loaded]


def parts(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_saved_is_loaded_from_its_own_place(tmp_path: Path) -> None:
    made, dataset = words(tmp_path / "work", "one", "two"), WordLmdbDataset(str(tmp_path / "data" / "words"))
    assert not dataset.exists()
    dataset.save(made)
    found = dataset.load()
    assert dataset.exists() and (found.path, found.digest) == (tmp_path / "data" / "words", made.digest)
    shutil.rmtree(tmp_path / "work")
    assert labels(dataset) == ["one", "two"]
    assert parts(tmp_path / "data") == ["words"]


def test_a_set_in_a_place_that_a_person_named_stays(tmp_path: Path) -> None:
    theirs = words(tmp_path / "theirs", "dear")
    dataset = WordLmdbDataset(str(tmp_path / "ours"), named=str(tmp_path / "theirs"))
    assert labels(dataset) == ["dear"]
    with pytest.raises(DatasetError, match="theirs holds something else already"):
        dataset.save(words(tmp_path / "made", "one"))
    assert WordLmdb.at(tmp_path / "theirs").digest == theirs.digest and not (tmp_path / "ours").exists()
    dataset.save(words(tmp_path / "same", "dear"))
    (tmp_path / "notes").mkdir()
    with pytest.raises(DatasetError, match="notes holds something else already"):
        WordLmdbDataset(named=str(tmp_path / "notes")).save(theirs)
    fresh = WordLmdbDataset(named=str(tmp_path / "fresh"))
    fresh.save(theirs)
    assert labels(fresh) == ["dear"]


def test_a_named_place_is_found_in_whichever_case(tmp_path: Path) -> None:
    """CCD's configurations say Synth, and its tree has synth."""
    words(tmp_path / "label/synth/ST", "theirs")
    assert labels(WordLmdbDataset(named=str(tmp_path / "label/Synth/ST"))) == ["theirs"]


def test_a_save_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    dataset = WordLmdbDataset(str(tmp_path / "words"))
    for each in (("one", "two"), ("three",)):
        dataset.save(words(tmp_path / each[0], *each))
    assert labels(dataset) == ["three"]
    dataset.save(dataset.load())
    assert labels(dataset) == ["three"]


def test_a_save_that_fails_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = WordLmdbDataset(str(tmp_path / "data" / "words"))
    dataset.save(words(tmp_path / "first", "first"))
    second = words(tmp_path / "second", "second")

    def full(part: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("str_pipelines.datasets.handles.commit", full)
    with pytest.raises(DatasetError, match="No space left"):
        dataset.save(second)
    assert labels(dataset) == ["first"]


def test_another_kind_or_a_changed_folder_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    dataset = WordLmdbDataset(str(tmp_path / "data" / "words"))
    with pytest.raises(DatasetError, match="holds 'scenes', where 'words' is wanted"):
        dataset.save(scenes(tmp_path / "scenes"))
    made = words(tmp_path / "work", "one")
    shutil.rmtree(tmp_path / "work")
    words(tmp_path / "work", "other")
    with pytest.raises(DatasetError, match="has changed since this handle was made"):
        dataset.save(made)
    assert not (tmp_path / "data").exists() and not dataset.exists()


def test_a_damaged_folder_does_not_exist(tmp_path: Path) -> None:
    dataset = WordLmdbDataset(str(tmp_path / "words"))
    dataset.save(words(tmp_path / "work", "one"))
    with (tmp_path / "words" / "data.mdb").open("r+b") as file:
        file.truncate(100)
    assert not dataset.exists()
    with pytest.raises(DatasetError, match=r"data\.mdb"):
        dataset.load()


def test_previews_are_pictures_in_base64_under_the_name_that_kedro_viz_looks_for(tmp_path: Path) -> None:
    word_set, scene_set = WordLmdbDataset(str(tmp_path / "words")), SceneLmdbDataset(str(tmp_path / "scenes"))
    word_set.save(words(tmp_path / "w", *"abcdefgh"))
    scene_set.save(scenes(tmp_path / "s"))
    for dataset in (word_set, scene_set):
        assert (decode(b64decode(dataset.preview(count=3))) == 90).all(axis=-1).any()
        assert dataset.preview.__annotations__["return"] == "ImagePreview"


def test_a_set_of_nothing_has_a_preview(tmp_path: Path) -> None:
    dataset = WordLmdbDataset(str(tmp_path / "words"))
    dataset.save(words(tmp_path / "work"))
    assert decode(b64decode(dataset.preview())).size
