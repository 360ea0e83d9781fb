"""The part of a square that a painter looks at: a word is flat, and most of its square is far from it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from str_pipelines.systems.textssr.config import NetworkParams


class Window(NamedTuple):
    """An index into pictures (R, R, …)."""

    rows: slice
    columns: slice


def window_sides(quads: NDArray[np.floating], network: NetworkParams) -> NDArray[np.int64]:
    """(…, 4, 2) words → (…, 2), the heights and widths of their windows, in pixels of the square.

    They have room for the word in the smallest square that it can have, a latent round it, and are such that the UNet
    can halve them. They hang on the form of the quad alone, so that many words have the same; where the network looks
    at whole squares, they are its sides.
    """
    spans = np.ptp(quads.astype(np.float64), axis=-2)[..., ::-1]
    wanted = network.resolution * spans / spans.max(axis=-1, keepdims=True) + 2 * network.vae.factor
    least = 0 if network.windows else network.resolution
    sides = np.clip(network.grain * np.ceil(wanted / network.grain), least, network.resolution)
    return np.asarray(sides, np.int64)


def window_at(quad: NDArray[np.float64], sides: NDArray[np.int64], resolution: int) -> Window:
    """The window of these sides (2,) with the word (4, 2), in pixels of the square, in its middle, if it can be."""
    middle = (quad.min(axis=0) + quad.max(axis=0))[::-1] / 2
    starts = np.clip(np.rint(middle - sides / 2), 0, resolution - sides).astype(int)
    rows, columns = (slice(start, start + side) for start, side in zip(starts.tolist(), sides.tolist(), strict=True))
    return Window(rows, columns)
