"""Augmentation of pictures of words, by presets: pure functions of a picture and a generator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging import blemishes, tones, warps

Picture = NDArray[np.uint8]
Rng = np.random.Generator
Augment = Callable[[Picture, Rng], Picture]
RESAMPLINGS = (cv2.INTER_NEAREST, cv2.INTER_LINEAR)  # bicubic, which the papers draw too, takes five times as long
Preset = Literal["none", "parseq", "abinet", "str"]


STRETCHES: dict[str, tuple[float, float]] = {"str": (0.5, 1.25)}
"""By preset: least and most width of a stretched picture, as shares of its own; signs seen from the side are narrow.

Half of the pictures are stretched, by whoever gives them their width.
"""


def augmentation(preset: Preset) -> Augment | None:
    """What a preset does to a picture (H, W, 3) uint8 RGB; None where that is nothing. The size may change."""
    return {"none": None, "parseq": parseq, "abinet": abinet, "str": scene_text}[preset]


def parseq(image: Picture, rng: Rng) -> Picture:
    """Three of sixteen operations of RandAugment, each half of the time, at magnitude 5 of 10.

    As published with PARSeq (Bautista and Atienza, ECCV 2022, appendix; timm's "increasing" set without sharpness,
    with blur and Poisson noise; turned pictures keep their corners).
    """
    for number in rng.choice(len(PARSEQ), 3, replace=False):
        if rng.random() < 0.5:
            image = PARSEQ[number](image, rng)
    return image


def abinet(image: Picture, rng: Rng) -> Picture:
    """Geometry (half of the time), then deterioration and colour (a quarter each): ABINet (Fang et al., CVPR 2021).

    Everything is drawn anew for every picture; the reference draws kinds and strengths once a run.
    """
    if rng.random() < 0.5:
        image = _abinet_geometry(image, rng)
    if rng.random() < 0.25:
        for number in rng.permutation(3):
            image = _DETERIORATIONS[number](image, rng)
    if rng.random() < 0.25:
        for number in rng.permutation(4):
            image = _JITTERS[number](image, rng)
    return image


def scene_text(image: Picture, rng: Rng) -> Picture:
    """One operation of each kind - shape, sharpness, camera, tones - at the kind's own chance, after STRAug (Atienza,
    2021).

    Before, three quarters of the pictures are cut closer: in real sets letters touch the border, or lose a little.
    """
    if rng.random() < 0.75:
        image = _cut_closer(image, rng)
    for chance, kind in SCENE_TEXT:
        if rng.random() < chance:
            image = kind[rng.integers(len(kind))](image, rng)
    return image


def _cut_closer(image: Picture, rng: Rng) -> Picture:
    """Up to a sixth of the height off above and below, up to three tenths of it off each end; half stays."""
    height, width = image.shape[:2]
    above, below = (int(each) for each in rng.uniform(0, 1 / 6, 2) * height)
    before, behind = (int(each) for each in rng.uniform(0, 0.3, 2) * min(height, width * 0.8))
    return image[above : height - below, before : width - behind]


def _either(rng: Rng, amount: float) -> float:
    return amount if rng.random() < 0.5 else -amount


def _symmetric(rng: Rng, most: float) -> float:
    return float((rng.beta(4, 4) - 0.5) * 2 * most)


def _asymmetric(rng: Rng, most: float) -> float:
    return float(rng.beta(1, 4) * most)


def _blur(image: Picture, _: Rng) -> Picture:
    return blemishes.gaussian_blur(image, round(min(2.0, max(1.0, 0.02 * max(image.shape)))))


def _poisson(image: Picture, rng: Rng) -> Picture:
    return blemishes.poisson_noise(image, round(min(20, 0.2 * max(image.shape))) | 1, rng)


def _slid(x: float, y: float, right: float, down: float) -> Augment:
    """Sheared by `x`, `y` or moved by shares of the width and height, to either side."""

    def operation(image: Picture, rng: Rng) -> Picture:
        side, (height, width) = _either(rng, 1), image.shape[:2]
        matrix = ((1, side * x, side * right * width), (side * y, 1, side * down * height))
        return warps.slide(image, matrix)

    return operation


PARSEQ: tuple[Augment, ...] = (
    lambda image, _: tones.auto_contrast(image),
    lambda image, _: tones.equalize(image),
    lambda image, _: tones.invert(image),
    lambda image, rng: warps.linear(image, warps.turned(_either(rng, 15)), cv2.BORDER_CONSTANT),
    lambda image, _: tones.posterize(image, 2),
    lambda image, _: tones.solarize(image, 128),
    lambda image, _: tones.lift_shadows(image, 55),
    lambda image, rng: tones.saturation(image, 1 + _either(rng, 0.45)),
    lambda image, rng: tones.contrast(image, 1 + _either(rng, 0.45)),
    lambda image, rng: tones.brightness(image, 1 + _either(rng, 0.45)),
    _slid(0.45, 0, 0, 0),
    _slid(0, 0.1, 0, 0),
    _slid(0, 0, 0.05, 0),
    _slid(0, 0, 0, 0.15),
    _blur,
    _poisson,
)


def _abinet_geometry(image: Picture, rng: Rng) -> Picture:
    """A rotation, an affine map or a perspective. Nothing is enlarged: stretching to the shape would undo it."""
    kind, way = rng.random(), RESAMPLINGS[int(rng.integers(2))]
    if kind < 0.33:
        return warps.linear(image, warps.turned(_symmetric(rng, 45)), resampling=way)
    if kind < 0.66:
        shear = np.tan(np.radians((_symmetric(rng, 45), _symmetric(rng, 15))))
        matrix = warps.turned(_symmetric(rng, 45)) @ warps.sheared(*shear) * min(rng.uniform(0.5, 2), 1)
        return warps.linear(image, matrix, resampling=way)
    return _perspective(image, rng, 0.25, way)


def _perspective(image: Picture, rng: Rng, most: float, way: int = cv2.INTER_LINEAR) -> Picture:
    """Each corner moved inward by up to `most` of the sides, by little more often."""
    inward = rng.beta(1, 4, (4, 2)) * most
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float64)
    return warps.project(image, np.abs(unit - inward) * image.shape[1::-1], resampling=way)


_DETERIORATIONS: tuple[Augment, ...] = (
    lambda image, rng: blemishes.gaussian_noise(image, max(int(_asymmetric(rng, 20)), 1) ** 0.5, rng),
    lambda image, rng: blemishes.motion_blur(image, max(int(_asymmetric(rng, 6)), 1), rng.uniform(-90, 90)),
    lambda image, rng: blemishes.pyramid(image, round(rng.uniform(0, 4))),
)

_JITTERS: tuple[Augment, ...] = (
    lambda image, rng: tones.brightness(image, rng.uniform(0.5, 1.5)),
    lambda image, rng: tones.contrast(image, rng.uniform(0.5, 1.5)),
    lambda image, rng: tones.saturation(image, rng.uniform(0.5, 1.5)),
    lambda image, rng: tones.hue(image, rng.uniform(-0.1, 0.1)),
)

SCENE_TEXT: tuple[tuple[float, tuple[Augment, ...]], ...] = (
    (
        0.5,
        (
            lambda image, rng: warps.bow(image, rng.uniform(-0.4, 0.4)),
            lambda image, rng: warps.wave(image, rng.uniform(0.03, 0.12), rng.uniform(0.5, 2), rng.uniform(0, 6.28)),
            lambda image, rng: warps.crowd(image, rng.uniform(-0.6, 0.6)),
            lambda image, rng: warps.linear(image, warps.turned(_symmetric(rng, 20))),
            lambda image, rng: warps.linear(image, warps.sheared(_symmetric(rng, 0.5), 0)),
            lambda image, rng: _perspective(image, rng, 0.4),
            lambda image, rng: warps.thicken(image, rng.uniform(0.03, 0.08), bool(rng.integers(2))),
            lambda image, rng: warps.thicken(image, rng.uniform(0.03, 0.08), bool(rng.integers(2))),
        ),
    ),
    (
        0.65,
        (
            lambda image, rng: blemishes.gaussian_blur(image, 0.4 + rng.uniform(0, 0.06) * image.shape[0]),
            lambda image, rng: blemishes.motion_blur(image, int(rng.integers(2, 7)), rng.uniform(-90, 90)),
            lambda image, rng: blemishes.coarsen(image, int(rng.integers(8, 22))),
        ),
    ),
    (
        0.6,
        (
            lambda image, rng: blemishes.jpeg(image, int(rng.integers(10, 70))),
            lambda image, rng: blemishes.gaussian_noise(image, rng.uniform(2, 20), rng),
            lambda image, rng: tones.brightness(image, rng.uniform(0.5, 1.5)),
            lambda image, rng: tones.contrast(image, rng.uniform(0.25, 1.5)),
        ),
    ),
    (
        0.3,
        (
            lambda image, _: tones.invert(image),
            lambda image, rng: tones.posterize(image, int(rng.integers(2, 6))),
            lambda image, rng: tones.solarize(image, int(rng.integers(96, 224))),
            lambda image, _: tones.equalize(image),
            lambda image, _: tones.auto_contrast(image),
            lambda image, rng: tones.saturation(image, rng.uniform(0, 2)),
        ),
    ),
)
