"""What is pretrained on: masks made on the fly or before, and what is left out."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.maskers.kmeans import KMeans
from str_pipelines.maskers.params import MaskParams
from str_pipelines.maskers.step import mask_words
from str_pipelines.records import Word
from str_pipelines.storage.words import WordLmdb, WordWriter
from str_pipelines.systems.ccd.config import HeldParams, PicturesParams
from str_pipelines.systems.ccd.pictures import (
    Pictures,
    StoredPictures,
    gather,
    held_out,
    index_pictures,
    mask_of,
    picture_of,
)
from tests.making import foreign
from tests.recognizers.pictures import LABELS, entries, keys_of, stored


def test_masks_on_the_fly_are_those_made_before(words: WordLmdb, here: Execution) -> None:
    masks = mask_words(words, KMeans(), MaskParams(), here)
    more = (str(words.path),)
    before = gather(PicturesParams(more=more, masks=(str(masks.path),)), {})
    now = gather(PicturesParams(more=more), {})
    for index in range(0, 30, 5):
        first, second = before.sample(0, index), now.sample(0, index)
        assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
        assert first.pixels.shape == (32, 128, 3) and set(np.unique(first.mask)) == {0, 1}
        assert first.regions.max() >= 1 and not first.regions[first.mask == 0].any()


def test_a_folder_of_masks_mirrors_that_of_its_words(words: WordLmdb, here: Execution, tmp_path: Path) -> None:
    """As in CCD's data_lmdb: training/label/Synth/MJ/MJ_train and Mask/label/Synth/MJ/MJ_train."""
    training, masks = tmp_path / "training", tmp_path / "Mask"
    for name in ("URD/OCR-CC", "label/Synth/ST"):
        made = mask_words(stored(training / name), KMeans(), MaskParams(), here)
        shutil.copytree(made.path, masks / name)
    found = gather(PicturesParams(more=(str(training),), masks=(str(masks),)), {"words": words})
    assert [each.masks and each.masks.path for each in found.sets] == [
        None, masks / "URD/OCR-CC", masks / "label/Synth/ST",
    ]  # fmt: skip
    with pytest.raises(FileNotFoundError):
        gather(PicturesParams(more=(str(training),), masks=(str(tmp_path),)), {})


def test_pictures_without_labels_and_masks_in_another_case(here: Execution, tmp_path: Path) -> None:
    """URD has no key with a label; the published configurations say Synth where the tree has synth."""
    keys = {key: value for key, value in keys_of(entries(LABELS), False).items() if b"label" not in key}
    (tmp_path / "training/label/synth").mkdir(parents=True)
    words = WordLmdb.at(foreign(tmp_path / "training/label/synth/URD", keys))
    made = mask_words(words, KMeans(), MaskParams(), here)
    shutil.copytree(made.path, tmp_path / "Mask/label/Synth/URD")
    more, masks = (str(tmp_path / each / "label/SYNTH") for each in ("training", "Mask"))
    [held] = gather(PicturesParams(more=(more,), masks=(masks,)), {}).sets
    assert len(held) == len(LABELS) and not words.labelled
    assert held.masks and held.masks.path == tmp_path / "Mask/label/Synth/URD"
    assert held.read(0).mask.tolist() == StoredPictures("URD", words, None, held.places).read(0).mask.tolist()


def test_masks_of_other_words_are_refused(words: WordLmdb, here: Execution, tmp_path: Path) -> None:
    masks = mask_words(stored(tmp_path / "others"), KMeans(), MaskParams(), here)
    with pytest.raises(ValueError, match="kedro run --pipeline=masks"):
        gather(PicturesParams(more=(str(words.path),), masks=(str(masks.path),)), {})
    with pytest.raises(ValueError, match="there are 2 `masks` for 0 `more`: give as many, or 1, or none"):
        gather(PicturesParams(masks=(str(masks.path),) * 2), {"words": words})


def test_masks_for_the_sets_of_the_catalog_too(words: WordLmdb, here: Execution, tmp_path: Path) -> None:
    others = stored(tmp_path / "others")
    masks = [mask_words(each, KMeans(), MaskParams(), here) for each in (words, others)]
    said = tuple(str(each.path) for each in masks)
    found = gather(PicturesParams(more=(str(others.path),), masks=said), {"words": words})
    assert [each.masks for each in found.sets] == masks


def published(folder: Path, words: WordLmdb, here: Execution, leave_out: int) -> Path:
    """Masks as the published scripts leave them: without the last of them, and with the count of one process."""
    made = mask_words(words, KMeans(), MaskParams(), here)
    masks: dict[bytes, bytes | None] = {b"mask-%09d" % number: mask.image for number, mask in enumerate(made, 1)}
    for number in range(len(words), len(words) - leave_out, -1):
        del masks[b"mask-%09d" % number]
    folder.mkdir()
    return foreign(folder, {**masks, b"num-samples": b"2"})


def test_what_published_masks_lack_is_made_on_the_fly(
    words: WordLmdb, here: Execution, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING")
    masks = published(tmp_path / "masks", words, here, 1)
    before = gather(PicturesParams(masks=(str(masks),)), {"words": words})
    assert [each.message for each in caplog.records] == [f"words: 1 masks are missing in {masks}, and made on the fly"]
    now = gather(PicturesParams(), {"words": words})
    for index in (0, 1, 28, 29):
        first, second = before.sample(0, index), now.sample(0, index)
        assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_published_masks_that_lack_many_are_refused(words: WordLmdb, here: Execution, tmp_path: Path) -> None:
    masks = published(tmp_path / "masks", words, here, 2)
    with pytest.raises(ValueError, match=r"masks lacks 2 masks of the 30 words of .*, mask 29 is the first"):
        gather(PicturesParams(masks=(str(masks),)), {"words": words})


def test_small_pictures_are_left_out(tmp_path: Path) -> None:
    lmdb = stored(tmp_path / "words", ["a", "b", "c"], [(40, 16), (40, 6), (7, 7)])
    assert index_pictures("words", lmdb, None).places.tolist() == [0, 2]


def test_the_next_picture_stands_in_for_one_that_cannot_be_decoded(tmp_path: Path) -> None:
    with WordWriter(tmp_path) as writer:
        for number, (image, label, size) in enumerate(entries(["a", "b", "c"])):
            writer.add(Word(f"w{number}", image[: len(image) // (1 + number // 2)], label, size))
        writer.finish()
    pictures = index_pictures("words", WordLmdb.at(tmp_path), None)
    assert [pictures.read(place).key[-1] for place in range(3)] == ["1", "2", "1"]


def test_a_picture_without_contrast_has_no_text() -> None:
    plain = np.full((20, 50, 3), 77, np.uint8)
    assert not mask_of(plain).any() and not picture_of(plain, mask_of(plain)).regions.any()


def test_tall_pictures_are_turned_with_their_masks() -> None:
    image = np.full((80, 20, 3), 255, np.uint8)
    image[10:30, 5:15] = 0
    found = picture_of(image, mask_of(image))
    assert found.aspect == 4 and np.array_equal(found.mask, (found.pixels[..., 0] < 128))


def test_what_is_held_out_is_not_trained_on(words: WordLmdb) -> None:
    whole = gather(PicturesParams(length=60), {"words": words})
    train, held = held_out(whole, HeldParams(share=0.2, count=4), ())
    places = [set(each.sets[0].places.tolist()) for each in (train, held)]
    assert not places[0] & places[1] and len(places[0] | places[1]) == 30 and len(held) == 4
    assert len(train) == 52  # 60 for 30, so twice for each
    assert isinstance(held, Pictures) and held.sample(0, 0).key == held.sample(5, 0).key
    with pytest.raises(ValueError, match="too few pictures"):
        held_out(Pictures((whole.sets[0].part(np.array([0])),), (1,)), HeldParams(), ())
