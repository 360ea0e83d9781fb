"""Each operation does something to some pictures, nothing odd to any, and some of them just what others do."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from str_pipelines.systems.ccd.colour import arithmetic, bent, blur, contrast, tone, weather
from str_pipelines.systems.ccd.colour.draws import Operation, windows
from str_pipelines.systems.ccd.colour.pipeline import GROUPS, coloured

ALL = [
    *arithmetic.OPERATIONS,
    *tone.OPERATIONS,
    blur.sharpen,
    *blur.BLURS,
    *contrast.OPERATIONS,
    *weather.OPERATIONS,
    bent.invert,
    bent.shuffle_channels,
    bent.multiply_brightness,
    bent.affine,
    bent.rotate,
    bent.bend,
]


def pictures(count: int = 16) -> Tensor:
    """Smooth ones, with colours."""
    coarse = torch.rand(count, 3, 4, 16, generator=torch.Generator().manual_seed(0))
    return F.interpolate(coarse, size=(32, 128), mode="bilinear")


def as_bytes(x: Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return (x * 255).round().byte().permute(1, 2, 0).numpy()


@pytest.mark.parametrize(
    "operation", ALL, ids=[f"{each.__module__.rpartition('.')[2]}-{each.__name__}" for each in ALL]
)
def test_an_operation_changes_some_of_the_pictures(operation: Operation) -> None:
    images = pictures()
    torch.manual_seed(3)
    found = operation(images)
    torch.manual_seed(3)
    assert torch.equal(found, operation(images)) and torch.equal(images, pictures())
    assert found.shape == images.shape and torch.isfinite(found).all()
    apart = (found.clamp(0, 1) - images).abs().mean((1, 2, 3))
    assert 0.002 < float(apart.mean()) < 0.7


def test_there_are_as_many_as_in_the_paper() -> None:
    assert [len(operations) for _, operations in GROUPS] == [21, 9, 6, 8, 4]
    reading = bent.reading_groups((0.6, 0.8, 0.6, 0.6, 0.6))
    assert [len(operations) for _, operations in reading] == [1, 35, 5, 8, 3]
    for _, operations in (*GROUPS, *reading):
        assert sum(share for share, _ in operations) == pytest.approx(1)


def test_colours_are_drawn_for_each_picture() -> None:
    images = pictures(64)
    torch.manual_seed(0)
    found = coloured(images, plain=0.25)
    same = (found == images).flatten(1).all(1)
    assert 6 <= int(same.sum()) <= 26  # a quarter of 64, and those whose operations did nothing
    assert float(found.min()) >= 0 and float(found.max()) <= 1
    assert torch.equal(coloured(images, plain=1.0), images)
    torch.manual_seed(0)
    other = images.contiguous(memory_format=torch.channels_last)  # as they come from pictures with channels last
    assert torch.equal(coloured(other, plain=0.25), found)


def test_hue_saturation_value_there_and_back() -> None:
    images = pictures()
    assert torch.allclose(tone.rgb(*tone.hsv(images)), images, atol=1e-5)


@pytest.mark.parametrize("quality", [10, 30])
def test_jpeg_is_that_of_pillow(quality: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arithmetic, "QUALITY", (quality, quality))
    grey = pictures(1)[:, :1].mul(255).round().div(255).expand(-1, 3, -1, -1)
    file = io.BytesIO()
    Image.fromarray(as_bytes(grey[0])[..., 0]).save(file, "JPEG", quality=quality)
    theirs = np.asarray(Image.open(file), np.float32)
    ours = arithmetic.jpeg(grey)[0, 0].clamp(0, 1).numpy() * 255
    assert np.abs(ours - theirs).mean() < 0.6


def test_filters_are_those_of_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "rand", lambda *size, **_: torch.full(size, 0.5))
    image = pictures(1)
    plain = as_bytes(image[0])
    rounded = torch.from_numpy(plain.copy()).permute(2, 0, 1)[None].float() / 255
    middle = np.s_[4:-4, 4:-4]  # borders differ
    softened = cv2.GaussianBlur(plain, (7, 7), 1.0)
    assert np.abs(as_bytes(blur.gaussian(rounded)[0])[middle] - softened[middle].astype(int)).max() <= 1
    assert np.array_equal(as_bytes(blur.median(rounded)[0])[middle], cv2.medianBlur(plain, 5)[middle])


@pytest.mark.parametrize("side", [3, 5, 7])
def test_medians_are_those_of_windows(side: int) -> None:
    pictures = torch.rand(2, 3, 16, 24)
    found = blur._medians(pictures, side)
    assert (found - windows(pictures, side).median(-1).values).abs().max() <= 0.5001 / 255


def test_what_is_near_in_place_and_colour_is_as_opencv_says() -> None:
    rounded = pictures(7).mul(255).round() / 255
    across = torch.arange(3.0, 10).view(-1, 1, 1, 1)
    colour, place = torch.linspace(10, 250, 7).view(-1, 1, 1, 1), torch.linspace(250, 1, 7).view(-1, 1, 1, 1)
    found = blur.near_in_both(rounded, across, colour, place)
    for number, mine in enumerate(found):
        amounts = [float(each[number]) for each in (across, colour, place)]
        theirs = cv2.bilateralFilter(as_bytes(rounded[number]), int(amounts[0]), *amounts[1:])
        assert np.abs(as_bytes(mine).astype(int) - theirs).max() <= 1


def test_tiles_that_are_all_alike_have_one_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contrast, "CLIP", (256.0, 256.0))  # no level counts too much
    alike = torch.rand(2, 3, contrast.TILE, contrast.TILE).repeat(1, 1, 2, 8)
    assert torch.allclose(contrast.flat_tiles(alike), contrast.flat(alike), atol=1e-5)


def test_a_flat_histogram() -> None:
    ramp = torch.linspace(0, 0.3, 4096).view(1, 1, 32, 128)
    found = contrast.flat(ramp)
    assert float(found.max()) == 1 and abs(float(found.mean()) - 0.5) < 0.02
    tiles = contrast.flat_tiles(pictures(4))
    assert tiles.std() > pictures(4).std()
