"""Whether a store somewhere can be written: asked within seconds, and without the library that writes to it."""

from __future__ import annotations

import fcntl
import re
import sqlite3
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

PATIENCE = 5  # seconds that a store gets to answer


def silence_of(uri: str) -> str:
    """Why the SQLite file or server at `uri` cannot be written; empty if it seems it can."""
    try:
        if uri.startswith("sqlite:///"):
            file = Path(uri.removeprefix("sqlite:///"))
            file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(file, timeout=PATIENCE)) as store:
                store.execute("BEGIN IMMEDIATE")
                store.execute("CREATE TABLE trial (x)")  # never committed; only a write shows a disk that takes none
        elif uri.startswith(("http://", "https://")):
            page = re.sub("//[^/@]*@", "//", uri).rstrip("/") + "/health"
            urllib.request.urlopen(page, timeout=PATIENCE).close()
    except (sqlite3.Error, OSError) as error:
        refuses = isinstance(error, urllib.error.HTTPError) or isinstance(getattr(error, "reason", None), ssl.SSLError)
        return "" if refuses else reason_of(error)  # what refuses this page is there
    return ""


@contextmanager
def one_at_a_time(uri: str) -> Iterator[None]:
    """Wait until no other process is here with the same SQLite file; a server at `uri` sees to that itself.

    MLflow makes the tables of a new file when it is first opened, and two processes that do so spoil each other's.
    """
    if not uri.startswith("sqlite:///"):
        yield
        return
    with Path(f"{uri.removeprefix('sqlite:///')}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # goes with the file's closing, and with the process
        yield


def reason_of(error: BaseException) -> str:
    """The first line of what lies at the bottom of an error."""
    while error.__cause__:
        error = error.__cause__
    return (str(error) or type(error).__name__).splitlines()[0][:200]
