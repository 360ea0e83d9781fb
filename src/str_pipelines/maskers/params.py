"""What `masks` may be told."""

from __future__ import annotations

from pydantic import Field

from str_pipelines.params import Params


class MaskParams(Params):
    """`shard_size` is how many words one worker takes at a time; it never shows in the content."""

    shard_size: int = Field(default=10_000, ge=1)
