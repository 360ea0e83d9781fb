"""Union14M: lists of words in either of MMOCR's forms, below one folder of pictures.

`*.jsonl` has `{"filename": …, "text": …}` a line (MMOCR 0.x), `*.json` `{"metainfo": …, "data_list": [{"img_path": …,
"instances": [{"text": …}]}]}` (1.x). Parts of the benchmark are `Union14M-Benchmarks/<part>/`, training lists
`train_annos/mmocr-0.x*/` or `train_annos/mmocr1.0.x*/`. Names are relative to the root, to `full_images`, to the folder
of the list or to `imgs` in there: to whichever of these has the first picture of the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.files import below
from str_pipelines.sources.published.entry import Entries, Entry, joined, listed_files
from str_pipelines.sources.published.texts import each_line, refused
from str_pipelines.sources.streams import elements, strict

LEVELS = {"easy": "easy", "medium": "medium", "hard": "hard", "normal": "norm", "challenging": "challenging"}
"""Of each split what the names of its lists have in them."""
Splits = Mapping[str, tuple[str, ...]]
OLD, NEW = "train_annos/mmocr-0.x*", "train_annos/mmocr1.0.x*"
TRAINING: Splits = {f"train_{level}": (f"{OLD}/*{said}*.jsonl|{NEW}/*{said}*.json",) for level, said in LEVELS.items()}


def benchmark(part: str) -> Splits:
    """The split of a part of the benchmark."""
    folder = f"Union14M-Benchmarks/{part}"
    return {"test": (f"{folder}/*.jsonl|{folder}/*.json",)}


def entries(splits: Splits) -> Entries:
    """The parser of a part of the benchmark, or of the training lists; ids are the pictures."""
    return partial(_entries, splits)


def _entries(splits: Splits, root: Path, split: str) -> Iterator[Entry | Rejection]:
    for listing in listed_files(root, splits[split][0]):
        found = _old(listing) if listing.suffix == ".jsonl" else _new(listing)
        base = ""
        for word in found:
            if isinstance(word, Rejection):
                yield word
                continue
            name, label = word
            base = base or _base(root, listing, name)
            picture = joined(base, name)
            yield Entry(picture, picture, label)


def _old(listing: Path) -> Iterator[tuple[str, str] | Rejection]:
    """Name and label of each line of a list of MMOCR 0.x."""

    def named(_: int, line: str) -> tuple[str, str]:
        try:
            record = strict(line.encode())
        except ValueError as error:
            raise Refused("record_malformed", f"not JSON ({error})") from error
        return _named(record, "filename", "text")

    return each_line(listing, named)


def _new(listing: Path) -> Iterator[tuple[str, str] | Rejection]:
    """Name and label of each element of a list of MMOCR 1.x; a picture is one word."""
    for number, (_, _, element) in enumerate(elements(listing, "data_list")):
        words = element.get("instances") if isinstance(element, dict) else None
        try:
            if not isinstance(words, list) or len(words) != 1 or not isinstance(words[0], dict):
                raise Refused("record_malformed", "one instance with a text is wanted")
            yield _named({**element, "text": words[0].get("text")}, "img_path", "text")
        except Refused as error:
            yield refused(listing, f"element {number} of `data_list`", error.reason, error.detail)


def _named(record: Any, *keys: str) -> tuple[str, str]:
    name, label = (record.get(key) if isinstance(record, dict) else None for key in keys)
    if not isinstance(name, str) or not isinstance(label, str) or not name:
        raise Refused("record_malformed", f"texts `{keys[0]}` and `{keys[1]}` are wanted")
    return name, label


def _base(root: Path, listing: Path, name: str) -> str:
    """The folder, relative to the root, to which the names of a list are relative."""
    above = listing.parent.relative_to(root).as_posix()
    for base in (".", "full_images", above, f"{above}/imgs"):
        try:
            if below(root, f"{base}/{name}").is_file():
                return base
        except Refused:
            continue
    return "."
