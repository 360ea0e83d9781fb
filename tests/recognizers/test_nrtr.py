"""NRTR's decoder: CCD's parameter count, a cache that changes nothing, and beams that find what greed misses."""

from __future__ import annotations

import pytest
import torch

from str_pipelines.recognizers.nrtr import NrtrNetwork, NrtrOptions
from str_pipelines.recognizers.nrtr_decoder import DecoderOptions, NrtrDecoder
from str_pipelines.text.charsets import Charset

ABC = Charset("abc", "abc")
SIZES = DecoderOptions(width=16, layers=2, heads=2, inner=32, longest=6)


@pytest.fixture
def decoder() -> NrtrDecoder:
    torch.manual_seed(1)
    return NrtrDecoder(ABC, SIZES).eval()


def test_ccds_size() -> None:
    """ccd: 14.27 M parameters with 90 characters, 92 classes and 93 tokens."""
    with torch.device("meta"):
        whole = NrtrDecoder(Charset("90", "".join(map(chr, range(0x4E00, 0x4E5A)))), DecoderOptions())
    assert sum(weight.numel() for weight in whole.parameters()) == 14_274_652
    assert (whole.embedding.num_embeddings, whole.head.out_features) == (93, 92)


def test_step_by_step_equals_all_at_once(decoder: NrtrDecoder) -> None:
    features, tokens = torch.rand(3, 7, 16), torch.randint(0, 3, (3, 5))
    whole = decoder(tokens, features)
    caches, keys, parts = [None, None], decoder._keys(features), []
    for place in range(5):
        logits, caches = decoder._step(tokens[:, place : place + 1], keys, caches)  # type: ignore[assignment]
        parts.append(logits)
    assert torch.allclose(torch.cat(parts, 1), whole, atol=1e-5)


def test_what_is_written_later_is_not_seen(decoder: NrtrDecoder) -> None:
    features, tokens = torch.rand(1, 7, 16), torch.tensor([[4, 0, 1, 2]])
    other = torch.tensor([[4, 0, 2, 0]])
    assert torch.allclose(decoder(tokens, features)[:, :2], decoder(other, features)[:, :2], atol=1e-6)


def test_one_beam_is_greedy(decoder: NrtrDecoder) -> None:
    features = torch.rand(4, 7, 16)
    with torch.inference_mode():
        for row, (text, confidence) in enumerate(decoder.greedy(features)):
            tokens, chances = [decoder.end], []
            while len(tokens) <= SIZES.longest + 1 and (len(tokens) == 1 or tokens[-1] != decoder.end):
                scores = decoder(torch.tensor([tokens]), features[row : row + 1])[0, -1].log_softmax(-1)
                tokens.append(int(scores.argmax()))
                chances.append(float(scores.max()))
            assert text == decoder._text(tokens[1:])
            assert confidence == pytest.approx(torch.tensor(chances).mean().exp().item(), rel=1e-4)


def test_neighbours_do_not_matter(decoder: NrtrDecoder) -> None:
    features = torch.rand(4, 7, 16)
    with torch.inference_mode():
        together = decoder.beam(features, 3)
        alone = [decoder.beam(features[row : row + 1], 3)[0] for row in range(4)]
    assert [text for text, _ in together] == [text for text, _ in alone]
    assert [chance for _, chance in together] == pytest.approx([chance for _, chance in alone], rel=1e-4)


def test_many_beams_are_no_worse(decoder: NrtrDecoder) -> None:
    features = torch.rand(16, 7, 16)
    with torch.inference_mode():
        few, many = decoder.beam(features, 1), decoder.beam(features, 30)
    assert sum(chance for _, chance in many) >= sum(chance for _, chance in few) - 1e-4


def test_it_learns_to_write() -> None:
    torch.manual_seed(0)
    labels = ["a", "bc", "cab", "bbb"]
    network = NrtrNetwork(NrtrOptions("abc", (8, 8, 8), (0, 0, 0), 32, 1, 2, dropout=0.0, decoder_layers=1))
    images = torch.rand(4, 3, 32, 32)
    optimizer = torch.optim.AdamW(network.parameters(), 5e-3)
    for _ in range(80):
        loss = network(images, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.inference_mode():
        assert [text for text, _ in network.eval().read(images)] == labels


def test_the_loss_reaches_the_picture_and_knows_the_unknown() -> None:
    images = torch.rand(1, 3, 32, 32, requires_grad=True)
    loss = NrtrNetwork(NrtrOptions("abc", (8, 8, 8), (0, 0, 0), 16, 1, 2, decoder_layers=1))(images, ["aé"])
    loss.backward()
    assert torch.isfinite(loss)
    assert images.grad is not None
    assert float(images.grad.abs().sum()) > 0
