"""What letters are filled with: one colour in its light, a gradient or worn paint; and what JPEG makes of it."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.decode import encode_jpeg
from str_pipelines.imaging.ink import Colours, Plane
from str_pipelines.imaging.light import luma, mix
from str_pipelines.imaging.style import Fill

_LEVELS = 40  # of a byte to one standard deviation of noise
_WHITE, _BLACK = np.full(3, 250, np.float32), np.full(3, 8, np.float32)


def fill_letters(
    ink: Colours, ground: Colours, light: Plane, relief: Plane, height: float, kind: Fill, rng: np.random.Generator
) -> Plane:
    """(H, W, 3) float32 RGB: what letters look like wherever they are.

    Args:
        ink, ground: (3,) RGB 0…255.
        light: (H, W) factors around 1; `relief`: (H, W) grey levels around 0 that letters share with their ground.
        height: of the line in pixels.
    """
    if kind == "gradient":
        other = second_colour(ink, ground, rng)
        share = ramp((light.shape[0], light.shape[1]), rng)
        planes = [first + share * (last - first) for first, last in zip(ink, other, strict=True)]
    elif kind == "texture":
        uneven = 1 + unevenness(relief, height, rng)
        planes = [uneven * channel for channel in ink]
    else:
        planes = list(ink)
    return np.asarray(cv2.merge([light * plane + relief for plane in planes]))


def second_colour(ink: Colours, ground: Colours, rng: np.random.Generator) -> Colours:
    """The other end of a gradient (3,): of another tint, and farther from the ground, or a third nearer at most."""
    tint = rng.normal(0, 28, 3).astype(np.float32)
    farthest = _WHITE if luma(ink) > luma(ground) else _BLACK
    target, most = (farthest, 0.6) if rng.random() < 0.5 else (ground, 0.33)
    other = ink + np.float32(rng.uniform(0.15, most)) * (target - ink) + tint - luma(tint)
    return np.asarray(np.clip(other, 0, 255), np.float32)


def ramp(shape: tuple[int, int], rng: np.random.Generator) -> Plane:
    """(H, W) float32 from 0 at one border to 1 at the other, mostly from the top down."""
    angle = rng.normal(math.pi / 2, 0.5)
    y, x = (np.linspace(-0.5, 0.5, n, dtype=np.float32) for n in shape)
    slope = math.cos(angle) * x[None, :] + math.sin(angle) * y[:, None]
    return np.asarray(np.clip(0.5 + 1.4 * slope, 0, 1), np.float32)


def unevenness(relief: Plane, height: float, rng: np.random.Generator) -> Plane:
    """(H, W) float32 around 0: blotches of noise at two scales, or the photograph's own relief from across the word."""
    if rng.random() < 0.4 and relief.std() > 2:
        elsewhere = cv2.GaussianBlur(relief[::-1, ::-1], (0, 0), 0.8)
        return np.asarray(np.clip(0.12 * elsewhere / elsewhere.std(), -0.3, 0.3))
    blotches = sum(weight * noise(relief.shape, cells * height, rng) for weight, cells in ((0.08, 0.3), (0.06, 0.07)))
    return np.asarray(np.clip(blotches, -0.25, 0.25), np.float32)


def noise(shape: tuple[int, ...], cell: float, rng: np.random.Generator) -> Plane:
    """(H, W) float32 smooth noise of standard deviation about 1, a cell being about `cell` pixels wide."""
    coarse = [max(2, math.ceil(side / max(1.0, cell)) + 1) for side in shape]
    drawn = cv2.add(
        rng.standard_normal(coarse, np.float32) * _LEVELS, 128.0, dtype=cv2.CV_8U
    )  # bytes are resized faster
    fine = cv2.resize(drawn, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray((fine - np.float32(128)) * np.float32(1.4 / _LEVELS))


def soak(letters: Plane, ground: Plane, ink: Colours, share: float) -> Plane:
    """Letters (H, W, 3) let the ground's own pattern through: dark ones multiply it, light ones screen it.

    Neither brings ink and ground nearer together, so that no word fades.
    """
    dark = luma(ink) < luma(ground.reshape(-1, 3).mean(axis=0))
    laid = letters * ground / 255 if dark else 255 - (255 - letters) * (255 - ground) / 255
    return mix(letters, np.asarray(laid, np.float32), np.full(letters.shape[:2], share, np.float32))


def compress(pixels: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """(H, W, 3) as JPEG of that quality (1 to 100, colours at half resolution) gives it back."""
    data = np.frombuffer(encode_jpeg(pixels, quality), np.uint8)
    return np.asarray(cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), np.uint8)
