"""The stage `textssr.vae`: pictures of words to latents and back, so that small strokes live through it."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, cast

import numpy as np
import torch
from torch import nn

from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.systems.textssr.batches import pictures_of, pieces_with_text, told_of
from str_pipelines.systems.textssr.checkpoint import VAE, load_coder
from str_pipelines.systems.textssr.config import VaeConfig
from str_pipelines.systems.textssr.judging import Judged, legibility, pairs_sheet
from str_pipelines.systems.textssr.losses import psnr, region_weights, vae_losses
from str_pipelines.systems.textssr.model import LatentCoder
from str_pipelines.systems.textssr.regions import Region, Regions, gather, held_out
from str_pipelines.training.loader import load
from str_pipelines.training.order import batch_stream
from str_pipelines.training.stage import Loss, Networks, Place, Validation


def make(config: Mapping[str, Any]) -> VaeStage:
    """The stage of a worker's config.json."""
    return VaeStage(VaeConfig(**config))


class VaeStage:
    """One network, judged by how much of what is read in the pictures is still read after the way through it."""

    def __init__(self, config: VaeConfig) -> None:
        self.config = config
        regions = gather(config.scenes, config.sets, config.crop, config.network)
        self.regions, self.held = held_out(regions, config.validation.share, config.validation.count)

    def build(self) -> dict[str, nn.Module]:
        """The VAE, fresh or from where it starts."""
        start = self.config.start
        coder = LatentCoder(self.config.network.vae) if start is None else load_coder(Checkpoint.at(start))
        return {VAE: coder.requires_grad_(True)}

    def optimizers(self) -> Mapping[str, Sequence[str]]:
        """One for all."""
        return {VAE: [VAE]}

    def batches(self, place: Place, batch_size: int, workers: int) -> Generator[list[Region]]:
        """Regions as they come."""
        yield from batches_of(self.regions, place, batch_size, workers)

    def step(self, networks: Networks, batch: list[Region], device: torch.device) -> Loss:
        """Absolute error and edges, more of it where letters are, and the divergence from the unit Gaussian."""
        pictures = pictures_of([each.picture for each in batch], device)
        told = told_of([each.conditions for each in batch], device)
        pictures, keep = pieces_with_text(pictures, told.keep, self.config.loss.window)
        found, mean, logvar = networks[VAE](pictures, self.config.loss.noise)
        losses = vae_losses(found, pictures, mean, logvar, region_weights(1 - keep, self.config.loss.text))
        weights = {"absolute": 1.0, "edge": self.config.loss.edge, "kl": self.config.loss.kl}
        total = torch.stack([weights[name] * value for name, value in losses.items()]).sum()
        return Loss({VAE: total}, [each.key for each in batch], {f"loss/{name}": v for name, v in losses.items()})

    def after_step(self, networks: Networks, step: int) -> None:
        """Nothing."""

    def validate(self, networks: Networks, device: torch.device) -> Validation:
        """`psnr`, and word accuracy of the shipped reader before and behind the VAE; a sheet of both, side by side."""
        coder = cast(LatentCoder, networks[VAE])
        samples = [self.held.sample(0, index) for index in range(len(self.held))]
        seen: list[Judged] = []
        decibels: list[float] = []
        for start in range(0, len(samples), 16):
            part = samples[start : start + 16]
            pictures = pictures_of([each.picture for each in part], device)
            found = coder.decode_raw(coder.posterior(pictures).mode()).clamp(-1, 1)
            decibels += psnr(found, pictures).tolist()
            seen += [Judged(each, picture) for each, picture in zip(part, as_pixels(found), strict=True)]
        figures = {"psnr/held": float(np.mean(decibels)), **legibility(seen, self.config.validation.reader)}
        score = figures["word_accuracy/painted"] + figures["psnr/held"] / 1000
        return Validation(figures, score, pairs_sheet(seen, "a picture, and what the VAE makes of it"))


def batches_of(regions: Regions, place: Place, batch_size: int, workers: int) -> Generator[list[Region]]:
    """Endless batches of regions that are of the same size."""
    stream = batch_stream(regions.alike, batch_size, regions.seed, place.step, place.rank, place.world)
    yield from load(regions, stream, workers)


def as_pixels(pictures: torch.Tensor) -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """(B, 3, H, W) in -1…1 → B of (H, W, 3) uint8, rounded and clamped: an overflow would wrap white to black."""
    scaled = ((pictures.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return list(scaled.permute(0, 2, 3, 1).cpu().numpy())


@torch.inference_mode()
def measured_scale(coder: LatentCoder, regions: Regions, count: int = 256) -> float:
    """1 / standard deviation of the latents of `count` regions: what makes them of unit variance."""
    latents = []
    for start in range(0, min(count, len(regions)), 16):
        part = [regions.sample(0, index).picture for index in range(start, min(start + 16, len(regions)))]
        latents.append(coder.posterior(pictures_of(part, torch.device("cpu"))).mode())
    return float(1 / torch.cat(latents).std())
