"""The CTC network: shapes, loss, reading off, and the gradient that reaches the picture."""

from __future__ import annotations

import pytest
import torch

from str_pipelines.recognizers.ctc import BLANK, CtcNetwork, CtcOptions
from str_pipelines.text.charsets import CHARSETS

SMALL = CtcOptions("abc", channels=(8, 8, 8), blocks=(0, 0, 0), width=16, layers=1, heads=2)


def network() -> CtcNetwork:
    torch.manual_seed(0)
    return CtcNetwork(SMALL).eval()


def test_the_shipped_size_keeps_its_parameters_and_limit() -> None:
    with torch.device("meta"):
        whole = CtcNetwork(CtcOptions(CHARSETS["94"].characters))
    count = sum(weight.numel() for weight in whole.parameters())
    assert count == 1_196_447
    assert 2 * count < 6e6  # bytes in 16 bits


@pytest.mark.parametrize("width", [32, 100, 512])
def test_four_columns_make_a_step(width: int) -> None:
    assert network()(torch.rand(2, 3, 32, width)).shape == (2, width // 4, 4)


def test_the_loss_reaches_the_picture() -> None:
    images = torch.rand(2, 3, 32, 48, requires_grad=True)
    loss = network()(images, ["ab", "cc"])
    loss.backward()
    assert torch.isfinite(loss)
    assert images.grad is not None
    assert float(images.grad.abs().sum()) > 0


def test_a_label_that_does_not_fit_costs_nothing() -> None:
    """Three steps cannot hold four times the same letter."""
    assert network()(torch.rand(1, 3, 32, 12), ["aaaa"]).item() == 0


def test_repeats_are_one_letter_and_blanks_part_two() -> None:
    reading = network()._text
    a, b = 1, 2
    assert reading([0.0] * 6, [a, a, BLANK, a, b, BLANK]) == ("aab", 1.0)
    assert reading([-1.0, 0.0], [BLANK, BLANK])[0] == ""


def test_confidence_is_that_of_a_character() -> None:
    text, confidence = network()._text([-0.5, -0.5], [1, 2])
    assert text == "ab"
    assert confidence == pytest.approx(torch.tensor(-0.5).exp().item())


def test_light_and_contrast_do_not_matter() -> None:
    images = torch.rand(1, 3, 32, 64)
    first, second = (network()(each) for each in (images, images * 0.5 + 0.2))
    assert torch.allclose(first, second, atol=0.1)
