"""TextSeg as it was published: photographs whose text somebody has marked pixel by pixel, and the words in them.

split.json says which photographs belong to train, val and test. Of each there are image/<tag>.jpg,
semantic_label/<tag>_maskfg.png and bpoly_label/<tag>_anno.json: word → `text`, `bbox` (a polygon) and its characters.
Words and their masks are cut out along the same quad and set upright.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.bilevel import mask_size
from str_pipelines.imaging.crop import rectify, upright, word_matrix
from str_pipelines.imaging.decode import SCENE_PIXELS, encode_png
from str_pipelines.imaging.quads import quad_of
from str_pipelines.imaging.quick import decode_quick
from str_pipelines.records import Refused, Rejection, Word
from str_pipelines.sources.files import below, check_name, read_picture, stamp
from str_pipelines.sources.plane_config import TextSegSource
from str_pipelines.sources.streams import strict
from str_pipelines.storage.digests import canonical, digest_of
from str_pipelines.storage.masks import OPEN

SOURCE, SPLITS = "textseg", "split.json"
LISTING_BYTES, ANNOTATION_BYTES, WORDS = 64 << 20, 4 << 20, 1000
FILES = ("image/{}.jpg", "semantic_label/{}_maskfg.png", "bpoly_label/{}_anno.json")
GROUND, TEXT, DERIVED, IGNORED = 0, 100, 200, 255
"""What a pixel of semantic_label says: nothing, letter, a letter's shadow or decoration, nobody can tell."""
SHADES = {"open": OPEN, "ground": 0, "text": 255}


class TextSeg:
    """The photographs of split.json in its order; words are called `<split>/<tag>#<word>`."""

    def __init__(self, config: TextSegSource, limit: int | None = None) -> None:
        """Read split.json.

        Raises:
            FileNotFoundError: there is none.
            ValueError: it is not of this layout, or has no such split.
        """
        self._config, self._root = config, config.root.resolve()
        self._tags = _listed(config)[:limit]
        self._known = frozenset(self._tags)
        shades = np.zeros(256, np.uint8)
        shades[[TEXT, DERIVED, IGNORED]] = 255, SHADES[config.derived], OPEN
        self._shades = shades

    @property
    def digest(self) -> str:
        """Of split.json, of what shadows count as, and of sizes and times of change of all files."""
        facts = [str(self._root), self._config.derived, self._tags]
        files = (self._root / name.format(tag) for _, tag in self._tags for name in FILES)
        return digest_of(chain([canonical(facts)], (b"%d %d " % stamp(path) for path in files)))

    def __len__(self) -> int:
        return len(self._tags)

    def words(self, span: range) -> Iterator[Word | Rejection]:
        """The words of a range of photographs, and why one, or a whole photograph, cannot be used."""
        seen = {tag: place for place, (_, tag) in reversed(list(enumerate(self._tags)))}
        for place in span:
            split, tag = self._tags[place]
            record = f"{split}/{tag}"
            try:
                if seen[tag] != place:
                    raise Refused("listed_before", f"{self._tags[seen[tag]][0]} has the same photograph")
                check_name(tag, "name")
                annotations = self._annotated(tag)
                self._marked(tag)
            except Refused as refused:
                yield Rejection(str(self._config.root / SPLITS), ascii(record)[1:-1], refused.reason, refused.detail)
                continue
            for key in annotations:
                try:
                    yield self._word(split, tag, key)
                except Refused as refused:
                    file = self._config.root / FILES[2].format(tag)
                    yield Rejection(str(file), f"{record}#{ascii(key)[1:-1]}", refused.reason, refused.detail)

    def again(self, name: str) -> tuple[bytes, NDArray[np.uint8]]:
        """The picture of the word of this name, as `words` encodes it, and its mask (h, w) uint8: 255 where text is,
        `storage.masks.OPEN` where nobody can tell, 0 elsewhere.

        Raises:
            Refused: `not_of_this_set`, or as the rejections of `words`.
        """
        record, _, key = name.rpartition("#")
        split, _, tag = record.partition("/")
        if (split, tag) not in self._known or key not in self._annotated(tag):
            raise Refused("not_of_this_set", f"{name!r} is no word of {self._config.root}")
        quad, _ = _checked(self._annotated(tag)[key])
        picture, marks = self._marked(tag)
        matrix, size = word_matrix(quad)
        how = {"flags": cv2.INTER_NEAREST, "borderMode": cv2.BORDER_REPLICATE}
        mask = self._shades[cv2.warpPerspective(marks, matrix, size, **how)]
        return encode_png(upright(rectify(picture, quad))), upright(mask)

    def _word(self, split: str, tag: str, key: str) -> Word:
        check_name(key, "name")
        quad, text = _checked(self._annotated(tag)[key])
        picture = upright(rectify(self._marked(tag)[0], quad))
        facts = {"part": split, "quad": quad.ravel().round(2).tolist()}
        return Word(f"{split}/{tag}#{key}", encode_png(picture), text, picture.shape[1::-1], SOURCE, facts)

    def _annotated(self, tag: str) -> Mapping[str, Any]:
        """Word → what is said of it."""
        return _annotations(self._root, tag, stamp(self._root / FILES[2].format(tag)))

    def _marked(self, tag: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """A photograph (H, W, 3) and what is marked in it (H, W)."""
        return _planes(self._root, tag, *(stamp(self._root / name.format(tag)) for name in FILES[:2]))


def state_of(config: TextSegSource) -> str:
    """A digest of where the set lies and of size and time of change of split.json.

    Raises:
        FileNotFoundError: there is none.
    """
    file = config.root / SPLITS
    if not file.is_file():
        raise FileNotFoundError(f"{file} is missing; ingest.masked_words.read.source.root says where TextSeg lies")
    return digest_of([canonical([str(config.root.resolve()), config.derived, config.splits, *stamp(file)])])


def _listed(config: TextSegSource) -> list[tuple[str, str]]:
    """(split, tag) of all splits that are wanted."""
    state_of(config)
    file = config.root / SPLITS
    try:
        said = strict(_read(file, LISTING_BYTES))
    except ValueError as error:
        raise ValueError(f"{file}: no list of photographs ({error})") from error
    for split in config.splits:
        tags = said.get(split) if isinstance(said, dict) else None
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            raise ValueError(f"{file}: {split!r} is to be a list of names of photographs, as in TextSeg")
    return [(split, tag) for split in config.splits for tag in said[split]]


@lru_cache(maxsize=2)
def _planes(root: Path, tag: str, *_: tuple[int, int]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """See `TextSeg._marked`; a photograph is decoded once for all of its words."""
    picture = decode_quick(read_picture(below(root, FILES[0].format(tag))), SCENE_PIXELS)
    data = _read(below(root, FILES[1].format(tag)), None)
    size = mask_size(data)
    if size != picture.shape[1::-1]:
        raise Refused("mask_size_differs", f"marks of {size}, a photograph of {picture.shape[1::-1]} pixels")
    marks = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if marks is None:
        raise Refused("mask_unreadable", f"a PNG of {len(data)} bytes that cannot be decoded")
    strange = set(np.unique(marks).tolist()) - {GROUND, TEXT, DERIVED, IGNORED}
    if strange:
        raise Refused("mask_malformed", f"marks of {sorted(strange)[:5]}; 0, 100, 200 and 255 mean something")
    return picture, np.asarray(marks, np.uint8)


@lru_cache(maxsize=4)
def _annotations(root: Path, tag: str, _: tuple[int, int]) -> Mapping[str, Any]:
    data = _read(below(root, FILES[2].format(tag)), ANNOTATION_BYTES)
    try:
        said = strict(data)
    except ValueError as error:
        raise Refused("annotations_malformed", str(error)) from error
    if not isinstance(said, dict) or len(said) > WORDS:
        raise Refused("annotations_malformed", f"an object of at most {WORDS} words is wanted")
    return said


def _checked(said: Any) -> tuple[NDArray[np.float64], str]:
    """Quad (4, 2) and text of a word."""
    if not isinstance(said, dict) or not isinstance(said.get("text"), str):
        raise Refused("text_malformed", "a word has a `text`")
    if not said["text"].strip():
        raise Refused("label_empty", "a word has a label")
    try:
        points = np.asarray(said.get("bbox"), np.float64).reshape(-1, 2)
    except (TypeError, ValueError) as error:
        raise Refused("polygon_malformed", f"`bbox`: {error}") from error
    return quad_of([(x, y) for x, y in points.tolist()]), said["text"]


def _read(path: Path, limit: int | None) -> bytes:
    """A file that is no photograph, not more of it than `limit`."""
    if not path.is_file():
        raise Refused("annotations_missing" if path.suffix == ".json" else "mask_missing", str(path))
    if limit and path.stat().st_size > limit:
        raise Refused("file_too_large", f"{path.stat().st_size} bytes, {limit} allowed")
    return read_picture(path)
