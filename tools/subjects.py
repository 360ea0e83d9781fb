"""Runs that are to be killed: which one, of what, and where its words lie."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from runs import SYNTHESIZE, WORDS

from str_pipelines.imaging.decode import encode_jpeg
from str_pipelines.sources.demo_raw import make_mj, pack_mj, photograph, upright_box, write_gt
from str_pipelines.sources.mj import folder_of, listing_of
from str_pipelines.sources.word_config import MjSource

INGEST = ("--pipeline=ingest", "--namespaces=ingest.words")
COPIES, PHOTOGRAPHS, SHARD = 100, 200, 20


@dataclass(frozen=True)
class Subject:
    """A run: what of the project, with which parameters, and the set of words that it makes."""

    selection: tuple[str, ...]
    params: Mapping[str, object]
    words: str


def subject_of(kind: str, raw: Path) -> Subject:
    """`synthesize`, or `ingest.words` of a published set, which is made in `raw`: mj, mj.tar.gz, st."""
    if kind == "synthesize":
        return Subject(SYNTHESIZE, {"synthesize.texts.per_anchor": 12, "synthesize.paint.shard_size": 16}, WORDS)
    read = "ingest.words.read"
    params = {f"{read}.source.kind": kind[:2], f"{read}.source.root": MADE[kind](raw), f"{read}.shard_size": SHARD}
    return Subject(INGEST, params, "05_model_input/words")


def many_mj(root: Path) -> Path:
    """MJSynth's demonstration a hundred times, with its defects every time: 1,400 lines to train on."""
    folder = folder_of(MjSource(kind="mj", root=make_mj(root / "mjsynth")))
    listing = folder / listing_of("train")
    lines = listing.read_text().splitlines()[:14]  # without the one that is listed twice
    for copy in range(1, COPIES):
        for parent in ("1", "2"):
            shutil.copytree(folder / parent, folder / f"{10 * copy + int(parent)}")
    copied = (f"./{10 * copy + int(line[2])}{line[3:]}\n" for copy in range(1, COPIES) for line in lines)
    with listing.open("a") as file:
        file.writelines(copied)
    return root / "mjsynth"


def packed_mj(root: Path) -> Path:
    """The same as an archive."""
    return pack_mj(many_mj(root), root / "mjsynth.tar.gz")


def many_photographs(root: Path) -> Path:
    """SynthText, 200 photographs of 200 x 150 with four words each."""
    boxes = np.stack([upright_box(10 + 95 * (i % 2), 8 + 70 * (i // 2), 80, 30) for i in range(4)])
    texts = [[f"{word}{number}" for word in "abcd"] for number in range(PHOTOGRAPHS)]
    names = [f"{number // 100 + 1}/{number}.jpg" for number in range(PHOTOGRAPHS)]
    for number, (name, words) in enumerate(zip(names, texts, strict=True)):
        (root / "SynthText" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "SynthText" / name).write_bytes(encode_jpeg(photograph(words, boxes, number), 90))
    write_gt(root / "SynthText/gt.mat", names, [" ".join(words) for words in texts], [boxes] * PHOTOGRAPHS)
    return root / "SynthText"


MADE: dict[str, Callable[[Path], Path]] = {"mj": many_mj, "mj.tar.gz": packed_mj, "st": many_photographs}
KINDS = ("synthesize", *MADE)
