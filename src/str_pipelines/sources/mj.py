"""MJSynth (Synth90k): words drawn in fonts, one a file, whose name says what it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from str_pipelines.execution import Execution
from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.files import stamp
from str_pipelines.sources.labelled import Found, Labelled
from str_pipelines.sources.word_config import MjSource, TsvSource
from str_pipelines.storage.digests import canonical, digest_of

INNER = "mnt/ramdisk/max/90kDICT32px"
LEXICON, LEXICON_BYTES = "lexicon.txt", 64 << 20
REMEDY = "ingest.words.read.source.root is MJSynth's folder, or mjsynth.tar.gz (data/README.md)"
BROKEN = frozenset(
    """1881/4/225_Marbling_46673 2069/4/192_whittier_86389 869/4/234_TRIASSIC_80582 173/2/358_BURROWING_10395
    913/4/231_randoms_62372 596/2/372_Ump_81662 936/2/375_LOCALITIES_44992 2540/4/246_SQUAMOUS_73902
    1332/4/224_TETHERED_78397 627/6/83_PATRIARCHATE_55931 2013/2/370_refract_63890 2911/6/77_heretical_35885
    1730/2/361_HEREON_35880 2194/2/334_EFFLORESCENT_24742 2025/2/364_SNORTERS_72304 368/4/232_friar_30876
    275/6/96_hackle_34465 384/4/220_bolts_8596 905/4/234_Postscripts_59142 2749/6/101_Chided_13155
    495/6/81_MIDYEAR_48332 2852/6/60_TOILSOME_79481 554/2/366_Teleconferences_77948 1696/4/211_Queened_61779
    2128/2/369_REDACTED_63458 2557/2/351_DOWN_23492 2489/4/221_snored_72290 1650/2/355_stony_74902
    1863/4/223_Diligently_21672 264/2/362_FORETASTE_30276 429/4/208_Mainmasts_46140 1817/2/363_actuating_904
    2356/5/370_Definable_20054""".split()
)
"""Pictures of the published set that are empty or cannot be decoded, known to docTR and MMOCR."""


class MjTree:
    """The unpacked tree: what `annotation_<split>.txt` list, split by split. Ids are `<split>/<path>`."""

    def __init__(self, config: MjSource, execution: Execution, limit: int | None = None) -> None:
        """Find or make the index of each listing.

        Raises:
            FileNotFoundError: a listing is missing.
        """
        folder = folder_of(config)
        self._splits, self._lexicon = config.splits, lexicon_in(folder)
        self._parts: list[Labelled] = []
        for split in config.splits:
            left = None if limit is None else limit - sum(map(len, self._parts))
            listing = TsvSource(kind="tsv", root=folder, listing=listing_of(split), separator="blank")
            self._parts.append(Labelled(listing, execution, left))
        self._ends = list(accumulate(map(len, self._parts), initial=0))
        self.listed = digest_with(config, self._lexicon, [part.listed for part in self._parts])

    @property
    def digest(self) -> str:
        """Of the listings, and of sizes and times of change of all pictures in them."""
        return digest_of([canonical([self.listed, *(part.digest for part in self._parts)])])

    def __len__(self) -> int:
        return self._ends[-1]

    def words(self, span: range) -> Iterator[Found | Rejection]:
        """The words of a range of the lines, and why one cannot be used."""
        for split, part, start in zip(self._splits, self._parts, self._ends, strict=False):
            own = range(max(span.start - start, 0), min(span.stop - start, len(part)))
            for found in part.words(own) if own else ():
                yield found if isinstance(found, Rejection) else named(found, split, self._lexicon)


def named(found: Found, split: str, lexicon: Sequence[str]) -> Found | Rejection:
    """A picture with the place in the lexicon that its line says, as a word with the label that its name says."""
    name, image, place, source = found
    path = name.removeprefix("./")
    try:
        return f"{split}/{path}", image, label_of(path, place, lexicon), f"mjsynth/{split}"
    except Refused as refused:
        return Rejection(f"{source}/{listing_of(split)}", path, refused.reason, refused.detail)


def label_of(path: str, place: str, lexicon: Sequence[str]) -> str:
    """The label, in its case, of `<a>/<b>/<number>_<label>_<place in the lexicon, from 0>.jpg`.

    Raises:
        Refused: `known_broken`, `name_malformed`, `lexicon_differs` where line or lexicon say something else.
    """
    stem = path.rpartition(".")[0]
    if stem in BROKEN:
        raise Refused("known_broken", "one of the 33 broken pictures of the published set")
    number, _, rest = stem.rpartition("/")[2].partition("_")
    label, _, said = rest.rpartition("_")
    if not (number.isdecimal() and label and said.isdecimal()):
        raise Refused("name_malformed", f"{path!a}: <number>_<label>_<place in the lexicon> is wanted")
    if said != place.strip():
        raise Refused("lexicon_differs", f"the name says place {said}, the line {place!a}")
    meant = lexicon[int(said)] if int(said) < len(lexicon) else None
    if lexicon and (meant is None or meant.casefold() != label.casefold()):
        raise Refused("lexicon_differs", f"word {said} of the lexicon is {meant!a}, not {label!a}")
    return label


def state_of(config: MjSource) -> str:
    """A digest of where listings or archive lie, of their sizes and times of change.

    Raises:
        FileNotFoundError: one is missing.
    """
    root = config.root
    files = [root] if root.is_file() else [folder_of(config) / listing_of(split) for split in config.splits]
    return digest_of([canonical([[file.resolve().as_posix(), *stamp(file)] for file in files])])


def folder_of(config: MjSource) -> Path:
    """Where the listings lie: at the root, or as deep below it as the archive unpacks.

    Raises:
        FileNotFoundError: one is missing.
    """
    folders = [config.root, config.root / INNER]
    folder = next((each for each in folders if (each / listing_of(config.splits[0])).is_file()), config.root)
    for split in config.splits:
        if not (folder / listing_of(split)).is_file():
            raise FileNotFoundError(f"{folder / listing_of(split)} is missing; {REMEDY}")
    return folder


def listing_of(split: str) -> str:
    """The file that lists a split."""
    return f"annotation_{split}.txt"


def lexicon_in(folder: Path) -> tuple[str, ...]:
    """The words of lexicon.txt, a line each; none where it is missing: names are believed then."""
    path = folder / LEXICON
    return words_of(path.read_bytes()) if path.is_file() else ()


def words_of(data: bytes) -> tuple[str, ...]:
    """The words of a lexicon; what is no UTF-8 is no word that a name could have."""
    return tuple(data.decode("utf-8-sig", "replace").split("\n")) if len(data) <= LEXICON_BYTES else ()


def digest_with(config: MjSource, lexicon: Sequence[str], listed: Sequence[str]) -> str:
    """Of what is listed, and of what else shows in the words."""
    return digest_of([canonical([listed, config.splits, config.licence, digest_of([canonical(lexicon)])])])
