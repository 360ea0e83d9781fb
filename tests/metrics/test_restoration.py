"""PSNR and SSIM against scikit-image, and what any such measure must say."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from str_pipelines.metrics.restoration import psnr, ssim, ssim_map


def pictures(seed: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    wanted = np.clip(np.kron(rng.random((4, 16, 3)), np.ones((8, 8, 1))), 0, 1)
    return np.clip(wanted + rng.normal(0, noise, wanted.shape), 0, 1), wanted


@pytest.mark.parametrize("seed", range(4))
def test_they_are_those_of_scikit_image(seed: int) -> None:
    picture, wanted = pictures(seed, 0.05 * (seed + 1))
    assert psnr(picture, wanted) == pytest.approx(peak_signal_noise_ratio(wanted, picture, data_range=1), abs=1e-9)
    how = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "data_range": 1, "channel_axis": 2}
    _, whole = structural_similarity(picture, wanted, full=True, **how)
    inner = slice(5, -5), slice(5, -5)  # beyond it scikit-image mirrors the picture, and here it ends
    np.testing.assert_allclose(ssim_map(picture, wanted)[inner], whole[inner], atol=1e-9)


def test_the_same_is_best_and_more_noise_is_worse() -> None:
    _, wanted = pictures(0, 0)
    assert ssim(wanted, wanted) == pytest.approx(1) and psnr(wanted, wanted) == 100
    figures = [(psnr(*pictures(0, noise)), ssim(*pictures(0, noise))) for noise in (0.02, 0.05, 0.1, 0.3)]
    assert figures == sorted(figures, reverse=True)
    assert psnr(np.zeros((8, 8, 3)), np.ones((8, 8, 3))) == pytest.approx(0)
    with pytest.raises(ValueError, match="of one shape"):
        psnr(wanted, wanted[:8])
