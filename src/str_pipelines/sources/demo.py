"""Photographs with free licences that come inside installed packages, and places in them where words may stand.

| file | photograph | licence, and where it is stated |
|---|---|---|
| skimage/data/astronaut.png | Eileen Collins, by NASA | public domain (docstring of skimage.data.astronaut) |
| skimage/data/chelsea.png | a cat, by Stéfan van der Walt | CC0 (skimage.data.chelsea) |
| skimage/data/coffee.png | Pikolo Espresso Bar, by Rachel Michetti | CC0 (skimage.data.coffee) |
| skimage/data/rocket.jpg | a Falcon 9 on its pad, by SpaceX | public domain (skimage.data.rocket) |
| matplotlib/mpl-data/sample_data/grace_hopper.jpg | Grace Hopper, by the US Navy | public domain (a federal work) |
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from math import cos, radians, sin
from pathlib import Path

from str_pipelines.records import Instance, Refused, Rejection, Scene
from str_pipelines.storage.digests import canonical, digest_of, file_sha256

Place = tuple[int, int, int, int, int]
"""Centre x, centre y, length, height in pixels, and the angle in degrees by which the text falls to the right."""

PLACES: dict[str, tuple[Place, ...]] = {
    "skimage/data/astronaut.png": (  # the wall behind her, her suit, the table, the helmet
        (338, 30, 80, 24, 0), (342, 72, 72, 28, 0), (338, 112, 68, 22, 0), (112, 40, 72, 22, 0), (110, 84, 74, 26, 0),
        (116, 128, 62, 20, 0), (483, 44, 52, 22, 0), (484, 130, 50, 20, 0), (92, 288, 96, 28, -8),
        (86, 334, 80, 24, -4), (186, 322, 80, 24, 2), (438, 300, 118, 30, 0), (92, 440, 86, 26, 8),
        (388, 480, 110, 26, 0),
    ),
    "skimage/data/chelsea.png": (  # the blurred room behind her, her fur
        (412, 38, 70, 26, 0), (404, 84, 76, 26, 0), (404, 180, 76, 24, 0), (402, 224, 86, 30, -6),
        (404, 268, 84, 28, 0), (226, 60, 110, 32, 0), (52, 168, 84, 28, 4), (74, 226, 110, 32, 6),
        (70, 272, 110, 30, 4),
    ),
    "skimage/data/coffee.png": (  # along the grain of the table, round the saucer, in the cup
        (150, 40, 100, 30, -24), (496, 58, 104, 34, -24), (564, 108, 54, 24, -24), (532, 180, 104, 36, -24),
        (560, 248, 66, 26, -24), (536, 318, 104, 34, -24), (40, 232, 62, 26, -24), (60, 340, 100, 34, 38),
        (292, 62, 120, 34, 0), (120, 238, 62, 26, 62), (440, 246, 58, 24, -62), (258, 350, 118, 26, 8),
        (370, 342, 78, 22, -14),
    ),
    "skimage/data/rocket.jpg": (  # the sky between the masts
        (190, 60, 170, 44, 0), (420, 60, 180, 44, 0), (146, 116, 90, 30, 0), (385, 116, 98, 30, 0),
        (260, 180, 90, 26, 0), (388, 180, 90, 28, 0), (130, 200, 88, 26, 0), (514, 190, 90, 26, 0),
        (256, 250, 92, 28, 0), (386, 250, 92, 30, 0), (516, 260, 90, 28, 0), (256, 312, 86, 24, 0),
        (386, 316, 90, 26, 0), (522, 330, 78, 26, 0),
    ),
    "matplotlib/mpl-data/sample_data/grace_hopper.jpg": (  # the wall behind her, her jacket
        (445, 60, 110, 32, 0), (445, 110, 102, 30, 0), (446, 165, 98, 26, 0), (446, 220, 98, 30, 0),
        (446, 272, 104, 28, 0), (110, 440, 116, 30, 0), (110, 560, 116, 32, 0), (420, 450, 116, 30, 0),
        (400, 570, 136, 34, 0),
    ),
}  # fmt: skip


class Demo:
    """The demonstration set; every place is an instance without a text."""

    def __init__(self) -> None:
        self._names = tuple(PLACES)
        self.digest = digest_of([canonical(PLACES), *map(_digest, self._names)])

    def __len__(self) -> int:
        return len(self._names)

    def scenes(self, span: range) -> Iterator[Scene | Rejection]:
        """The photographs of a range of the set."""
        for index in span:
            name = self._names[index]
            instances = tuple(Instance(corners(place), "") for place in PLACES[name])
            try:
                yield Scene(f"demo/{Path(name).stem}", _file(name).read_bytes(), instances, "demo")
            except Refused as refused:
                yield Rejection("demo", name, refused.reason, refused.detail)


def corners(place: Place) -> tuple[tuple[float, float], ...]:
    """The four corners of a place, clockwise from the top left of its text."""
    x, y, length, height, angle = place
    along, across = (cos(radians(angle)), sin(radians(angle))), (-sin(radians(angle)), cos(radians(angle)))
    return tuple(
        (
            round(x + i * length / 2 * along[0] + j * height / 2 * across[0], 1),
            round(y + i * length / 2 * along[1] + j * height / 2 * across[1], 1),
        )
        for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    )


def _file(name: str) -> Path:
    """A file inside an installed package, which is not imported for it."""
    package, _, rest = name.partition("/")
    spec = find_spec(package)
    path = Path(spec.origin).parent / rest if spec and spec.origin else Path(name)
    if not path.is_file():
        distribution = {"skimage": "scikit-image"}.get(package, package)
        raise Refused(
            "image_missing", f"{path} comes with {distribution}: pip install --force-reinstall {distribution}"
        )
    return path


def _digest(name: str) -> bytes:
    try:
        return file_sha256(_file(name)).encode()
    except Refused:
        return b"missing"
