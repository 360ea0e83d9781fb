"""What `ingest.leaks` may be told."""

from __future__ import annotations

from pydantic import Field

from str_pipelines.params import Names, Params


class LeaksParams(Params):
    """`training` are folders of further sets, or trees of them, that are trained on beside `words`.

    `near`: in how many bits of 64 the difference hashes of two pictures with the same label may differ for these to be
    listed, 7 at most; without it only files that are the same are looked for, which is ten times as fast. With 7 nearly
    all pictures that were scaled or saved again are found, and some short words in like type with them; the sheet of
    the report shows which.
    """

    training: Names = ()
    near: int | None = Field(default=None, ge=0, le=7)
