"""CCD's recognizer: the encoder, two linear layers and NRTR's decoder (section 6.4 of the spec)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from torch import Tensor, nn

from str_pipelines.recognizers.nrtr_decoder import DecoderOptions, NrtrDecoder
from str_pipelines.systems.ccd.config import LONGEST, DecoderParams, EncoderParams
from str_pipelines.systems.ccd.vit import token_encoder
from str_pipelines.text.charsets import Charset


@dataclass(frozen=True)
class CcdOptions:
    """What a `CcdNetwork` is made of."""

    characters: str
    encoder: EncoderParams = EncoderParams()
    decoder: DecoderParams = DecoderParams()


class CcdNetwork(nn.Module):
    """Pictures (B, 3, 32, 128) in 0…1 → loss, or features (B, P, width); a `recognizers.networks.Network`."""

    by_class = ("decoder.embedding.weight", "decoder.head.weight", "decoder.head.bias")

    @staticmethod
    def classes(characters: str) -> list[str]:
        """See `Network`."""
        return [*characters, "unknown", "end", "padding"]

    def __init__(self, options: CcdOptions) -> None:
        super().__init__()
        encoder, sizes = options.encoder, options.decoder
        self.beams, self.charset = sizes.beams, Charset("ccd", options.characters)
        self.backbone = token_encoder(encoder)
        self.linear = nn.Sequential(
            nn.Linear(encoder.width, sizes.width),
            nn.GELU(),
            nn.Dropout(sizes.dropout),
            nn.Linear(sizes.width, sizes.width),
            nn.Dropout(sizes.dropout),
        )
        given = DecoderOptions(sizes.width, sizes.layers, sizes.heads, sizes.inner, sizes.dropout, LONGEST)
        self.decoder = NrtrDecoder(self.charset, given)

    def forward(self, images: Tensor, labels: Sequence[str] | None = None) -> Tensor:
        """The mean loss of `labels`, differentiable in the images; without labels, the features."""
        features = self.features(images)
        return features if labels is None else self.decoder.loss(features, labels)

    def features(self, images: Tensor) -> Tensor:
        """(B, P, width), patch by patch."""
        return cast(Tensor, self.linear(self.backbone.tokens(images)))

    def read(self, images: Tensor) -> list[tuple[str, float]]:
        """B of (text, confidence): the geometric mean of the characters' probabilities, 0…1."""
        return self.decoder.beam(self(images), self.beams)
