"""Damaged sets, pictures and listings put before those who read them here, and what becomes of each."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from damage import pictures, spoilt_file, spoilt_picture
from numpy.typing import NDArray
from runs import environ
from trials import Verdict, refusal

from str_pipelines.datasets.handles import SceneLmdbDataset
from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.records import Instance, Refused, Rejection, Scene, Word
from str_pipelines.sources.config import ScenesParams
from str_pipelines.sources.folder import READ
from str_pipelines.sources.scenes import ingest, open_source
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.handles import Handle
from str_pipelines.storage.scenes import SceneLmdb, SceneWriter
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb, WordWriter
from str_pipelines.synthesis.anchors import choose
from str_pipelines.synthesis.config import AnchorParams, PaintParams, TextParams
from str_pipelines.synthesis.paint import paint_words
from str_pipelines.synthesis.proposals import propose
from str_pipelines.zoo import load_painter

BOX = ((2, 3), (40, 3), (40, 20), (2, 20))
LISTINGS = {"anyword": ("set/data.json", "set/imgs"), "benchmark": ("set/test.json", "set/images")}


@lru_cache
def sound() -> list[tuple[str, bytes]]:
    """Pictures with nothing wrong about them, and the suffix of each."""
    return pictures()


@dataclass(frozen=True)
class Border:
    """A finder that sees one word in every picture."""

    digest: str = "border"

    def find(self, image: NDArray[np.uint8]) -> list[Instance]:
        """It begins at the top left and goes as far as the picture."""
        bottom, right = image.shape[0] - 1.0, image.shape[1] - 1.0
        return [Instance(((0, 0), (right, 0), (right, bottom), (0, bottom)), "", hint="SEEN")]


def made_words(folder: Path, count: int = 200) -> Path:
    """A set of words of all lengths, some longer than a page."""
    rng = random.Random(0)
    with WordWriter(folder) as writer:
        for number in range(count):
            writer.add(Word(f"w/{number}", rng.randbytes(rng.randrange(1, 9000)), f"label{number}", (100, 32)))
        writer.finish()
    return folder


def made_scenes(folder: Path, count: int = 60) -> Path:
    """A set of photographs with a word in each."""
    readable = [data for suffix, data in sound() if suffix in READ]
    with SceneWriter(folder) as writer:
        for number in range(count):
            writer.add(Scene(f"s/{number}", readable[number % len(readable)], (Instance(BOX, f"text{number}"),)))
        writer.finish()
    return folder


def damaged_sets(rng: random.Random, whole: Path, folder: Path, count: int, name: str = "data.mdb") -> list[Path]:
    """Copies of a set, one file of each damaged in another way."""
    data = (whole / name).read_bytes()
    copies = [folder / str(number) for number in range(count)]
    for copy in copies:
        shutil.copytree(whole, copy)
        (copy / name).write_bytes(spoilt_file(rng, data))
    return copies


def read_set(kind: type[Handle], folder: Path) -> Verdict:
    """Every record, by its index and in a loop."""
    try:
        handle = kind.at(folder)
        assert isinstance(handle, WordLmdb | SceneLmdb)
        if [handle[index].image for index in range(len(handle))] != [record.image for record in handle]:
            raise RuntimeError(f"{folder} reads differently by index and in a loop")
    except (ValueError, FileNotFoundError) as error:
        return refusal(error, folder)
    return Verdict(read=1)


def paint_over(folder: Path) -> Verdict:
    """Photographs as `synthesize` takes them."""
    execution = Execution(backend="serial", workers=1, work=folder.with_suffix(".work"))
    painter = load_painter(Checkpoint.at("paste"), [str(bundled_fonts()[0])])
    try:
        scenes = SceneLmdb.at(folder)
        jobs = propose(choose(scenes, AnchorParams(), execution), TextParams(per_anchor=1), execution)
        words = paint_words(jobs, scenes, painter, PaintParams(), execution, "paint")
    except (ValueError, FileNotFoundError) as error:
        return refusal(error, folder)
    if len(words) + sum(words.manifest.rejected.values()) != jobs.rows:
        raise RuntimeError(f"{folder}: of {jobs.rows} words {len(words)} came through")
    return Verdict(read=1)


def verify_set(folder: Path, seconds: float) -> Verdict:
    """By the command, which has to find what is wrong, whatever it is."""
    command = [sys.executable, "-m", "str_pipelines.storage", "verify", str(folder)]
    try:
        done = subprocess.run(
            command, env=environ(folder), capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return Verdict(hangs=1, detail=f"after {seconds} s")
    if done.returncode == 1 and not done.stderr:
        return refusal(done.stdout, folder)
    return Verdict(crashes=int(done.returncode < 0), errors=int(done.returncode >= 0), detail=done.stdout + done.stderr)


def damaged_picture(seed: int) -> tuple[str, bytes]:
    """One of the sound pictures damaged, and its suffix, which is a wrong one now and then."""
    rng = random.Random(seed)
    suffix, data = rng.choice(sound())
    return rng.choice([suffix] * 9 + [".jpg"]), spoilt_picture(rng, data)


def decode_picture(data: bytes) -> Verdict:
    """By itself."""
    try:
        shape = decode(data).shape
    except Refused as refused:
        return Verdict(refused=1, listed=int(refused.reason.startswith("image_") and bool(refused.detail)))
    if len(shape) != 3 or shape[2] != 3 or not all(shape):
        raise RuntimeError(f"a picture of shape {shape}")
    return Verdict(read=1)


def write_folder(folder: Path, spoilt: Mapping[str, bytes]) -> None:
    """Damaged pictures, and the sound ones that may be read beside them."""
    folder.mkdir(parents=True)
    for number, (suffix, data) in enumerate(sound()):
        if suffix in READ:
            (folder / f"sound-{number}{suffix}").write_bytes(data)
    for name, data in spoilt.items():
        (folder / name).write_bytes(data)


def read_folder(folder: Path, kept: Path) -> Verdict:
    """As a source: the damaged pictures; each sound one has to come through as it is."""
    verdict = read_source("folder", folder, kept)
    unharmed = sorted(folder.glob("sound-*"))
    scenes = SceneLmdb.at(kept)
    if any(scenes.find(path.name).image != path.read_bytes() for path in unharmed):
        raise RuntimeError(f"{folder}: a sound picture suffered from the damaged ones")
    return replace(verdict, read=verdict.read - len(unharmed))


def read_tree(folder: Path, kept: Path) -> Verdict:
    """A damaged data.mdb as a source: refused as a whole, or read with what cannot be used among the rejections."""
    verdict = read_source("lmdb", folder, kept)
    return Verdict(read=1) if verdict.read and verdict.good() else verdict


def write_listing(root: Path, kind: str) -> Path:
    """Six photographs, and a listing of them in the layout of `kind`."""
    listing, images = (root / name for name in LISTINGS[kind])
    images.mkdir(parents=True)
    entries = []
    for number, (suffix, data) in enumerate(sound()[:6]):
        (images / f"é {number}{suffix}").write_bytes(data)
        word = {"polygon": BOX, "text": "店 OPEN", "language": "Latin", "valid": True}
        entries.append({"img_name": f"é {number}{suffix}", "caption": 'a "sign"', "annotations": [word] * 2})
    listing.write_text(json.dumps({"data_root": "/elsewhere", "data_list": entries}, ensure_ascii=False))
    return listing


def read_cut(kind: str, listing: Path, data: bytes, kept: Path) -> Verdict:
    """The beginning of a listing, which is no listing."""
    listing.write_bytes(data)
    return read_source(kind, listing.parents[1], kept)


def read_source(kind: str, root: Path, kept: Path) -> Verdict:
    """`ingest` and its commit to where an earlier set lies; a verdict on each photograph.

    Refused as a whole, it leaves the earlier set as it was; otherwise every photograph is in the set or a rejection.
    """
    source = {"kind": kind, "root": root, **({"sets": "set"} if kind == "benchmark" else {})}
    params = ScenesParams.model_validate({"source": source})
    execution, entry = Execution(backend="serial", workers=1, work=kept.with_name("work")), SceneLmdbDataset(str(kept))
    before = entry.load()
    try:
        listed = len(open_source(params, execution, Border()))
        entry.save(ingest(params, execution, Border()))
    except (ValueError, FileNotFoundError) as error:
        return replace(refusal(error, root), damaged=int(entry.load() != before or any(verify(before))))
    after = SceneLmdb.at(kept)
    rejected = [rejection for rejection in after.rejections() if "#" not in rejection.record]
    if len(after) + len(rejected) != listed or any(verify(after)):
        raise RuntimeError(f"{root}: of {listed} photographs {len(after)} came through and {len(rejected)} are listed")
    return Verdict(read=len(after), refused=len(rejected), listed=sum(map(_says_why, rejected)))


def _says_why(rejection: Rejection) -> bool:
    return all((rejection.source, rejection.record, rejection.reason, rejection.detail))
