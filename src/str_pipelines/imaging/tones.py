"""Pictures in other colours and tones; mostly tables of 256 values, as Pillow's ImageOps and ImageEnhance have them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""(H, W, 3) uint8 RGB."""
LEVELS = np.arange(256)


def invert(image: Picture) -> Picture:
    """The negative."""
    return np.asarray(255 - image, np.uint8)


def posterize(image: Picture, bits: int) -> Picture:
    """Only the upper `bits` of each channel, 0 to 8."""
    return image & np.uint8(256 - (1 << (8 - bits)))


def solarize(image: Picture, threshold: int) -> Picture:
    """The negative of what is as bright as `threshold`, 0 to 256, or brighter."""
    return _mapped(image, np.where(LEVELS < threshold, LEVELS, 255 - LEVELS))


def lift_shadows(image: Picture, amount: int) -> Picture:
    """`amount` more for what is below 128: RandAugment's SolarizeAdd."""
    return _mapped(image, np.where(LEVELS < 128, LEVELS + amount, LEVELS))


def brightness(image: Picture, factor: float) -> Picture:
    """All values times `factor`."""
    return _mapped(image, LEVELS * factor)


def contrast(image: Picture, factor: float) -> Picture:
    """All values `factor` times as far from the mean luminance."""
    mean = round(float(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).mean()))
    return _mapped(image, mean + (LEVELS - mean) * factor)


def saturation(image: Picture, factor: float) -> Picture:
    """Colours `factor` times as far from grey."""
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.addWeighted(image, factor, grey, 1 - factor, 0), np.uint8)


def hue(image: Picture, turn: float) -> Picture:
    """Hues turned by `turn` of the whole circle, -0.5 to 0.5."""
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV_FULL)
    hsv[..., 0] += np.uint8(round(turn * 256) % 256)  # wraps round
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB_FULL), np.uint8)


def auto_contrast(image: Picture) -> Picture:
    """Each channel stretched from its darkest and brightest value to 0 and 255."""
    pixels = image.reshape(-1, 3)
    low, high = (cv2.reduce(pixels, 0, way)[0].astype(int) for way in (cv2.REDUCE_MIN, cv2.REDUCE_MAX))
    stretched = (LEVELS[:, None] - low) * (255 / np.maximum(high - low, 1))  # (256, 3)
    return _mapped(image, np.where(low < high, stretched, LEVELS[:, None])[None])


def equalize(image: Picture) -> Picture:
    """Each channel with a flat histogram."""
    return np.stack([cv2.equalizeHist(image[..., channel]) for channel in range(3)], axis=2)


def _mapped(image: Picture, table: NDArray[np.floating] | NDArray[np.integer]) -> Picture:
    return np.asarray(cv2.LUT(image, np.clip(table, 0, 255).astype(np.uint8)), np.uint8)
