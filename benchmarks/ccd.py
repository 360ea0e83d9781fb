"""Milliseconds a step of CCD's pretraining takes, part by part: ours, and in the published way, on one core with the
same pictures, networks, shapes and numbers of 32 bits.

    python benchmarks/ccd.py data/05_model_input/words --imgaug imgaug/bin/python --encoder mini

The published way is `ccd_plain.py`, behind the views of imgaug, which has to have an environment of its own: without
`--imgaug` there is no row on augmentation, and none on the whole step. The published step begins with decoded pictures
and their masks; ours begins with the LMDB, decodes, and makes the masks.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported

import ccd_plain
import numpy as np
import torch
from numpy.typing import NDArray
from results import record
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from str_pipelines.imaging.quick import decode_quick
from str_pipelines.imaging.regions import character_regions
from str_pipelines.recognizers.shape import stretch
from str_pipelines.recognizers.trained import as_tensor
from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd import characters
from str_pipelines.systems.ccd.config import (
    ENCODERS,
    HEIGHT,
    WIDTH,
    HeadParams,
    HeldParams,
    LossParams,
    NetworkParams,
    PicturesParams,
    PretrainConfig,
    ScheduleParams,
    ViewParams,
)
from str_pipelines.systems.ccd.losses import distillation_losses, moved_centre, segmentation_loss
from str_pipelines.systems.ccd.model import Student, Teacher
from str_pipelines.systems.ccd.pretrain_stage import STUDENT, TEACHER, PretrainStage
from str_pipelines.systems.ccd.views import draw_theta, two_views, warp_masks
from str_pipelines.training.config import Hardware, TrainParams
from str_pipelines.training.loop import train

ROUNDS, SECONDS = 5, 0.5
Masks = list[NDArray[np.uint8]]


class Given(NamedTuple):
    """B pictures as stored, their masks (32, 128), what a network may make of them, and how its encoder is laid out."""

    natives: list[NDArray[np.uint8]]
    masks: Masks
    theta: Tensor
    tokens: Tensor  # (2B, P, width)
    logits: Tensor  # (2B, 2, 32, 128)
    student: Tensor  # (rows, prototypes), more than there are characters
    teacher: Tensor
    centre: Tensor
    grid: tuple[int, int]


def main() -> None:
    """Measure and record."""
    args = arguments()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    stage = PretrainStage(config(args))
    given = made(stage, args)
    ours, theirs = our_vectors(given), plain_vectors(given)
    works: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        ("regions and vectors", lambda: our_vectors(given), lambda: plain_vectors(given)),
        ("losses", lambda: our_losses(given, *ours), lambda: plain_losses(given, theirs)),
        (
            "regions, vectors and losses",
            lambda: our_losses(given, *our_vectors(given)),
            lambda: plain_losses(given, plain_vectors(given)),
        ),
    ]
    found = {name: (best(mine), best(theirs)) for name, mine, theirs in works}
    if args.imgaug:
        published, batch = published_views(given, args.imgaug)
        found["augmentation"] = best(lambda: our_views(given)), published
        found["step, with data"] = our_step(stage, args), published + plain_step(stage, batch)
    shape = {name: getattr(args, name) for name in ("pictures", "encoder", "prototypes")}
    record("ccd", [{"work": name, **shape, **row(*times)} for name, times in found.items()])


def row(ours: float, plain: float) -> dict[str, float]:
    """In milliseconds."""
    return {"ours_ms": round(ours, 1), "plain_ms": round(plain, 1), "times": round(plain / ours, 1)}


def best(run: Callable[[], object]) -> float:
    """Milliseconds of what the processor did, in the best of some rounds that are long enough for its clock."""
    times = []
    for _ in range(ROUNDS):
        start, turns = time.process_time(), 0
        while (taken := time.process_time() - start) < SECONDS or not turns:
            run()
            turns += 1
        times.append(1000 * taken / turns)
    return min(times)


def config(args: argparse.Namespace) -> PretrainConfig:
    """Of the stage; the losses are the published ones but for their faults."""
    network = NetworkParams(encoder=ENCODERS[args.encoder], head=HeadParams(prototypes=args.prototypes))
    return PretrainConfig(
        network=network, pictures=PicturesParams(), views=ViewParams(), loss=LossParams(own_from=1.0),
        schedule=ScheduleParams(), validation=HeldParams(count=1), sets={"words": args.words}, steps=1000, batches=1000,
        decay=0.04,
    )  # fmt: skip


def made(stage: PretrainStage, args: argparse.Namespace) -> Given:
    """Some pictures of the set, and random numbers in the shapes that a network answers with."""
    words, encoder = WordLmdb.at(args.words), ENCODERS[args.encoder]
    pictures = [stage.pictures.sample(0, index % len(stage.pictures)) for index in range(args.pictures)]
    masks = [picture.mask for picture in pictures]
    theta = draw_theta(torch.full((len(masks),), 4.0), ViewParams())
    tokens = torch.randn(2 * len(masks), encoder.grid[0] * encoder.grid[1], encoder.width)
    logits = torch.randn(2 * len(masks), 2, 32, 128)
    rows = torch.randn(2, 26 * len(masks), args.prototypes) / 10  # as cosines are
    natives = [decode_quick(words[index % len(words)].image) for index in range(args.pictures)]
    return Given(natives, masks, theta, tokens, logits, *rows, torch.zeros(args.prototypes), encoder.grid)


def our_vectors(given: Given) -> tuple[Tensor, Tensor]:
    """From masks to the vectors that are compared, as the stage does it."""
    regions = torch.from_numpy(np.stack([character_regions(each) for each in given.masks]))
    first = characters.counts(regions, given.grid)
    second = characters.counts(characters.warp_regions(regions, given.theta), given.grid)
    pairs = characters.pair(given.tokens, (first, second), characters.visible(first, second, given.theta, 0.5))
    return pairs.regular, pairs.irregular


def plain_vectors(given: Given) -> Tensor:
    """The same in the published way, with its slots that hold nothing."""
    return ccd_plain.vectors(given.tokens, *ccd_plain.weights_of(given.masks, given.theta, given.grid))


def our_losses(given: Given, regular: Tensor, irregular: Tensor) -> Tensor:
    """Both losses and the next centre, for so many characters."""
    count = len(regular)
    student, teacher, centre = given.student[: 2 * count], given.teacher[: 2 * count], given.centre
    masks = torch.from_numpy(np.stack(given.masks))
    masks = torch.cat([masks, warp_masks(masks, given.theta)])
    there = distillation_losses(student[:count], teacher[count:], centre, 0.1, 0.04)
    back = distillation_losses(student[count:], teacher[:count], centre, 0.1, 0.04)
    moved_centre(centre, teacher, 0.9)
    return segmentation_loss(given.logits, masks) + (there + back).mean() / 2


def plain_losses(given: Given, vectors: Tensor) -> Tensor:
    """The same in the published way."""
    student, teacher = given.student[: len(vectors)], given.teacher[: len(vectors)]
    masks = torch.from_numpy(np.stack(given.masks)).float()
    found = ccd_plain.segmentation(given.logits, masks, given.theta)
    found = found + ccd_plain.distillation(student, teacher, given.centre)
    given.centre * 0.9 + teacher.mean(0) * 0.1
    return found


def our_views(given: Given) -> Tensor:
    """From the same decoded pictures."""
    aspects = torch.tensor([each.shape[1] / each.shape[0] for each in given.natives])
    pictures = as_tensor([stretch(each, WIDTH, HEIGHT) for each in given.natives], torch.device("cpu"))
    return two_views(pictures, aspects, ViewParams()).pictures


def published_views(given: Given, python: Path) -> tuple[float, ccd_plain.Batch]:
    """Milliseconds that imgaug takes, and what it makes."""
    with tempfile.TemporaryDirectory() as folder:
        pictures, views = Path(folder) / "pictures.npz", Path(folder) / "views.npz"
        np.savez(pictures, **{str(number): each for number, each in enumerate(given.natives)})
        command = [python, Path(__file__).with_name("imgaug_views.py"), pictures, views]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        with np.load(views) as found:
            seen, theta = torch.from_numpy(found["views"]), torch.from_numpy(found["theta"])
    return json.loads(said)["ms"], ccd_plain.Batch(torch.cat([seen[:, 1], seen[:, 2]]), given.masks, theta)


class Clock:
    """A record that notes when each step was done."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def figures(self, values: object, step: int) -> None:
        """After each step, and after the validation."""
        self.times.append(time.process_time())

    def sheet(self, png: bytes, step: int) -> None:
        """Nothing."""


def our_step(stage: PretrainStage, args: argparse.Namespace) -> float:
    """The best step of a training as it is."""
    clock, hardware = Clock(), Hardware(device="cpu", precision="fp32", threads=1, log_every=1)
    params = TrainParams(steps=ROUNDS + 1, batch_size=args.pictures, clip=0, validate_every=ROUNDS + 1)
    with tempfile.TemporaryDirectory() as folder:
        train(stage, params, hardware, Path(folder), clock)
    return 1000 * float(np.diff(clock.times[: ROUNDS + 1]).min())


def plain_step(stage: PretrainStage, batch: ccd_plain.Batch) -> float:
    """The best of some steps with the same networks."""
    networks = stage.build()
    student, teacher = networks[STUDENT], networks[TEACHER]
    assert isinstance(student, Student) and isinstance(teacher, Teacher)
    optimizer = torch.optim.AdamW(student.parameters(), lr=0.0005, weight_decay=0.04)
    with sdpa_kernel(SDPBackend.MATH):  # attention was written out
        return best(lambda: ccd_plain.step(batch, student, teacher, optimizer, 0.9995))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":")[0])
    parser.add_argument("words", type=Path, help="a word LMDB")
    parser.add_argument("--imgaug", type=Path, help="the Python of an environment that has imgaug")
    parser.add_argument("--encoder", choices=list(ENCODERS), default="mini")
    parser.add_argument("--prototypes", type=int, default=1024)
    parser.add_argument("--pictures", type=int, default=64)
    return parser.parse_args()


if __name__ == "__main__":
    main()
