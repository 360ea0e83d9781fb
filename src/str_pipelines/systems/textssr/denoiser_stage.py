"""The stages `textssr.step1` and `textssr.step2`: UNet and glyph encoder learn to paint, the VAE stays as it is."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import torch
from torch import Tensor, nn

from str_pipelines.imaging.sizes import batches_alike
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.systems.textssr.batches import Told, blank, pictures_of, soft_mask, told_of
from str_pipelines.systems.textssr.checkpoint import (
    DENOISER,
    VAE,
    has_denoiser,
    load_coder,
    load_denoiser,
    sampler_after,
    sampler_of,
)
from str_pipelines.systems.textssr.config import DenoiserConfig
from str_pipelines.systems.textssr.guidance import Surroundings, guided, text_of, without_text
from str_pipelines.systems.textssr.judging import Judged, legibility, pairs_sheet
from str_pipelines.systems.textssr.known import KnownLatents
from str_pipelines.systems.textssr.losses import noised, region_weights, velocity, velocity_loss
from str_pipelines.systems.textssr.model import Denoiser, LatentCoder, unet_input
from str_pipelines.systems.textssr.regions import Region, gather, held_out
from str_pipelines.systems.textssr.sample import alpha_bars, sample
from str_pipelines.systems.textssr.vae_stage import as_pixels, batches_of
from str_pipelines.training.stage import Loss, Networks, Place, Validation

BINS = 4


def make(config: Mapping[str, Any]) -> DenoiserStage:
    """The stage of a worker's config.json."""
    return DenoiserStage(DenoiserConfig(**config))


class DenoiserStage:
    """v-prediction (section 5.4 of the spec), the hole weighted, some samples without their text for guidance."""

    def __init__(self, config: DenoiserConfig) -> None:
        if config.start is None:
            raise ValueError("a painter is trained on the latents of a VAE: give its checkpoint as `start`")
        self.config, self.start = config, Checkpoint.at(config.start)
        self.teacher = _teacher(self.start) if config.loss.guidance != 1 else None
        regions = gather(config.scenes, config.sets, config.crop, config.network)
        looked_at = replace(regions, windows=config.network.windows)
        self.regions, self.held = held_out(looked_at, config.validation.share, config.validation.count)
        self.known, self.alpha_bars = KnownLatents(), alpha_bars()

    def build(self) -> dict[str, nn.Module]:
        """The painter, fresh on a VAE or going on from one that was trained."""
        denoiser = load_denoiser(self.start) if has_denoiser(self.start) else Denoiser(self.config.network)
        return {DENOISER: denoiser.train(), VAE: load_coder(self.start)}

    def optimizers(self) -> Mapping[str, Sequence[str]]:
        """The VAE is moved by none."""
        return {DENOISER: [DENOISER]}

    def batches(self, place: Place, batch_size: int, workers: int) -> Generator[list[Region]]:
        """Regions as they come."""
        yield from batches_of(self.regions, place, batch_size, workers)

    def step(self, networks: Networks, batch: list[Region], device: torch.device) -> Loss:
        """The weighted error of v, at a step drawn anew for each sample."""
        steps = torch.randint(len(self.alpha_bars), (len(batch),), device=device)
        without = torch.rand(len(batch), device=device) < self.config.loss.dropout
        errors = self._errors(networks, batch, steps, without, device)
        return Loss({DENOISER: errors.mean()}, [each.key for each in batch])

    def after_step(self, networks: Networks, step: int) -> None:
        """Nothing."""

    def validate(self, networks: Networks, device: torch.device) -> Validation:
        """The loss by quarters of the noise; what the shipped reader reads in words painted with seeds of their own."""
        samples = [self.held.sample(0, index) for index in range(len(self.held))]
        errors, seen = [], []
        steps = {"scheduler": "ddim", "steps": self.config.validation.steps}
        params = sampler_after(self.start, self.config.loss).model_copy(update=steps)
        coder, denoiser = cast(LatentCoder, networks[VAE]), cast(Denoiser, networks[DENOISER])
        for places in batches_alike([each.picture.shape for each in samples], params.batch_size):
            part = [samples[place] for place in places]
            found = [self._held_error(networks, part, places[0], each, device) for each in range(BINS)]
            errors.append(torch.stack(found))
            pictures = pictures_of([each.picture for each in part], device)
            told = told_of([each.conditions for each in part], device)
            painted = as_pixels(sample(coder, denoiser, pictures, told, places, params))
            seen += [Judged(each, picture) for each, picture in zip(part, painted, strict=True)]
        means = torch.cat(errors, 1).mean(1).tolist()
        figures = {f"validation_loss/quarter_{number + 1}": mean for number, mean in enumerate(means)}
        figures |= legibility(seen, self.config.validation.reader)
        score = figures["word_accuracy/painted"] - sum(means) / BINS / 10
        return Validation(figures, score, pairs_sheet(seen, "a real word, and one painted in its place"))

    def _held_error(
        self, networks: Networks, part: list[Region], first: int, quarter: int, device: torch.device
    ) -> Tensor:
        """(B,) errors in one quarter of the noise, at the same steps and with the same noise every time."""
        size = len(self.alpha_bars) // BINS
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(first * BINS + quarter)
            steps = (quarter * size + torch.randint(size, (len(part),))).to(device)
            return self._errors(networks, part, steps, torch.zeros_like(steps, dtype=torch.bool), device)

    def _errors(
        self, networks: Networks, batch: list[Region], steps: Tensor, without: Tensor, device: torch.device
    ) -> Tensor:
        coder = cast(LatentCoder, networks[VAE])
        told = blank(told_of([each.conditions for each in batch], device), without)
        clean, context, glyph = self.known.of(coder, batch, device)
        height, width, _ = batch[0].picture.shape
        empty = self.known.paper(coder, height, width, device)
        glyph[without] = empty
        mask = soft_mask(told, self.config.network.vae.factor)
        noise = torch.randn(clean.shape, device=device)
        bars = self.alpha_bars.to(device)[steps]
        noisy, wanted = noised(clean, noise, bars), velocity(clean, noise, bars)
        found = networks[DENOISER](unet_input(noisy, context, glyph, mask), steps, told.cells, told.counts)
        if self.teacher is not None:
            wanted = self._taught(
                self.teacher.to(device), Surroundings(noisy, context, mask), steps, told, glyph, empty
            )
        return velocity_loss(found, wanted, region_weights(1 - mask, self.config.loss.text))

    @torch.no_grad()
    def _taught(
        self, teacher: Denoiser, place: Surroundings, steps: Tensor, told: Told, glyph: Tensor, empty: Tensor
    ) -> Tensor:
        """What the painter from which this one starts says with guidance; where the text is kept back, without."""
        said, unsaid = text_of(teacher, told, glyph), without_text(teacher, told, empty)
        return guided(teacher, place, steps, said, unsaid, self.config.loss.guidance)


def _teacher(start: Checkpoint) -> Denoiser:
    """Who is asked with guidance; no network of the run, since nothing of it is to be kept."""
    if not has_denoiser(start):
        raise ValueError(
            f"guidance is learned from a painter, and {start.path} is a VAE: train it with loss.guidance 1"
        )
    if sampler_of(start).guidance == 1:
        raise ValueError(f"{start.path} paints without guidance, or has learned it already: leave loss.guidance at 1")
    return load_denoiser(start).requires_grad_(False)
