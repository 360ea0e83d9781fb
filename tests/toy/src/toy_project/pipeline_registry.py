"""make: raw → words. use: words → kept, report."""

from __future__ import annotations

import io
import time

from kedro.pipeline import Node, Pipeline
from pydantic import BaseModel, ConfigDict

from str_pipelines.records import Report, Table


class UseParams(BaseModel):
    """What `use` may be told. `mood` decides how the run ends."""

    model_config = ConfigDict(extra="forbid")
    factor: int = 2
    mood: str = "good"
    text: str = ""


def copy(raw: Table) -> Table:
    return raw


def use(words: Table, params: UseParams) -> tuple[Table, Report]:
    if params.mood == "bad":
        raise ValueError("a bad mood")
    if params.mood == "slow":
        time.sleep(60)
    figures = {"accuracy": {"all": 0.5, "words × 2": float(params.factor)}}
    tables = {"readings": [{"label": "a", "read": "b"}, {"label": "c"}]}
    files = {"notes/small.txt": b"small", "notes/large.bin": bytes(2_000_000)}
    return words, Report(figures, "# Report", tables, {"words": picture()}, files)


def picture() -> bytes:
    from PIL import Image

    png = io.BytesIO()
    Image.new("RGB", (8, 4), "red").save(png, "PNG")
    return png.getvalue()


def register_pipelines() -> dict[str, Pipeline]:
    making = Pipeline([Node(copy, "raw", "words", name="copy")], namespace="make", inputs={"raw"}, outputs={"words"})
    steps = [Node(use, ["words", "params:step"], ["kept", "report"], name="use")]
    using = Pipeline(steps, namespace="use", inputs={"words"}, outputs={"kept"})
    return {"make": making, "use": using, "both": making + using, "__default__": using}
