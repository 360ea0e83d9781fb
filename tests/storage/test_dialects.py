"""The readers of the field find every word in our LMDBs, single or in shards, as each of them walks and filters.

The walks are written from what these readers do, not with the project's code, so that they fail where ours departs.
"""

from __future__ import annotations

import io
import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import lmdb
import pytest
from PIL import Image

from str_pipelines.execution import Execution, run_shards
from str_pipelines.records import Instance, Scene, Word
from str_pipelines.storage.folders import commit, link_tree, part_of
from str_pipelines.storage.scenes import SceneLmdb, SceneWriter
from str_pipelines.storage.words import WordLmdb, WordWriter
from str_pipelines.text.normalisers import normaliser

PLAIN = ("Street", "EXIT", "42nd", "a", "x" * 25, "Café9", "naïve", "ﬁsh")
ODD = ("it's", "St. John", "“quoted”", "x" * 26, "10–12", "£5", "路口", "...")
Found = list[tuple[tuple[int, int], str]]
"""What a reader finds: the sizes of the decoded pictures and the labels."""


def picture(number: int) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (20 + number, 16)).save(data, "PNG")
    return data.getvalue()


def write_words(span: range, writer: WordWriter) -> None:
    for number in span:
        label = (PLAIN + ODD)[number]
        writer.add(Word(f"set/{number}", picture(number), label, (20 + number, 16), "set", {"kind": "made"}))


@pytest.fixture(params=[4, 100], ids=["sharded", "single"])
def root(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A tree as a catalog entry holds it: <root>/synthetic_words, committed there."""
    where = Execution(backend="serial", work=tmp_path / "work")
    count, size = len(PLAIN + ODD), request.param
    made = run_shards(WordLmdb, WordWriter, write_words, count, size, step="words", key="key", execution=where)
    link_tree(made.path, part := part_of(target := tmp_path / "training" / "label" / "synthetic_words"))
    commit(part, target)
    return tmp_path / "training"


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """One LMDB without any tree."""
    with WordWriter(tmp_path / "alone") as writer:
        write_words(range(len(PLAIN + ODD)), writer)
        writer.finish()
    return tmp_path / "alone"


def expected(rule: Callable[[str], str | None]) -> Found:
    labels = [(number, rule(label)) for number, label in enumerate(PLAIN + ODD)]
    return [((20 + number, 16), label) for number, label in labels if label is not None]


def opened(folder: Path | str) -> lmdb.Environment:
    return lmdb.open(str(folder), max_readers=32, readonly=True, lock=False, readahead=False, meminit=False)


def size_of(data: bytes) -> tuple[int, int]:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture.size


def deep_text(root: Path) -> Found:
    """deep-text-recognition-benchmark: every folder without folders in it is a set, whatever lies there."""
    found: Found = []
    for folder, folders, _ in sorted(os.walk(f"{root}/")):
        if folders:
            continue
        with opened(folder) as env, env.begin() as transaction:
            for number in range(1, int(transaction.get(b"num-samples")) + 1):
                label = transaction.get(b"label-%09d" % number).decode("utf-8")
                if len(label) > 25 or re.search("[^0123456789abcdefghijklmnopqrstuvwxyz]", label.lower()):
                    continue
                found.append((size_of(transaction.get(b"image-%09d" % number)), label.lower()))
    return found


def parseq(root: Path) -> Found:
    """PARSeq: a set wherever there is a data.mdb; squeezes labels, then NFKD, ASCII, length, case, charset."""
    found: Found = []
    for file in sorted(root.glob("**/data.mdb")):
        with opened(file.parent) as env, env.begin() as transaction:
            for number in range(1, int(transaction.get(b"num-samples")) + 1):
                label = "".join(transaction.get(b"label-%09d" % number).decode().split())
                label = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
                if len(label) > 25:
                    continue
                label = re.sub("[^0123456789abcdefghijklmnopqrstuvwxyz]", "", label.lower())
                if label:
                    found.append((size_of(transaction.get(b"image-%09d" % number)), label))
    return found


def openocr(root: Path) -> Found:
    """OpenOCR: folders without folders; sorts by the aspect that `wh-` says before any picture is decoded."""
    found: Found = []
    for folder, folders, _ in sorted(os.walk(f"{root}/")):
        if folders:
            continue
        with opened(folder) as env, env.begin() as transaction:
            for number in range(1, int(transaction.get(b"num-samples")) + 1):
                width, height = map(int, transaction.get(b"wh-%09d" % number).decode("utf-8").split("_"))
                label = transaction.get(b"label-%09d" % number).decode("utf-8")
                assert (width, height) == size_of(transaction.get(b"image-%09d" % number))
                if len(label) <= 25:
                    found.append(((width, height), label))
    return found


def ccd(root: Path) -> Found:
    """CCD: a folder with any folder in it is a container and its own data.mdb is not looked at; leaves are sets.

    Training takes no picture of 6 pixels or less, nor an empty label. The mask of a set lies under what follows the
    word "training" in its path, so this may occur but once.
    """
    below = sorted(path for path in root.iterdir() if path.is_dir())
    if below:
        return [entry for folder in below for entry in ccd(folder)]
    assert str(root).count("training") <= 1
    found: Found = []
    with opened(root) as env, env.begin() as transaction:
        for number in range(1, int(transaction.get(b"num-samples")) + 1):
            label = str(transaction.get(b"label-%09d" % number), "utf-8")
            size = size_of(transaction.get(b"image-%09d" % number))
            if label and min(size) > 6:
                found.append((size, label))
    return found


READERS: dict[str, tuple[Callable[[Path], Found], Callable[[str], str | None]]] = {
    "deep-text-recognition-benchmark": (deep_text, normaliser("dt36-filter")),
    "OpenOCR": (openocr, lambda label: label if len(label) <= 25 else None),
    "CCD": (ccd, normaliser("raw")),
}


@pytest.mark.parametrize("name", READERS)
def test_a_reader_of_the_field_finds_every_word(root: Path, alone: Path, name: str) -> None:
    read, rule = READERS[name]
    assert read(root) == read(alone) == expected(rule)
    assert [label for _, label in read(root)].count("exit" if name.startswith("deep") else "EXIT") == 1


def test_parseq_finds_every_word(root: Path, alone: Path) -> None:
    """Of dashes, curly quotes and the like, which PARSeq deletes, ours keeps what it can: see `to_ascii`."""
    assert parseq(root) == parseq(alone) == expected(normaliser("parseq36"))
    assert {label for _, label in parseq(root)} >= {"street", "exit", "42nd", "cafe9", "naive", "fish", "its", "stjohn"}


def test_what_ccd_scores_is_what_its_normaliser_says(root: Path) -> None:
    pattern = re.compile("[^A-Z^a-z^0-9^\u4e00-\u9fa5]")
    scored = [pattern.sub("", label.lower()) for _, label in ccd(root)]
    assert scored == [normaliser("ccd")(label) for label in PLAIN + ODD]


def write_scenes(span: range, writer: SceneWriter) -> None:
    quad = ((5, 5), (15, 5), (15, 12), (5, 12))
    for number in span:
        texts = tuple(Instance(quad, f"text {number} {place}", "Latin") for place in range(number % 3))
        writer.add(Scene(f"set/photo {number}", picture(number), texts))


def textssr(root: Path) -> Iterator[tuple[tuple[int, int], str, list[list[int]]]]:
    """TextSSR: leaves that hold a data.mdb; every key of them is read; one item an annotation."""
    for folder, folders, files in sorted(os.walk(root)):
        if folders or "data.mdb" not in files:
            continue
        with opened(folder) as env, env.begin() as transaction:
            entries = {key.decode("utf-8"): value for key, value in transaction.cursor()}
        for key, image in entries.items():
            kind, _, name = key.partition("-")
            if kind != "image" or f"annotations-{name}" not in entries:
                continue
            for annotation in json.loads(entries[f"annotations-{name}"].decode("utf-8")):
                assert all(type(value) is int for point in annotation["polygon"] for value in point)
                yield size_of(image), annotation["text"], annotation["polygon"]


@pytest.mark.parametrize("size", [2, 100])
def test_textssr_finds_every_text(tmp_path: Path, size: int) -> None:
    where = Execution(backend="serial", work=tmp_path / "work")
    scenes = run_shards(SceneLmdb, SceneWriter, write_scenes, 7, size, step="s", key="k", execution=where)
    quad = [[5, 5], [15, 5], [15, 12], [5, 12]]
    texts = [(number, place) for number in range(7) for place in range(number % 3)]
    written = [((20 + number, 16), f"text {number} {place}", quad) for number, place in texts]
    assert sorted(textssr(scenes.path)) == sorted(written)
