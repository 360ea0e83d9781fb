"""Milliseconds a step of CCD spends on regions, vectors of characters and losses: ours, and plainly in the reference's
way, on one core with the same masks, tokens and shapes.

    python benchmarks/ccd.py data/05_model_input/words --pictures 64

The plain way labels every mask with scikit-image, lays each character into a plane of its own, moves and samples all 26
planes, keeps one slot more than there are characters, and takes a softmax before the cross-entropy of the masks.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported

import numpy as np
import torch
from numpy.typing import NDArray
from results import record
from skimage.measure import label, regionprops
from torch import Tensor
from torch.nn import functional as F

from str_pipelines.imaging.regions import character_regions
from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd import characters
from str_pipelines.systems.ccd.config import PicturesParams, ViewParams
from str_pipelines.systems.ccd.losses import distillation_losses, segmentation_loss
from str_pipelines.systems.ccd.pictures import gather
from str_pipelines.systems.ccd.views import draw_theta

GRID, WIDTH, ROUNDS = (8, 32), 384, 5
Vectors = tuple[Tensor, Tensor]


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("words", type=Path, help="a word LMDB")
    parser.add_argument("--pictures", type=int, default=64)
    parser.add_argument("--prototypes", type=int, default=4096)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    pictures = gather(PicturesParams(), {"words": WordLmdb.at(args.words)})
    masks = [pictures.sample(0, index % len(pictures)).mask for index in range(args.pictures)]
    theta = draw_theta(torch.full((len(masks),), 4.0), ViewParams())
    tokens = torch.randn(2 * len(masks), GRID[0] * GRID[1], WIDTH)
    logits, wanted = torch.randn(2 * len(masks), 2, 32, 128), torch.from_numpy(np.stack(masks + masks))
    rows, centre = torch.randn(4, 6 * len(masks), args.prototypes), torch.zeros(args.prototypes)
    works: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        ("regions and vectors", lambda: ours(masks, tokens, theta), lambda: plain(masks, tokens, theta)),
        (
            "losses",
            lambda: our_losses(logits, wanted, rows, centre),
            lambda: plain_losses(logits, wanted, rows, centre),
        ),
    ]
    record("ccd", [row(name, mine, theirs, args) for name, mine, theirs in works])


def row(
    work: str, mine: Callable[[], object], theirs: Callable[[], object], args: argparse.Namespace
) -> dict[str, object]:
    """The best of some rounds, taken in turn, by what the processor did."""
    best = {"ours": float("inf"), "plain": float("inf")}
    for _ in range(ROUNDS):
        for name, run in (("ours", mine), ("plain", theirs)):
            start = time.process_time()
            run()
            best[name] = min(best[name], 1000 * (time.process_time() - start))
    times = {f"{name}_ms": round(value, 1) for name, value in best.items()}
    shape = {"pictures": args.pictures, "prototypes": args.prototypes}
    return {"work": work, **shape, **times, "times": round(best["plain"] / best["ours"], 1)}


def ours(masks: list[NDArray[np.uint8]], tokens: Tensor, theta: Tensor) -> Vectors:
    """From masks to the vectors that are compared, as the stage does it."""
    regions = torch.from_numpy(np.stack([character_regions(each) for each in masks]))
    first = characters.counts(regions, GRID)
    second = characters.counts(characters.warp_regions(regions, theta), GRID)
    pairs = characters.pair(tokens, (first, second), characters.visible(first, second, theta, 0.5))
    return pairs.regular, pairs.irregular


def plain(masks: list[NDArray[np.uint8]], tokens: Tensor, theta: Tensor) -> Vectors:
    """The same in the published way, with its slots that hold nothing."""
    planes = np.zeros((len(masks), characters.CHARACTERS, 32, 128))
    for picture, mask in enumerate(masks):
        parts = [part for part in regionprops(label(mask, connectivity=2)) if part.area >= 30][: characters.CHARACTERS]
        for number, part in enumerate(sorted(parts, key=lambda part: part.centroid[1])):
            planes[picture, number][part.coords[:, 0], part.coords[:, 1]] = 1
    regions = torch.Tensor(planes)
    moved = F.grid_sample(regions, F.affine_grid(theta, list(regions.shape), align_corners=False), align_corners=False)
    small = F.interpolate(torch.cat([regions, (moved > 0.1).float()]), size=GRID, mode="bilinear").flatten(2)
    total = small.sum(-1, keepdim=True)
    vectors = torch.bmm((small / total).nan_to_num(0), tokens)
    there = (total[: len(masks), :, 0] > 0).sum(1, keepdim=True).clamp(3, characters.CHARACTERS)
    chosen = torch.arange(characters.CHARACTERS) <= there
    return vectors[: len(masks)][chosen], vectors[len(masks) :][chosen]


def our_losses(logits: Tensor, masks: Tensor, rows: Tensor, centre: Tensor) -> Tensor:
    """Both, of rows (4, K, prototypes): the student's two views, then the teacher's."""
    there = distillation_losses(rows[0], rows[3], centre, 0.1, 0.04)
    back = distillation_losses(rows[1], rows[2], centre, 0.1, 0.04)
    return segmentation_loss(logits, masks) + (there + back).mean() / 2


def plain_losses(logits: Tensor, masks: Tensor, rows: Tensor, centre: Tensor) -> Tensor:
    """The same in the published way."""
    answers = F.softmax((rows[2:].flatten(0, 1) - centre) / 0.04, dim=-1).chunk(2)
    student = (rows[:2].flatten(0, 1) / 0.1).chunk(2)
    losses = [
        torch.sum(-answer * F.log_softmax(each, dim=-1), dim=-1).mean()
        for view, answer in enumerate(answers)
        for other, each in enumerate(student)
        if view != other
    ]
    return F.cross_entropy(F.softmax(logits, dim=1), masks.long()) + sum(losses, torch.zeros(())) / 2


if __name__ == "__main__":
    main()
