"""A recognizer that writes: the convolutions of `ctc`, a transformer over the columns, and NRTR's decoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from str_pipelines.recognizers.encoder import ConvEncoder, EncoderOptions, line_encoder
from str_pipelines.recognizers.nrtr_decoder import DecoderOptions, NrtrDecoder
from str_pipelines.text.charsets import Charset


@dataclass(frozen=True)
class NrtrOptions(EncoderOptions):
    """Sizes of an `NrtrNetwork`, small by default. `beams` of 1 read greedily; `longest` is where reading stops."""

    decoder_layers: int = 2
    beams: int = 1
    longest: int = 25


class NrtrNetwork(nn.Module):
    """Pictures (B, 3, 32, W) in 0…1, W a multiple of 4 → loss, or features (B, W/4, width)."""

    by_class = ("decoder.embedding.weight", "decoder.head.weight", "decoder.head.bias")

    @staticmethod
    def classes(characters: str) -> list[str]:
        """See `Network`."""
        return [*characters, "unknown", "end", "padding"]

    def __init__(self, options: NrtrOptions) -> None:
        super().__init__()
        width, heads, dropout = options.width, options.heads, options.dropout
        self.beams, self.charset = options.beams, Charset("nrtr", options.characters)
        self.encoder = ConvEncoder(options.channels, options.blocks, width)
        self.line = line_encoder(options)
        sizes = DecoderOptions(width, options.decoder_layers, heads, 2 * width, dropout, options.longest)
        self.decoder = NrtrDecoder(self.charset, sizes)

    def forward(self, images: Tensor, labels: Sequence[str] | None = None) -> Tensor:
        """The mean loss of `labels`, differentiable in the images; without labels, the features."""
        features = self.features(images)
        return features if labels is None else self.decoder.loss(features, labels)

    def features(self, images: Tensor) -> Tensor:
        """(B, W/4, width)."""
        found: Tensor = self.line(self.encoder(images))
        return found

    def read(self, images: Tensor) -> list[tuple[str, float]]:
        """B of (text, confidence): the geometric mean of the characters' probabilities, 0…1."""
        return self.decoder.beam(self(images), self.beams)
