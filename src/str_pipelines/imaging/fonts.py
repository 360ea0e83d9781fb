"""Which font files there are, and which characters each truly draws: judged by pixels, not by the character map."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import metadata, util
from pathlib import Path

from PIL import ImageFont

from str_pipelines.imaging.shaping import JOINERS, SHAPES

FONT_DISTRIBUTIONS = (
    "font-amatic-sc",
    "font-caladea",
    "font-fredoka-one",
    "font-hanken-grotesk",
    "font-intuitive",
    "font-lato",
    "font-manrope",
    "font-source-sans-pro",
    "font-source-serif-pro",
)
SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
LAYOUT = ImageFont.Layout.RAQM if SHAPES else ImageFont.Layout.BASIC
"""Shaping and kerning by raqm where this Pillow has it; part of every digest, since it moves pixels."""

_PROBE_SIZE = 32  # pixels: large enough that different characters differ, small enough to be quick
_ABSENT = "\U0010fffe\u0378\uffff"  # non-characters and an unassigned code point: no font has them
_NEIGHBOURS = tuple(step for step in range(-4, 5) if step)
# Knuth's faces come in TeX's own encoding: '<' draws an inverted exclamation mark, a pound sign Theta. Right are:
_TEX_FACE = re.compile(r"cm[a-z]+\d+", re.IGNORECASE)
_FACE = re.compile(r"(.+\.[to]tc)#(\d+)", re.IGNORECASE)
_TEX_CHARACTERS = frozenset(string.ascii_letters + string.digits + "!#$%&()*+,-./:;=?@[]")


def bundled_fonts() -> tuple[Path, ...]:
    """The .ttf and .otf files of the installed font packages and of Matplotlib, one file a face, sorted by file name.

    Raises:
        FileNotFoundError: none of the packages is installed.
    """
    faces: dict[str, Path] = {}
    for path in sorted([*_packaged(), *_matplotlib()], key=lambda path: (path.name, str(path))):
        if path.stem not in faces or path.suffix == ".ttf":  # some faces come in both formats
            faces[path.stem] = path
    if not faces:
        raise FileNotFoundError(f"no bundled font is installed: pip install {' '.join(FONT_DISTRIBUTIONS)}")
    return tuple(faces.values())


def find_fonts(paths: Sequence[str] = ()) -> tuple[Path, ...]:
    """The font files named by `paths` (files, or folders that are searched), in that order, or the bundled ones.

    Of a collection the first face is taken; `msgothic.ttc#2` names the third.

    Raises:
        FileNotFoundError: a path does not exist.
        ValueError: a file cannot be opened as a font, or a folder holds none.
    """
    if not paths:
        return bundled_fonts()
    found = tuple(dict.fromkeys(file for path in paths for file in _files(Path(path))))
    for file in found:
        try:
            load(file, _PROBE_SIZE)
        except OSError as error:
            raise ValueError(f"{file}: not a font that FreeType can open ({error}); leave it out") from error
    return found


@lru_cache(maxsize=1024)
def load(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """The face at `size` pixels per em; opened once."""
    return _open(path, size, LAYOUT)


def covers(path: Path, text: str) -> bool:
    """Whether the face draws every character of `text` that is not a space: with ink, not as a missing one."""
    return all(_draws(path, c) for c in set(text) if not c.isspace() and c not in JOINERS)


@lru_cache(maxsize=512)
def font_name(path: Path) -> str:
    """Family and style, such as `Lato Bold`."""
    return " ".join(part for part in load(path, _PROBE_SIZE).getname() if part)


@lru_cache(maxsize=64)
def fonts_digest(paths: tuple[Path, ...]) -> str:
    """SHA-256 (hex) over the bytes of the files, in their order, and over the layout engine."""
    digest = hashlib.sha256(LAYOUT.name.encode())
    for path in paths:
        file, face = _face(path)
        digest.update(hashlib.sha256(file.read_bytes()).digest() + (b"%d" % face if face else b""))
    return digest.hexdigest()


def _packaged() -> Iterable[Path]:
    for name in FONT_DISTRIBUTIONS:
        try:
            files = metadata.files(name) or []
        except metadata.PackageNotFoundError:
            continue
        yield from (Path(str(file.locate())) for file in files if file.suffix in SUFFIXES)


def _matplotlib() -> Iterable[Path]:
    spec = util.find_spec("matplotlib")
    if spec is None or spec.origin is None:
        return
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    for pattern in ("DejaVu*.ttf", "STIXGeneral*.ttf", "cmr10.ttf", "cmb10.ttf", "cmss10.ttf", "cmtt10.ttf"):
        yield from folder.glob(pattern)


def _open(path: Path, size: int, layout: ImageFont.Layout) -> ImageFont.FreeTypeFont:
    file, face = _face(path)
    return ImageFont.truetype(str(file), size, index=face, layout_engine=layout)


def _face(path: Path) -> tuple[Path, int]:
    """A file and which face of it, from 0."""
    named = _FACE.fullmatch(str(path))
    return (Path(named[1]), int(named[2])) if named and not path.exists() else (path, 0)


def _files(path: Path) -> list[Path]:
    if _face(path)[0].is_file():
        return [path]
    if not path.is_dir():
        raise FileNotFoundError(
            f"{path}: no such font file or folder; `fonts` names some, with blanks between them "
            "(one with a blank in its name as in fonts=['my fonts/a.ttf']), or none for those that come along"
        )
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
    if not files:
        raise ValueError(f"{path}: no {' or '.join(SUFFIXES)} file in this folder")
    return files


@lru_cache(maxsize=64)
def _unshaped(path: Path) -> ImageFont.FreeTypeFont:
    """The face as it draws single characters: shaped, a mark alone would get a dotted circle to stand on."""
    return _open(path, _PROBE_SIZE, ImageFont.Layout.BASIC)


@lru_cache(maxsize=1 << 16)
def _drawing(path: Path, character: str) -> tuple[tuple[int, int], bytes]:
    mask = _unshaped(path).getmask(character, mode="L")
    return mask.size, bytes(mask)


@lru_cache(maxsize=1 << 16)
def _draws(path: Path, character: str) -> bool:
    if not character.isprintable() or (_TEX_FACE.fullmatch(path.stem) and character not in _TEX_CHARACTERS):
        return False
    drawing = _drawing(path, character)
    absent = [_drawing(path, missing) for missing in _ABSENT]
    if not any(drawing[1]) or drawing in absent:
        return False
    boxes_vary = len(set(absent)) > 1  # a face that writes the code point into the box of a missing character
    return not (boxes_vary and _is_framed(drawing)) and not _is_stand_in(path, character, drawing)


def _is_stand_in(path: Path, character: str, drawing: tuple[tuple[int, int], bytes]) -> bool:
    """Whether two or more near code points look the same: one may (two hyphens), the other case of a letter always."""
    near = [chr(code) for step in _NEIGHBOURS if 0 < (code := ord(character) + step) <= 0x10FFFF]
    others = [other for other in near if other.isprintable() and other.casefold() != character.casefold()]
    return sum(_drawing(path, other) == drawing for other in others) >= 2


def _is_framed(drawing: tuple[tuple[int, int], bytes]) -> bool:
    (width, height), pixels = drawing
    rows = [pixels[y * width : (y + 1) * width] for y in range(height)]
    ink = [row for row in rows if any(row)]
    columns = [column for column in zip(*ink, strict=True) if any(column)]
    edges = (ink[0], ink[-1], columns[0], columns[-1])
    return all(sum(value > 0 for value in edge) >= 0.8 * len(edge) for edge in edges)
