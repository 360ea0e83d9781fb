"""Text in OpenImages' photographs: TextOCR, and what Intel annotated for OpenVINO; JSON of COCO's kind.

TextOCR: `TextOCR_0.1_<split>.json`, `imgs` {id: {file_name}}, `anns` {id: {image_id, points [x, y, …] clockwise from
the top left of the text, utf8_string}}; "." is what nobody could read, or what is not English. OpenVINO:
`text_spotting_openimages_v5_<split>.json`, `images` [{id, file_name}], `annotations` [{image_id, bbox [x, y, width,
height], attributes {transcription, legible, language}}]. Photographs lie where `file_name` says, below the root.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.published.annotations import illegible, polygon_of, text_of, value_of
from str_pipelines.sources.published.entry import Entry, box_points
from str_pipelines.sources.published.texts import refused
from str_pipelines.sources.streams import elements, members, strict

OPENVINO = ("train_1", "train_2", "train_5", "train_f", "validation")
SPLITS_TEXTOCR = {split: (f"TextOCR_0.1_{split}.json",) for split in ("train", "val")}
SPLITS_OPENVINO = {split: (f"text_spotting_openimages_v5_{split}.json",) for split in OPENVINO}


def textocr(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """TextOCR's words; ids are `<photograph>#<id of the annotation>`."""
    listing = root / SPLITS_TEXTOCR[split][0]
    files = {name: value_of(image, "file_name") for name, image in members(listing, "imgs")}
    for name, word in members(listing, "anns"):
        try:
            picture = _picture(files.get(str(value_of(word, "image_id"))))
            label = text_of(word, "utf8_string")
            refusal = illegible(label) if label == "." else None
            yield Entry(f"{picture}#{name}", picture, label, polygon_of(value_of(word, "points")), refusal=refusal)
        except Refused as error:
            yield refused(listing, f"annotation {name}", error.reason, error.detail)


def openvino(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """OpenVINO's words, those of a photograph together; ids are `<photograph>#<place of the annotation>`, from 0."""
    listing = root / SPLITS_OPENVINO[split][0]
    files: list[Any] = []
    places: dict[int | str, int] = {}
    for _, _, image in elements(listing, "images"):
        if isinstance(identity := value_of(image, "id"), int | str):
            places[identity] = len(files)
            files.append(value_of(image, "file_name"))
    for place, number, word in _by_photograph(listing, places):
        try:
            picture = _picture(files[place] if place >= 0 else None)
            yield _spotted(f"{picture}#{number}", picture, word)
        except Refused as error:
            yield refused(listing, f"annotation {number}", error.reason, error.detail)


def _by_photograph(listing: Path, places: Mapping[int | str, int]) -> Iterator[tuple[int, int, Any]]:
    """Place of the photograph, -1 where it is not listed, number and content of each annotation.

    They are sorted by photographs in 24 bytes each, and read again one by one, whatever the size of the file.
    """
    of, starts, sizes = array("q"), array("q"), array("q")
    for start, written, word in elements(listing, "annotations"):
        image = value_of(word, "image_id")
        of.append(places.get(image, -1) if isinstance(image, int | str) else -1)
        starts.append(start)
        sizes.append(len(written))
    with listing.open("rb") as file:
        for number in np.argsort(np.array(of), kind="stable").tolist():
            file.seek(starts[number])
            yield of[number], number, _parsed(file.read(sizes[number]))


def _parsed(written: bytes) -> Any:
    """An annotation, parsed strictly this time; None where it is no JSON then."""
    try:
        return strict(written)
    except ValueError:
        return None


def _spotted(name: str, picture: str, word: Any) -> Entry:
    attributes, box = value_of(word, "attributes"), value_of(word, "bbox")
    legible, language = value_of(attributes, "legible") is True, str(value_of(attributes, "language") or "")
    label = text_of(attributes, "transcription") if legible else ""
    corners = polygon_of(box)
    if corners.shape != (2, 2):
        raise Refused("polygon_malformed", f"bbox {box!r:.100}: x, y, width and height are wanted")
    refusal = None if legible else illegible(str(value_of(attributes, "transcription") or ""))
    return Entry(name, picture, label, box_points(*corners.ravel().tolist()), language, refusal)


def _picture(file: Any) -> str:
    if not isinstance(file, str):
        raise Refused("image_not_listed", "no photograph with a file_name has its image_id")
    return file
