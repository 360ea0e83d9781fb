"""Gather the faces of Debian's font packages under the Open Font or Apache licence: the fonts of the shipped reader.

    apt-get install --no-install-recommends $(grep -v '^#' tools/open_fonts.txt)
    python tools/open_fonts.py data/01_raw/open_fonts

The folder is for the parameter `fonts`. In it are links to the files, and `fonts.csv`: face, family, package, licence.
"""

from __future__ import annotations

import argparse
import csv
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from PIL import ImageFont

from str_pipelines.imaging.fonts import SUFFIXES, covers

LICENCES = {"OFL": r"Open.Font.Licen[cs]e|\bOFL\b", "Apache-2.0": r"Apache.(Licen[cs]e|2\.0)"}
FACES_OF_FAMILY = 6  # weights and widths of one family teach little that is new
WANTED = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Face:
    """One font file, and what may be done with it."""

    path: str
    family: str
    style: str
    package: str
    licence: str


def faces(packages: list[str]) -> Iterator[Face]:
    """The faces of these packages that draw Latin letters and digits; a package under another licence has none."""
    for package in packages:
        licence = licence_of(package)
        if not licence:
            continue
        listing = subprocess.run(["dpkg", "-L", package], capture_output=True, text=True, check=True).stdout
        for path in sorted(map(Path, listing.split("\n"))):
            if path.suffix.lower() in SUFFIXES and path.is_file() and covers(path, WANTED):
                family, style = ImageFont.truetype(path, 16).getname()
                yield Face(str(path), str(family), str(style), package, licence)


def licence_of(package: str) -> str:
    """OFL or Apache-2.0 where Debian's copyright file of the package names it, otherwise nothing."""
    text = Path("/usr/share/doc", package, "copyright").read_text(encoding="utf-8", errors="replace")
    return next((name for name, pattern in LICENCES.items() if re.search(pattern, text, re.IGNORECASE)), "")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--packages", type=Path, default=Path(__file__).with_name("open_fonts.txt"))
    arguments = parser.parse_args()
    packages = [line for line in arguments.packages.read_text().split() if not line.startswith("#")]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    families: dict[str, list[Face]] = {}
    for face in faces(packages):
        families.setdefault(face.family, []).append(face)
    chosen = [face for group in families.values() for face in spread(group, FACES_OF_FAMILY)]
    for face in chosen:
        link = arguments.folder / Path(face.path).name
        link.unlink(missing_ok=True)
        link.symlink_to(face.path)
    with (arguments.folder / "fonts.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, [field.name for field in fields(Face)])
        table.writeheader()
        table.writerows(asdict(face) for face in chosen)
    sys.stdout.write(f"{len(chosen)} faces of {len(families)} families in {arguments.folder}\n")


def spread(group: list[Face], most: int) -> list[Face]:
    """At most `most` of them, evenly from the first to the last."""
    return [group[index * len(group) // most] for index in range(most)] if len(group) > most else group


if __name__ == "__main__":
    main()
