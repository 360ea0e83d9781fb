"""Photographs without annotation: every picture below a folder, its words placed by a finder."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.decode import decode
from str_pipelines.records import Instance, Refused, Rejection, Scene
from str_pipelines.sources.config import FolderSource
from str_pipelines.sources.files import check_name, check_root, read_picture, shown, stamp, walk
from str_pipelines.storage.digests import canonical, digest_of

logger = logging.getLogger(__name__)
READ = frozenset(".jpg .jpeg .jfif .png .bmp .webp".split())
OTHER = frozenset(".arw .avif .cr2 .cr3 .dng .gif .heic .heif .jp2 .jxl .nef .ppm .raf .svg .tga .tif .tiff".split())
"""Pictures that are not read: each becomes a rejection. A file with yet another suffix is no picture."""


class Finder(Protocol):
    """Finds words in photographs; picklable and hashable, for it travels to the workers."""

    def __hash__(self) -> int: ...

    @property
    def digest(self) -> str:
        """Of everything that changes what is found."""
        ...

    def find(self, image: NDArray[np.uint8]) -> Sequence[Instance]:
        """The words of a photograph (H, W, 3) uint8 RGB: quads in the order of reading, with hints for texts."""
        ...


class Folder:
    """The pictures below a folder, by name. Hidden files and folders are left out, links to folders not followed."""

    def __init__(self, config: FolderSource, finder: Finder) -> None:
        """List them.

        Raises:
            FileNotFoundError: there is no such folder.
            OSError: a folder below it cannot be listed.
        """
        self._root, self._finder = config.root, finder
        self._names, state = look_at(config.root)
        self.digest = digest_of([canonical([state, finder.digest])])

    def __len__(self) -> int:
        return len(self._names)

    def scenes(self, span: range) -> Iterator[Scene | Rejection]:
        """The pictures of a range of the list. One without words stays, and says so."""
        for name in (self._names[index] for index in span):
            path, record = shown(str(self._root / name)), shown(name)
            try:
                scene = self._scene(name)
            except Refused as refused:
                yield Rejection(path, record, refused.reason, refused.detail)
                continue
            yield scene
            if not scene.instances:
                yield Rejection(path, record, "no_text_found", "the photograph is kept; it has no places for words")

    def _scene(self, name: str) -> Scene:
        check_name(name, "name")
        if (suffix := Path(name).suffix.lower()) not in READ:
            raise Refused("format_not_read", f"{suffix}: save it as JPEG, PNG, BMP or WebP")
        image = read_picture(self._root / name)
        return Scene(name, image, tuple(self._finder.find(decode(image))), "folder")


def look_at(root: Path) -> tuple[list[str], str]:
    """The paths of the pictures below `root`, and a digest of their names, sizes and times of change."""
    names = _pictures(root)
    stamps = [stamp(root / name) for name in names]
    return names, digest_of([canonical([[os.fsencode(name).hex() for name in names], stamps])])


def _pictures(root: Path) -> list[str]:
    """Paths below `root`, with slashes, in order."""
    check_root(root)
    found: list[str] = []
    others = 0
    for folder, files in walk(root):
        pictures = [name for name in files if Path(name).suffix.lower() in READ | OTHER and not name.startswith(".")]
        found += [(folder / name).relative_to(root).as_posix() for name in pictures]
        others += len(files) - len(pictures)
    if others:
        logger.info("%s: %d files are no pictures by their names and are not looked at", root, others)
    return sorted(found)
