"""Which of the sets that were found are scored, under which names, and which are not, and why."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from str_pipelines.execution import Execution, build_table
from str_pipelines.metrics.benchmarks import choose
from str_pipelines.records import Rejection, Table
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.words import WordLmdb

logger = logging.getLogger(__name__)
VERSION = 1


def list_sets(
    found: Mapping[str, WordLmdb],
    unreadable: Sequence[Rejection],
    wanted: Sequence[str],
    execution: Execution,
    step: str,
) -> tuple[Table, Table]:
    """Two tables: the sets to score (`set`, `path`, `words`, `digest`), and those left out (`set`, `why`).

    Args:
        found, unreadable: as `sources.word_sets.find_word_sets` gives them.
        wanted: names, aliases and groups of `metrics.benchmarks`; none means all.

    Raises:
        ValueError: none is left; or as `choose`.
    """
    full = {folder: words for folder, words in found.items() if len(words)}
    names, missing = choose({folder: len(words) for folder, words in full.items()}, wanted)
    empty = {folder: "it has no words" for folder in found.keys() - full.keys()}
    broken = {rejection.record: rejection.detail for rejection in unreadable}
    left_out = {**missing, **empty, **broken}
    if not names:
        raise ValueError(_nothing(left_out, wanted))
    for name, why in left_out.items():
        logger.warning("%s is not scored: %s", name, why)
    sets = [
        {"set": name, "path": str(full[folder].path), "words": len(full[folder]), "digest": full[folder].digest}
        for name, folder in names.items()
    ]
    lost = [{"set": name, "why": why} for name, why in left_out.items()]
    return _table(sets, step, execution), _table(lost, f"{step}.left_out", execution)


def _table(rows: Sequence[Mapping[str, Any]], step: str, execution: Execution) -> Table:
    return build_table(lambda: rows, step=step, key=work_key(step, VERSION, rows), execution=execution)


def _nothing(left_out: Mapping[str, str], wanted: Sequence[str]) -> str:
    reasons = "".join(f"\n  {name}: {why}" for name, why in left_out.items())
    return (
        f"none of the sets {', '.join(wanted) or 'below this folder'} can be scored{reasons}\n"
        "--params=benchmarks=FOLDER says where the sets lie, a folder with an LMDB each (data/README.md); without it "
        "small demonstration sets are made and scored"
    )
