"""Sizes of the networks as published, counted without memory; shapes; what a head sees."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from str_pipelines.systems.ccd.config import ENCODERS, PUBLISHED_DECODER, DecoderParams, EncoderParams, HeadParams
from str_pipelines.systems.ccd.decoder import Restorer, Segmenter
from str_pipelines.systems.ccd.downstream_config import PatchDecoderParams
from str_pipelines.systems.ccd.head import DinoHead
from str_pipelines.systems.ccd.reader import CcdNetwork, CcdOptions
from str_pipelines.systems.ccd.released import CHARSET
from str_pipelines.systems.ccd.segmentation import SegmentationHead
from str_pipelines.systems.ccd.vit import VisionTransformer


def millions(network: nn.Module) -> float:
    return sum(weight.numel() for weight in network.parameters()) / 1e6


@pytest.mark.parametrize(("name", "encoder", "reader", "segmentation"), [
    ("tiny", 5.40, 20.0, 1.35), ("small", 21.41, 36.15, 2.01), ("base", 37.99, 52.8, 2.45),
])  # fmt: skip
def test_sizes_are_the_published_ones(name: str, encoder: float, reader: float, segmentation: float) -> None:
    with torch.device("meta"):
        assert millions(VisionTransformer(ENCODERS[name])) == pytest.approx(encoder, abs=0.006)
        network = CcdNetwork(CcdOptions(CHARSET.characters, ENCODERS[name], PUBLISHED_DECODER))
        assert millions(SegmentationHead(ENCODERS[name], 128)) == pytest.approx(segmentation, abs=0.01)
    assert millions(network.decoder) == pytest.approx(14.27, abs=0.006)
    assert millions(network) == pytest.approx(reader, abs=0.05)


def test_the_mini_is_mini() -> None:
    with torch.device("meta"):
        assert millions(VisionTransformer(ENCODERS["mini"])) == pytest.approx(1.22, abs=0.01)
    assert ENCODERS["mini"].grid == (8, 16)


def test_the_published_head_has_22_million_weights() -> None:
    with torch.device("meta"):
        head = DinoHead(384, HeadParams(hidden=2048, bottleneck=256, prototypes=65536), fixed_gain=True)
    assert millions(head) == pytest.approx(22.4, abs=0.2)
    assert not head.last.gain.requires_grad


@pytest.mark.parametrize("patch", [(4, 4), (4, 8)])
def test_pictures_become_tokens_and_masks(patch: tuple[int, int]) -> None:
    params = EncoderParams(width=16, depth=3, heads=2, inner=(1, 2, 3), patch=patch)
    encoder, images = VisionTransformer(params).eval(), torch.rand(2, 3, 32, 128)
    tokens, inner = encoder(images)
    assert tokens.shape == (2, params.grid[0] * params.grid[1], 16) and inner[0].shape == (2, 16, *params.grid)
    assert torch.equal(tokens, encoder.tokens(images))
    assert SegmentationHead(params, 8)(inner).shape == (2, 2, 32, 128)
    attention = encoder.attention(images)
    assert attention.shape == (2, *params.grid) and torch.allclose(attention.sum((1, 2)), torch.ones(2))


def test_every_weight_that_is_to_learn_has_a_gradient() -> None:
    """Or else several processes, which wait for all gradients, stop at the second step."""
    encoder = EncoderParams(width=16, depth=3, heads=2, inner=(1, 2, 3))
    images = torch.rand(2, 3, 32, 128)
    reader = CcdNetwork(CcdOptions("abc", encoder, DecoderParams(width=16, heads=2, inner=16)))
    reader(images, ["a", "cb"]).backward()
    patches = PatchDecoderParams()
    downstream = Segmenter(encoder, patches), Restorer(encoder, patches, residual=False)
    for network in downstream:
        network(images).sum().backward()
    for network in (reader, *downstream):
        assert [
            name for name, weight in network.named_parameters() if weight.requires_grad and weight.grad is None
        ] == []


def test_depth_is_stochastic_only_while_training() -> None:
    encoder = VisionTransformer(EncoderParams(width=16, depth=3, heads=2, inner=(1, 2, 3)), drop_path=0.5)
    images = torch.rand(1, 3, 32, 128)
    torch.manual_seed(0)
    assert len({encoder.tokens(images).sum().item() for _ in range(8)}) > 1
    encoder.eval()
    assert len({encoder.tokens(images).sum().item() for _ in range(3)}) == 1


def test_prototypes_have_length_one() -> None:
    head = DinoHead(8, HeadParams(hidden=8, bottleneck=4, prototypes=16), fixed_gain=False)
    logits = head(torch.randn(5, 8))
    assert logits.shape == (5, 16) and float(logits.detach().abs().max()) <= 1 + 1e-5
    vector = torch.randn(1, 8)
    before = head(vector)
    with torch.no_grad():
        head.last.directions.mul_(3)
    assert torch.allclose(before, head(vector), atol=1e-6)


@pytest.mark.parametrize("wrong", [{"patch": (8, 8)}, {"heads": 3}, {"depth": 5}])
def test_sizes_that_do_not_fit_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="patches are|no encoder"):
        EncoderParams.model_validate(wrong)
