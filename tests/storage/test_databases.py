"""A store that cannot be written is found out at once, and asking changes nothing."""

from __future__ import annotations

import http.server
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from str_pipelines.storage import databases
from str_pipelines.storage.databases import reason_of, silence_of


def test_a_file_that_can_be_written_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "er" / "store.db"
    assert silence_of(f"sqlite:///{file}") == ""
    with closing(sqlite3.connect(file)) as store:
        store.execute("CREATE TABLE kept (x)")
        store.commit()
    before = file.read_bytes()
    assert silence_of(f"sqlite:///{file}") == ""
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["store.db"]


def test_a_file_that_somebody_holds_is_waited_for_and_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "PATIENCE", 0.2)
    with closing(sqlite3.connect(tmp_path / "store.db")) as store:
        store.execute("BEGIN EXCLUSIVE")
        assert silence_of(f"sqlite:///{tmp_path / 'store.db'}") == "database is locked"


def test_what_is_no_file_or_no_database(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("something else" * 100)
    assert "not a database" in silence_of(f"sqlite:///{tmp_path / 'text'}")
    assert "unable to open" in silence_of(f"sqlite:///{tmp_path}")
    assert silence_of(f"sqlite:///{tmp_path / 'text' / 'below.db'}")


@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_server_that_answers_is_there_whatever_it_says(status: int) -> None:
    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        assert silence_of(f"http://somebody:secret@127.0.0.1:{server.server_port}/") == ""
        server.shutdown()


def test_a_server_that_takes_calls_and_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr(databases, "PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        start = time.monotonic()
        assert "timed out" in silence_of(f"http://127.0.0.1:{mute.getsockname()[1]}")
        assert time.monotonic() - start < 3


def test_the_reason_is_at_the_bottom_and_on_one_line() -> None:
    try:
        try:
            raise sqlite3.OperationalError("database or disk is full\nand more")
        except sqlite3.Error as error:
            raise RuntimeError("(background on this error at …)") from error
    except RuntimeError as error:
        assert reason_of(error) == "database or disk is full"
    assert reason_of(TimeoutError()) == "TimeoutError"
