"""Digests say the same of the same content, however it was written, and another thing of anything else."""

from __future__ import annotations

import hashlib
import math
import tempfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from str_pipelines.storage.digests import (
    canonical,
    content,
    digest_of,
    file_crc32,
    file_sha256,
    record_digest,
    settled,
    work_key,
)
from str_pipelines.storage.tables import RowWriter, iterate

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBER = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "text": TEXT | st.none(),
            "count": st.integers(-(2**63), 2**63 - 1) | st.none(),
            "share": NUMBER.map(float) | st.none(),
            "mixed": NUMBER,
            "flag": st.booleans(),
            "quad": st.lists(NUMBER, max_size=8) | st.tuples(NUMBER, NUMBER),
            "nested": st.fixed_dictionaries({"deep": TEXT}, optional={"font": TEXT, "size": NUMBER.map(float)}),
            "run": TEXT,
        }
    ),
    min_size=1,
    max_size=6,
)


@given(ROWS)
def test_content_is_the_same_before_and_after_parquet(rows: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writer = RowWriter(Path(folder, "rows.parquet"))
        for row in rows:
            writer.add(row)
        writer.close()
        assert [content(row) for row in iterate(writer.path)] == [content(row) for row in rows]


@given(ROWS)
def test_content_is_canonical(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        kept = {key: settled(value) for key, value in row.items() if value is not None and key != "run"}
        assert content(row) == canonical(kept)


def test_content_leaves_out_the_run_and_nothing_else() -> None:
    row = {"a": 1, "b": "x", "run": "1f"}
    assert content(row) == content({**row, "run": "2e"}) == content({**row, "font": None}) == b'{"a":1,"b":"x"}'
    assert content(row) != content({**row, "b": "y"})
    assert content(row) != content({**row, "c": 0})


def test_settled_keeps_what_a_float_cannot_hold() -> None:
    assert str(settled([2**60, 2.0**60, 2.0**53, -0.0, True])) == str([2**60, 2.0**60, 2**53, 0, True])


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical([value])


@pytest.mark.parametrize("value", [np.float32(1.5), {1}, b"x", object()])
def test_what_would_read_back_as_something_else_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no record holds that"):
        canonical({"a": value})


def test_canonical_does_not_depend_on_order_and_says_paths_as_texts() -> None:
    assert canonical({"b": Path("x/y"), "a": "ü"}) == canonical({"a": "ü", "b": "x/y"})
    assert canonical({"b": Path("x/y"), "a": "ü"}) == '{"a":"ü","b":"x/y"}'.encode()


@given(st.lists(st.binary(max_size=4), max_size=4), st.lists(st.binary(max_size=4), max_size=4))
def test_no_two_splits_of_the_same_bytes_agree(one: list[bytes], other: list[bytes]) -> None:
    assert (record_digest(*one) == record_digest(*other)) == (one == other)


def test_digest_of_does_not_see_how_parts_were_grouped() -> None:
    assert digest_of([b"ab", b"c"]) == digest_of([b"abc"]) != digest_of([b"acb"])


def test_files_are_read_in_pieces(tmp_path: Path) -> None:
    data = bytes(range(256)) * 10_000
    (tmp_path / "file").write_bytes(data)
    assert file_crc32(tmp_path / "file") == f"{zlib.crc32(data):08x}"
    assert file_sha256(tmp_path / "file") == hashlib.sha256(data).hexdigest()


class Params(BaseModel):
    size: int = 1
    where: Path = Path("a")


def test_a_work_key_changes_with_everything_that_changes_a_result() -> None:
    key = work_key("step", 1, Params(), "in")
    others = [
        work_key("other", 1, Params(), "in"),
        work_key("step", 2, Params(), "in"),
        work_key("step", 1, Params(size=2), "in"),
        work_key("step", 1, Params(), "other"),
        work_key("step", 1, Params(), "in", "more"),
    ]
    assert len({key, *others}) == 6
    assert key == work_key("step", 1, {"where": "a", "size": 1}, "in")
    assert len(key) == 16
