"""Total-Text: polygons of curved words, as text or as MATLAB files, one a photograph.

`Groundtruth/{Train,Test}/poly_gt_img1.txt` says `x: [[259 313 …]], y: [[542 …]], ornt: [u'c'], transcriptions:
[u'PAUL']` a word, over one line or several; `poly_gt_img1.mat` says the same in a table of cells. The prefix may be
`gt_`. `#` stands for what nobody could read. Photographs are `Images/{Train,Test}/img1.jpg`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.child import rows_from
from str_pipelines.sources.published.entry import Entry, Points, listed_files
from str_pipelines.sources.published.photographs import each_photograph, picture_in
from str_pipelines.sources.published.texts import read_limited, refused

FOLDERS = {"train": "Train", "test": "Test"}
SPLITS = {
    split: (f"Groundtruth/{folder}/*gt_*.txt|Groundtruth/{folder}/*gt_*.mat",) for split, folder in FOLDERS.items()
}
PARSER, SECONDS = "str_pipelines.sources.published.total_text_mat", 600.0
FILE_BYTES = 4 << 20
WORD = re.compile(
    r"x:\s*\[\[([^\]]*)\]\],\s*y:\s*\[\[([^\]]*)\]\],\s*ornt:\s*\[[^\]]*\],\s*transcriptions:\s*\[(.*)\]\s*", re.DOTALL
)
ILLEGIBLE = ("illegible", "marked so by the annotators")


def entries(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """The words of a split; ids are `<photograph>#<number of the word>`, from 0."""
    listings = listed_files(root, SPLITS[split][0])
    pictures = f"Images/{FOLDERS[split]}"
    if listings[0].suffix == ".mat":
        return _of_matlab(root, listings[0].parent, pictures)
    return each_photograph(root, listings, pictures, _stem, _of_text)


def _stem(name: str) -> str:
    return name.removeprefix("poly_").removeprefix("gt_")


def _of_text(listing: Path, picture: str) -> Iterator[Entry | Rejection]:
    try:
        text = read_limited(listing, FILE_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"no UTF-8 at byte {error.start}") from error
    before, *words = re.split(r"^(?=x:)", text, flags=re.MULTILINE)
    if before.strip():
        raise ValueError(f"{before[:200]!a} stands before the first word")
    for place, word in enumerate(words):
        name = f"{picture}#{place}"
        try:
            match = WORD.fullmatch(word)
            if not match:
                raise Refused("line_malformed", f"{word[:200]!a}: x, y, ornt and transcriptions are wanted")
            yield _entry(name, picture, _points(match[1].split(), match[2].split()), _literal(match[3]))
        except Refused as error:
            yield refused(listing, name, error.reason, error.detail)


def _of_matlab(root: Path, folder: Path, pictures: str) -> Iterator[Entry | Rejection]:
    file = "the first file"
    try:
        for row in rows_from(PARSER, folder, f"{folder}: no MATLAB files that can be read", SECONDS):
            file = row["file"]
            picture = picture_in(root, pictures, _stem(Path(file).stem))
            name = picture if row["place"] < 0 else f"{picture}#{row['place']}"
            try:
                if row["fault"]:
                    raise Refused(row["fault"], row["label"])
                if row["place"] >= 0:
                    yield _entry(name, picture, _points(row["x"], row["y"]), row["label"])
            except Refused as error:
                yield refused(folder / file, name, error.reason, error.detail)
    except ValueError as error:
        raise ValueError(f"{error} (at {file})") from error


def _entry(name: str, picture: str, polygon: Points, label: str) -> Entry:
    return Entry(name, picture, label, polygon, refusal=ILLEGIBLE if set(label) == {"#"} else None)


def _points(x: Sequence[str | float], y: Sequence[str | float]) -> Points:
    try:
        if len(x) == len(y):
            return np.array([(float(left), float(top)) for left, top in zip(x, y, strict=True)], np.float32)
        raise Refused("polygon_malformed", f"{len(x)} x, {len(y)} y")
    except ValueError as error:
        raise Refused("polygon_malformed", f"{x!a}, {y!a}: numbers are wanted"[:300]) from error


def _literal(said: str) -> str:
    """The text in `u'PAUL'`, or in several such."""
    try:
        parts = ast.literal_eval(f"[{said}]")
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise Refused("label_malformed", f"{said[:200]!a} is no text in quotation marks") from error
    if not all(isinstance(part, str) for part in parts):
        raise Refused("label_malformed", f"{said[:200]!a} is no text in quotation marks")
    return "".join(parts)
