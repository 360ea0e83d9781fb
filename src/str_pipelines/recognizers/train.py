"""From labelled words to a reader: a checkpoint folder with its card."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from str_pipelines.execution import Execution, step_folder
from str_pipelines.recognizers.gather import find_words, gather
from str_pipelines.recognizers.training_config import RecognizerConfig, RecognizerParams
from str_pipelines.records import Report
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.folders import commit, part_of
from str_pipelines.storage.words import WordLmdb
from str_pipelines.training.config import Hardware
from str_pipelines.training.worker import Job

logger = logging.getLogger(__name__)
STEP, VERSION = "recognizer.train", 2
FIRST = "words"  # the name of the set that comes from the catalog


def train(words: WordLmdb, params: RecognizerParams, hardware: Hardware, execution: Execution) -> Checkpoint:
    """Train, or go on training, or find it done.

    Raises:
        ValueError, FileNotFoundError: the words, the charset or the network cannot be used; before anything starts.
        FloatingPointError, Interrupted: as `training.loop.train`.
    """
    digests = [words.digest, params.words.spelling.charset.digest, *_digests(params)]
    with step_folder(execution, STEP, work_key(STEP, VERSION, params, *digests)) as folder:
        made = folder / "checkpoint"
        if (made / "config.json").is_file():
            logger.info("%s: found done in %s", STEP, made)
        else:
            _write(made, _trained(words, params, hardware, folder / "run"), words, params)
        return Checkpoint.at(made)


def charset_report(words: WordLmdb, params: RecognizerParams) -> Report:
    """What can be taught of each set, what is left out and why, which characters the charset lacks or never sees."""
    rows = gather(params.words, {FIRST: words}).report()
    tables = {"sets": [_flat(row) for row in rows], "lacking": list(_lacking(rows))}
    metrics = {
        "words": {row["set"]: float(row["words"]) for row in rows},
        "kept": {row["set"]: float(row["kept"]) for row in rows},
    }
    spelling = params.words.spelling
    said = [f"- {row['set']}: {row['kept']:,} of {row['words']:,} words can be taught{_why(row)}" for row in rows]
    text = "\n".join([f"# Words and the charset {spelling.charset.name}", "", *said, ""])
    return Report(metrics, text, tables)


def card(checkpoint: Checkpoint) -> Report:
    """The card of a trained reader as a report: figures of the validation, its sheet."""
    said = json.loads((checkpoint.path / "metrics.json").read_bytes())
    sheet = checkpoint.path / "sheet.png"
    text = (checkpoint.path / "README.md").read_text(encoding="utf-8")
    sheets = {"misread": sheet.read_bytes()} if sheet.stat().st_size else {}
    return Report(
        {"validation": {name.rpartition("/")[2]: value for name, value in said["figures"].items()}}, text, sheets=sheets
    )


def _trained(words: WordLmdb, params: RecognizerParams, hardware: Hardware, folder: Path) -> Path:
    from str_pipelines.training.launch import launch

    blocks = params.model_dump(include={"network", "words", "validation"})
    config = RecognizerConfig(**blocks, train={FIRST: words.path.resolve()})
    job = Job(
        stage="recognizers.stage",
        config=config.model_dump(mode="json"),
        train=params.train,
        hardware=hardware,
        folder=folder,
    )
    return launch(job)


def _write(target: Path, best: Path, words: WordLmdb, params: RecognizerParams) -> None:
    from str_pipelines.recognizers.networks import write_checkpoint
    from str_pipelines.recognizers.stage import NAME
    from str_pipelines.training.loop import SHEET
    from str_pipelines.training.state import load_state

    saved = load_state(best)
    if saved is None:
        raise FileNotFoundError(f"{best}: training ended without a validation; remove {best.parent} and run it again")
    states, facts = saved
    network, part = params.network, part_of(target)
    characters = params.words.spelling.charset.characters
    write_checkpoint(part, network.name, network.options, characters, params.words.shape, states[f"{NAME}"])
    (part / "metrics.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    (part / "sheet.png").write_bytes((best / SHEET).read_bytes())
    (part / "README.md").write_text(_prose(words, params, facts), encoding="utf-8")
    commit(part, target)


def _prose(words: WordLmdb, params: RecognizerParams, facts: Mapping[str, Any]) -> str:
    sets = [f"- `words`: {len(words):,} words, digest `{words.digest}`"]
    sets += [f"- `{name}`: {len(each):,} words, digest `{each.digest}`" for name, each in _more(params)]
    figures = [f"| {name} | {value:.4f} |" for name, value in facts["figures"].items()]
    spelling, steps = params.words.spelling, params.train.steps
    return "\n".join([
        f"# A reader of the network `{params.network.name}`",
        "",
        f"Charset {spelling.charset.name} ({len(spelling.charset)} characters), labels by "
        f"{spelling.normaliser.versioned}, case {spelling.case}. Trained {steps:,} steps of {params.train.batch_size} "
        f"words, seed {params.train.seed}, augmented by `{params.words.augment}`; the best of its validations is that "
        f"of step {facts['step']:,}.",
        "",
        *["Taught:", "", *sets, ""],
        *["On words that it has not seen in training:", "", "| figure | |", "|---|---|", *figures, ""],
    ])  # fmt: skip


def _digests(params: RecognizerParams) -> Iterator[str]:
    """Of everything that is named by a path."""
    if params.network.start:
        yield Checkpoint.at(params.network.start).digest
    for path in (*params.words.more, *params.validation.sets):
        yield from (each.digest for each in find_words(Path(path)).values())


def _more(params: RecognizerParams) -> Iterator[tuple[str, WordLmdb]]:
    for path in params.words.more:
        yield from find_words(Path(path)).items()


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `Words.report` as a table takes it."""
    said = {key: value for key, value in row.items() if key not in ("dropped", "lacking")}
    return {**said, "left_out": _reasons(row), "lacking": "".join(row["lacking"])}


def _lacking(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        for character, count in row["lacking"].items():
            yield {"set": row["set"], "character": character, "code": f"U+{ord(character):04X}", "count": count}


def _why(row: Mapping[str, Any]) -> str:
    left = f"; left out: {_reasons(row)}" if row["dropped"] else ""
    lacking = f"; the charset lacks {' '.join(row['lacking'])}" if row["lacking"] else ""
    return f"{left}{lacking}; the longest has {row['longest']} characters"


def _reasons(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in row["dropped"].items())
