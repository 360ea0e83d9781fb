"""Write words in a form of another tool; the folder appears whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from str_pipelines.curation.forms import FORMS, Form
from str_pipelines.curation.lmdbs import OurWords
from str_pipelines.curation.sets import WordSet
from str_pipelines.records import Refused, Rejection
from str_pipelines.storage.folders import commit, part_of
from str_pipelines.storage.handles import ROWS

if TYPE_CHECKING:
    import pyarrow as pa

AT_ONCE = 1000
REJECTIONS = "rejections.jsonl"


def export(target: Path, sets: Sequence[WordSet], form: str) -> tuple[int, Counter[str]]:
    """Write all words of some sets, one after the other; what cannot be said goes to `rejections.jsonl`.

    Returns:
        How many were written, and how many were turned away, by reason.
    """
    part = part_of(target)
    try:
        writer = FORMS[form](part, _facts(sets))
        found = _written(sets, writer, part / REJECTIONS)
        writer.close()
        commit(part, target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return found


def _written(sets: Sequence[WordSet], writer: Form, rejections: Path) -> tuple[int, Counter[str]]:
    count, reasons = 0, Counter[str]()
    for rejection in _rejected(sets, writer):
        if rejection is None:
            count += 1
            continue
        reasons[rejection.reason] += 1
        with rejections.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(rejection)) + "\n")
    return count, reasons


def _rejected(sets: Sequence[WordSet], writer: Form) -> Iterator[Rejection | None]:
    """For each record, why it was not written, if it was not."""
    with tqdm(total=sum(map(len, sets)), desc="words", unit=" words") as bar:
        for words in sets:
            for start in range(0, len(words), AT_ONCE):
                span = range(start, min(start + AT_ONCE, len(words)))
                for found in words.words(span):
                    if isinstance(found, Rejection):
                        yield found
                        continue
                    try:
                        writer.add(found)
                        yield None
                    except Refused as refused:
                        yield Rejection(words.name, found.id, refused.reason, refused.detail)
                bar.update(len(span))


def _facts(sets: Sequence[WordSet]) -> pa.Schema | None:
    """The columns of all sidecars, each of a type that has the values of all; nothing where a set has none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not all(isinstance(words, OurWords) for words in sets):
        return None
    files = [folder / ROWS for words in sets if isinstance(words, OurWords) for folder in words.handle.folders()]
    schemas = [schema for file in files if (schema := pq.read_schema(file).remove_metadata()).names]
    try:
        return pa.unify_schemas(schemas, promote_options="permissive") if schemas else None
    except pa.ArrowException as error:
        raise ValueError(
            f"the facts of these sets have no types in common ({error}); convert them one by one"
        ) from error
