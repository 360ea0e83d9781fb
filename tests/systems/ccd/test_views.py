"""Pictures, masks and regions move together, whatever is drawn; what is drawn lies where it should."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from str_pipelines.systems.ccd.characters import warp_regions
from str_pipelines.systems.ccd.config import ViewParams
from str_pipelines.systems.ccd.views import draw_theta, two_views, warp, warp_masks

STILL = {"scale": (1.0, 1.0), "shift": 0.0, "turn": 0.0, "shear": (0.0, 0.0)}


def drawn(**changes: object) -> ViewParams:
    return ViewParams.model_validate({**STILL, **changes})


def blob() -> Tensor:
    """A mask with two thick letters."""
    mask = np.zeros((32, 128), np.uint8)
    cv2.circle(mask, (40, 16), 9, 1, -1)
    cv2.rectangle(mask, (70, 8), (84, 24), 1, -1)
    return torch.from_numpy(mask)[None]


@given(st.integers(0, 10**6), st.floats(1, 8))
def test_picture_and_mask_stay_together(seed: int, aspect: float) -> None:
    torch.manual_seed(seed)
    seen = two_views(blob()[:, None].expand(-1, 3, -1, -1).float(), torch.tensor([aspect]), ViewParams(plain=1.0))
    mask, regions = warp_masks(blob(), seen.theta).bool(), warp_regions(blob(), seen.theta).bool()
    assert torch.equal(seen.pictures[1, 0] > 0.5, mask[0])
    both, either = (mask & regions).sum(), (mask | regions).sum()
    assert either == 0 or both / either > 0.85  # the nearest pixel and the bilinear one differ along edges


def test_under_autocast_places_are_the_same() -> None:
    found = []
    for precise in (True, False):
        torch.manual_seed(1)
        with torch.autocast("cpu", torch.bfloat16, enabled=not precise):
            seen = two_views(blob()[:, None].expand(-1, 3, -1, -1).float(), torch.tensor([3.0]), ViewParams(clean=0.0))
            found.append((*seen, warp_masks(blob(), seen.theta), warp_regions(blob(), seen.theta)))
    assert all(torch.equal(first, second) for first, second in zip(*found, strict=True))


def test_still_is_still() -> None:
    theta = draw_theta(torch.tensor([4.0, 1.0]), drawn())
    assert torch.allclose(theta, torch.eye(2, 3).expand(2, -1, -1), atol=1e-6)


def test_a_turn_is_one_of_the_picture_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the stretched picture a circle of the square one is an ellipse: turned, it has to be the same ellipse."""
    monkeypatch.setattr(torch, "rand_like", lambda x: torch.ones_like(x))
    mask = np.zeros((32, 128), np.uint8)
    cv2.ellipse(mask, (64, 16), (40, 10), 0, 0, 360, 1, -1)
    circle = torch.from_numpy(mask)[None]
    turned = warp_masks(circle, draw_theta(torch.tensor([1.0]), drawn(turn=30.0)))
    assert (turned != circle).float().mean() < 0.02  # the edge alone
    stretched = warp_masks(circle, draw_theta(torch.tensor([4.0]), drawn(turn=30.0)))
    assert (stretched != circle).float().mean() > 0.1


def test_shift_and_scale_are_shares_of_the_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "rand_like", lambda x: torch.ones_like(x))
    theta = draw_theta(torch.tensor([3.0]), drawn(shift=0.25))
    dot = torch.zeros(1, 1, 32, 128)
    dot[..., 8, 16] = 1
    assert warp(dot, theta)[0, 0].argmax() == (8 + 8) * 128 + 16 + 32  # a quarter down and to the right
    half = draw_theta(torch.tensor([3.0]), drawn(scale=(0.5, 0.5)))
    assert warp(torch.ones(1, 1, 32, 128), half).mean() == pytest.approx(0.25, abs=0.03)


def test_clean_views_are_the_picture_itself() -> None:
    pictures = torch.rand(8, 3, 32, 128)
    torch.manual_seed(0)
    views = two_views(pictures, torch.full((8,), 4.0), ViewParams(clean=1.0))
    assert torch.allclose(views.pictures[8:], pictures, atol=1e-5)
    assert torch.equal(views.theta, torch.eye(2, 3).expand(8, -1, -1))
    moved = two_views(pictures, torch.full((8,), 4.0), ViewParams(clean=0.0))
    assert not torch.allclose(moved.pictures[8:], pictures) and moved.theta.std(0).sum() > 0
