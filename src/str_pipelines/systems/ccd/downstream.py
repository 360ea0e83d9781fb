"""CCD's downstream stages as steps of a pipeline, and their cards: validation, and the test that chose nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from str_pipelines.execution import Execution
from str_pipelines.records import Report
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.masks import MaskLmdb
from str_pipelines.storage.pairs import PairLmdb
from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd.downstream_config import RestoreConfig, RestoreParams, SegmentConfig, SegmentParams
from str_pipelines.systems.ccd.train import steps_said
from str_pipelines.training.checkpoints import card, trained
from str_pipelines.training.config import Hardware
from str_pipelines.training.worker import Job

VERSION = 2
Figures = Mapping[str, float]


def segment(
    words: WordLmdb, masks: MaskLmdb, start: Checkpoint, params: SegmentParams, hardware: Hardware,
    execution: Execution, step: str,
) -> Checkpoint:  # fmt: skip
    """A masker from words with masks and an encoder, or from a reader's.

    Raises:
        ValueError, FileNotFoundError: masks, words or start cannot be used; before anything starts.
        FloatingPointError, Interrupted: as `training.loop.train`.
    """
    from str_pipelines.systems.ccd.checkpoint import encoder_of, write_masker

    encoder = encoder_of(start)
    config = SegmentConfig(
        **_blocks(params), start=start.path.resolve(), seed=params.train.seed,
        words=words.path.resolve(), masks=masks.path.resolve(),
    )  # fmt: skip
    said = [f"- masks of `{words.path.name}`: {len(words):,} words, digests `{words.digest}`, `{masks.digest}`"]

    def write(folder: Path, states: Mapping[str, Any]) -> None:
        write_masker(folder, encoder, params.decoder, states["network"])

    key = work_key(step, VERSION, params, start.digest, words.digest, masks.digest)
    return trained(step, key, Job(
        stage="systems.ccd.segment_stage", config=config.model_dump(mode="json"), train=params.train,
        hardware=hardware, folder=Path(),
    ), execution, write, _prose(step, start, params, said))  # fmt: skip


def restore(
    pairs: PairLmdb, start: Checkpoint, params: RestoreParams, hardware: Hardware, execution: Execution, step: str
) -> Checkpoint:
    """A restorer from words in two resolutions and an encoder, or a reader's.

    Raises:
        ValueError, FileNotFoundError: pairs or start cannot be used; before anything starts.
        FloatingPointError, Interrupted: as `training.loop.train`.
    """
    from str_pipelines.systems.ccd.checkpoint import encoder_of, write_restorer

    encoder = encoder_of(start)
    config = RestoreConfig(
        **_blocks(params), start=start.path.resolve(), seed=params.train.seed, pairs=pairs.path.resolve()
    )
    said = [f"- `{pairs.path.name}`: {len(pairs):,} words in two resolutions, digest `{pairs.digest}`"]

    def write(folder: Path, states: Mapping[str, Any]) -> None:
        write_restorer(folder, encoder, params.decoder, params.residual, states["network"])

    key = work_key(step, VERSION, params, start.digest, pairs.digest)
    return trained(step, key, Job(
        stage="systems.ccd.restore_stage", config=config.model_dump(mode="json"), train=params.train,
        hardware=hardware, folder=Path(),
    ), execution, write, _prose(step, start, params, said))  # fmt: skip


def describe_masker(
    checkpoint: Checkpoint, words: WordLmdb, masks: MaskLmdb, params: SegmentParams, hardware: Hardware
) -> Report:
    """The card of a masker, with charts `segment_<part>` of the parts of the set that are for the test alone."""
    import torch

    from str_pipelines.systems.ccd.checkpoint import load_masker_network
    from str_pipelines.systems.ccd.marked import MarkedWords, divide_words
    from str_pipelines.systems.ccd.segmenting import judged, look

    device = device_of(hardware)
    network = load_masker_network(checkpoint).to(device).eval()
    tests = divide_words(words, masks, params.validation).tests
    sets = {name: MarkedWords(words, masks, places) for name, places in tests.items()}
    with torch.inference_mode():
        figures = {name: judged(network, each, device) for name, each in sets.items()}
        sheets = {f"segment_{name}": look(network, each, device) for name, each in sets.items()}
    charts = {f"segment_{name}": each for name, each in figures.items()}
    return _with_tests(checkpoint, charts, sheets, _table(figures, {name: len(each) for name, each in sets.items()}))


def describe_restorer(checkpoint: Checkpoint, pairs: PairLmdb, params: RestoreParams, hardware: Hardware) -> Report:
    """The card of a restorer, with charts `restore_<figure>` whose curves are the parts that are for the test alone;
    `all` is the mean over all pictures of them."""
    import torch

    from str_pipelines.systems.ccd.checkpoint import load_restorer
    from str_pipelines.systems.ccd.pairs import Restorables, divide_pairs
    from str_pipelines.systems.ccd.restoring import judged, look

    device = device_of(hardware)
    network = load_restorer(checkpoint).to(device).eval()
    tests = divide_pairs(pairs, params.validation).tests
    sets = {name: Restorables(pairs, places) for name, places in tests.items()}
    with torch.inference_mode():
        figures = {name: judged(network, each, device) for name, each in sets.items()}
        sheets = {f"restore_{name}": look(network, each, device) for name, each in sets.items()}
    counts = {name: len(each) for name, each in sets.items()}
    figures["all"] = _mean(figures, counts)
    charts = {f"restore_{curve}": {name: each[curve] for name, each in figures.items()} for curve in figures["all"]}
    return _with_tests(checkpoint, charts, sheets, _table(figures, {**counts, "all": sum(counts.values())}))


def _blocks(params: SegmentParams) -> dict[str, Any]:
    return {name: getattr(params, name) for name in type(params).model_fields if name != "train"}


def device_of(hardware: Hardware) -> Any:
    """The GPU where there is one, unless a processor is asked for."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() and hardware.device != "cpu" else "cpu")


def _mean(figures: Mapping[str, Figures], counts: Mapping[str, int]) -> Figures:
    total, names = sum(counts.values()), next(iter(figures.values()))
    return {name: sum(each[name] * counts[part] for part, each in figures.items()) / total for name in names}


def _table(figures: Mapping[str, Figures], counts: Mapping[str, int]) -> str:
    names = list(next(iter(figures.values())))
    rows = [
        f"| {part} | {counts[part]:,} | " + " | ".join(f"{each[name]:.4f}" for name in names) + " |"
        for part, each in figures.items()
    ]
    head = [f"| test | words | {' | '.join(names)} |", "|" + "---|" * (len(names) + 2)]
    return "\n".join(["", "On what chose nothing:", "", *head, *rows, ""])


def _with_tests(
    checkpoint: Checkpoint, charts: Mapping[str, Figures], sheets: Mapping[str, bytes], table: str
) -> Report:
    said = card(checkpoint)
    return replace(said, metrics={**said.metrics, **charts}, text=said.text + table, sheets={**said.sheets, **sheets})


def _prose(step: str, start: Checkpoint, params: SegmentParams, said: list[str]) -> str:
    begun = "From scratch" if params.scratch else f"From `{start.path.name}`, digest `{start.digest}`"
    return "\n".join([f"# CCD: what `{step}` learned", "", f"{begun}: {steps_said(params.train)}", "", *said])
