"""Damaged inputs of every kind and disks that fill up: what is read, what is refused, and whether anything breaks.

    python tools/faults.py                                                             # all of it: some 15 minutes
    python tools/faults.py --lmdbs 2 --pictures 20 --cuts 3 --published 5 --disks 0    # a taste

Every try is a process of its own with a time limit, so that a crash (a signal) or a hang is seen as one. Ends with 1
where something crashed, hung, raised what nobody announces, damaged what had been made before, or was refused without a
word about which file or record it was.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import inputs
import published
from disks import unmountable
from full_disks import full_disks
from runs import say
from trials import CONTEXT, Verdict, attempt, told

from str_pipelines.sources.gt_table import SECONDS
from str_pipelines.storage.handles import ROWS, Handle
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb

COLUMNS = ("tries", "read", "refused", "listed", "crashes", "hangs", "errors", "damaged")
"""Of a `Verdict`. Beside them stand the seconds that a row took."""
BATCH = 50  # damaged pictures a folder
PREPARED = ["inputs", "published", "full_disks", "PIL.ImageFile", "pyarrow.parquet"]
"""What every try would import again."""
Rows = Iterator[tuple[str, Iterable[Verdict]]]


def main() -> int:
    """Run everything and print a row a fault."""
    options = _options()
    logging.disable(logging.INFO)
    os.environ["PYTHONPATH"] = os.pathsep.join([sys.path[0], os.environ.get("PYTHONPATH", "")])  # where PREPARED lies
    CONTEXT.set_forkserver_preload(PREPARED)
    start = time.monotonic()
    say("  ".join([f"{'fault':27}", *(f"{column:>7}" for column in (*COLUMNS, "seconds"))]))
    with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
        rows = [counted(name, verdicts) for name, verdicts in campaign(Path(scratch), options)]
    tries, bad = sum(row.tries for row in rows), sum(not row.good() for row in rows)
    say(f"{tries} tries in {time.monotonic() - start:.0f} s, {bad} of {len(rows)} rows with a fault")
    return 1 if bad else 0


def counted(name: str, verdicts: Iterable[Verdict]) -> Verdict:
    """The sum of the tries, which are made here, printed as a row."""
    start = time.monotonic()
    row = sum(verdicts, Verdict())
    seconds = round(time.monotonic() - start)
    say("  ".join([f"{name:27}", *(f"{value:>7}" for value in (*(getattr(row, each) for each in COLUMNS), seconds))]))
    return row


def campaign(scratch: Path, options: argparse.Namespace) -> Rows:
    """Every fault with its tries, which are made as they are counted."""
    rng, seconds = random.Random(options.seed), options.seconds
    kept = inputs.made_scenes(scratch / "kept" / "scenes")
    yield from lmdbs(scratch / "lmdbs", kept, rng, options.lmdbs, seconds)
    yield from broken_pictures(
        scratch / "pictures", kept, range(options.seed, options.seed + options.pictures), seconds
    )
    for kind in inputs.LISTINGS:
        yield f"listing of {kind}, cut", cut_listings(kind, scratch / kind, kept, options.cuts, seconds)
    for kind, file in published.KINDS.items():
        yield f"{file}, read", published_sets(kind, scratch / kind, options.published, options.seed, seconds)
    if why_not := unmountable(scratch / "disk"):
        say(f"full disk under a run: left out, {why_not}")
    elif options.disks:
        yield "full disk under a run", full_disks(scratch, options.disks, 10 * seconds)


def lmdbs(folder: Path, kept: Path, rng: random.Random, count: int, seconds: float) -> Rows:
    """A damaged data.mdb among our words, somebody else's words and our photographs, and as a source of photographs."""
    ours = inputs.made_words(folder / "whole" / "words")
    photographs = shutil.copytree(kept, folder / "whole" / "photographs")
    theirs = shutil.copytree(ours, folder / "whole" / "theirs", ignore=lambda _, names: {*names} - {"data.mdb"})
    kinds: dict[str, tuple[type[Handle], Path]] = {
        "words": (WordLmdb, ours), "others' words": (WordLmdb, theirs), "photographs": (SceneLmdb, photographs),
    }  # fmt: skip
    for name, (kind, whole) in kinds.items():
        sets = inputs.damaged_sets(rng, whole, folder / name, count)
        yield f"LMDB of {name}, read", (attempt(f"{each}", seconds, inputs.read_set, kind, each) for each in sets)
        if whole != theirs:
            yield f"LMDB of {name}, verify", (told(f"{each}", inputs.verify_set(each, seconds)) for each in sets)
    yield "LMDB of photographs, painted", (attempt(f"{each}", seconds, inputs.paint_over, each) for each in sets)
    yield "LMDB of photographs, source", (attempt(f"{each}", seconds, inputs.read_tree, each, kept) for each in sets)
    for name in ("words", "photographs"):
        kind, whole = kinds[name]
        sets = inputs.damaged_sets(rng, whole, folder / "sidecars" / name, count, ROWS)
        yield f"sidecar of {name}, read", (attempt(f"{each}", seconds, inputs.read_set, kind, each) for each in sets)


def broken_pictures(folder: Path, kept: Path, seeds: range, seconds: float) -> Rows:
    """Damaged pictures one by one, and in folders as a source."""
    spoilt = {f"{seed}{suffix}": data for seed in seeds for suffix, data in [inputs.damaged_picture(seed)]}
    yield "picture, decode", (attempt(name, seconds, inputs.decode_picture, data) for name, data in spoilt.items())
    pairs = iter(spoilt.items())
    folders = [folder / f"{number}" for number in range(0, len(spoilt), BATCH)]
    for batch in folders:
        inputs.write_folder(batch, dict(islice(pairs, BATCH)))
    yield "picture, folder as a source", (attempt(f"{f}", 5 * seconds, inputs.read_folder, f, kept) for f in folders)


def cut_listings(kind: str, root: Path, kept: Path, count: int, seconds: float) -> Iterator[Verdict]:
    """A listing cut at so many places, evenly from nothing to all but the end."""
    listing = inputs.write_listing(root, kind)
    whole = listing.read_bytes()
    for place in (number * len(whole) // count for number in range(count)):
        yield attempt(f"{kind} cut at {place}", seconds, inputs.read_cut, kind, listing, whole[:place], kept)


def published_sets(kind: str, folder: Path, count: int, seed: int, seconds: float) -> Iterator[Verdict]:
    """A published set whose one file is damaged, so many times; a parser is stopped before a try is.

    So a file that its parser never ends with is a refusal, and a hang is one of ours.
    """
    whole = published.write_published(kind, folder / "whole")
    for number in range(seed, seed + count):
        place = folder / str(number)
        yield attempt(f"{kind} {number}", SECONDS + seconds, published.read_damaged, kind, whole, place, number)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for name, default, what in (
        ("lmdbs", 20, "damaged data.mdb of each kind"),
        ("pictures", 1000, "damaged pictures"),
        ("cuts", 50, "places at which a listing of each layout is cut"),
        ("published", 100, "damaged files of each published set"),
        ("disks", 20, "disks that are too small; they take root"),
        ("seconds", 20, "that a try may take; ten times as many for a run"),
        ("seed", 0, "another one damages otherwise"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{what} ({default})")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
