"""What a VAE leaves of real words: the judge reads them before and behind it.

    python benchmarks/round_trips.py FOLDER --vae data/06_models/textssr_vae --sets ic13 ic15 --part test

FOLDER is a benchmark in TextSSR's layout. Each word goes through the VAE in the square in which it would be painted, is
laid back into its photograph, and cut out of it like the real one. A painter is trained on a VAE behind which nine in
ten of the words that the judge reads can still be read. Words too flat to be painted at all are counted and left out.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from real_words import RealWord, real_words
from results import record

from str_pipelines.imaging.crop import rectify, upright
from str_pipelines.imaging.squares import cut_square, put_square, square_of
from str_pipelines.metrics.recognition import word_accuracy
from str_pipelines.records import Refused
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.systems.textssr.batches import pictures_of
from str_pipelines.systems.textssr.checkpoint import load_coder, network_of
from str_pipelines.systems.textssr.config import CropParams
from str_pipelines.systems.textssr.losses import psnr
from str_pipelines.systems.textssr.model import LatentCoder
from str_pipelines.systems.textssr.regions import widest_margin
from str_pipelines.systems.textssr.vae_stage import as_pixels
from str_pipelines.text.normalisers import alnum
from str_pipelines.zoo import load_reader

Pixels = NDArray[np.uint8]


class Tried(NamedTuple):
    """A word before and behind the VAE, and the PSNR of its square."""

    label: str
    before: Pixels
    behind: Pixels
    decibels: float


def main() -> None:
    """Measure each set and record it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("--vae", required=True, help="a VAE or a painter: a folder, or a shipped name")
    parser.add_argument("--sets", nargs="+", default=["ic13", "ic15"])
    parser.add_argument("--part", help="of parts.json; all photographs without")
    parser.add_argument("--judge", default="rapidocr")
    args = parser.parse_args()
    checkpoint, judge = Checkpoint.at(args.vae), load_reader(Checkpoint.at(args.judge))
    coder, resolution = load_coder(checkpoint), network_of(checkpoint).resolution
    for name in args.sets:
        found = [_tried(word, coder, resolution) for word in real_words(args.root, name, args.part)]
        words = [each for each in found if each is not None]
        real, back = (
            word_accuracy([(alnum(judge.read([getattr(each, kind)])[0][0]), each.label) for each in words])
            for kind in ("before", "behind")
        )
        record("round_trips", [{
            "vae": checkpoint.digest[:12], "set": name, "part": args.part or "all", "words": len(words),
            "too_flat": len(found) - len(words), "real": f"{real:.3f}", "round_trips": f"{back:.3f}",
            "of_real": f"{back / real:.3f}", "psnr": f"{np.mean([each.decibels for each in words]):.1f}",
        }])  # fmt: skip


def _tried(word: RealWord, coder: LatentCoder, resolution: int) -> Tried | None:
    """None for one that is too flat to be painted."""
    try:
        margin = min(CropParams().margin, widest_margin(word.text, word.quad, resolution))
    except Refused:
        return None
    square = square_of(word.quad, margin)
    found, decibels = _there_and_back(coder, cut_square(word.photograph, square, resolution))
    behind = put_square(word.photograph, square, found)
    before, after = (upright(rectify(pixels, word.quad)) for pixels in (word.photograph, behind))
    return Tried(alnum(word.text), before, after, decibels)


@torch.inference_mode()
def _there_and_back(coder: LatentCoder, picture: Pixels) -> tuple[Pixels, float]:
    given = pictures_of([picture], torch.device("cpu"))
    found = coder.decode(coder.encode(given))
    return as_pixels(found)[0], float(psnr(found, given))


if __name__ == "__main__":
    main()
