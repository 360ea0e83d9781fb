"""Four photographs with free licences that come with scikit-image, and places in them where words may stand."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from math import cos, radians, sin
from pathlib import Path

from str_pipelines.records import Instance, Rejection, Scene
from str_pipelines.storage.digests import canonical, digest_of

Place = tuple[int, int, int, int, int]
"""Centre x, centre y, length, height in pixels, and the angle in degrees by which the text falls to the right."""

PLACES: dict[str, tuple[Place, ...]] = {
    # NASA, Eileen Collins, public domain
    "astronaut.png": (
        (336, 30, 84, 24, 0), (336, 70, 78, 28, 0), (338, 112, 70, 22, 0), (112, 40, 72, 22, 0), (110, 84, 76, 26, 0),
        (116, 128, 64, 20, 0), (470, 40, 66, 22, 0), (474, 84, 62, 20, 0), (92, 288, 96, 28, -8), (86, 334, 80, 24, -4),
        (438, 300, 118, 30, 0), (92, 440, 86, 26, 8), (388, 480, 110, 26, 0), (330, 180, 56, 20, 0),
    ),
    # Rachel Michetti, Pikolo Espresso Bar, CC0
    "coffee.png": (
        (292, 62, 120, 34, 0), (236, 352, 150, 30, 6), (112, 236, 62, 26, 62), (528, 180, 110, 36, -24),
        (536, 318, 104, 34, -24), (480, 60, 110, 34, -24), (52, 230, 92, 32, -24), (446, 240, 60, 24, -62),
        (60, 340, 100, 34, 38), (330, 362, 90, 26, -12), (150, 40, 100, 30, -24),
    ),
    # Stéfan van der Walt, CC0
    "chelsea.png": (
        (404, 40, 80, 28, 0), (404, 84, 76, 26, 0), (402, 224, 86, 30, -6), (404, 268, 84, 28, 0), (74, 226, 110, 32, 6),
        (70, 272, 110, 30, 4), (226, 60, 110, 32, 0), (52, 168, 84, 28, 4), (404, 180, 76, 24, 0), (160, 196, 90, 26, 6),
    ),
    # SpaceX, public domain
    "rocket.jpg": (
        (190, 60, 170, 44, 0), (420, 60, 180, 44, 0), (420, 120, 120, 34, 0), (196, 116, 120, 32, 0), (260, 180, 92, 26, 0),
        (380, 180, 96, 28, 0), (130, 200, 90, 26, 0), (514, 190, 92, 26, 0), (256, 250, 96, 28, 0), (386, 250, 96, 30, 0),
        (514, 260, 96, 28, 0), (128, 270, 84, 24, 0), (256, 312, 90, 24, 0), (388, 316, 100, 26, 0), (514, 330, 96, 26, 0),
    ),
}  # fmt: skip


class Demo:
    """The demonstration set; every place is an instance without a text."""

    def __init__(self) -> None:
        self.folder = _folder()
        self._names = tuple(PLACES)
        self.digest = digest_of([canonical(PLACES), *(self._path(name).read_bytes() for name in self._names)])

    def __len__(self) -> int:
        return len(self._names)

    def scenes(self, span: range) -> Iterator[Scene | Rejection]:
        """The photographs of a range of the set."""
        for name in self._names[span.start : span.stop]:
            instances = tuple(Instance(_corners(place), "") for place in PLACES[name])
            yield Scene(f"demo/{Path(name).stem}", self._path(name).read_bytes(), instances, "demo")

    def _path(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing: install scikit-image again (pip install --force-reinstall scikit-image)")
        return path


def _folder() -> Path:
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the demo scenes come with scikit-image: pip install scikit-image")
    return Path(spec.origin).parent / "data"


def _corners(place: Place) -> tuple[tuple[float, float], ...]:
    x, y, length, height, angle = place
    along, across = (cos(radians(angle)), sin(radians(angle))), (-sin(radians(angle)), cos(radians(angle)))
    return tuple(
        (
            round(x + i * length / 2 * along[0] + j * height / 2 * across[0], 1),
            round(y + i * length / 2 * along[1] + j * height / 2 * across[1], 1),
        )
        for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    )
