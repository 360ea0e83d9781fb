"""The listing of a published set as a table, made once by the first process; workers read rows, never the listing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from str_pipelines.execution import Execution, build_table
from str_pipelines.records import Refused, Rejection, Table
from str_pipelines.sources.files import check_name, shown, stamp
from str_pipelines.sources.published.entry import Entry, Layout
from str_pipelines.sources.published.layouts import LAYOUTS
from str_pipelines.sources.published.texts import lines
from str_pipelines.sources.word_config import PublishedSource
from str_pipelines.storage.digests import canonical, digest_of, work_key

STEP, VERSION = "ingest.words.published", 1


def entries_table(config: PublishedSource, execution: Execution) -> Table:
    """A row an entry: `id`, `picture`, `label`, `polygon` (JSON, or empty), `language`, `fault`, `detail`, `file`.

    Raises:
        FileNotFoundError: a listing is missing.
        ValueError: it cannot be read.
    """
    which = {"name": config.name, "split": config.split, "only": config.only and config.only.resolve()}
    key = work_key(STEP, VERSION, which, state_of(config))
    return build_table(lambda: _rows(config), step=STEP, key=key, execution=execution)


def state_of(config: PublishedSource) -> str:
    """A digest of where the listings lie, of their sizes and times of change.

    Raises:
        FileNotFoundError: one is missing.
    """
    files = LAYOUTS[config.name].listings(config.root, config.split)
    if config.only:
        files.append(config.only)
    return digest_of([canonical([[shown(str(file.resolve())), *stamp(file)] for file in files])])


def _rows(config: PublishedSource) -> Iterator[dict[str, str]]:
    layout, seen = LAYOUTS[config.name], set[int]()
    wanted, found_there = _wanted(config.only), set[str]()
    for found in layout.entries(config.root, config.split):
        if isinstance(found, Rejection):
            record, detail, file = map(shown, (found.record, found.detail, found.source))
            yield _row(record, fault=found.reason, detail=detail, file=file)
            continue
        try:
            if config.only:
                found_there.add(_chosen(found, wanted, config.only))
            _check(found, layout)
            if hash(found.id) in seen:
                raise Refused("listed_before", "an earlier line lists the same")
            seen.add(hash(found.id))
            yield _row(found.id, found.picture, found.label, _said(found), shown(found.language))
        except Refused as refused:
            yield _row(shown(found.id), shown(found.picture), fault=refused.reason, detail=shown(refused.detail))
    if missing := wanted - found_there:
        raise ValueError(f"{config.only}: {len(missing)} names, such as {min(missing)!r}, are not in {config.name}")


def _wanted(only: Path | None) -> set[str]:
    """The names in a list of them.

    Raises:
        FileNotFoundError, ValueError: there is no such list, or a line of it is none.
    """
    names: set[str] = set()
    for found in lines(only) if only else ():
        if isinstance(found, Rejection):
            raise ValueError(f"{only}: {found.record}: {found.reason}; a name a line is wanted")
        names.add(found[1].strip())
    return names


def _chosen(entry: Entry, wanted: set[str], only: Path) -> str:
    """The name in a list by which an entry is wanted: its id, its picture, or that without its folders.

    Raises:
        Refused: `not_in_version`.
    """
    for name in (entry.id, entry.picture, entry.picture.rpartition("/")[2]):
        if name in wanted:
            return name
    raise Refused("not_in_version", f"{only.name} does not name it")


def _check(entry: Entry, layout: Layout) -> None:
    """Whether an entry can be a word.

    Raises:
        Refused: what the entry says itself, `path_malformed`, `label_empty`, `label_malformed`, `not_in_version` …
    """
    check_name(entry.id, "name")
    check_name(entry.picture, "path")
    if entry.refusal:
        raise Refused(*entry.refusal)
    if not entry.label:
        raise Refused("label_empty", "a word has a label")
    if not entry.label.isascii() and any("\ud800" <= letter <= "\udfff" for letter in entry.label):
        raise Refused("label_malformed", f"{entry.label!a} is no Unicode")
    if layout.keeps and not layout.keeps(entry.label):
        raise Refused("not_in_version", layout.version)


def _said(entry: Entry) -> str:
    if entry.polygon is None:
        return ""
    if entry.polygon.ndim != 2 or entry.polygon.shape[1] != 2 or len(entry.polygon) < 3:
        raise Refused("polygon_malformed", f"three and more points (x, y) are wanted, not {entry.polygon.tolist()}")
    return json.dumps(entry.polygon.astype(np.float64).round(2).tolist())


def _row(
    name: str,
    picture: str = "",
    label: str = "",
    polygon: str = "",
    language: str = "",
    fault: str = "",
    detail: str = "",
    file: str = "",
) -> dict[str, str]:
    values = {"id": name, "picture": picture, "label": label, "polygon": polygon, "language": language}
    return {**values, "fault": fault, "detail": detail, "file": file}
