from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from str_pipelines.sources import streams
from str_pipelines.sources.streams import elements, members, strict

scalars = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | st.text()
values = st.recursive(scalars, lambda v: st.lists(v) | st.dictionaries(st.text(), v), max_leaves=8)
others = st.dictionaries(st.text(), values, max_size=3).map(
    lambda found: {k: v for k, v in found.items() if k != "list"}
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(values, max_size=6), others, others, st.integers(1, 40), st.booleans(), st.sampled_from([None, 1]),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
)  # fmt: skip
def test_elements_are_those_of_the_list_wherever_windows_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, items: list[Any], before: dict[str, Any], after: dict[str, Any],
    window: int, ascii_only: bool, indent: int | None, mark: bytes,
) -> None:  # fmt: skip
    monkeypatch.setattr(streams, "WINDOW", window)
    path = tmp_path / "a.json"
    listing = {**before, "list": items, **{key: value for key, value in after.items() if key not in before}}
    data = mark + json.dumps(listing, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")
    path.write_bytes(data)
    found = list(elements(path, "list"))
    assert [value for _, _, value in found] == items
    for start, written, value in found:
        assert (
            data[start : start + len(written)] == written
            and json.loads(written.decode("utf-8", "surrogatepass")) == value
        )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(), values, max_size=6), others, st.integers(1, 40))
def test_members_are_those_of_the_object_wherever_windows_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inner: dict[str, Any], before: dict[str, Any], window: int
) -> None:
    monkeypatch.setattr(streams, "WINDOW", window)
    path = tmp_path / "a.json"
    path.write_bytes(json.dumps({**before, "list": inner, "z": [1, {"list": 2}]}).encode())
    assert list(members(path, "list")) == list(inner.items())
    path.write_bytes(json.dumps(inner).encode())
    assert list(members(path)) == list(inner.items())


@pytest.mark.parametrize("window", [3, 1 << 20])
def test_an_object_cut_anywhere_is_named_with_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    monkeypatch.setattr(streams, "WINDOW", window)
    whole = json.dumps({"big": [[1], {"a": 2}], "anns": {"1": {"a": [1]}, "2": "é"}, "more": 1}).encode()
    for end in range(len(whole)):
        for key in ("anns", None):
            with pytest.raises(ValueError, match=r"a\.json: not JSON at byte \d+.*; copy it again"):
                list(members(write(tmp_path, whole[:end]), key))
    with pytest.raises(ValueError, match="no object `imgs`"):
        list(members(write(tmp_path, whole), "imgs"))


def test_what_is_passed_by_may_be_larger_than_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LONGEST", 1000)
    monkeypatch.setattr(streams, "WINDOW", 100)
    large = [{"a": list(range(20))} for _ in range(100)]
    path = write(
        tmp_path, json.dumps({"o": {str(n): e for n, e in enumerate(large)}, "l": large, "x": {"y": 1}}).encode()
    )
    assert list(members(path, "x")) == [("y", 1)]
    assert len(list(elements(path, "l"))) == 100 == len(list(members(path, "o")))


def write(folder: Path, data: bytes) -> Path:
    (folder / "a.json").write_bytes(data)
    return folder / "a.json"


WHOLE = json.dumps({"data_root": "x", "list": [{"a": [1, 2.5, "é"]}, {"b": None}], "more": {"c": "]}"}}).encode()


@pytest.mark.parametrize("window", [3, 1 << 20])
def test_a_file_cut_anywhere_is_named_with_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    monkeypatch.setattr(streams, "WINDOW", window)
    assert len(list(elements(write(tmp_path, WHOLE), "list"))) == 2
    for end in range(len(WHOLE)):
        with pytest.raises(ValueError, match=r"a\.json: not JSON at byte \d+.*; copy it again"):
            list(elements(write(tmp_path, WHOLE[:end]), "list"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "byte 0: the file ends where one of { is wanted"),
        (b"[1]", r"byte 0: '\[' stands where one of { is wanted"),
        (b"{}", "no list `list`; AnyWord's layout is wanted"),
        (b'{"lists": []}', "no list `list`"),
        (b'{"list": {}}', r"byte 9, element 0 of `list`: '{' stands where one of \[ is wanted"),
        (b'{"list": [1 2]}', r"byte 12, element 1 of `list`: '2' stands where one of ,\] is wanted"),
        (b'{"list": [1, tru]}', "element 1 of `list`: Expecting value"),
        (b'{"list": [1,]}', "element 1 of `list`: Expecting value"),
        (b'{"list": [1]} x', "byte 14, element 1 of `list`: something stands behind the end"),
        (b'{"list": [1], }', "'}' stands where a name in quotation marks is wanted"),
        (b"{list: [1]}", "'l' stands where a name"),
        (b'{"list": ["a\nb"]}', "Invalid control character"),
        (b'{"list": [' + b"[" * 100_000, "element 0 of `list`: nested too deep"),
        (b'{"list": [1, ' + b"9" * 5000 + b"]}", "element 1 of `list`: .*digits"),
        (b'{"list": [1]}'.decode().encode("utf-16"), "byte 0"),
    ],
)
def test_what_is_wrong_is_said_with_byte_and_element(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message) as error:
        list(elements(write(tmp_path, data), "list"))
    assert str(tmp_path / "a.json") in str(error.value)


def test_bytes_that_are_no_utf_8_do_not_move_the_rest(tmp_path: Path) -> None:
    data = b'{"list": ["\xff\xfe", "\xc3\xa9", "\xc3"]}'
    found = list(elements(write(tmp_path, data), "list"))
    assert [written for _, written, _ in found] == [b'"\xff\xfe"', b'"\xc3\xa9"', b'"\xc3"']
    assert found[1][2] == "é"
    with pytest.raises(ValueError, match="utf-8"):
        strict(found[0][1])


def test_one_element_may_not_be_endless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "WINDOW", 1000)
    monkeypatch.setattr(streams, "LONGEST", 10_000)
    with pytest.raises(ValueError, match="element 1 of `list`: no JSON, or more than 10000 characters"):
        list(elements(write(tmp_path, b'{"list": [1, "' + b"n" * 100_000 + b'"]}'), "list"))


def test_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    item = json.dumps({"img_name": "a.jpg", "annotations": [{"polygon": [[0, 0]] * 4, "text": "x"}] * 3})
    path = write(tmp_path, ('{"list": [' + ",".join([item] * 60_000) + "]}").encode())
    assert path.stat().st_size > 9e6
    tracemalloc.start()
    try:
        for count, _ in enumerate(elements(path, "list"), 1):
            if count == 20_000:
                break
        assert tracemalloc.get_traced_memory()[1] < 8e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}', "[", "", "1 2", "[" * 100_000, "'a'"])
def test_strict_json_is_strict(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        strict(text.encode())


def test_strict_json_may_have_its_mark() -> None:
    assert strict(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
