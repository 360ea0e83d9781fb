"""A recognizer that was trained here, as a `Reader`: batches by width, convolutions and their norms made one."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from str_pipelines.imaging.crop import MAX_PIXELS
from str_pipelines.imaging.sizes import batches_alike
from str_pipelines.recognizers.encoder import HEIGHT, ConvEncoder
from str_pipelines.recognizers.networks import Network, load_network
from str_pipelines.recognizers.shape import Shape
from str_pipelines.records import Refused
from str_pipelines.storage.checkpoints import Checkpoint

BATCH = 64


class TrainedReader:
    """A `Reader`. What it says of a picture does not depend on the others, but for the last bits of a float."""

    def __init__(self, network: nn.Module, shape: Shape, digest: str, device: str = "cpu") -> None:
        ready = fused(network.eval())
        self.network = laid_out(ready) if device == "cpu" else ready.to(device)
        self.shape, self.digest, self.device, self.turns = shape, digest, device, shape.turn

    @classmethod
    def load(cls, checkpoint: Checkpoint) -> TrainedReader:
        """The reader of a checkpoint folder, on the GPU where there is one."""
        network, shape = load_network(checkpoint)
        return cls(network, shape, checkpoint.digest, "cuda" if torch.cuda.is_available() else "cpu")

    @torch.inference_mode()
    def read(self, images: Sequence[NDArray[np.uint8]]) -> list[tuple[str, float]]:
        """Read each image; see `Reader.read`.

        Raises:
            Refused: `word_malformed` for another shape or type, `word_empty`, `word_too_large` above 4 MP. Nothing has
                been read then.
        """
        found: list[tuple[str, float]] = [("", 0.0)] * len(images)
        for places, tensor in self._batches(images):
            for place, reading in zip(places, cast(Network, self.network).read(tensor), strict=True):
                found[place] = reading
        return found

    @torch.inference_mode()
    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(N, width): what the network sees of each image, one or more, averaged along the line.

        Raises:
            Refused: as `read`.
        """
        found: dict[int, NDArray[np.float32]] = {}
        for places, tensor in self._batches(images):
            seen = cast(Network, self.network).features(tensor).mean(1).float().cpu().numpy()
            found.update(zip(places, seen, strict=True))
        return np.stack([found[place] for place in range(len(images))])

    def _batches(self, images: Sequence[NDArray[np.uint8]]) -> Iterator[tuple[list[int], Tensor]]:
        """Places and pictures (B, 3, H, W) of one width each."""
        for image in images:
            _check(image)
        fitted = [self.shape.fit(image, self.shape.resampling) for image in images]
        for places in batches_alike([image.shape[1] for image in fitted], BATCH):
            yield places, as_tensor([fitted[place] for place in places], torch.device(self.device))


def as_tensor(images: Sequence[NDArray[np.uint8]], device: torch.device) -> Tensor:
    """B pictures (H, W, 3) uint8 of one size → (B, 3, H, W) float32 in 0…1."""
    stacked = torch.from_numpy(np.stack(images)).to(device, non_blocking=True)  # (B, H, W, 3): the fewest bytes travel
    return stacked.permute(0, 3, 1, 2).float() / 255


def fused(network: nn.Module) -> nn.Module:
    """The network with each batch norm multiplied into the convolution before it: fewer steps, the same function."""
    for module in network.modules():
        for name, child in list(module.named_children()):
            pair: list[Any] = list(child.children()) if isinstance(child, nn.Sequential) else []
            if [type(each) for each in pair] == [nn.Conv2d, nn.BatchNorm2d]:
                setattr(module, name, fuse_conv_bn_eval(*pair))
    return network.requires_grad_(False)


def laid_out(network: nn.Module) -> nn.Module:
    """The network with its weights laid out for the processor, once and not with every call.

    The same function but for the last bits of a float; one word a call takes two thirds of the time.
    """
    encoder, line = getattr(network, "encoder", None), getattr(network, "line", None)
    if isinstance(encoder, ConvEncoder) and isinstance(line, nn.Module):
        with torch.inference_mode(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            parts, example = nn.Sequential(encoder, line).eval(), torch.zeros(1, 3, HEIGHT, 4 * HEIGHT)
            traced = torch.jit.trace(parts, example, check_trace=False)  # type: ignore[no-untyped-call]
            network.encoder = torch.jit.optimize_for_inference(torch.jit.freeze(traced))
            network.line = nn.Identity()
    return network


def _check(image: NDArray[np.uint8]) -> None:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise Refused("word_malformed", f"(H, W, 3) uint8 is wanted, not {image.shape} {image.dtype}")
    if not image.size:
        raise Refused("word_empty", f"{image.shape[1]}x{image.shape[0]} pixels")
    if image.shape[0] * image.shape[1] > MAX_PIXELS:
        raise Refused("word_too_large", f"{image.shape[1]}x{image.shape[0]} pixels, the limit is 4 MP")
