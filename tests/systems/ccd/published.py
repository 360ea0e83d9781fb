"""Checkpoints with the names and shapes of the published ones, random and tiny; and what such weights compute,
written plainly, without any of our networks."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

WIDTH, DEPTH, PROTOTYPES = 64, 6, 32
State = dict[str, Tensor]


def backbone() -> State:
    state = {
        "backbone.cls_token": (1, 1, WIDTH),
        "backbone.pos_embed": (1, 256, WIDTH),
        "backbone.patch_embed.proj.weight": (WIDTH, 3, 4, 4),
        "backbone.patch_embed.proj.bias": (WIDTH,),
    }
    for number in range(DEPTH):
        block = f"backbone.blocks.{number}"
        state |= {f"{block}.{norm}.{kind}": (WIDTH,) for norm in ("norm1", "norm2") for kind in ("weight", "bias")}
        for name, out, into in (("attn.qkv", 3, 1), ("attn.proj", 1, 1), ("mlp.fc1", 4, 1), ("mlp.fc2", 1, 4)):
            state |= {f"{block}.{name}.weight": (out * WIDTH, into * WIDTH), f"{block}.{name}.bias": (out * WIDTH,)}
    norms = ["backbone.norm", *(f"backbone.norm_seg.{number}" for number in range(3))]
    state |= {f"{norm}.{kind}": (WIDTH,) for norm in norms for kind in ("weight", "bias")}
    return {name: 0.2 * torch.randn(shape) for name, shape in state.items()}


def head() -> State:
    mlp = {0: (48, WIDTH), 2: (48, 48), 4: (16, 48)}
    state = {f"head.mlp.{place}.weight": torch.randn(shape) for place, shape in mlp.items()}
    state |= {f"head.mlp.{place}.bias": torch.randn(shape[0]) for place, shape in mlp.items()}
    last = {"weight_g": torch.ones(PROTOTYPES, 1), "weight_v": torch.randn(PROTOTYPES, 16)}
    return state | {f"head.last_layer.{name}": value for name, value in last.items()}


def segmentation() -> State:
    state: State = {"segmentation.conv_mla.mla_p2_1x1.0.weight": torch.randn(128, WIDTH, 1, 1)}
    for number in (2, 3, 4):
        name = f"segmentation.mlahead.head{number}"
        state[f"{name}.0.weight"] = torch.randn(128, WIDTH, 3, 3)
        state[f"{name}.3.weight"] = torch.randn(64, 128, 1, 1)
        state |= _norm(f"{name}.1", 128) | _norm(f"{name}.4", 64)
    for number, into in ((1, 192), (2, 128)):
        name = f"segmentation.unpool{number}"
        state |= {f"{name}.0.weight": torch.randn(into, 128, 4, 4), f"{name}.0.bias": torch.randn(128)}
        state |= _norm(f"{name}.1", 128)
    return state | {
        "segmentation.cls.weight": torch.randn(2, 128, 3, 3),
        "segmentation.cls.bias": torch.randn(2),
    }


def decoder(layers: int = 1, width: int = WIDTH, inner: int = 32) -> State:
    shapes: dict[str, tuple[int, ...]] = {
        "encoder.fc1.weight": (width, WIDTH), "encoder.fc1.bias": (width,),
        "encoder.fc2.weight": (width, width), "encoder.fc2.bias": (width,),
        "decoder.trg_word_emb.weight": (93, width), "decoder.position_enc.position_table": (1, 200, width),
        "decoder.layer_norm.weight": (width,), "decoder.layer_norm.bias": (width,),
        "decoder.classifier.weight": (92, width), "decoder.classifier.bias": (92,),
    }  # fmt: skip
    for number in range(layers):
        name = f"decoder.layer_stack.{number}"
        for each in ("norm1", "norm2", "norm3"):
            shapes |= {f"{name}.{each}.weight": (width,), f"{name}.{each}.bias": (width,)}
        for each in ("self_attn", "enc_attn"):
            shapes |= {f"{name}.{each}.{part}.weight": (width, width) for part in
                       ("linear_q", "linear_k", "linear_v", "fc")}  # fmt: skip
        shapes |= {f"{name}.mlp.w_1.weight": (inner, width), f"{name}.mlp.w_1.bias": (inner,)}
        shapes |= {f"{name}.mlp.w_2.weight": (width, inner), f"{name}.mlp.w_2.bias": (width,)}
    return {name: 0.2 * torch.randn(shape) for name, shape in shapes.items()}


def wrapped(*parts: State) -> State:
    """As it is saved by what trains on several GPUs."""
    return {f"module.{name}": value for part in parts for name, value in part.items()}


def features(state: State, images: Tensor) -> Tensor:
    """What the published forward pass makes of pictures (B, 3, 32, 128) in 0…1: tokens behind the two linear layers."""
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    x = (images - mean[:, None, None]) / deviation[:, None, None]
    get = {name.removeprefix("backbone."): value for name, value in state.items()}
    x = F.conv2d(x, get["patch_embed.proj.weight"], get["patch_embed.proj.bias"], 4).flatten(2).mT
    square = get["pos_embed"].reshape(1, 16, 16, WIDTH).permute(0, 3, 1, 2)
    places = F.interpolate(square, scale_factor=(8.1 / 16, 32.1 / 16), mode="bicubic")
    x = x + places.permute(0, 2, 3, 1).reshape(1, -1, WIDTH)

    def linear(x: Tensor, name: str) -> Tensor:
        return x @ get[f"{name}.weight"].T + get[f"{name}.bias"]

    def norm(x: Tensor, name: str) -> Tensor:
        return F.layer_norm(x, (WIDTH,), get[f"{name}.weight"], get[f"{name}.bias"], 1e-6)

    for number in range(DEPTH):
        name = f"blocks.{number}"
        query, key, value = linear(norm(x, f"{name}.norm1"), f"{name}.attn.qkv").split(WIDTH, -1)  # one head of 64
        x = x + linear(((query / 8) @ key.mT).softmax(-1) @ value, f"{name}.attn.proj")
        x = x + linear(F.gelu(linear(norm(x, f"{name}.norm2"), f"{name}.mlp.fc1")), f"{name}.mlp.fc2")
    return linear(F.gelu(linear(norm(x, "norm"), "encoder.fc1")), "encoder.fc2")


def _norm(name: str, size: int) -> State:
    found = {f"{name}.{kind}": torch.rand(size) + 0.5 for kind in ("weight", "bias", "running_mean", "running_var")}
    return found | {f"{name}.num_batches_tracked": torch.tensor(7)}
