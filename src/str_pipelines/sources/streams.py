"""JSON as it comes: files of any size walked a window at a time, and small texts parsed strictly."""

from __future__ import annotations

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

WINDOW = 1 << 20  # bytes read at a time
LONGEST = 32 << 20  # characters of one element, and of any other value of the object
BLANK = re.compile(r"[ \t\n\r]*")


class Window:
    """The part of a file that is being looked at, as text; bytes that are no UTF-8 stay, as surrogates."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._decode = file, getincrementaldecoder("utf-8")("surrogateescape").decode
        self._scan = json.JSONDecoder().raw_decode
        self.text, self.at, self.byte, self.done = "", 0, 0, False
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
    with path.open("rb") as file:
        window, found, count = Window(file), False, 0
        try:
            for name in _names(window):
                if name != key:
                    window.value()
                    continue
                found = True
                for element in _list(window):
                    yield element
                    count += 1
            if window.next():
                raise ValueError("something stands behind the end of the object")
        except ValueError as error:
            where = f"byte {window.byte}" + (f", element {count} of `{key}`" if found else "")
            raise ValueError(f"{path}: not JSON at {where}: {error}; copy it again") from error
        if not found:
            raise ValueError(f"{path}: no list `{key}`; AnyWord's layout is wanted")


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
