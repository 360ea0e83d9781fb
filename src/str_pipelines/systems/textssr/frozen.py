"""A UNet that only paints, as a processor is quickest with it: a graph of constants, with no Python between its layers.

The same function but for the last bits of a float; `benchmarks/textssr.py` has both beside each other.
"""

from __future__ import annotations

import warnings

import torch
from torch import Tensor, nn

from str_pipelines.systems.textssr.config import NetworkParams
from str_pipelines.systems.textssr.model import Denoiser


class FrozenUnet(nn.Module):
    """A UNet as TorchScript, asked as diffusers' is asked; of any batch, and of windows of any size."""

    def __init__(self, denoiser: Denoiser, params: NetworkParams) -> None:
        super().__init__()
        side = params.grain // params.vae.factor * 2
        inputs, steps = torch.zeros(2, 3 * params.vae.out + 1, side, side), torch.zeros(2)
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sizes that it takes for constants; a test asks for others
            cells = torch.ones(2, 25, params.glyph.cell, params.glyph.cell)
            tokens, seen = denoiser.glyph_encoder(cells, torch.ones(2, dtype=torch.int64))
            known = (inputs, steps, tokens) if seen is None else (inputs, steps, tokens, seen)
            traced = torch.jit.trace(_Answer(denoiser.unet).eval(), known, check_trace=False)  # type: ignore[no-untyped-call]
            self.traced = torch.jit.freeze(traced)

    def forward(
        self, inputs: Tensor, steps: Tensor, tokens: Tensor, encoder_attention_mask: Tensor | None, return_dict: bool
    ) -> tuple[Tensor]:
        """See diffusers' UNet2DConditionModel; there is no dictionary."""
        seen = () if encoder_attention_mask is None else (encoder_attention_mask,)
        return (self.traced(inputs, steps, tokens, *seen),)


class _Answer(nn.Module):
    """Tensors in and a tensor out, as tracing wants it."""

    def __init__(self, unet: nn.Module) -> None:
        super().__init__()
        self.unet = unet

    def forward(self, inputs: Tensor, steps: Tensor, tokens: Tensor, seen: Tensor | None = None) -> Tensor:
        found: Tensor = self.unet(inputs, steps, tokens, encoder_attention_mask=seen, return_dict=False)[0]
        return found


def frozen(denoiser: Denoiser, params: NetworkParams) -> Denoiser:
    """The same, to paint with on a processor in 32 bits."""
    denoiser.unet = FrozenUnet(denoiser.requires_grad_(False), params)
    return denoiser
