"""WebDataset's tars: members that share a name up to its first point are one record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from posixpath import splitext
from typing import Any, BinaryIO

from str_pipelines.curation.pictures import PICTURES, size_allowed
from str_pipelines.curation.tar_members import Member, members
from str_pipelines.execution import Execution, build_table
from str_pipelines.records import Refused, Rejection, Table, Word
from str_pipelines.sources.files import IMAGE_BYTES, check_name, shown, stamp
from str_pipelines.storage.digests import canonical, content, digest_of, work_key
from str_pipelines.storage.tables import rows_in
from str_pipelines.storage.words import OWN_COLUMNS

STEP, VERSION = "curation.tars", 1
TEXT_BYTES = 1 << 16
MOST_COLUMNS = 100
KINDS = ("image", "json", "txt")


@dataclass(frozen=True)
class TarWords:
    """Records with a picture and a label in `.txt` or, with whatever else is known, in `.json`.

    An index of the members is made first, so that any range can be read; nothing is unpacked to disk.
    """

    name: str
    digest: str
    index: Table
    columns: tuple[str, ...]

    @classmethod
    def at(cls, files: Sequence[Path], name: str, execution: Execution) -> TarWords:
        """The records of some tars, one file after the other.

        Raises:
            ValueError: one is damaged; file and byte are named.
        """
        state = digest_of([canonical([[str(file.resolve()), *stamp(file)] for file in files])])
        key = work_key(STEP, VERSION, {}, state)
        rows = chain.from_iterable(_records(file) for file in files)
        index = build_table(lambda: rows, step=STEP, key=key, execution=execution)
        return cls(name, state, index, _columns(index))

    def __len__(self) -> int:
        return self.index.rows

    def words(self, places: Sequence[int]) -> Iterator[Word | Rejection]:
        """See `WordSet`; places without a gap."""
        rows = rows_in(self.index, range(places[0], places[-1] + 1))
        for tar, group in groupby(rows, key=lambda row: str(row["tar"])):
            with Path(tar).open("rb") as file:
                yield from (self._found(file, row) for row in group)

    def _found(self, file: BinaryIO, row: Mapping[str, Any]) -> Word | Rejection:
        try:
            return self._word(file, row)
        except Refused as refused:
            return Rejection(row["tar"], row["key"], refused.reason, refused.detail)

    def _word(self, file: BinaryIO, row: Mapping[str, Any]) -> Word:
        if row["fault"]:
            raise Refused(row["fault"], row["detail"])
        image, said = _read(file, row, "image", IMAGE_BYTES), _facts(_read(file, row, "json", TEXT_BYTES))
        label = said.get("label", _label(_read(file, row, "txt", TEXT_BYTES)))
        if not isinstance(label, str):
            raise Refused("label_missing", "a .txt, or a `label` in a .json that is a text, is wanted")
        name, source = said.get("id", row["key"]), said.get("source", self.name)
        if not isinstance(name, str) or not isinstance(source, str):
            raise Refused("record_malformed", "`id` and `source` are texts")
        check_name(name, "id")
        facts = {key: said.get(key) for key in self.columns}
        return Word(name, image, label, size_allowed(image), source, facts)


def _records(tar: Path) -> Iterator[dict[str, Any]]:
    """A row a record: where each of its members lies, or why it cannot be used."""
    with tar.open("rb") as file:
        found = (member for member in members(file) if member.kind != "folder")
        try:
            for key, group in groupby(found, key=lambda member: _key(member.name)):
                yield {"tar": str(tar), "key": shown(key), **_record(key, group)}
        except ValueError as error:
            raise ValueError(f"{tar}: {error}; copy or make it again") from error


def _columns(index: Table) -> tuple[str, ...]:
    """The keys of all .json together, so that all words have the same facts.

    Raises:
        ValueError: there are more than a table has columns.
    """
    found: dict[str, None] = {}
    for tar, group in groupby(rows_in(index, range(index.rows)), key=lambda row: str(row["tar"])):
        with Path(tar).open("rb") as file:
            for row in group:
                with suppress(Refused):
                    found |= dict.fromkeys(_facts(_read(file, row, "json", TEXT_BYTES)))
                if len(found) > MOST_COLUMNS:
                    raise ValueError(f"{tar}: {row['key']}: more than {MOST_COLUMNS} different keys in its .json files")
    return tuple(key for key in found if key not in OWN_COLUMNS)


def _key(name: str) -> str:
    folder, slash, file = name.rpartition("/")
    return folder + slash + file.partition(".")[0]


def _record(key: str, group: Iterator[Member]) -> dict[str, Any]:
    places = {f"{kind}_{what}": -1 for kind in KINDS for what in ("offset", "size")}
    faults: list[Refused] = []
    for member in group:
        try:
            kind = _checked(key, member)
            if kind and places[f"{kind}_offset"] >= 0:
                raise Refused("member_repeated", f"{shown(member.name)}: a record has one of a kind")
        except Refused as refused:
            faults.append(refused)
        else:
            places |= {f"{kind}_offset": member.offset, f"{kind}_size": member.size} if kind else {}
    if places["image_offset"] < 0:
        faults.append(Refused("image_missing", "none of its members is a picture"))
    first = faults[0] if faults else Refused("")
    return {**places, "fault": first.reason, "detail": first.detail}


def _checked(key: str, member: Member) -> str:
    """What a member is to us: one of KINDS, or nothing."""
    check_name(key, "path")
    if member.name.startswith("/") or ".." in member.name.split("/"):
        raise Refused("path_leaves_root", member.name)
    if member.kind != "file":
        raise Refused("member_no_file", f"{member.name}: a link, a device or a pipe")
    suffix = splitext(member.name)[1].lower()
    kind = "image" if suffix in PICTURES else suffix[1:] if suffix in (".json", ".txt") else ""
    limit = IMAGE_BYTES if kind == "image" else TEXT_BYTES
    if kind and member.size > limit:
        raise Refused("file_too_large", f"{member.name}: {member.size} bytes, {limit} allowed")
    return kind


def _read(file: BinaryIO, row: Mapping[str, Any], kind: str, limit: int) -> bytes:
    if row[f"{kind}_offset"] < 0:
        return b""
    file.seek(row[f"{kind}_offset"])
    return file.read(min(row[f"{kind}_size"], limit))


def _label(said: bytes) -> str | None:
    try:
        return said.decode().removesuffix("\n").removesuffix("\r") if said else None
    except UnicodeDecodeError as error:
        raise Refused("label_not_text", f"{ascii(said[:200])}: {error.reason}") from error


def _facts(said: bytes) -> dict[str, Any]:
    try:
        found = json.loads(said or b"{}")
        content(found)  # which NaN, surrogates and what is no object do not pass
    except (ValueError, RecursionError, TypeError) as error:
        raise Refused("record_malformed", f"its .json: {error}") from error
    return dict(found)
