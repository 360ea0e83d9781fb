"""What a painter is: the one interface behind which a renderer, a flat paste and a diffusion model stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from str_pipelines.records import Refused


@dataclass(frozen=True, slots=True)
class Painted:
    """`pixels` (H, W, 3) uint8 RGB, as large as the scene that was given; `facts` say how it was made (`font`, …).

    Who draws letters knows where they are: `mask` (H, W) uint8 is their coverage, 0 to 255, without shadows and rims;
    `characters` (N, 4, 2) float64 are the quads of the text's N characters in pixels of the scene, in the order of
    reading, each clockwise from the character's top left. Both are None where a painter cannot tell.
    """

    pixels: NDArray[np.uint8]
    facts: Mapping[str, Any] = field(default_factory=dict)
    mask: NDArray[np.uint8] | None = None
    characters: NDArray[np.float64] | None = None


class Painter(Protocol):
    """Puts `text` where `quad` is. The caller keeps only what lies inside the quad and its seam."""

    digest: str
    """Of everything that changes the pixels: name, version, options, fonts, weights."""

    def __call__(self, scene: NDArray[np.uint8], quad: NDArray[np.float64], text: str, seed: int) -> Painted:
        """Paint one word.

        Args:
            scene: (H, W, 3) uint8 RGB, the surroundings of the word at source scale; it is not changed.
            quad: (4, 2) float64 pixels of `scene`, clockwise from the top left of the text.
            text: what to write; 1 or more characters.
            seed: the result is a pure function of the four arguments.

        Raises:
            Refused: `no_font` where no font has all the characters, `quad_too_small`, `text_too_long`,
                `needs_raqm` where a script must be shaped and cannot be, …
        """
        ...


class Request(NamedTuple):
    """One word to paint: the arguments of a `Painter`."""

    scene: NDArray[np.uint8]
    quad: NDArray[np.float64]
    text: str
    seed: int


@runtime_checkable
class BatchPainter(Protocol):
    """A `Painter` that is quicker with many words at once; each of them comes out as if it were alone."""

    digest: str
    batch_size: int
    """How many words it wants at once."""

    def __call__(self, scene: NDArray[np.uint8], quad: NDArray[np.float64], text: str, seed: int) -> Painted:
        """As `Painter`."""
        ...

    def paint(self, requests: Sequence[Request]) -> list[Painted | Refused]:
        """What becomes of each request, in order."""
        ...


def paint_all(painter: Painter, requests: Sequence[Request]) -> list[Painted | Refused]:
    """What becomes of each request, in order, by a painter of either kind."""
    if isinstance(painter, BatchPainter):
        return painter.paint(requests)
    found: list[Painted | Refused] = []
    for request in requests:
        try:
            found.append(painter(*request))
        except Refused as refused:
            found.append(refused)
    return found
