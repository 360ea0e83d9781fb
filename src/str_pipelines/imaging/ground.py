"""What lies under a word: the colours of its ground and its ink, and the photograph with the word taken away."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.quads import sides

_CELLS = 6  # a height: the ground is smooth at this scale, which is coarser than strokes and finer than most shadows
_SAMPLES = 600  # pixels from which a colour is estimated
_COARSEST = 6.0  # grey levels of grain: what is coarser is texture, which noise does not look like
_VISIBLE = 10.0  # grey levels between two groups of colours below which a quad holds nothing written

Colour = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a quad shows: where there is ground to be seen, and the colours (3,) of ground and ink, RGB 0…255.

    `height` is that of the line in pixels; `distance` (H, W) float32 in pixels from the quad's border, positive inside;
    `ink` is None in an empty quad; `trust` (H, W) float32 0…1 is high where a pixel shows ground; `grain` is the
    ground's noise in grey levels.
    """

    height: float
    distance: NDArray[np.float32]
    colour: Colour
    ink: Colour | None
    trust: NDArray[np.float32]
    grain: float


def survey(scene: NDArray[np.uint8], quad: NDArray[np.float64]) -> Ground:
    """Tell ground from ink: 2-means over the quad's colours, begun at its border, where there is mostly ground.

    Args:
        scene: (H, W, 3) uint8 RGB.
        quad: (4, 2) pixels, convex; it may stick out.
    """
    height = min(sides(quad))
    distance = border_distance(scene.shape[:2], quad)
    inside = sample(distance > 0)
    colour, ink = colour_at_border(scene, distance, height), None
    if len(inside) >= 16:
        colour, ink = _two_means(_pixels(scene, inside), colour, distance.ravel()[inside] < 0.12 * height)
    trust = _trust(scene, colour, ink, height)
    return Ground(height, distance, colour, ink, trust, grain_level(scene, trust > 0.3))


def ring_colours(scene: NDArray[np.uint8], quad: NDArray[np.float64]) -> Colour:
    """(3,) median RGB along the quad's border, a little on both sides: still on a sign that the quad fills."""
    return colour_at_border(scene, border_distance(scene.shape[:2], quad), min(sides(quad)))


def colour_at_border(scene: NDArray[np.uint8], distance: NDArray[np.float32], height: float) -> Colour:
    """As `ring_colours`, from all pixels' distances (H, W) from the border and the quad's height, in pixels."""
    band = sample((distance > -max(2.0, 0.15 * height)) & (distance < max(1.0, 0.1 * height)))
    pixels = _pixels(scene, band) if len(band) else scene.reshape(-1, 3)
    return np.asarray(np.median(pixels, axis=0), np.float32)


def ink_colour(scene: NDArray[np.uint8], quad: NDArray[np.float64]) -> Colour | None:
    """(3,) RGB of what is written in the quad, or None where nothing stands out by 10 grey levels."""
    return survey(scene, quad).ink


def erase(scene: NDArray[np.uint8], quad: NDArray[np.float64], margin: float, seed: int = 0) -> NDArray[np.uint8]:
    """The photograph without what is written in the quad: `settle` of the `membrane`.

    Args:
        scene: (H, W, 3) uint8 RGB; it is not changed.
        quad: (4, 2) pixels, convex; it may stick out.
        margin: pixels beyond the quad over which the fill fades into the photograph.
        seed: of the grain.
    """
    ground = survey(scene, quad)
    return settle(scene, membrane(scene, ground), ground, margin, seed)


def membrane(scene: NDArray[np.uint8], ground: Ground) -> NDArray[np.float32]:
    """(H, W, 3) float32 smooth ground, spread from around the word and between its letters.

    Means over coarse cells, weighted by trust, are carried to cells without ground (pull-push) and interpolated.
    """
    height, width = scene.shape[:2]
    cell = max(1.0, ground.height / _CELLS)
    small = (max(1, round(width / cell)), max(1, round(height / cell)))
    trust = ground.trust + np.float32(1e-4)
    weighted = cv2.merge([*(plane * trust for plane in cv2.split(scene)), trust])
    levels = [cv2.resize(weighted, small, interpolation=cv2.INTER_AREA)]
    while max(levels[-1].shape[:2]) > 2:
        levels.append(cv2.pyrDown(levels[-1]))
    filled = levels[-1][..., :3] / levels[-1][..., 3:]
    for level in reversed(levels[:-1]):
        coarse = cv2.pyrUp(filled, dstsize=(level.shape[1], level.shape[0]))
        filled = (level[..., :3] + 0.1 * coarse) / (level[..., 3:] + 0.1)  # where little is trusted, the coarser speaks
    return np.asarray(cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def settle(
    scene: NDArray[np.uint8], picture: NDArray[np.float32], ground: Ground, margin: float, seed: int
) -> NDArray[np.uint8]:
    """`picture` (H, W, 3) with the ground's grain in the quad's place, fading into `scene` over `margin` pixels around.

    Returns:
        (H, W, 3) uint8, equal to `scene` farther than `margin` from the quad.
    """
    noise = grain(scene.shape[:2], ground.grain, seed)
    share = np.clip((ground.distance + margin) / np.float32(max(1.0, 0.6 * margin)), 0, 1)
    grainy = cv2.add(picture, cv2.merge([noise, noise, noise]))
    blended = cv2.blendLinear(grainy, scene.astype(np.float32), share, 1 - share)
    return np.asarray(cv2.convertScaleAbs(np.maximum(blended, 0)), np.uint8)  # rounds, and cuts off at 255


def grain_level(scene: NDArray[np.uint8], where: NDArray[np.bool_]) -> float:
    """Standard deviation of the fine grain in grey levels, from the high frequencies of the pixels `where` is true."""
    grey = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY).astype(np.float32)
    known = np.abs(grey - cv2.GaussianBlur(grey, (5, 5), 1.0)).ravel()[sample(where)]
    level = 1.4826 * 1.15 * np.median(known) if known.size > 16 else 0.0  # 1.15: the blur kept some
    return min(float(level), _COARSEST)


def grain(shape: tuple[int, int], level: float, seed: int) -> NDArray[np.float32]:
    """(H, W) float32 noise with standard deviation `level`, a little smooth as in compressed photographs."""
    noise = np.random.default_rng(seed).standard_normal(shape, np.float32)
    return np.asarray(cv2.GaussianBlur(noise, (3, 3), 0.5) * np.float32(1.55 * level))


def border_distance(shape: tuple[int, int], quad: NDArray[np.float64]) -> NDArray[np.float32]:
    """(H, W) float32 distance in pixels of every pixel from the border of a convex quad: positive inside."""
    y, x = np.ogrid[: shape[0], : shape[1]]
    distance = np.full(shape, np.inf, np.float32)
    for (px, py), (qx, qy) in zip(quad, quad[[1, 2, 3, 0]], strict=True):
        nx, ny = np.array([py - qy, qx - px]) / np.hypot(qx - px, qy - py)
        line = (nx * (x + 0.5 - px)).astype(np.float32) + (ny * (y + 0.5 - py)).astype(np.float32)
        np.minimum(distance, line, out=distance)
    return distance


def sample(where: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Flat positions at which `where` is true, thinned out evenly to at most 1,200."""
    found = np.flatnonzero(where)
    return found[:: max(1, len(found) // _SAMPLES)]


def surroundings(shape: tuple[int, int], quad: NDArray[np.float64], pad: float) -> tuple[slice, slice]:
    """Rows and columns within `pad` pixels of the quad, at least one of each, inside the image."""
    limits = np.array([shape[1], shape[0]])
    x0, y0 = np.clip(np.floor(quad.min(axis=0) - pad), 0, limits - 1).astype(int)
    x1, y1 = np.clip(np.ceil(quad.max(axis=0) + pad), (x0 + 1, y0 + 1), limits).astype(int)
    return slice(int(y0), int(y1)), slice(int(x0), int(x1))


def _pixels(scene: NDArray[np.uint8], positions: NDArray[np.intp]) -> Colour:
    return scene.reshape(-1, 3)[positions].astype(np.float32)


def _two_means(pixels: Colour, start: Colour, at_border: NDArray[np.bool_]) -> tuple[Colour, Colour | None]:
    """Ground and ink among (N, 3) pixels: one group grows from `start`, the other from what is far from it."""
    far = np.linalg.norm(pixels - start, axis=1)
    one, two = start, pixels[far >= far.mean()].mean(axis=0)
    for _ in range(4):
        second = (pixels - (one + two) / 2) @ (two - one) > 0
        count = np.count_nonzero(second)
        if count in (0, len(pixels)):
            return start, None
        two = second.astype(np.float32) @ pixels / count
        one = (pixels.sum(axis=0) - count * two) / (len(pixels) - count)
    if np.linalg.norm(two - one) < _VISIBLE:
        return start, None
    if second[at_border].mean() > 0.6:
        second = ~second
    ground = np.median(pixels[~second], axis=0)
    ink = pixels[second][np.argsort(far[second])]  # blurred letters reach their colour in few pixels
    return ground, np.asarray(np.median(ink[len(ink) * 7 // 10 :], axis=0))


def _trust(scene: NDArray[np.uint8], ground: Colour, ink: Colour | None, height: float) -> NDArray[np.float32]:
    """How surely each pixel shows the ground: near its colour rather than the ink's, and not beside ink."""
    if ink is None:
        return np.ones(scene.shape[:2], np.float32)
    planes = [plane.astype(np.float32) for plane in cv2.split(scene)]
    to_ground, to_ink = (
        np.sqrt(sum(np.square(plane - value) for plane, value in zip(planes, colour, strict=True)))
        for colour in (ground, ink)
    )
    trust = np.clip(1 - 2.5 * to_ground / (to_ground + to_ink + 1), 0, 1) ** 2
    halo = 2 * max(1, round(height / 30)) + 1
    return np.asarray(cv2.erode(trust, np.ones((halo, halo), np.uint8)))
