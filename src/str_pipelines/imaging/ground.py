"""The photograph with a word taken away: what lies under it, carried on from around and between its letters."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.ink import Colours, Plane, colour_at_border, part_ink, sample
from str_pipelines.imaging.light import as_pixels
from str_pipelines.imaging.quads import sides

_CELLS = 6  # a height: the ground is smooth at this scale, which is coarser than strokes and finer than most shadows
_DICE = (2 * (256**2 - 1) / 12) ** 0.5  # standard deviation of the sum of two random bytes
_COARSEST = 6.0  # grey levels of grain: what is coarser is texture, which noise does not look like


@dataclass(frozen=True, slots=True)
class Ground:
    """What a quad shows: where there is ground to be seen, and the colours (3,) of ground and ink, RGB 0…255.

    `height` is that of the quad in pixels; `distance` (H, W) in pixels from its border, positive inside; `ink` is None
    where nothing is written; `trust` (H, W) 0…1 is high where a pixel shows ground.
    """

    height: float
    distance: Plane
    colour: Colours
    ink: Colours | None
    trust: Plane


def survey(scene: NDArray[np.uint8], quad: NDArray[np.float64]) -> Ground:
    """Tell ground from ink around a convex quad (4, 2), in pixels of `scene` (H, W, 3) uint8 RGB; it may stick out."""
    height, distance = min(sides(quad)), border_distance(scene.shape[:2], quad)
    colour, ink = part_ink(scene, distance, height)
    trust = np.ones_like(distance) if ink is None else _trust(scene, colour, ink, height)
    return Ground(height, distance, colour, ink, trust)


def blank(scene: NDArray[np.uint8], quad: NDArray[np.float64]) -> Ground:
    """What `survey` would tell of a quad in which nothing is written, in a third of its time."""
    height, distance = min(sides(quad)), border_distance(scene.shape[:2], quad)
    return Ground(height, distance, colour_at_border(scene, distance, height), None, np.ones_like(distance))


def unwritten(scene: NDArray[np.uint8]) -> Ground:
    """What is known of a picture (H, W, 3) uint8 RGB that is all ground."""
    everywhere = np.ones(scene.shape[:2], np.float32)
    colour = np.array(cv2.mean(scene)[:3], np.float32)
    return Ground(float(scene.shape[0]), everywhere, colour, None, everywhere)


def ring_colours(scene: NDArray[np.uint8], quad: NDArray[np.float64]) -> Colours:
    """(3,) median RGB 0…255 along the quad's border."""
    return colour_at_border(scene, border_distance(scene.shape[:2], quad), min(sides(quad)))


def ink_colour(scene: NDArray[np.uint8], quad: NDArray[np.float64]) -> Colours | None:
    """(3,) RGB 0…255 of what is written in the quad, or None where nothing is."""
    return survey(scene, quad).ink


def erase(scene: NDArray[np.uint8], quad: NDArray[np.float64], margin: float, seed: int = 0) -> NDArray[np.uint8]:
    """The photograph without what is written in the quad.

    Args:
        scene: (H, W, 3) uint8 RGB; it is not changed.
        quad: (4, 2) pixels, convex; it may stick out.
        margin: pixels beyond the quad over which the new ground fades into the photograph.
        seed: of the grain.

    Returns:
        (H, W, 3) uint8, equal to `scene` farther than `margin` from the quad, and everywhere if nothing is written.
    """
    ground = survey(scene, quad)
    if ground.ink is None:
        return scene.copy()
    smooth = membrane(scene, ground)
    noise = texture(scene, ground, smooth, seed)
    return settle(scene, as_pixels(cv2.add(smooth, cv2.merge([noise] * 3))), ground, margin)


def membrane(scene: NDArray[np.uint8], ground: Ground) -> NDArray[np.float32]:
    """(H, W, 3) float32 smooth ground: means over coarse cells, weighted by trust, interpolated (pull-push)."""
    height, width = scene.shape[:2]
    cell = max(1.0, ground.height / _CELLS)
    small = (max(1, round(width / cell)), max(1, round(height / cell)))
    if ground.ink is None:
        half = cv2.resize(scene, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_LINEAR)
        return _enlarged(cv2.resize(half, small, interpolation=cv2.INTER_AREA), (height, width))
    trust = ground.trust + np.float32(1e-4)
    weighted = cv2.merge([*(plane * trust for plane in cv2.split(scene)), trust])
    levels = [cv2.resize(weighted, small, interpolation=cv2.INTER_AREA)]
    while max(levels[-1].shape[:2]) > 2:
        levels.append(cv2.pyrDown(levels[-1]))
    filled = levels[-1][..., :3] / levels[-1][..., 3:]
    for level in reversed(levels[:-1]):
        coarse = cv2.pyrUp(filled, dstsize=(level.shape[1], level.shape[0]))
        filled = (level[..., :3] + 0.1 * coarse) / (level[..., 3:] + 0.1)  # where little is trusted, the coarser speaks
    return _enlarged(as_pixels(filled), (height, width))


def texture(scene: NDArray[np.uint8], ground: Ground, smooth: Plane, seed: int) -> Plane:
    """(H, W) grey levels to be added to what is drawn smooth: noise as strong as the ground's grain where a word was
    taken away, and half of the ground's own relief over its `membrane` where nothing was written."""
    grey = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY).astype(np.float32)
    if ground.ink is None:
        return np.asarray(cv2.addWeighted(grey, 0.5, cv2.cvtColor(smooth, cv2.COLOR_RGB2GRAY), -0.5, 0))
    known = np.abs(grey - cv2.GaussianBlur(grey, (5, 5), 1.0)).ravel()[sample(ground.trust > 0.3)]
    level = 1.4826 * 1.15 * np.median(known) if known.size > 16 else 0.0  # 1.15: the blur kept some
    return grain((grey.shape[0], grey.shape[1]), min(float(level), _COARSEST), seed)


def grain(shape: tuple[int, int], level: float, seed: int) -> Plane:
    """(H, W) float32 noise with standard deviation `level`, a little smooth as in compressed photographs."""
    drawn = np.frombuffer(np.random.default_rng(seed).bytes(2 * shape[0] * shape[1]), np.uint8).reshape(2, *shape)
    noise = cv2.add(drawn[0], drawn[1], dtype=cv2.CV_32F) - np.float32(255)  # two dice are nearly normal once blurred
    return np.asarray(cv2.GaussianBlur(noise, (3, 3), 0.5) * np.float32(1.55 / _DICE * level))


def settle(scene: NDArray[np.uint8], picture: NDArray[np.uint8], ground: Ground, margin: float) -> NDArray[np.uint8]:
    """`picture` (H, W, 3) in the quad's place, fading into `scene` over `margin` pixels around it; uint8."""
    share = np.clip((ground.distance + margin) / np.float32(max(1.0, 0.6 * margin)), 0, 1)
    return np.asarray(cv2.blendLinear(picture, scene, share, 1 - share), np.uint8)


def border_distance(shape: tuple[int, int], quad: NDArray[np.float64]) -> Plane:
    """(H, W) float32 distance in pixels of every pixel from the border of a convex quad: positive inside."""
    y, x = np.ogrid[: shape[0], : shape[1]]
    distance = np.full(shape, np.inf, np.float32)
    for (px, py), (qx, qy) in zip(quad, quad[[1, 2, 3, 0]], strict=True):
        nx, ny = np.array([py - qy, qx - px]) / np.hypot(qx - px, qy - py)
        line = (nx * (x + 0.5 - px)).astype(np.float32) + (ny * (y + 0.5 - py)).astype(np.float32)
        np.minimum(distance, line, out=distance)
    return distance


def surroundings(shape: tuple[int, int], quad: NDArray[np.float64], pad: float) -> tuple[slice, slice]:
    """Rows and columns within `pad` pixels of the quad, at least one of each, inside the image."""
    limits = np.array([shape[1], shape[0]])
    x0, y0 = np.clip(np.floor(quad.min(axis=0) - pad), 0, limits - 1).astype(int)
    x1, y1 = np.clip(np.ceil(quad.max(axis=0) + pad), (x0 + 1, y0 + 1), limits).astype(int)
    return slice(int(y0), int(y1)), slice(int(x0), int(x1))


def _enlarged(means: NDArray[np.uint8], shape: tuple[int, int]) -> Plane:
    """Means of cells as a smooth picture of `shape` (H, W); bytes are resized ten times faster than floats."""
    return np.asarray(cv2.resize(means, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _trust(scene: NDArray[np.uint8], ground: Colours, ink: Colours, height: float) -> Plane:
    """How surely each pixel shows the ground: near its colour rather than the ink's, and not beside ink."""
    planes = [plane.astype(np.float32) for plane in cv2.split(scene)]
    to_ground, to_ink = (
        np.sqrt(sum(np.square(plane - value) for plane, value in zip(planes, colour, strict=True)))
        for colour in (ground, ink)
    )
    trust = np.clip(1 - 2.5 * to_ground / (to_ground + to_ink + 1), 0, 1) ** 2
    halo = 2 * max(1, round(height / 30)) + 1
    return np.asarray(cv2.erode(trust, np.ones((halo, halo), np.uint8)))
