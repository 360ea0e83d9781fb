"""The decoder of NRTR (Sheng, Chen and Xu, ICDAR 2019) as CCD uses it: features in, one character after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from str_pipelines.layers.attention import Attention, Pair, longer
from str_pipelines.layers.positions import sinusoids
from str_pipelines.text.charsets import Charset

POSITIONS = 200
Caches = list[Pair | None]
Reading = tuple[str, float]


@dataclass(frozen=True)
class DecoderOptions:
    """Sizes; the defaults are those of CCD: 14.27 M parameters with 90 characters. `longest` is where reading stops."""

    width: int = 512
    layers: int = 6
    heads: int = 8
    inner: int = 256
    dropout: float = 0.1
    longest: int = 25


class DecoderLayer(nn.Module):
    """Pre-norm: attention to what is written, attention to the picture, two linear layers."""

    def __init__(self, options: DecoderOptions) -> None:
        super().__init__()
        width, dropout = options.width, options.dropout
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.written = Attention(width, options.heads, dropout)
        self.picture = Attention(width, options.heads, dropout)
        self.linear = nn.Sequential(nn.Linear(width, options.inner), nn.GELU(), nn.Linear(options.inner, width))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, picture: Pair, cache: Pair | None, causal: bool) -> tuple[Tensor, Pair]:
        """Tokens (B, L, width), keys of the picture, and of the tokens before → tokens, and the keys with theirs."""
        normed = self.norms[0](x)
        written = longer(cache, self.written.keys_of(normed))
        x = x + self.written(normed, written, causal)
        x = x + self.picture(self.norms[1](x), picture)
        return x + self.drop(self.linear(self.norms[2](x))), written


class NrtrDecoder(nn.Module):
    """Features (B, S, width) → logits of characters, an unknown one and the end; see `loss`, `greedy`, `beam`.

    The classes are the characters in their order, `unknown`, `end`; tokens have `padding` besides, and `end` also
    begins a text.
    """

    table: Tensor

    def __init__(self, charset: Charset, options: DecoderOptions) -> None:
        super().__init__()
        self.charset, self.options = charset, options
        self.unknown, self.end, self.padding = (len(charset) + each for each in range(3))
        self.embedding = nn.Embedding(len(charset) + 3, options.width, padding_idx=self.padding)
        self.register_buffer("table", sinusoids(POSITIONS, options.width), persistent=False)
        self.drop = nn.Dropout(options.dropout)
        self.layers = nn.ModuleList(DecoderLayer(options) for _ in range(options.layers))
        self.norm = nn.LayerNorm(options.width, eps=1e-6)
        self.head = nn.Linear(options.width, len(charset) + 2)

    def forward(self, tokens: Tensor, features: Tensor) -> Tensor:
        """Teacher forcing: tokens (B, L) int64 → logits (B, L, classes), those of place l from tokens 0 … l."""
        return self._step(tokens, self._keys(features), [None] * len(self.layers), causal=True)[0]

    def loss(self, features: Tensor, labels: Sequence[str]) -> Tensor:
        """Mean cross-entropy over the characters and the end of each label."""
        losses, there = self.losses(features, labels)
        return losses.sum() / there.sum()

    def losses(self, features: Tensor, labels: Sequence[str]) -> tuple[Tensor, Tensor]:
        """(B, L) cross-entropies in nats of the characters and the end of each label, 0 behind them; and where they
        are, bool."""
        tokens = [torch.tensor([self.end, *map(self._class_of, label), self.end]) for label in labels]
        padded = nn.utils.rnn.pad_sequence(tokens, batch_first=True, padding_value=self.padding).to(features.device)
        logits, wanted = self(padded[:, :-1], features).float(), padded[:, 1:]
        losses = F.cross_entropy(logits.mT, wanted, ignore_index=self.padding, reduction="none")
        return losses, wanted != self.padding

    def greedy(self, features: Tensor) -> list[Reading]:
        """The likeliest class at each step; a text with the geometric mean of its steps' probabilities, 0…1."""
        return self.beam(features, 1)

    def beam(self, features: Tensor, beams: int = 5) -> list[Reading]:
        """The likeliest text, by the mean log probability of a step, among `beams` that are followed at once.

        All of a batch go on together, each step with one token a text: what was computed before is cached.
        """
        count, device = len(features), features.device
        picture = self._keys(features.repeat_interleave(beams, 0))
        caches: Caches = [None] * len(self.layers)
        tokens = torch.full((count * beams, 1), self.end, device=device)
        scores = torch.full((count, beams), -torch.inf, device=device)  # sums of log probabilities
        scores[:, 0] = 0.0  # at first all beams are the same one
        done = torch.zeros(count, beams, dtype=torch.bool, device=device)
        steps = torch.zeros(count, beams, device=device)
        for _ in range(self.options.longest + 1):
            logits, caches = self._step(tokens[:, -1:], picture, caches)
            kept, chosen, scores = self._choose(logits[:, -1].float().log_softmax(-1), scores, done, beams)
            flat = (kept + torch.arange(count, device=device)[:, None] * beams).flatten()
            tokens = torch.cat([tokens[flat], chosen.flatten()[:, None]], 1)
            caches = [(each[0][flat], each[1][flat]) for each in caches if each is not None]
            before = done.gather(1, kept)
            steps, done = steps.gather(1, kept) + ~before, before | (chosen == self.end)
            if bool(done.all()):
                break
        means = scores / steps.clamp(min=1)
        best, place = means.max(1)
        texts = tokens.view(count, beams, -1)[torch.arange(count, device=device), place, 1:]
        return [(self._text(row), chance) for row, chance in zip(texts.tolist(), best.exp().tolist(), strict=True)]

    def _choose(self, chances: Tensor, scores: Tensor, done: Tensor, beams: int) -> tuple[Tensor, Tensor, Tensor]:
        """(B, beams) each: which beam is followed, by which token, and its score. What is done stays as it is."""
        chances = chances.view(-1, beams, chances.shape[-1]).clone()  # (B, beams, classes)
        chances[done] = -torch.inf
        chances[..., self.end][done] = 0.0
        best, place = (scores.unsqueeze(-1) + chances).flatten(1).topk(beams)
        classes = chances.shape[-1]
        return place // classes, place % classes, best

    def _step(self, tokens: Tensor, picture: list[Pair], caches: Caches, causal: bool = False) -> tuple[Tensor, Caches]:
        start = 0 if caches[0] is None else caches[0][0].shape[2]
        x = self.drop(self.embedding(tokens) + self.table[start : start + tokens.shape[1]])
        held: Caches = []
        for layer, keys, cache in zip(self.layers, picture, caches, strict=True):
            x, written = layer(x, keys, cache, causal)
            held.append(written)
        return self.head(self.norm(x)), held

    def _keys(self, features: Tensor) -> list[Pair]:
        layers: list[DecoderLayer] = list(self.layers)  # type: ignore[arg-type]  # a ModuleList does not say of what
        return [layer.picture.keys_of(features) for layer in layers]

    def _class_of(self, character: str) -> int:
        return self.charset.index(character) if character in self.charset else self.unknown

    def _text(self, classes: list[int]) -> str:
        until = classes.index(self.end) if self.end in classes else len(classes)
        return "".join(self.charset.characters[each] for each in classes[:until] if each < self.unknown)
