"""Listings as text, JSON and XML: limited in size before they are read, refused with file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.files import shown
from str_pipelines.sources.streams import strict

T = TypeVar("T")
TEXT_BYTES = 256 << 20
JSON_BYTES = XML_BYTES = 64 << 20  # parsed at once, into ten times as much memory
LINE = 64 << 10  # characters
DEEPEST = 50


def check_size(path: Path, most: int) -> None:
    """Whether a file is there, and has at most so many bytes.

    Raises:
        FileNotFoundError: it is not there.
        ValueError: it has more.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; see data/README.md for the layout of this set")
    if path.stat().st_size > most:
        raise ValueError(f"{path} has more than {most} bytes, and no listing of this kind is as large")


def read_limited(path: Path, most: int) -> bytes:
    """What a file of at most so many bytes holds.

    Raises:
        FileNotFoundError, ValueError: as `check_size`.
    """
    check_size(path, most)
    return path.read_bytes()


def lines(path: Path) -> Iterator[tuple[int, str] | Rejection]:
    """Number, from 1, and content of each line that says something; LF or CRLF, with or without a byte order mark.

    Raises:
        FileNotFoundError, ValueError: as `read_limited`.
    """
    data = read_limited(path, TEXT_BYTES).removeprefix(b"\xef\xbb\xbf")
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip(b"\r \t"):
            continue
        try:
            text = line.decode().removesuffix("\r")
        except UnicodeDecodeError:
            yield refused(path, number, "line_not_utf8", ascii(line[:200]))
            continue
        yield (number, text) if len(text) <= LINE else refused(path, number, "line_too_long", ascii(text[:200]))


def each_line(path: Path, parse: Callable[[int, str], T]) -> Iterator[T | Rejection]:
    """What `parse` makes of number and content of each line; a line that it refuses is a rejection.

    Raises:
        FileNotFoundError, ValueError: as `read_limited`.
    """
    for found in lines(path):
        if isinstance(found, Rejection):
            yield found
            continue
        try:
            yield parse(*found)
        except Refused as error:
            yield refused(path, found[0], error.reason, error.detail)


def refused(path: Path, where: int | str, reason: str, detail: str) -> Rejection:
    """A line, by its number, or a record, by its name, that cannot be used."""
    return Rejection(str(path), f"line {where}" if isinstance(where, int) else shown(where), reason, detail)


def read_json(path: Path) -> Any:
    """The value of a JSON file of at most 64 MiB; larger ones are for `streams.elements`.

    Raises:
        FileNotFoundError, ValueError: as `read_limited`; it is no JSON.
    """
    data = read_limited(path, JSON_BYTES)
    try:
        return strict(data)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: no UTF-8 at byte {error.start}; copy it again") from error
    except ValueError as error:
        raise ValueError(f"{path}: not JSON ({error}); copy it again") from error


def read_xml(path: Path) -> Element:
    """The root of an XML file of at most 64 MiB. Document types, and so entities of one's own, are refused.

    Raises:
        FileNotFoundError, ValueError: as `read_limited`; it is no XML, declares a type, or is nested deep.
    """
    data = read_limited(path, XML_BYTES)
    builder, parser = TreeBuilder(), expat.ParserCreate()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise ValueError("nested too deep")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def doctype(*_: object) -> None:
        raise ValueError("a document type is declared, which no listing needs")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = builder.data, doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ValueError(f"{path}:{error.lineno}: not XML ({expat.ErrorString(error.code)}); copy it again") from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows, or what was refused above
        raise ValueError(f"{path}:{parser.CurrentLineNumber}: {error}") from error
    return builder.close()
