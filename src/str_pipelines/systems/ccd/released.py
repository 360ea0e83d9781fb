"""The published checkpoints in our layout: names by a table, weights only, and a report of what does not fit.

python -m str_pipelines.systems.ccd.released CHECKPOINT.pth FOLDER
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from str_pipelines.storage.folders import commit, part_of
from str_pipelines.systems.ccd.checkpoint import SEGMENTATION, SHAPE, STUDENT, TEACHER, write_encoder, write_reader
from str_pipelines.systems.ccd.config import PUBLISHED_DECODER, DecoderParams, EncoderParams, NetworkParams
from str_pipelines.systems.ccd.reader import CcdNetwork, CcdOptions
from str_pipelines.systems.ccd.segmentation import SegmentationHead
from str_pipelines.systems.ccd.vit import VisionTransformer
from str_pipelines.text.charsets import Charset

CHARSET = Charset(
    "ccd90", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!\"#$%&'()*+,-./:;<=>?@[\\]_`~"
)
"""Their DICT90: all of ASCII but the blank and ^ { | } (section 3.2 of the spec)."""
PUBLISHED_SHAPE = replace(SHAPE, resampling="bilinear", turn=False)
"""How their readers saw the words of their accuracies."""
UNUSED = re.compile(r"(backbone\.(cls_token|head|fc)\b|segmentation\.conv_mla\.|head\.|.*\.position_table$)")
"""Built and never looked at by the published code, or made anew by ours; and DINO's head, which finetuning drops."""
NAMES: Sequence[tuple[str, str]] = (
    (r"backbone\.pos_embed", "backbone.positions"),
    (r"backbone\.patch_embed\.proj", "backbone.patches"),
    (r"backbone\.norm_seg", "backbone.inner_norms"),
    (r"(backbone\.blocks\.\d+)\.attn\.qkv", r"\1.qkv"),
    (r"(backbone\.blocks\.\d+)\.attn\.proj", r"\1.out"),
    (r"(backbone\.blocks\.\d+)\.mlp\.fc1", r"\1.up"),
    (r"(backbone\.blocks\.\d+)\.mlp\.fc2", r"\1.down"),
    (r"segmentation\.mlahead\.head2", "segmentation.inner.0"),
    (r"segmentation\.mlahead\.head3", "segmentation.inner.1"),
    (r"segmentation\.mlahead\.head4", "segmentation.inner.2"),
    (r"segmentation\.unpool1", "segmentation.first"),
    (r"segmentation\.unpool2", "segmentation.second"),
    (r"segmentation\.cls", "segmentation.out"),
    (r"encoder\.fc1", "linear.0"),
    (r"encoder\.fc2", "linear.3"),
    (r"decoder\.trg_word_emb", "decoder.embedding"),
    (r"decoder\.layer_norm", "decoder.norm"),
    (r"decoder\.classifier", "decoder.head"),
    (r"decoder\.layer_stack\.(\d+)\.norm1", r"decoder.layers.\1.norms.0"),
    (r"decoder\.layer_stack\.(\d+)\.norm2", r"decoder.layers.\1.norms.1"),
    (r"decoder\.layer_stack\.(\d+)\.norm3", r"decoder.layers.\1.norms.2"),
    (r"decoder\.layer_stack\.(\d+)\.self_attn", r"decoder.layers.\1.written"),
    (r"decoder\.layer_stack\.(\d+)\.enc_attn", r"decoder.layers.\1.picture"),
    (r"decoder\.layer_stack\.(\d+)\.mlp\.w_1", r"decoder.layers.\1.linear.0"),
    (r"decoder\.layer_stack\.(\d+)\.mlp\.w_2", r"decoder.layers.\1.linear.2"),
    (r"(decoder\.layers\.\d+\.\w+)\.linear_q", r"\1.query"),
    (r"(decoder\.layers\.\d+\.\w+)\.linear_k", r"\1.key"),
    (r"(decoder\.layers\.\d+\.\w+)\.linear_v", r"\1.value"),
    (r"(decoder\.layers\.\d+\.\w+)\.fc", r"\1.out"),
)
"""What theirs are called, and what ours are; one after the other, from the start of a name to a dot or its end."""


@dataclass(frozen=True)
class Transfer:
    """`weights` by our names; `missing` has ours that the file lacks, `unexpected` theirs that fit nowhere, `unused`
    theirs that are known and dropped."""

    weights: Mapping[str, Tensor]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    unused: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether nothing is missing and nothing is left over."""
        return not self.missing and not self.unexpected


def renamed(name: str) -> str:
    """Our name for one of theirs; what no rule knows stays as it is. Whatever wrapped the network is dropped.

    >>> renamed("module.backbone.blocks.3.attn.proj.weight")
    'backbone.blocks.3.out.weight'
    """
    name = name.removeprefix("module.")
    for theirs, ours in NAMES:
        name = re.sub(rf"^{theirs}(?=\.|$)", ours, name)
    return name


def transfer(theirs: Mapping[str, Tensor], network: nn.Module) -> Transfer:
    """Their weights for a network of ours, whose parts are called backbone, segmentation, linear and decoder.

    The positions, which the published code stretches from 16 x 16 to the grid at every step, are stretched once.
    A weight of another size than ours is unexpected, and ours is missing.
    """
    ours, weights = network.state_dict(), dict[str, Tensor]()
    unexpected, unused = [], []
    for name, value in theirs.items():
        own = renamed(name)
        if UNUSED.match(name.removeprefix("module.")):
            unused.append(name)
            continue
        if own == "backbone.positions" and value.ndim == 3:
            value = stretched(value, _grid(network))
        if own in ours and ours[own].shape == value.shape:
            weights[own] = value
        else:
            unexpected.append(f"{name} {tuple(value.shape)}")
    missing = tuple(f"{name} {tuple(ours[name].shape)}" for name in ours if name not in weights)
    return Transfer(weights, missing, tuple(unexpected), tuple(unused))


def stretched(positions: Tensor, grid: tuple[int, int]) -> Tensor:
    """Published positions (1, 256, width), which lie on 16 x 16, as the published code sees them on `grid` (rows ·
    columns, width): bicubic, by factors a hundredth or so too large (its 0.1 against rounding)."""
    side = round(positions.shape[1] ** 0.5)
    plane = positions.float().transpose(1, 2).reshape(1, -1, side, side)
    factors = tuple((length + 0.1) / side for length in grid)
    return F.interpolate(plane, scale_factor=factors, mode="bicubic").flatten(2).squeeze(0).T.contiguous()


def read(path: Path) -> dict[str, Any]:
    """A checkpoint of theirs, tensors and numbers only.

    Raises:
        ValueError: it is no such file, or it holds code, which is not run.
    """
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise ValueError(f"{path}: not a file of weights alone ({error}); nothing in it was run") from error
    if not isinstance(found, dict) or not ({"teacher", "student"} <= found.keys() or "net" in found):
        raise ValueError(f"{path}: `teacher` and `student`, or `net`, are wanted as in the published checkpoints")
    return found


def encoder_sizes(theirs: Mapping[str, Tensor]) -> EncoderParams:
    """The encoder for these weights: heads are 64 wide, in all that were published.

    Raises:
        ValueError: there is none in them.
    """
    names = {name.removeprefix("module."): value.shape for name, value in theirs.items()}
    if "backbone.patch_embed.proj.weight" not in names:
        raise ValueError("there is no backbone.patch_embed.proj.weight: no encoder of CCD")
    width, _, high, wide = names["backbone.patch_embed.proj.weight"]
    depth = len({name.split(".")[2] for name in names if name.startswith("backbone.blocks.")})
    return EncoderParams(width=width, depth=depth, heads=max(1, width // 64), patch=(high, wide))


def reader_from(theirs: Mapping[str, Tensor]) -> tuple[CcdOptions, Transfer]:
    """A finetuned network's sizes and weights."""
    options = CcdOptions(CHARSET.characters, encoder_sizes(theirs), decoder_sizes(theirs))
    return options, transfer(theirs, CcdNetwork(options))


def decoder_sizes(theirs: Mapping[str, Tensor]) -> DecoderParams:
    """The decoder for these weights; what they do not tell is as published, so that what lacks can be named."""
    shapes, usual = {renamed(name): value.shape for name, value in theirs.items()}, PUBLISHED_DECODER
    layers = len({name.split(".")[2] for name in shapes if name.startswith("decoder.layers.")})
    width = _length(shapes.get("decoder.embedding.weight"), 1, usual.width)
    inner = _length(shapes.get("decoder.layers.0.linear.0.weight"), 0, usual.inner)
    sizes = {"width": width, "layers": layers or usual.layers, "inner": inner, "heads": max(1, width // 64)}
    return DecoderParams(**{**usual.model_dump(), **sizes})


def encoder_from(theirs: Mapping[str, Mapping[str, Tensor]]) -> tuple[NetworkParams, Transfer, Transfer]:
    """A pretrained checkpoint: sizes, the teacher's encoder, the student's with its segmentation."""
    encoder = encoder_sizes(theirs["teacher"])
    params = NetworkParams(encoder=encoder, segmentation=128)
    backbone, head = VisionTransformer(encoder), SegmentationHead(encoder, 128)
    teacher = transfer(theirs["teacher"], nn.ModuleDict({"backbone": backbone}))
    student = transfer(theirs["student"], nn.ModuleDict({"backbone": backbone, "segmentation": head}))
    return params, teacher, student


def convert(path: Path, target: Path) -> list[str]:
    """A published checkpoint as a folder for `zoo.load_reader`, or to finetune from.

    Returns:
        What was known and dropped.

    Raises:
        ValueError: something is missing or left over, all of which is named; nothing is written then.
    """
    found = read(path)
    if "net" in found:
        options, moved = reader_from(found["net"])
        _require(path, moved)
        part = part_of(target)
        write_reader(part, options.characters, options.encoder, options.decoder, moved.weights, PUBLISHED_SHAPE)
        dropped = moved.unused
    else:
        params, teacher, student = encoder_from(found)
        _require(path, teacher, student)
        part = part_of(target)
        states = {TEACHER: _below("backbone", teacher), STUDENT: _below("backbone", student)}
        write_encoder(part, {**states, SEGMENTATION: _below("segmentation", student)}, params)
        dropped = (*teacher.unused, *student.unused)
    commit(part, target)
    return list(dropped)


def _require(path: Path, *moved: Transfer) -> None:
    if not all(each.fits for each in moved):
        lines = [f"missing {name}" for each in moved for name in each.missing]
        lines += [f"unexpected {name}" for each in moved for name in each.unexpected]
        raise ValueError(f"{path} is for another network:\n" + "\n".join(lines))


def _length(matrix: Sequence[int] | None, side: int, usual: int) -> int:
    return matrix[side] if matrix is not None and len(matrix) == 2 else usual


def _below(name: str, moved: Transfer) -> dict[str, Tensor]:
    return {key.partition(".")[2]: value for key, value in moved.weights.items() if key.startswith(f"{name}.")}


def _grid(network: nn.Module) -> tuple[int, int]:
    [encoder] = [each for each in network.modules() if isinstance(each, VisionTransformer)]
    return encoder.params.grid


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m str_pipelines.systems.ccd.released", description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    dropped = convert(given.checkpoint, given.folder)
    sys.stdout.write(f"{given.folder}\n" + "".join(f"not taken over: {name}\n" for name in dropped))


if __name__ == "__main__":
    main()
