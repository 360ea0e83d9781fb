"""SCUT-CTW1500: curved lines of text, 14 points each, as XML for training and as text for the test.

`ctw1500_train_labels/0001.xml` has `<box …><label>text</label><segs>28 numbers</segs>`, photographs are
`train_images/0001.jpg`. `gt_ctw1500/0001001.txt` has 28 numbers, then `####` and the text, of `test_images/1001.jpg`:
only the first 28 commas separate; the text `###` stands for what nobody could read. Two archives of labels are about
that disagree; this reads either.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.published.entry import Entry, Points, listed_files
from str_pipelines.sources.published.photographs import each_photograph, points_of
from str_pipelines.sources.published.texts import lines, read_xml, refused

SPLITS = {"train": ("ctw1500_train_labels/*.xml",), "test": ("gt_ctw1500/*.txt",)}
NUMBERS = 28
MARK, ILLEGIBLE = "####", "###"


def entries(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """The lines of text of a split; ids are `<photograph>#<number of the box, or of the line>`."""
    read = _of_xml if split == "train" else _of_text
    return each_photograph(root, listed_files(root, SPLITS[split][0]), f"{split}_images", _stem, read)


def _stem(name: str) -> str:
    return f"{int(name):04d}" if name.isdecimal() and len(name) < 10 else name


def _of_xml(listing: Path, picture: str) -> Iterator[Entry | Rejection]:
    for place, box in enumerate(read_xml(listing).iter("box")):
        numbers = (box.findtext("segs") or "").split(",")
        yield _entry(listing, picture, place, numbers, box.findtext("label") or "")


def _of_text(listing: Path, picture: str) -> Iterator[Entry | Rejection]:
    for found in lines(listing):
        if isinstance(found, Rejection):
            yield found
            continue
        number, line = found
        *numbers, text = line.split(",", NUMBERS)
        if len(numbers) < NUMBERS or not text.startswith(MARK):
            detail = f"{line[:200]!a}: 28 numbers, {MARK} and a text are wanted"
            yield refused(listing, f"{picture}#{number}", "line_malformed", detail)
        else:
            yield _entry(listing, picture, number, numbers, text.removeprefix(MARK))


def _entry(listing: Path, picture: str, place: int, numbers: list[str], label: str) -> Entry | Rejection:
    name = f"{picture}#{place}"
    try:
        polygon = _polygon(numbers)
    except Refused as error:
        return refused(listing, name, error.reason, error.detail)
    refusal = ("illegible", "marked so by the annotators") if label == ILLEGIBLE else None
    return Entry(name, picture, label, polygon, refusal=refusal)


def _polygon(numbers: list[str]) -> Points:
    if len(numbers) != NUMBERS:
        raise Refused("polygon_malformed", f"{len(numbers)} numbers, {NUMBERS} are wanted")
    return points_of(numbers)
