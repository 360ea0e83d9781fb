"""What the text does to a painter's answer, and more of it: guidance without a classifier (Ho and Salimans, 2022)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from str_pipelines.systems.textssr.batches import Told, blank
from str_pipelines.systems.textssr.model import Denoiser, unet_input


class Surroundings(NamedTuple):
    """Where B words shall be: noisy latents and the masked image (B, C, h, w), the mask (B, 1, h, w)."""

    noisy: Tensor
    masked: Tensor
    mask: Tensor


class Text(NamedTuple):
    """What a network knows of B texts: the glyphs' latents (B, C, h, w), tokens (B, T, X), which of those are seen."""

    glyph: Tensor
    tokens: Tensor
    seen: Tensor | None


def text_of(denoiser: Denoiser, told: Told, glyph: Tensor) -> Text:
    """The tokens beside the latents that are there already."""
    return Text(glyph, *denoiser.glyph_encoder(told.cells, told.counts))


def without_text(denoiser: Denoiser, told: Told, empty: Tensor) -> Text:
    """What it knows where nothing is said about the texts; `empty` (C, h, w) are the latents of a glyph of nothing."""
    nothing = blank(told, torch.ones_like(told.counts, dtype=torch.bool))
    return text_of(denoiser, nothing, empty.expand(len(told.counts), -1, -1, -1))


def guided(
    denoiser: Denoiser, place: Surroundings, steps: Tensor, said: Text, unsaid: Text | None, guidance: float
) -> Tensor:
    """v (B, C, h, w): `guidance` times as far from what it is without the text as it is with it.

    The network is asked once, for twice the words; where `unsaid` is not given, for the words alone.
    """
    if unsaid is None:
        return denoiser.velocity(unet_input(place.noisy, place.masked, said.glyph, place.mask), steps, *said[1:])
    noisy, masked, mask = (each.repeat(2, 1, 1, 1) for each in place)
    glyph, tokens = torch.cat([said.glyph, unsaid.glyph]), torch.cat([said.tokens, unsaid.tokens])
    seen = None if said.seen is None or unsaid.seen is None else torch.cat([said.seen, unsaid.seen])
    found = denoiser.velocity(unet_input(noisy, masked, glyph, mask), steps.repeat(2), tokens, seen)
    with_text, without = found.chunk(2)
    return without + guidance * (with_text - without)
