"""A small recognizer read off by CTC: convolutions halve the picture twice, a transformer looks along the text.

CTC: Graves et al., ICML 2006. The way from rows of features to a line of characters is CRNN's (Shi et al., 2017) with
a transformer in the place of the recurrent layers. Widths are free; four columns of the picture make a time step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from str_pipelines.recognizers.encoder import ConvEncoder, EncoderOptions, line_encoder
from str_pipelines.text.charsets import Charset

BLANK = 0


class CtcOptions(EncoderOptions):
    """Sizes of a `CtcNetwork`: nothing but those of its encoder."""


class CtcNetwork(nn.Module):
    """Pictures (B, 3, 32, W) in 0…1, W a multiple of 4 → loss, or logits (B, W/4, 1 + characters)."""

    by_class = ("head.weight", "head.bias")

    @staticmethod
    def classes(characters: str) -> list[str]:
        """See `Network`."""
        return ["blank", *characters]

    def __init__(self, options: CtcOptions) -> None:
        super().__init__()
        self.charset = Charset("ctc", options.characters)
        self.encoder = ConvEncoder(options.channels, options.blocks, options.width)
        self.line = line_encoder(options)
        self.head = nn.Linear(options.width, 1 + len(self.charset))

    def forward(self, images: Tensor, labels: Sequence[str] | None = None) -> Tensor:
        """The mean loss of `labels`, differentiable in the images; without labels, the logits (B, T, classes).

        A label that does not fit in T = W / 4 steps, of which each repeated letter takes one more, has loss 0.
        """
        logits: Tensor = self.head(self.features(images))  # (B, T, classes)
        return logits if labels is None else self._loss(logits, labels)

    def features(self, images: Tensor) -> Tensor:
        """(B, T, width), a row a step."""
        found: Tensor = self.line(self.encoder(images))
        return found

    def read(self, images: Tensor) -> list[tuple[str, float]]:
        """Greedy: the best class of each step, repeats and blanks taken out.

        Returns:
            B of (text, confidence): the product over the steps of the best class's probability, 0…1, to the power of
            1 / characters, so that it is that of a character whatever the length.
        """
        chances, classes = self(images).float().softmax(-1).max(-1)  # (B, T) each
        return [self._text(*pair) for pair in zip(chances.log().tolist(), classes.tolist(), strict=True)]

    def _loss(self, logits: Tensor, labels: Sequence[str]) -> Tensor:
        targets = torch.tensor([1 + self.charset.index(each) for label in labels for each in label])
        lengths = torch.tensor([len(label) for label in labels])
        steps = torch.full((len(labels),), logits.shape[1])
        scores = logits.float().log_softmax(-1).transpose(0, 1)  # (T, B, classes)
        return F.ctc_loss(scores, targets.to(logits.device), steps, lengths, BLANK, zero_infinity=True)

    def _text(self, chances: list[float], classes: list[int]) -> tuple[str, float]:
        before = [BLANK, *classes[:-1]]
        text = "".join(
            self.charset.characters[found - 1]
            for found, last in zip(classes, before, strict=True)
            if found not in (BLANK, last)
        )
        return text, math.exp(sum(chances) / max(1, len(text)))
