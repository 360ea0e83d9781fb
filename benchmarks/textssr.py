"""Words a second that TextSSR paints, on the same weights: ours, and a plain loop in the reference's way.

    python benchmarks/textssr.py data/03_primary/scenes --painter data/06_models/textssr_step2 --words 64

The plain loop opens the font for every character, draws the conditions' latents from the posterior, paints whole
squares, and makes the glyphs' tokens anew at every one of its 20 DDPM steps, without guidance. Ours is measured with
the same 20 steps, and with the checkpoint's own sampler. All take the same words in turn, in one thread, as a worker
has it, and in batches of as many words, ours those of windows alike; the shipped reader says how legible they are.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported

import torch
from diffusers import DDPMScheduler
from painter import _jobs
from results import record
from torch import Tensor

from str_pipelines.imaging import fonts, glyphs
from str_pipelines.imaging.crop import rectify, upright
from str_pipelines.imaging.painter import Painted, Request
from str_pipelines.imaging.squares import put_square
from str_pipelines.metrics.recognition import word_accuracy
from str_pipelines.records import Refused
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.synthesis.paint import quad_in
from str_pipelines.systems.textssr import conditions
from str_pipelines.systems.textssr.batches import masked, pictures_of, soft_mask, told_of
from str_pipelines.systems.textssr.checkpoint import load_coder, load_denoiser
from str_pipelines.systems.textssr.config import SamplerParams
from str_pipelines.systems.textssr.model import LatentCoder, unet_input
from str_pipelines.systems.textssr.painter import TextssrPainter
from str_pipelines.systems.textssr.sample import NOISE
from str_pipelines.systems.textssr.vae_stage import as_pixels
from str_pipelines.zoo import load_painter, load_reader

ROUNDS, STEPS = 3, 20
Paint = Callable[[list[Request]], list[Painted | Refused]]


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("scenes", type=Path, help="a scene LMDB")
    parser.add_argument("--painter", required=True, help="a folder, or a shipped name")
    parser.add_argument("--words", type=int, default=64)
    args = parser.parse_args()
    if torch.cuda.is_available():
        raise SystemExit("this is about processors: CUDA_VISIBLE_DEVICES= hides the GPU")
    ours = load_painter(Checkpoint.at(args.painter))
    if not isinstance(ours, TextssrPainter):
        raise SystemExit(f"{args.painter} is no painter of TextSSR")
    batch = ours.sampler.batch_size
    sampler = SamplerParams(scheduler="ddpm", steps=STEPS, guidance=1, batch_size=batch, precision="fp32")
    same = TextssrPainter(ours.checkpoint, ours.fonts, ours.crop, sampler)
    requests = [Request(scene, quad_in(job), job["text"], job["seed"]) for job, scene in _jobs(args.scenes, args.words)]
    ways: dict[str, Paint] = {"plain": _plain(ours), "ours_20_steps": same.paint, "ours": ours.paint}
    best, accuracy = {name: 0.0 for name in ways}, dict.fromkeys(ways, 0.0)
    for _ in range(ROUNDS):
        for name, paint in ways.items():
            start, found = time.perf_counter(), []
            asked = batch if name == "plain" else ours.batch_size
            for first in range(0, len(requests), asked):
                found += paint(requests[first : first + asked])
            best[name] = max(best[name], len(requests) / (time.perf_counter() - start))
            accuracy[name] = _legible(requests, found)
    record("textssr", [
        {"way": name, "words": len(requests), "batch": batch, "threads": torch.get_num_threads(),
         "words_s": f"{rate:.2f}", "times_plain": f"{rate / best['plain']:.2f}",
         "word_accuracy": f"{accuracy[name]:.3f}"}
        for name, rate in best.items()
    ])  # fmt: skip


def _plain(painter: TextssrPainter) -> Paint:
    coder, denoiser, device = load_coder(painter.checkpoint), load_denoiser(painter.checkpoint), torch.device("cpu")

    def paint(requests: list[Request]) -> list[Painted | Refused]:
        ready = [_opened_anew(painter, request) for request in requests]
        usable = [each for each in ready if not isinstance(each, Refused)]
        told = told_of([each.conditions for each in usable], device)
        pictures = pictures_of([each.picture for each in usable], device)
        with torch.no_grad():
            context, glyph = (_drawn(coder, each) for each in (masked(pictures, told), told.glyph))
            mask = soft_mask(told, pictures.shape[-1] // context.shape[-1])
            steps = DDPMScheduler(**{**NOISE, "timestep_spacing": "leading"}, clip_sample=False)
            steps.set_timesteps(STEPS)
            generator = torch.Generator().manual_seed(usable[0].seed)
            latents = torch.randn(context.shape, generator=generator)
            for step in steps.timesteps:
                inputs, times = unet_input(latents, context, glyph, mask), latents.new_full((len(latents),), int(step))
                latents = steps.step(denoiser(inputs, times, told.cells, told.counts), step, latents).prev_sample
            painted = iter(as_pixels(coder.decode(latents)))
        return [
            each if isinstance(each, Refused) else Painted(put_square(request.scene, each.square, next(painted)))
            for request, each in zip(requests, ready, strict=True)
        ]

    return paint


def _opened_anew(painter: TextssrPainter, request: Request):  # type: ignore[no-untyped-def]
    for cache in (fonts.load, glyphs.glyph, conditions.cell_of):
        cache.cache_clear()
    return painter._ready(request)


def _drawn(coder: LatentCoder, pictures: Tensor) -> Tensor:
    """Latents as the reference has them: a sample of the posterior."""
    folded: Tensor = torch.nn.functional.pixel_unshuffle(coder.posterior(pictures).sample(), coder.params.fold)
    return folded * coder.scale


def _legible(requests: list[Request], found: list[Painted | Refused]) -> float:
    reader = load_reader(Checkpoint.at("ctc_small"))
    shown = [(r, f) for r, f in zip(requests, found, strict=True) if not isinstance(f, Refused)]
    readings = reader.read([upright(rectify(painted.pixels, request.quad)) for request, painted in shown])
    return word_accuracy([(text, request.text) for (text, _), (request, _) in zip(readings, shown, strict=True)])


if __name__ == "__main__":
    main()
