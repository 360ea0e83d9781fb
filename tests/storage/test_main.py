"""The command says which folders are whole, and exits 1 when one is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from str_pipelines.imaging.bilevel import encode_mask
from str_pipelines.records import Mask, Word
from str_pipelines.storage.__main__ import main
from str_pipelines.storage.masks import MaskWriter
from str_pipelines.storage.words import WordWriter


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "words"
    folder.mkdir()
    with WordWriter(folder) as writer:
        for number in range(40):
            writer.add(Word(str(number), bytes([number]) * 3000, f"label{number}", (4, 4)))
        writer.finish()
    return folder


def test_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(folder)]) == 0
    assert "whole, 40 words" in capsys.readouterr().out


def test_changed_bytes_are_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = bytearray((folder / "data.mdb").read_bytes())
    place = data.index(bytes([7]) * 3000)
    data[place : place + 3] = b"abc"
    (folder / "data.mdb").write_bytes(data)
    assert main(["verify", str(folder)]) == 1
    assert "8: " in capsys.readouterr().out


def test_nothing_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(tmp_path)]) == 1
    assert "nothing finished lies there" in capsys.readouterr().out


def test_masks_are_verified_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with MaskWriter(tmp_path / "masks") as writer:
        for number in range(3):
            writer.add(Mask(str(number), encode_mask(np.eye(9, dtype=np.uint8)), (9, 9), "0" * 32))
        writer.finish()
    assert main(["verify", str(tmp_path / "masks")]) == 0
    assert "whole, 3 masks" in capsys.readouterr().out
