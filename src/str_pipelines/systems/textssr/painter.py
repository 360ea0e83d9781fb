"""TextSSR as a painter: words in batches, each in the square round it, laid back into the photograph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from str_pipelines.imaging.painter import Painted, Request
from str_pipelines.imaging.sizes import batches_alike
from str_pipelines.imaging.squares import Square, cut_square, in_square, put_square, square_of
from str_pipelines.records import Refused
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.digests import canonical, digest_of
from str_pipelines.systems.textssr.batches import pictures_of, told_of
from str_pipelines.systems.textssr.checkpoint import load_coder, load_denoiser, network_of
from str_pipelines.systems.textssr.conditions import Conditions, conditions_of, font_for, glyph_fonts
from str_pipelines.systems.textssr.config import CropParams, SamplerParams
from str_pipelines.systems.textssr.model import Denoiser, LatentCoder
from str_pipelines.systems.textssr.regions import widest_margin
from str_pipelines.systems.textssr.sample import sample
from str_pipelines.systems.textssr.vae_stage import as_pixels
from str_pipelines.systems.textssr.windows import Window, window_at, window_sides
from str_pipelines.training.precision import resolve

BATCHES = 8  # are asked for at once, so that enough of the words have windows of the same size


class Ready(NamedTuple):
    """A word to be painted: its square, what that shows, (R, R, 3) uint8, and the window in which it is painted; the
    font of its glyphs, which tells the network what to write and not how it shall look."""

    square: Square
    picture: NDArray[np.uint8]
    conditions: Conditions
    window: Window
    font: Path
    seed: int


class TextssrPainter:
    """A `BatchPainter`. The networks load when it first paints, once a process; it pickles without them."""

    def __init__(self, checkpoint: Checkpoint, fonts: Sequence[Path], crop: CropParams, sampler: SamplerParams) -> None:
        self.checkpoint, self.fonts, self.crop = checkpoint, tuple(fonts), crop
        self.sampler = sampler.model_copy(update={"precision": resolve(sampler.precision, _device())})
        self.network, self.batch_size = network_of(checkpoint), BATCHES * sampler.batch_size
        glyphs = [font.name for font in self.fonts]
        said = canonical([*(each.model_dump(mode="json") for each in (crop, self.sampler)), checkpoint.digest, glyphs])
        self.digest = digest_of([b"textssr 3", said])

    def __call__(self, scene: NDArray[np.uint8], quad: NDArray[np.float64], text: str, seed: int) -> Painted:
        """See `Painter`; refuses as `conditions_of`, with `no_font`, and with `too_flat` for too long a word."""
        [found] = self.paint([Request(scene, quad, text, seed)])
        if isinstance(found, Refused):
            raise found
        return found

    def paint(self, requests: Sequence[Request]) -> list[Painted | Refused]:
        """Each word, or why it cannot be painted."""
        ready = [self._ready(request) for request in requests]
        usable = [each for each in ready if not isinstance(each, Refused)]
        with one_thread():
            pictures = iter(self._sampled(usable) if usable else ())
        return [
            each if isinstance(each, Refused) else self._laid(request, each, next(pictures))
            for request, each in zip(requests, ready, strict=True)
        ]

    def _ready(self, request: Request) -> Ready | Refused:
        resolution = self.network.resolution
        try:
            margin = min(self.crop.margin, widest_margin(request.text, request.quad, resolution))
            square = square_of(request.quad, margin)
            font, local = font_for(request.text, self.fonts), in_square(request.quad, square, resolution)
            conditions = conditions_of(request.text, local, resolution, self.network.glyph.cell, font)
        except Refused as refused:
            return refused
        window = window_at(local, window_sides(request.quad, self.network), resolution)
        return Ready(square, cut_square(request.scene, square, resolution), conditions, window, font, request.seed)

    def _sampled(self, ready: Sequence[Ready]) -> list[NDArray[np.uint8]]:
        """The squares, painted where the network looks."""
        coder, denoiser, device = _networks(self.checkpoint)
        seen = [each.picture[each.window] for each in ready]
        for places in batches_alike([each.shape for each in seen], self.sampler.batch_size):
            some = [ready[place] for place in places]
            told = told_of([each.conditions.within(each.window) for each in some], device)
            pictures = pictures_of([seen[place] for place in places], device)
            painted = sample(coder, denoiser, pictures, told, [each.seed for each in some], self.sampler)
            for each, pixels in zip(some, as_pixels(painted), strict=True):
                each.picture[each.window] = pixels
        return [each.picture for each in ready]

    def _laid(self, request: Request, ready: Ready, picture: NDArray[np.uint8]) -> Painted:
        return Painted(put_square(request.scene, ready.square, picture), {"font": ready.font.stem})


def load_textssr(checkpoint: Checkpoint, fonts: Sequence[str], **options: Any) -> TextssrPainter:
    """The painter of a checkpoint, by the options that its config.json has.

    Raises:
        ValueError: an option is none, or of a wrong type.
        FileNotFoundError: a font is not there.
    """
    crop, sampler = CropParams(**options.get("crop", {})), SamplerParams(**options.get("sampler", {}))
    return TextssrPainter(checkpoint, glyph_fonts(fonts), crop, sampler)


@contextmanager
def one_thread() -> Iterator[None]:
    """More threads add up in another order, and a word shall not hang on how many there are: workers have one each."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@lru_cache(maxsize=1)
def _networks(checkpoint: Checkpoint) -> tuple[LatentCoder, Denoiser, torch.device]:
    device = _device()
    return load_coder(checkpoint).to(device), load_denoiser(checkpoint).to(device), device


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
