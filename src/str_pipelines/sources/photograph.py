"""One photograph and one box in it: the place for one word."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from str_pipelines.imaging.decode import size_of
from str_pipelines.imaging.quads import Points, area, is_convex, sides
from str_pipelines.records import Instance, Refused, Rejection, Scene
from str_pipelines.sources.config import PhotographSource
from str_pipelines.sources.files import check_name, read_picture
from str_pipelines.storage.digests import canonical, digest_of, record_digest

SMALLEST = 8  # pixels of a side


class Photograph:
    """A set of one photograph, whose one instance is the box, without a text."""

    def __init__(self, config: PhotographSource) -> None:
        """Read the file and look at the box.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is no picture, or the box is none in it.
        """
        if not config.path.is_file():
            raise FileNotFoundError(f"{config.path}: no such file; --params=photograph=… says where it is")
        try:
            check_name(config.path.name, "name")
            image = read_picture(config.path)
            quad = _quad(config.box, size_of(image))
        except Refused as refused:
            raise ValueError(f"{config.path}: {refused}") from refused
        polygon = tuple((float(x), float(y)) for x, y in quad)
        self._scene = Scene(config.path.name, image, (Instance(polygon, ""),), "photograph")
        self.digest = digest_of([record_digest(canonical([config.path.name, polygon]), image)])

    def __len__(self) -> int:
        return 1

    def scenes(self, span: range) -> Iterator[Scene | Rejection]:
        """The photograph."""
        return (self._scene for _ in span)


def _quad(box: tuple[float, ...], size: tuple[int, int]) -> Points:
    """The corners (4, 2) of a box: `left top right bottom`, or x and y of four corners in the order of reading."""
    said = " ".join(f"{number:g}" for number in box)
    if len(box) == 4:
        left, top, right, bottom = box
        if right <= left or bottom <= top:
            raise Refused(
                "box_reversed", f"{said!r}: left top right bottom are wanted, right and bottom the greater ones"
            )
        box = (left, top, right, top, right, bottom, left, bottom)
    quad = np.array(box, np.float64).reshape(4, 2)
    if (quad < 0).any() or (quad > size).any():
        raise Refused("box_outside", f"{said!r}: the picture is {size[0]} pixels wide and {size[1]} high")
    if not is_convex(quad) or area(quad) <= 0:
        raise Refused("box_malformed", f"{said!r}: four corners clockwise from the top left of the text are wanted")
    if min(sides(quad)) < SMALLEST:
        raise Refused("box_too_small", f"{said!r}: {SMALLEST} pixels a side are wanted")
    return quad
