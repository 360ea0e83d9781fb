"""How near a restored picture is to the one that it should be: PSNR and SSIM, of RGB, a picture at a time.

Published figures of TextZoom are of RGB in 0…1 and of whole batches; a mean over pictures does not depend on batches.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.floating]
WINDOW, SIGMA = 11, 1.5
C1, C2 = 0.01**2, 0.03**2


def psnr(picture: Picture, wanted: Picture) -> float:
    """Peak signal-to-noise ratio in dB of two pictures (H, W, 3) in 0…1, over all pixels and channels; 100 at most,
    where they are the same.

    Raises:
        ValueError: they are of different shapes.
    """
    error = float(np.mean((_float(picture, wanted) - wanted) ** 2, dtype=np.float64))
    return min(100.0, float(-10 * np.log10(max(error, 1e-10))))


def ssim(picture: Picture, wanted: Picture) -> float:
    """Structural similarity (Wang et al., 2004) of two pictures (H, W, 3) in 0…1: the mean of `ssim_map`.

    Raises:
        ValueError: they are of different shapes.
    """
    return float(ssim_map(picture, wanted).mean())


def ssim_map(picture: Picture, wanted: Picture) -> NDArray[np.float64]:
    """(H, W, 3): similarity around each pixel, in a Gaussian window of 11 x 11, standard deviation 1.5; what lies
    outside of the picture is 0, as in the code that TextZoom's figures are made with."""
    one, other = _float(picture, wanted), np.asarray(wanted, np.float64)
    mean_one, mean_other = _around(one), _around(other)
    one_one, other_other, both = mean_one**2, mean_other**2, mean_one * mean_other
    spread = _around(one * one) - one_one + _around(other * other) - other_other
    covered = _around(one * other) - both
    alike = (2 * both + C1) * (2 * covered + C2) / ((one_one + other_other + C1) * (spread + C2))
    return np.asarray(alike, np.float64)


def _around(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    blurred = cv2.GaussianBlur(plane, (WINDOW, WINDOW), SIGMA, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(blurred, np.float64)


def _float(picture: Picture, wanted: Picture) -> NDArray[np.float64]:
    if picture.shape != wanted.shape:
        raise ValueError(f"two pictures of one shape are wanted, not {picture.shape} and {wanted.shape}")
    return np.asarray(picture, np.float64)
