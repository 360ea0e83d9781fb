"""Which number format a machine trains in: bfloat16 where it is quicker, found out by trying."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Literal

import torch

Precision = Literal["fp32", "bf16"]


def resolve(wanted: Literal["auto", "fp32", "bf16"], device: torch.device) -> Precision:
    """`wanted`, or for `auto` what is quicker on this device."""
    if wanted != "auto":
        return wanted
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    return "bf16" if _bf16_is_quicker() else "fp32"


@lru_cache(maxsize=1)
def _bf16_is_quicker() -> bool:
    """Processors with AMX or AVX512-BF16 multiply bfloat16 faster, all others much slower: trying it tells."""
    return _seconds(torch.bfloat16) < 0.75 * _seconds(torch.float32)


def _seconds(dtype: torch.dtype) -> float:
    matrix = torch.ones(512, 512, dtype=dtype)
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        torch.mm(matrix, matrix)
        taken.append(time.perf_counter() - start)
    return min(taken)
