"""The forms of other tools, written word by word: folders with a listing, tars, parquets, LMDBs with their keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from str_pipelines.curation.pictures import suffix_of
from str_pipelines.curation.tar_members import padding, plain_header
from str_pipelines.records import Refused, Word
from str_pipelines.sources.odgt import textsr_line, textzoom_line
from str_pipelines.sources.tar_headers import BLOCK
from str_pipelines.storage.samples import COUNT, image_key, label_key, size_key
from str_pipelines.storage.stores import Store
from str_pipelines.storage.words import word_row
from str_pipelines.text.lines import CONTROL

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

PER_FOLDER, PER_TAR, PER_PARQUET, PER_GROUP = 1000, 10_000, 50_000, 1000
FEATURES = {"image": {"_type": "Image"}, "label": {"dtype": "string", "_type": "Value"}}
SAYS = {"huggingface": json.dumps({"info": {"features": FEATURES}})}
ODGT = "syntxt_crop.odgt"
EXTRAS = {"imagepath": "path", "lexicon": "lexicon"}
"""Keys of a record and the columns of which they are made."""


class Form(Protocol):
    """Writes words into a folder; `close` finishes it."""

    def add(self, word: Word) -> None:
        """One more word.

        Raises:
            Refused: the form has no way to say it.
        """
        ...

    def close(self) -> None:
        """Write what is left; nothing happens the second time."""
        ...


class Listing:
    """A listing of a word a line, and pictures 1,000 a folder."""

    def __init__(self, folder: Path, name: str, line: Callable[[str, str, str], str]) -> None:
        """`line` says path, label and source."""
        self._folder, self._count, self._line = folder, 0, line
        self._lines = (folder / name).open("w", encoding="utf-8", newline="\n")

    def add(self, word: Word) -> None:
        """See `Form`."""
        name = f"{self._count // PER_FOLDER:06d}/{self._count % PER_FOLDER:03d}{suffix_of(word.image)}"
        line = self._line(name, word.label, word.source)
        if self._count % PER_FOLDER == 0:
            (self._folder / name).parent.mkdir()
        (self._folder / name).write_bytes(word.image)
        self._lines.write(line)
        self._count += 1

    def close(self) -> None:
        """See `Form`."""
        self._lines.close()


def _separated(path: str, label: str, _: str) -> str:
    """A path, a tab and a label."""
    if CONTROL.search(label):
        raise Refused("label_control_character", f"{label!r}")
    return f"{path}\t{label}\n"


class Tars:
    """WebDataset: `words-000000.tar` and so on, a word NUMBER.jpg, NUMBER.json (its row) and NUMBER.txt (its label)."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder, 0
        self._tar: BinaryIO | None = None

    def add(self, word: Word) -> None:
        """See `Form`."""
        suffix, row = suffix_of(word.image), json.dumps(word_row(word), ensure_ascii=False)
        if self._tar is None or self._count % PER_TAR == 0:
            self.close()
            self._tar = (self._folder / f"words-{self._count // PER_TAR:06d}.tar").open("wb")
        for end, data in ((suffix, word.image), (".json", row.encode()), (".txt", word.label.encode())):
            self._tar.write(plain_header(f"{self._count:09d}{end}".encode(), len(data)) + data + padding(len(data)))
        self._count += 1

    def close(self) -> None:
        """See `Form`."""
        if self._tar and not self._tar.closed:
            self._tar.write(bytes(2 * BLOCK))
            self._tar.close()


class Parquets:
    """Hugging Face: `data/train-00000.parquet` and so on, whose `image` a viewer shows as a picture."""

    def __init__(self, folder: Path, facts: pa.Schema | None) -> None:
        self._folder, self._facts, self._count = folder / "data", facts, 0
        self._folder.mkdir()
        self._rows: list[dict[str, Any]] = []
        self._writer: pq.ParquetWriter | None = None

    def add(self, word: Word) -> None:
        """See `Form`."""
        row = word_row(word)
        if "image" in row:
            raise Refused("facts_differ", "a column `image` is that of the picture")
        self._rows.append({"image": {"bytes": word.image, "path": f"{self._count:09d}"}, **row})
        self._count += 1
        if self._count % PER_GROUP == 0:
            self._flush()
        if self._count % PER_PARQUET == 0:
            self._end()

    def close(self) -> None:
        """See `Form`."""
        if self._rows:
            self._flush()
        self._end()

    def _flush(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        found = pa.Table.from_pylist(self._rows)
        try:
            self._facts = found.schema if self._facts is None else pa.unify_schemas([found.schema, self._facts])
            batch = found.cast(self._facts)
            if self._writer is None:
                path = self._folder / f"train-{(self._count - 1) // PER_PARQUET:05d}.parquet"
                self._writer = pq.ParquetWriter(path, batch.schema.with_metadata(SAYS), compression="zstd")
            self._writer.write_table(batch)
        except (pa.ArrowException, ValueError) as error:
            raise ValueError(f"word {self._count}: no columns have all facts ({error}); make an LMDB first") from error
        self._rows = []

    def _end(self) -> None:
        if self._writer:
            self._writer.close()
            self._writer = None


class Keys:
    """One LMDB with the keys of the field, and `wh-`, `imagepath-`, `lexicon-` where a tool wants them."""

    def __init__(self, folder: Path, extra: str = "") -> None:
        self._store, self._extra, self._count = Store(folder, ordered=False), extra, 0
        self._closed = False

    def add(self, word: Word) -> None:
        """See `Form`."""
        self._count += 1
        self._store.put(image_key(self._count), word.image)
        self._store.put(label_key(self._count), word.label.encode())
        if self._extra == "wh":
            self._store.put(size_key(self._count), b"%d_%d" % word.size)
        elif self._extra:
            said = word.facts.get(EXTRAS[self._extra])
            self._store.put(b"%b-%09d" % (self._extra.encode(), self._count), str(said or "").encode())

    def close(self) -> None:
        """See `Form`."""
        if not self._closed:
            self._store.put(COUNT, b"%d" % self._count)
            self._store.close()
            self._closed = True


FORMS: dict[str, Callable[[Path, pa.Schema | None], Form]] = {
    "tsv": lambda folder, _: Listing(folder, "labels.tsv", _separated),
    "odgt": lambda folder, _: Listing(folder, ODGT, textsr_line),
    "odgt-textzoom": lambda folder, _: Listing(folder, ODGT, textzoom_line),
    "tar": lambda folder, _: Tars(folder),
    "parquet": Parquets,
    "crnn": lambda folder, _: Keys(folder),
    "openocr": lambda folder, _: Keys(folder, "wh"),
    "fewer-labels": lambda folder, _: Keys(folder, "imagepath"),
    "aster": lambda folder, _: Keys(folder, "lexicon"),
}
"""By name; each is given its folder and, where it is known beforehand, the types of the facts."""
