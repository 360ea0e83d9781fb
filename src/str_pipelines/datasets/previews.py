"""Contact sheets that kedro viz shows beside a dataset."""

from __future__ import annotations

from base64 import b64encode

from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb


def words_sheet(words: WordLmdb, count: int) -> str:
    """`count` words spread over the set, with their labels, as base64 PNG."""
    shown = [words[index] for index in _spread(len(words), count)]
    return _encoded(sheet([Cell([decode(word.image)], word.label) for word in shown], columns=4))


def scenes_sheet(scenes: SceneLmdb, count: int) -> str:
    """`count` photographs spread over the set, with their names, as base64 PNG."""
    shown = [scenes[index] for index in _spread(len(scenes), count)]
    cells = [Cell([decode(scene.image)], f"{scene.id}: {len(scene.instances)} words") for scene in shown]
    return _encoded(sheet(cells, columns=3, height=160, width=220))


def _spread(size: int, count: int) -> list[int]:
    return sorted({number * size // count for number in range(count)}) if size else []


def _encoded(png: bytes) -> str:
    return b64encode(png).decode()
