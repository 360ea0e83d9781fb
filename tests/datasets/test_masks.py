from __future__ import annotations

from base64 import b64decode
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from kedro.io import DatasetError
from PIL import Image

from str_pipelines.datasets.masks import MaskLmdbDataset
from str_pipelines.imaging.bilevel import encode_mask
from str_pipelines.records import Mask
from str_pipelines.storage.masks import MaskLmdb, MaskWriter
from tests.making import made_words


def made(folder: Path, count: int) -> MaskLmdb:
    with MaskWriter(folder) as writer:
        for number in range(count):
            pixels = np.zeros((16, 40), np.uint8)
            pixels[4:12, 4:36] = 1
            writer.add(Mask(f"set/{number}", encode_mask(pixels), (40, 16), "0" * 32))
        writer.finish({"full": 1})
    return MaskLmdb.at(folder)


def test_what_is_saved_is_loaded_from_its_own_place(tmp_path: Path) -> None:
    masks, dataset = made(tmp_path / "work", 3), MaskLmdbDataset(str(tmp_path / "data/masks"))
    assert not dataset.exists()
    dataset.save(masks)
    found = dataset.load()
    assert isinstance(found, MaskLmdb) and found.path == tmp_path / "data/masks" and found.digest == masks.digest


def test_words_are_no_masks(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="holds 'words', where 'masks' is wanted"):
        MaskLmdbDataset(str(tmp_path / "data/masks")).save(made_words(tmp_path / "words"))


def test_a_preview_shows_ink_in_black(tmp_path: Path) -> None:
    dataset = MaskLmdbDataset(str(tmp_path / "masks"))
    made(tmp_path / "masks", 30)
    page = np.asarray(Image.open(BytesIO(b64decode(dataset.preview(6)))).convert("L"))
    assert page.shape[1] >= 400 and np.mean(page < 10) > 0.02
    made(tmp_path / "none", 0)
    assert MaskLmdbDataset(str(tmp_path / "none")).preview()
