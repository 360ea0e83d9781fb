"""TextZoom as it was published: an LMDB a part, in each a word twice, photographed from afar and from near."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from str_pipelines.imaging.decode import WORD_PIXELS, size_of
from str_pipelines.imaging.quick import decode_quick
from str_pipelines.records import Pair, Refused, Rejection
from str_pipelines.sources.files import stamp, walk
from str_pipelines.sources.plane_config import TextZoomSource
from str_pipelines.storage.digests import canonical, digest_of
from str_pipelines.storage.environments import fetch
from str_pipelines.storage.manifests import DATA, version_of
from str_pipelines.storage.pairs import high_key, low_key
from str_pipelines.storage.samples import label_key, said_count

SOURCE, LEAST = "textzoom", 2  # pixels of either side


class TextZoom:
    """The pairs of every LMDB at or below a root, folder by folder; ids are `<folder>/<number>`, `part` is the name of
    the folder: train1, train2, easy, medium, hard."""

    def __init__(self, config: TextZoomSource, limit: int | None = None) -> None:
        """Find the LMDBs and ask each for its `num-samples`.

        Raises:
            FileNotFoundError: there is none.
            ValueError: one is damaged, or has no `num-samples` that can be.
        """
        self._root, self._folders = config.root, _folders(config)
        self._versions = [version_of(config.root / name) for name in self._folders]
        counts = map(said_count, [config.root / name for name in self._folders], self._versions)
        self._ends, self._limit = list(accumulate(counts)), limit
        self.digest = state_of(config)

    def __len__(self) -> int:
        return min(self._ends[-1], self._limit or self._ends[-1])

    def pairs(self, span: range) -> Iterator[Pair | Rejection]:
        """The pairs of a range, both pictures decoded, and why one cannot be used."""
        for index in span:
            place = bisect_right(self._ends, index)
            number = index - (self._ends[place - 1] if place else 0) + 1
            try:
                yield self._pair(place, number)
            except Refused as refused:
                file = self._root / self._folders[place] / DATA
                yield Rejection(str(file), f"{number:09d}", refused.reason, refused.detail)

    def _pair(self, place: int, number: int) -> Pair:
        folder = self._root / self._folders[place]
        keys = low_key(number), high_key(number), label_key(number)
        low, high, label = fetch(folder, self._versions[place], keys)
        if low is None or high is None:
            raise Refused(
                "picture_missing", f"there is no key {(low_key if low is None else high_key)(number).decode()}"
            )
        part = folder.resolve().name
        sizes = checked_size(low, "low"), checked_size(high, "high")
        try:
            said = (label or b"").decode()
        except UnicodeDecodeError as error:
            raise Refused("label_not_text", f"{ascii(label)[:200]}: {error.reason}") from error
        name = f"{self._folders[place].removeprefix('.') or part}/{number:09d}"
        return Pair(name, low, high, said, *sizes, SOURCE, {"part": part})


def checked_size(image: bytes, which: str) -> tuple[int, int]:
    """(width, height) of a picture that can be decoded, which is tried.

    Raises:
        Refused: as `imaging.decode`, by its header above 4 megapixels; `too_small` below 2 pixels a side.
    """
    width, height = size_of(image)
    if width * height > WORD_PIXELS:
        raise Refused("image_too_large", f"{which}: {width}x{height} is more than {WORD_PIXELS} pixels")
    if min(width, height) < LEAST:
        raise Refused("too_small", f"{which}: {width}x{height}")
    decode_quick(image)
    return width, height


def state_of(config: TextZoomSource) -> str:
    """A digest of where the LMDBs lie, of their sizes and times of change.

    Raises:
        FileNotFoundError: there is none.
    """
    root = config.root
    return digest_of([canonical([[root.resolve(), name, *stamp(root / name / DATA)] for name in _folders(config)])])


def _folders(config: TextZoomSource) -> list[str]:
    """Paths below the root with a data.mdb, in order."""
    root = config.root
    places = walk(root) if root.is_dir() else ()
    found = [folder.relative_to(root).as_posix() for folder, files in places if DATA in files]
    if not found:
        raise FileNotFoundError(
            f"{root}: no {DATA} lies there or below; ingest.pairs.read.source.root says where TextZoom's LMDBs are"
        )
    return sorted(found)
