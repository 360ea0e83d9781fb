"""SynthText's gt.mat and HDF5 file and MJSynth's archive, damaged, put before `ingest.words`."""

from __future__ import annotations

import gzip
import random
import shutil
from pathlib import Path

from damage import changed, cut, scattered
from trials import Verdict, refusal

from str_pipelines.execution import Execution
from str_pipelines.sources.demo_raw import make_generated, make_mj, make_synthtext, pack_mj
from str_pipelines.sources.gt_table import HDF5, NAME
from str_pipelines.sources.word_config import ReadWordsParams
from str_pipelines.sources.words import ingest, open_words
from str_pipelines.storage.verify import verify

KINDS = {"st": NAME, "hdf5": HDF5, "mj": "mjsynth.tar.gz"}
"""The file that is damaged."""


def write_published(kind: str, folder: Path) -> Path:
    """A sound set in tiny form; returns its folder."""
    if kind != "mj":
        return make_synthtext(folder) if kind == "st" else make_generated(folder)
    pack_mj(make_mj(folder / "tree"), folder / KINDS[kind])
    shutil.rmtree(folder / "tree")
    return folder


def read_damaged(kind: str, whole: Path, folder: Path, seed: int) -> Verdict:
    """A copy of a set, its file damaged: refused by name, or read with what cannot be used among the rejections."""
    shutil.copytree(whole, folder)
    file = folder / KINDS[kind]
    file.write_bytes(_damaged(random.Random(seed), file.read_bytes()))
    try:
        return _read(kind, file if kind == "mj" else folder, folder.with_suffix(".work"))
    except (ValueError, FileNotFoundError) as error:
        return refusal(error, folder)
    finally:
        shutil.rmtree(folder)


def _damaged(rng: random.Random, data: bytes) -> bytes:
    """Changed or cut; what is compressed, as often as not inside."""
    how = rng.choice((cut, changed, scattered))
    if data.startswith(b"\x1f\x8b") and rng.random() < 0.5:
        return gzip.compress(how(rng, gzip.decompress(data)), 1)
    return how(rng, data)


def _read(kind: str, root: Path, work: Path) -> Verdict:
    params = ReadWordsParams.model_validate({"source": {"kind": "mj" if kind == "mj" else "st", "root": root}})
    execution = Execution(backend="serial", workers=1, work=work)
    listed, words = len(open_words(params, execution)), ingest(params, execution)
    rejected = list(words.rejections())
    if any(verify(words)) or not all((each.source, each.record, each.reason) for each in rejected):
        raise RuntimeError(f"{root}: what was made of it is not whole")
    if len(words) + len(rejected) < listed:
        raise RuntimeError(f"{root}: of {listed} records {len(words)} came through and {len(rejected)} are listed")
    return Verdict(read=1)
