"""JSON as it comes: files of any size walked a window at a time, and small texts parsed strictly."""

from __future__ import annotations

import json
import re
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

WINDOW = 1 << 20  # bytes read at a time
LONGEST = 32 << 20  # characters of one element, and of any other value of the object
Part = TypeVar("Part")
BLANK = re.compile(r"[ \t\n\r]*")


class Window:
    """The part of a file that is being looked at, as text; bytes that are no UTF-8 stay, as surrogates."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._decode = file, getincrementaldecoder("utf-8")("surrogateescape").decode
        self._scan = json.JSONDecoder().raw_decode
        self.text, self.at, self.byte, self.done = "", 0, 0, False
        self.inside = False  # the part that is wanted has been reached
        if self.next() == "\ufeff":
            self._pass(1)

    def next(self) -> str:
        """The next character that is no blank, which stays; empty at the end of the file."""
        while True:
            self._pass(BLANK.match(self.text, self.at).end() - self.at)  # type: ignore[union-attr]
            if self.at < len(self.text) or self.done:
                return self.text[self.at : self.at + 1]
            self._grow()

    def take(self, wanted: str) -> str:
        """Pass by the next character that is no blank: one of `wanted`, or "" for the end of the file.

        Raises:
            ValueError: it is another one.
        """
        found = self.next()
        if found not in wanted or not found:
            raise ValueError(f"{f'{found!r} stands' if found else 'the file ends'} where one of {wanted} is wanted")
        self._pass(1)
        return found

    def value(self) -> tuple[bytes, Any]:
        """The next value, as it is written and parsed; pass by it.

        Raises:
            ValueError: it is no JSON, or too long or nested too deep to be looked at.
        """
        self.next()
        while True:
            try:
                value, end = self._scan(self.text, self.at)
                if end + 2 < len(self.text) or self.done:  # 1e+ may be the beginning of a number
                    break
            except RecursionError as error:
                raise ValueError("nested too deep") from error
            except json.JSONDecodeError as error:
                if self.done:
                    raise ValueError(error.msg) from error
            if len(self.text) - self.at > LONGEST:
                raise ValueError(f"no JSON, or more than {LONGEST} characters")
            self._grow()
        return self._pass(end - self.at), value

    def _pass(self, count: int) -> bytes:
        passed = self.text[self.at : self.at + count].encode("utf-8", "surrogateescape")
        self.byte += len(passed)
        self.at += count
        return passed

    def _grow(self) -> None:
        data = self._file.read(WINDOW)
        self.done = not data
        self.text, self.at = self.text[self.at :] + self._decode(data, self.done), 0


def elements(path: Path, key: str) -> Iterator[tuple[int, bytes, Any]]:
    """Where each element of the list `key` of the object in a file begins, how it is written, and its value.

    NaN and infinities, which Python's parser lets pass, are values here.

    Raises:
        ValueError: the file is no such object; which element, at which byte, and why.
    """
    missing = f"no list `{key}`; AnyWord's layout is wanted"
    return _parts(path, lambda window: _within(window, key, _list, missing), f"element {{}} of `{key}`")


def members(path: Path, key: str | None = None) -> Iterator[tuple[str, Any]]:
    """The names in the object in a file, or in the object `key` of it, each with its value.

    NaN and infinities are values here, as in `elements`.

    Raises:
        ValueError: as `elements`.
    """
    if key is None:
        return _parts(path, _object, "member {}")
    missing = f"no object `{key}`; see data/README.md for the layout of this set"
    return _parts(path, lambda window: _within(window, key, _object, missing), f"member {{}} of `{key}`")


def _parts(path: Path, walk: Callable[[Window], Iterator[Part]], which: str) -> Iterator[Part]:
    """What `walk` finds in a file; `which` says in an error which of them it was, from 0."""
    with path.open("rb") as file:
        window, count = Window(file), -1
        try:
            for count, part in enumerate(walk(window)):  # noqa: B007 (an error says it)
                yield part
            if window.next():
                raise ValueError("something stands behind the end of the object")
        except LookupError as error:
            raise ValueError(f"{path}: {error.args[0]}") from error
        except ValueError as error:
            where = f", {which.format(count + 1)}" if window.inside else ""
            raise ValueError(f"{path}: not JSON at byte {window.byte}{where}: {error}; copy it again") from error


def _within(window: Window, key: str, walk: Callable[[Window], Iterator[Part]], missing: str) -> Iterator[Part]:
    """What `walk` finds in the value of `key`; whatever else there is, of any size, is passed by.

    Raises:
        LookupError: there is no such key.
    """
    found = False
    for name in _names(window):
        if name != key:
            _pass_by(window)
            continue
        found = window.inside = True
        yield from walk(window)
    if not found:
        raise LookupError(missing)


def _pass_by(window: Window) -> None:
    match window.next():
        case "{":
            deque(_object(window), 0)
        case "[":
            deque(_list(window), 0)
        case _:
            window.value()


def _object(window: Window) -> Iterator[tuple[str, Any]]:
    """The names of an object with their values."""
    return ((name, window.value()[1]) for name in _names(window))


def _names(window: Window) -> Iterator[str]:
    """The keys of an object, each to be followed by reading its value."""
    window.take("{")
    if window.next() == "}":
        window.take("}")
        return
    while True:
        if window.next() != '"':
            raise ValueError(f"{window.next()!r} stands where a name in quotation marks is wanted")
        name = str(window.value()[1])
        window.take(":")
        yield name
        if window.take(",}") == "}":
            return


def _list(window: Window) -> Iterator[tuple[int, bytes, Any]]:
    """The elements of a list."""
    window.take("[")
    if window.next() == "]":
        window.take("]")
        return
    while True:
        window.next()
        start = window.byte
        yield (start, *window.value())
        if window.take(",]") == "]":
            return


def strict(data: bytes) -> Any:
    """The value of a JSON text in UTF-8, with or without its mark.

    Raises:
        ValueError: it is none; NaN and infinities are no JSON numbers.
    """
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
