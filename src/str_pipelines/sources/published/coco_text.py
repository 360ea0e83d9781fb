"""COCO-Text v2: `cocotext.v2.json` beside COCO's photographs, `train2014/COCO_train2014_….jpg`.

`imgs` {id: {file_name, width, height, set}}, `anns` {id: {bbox [x, y, width, height], class, language, legibility,
utf8_string, image_id}}. Words are those that PARSeq takes: printed, English and legible; HTML's entities are resolved,
asterisks at the ends, which mark what could not be read, taken off; boxes are wider by 2 pixels on every side.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.published.entry import Entry, Points, box_points
from str_pipelines.sources.published.texts import refused
from str_pipelines.sources.streams import members

LISTING = "cocotext.v2.json"
FOLDER = "train2014"
MARGIN = 2.0
WANTED = {"legibility": ("legible", "illegible"), "class": ("machine printed", "not_printed"),
          "language": ("english", "not_english")}  # fmt: skip
"""Of each property the value that is wanted, and the reason where it is another."""


def entries(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """The words of the photographs of a split; ids are `<photograph>#<id of the annotation>`."""
    listing = root / LISTING
    images = dict(members(listing, "imgs"))
    for name, annotation in members(listing, "anns"):
        image = images.get(str(_of(annotation, "image_id")))
        if image is not None and _of(image, "set") != split:
            continue
        try:
            yield _entry(name, annotation, image)
        except Refused as error:
            yield refused(listing, f"annotation {name}", error.reason, error.detail)


def _entry(name: str, annotation: Any, image: Any) -> Entry:
    file = _of(image, "file_name")
    if not isinstance(file, str):
        raise Refused("record_malformed", "it has no image with a file_name")
    label = html.unescape(str(_of(annotation, "utf8_string") or "").strip()).strip("*")
    refusal = next((_refusal(annotation, key) for key in WANTED if _refusal(annotation, key)), None)
    if not refusal and set(label) == {"#"}:
        refusal = ("illegible", label)
    picture = f"{FOLDER}/{file}"
    language = str(_of(annotation, "language") or "")
    return Entry(f"{picture}#{name}", picture, label, _padded(annotation, image), language, refusal)


def _refusal(annotation: Mapping[str, Any], key: str) -> tuple[str, str] | None:
    wanted, reason = WANTED[key]
    value = _of(annotation, key)
    return None if value == wanted else (reason, f"{key}: {value}"[:200])


def _padded(annotation: Mapping[str, Any], image: Mapping[str, Any]) -> Points:
    """The box with its margin, as far as the photograph goes."""
    try:
        x, y, width, height = (float(number) for number in annotation["bbox"])
        left, top = max(x - MARGIN, 0.0), max(y - MARGIN, 0.0)
        right, bottom = min(x + width + MARGIN, float(image["width"])), min(y + height + MARGIN, float(image["height"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("polygon_malformed", "bbox [x, y, width, height] and the size of the image are wanted") from error
    return box_points(left, top, right - left, bottom - top)


def _of(record: Any, key: str) -> Any:
    return record.get(key) if isinstance(record, dict) else None
