"""Sizes and settings of TextSSR. The defaults are the small painter; `PUBLISHED` is the published geometry."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from str_pipelines.params import Names, Params
from str_pipelines.training.config import TrainParams

LONGEST = 25
"""Characters of a text: one image each (TextSSR, character images)."""


class VaeParams(Params):
    """Between pictures and latents: `stem` × `fold` × 2^(levels - 1) is the factor f, `latent` × `fold`² channels C.

    `stem` folds squares of so many pixels a side into channels before the first convolution, `fold` does so with the
    latents behind the last one: what the UNet sees is small, and nothing is lost on the way.
    """

    channels: tuple[int, ...] = (64, 96)
    layers: int = Field(default=1, ge=1)
    latent: int = Field(default=4, ge=1)
    groups: int = Field(default=16, ge=1)
    attention: bool = False
    stem: int = Field(default=2, ge=1)
    fold: int = Field(default=2, ge=1)

    @property
    def factor(self) -> int:
        """How many pixels, to one side, make a latent: f."""
        return int(self.stem * self.fold * 2 ** (len(self.channels) - 1))

    @property
    def out(self) -> int:
        """Channels of a latent: C."""
        return self.latent * self.fold**2


class UnetParams(Params):
    """What predicts v: a level halves the latents; `heads` of a level, 0 for one without attention."""

    channels: tuple[int, ...] = (96, 160)
    layers: int = Field(default=1, ge=1)
    heads: tuple[int, ...] = (3, 5)
    groups: int = Field(default=32, ge=1)


class GlyphParams(Params):
    """What makes tokens of the characters' images, each `cell` pixels a side.

    `characters`: one token a character, the rest masked. `cells`: as published, a transformer on patches of all 25
    images stacked, one token a patch and a class token.
    """

    tokens: Literal["characters", "cells"] = "characters"
    cell: int = Field(default=32, ge=8)
    patch: int = Field(default=8, ge=2)
    width: int = Field(default=160, ge=8)
    depth: int = Field(default=2, ge=0)
    heads: int = Field(default=5, ge=1)


class NetworkParams(Params):
    """The three networks and the side of the square, in pixels, in which they paint.

    With `windows` painters look at the part of it round the hole alone: half of the work for usual words.
    """

    resolution: int = Field(default=128, ge=16)
    windows: bool = True
    vae: VaeParams = VaeParams()
    unet: UnetParams = UnetParams()
    glyph: GlyphParams = GlyphParams()

    @model_validator(mode="after")
    def _halved_to_the_end(self) -> Self:
        if self.resolution % self.grain:
            raise ValueError(
                f"resolution {self.resolution} is no multiple of {self.grain}, by which VAE and UNet divide it"
            )
        return self

    @property
    def grain(self) -> int:
        """The sides of what the UNet can take, in pixels, are multiples of this."""
        return int(self.vae.factor * 2 ** (len(self.unet.channels) - 1))


PUBLISHED = NetworkParams(
    resolution=256,
    windows=False,
    vae=VaeParams(channels=(128, 256, 512, 512), layers=2, groups=32, attention=True, stem=1, fold=1),
    unet=UnetParams(channels=(320, 640, 1280, 1280), layers=2, heads=(5, 10, 20, 0)),
    glyph=GlyphParams(tokens="cells", cell=64, patch=8, width=1024, depth=6, heads=8),
)
"""Stable Diffusion 2.1's, and TextSSR's glyph encoder: VAE 83,653,863, UNet 865,936,644, encoder 77,286,400."""


class CropParams(Params):
    """The square round a word: its side is `margin` times the longer side of the word's box.

    While training `margins` are the least and the most, and the word may stand anywhere in the square; `keep` is the
    share of samples whose square is centred, as it is while painting. `squares` is in how many squares a word is seen,
    in turn; 0: in another one every time. Where it is given, painters make the latents of each square once and remember
    them: at most 24 KiB a square of the small painter. `fonts` are files or folders for the glyphs.
    """

    margin: float = Field(default=1.15, ge=1)
    margins: tuple[float, float] = (1.05, 1.6)
    keep: float = Field(default=0.5, ge=0, le=1)
    squares: int = Field(default=0, ge=0)
    fonts: Names = ()


class SamplerParams(Params):
    """How noise becomes a picture. With `guidance` 1 a step asks the network for each word once, else twice.

    The published painter has none in 20 steps of DDPM; a small one, little trained, is hardly legible without.

    `precision` auto takes bfloat16 where that is quicker: on a GPU, and on processors with AMX.
    """

    scheduler: Literal["ddpm", "ddim", "dpm", "unipc"] = "unipc"
    steps: int = Field(default=6, ge=1, le=1000)
    guidance: float = Field(default=3.0, ge=0)
    batch_size: int = Field(default=16, ge=1)
    precision: Literal["auto", "fp32", "bf16"] = "auto"


class WordSetsParams(Params):
    """Further scene LMDBs by path, and the shares of all of them (those of the catalog first); none: by their sizes.

    The share of a set without a usable word goes to the others.
    """

    more: Names = ()
    ratios: tuple[float, ...] = ()
    seed: int = Field(default=0, ge=0)


class ValidationParams(Params):
    """Of the words, `share` are held out, photographs whole; at most `count` of them are judged."""

    share: float = Field(default=0.05, gt=0, lt=1)
    count: int = Field(default=64, ge=1)
    steps: int = Field(default=10, ge=1)
    reader: str = "ctc_small"


class VaeLossParams(Params):
    """Weights of the VAE's losses: absolute error is 1; `text` is how many times more a pixel of the word counts.

    `noise` is how much of it, at most, latents get before they are decoded, as a share of their own deviation.
    `window` is the side of the window round a pixel of the word that is learned from, 0 for the whole square: most of
    a square is no text, and it costs as much.
    """

    edge: float = Field(default=0.5, ge=0)
    kl: float = Field(default=1e-5, ge=0)
    text: float = Field(default=3.0, ge=0)
    noise: float = Field(default=0.3, ge=0)
    window: int = Field(default=64, ge=0)


class DenoiserLossParams(Params):
    """`text` is how many times more a latent in the hole counts; `dropout` the share of samples without glyphs.

    With a `guidance` other than 1 the painter learns what the one that it starts from answers with so much guidance,
    and then needs none: the network is asked for half as much (Meng et al., "On Distillation of Guided Diffusion
    Models", CVPR 2023, section 3.1, here for one weight w = `guidance` - 1).
    """

    text: float = Field(default=4.0, ge=0)
    dropout: float = Field(default=0.1, ge=0, le=1)
    guidance: float = Field(default=1.0, ge=0)


class VaeStageParams(Params):
    """Parameters of `textssr.vae`; `start` is the VAE that goes on learning, a folder or a shipped name."""

    start: str = ""
    network: NetworkParams = NetworkParams()
    crop: CropParams = CropParams()
    sets: WordSetsParams = WordSetsParams()
    loss: VaeLossParams = VaeLossParams()
    validation: ValidationParams = ValidationParams()
    train: TrainParams = TrainParams()


class DenoiserStageParams(Params):
    """Parameters of `textssr.step1` and `textssr.step2`."""

    crop: CropParams = CropParams()
    sets: WordSetsParams = WordSetsParams()
    loss: DenoiserLossParams = DenoiserLossParams()
    validation: ValidationParams = ValidationParams()
    train: TrainParams = TrainParams()


class StageConfig(Params):
    """What a worker's config.json says of a stage: its parameters, the scene LMDBs, and the folder it starts from."""

    network: NetworkParams
    crop: CropParams
    sets: WordSetsParams
    validation: ValidationParams
    scenes: tuple[Path, ...]
    start: Path | None = None


class VaeConfig(StageConfig):
    """Of `systems.textssr.vae_stage`."""

    loss: VaeLossParams


class DenoiserConfig(StageConfig):
    """Of `systems.textssr.denoiser_stage`; `start` has a VAE, and in step 2 a UNet too."""

    loss: DenoiserLossParams
