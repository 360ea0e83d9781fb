"""What TextSSR's stages minimise."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def velocity(clean: Tensor, noise: Tensor, alpha_bar: Tensor) -> Tensor:
    """v = √ᾱ ε − √(1 − ᾱ) z₀ (section 5.4 of the spec; Salimans and Ho, 2022). `alpha_bar` is (B,)."""
    signal, rest = alpha_bar.sqrt()[:, None, None, None], (1 - alpha_bar).sqrt()[:, None, None, None]
    return signal * noise - rest * clean


def noised(clean: Tensor, noise: Tensor, alpha_bar: Tensor) -> Tensor:
    """z_t = √ᾱ z₀ + √(1 − ᾱ) ε."""
    signal, rest = alpha_bar.sqrt()[:, None, None, None], (1 - alpha_bar).sqrt()[:, None, None, None]
    return signal * clean + rest * noise


def region_weights(hole: Tensor, text: float) -> Tensor:
    """(B, 1, h, w) in 0…1 → weights of mean 1 over each sample: the hole counts `text` times more than the rest.

    A word covers about a quarter of its square; unweighted, most of the loss is about copying what is known.
    """
    weights = 1 + text * hole
    return weights / weights.mean((1, 2, 3), keepdim=True)


def velocity_loss(found: Tensor, wanted: Tensor, weights: Tensor) -> Tensor:
    """The weighted mean square, (B,)."""
    return (weights * (found.float() - wanted.float()) ** 2).mean((1, 2, 3))


def vae_losses(found: Tensor, wanted: Tensor, mean: Tensor, logvar: Tensor, weights: Tensor) -> dict[str, Tensor]:
    """`absolute` error and that of the `edge`s, both weighted, of pictures (B, 3, H, W); `kl` in nats a latent."""
    error = found.float() - wanted
    across = F.pad(error[..., 1:] - error[..., :-1], (0, 1)).abs()
    down = F.pad(error[..., 1:, :] - error[..., :-1, :], (0, 0, 0, 1)).abs()
    mean, logvar = mean.float(), logvar.float()
    return {
        "absolute": (weights * error.abs()).mean(),
        "edge": (weights * (across + down)).mean(),
        "kl": 0.5 * (mean**2 + logvar.exp() - 1 - logvar).mean(),
    }


def psnr(found: Tensor, wanted: Tensor) -> Tensor:
    """(B,) decibels of pictures in -1…1."""
    return -10 * torch.log10(((found - wanted) / 2).float().square().mean((1, 2, 3)).clamp(min=1e-10))
