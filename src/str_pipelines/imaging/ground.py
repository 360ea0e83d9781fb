"""What lies under a word: the colours of its ground and its ink, and the photograph with the word taken away."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.quads import sides

_CELLS = 6  # the ground is known at this many cells per height of the quad: coarser than strokes, finer than shadows
_SAMPLES = 20_000  # pixels from which colours are estimated


@dataclass(frozen=True, slots=True)
class Colours:
    """`median` (3,) float RGB 0…255 and `spread`, the median distance from it in grey levels, at least 4."""

    median: NDArray[np.float64]
    spread: float


def ring_colours(scene: NDArray[np.uint8], quad: NDArray[np.float64]) -> Colours:
    """Colour of the ground, from a band along the quad's border: still on the sign where the quad fills the sign.

    Args:
        scene: (H, W, 3) uint8 RGB.
        quad: (4, 2) pixels, convex.
    """
    distance = border_distance(scene.shape[:2], quad)
    height = min(sides(quad))
    band = (distance > -max(2.0, 0.15 * height)) & (distance < max(1.0, 0.1 * height))
    pixels = _sample(scene[band] if band.any() else scene.reshape(-1, 3))
    median = np.median(pixels, axis=0).astype(np.float64)
    spread = float(np.median(np.linalg.norm(pixels - median, axis=1)))
    return Colours(median, max(4.0, spread))


def ink_colour(scene: NDArray[np.uint8], quad: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Colour of what is written in the quad: 2-means over the distance from the ground's colour, core of the far one.

    Returns:
        (3,) float RGB 0…255, or None where the two groups differ by less than 30 grey levels or do not look like ink
        on ground (under 3 % or over 70 % of the quad).
    """
    ground = ring_colours(scene, quad).median
    pixels = _sample(scene[border_distance(scene.shape[:2], quad) > 0])
    if len(pixels) < 16:
        return None
    distance = np.minimum(np.linalg.norm(pixels - ground, axis=1), 255.0)
    threshold, _ = cv2.threshold(distance.astype(np.uint8), 0, 255, cv2.THRESH_OTSU)  # 2-means of one variable
    far = distance > threshold
    if not 0.03 < far.mean() < 0.7 or distance[far].mean() - distance[~far].mean() < 30:
        return None
    core = distance >= np.median(distance[far])  # without the mixed colours along the edges
    return np.asarray(np.median(pixels[core], axis=0), np.float64)


def erase(scene: NDArray[np.uint8], quad: NDArray[np.float64], margin: float, seed: int = 0) -> NDArray[np.uint8]:
    """The photograph without what is written in the quad: ground spread from around and between letters, with grain.

    Every pixel counts by how well it agrees with the ground's colour; the weighted means of coarse cells are spread
    over the cells without ground (pull-push), brought back to full size, and given grain as strong as that of the ring.

    Args:
        scene: (H, W, 3) uint8 RGB; it is not changed.
        quad: (4, 2) pixels, convex; it may stick out.
        margin: pixels beyond the quad over which the fill fades into the photograph.
        seed: of the grain.

    Returns:
        (H, W, 3) uint8; unchanged farther than `margin` from the quad.
    """
    box = surroundings(scene.shape[:2], quad, margin + max(3.0, 0.3 * min(sides(quad))))
    patch, corners = scene[box], quad - (box[1].start, box[0].start)
    distance = border_distance(patch.shape[:2], corners)
    ground = ring_colours(patch, corners)
    off = np.linalg.norm(patch - ground.median.astype(np.float32), axis=2) / np.float32(3 * ground.spread)
    trust = cv2.erode(1 / (1 + off * off) ** 2, np.ones((3, 3), np.uint8)) + np.float32(1e-4)  # halos of letters: ink
    fill = _membrane(patch, trust, cell=max(1.0, min(sides(quad)) / _CELLS))
    fill += grain(patch.shape[:2], grain_level(patch, trust > 0.3), seed)[..., None]
    share = np.clip((distance + margin) / max(1.0, 0.6 * margin), 0, 1).astype(np.float32)[..., None]
    erased = scene.copy()
    erased[box] = np.clip(patch + share * (fill - patch) + 0.5, 0, 255).astype(np.uint8)
    return erased


def grain_level(scene: NDArray[np.uint8], where: NDArray[np.bool_]) -> float:
    """Standard deviation of the fine grain in grey levels, from the high frequencies of the pixels `where` is true."""
    grey = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.0))
    known = fine[where]
    return float(1.4826 * 1.15 * np.median(known)) if known.size > 16 else 0.0  # 1.15: the blur kept some


def grain(shape: tuple[int, int], level: float, seed: int) -> NDArray[np.float32]:
    """(H, W) float32 noise with standard deviation `level`, a little smooth as in compressed photographs."""
    noise = np.random.default_rng(seed).standard_normal(shape, np.float32)
    return np.asarray(cv2.GaussianBlur(noise, (3, 3), 0.5) * np.float32(1.55 * level))


def border_distance(shape: tuple[int, int], quad: NDArray[np.float64]) -> NDArray[np.float32]:
    """(H, W) float32 distance in pixels of every pixel from the border of a convex quad: positive inside."""
    y, x = np.ogrid[: shape[0], : shape[1]]
    along = np.roll(quad, -1, axis=0) - quad
    normals = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.linalg.norm(along, axis=1, keepdims=True)
    offsets = (normals * quad).sum(axis=1)
    lines = (
        (np.float32(nx) * (x + 0.5) + np.float32(ny) * (y + 0.5) - offset).astype(np.float32)
        for (nx, ny), offset in zip(normals, offsets, strict=True)
    )
    return np.asarray(np.minimum.reduce(list(lines)))


def surroundings(shape: tuple[int, int], quad: NDArray[np.float64], pad: float) -> tuple[slice, slice]:
    """Rows and columns within `pad` pixels of the quad, at least one of each, inside the image."""
    limits = np.array([shape[1], shape[0]])
    x0, y0 = np.clip(np.floor(quad.min(axis=0) - pad), 0, limits - 1).astype(int)
    x1, y1 = np.clip(np.ceil(quad.max(axis=0) + pad), (x0 + 1, y0 + 1), limits).astype(int)
    return slice(int(y0), int(y1)), slice(int(x0), int(x1))


def _sample(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return pixels[:: max(1, len(pixels) // _SAMPLES)].astype(np.float32)


def _membrane(patch: NDArray[np.uint8], trust: NDArray[np.float32], cell: float) -> NDArray[np.float32]:
    """A smooth surface (H, W, 3) float32 through the trusted pixels, at the resolution of cells of `cell` pixels."""
    height, width = patch.shape[:2]
    small = (max(1, round(width / cell)), max(1, round(height / cell)))
    weighted = np.dstack([patch * trust[..., None], trust])
    levels = [cv2.resize(weighted, small, interpolation=cv2.INTER_AREA)]
    while max(levels[-1].shape[:2]) > 2:
        levels.append(cv2.pyrDown(levels[-1]))
    filled = levels[-1][..., :3] / levels[-1][..., 3:]
    for level in reversed(levels[:-1]):
        coarse = cv2.pyrUp(filled, dstsize=(level.shape[1], level.shape[0]))
        weight = level[..., 3:]
        filled = (level[..., :3] + 0.1 * coarse) / (weight + 0.1)  # where little is trusted, the coarser level speaks
    return np.asarray(cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
