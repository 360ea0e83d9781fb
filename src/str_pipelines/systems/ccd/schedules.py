"""How the teacher's momentum and the weight decay change: cosines from one value to another (section 9)."""

from __future__ import annotations

from math import cos, pi


def cosine(start: float, end: float, step: int, steps: int) -> float:
    """From `start` at step 0 to `end` at step `steps`."""
    return end + (start - end) * (1 + cos(pi * min(step / max(steps, 1), 1))) / 2


def momentum_at(step: int, steps: int, start: float) -> float:
    """How much of itself the teacher keeps at a step: `start`, and 1 in the end."""
    return cosine(start, 1.0, step, steps)
