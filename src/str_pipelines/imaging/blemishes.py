"""What cameras and codecs do to pictures: blur, noise, lost resolution, JPEG."""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""(H, W, 3) uint8."""


def gaussian_blur(image: Picture, sigma: float) -> Picture:
    """Blur of a lens out of focus; `sigma` in pixels."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.uint8)


def motion_blur(image: Picture, length: int, degrees: float) -> Picture:
    """Blur of a camera moved by `length` pixels in a direction, 0 along the rows."""
    size = length | 1
    middle, angle = size // 2, np.radians(degrees)
    reach = np.array([np.cos(angle), np.sin(angle)]) * (length - 1) / 2
    kernel = np.zeros((size, size), np.float32)
    ends = [tuple(np.round(middle + sign * reach).astype(int).tolist()) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE), np.uint8)


def gaussian_noise(image: Picture, deviation: float, rng: np.random.Generator) -> Picture:
    """Noise of a sensor, each channel by itself; the standard deviation in levels of 256."""
    noise = _normal()[rng.integers(1 << 16, size=image.shape, dtype=np.uint16)]
    return np.asarray(cv2.add(image, noise * np.float32(deviation), dtype=cv2.CV_8U), np.uint8)


def poisson_noise(image: Picture, rate: int, rng: np.random.Generator) -> Picture:
    """Poisson's noise of this `rate` in levels added to all channels alike: it only brightens, as in PARSeq."""
    noise = _poisson(rate)[rng.integers(1 << 16, size=image.shape[:2], dtype=np.uint16)]
    return np.asarray(cv2.add(image, cv2.cvtColor(noise, cv2.COLOR_GRAY2RGB)), np.uint8)


def coarsen(image: Picture, height: int) -> Picture:
    """Shrunk to `height` pixels and stretched again: a word from far away."""
    size = (max(1, round(image.shape[1] * height / image.shape[0])), height)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def pyramid(image: Picture, steps: int) -> Picture:
    """At 512 x 128, halved so many times with a Gaussian before each, and back: ABINet's loss of resolution.

    The first halvings of a smaller picture, which take nothing from it, are left out.
    """
    done = 0
    while done < steps and image.shape[1] <= 512 >> done + 1 and image.shape[0] <= 128 >> done + 1:
        done += 1
    if done == steps:
        return image
    small = cv2.resize(image, (512 >> done, 128 >> done))
    for _ in range(steps - done):
        small = cv2.pyrDown(small)
    return np.asarray(cv2.resize(small, image.shape[1::-1]), np.uint8)


def jpeg(image: Picture, quality: int) -> Picture:
    """Through JPEG of a quality of 1 to 100 and back."""
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"a picture of shape {image.shape} could not be encoded as JPEG")
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


@lru_cache(maxsize=1)
def _normal() -> NDArray[np.float32]:
    """65,536 equally likely values of the normal distribution: quicker to draw from than NumPy's own."""
    return np.array([NormalDist().inv_cdf((place + 0.5) / (1 << 16)) for place in range(1 << 16)], np.float32)


@lru_cache(maxsize=32)
def _poisson(rate: int) -> NDArray[np.uint8]:
    """The same of Poisson's."""
    values = np.arange(1, 256)
    logarithms = np.concatenate([[0.0], np.cumsum(np.log(rate / values))]) - rate
    return np.searchsorted(np.cumsum(np.exp(logarithms)), (np.arange(1 << 16) + 0.5) / (1 << 16)).astype(np.uint8)
