"""Street View Text and ICDAR 2003, whose XML is alike: photographs with upright boxes, a word each.

`train.xml`, `test.xml` (SVT) or `words.xml` (ICDAR 2003): `<image><imageName>img/14_03.jpg</imageName> …
<taggedRectangles><taggedRectangle height= width= x= y=><tag>LIVING</tag> …`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.published.entry import Entry, Points, box_points
from str_pipelines.sources.published.texts import read_xml, refused

SIDES = ("x", "y", "width", "height")


def entries(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """SVT's words of `<split>.xml`."""
    return _tagged(root / f"{split}.xml")


def icdar_2003(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """ICDAR 2003's words of `SceneTrial{Train,Test}/words.xml`, to whose folder its names are relative."""
    folder = f"SceneTrial{split.capitalize()}"
    return _tagged(root / folder / "words.xml", f"{folder}/")


def _tagged(listing: Path, above: str = "") -> Iterator[Entry | Rejection]:
    """The words of a listing, photograph by photograph; ids are `<photograph>#<number of its box>`, from 0."""
    for number, image in enumerate(read_xml(listing).iter("image"), 1):
        name = (image.findtext("imageName") or "").strip()
        if not name:
            yield refused(listing, f"image {number}", "name_malformed", "it has no imageName")
            continue
        picture = f"{above}{name}"
        for place, rectangle in enumerate(image.iter("taggedRectangle")):
            word = f"{picture}#{place}"
            try:
                yield Entry(word, picture, (rectangle.findtext("tag") or "").strip(), _box(rectangle))
            except Refused as error:
                yield refused(listing, word, error.reason, error.detail)


def _box(rectangle: Element) -> Points:
    try:
        x, y, width, height = (float(rectangle.attrib[side]) for side in SIDES)
    except (KeyError, ValueError) as error:
        raise Refused("polygon_malformed", f"{rectangle.attrib}: x, y, width and height are wanted") from error
    if not all(map(math.isfinite, (x, y, width, height))):
        raise Refused("polygon_malformed", f"{rectangle.attrib}: numbers are wanted")
    return box_points(x, y, width, height)
