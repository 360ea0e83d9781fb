"""Sets whose words are objects with a `transcription`: ArT and LSVT, a JSON each, and ReCTS, a JSON a photograph.

ArT, task 2: `train_task2_labels.json`, {name: [{transcription, language, illegibility}]}, and a picture of one word
each, `train_task2_images/<name>.jpg`. ArT, photographs: `train_labels.json`, {name: [{points [[x, y], …], …}]},
`train_images/<name>.jpg`. LSVT: `train_full_labels.json`, the same without a language, `train_full_images_0/` and
`_1/`. Its 400,000 weakly annotated photographs say what is written and not where, so that no word can be cut out.
ReCTS: `gt/<name>.json` or `gt_unicode/<name>.json`, {lines: [{points [x, y, …], transcription, ignore}], chars: …},
`img/<name>.jpg`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.published.annotations import by_signs, illegible, polygon_of, text_of, value_of
from str_pipelines.sources.published.entry import Entry, Points, listed_files
from str_pipelines.sources.published.photographs import each_photograph
from str_pipelines.sources.published.texts import read_json, refused
from str_pipelines.sources.streams import members

SPLITS_ART = {"train": ("train_task2_labels.json",)}
SPLITS_ART_SCENES = {"train": ("train_labels.json",)}
SPLITS_LSVT = {"train": ("train_full_labels.json",)}
SPLITS_RECTS = {"train": ("gt/*.json|gt_unicode/*.json",)}
LSVT_FOLDERS = ("train_full_images_0", "train_full_images_1")


def art_words(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """ArT's cut-out words; ids are their pictures."""
    listing = root / SPLITS_ART[split][0]
    for name, said in members(listing):
        picture = f"{split}_task2_images/{name}.jpg"
        try:
            if not isinstance(said, list) or len(said) != 1:
                raise Refused("record_malformed", "a list of one word is wanted")
            yield _entry(picture, picture, said[0], None)
        except Refused as error:
            yield refused(listing, name, error.reason, error.detail)


def art(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """ArT's photographs; ids are `<photograph>#<place of the word>`, from 0."""
    listing = root / SPLITS_ART_SCENES[split][0]
    for name, said in members(listing):
        yield from _words(listing, f"{split}_images/{name}.jpg", said)


def lsvt(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """LSVT's fully annotated photographs; ids as in `art`."""
    listing, (first, second) = root / SPLITS_LSVT[split][0], LSVT_FOLDERS
    there = {path.name for path in (root / second).glob("*.jpg")}
    for name, said in members(listing):
        picture = f"{name}.jpg"
        yield from _words(listing, f"{second if picture in there else first}/{picture}", said)


def rects(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """The lines of text of ReCTS, not its single characters; ids as in `art`."""
    listings = listed_files(root, SPLITS_RECTS[split][0])
    return each_photograph(root, listings, "img", str, _lines)


def _lines(listing: Path, picture: str) -> Iterator[Entry | Rejection]:
    return _words(listing, picture, value_of(read_json(listing), "lines"))


def _words(listing: Path, picture: str, said: Any) -> Iterator[Entry | Rejection]:
    if not isinstance(said, list):
        yield refused(listing, picture, "annotations_malformed", "a list of words is wanted")
        return
    for place, word in enumerate(said):
        name = f"{picture}#{place}"
        try:
            yield _entry(name, picture, word, polygon_of(value_of(word, "points")))
        except Refused as error:
            yield refused(listing, name, error.reason, error.detail)


def _entry(name: str, picture: str, word: Any, polygon: Points | None) -> Entry:
    label = text_of(word, "transcription")
    unread = word.get("illegibility", word.get("ignore", False))
    refusal = illegible(label) if unread else by_signs(label)
    return Entry(name, picture, label.strip(), polygon, str(word.get("language") or ""), refusal)
