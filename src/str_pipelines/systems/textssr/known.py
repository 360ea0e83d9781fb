"""Latents of squares that are seen again: made once, since making them costs as much as learning from them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from str_pipelines.systems.textssr.batches import masked, pictures_of, told_of
from str_pipelines.systems.textssr.model import LatentCoder
from str_pipelines.systems.textssr.regions import Region


class KnownLatents:
    """Remembers them in memory, as float16. A square is encoded alone, so that its latents do not hang on the others
    of a batch: a run that was killed makes the same ones again."""

    def __init__(self) -> None:
        self._known: dict[str, Tensor] = {}
        self._papers: dict[tuple[int, int], Tensor] = {}

    def of(self, coder: LatentCoder, batch: Sequence[Region], device: torch.device) -> Tensor:
        """(3, B, C, h, w): of the pictures, all of one size, of what is known of them, and of their glyphs."""
        if not all(each.again for each in batch):
            return encoded(coder, batch, device)
        for each in batch:
            if each.again not in self._known:
                self._known[each.again] = encoded(coder, [each], device)[:, 0].half().cpu()
        return torch.stack([self._known[each.again] for each in batch], 1).to(device).float()

    def paper(self, coder: LatentCoder, height: int, width: int, device: torch.device) -> Tensor:
        """As `paper`."""
        if (height, width) not in self._papers:
            self._papers[height, width] = paper(coder, height, width, device)
        return self._papers[height, width]


@torch.no_grad()
def encoded(coder: LatentCoder, batch: Sequence[Region], device: torch.device) -> Tensor:
    """As `KnownLatents.of`, made now."""
    pictures = pictures_of([each.picture for each in batch], device)
    told = told_of([each.conditions for each in batch], device)
    latents = coder.encode(torch.cat([pictures, masked(pictures, told), told.glyph])).float()
    return torch.stack(latents.chunk(3))


@torch.no_grad()
def paper(coder: LatentCoder, height: int, width: int, device: torch.device) -> Tensor:
    """(C, h, w): the latents of a glyph picture of so many pixels with nothing on it."""
    return coder.encode(torch.ones(1, 3, height, width, device=device)).float()[0]
