"""What CCD's pretraining is worth: a mini encoder that has seen 20,000 words without their labels learns to read from
2,000 labelled ones of them, short ones, beside the same network from scratch.

    python benchmarks/effects/ccd.py --work FOLDER --fonts FONTS --real FOLDER

From scratch it gets the same updates of finetuning (`scratch`), and as many as pretraining and finetuning together
(`scratch_long`), each at the best of three rates, chosen by validation words of the first seed. All are judged on
rendered words whose fonts and lexicon none has seen, and on the test parts of real photographs: by what they read, and,
since that is little in so short a training, by what a picture tells of its word (`told`). A row is a network; a run
that was killed goes on, and what is there is not done again.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
import torch
import yaml
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))  # where `results` lies

from compared import difference
from parted_words import Parts, parts_of
from results import FOLDER, record

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode
from str_pipelines.metrics.recognition import ned, right, word_accuracy
from str_pipelines.recognizers.reading import Loader, read_words
from str_pipelines.recognizers.trained import TrainedReader, as_tensor
from str_pipelines.sources.word_sets import find_word_sets
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.tables import rows_of
from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd import train
from str_pipelines.systems.ccd.config import FinetuneParams, PretrainParams
from str_pipelines.systems.ccd.reader import CcdNetwork
from str_pipelines.text.normalisers import alnum
from str_pipelines.training.config import Hardware
from str_pipelines.zoo import load_reader

NAME = "effects_ccd"
SETTINGS = Path(__file__).parents[2] / "conf/base/parameters_ccd.yml"
ARMS = PRETRAINED, SCRATCH, LONG = "pretrained", "scratch", "scratch_long"
BATCH = 100
TIMED = 20  # steps that say how long the others will take
PACES: dict[type, float] = {}  # seconds a step
RATES = (0.0001, 0.0002, 0.0004)  # at 0.001 pictures tell nothing at all, in batches of 8
SIZES = {"words": 20000, "labelled": 2000, "longest": 5, "validation": 500, "held": 2000, "seeds": 3, "threads": 2}
SIZES |= {"pretrain": 1200, "pictures": 32, "finetune": 3000, "batch": 8}  # steps, and what is in one of them
P = TypeVar("P", PretrainParams, FinetuneParams)
Row = dict[str, object]
Pairs = list[tuple[str, str]]
Scores = NDArray[np.float64]


class Answers(NamedTuple):
    """Of each word of a set: (reading, label), and how much its picture tells (`told`)."""

    pairs: Pairs
    told: Scores


MEASURES: dict[str, Callable[[Answers], Scores]] = {
    "word_accuracy": lambda answers: right(answers.pairs).astype(float),
    "ned": lambda answers: np.array([ned([pair]) for pair in answers.pairs]),
    "told": lambda answers: answers.told,
}


class Arm(NamedTuple):
    """One network to be."""

    name: str
    seed: int
    rate: float


class Bench(NamedTuple):
    """On what, and with what, all arms are made."""

    args: argparse.Namespace
    parts: Parts
    hardware: Hardware
    execution: Execution


def main() -> None:
    """Make the rows that are not there yet, then compare the arms."""
    args = arguments()
    execution = Execution(backend="serial", workers=1, work=args.work)
    counts = {"learned": args.words, "validation": args.validation, "held": args.held}
    parts = parts_of(counts, tuple(args.fonts), args.longest, execution)
    bench = Bench(args, parts, Hardware(device="cpu", precision="fp32", threads=args.threads), execution)
    tests = {"rendered": parts.held, **real_sets(args, execution)}
    encoder = pretrain(bench)
    answers: dict[Arm, dict[str, Answers]] = {}
    validated: dict[Arm, float] = {}
    for name in args.arms:
        for arm in plan(name, args, validated):
            reader = finetune(bench, arm, encoder)
            validated[arm] = float(read(reader, parts.validation, execution).told.mean())
            answers[arm] = {test: read(reader, words, execution) for test, words in tests.items()}
            add(row(arm, reader, validated[arm], answers[arm], args))
        if name != PRETRAINED and PRETRAINED in args.arms:
            record(f"{NAME}_difference", compared(answers, name, best(validated, name, args), args))


def plan(name: str, args: argparse.Namespace, validated: Mapping[Arm, float]) -> Iterator[Arm]:
    """The networks of an arm, seed by seed; of the rates, the first seed tries all, where there are several."""
    for seed in range(args.seeds):
        if name == PRETRAINED:
            rates = [args.rate]
        else:
            rates = args.rates if seed == 0 else [best(validated, name, args)]
        yield from (Arm(name, seed, rate) for rate in rates)


def best(validated: Mapping[Arm, float], name: str, args: argparse.Namespace) -> float:
    """The rate with which pictures of validation words tell an arm most; the test words have no say."""
    return float(max(args.rates, key=lambda rate: validated[Arm(name, 0, rate)]))


def pretrain(bench: Bench) -> Checkpoint:
    """An encoder that has seen all pictures to learn from, by the settings of conf/base."""
    given, args = settings("pretrain"), bench.args
    params = PretrainParams(**given | {"train": lasting(given["train"], args.pretrain, args.pictures)})

    def run(params: PretrainParams, execution: Execution) -> Checkpoint:
        sets = {"learned": bench.parts.learned}
        return train.pretrain(sets, params, bench.hardware, execution, f"{NAME}.pretrain")

    return stated(run, params, bench, "pretraining")


def finetune(bench: Bench, arm: Arm, encoder: Checkpoint) -> Checkpoint:
    """A reader by the settings of conf/base, but for what an arm says, and a charset of digits and caseless letters."""
    given, args = settings("finetune_std"), bench.args
    steps = args.finetune + (arm.name == LONG) * args.pretrain
    learning = lasting(given["train"], steps, args.batch) | {"validate_every": steps}  # what it ends with counts
    changed = {
        "scratch": arm.name != PRETRAINED,
        "portion": args.labelled / short_words(bench),
        "words": given["words"] | {"charset": "36", "longest": args.longest, "seed": arm.seed},
        "validation": {"sets": (str(bench.parts.validation.path),), "count": args.validation},
        "train": learning | {"optimizer": learning["optimizer"] | {"lr": arm.rate}, "seed": arm.seed},
    }

    def run(params: FinetuneParams, execution: Execution) -> Checkpoint:
        return train.finetune(bench.parts.learned, encoder, params, bench.hardware, execution, f"{NAME}.{arm.name}")

    return stated(run, FinetuneParams(**given | changed), bench, f"{arm.name}, seed {arm.seed}, rate {arm.rate}")


def short_words(bench: Bench) -> int:
    """How many of the words to learn from are short enough to be taught; others are pictures alone."""
    return sum(len(alnum(line["label"])) in range(1, bench.args.longest + 1) for line in bench.parts.learned.rows())


def stated(run: Callable[[P, Execution], Checkpoint], params: P, bench: Bench, name: str) -> Checkpoint:
    """Train; before that, for the first of its kind, say how long it will take by the pace of some steps."""
    kind = type(params)
    if kind not in PACES:
        few = params.train.model_copy(update={"steps": TIMED, "validate_every": TIMED})
        with tempfile.TemporaryDirectory() as folder:
            start = time.monotonic()
            run(params.model_copy(update={"train": few}), bench.execution.model_copy(update={"work": Path(folder)}))
            PACES[kind] = (time.monotonic() - start) / TIMED
    print(
        f"{name}: {params.train.steps} steps, {PACES[kind] * params.train.steps / 3600:.2f} hours or less", flush=True
    )
    return run(params, bench.execution)


def lasting(train: dict[str, Any], steps: int, batch: int) -> dict[str, Any]:
    """The settings of a training, for so many steps; a tenth of them warms up."""
    optimizer = train["optimizer"] | {"warmup": steps // 10}
    return train | {"steps": steps, "batch_size": batch, "validate_every": -(-steps // 4), "optimizer": optimizer}


def settings(stage: str) -> dict[str, Any]:
    """A block of conf/base."""
    return dict(yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))["ccd"][stage]["train"])


def real_sets(args: argparse.Namespace, execution: Execution) -> dict[str, WordLmdb]:
    """The sets below a folder as `evaluate.recognition` finds them: those named, or else all."""
    found = find_word_sets(args.real, execution)[0] if args.real else {}
    return {name: found[name] for name in args.sets or found}


def read(reader: Checkpoint, words: WordLmdb, execution: Execution) -> Answers:
    """What a reader makes of each word, beside what it could have made of it: a label's letters and digits, if any."""
    table = read_words(words, Loader(reader.digest, partial(load_reader, reader)), execution, f"{NAME}.read")
    pairs = [(line["reading"], alnum(line["label"]) or line["label"]) for line in rows_of(table)]
    return Answers(pairs, told(reader, words, [label for _, label in pairs]))


@torch.inference_mode()
def told(reader: Checkpoint, words: WordLmdb, labels: list[str]) -> Scores:
    """Nats a character that the picture of a word tells of its label, with the characters before it known: how much
    likelier it makes the label than another word's picture does. It rises long before a word is read."""
    trained = cast(TrainedReader, load_reader(reader))
    network = cast(CcdNetwork, trained.network)
    found = []
    for start in range(0, len(words), BATCH):
        places = range(start, min(start + BATCH, len(words)))
        fitted = [trained.shape.fit(decode(words[place].image), trained.shape.resampling) for place in places]
        features = network(as_tensor(fitted, torch.device(trained.device)))
        own, there = network.decoder.losses(features, [labels[place] for place in places])
        others, _ = network.decoder.losses(features.roll(1, 0), [labels[place] for place in places])
        found.append(((others - own).sum(1) / there.sum(1)).cpu().numpy())
    return np.concatenate(found).astype(float)


def row(
    arm: Arm, reader: Checkpoint, validated: float, answers: Mapping[str, Answers], args: argparse.Namespace
) -> dict[str, object]:
    """A line of the table: how it was made, the shares of words and 1-NED that it reads, and what pictures tell it;
    `real` is of all sets."""
    of = {"rendered": [answers["rendered"]], "real": [each for name, each in answers.items() if name != "rendered"]}
    each = {f"{name}={word_accuracy(found.pairs):.4f}" for name, found in answers.items() if name != "rendered"}
    sizes = {
        name: getattr(args, name)
        for name in ("words", "labelled", "longest", "pretrain", "pictures", "finetune", "batch")
    }
    figures = {
        f"{name}_{measure}": round(float(np.concatenate([score(every) for every in found]).mean()), 4) if found else ""
        for name, found in of.items()
        for measure, score in MEASURES.items()
    }
    made = {"arm": arm.name, "seed": arm.seed, "rate": arm.rate, **sizes, "validation": round(validated, 4)}
    return {**made, **figures, "real_sets": " ".join(sorted(each)), "reader": reader.digest}


def add(line: Row) -> None:
    """Append a row, unless this very reader has one."""
    path = FOLDER / f"{NAME}.csv"
    there = csv.DictReader(path.read_text(encoding="utf-8").splitlines()) if path.exists() else ()
    if line["reader"] not in {each["reader"] for each in there}:
        record(NAME, [line])


def compared(
    answers: Mapping[Arm, Mapping[str, Answers]], other: str, rate: float, args: argparse.Namespace
) -> list[dict[str, object]]:
    """The pretrained arm less another one at its best rate, on each set."""
    first, second = (
        [answers[Arm(name, seed, at)] for seed in range(args.seeds)]
        for name, at in ((PRETRAINED, args.rate), (other, rate))
    )
    return [
        {"set": name, "measure": measure, "than": other, "rate": rate}
        | difference([score(each[name]) for each in first], [score(each[name]) for each in second])
        for name in first[0]
        for measure, score in MEASURES.items()
    ]


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("data/work/effects_ccd"), help="where a killed run goes on")
    parser.add_argument("--fonts", nargs="*", default=[], help="files or folders; none: those of the system")
    parser.add_argument("--real", type=Path, help="a folder of benchmark sets, or a word LMDB")
    parser.add_argument("--sets", nargs="*", default=[], help="which of them, as evaluate.recognition calls them")
    for name, value in SIZES.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--arms", nargs="*", default=ARMS, choices=ARMS, help="some alone, beside others elsewhere")
    parser.add_argument("--rate", type=float, default=RATES[1], help="of the pretrained arm")
    parser.add_argument("--rates", type=float, nargs="*", default=RATES, help="of those from scratch")
    return parser.parse_args()


if __name__ == "__main__":
    main()
