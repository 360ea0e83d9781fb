"""The benchmark sets of the field: their versions, how many words each has, and how its words are compared.

The same name often stands for several versions of a set, and accuracies of two versions do not compare: so a set that
is called by a name of this table has to have the number of words of one of its versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from str_pipelines.text.nearest import nearest

Counts = Mapping[str, int]
"""Words by folder below the root that was searched, `evaluation/IIIT5k`."""

RULE = "alnum"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One version of a set.

    `aliases` are other names of its folder: upper case, lower case and punctuation do not count, and the name of the
    folder above may stand before it. `words` is None where the count is not known. `rule` is a normaliser of
    `text.normalisers`, under which readings and labels are compared. `note` says what is in it.
    """

    name: str
    words: int | None
    aliases: tuple[str, ...] = ()
    note: str = ""
    rule: str = RULE


_HALF = "half of TextSSR's benchmark photographs, cut along their annotated quads"
_UNION = ("u14m", "union14m", "union14mbench", "union14mbenchmark")


def _union(part: str, words: int, *others: str) -> Benchmark:
    aliases = tuple(f"{above}{name}" for name in (part, *others) for above in _UNION)
    return Benchmark(f"Union14M_{part}", words, aliases, "a part of Union14M-Benchmark")


BENCHMARKS = (
    Benchmark("IIIT5k_3000", 3000, ("IIIT5k", "IIIT")),
    Benchmark("SVT_647", 647, ("SVT",)),
    Benchmark("IC03_860", 860, ("IC03",), "lacks 7 of the 867"),
    Benchmark("IC03_867", 867, ("IC03",), "letters and digits only, three and more"),
    Benchmark("IC13_857", 857, ("IC13",), "letters and digits only, three and more"),
    Benchmark("IC13_1015", 1015, ("IC13",), "letters and digits only"),
    Benchmark("IC13_1095", 1095, ("IC13",), "all words"),
    Benchmark("IC15_1811", 1811, ("IC15",), "chosen by hand: only an LMDB has it, it cannot be made from the 2,077"),
    Benchmark("IC15_2077", 2077, ("IC15",), "all words"),
    Benchmark("SVTP_645", 645, ("SVTP",)),
    Benchmark("CUTE80_288", 288, ("CUTE80", "CUTE", "CUTE_288")),
    Benchmark("COCOText_9825", 9825, ("COCOText", "COCOv1.4"), "version 1.4, as in PARSeq"),
    Benchmark("COCOText_9896", 9896, ("COCOText", "COCOv1.4"), "as in DiG and CCD"),
    Benchmark("CTW_1572", 1572, ("CTW",)),
    Benchmark("TotalText_2201", 2201, ("TotalText",)),
    Benchmark("HOST_2416", 2416, ("HOST",), "heavily occluded"),
    Benchmark("WOST_2416", 2416, ("WOST",), "weakly occluded"),
    Benchmark("MPSC", None, (), "the count is not published"),
    Benchmark("WordArt_1511", 1511, ("WordArt",)),
    _union("curve", 2426),
    _union("multi_oriented", 1369),
    _union("artistic", 900),
    _union("contextless", 779),
    _union("salient", 1585),
    _union("multi_words", 829, "multi_word"),
    _union("general", 400_000),
    Benchmark("LTB_3376", 3376, ("LTB",), "26 to 35 characters"),
    Benchmark("ArT_35149", 35_149, ("ArT",)),
    Benchmark("Uber_80551", 80_551, ("Uber",)),
    Benchmark("ic13_half_anchors", 308, ("ic13_photographs_anchors",), _HALF),
    Benchmark("ic13_half_test", 193, ("ic13_photographs_test",), _HALF),
    Benchmark("ic15_half_anchors", 635, ("ic15_photographs_anchors",), _HALF),
    Benchmark("ic15_half_test", 425, ("ic15_photographs_test",), _HALF),
    Benchmark("shopsign_half_anchors", 225, ("shopsign_photographs_anchors",), f"{_HALF}; mostly Chinese"),
    Benchmark("shopsign_half_test", 164, ("shopsign_photographs_test",), f"{_HALF}; mostly Chinese"),
)
_LISTED = {each.name: each for each in BENCHMARKS}
_COMMON = ("IIIT5k_3000", "SVT_647")
_HARD = ("SVTP_645", "CUTE80_288")
GROUPS: dict[str, tuple[str, ...]] = {
    "subset": (*_COMMON, "IC13_857", "IC15_1811", *_HARD),  # 7,248 words
    "benchmark": (*_COMMON, "IC13_1015", "IC15_2077", *_HARD),  # 7,672 words; both are PARSeq's names
    "ccd": (
        *(*_COMMON, "IC13_1015", "IC15_1811", *_HARD),
        *("COCOText_9896", "CTW_1572", "TotalText_2201", "HOST_2416", "WOST_2416"),
    ),  # the eleven of CCD's table, whose mean is over 25,907 words
    "union14m": tuple(each.name for each in BENCHMARKS if each.name.startswith("Union14M")),
    **{name: (f"{name}_anchors", f"{name}_test") for name in ("ic13_half", "ic15_half", "shopsign_half")},
}
"""Sets over which the field averages; a mean is given where all of them are there."""


def choose(found: Counts, wanted: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The folders to score by the name of their set, and of the wanted names those without a folder, with a reason.

    Args:
        wanted: names, aliases and groups; none means everything that was found. A set that is in no table is called
            as its folder, or where two folders are called alike, as its whole path.

    Raises:
        ValueError: a folder is called as a set of the table and has another number of words, or two are the same set.
    """
    asked = expand(wanted)
    chosen: dict[str, str] = {}
    for folder, words in found.items():
        family = family_of(folder)
        if not _wanted(asked, folder, family):
            continue  # before its count is looked at
        known = _identified(folder, words, family)
        if not _wanted(asked, folder, [known] if known else []):
            continue
        name = known.name if known else _own_name(folder, found)
        if name in chosen:
            raise ValueError(f"{chosen[name]} and {folder} are both {name}: leave one out or rename its folder")
        chosen[name] = folder
    return chosen, _missing(wanted, chosen, found)


def expand(wanted: Iterable[str]) -> set[str]:
    """Names in the form in which they are compared, groups as what is in them."""
    return {_squeeze(each) for name in wanted for each in _members(name)}


def family_of(folder: str) -> list[Benchmark]:
    """The versions of the set as which a folder is called; none for a set that is in no table."""
    calls = {_squeeze(call) for call in _calls(folder)}
    return [each for each in BENCHMARKS if calls & {_squeeze(name) for name in (each.name, *each.aliases)}]


def rule_of(name: str) -> str:
    """The normaliser by which a set's words are compared, also where it is in no table."""
    return _LISTED[name].rule if name in _LISTED else RULE


def complete_groups(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The groups of which every set is among these names."""
    there = set(names)
    return {group: sets for group, sets in GROUPS.items() if there >= set(sets)}


def _identified(folder: str, words: int, family: Sequence[Benchmark]) -> Benchmark | None:
    if not family:
        return None
    for each in family:
        if each.words in (None, words):
            return each
    expected = " or ".join(f"{each.words:,} ({each.name})" for each in family)
    raise ValueError(
        f"{folder} has {words:,} words where {expected} are expected: likely another version of the set, or its "
        "training or validation part. Its accuracy would not compare; rename the folder to score it as a set of its "
        "own, or say with `sets` which ones are wanted"
    )


def _wanted(asked: set[str], folder: str, versions: Sequence[Benchmark]) -> bool:
    return not asked or bool(asked & {_squeeze(name) for name in _names(folder, versions)})


def _own_name(folder: str, found: Counts) -> str:
    """The name of the folder itself, or its whole path where another is called alike."""
    leaf = PurePosixPath(folder).name
    alike = [other for other in found if _squeeze(PurePosixPath(other).name) == _squeeze(leaf)]
    return leaf if len(alike) == 1 else folder.replace("/", ".")


def _missing(wanted: Sequence[str], chosen: Mapping[str, str], found: Counts) -> dict[str, str]:
    known = {name: [_LISTED[name]] if name in _LISTED else [] for name in chosen}
    there = {_squeeze(call) for name, folder in chosen.items() for call in _names(folder, known[name])}
    names = dict.fromkeys(name for each in wanted for name in _members(each))
    return {name: _why(name, found) for name in names if _squeeze(name) not in there}


def _why(name: str, found: Counts) -> str:
    family = family_of(name)
    if not family:
        return f"no folder is called so; did you mean {nearest(name, [*_LISTED, *found])!r}?"
    others = [f"{folder} ({words:,} words)" for folder, words in found.items() if family[0] in family_of(folder)]
    reason = f"there is another version, {', '.join(others)}" if others else "no folder is called so"
    notes = f" ({family[0].note})" if len(family) == 1 and family[0].note else ""
    return f"{reason}{notes}"


def _members(name: str) -> tuple[str, ...]:
    """What is in a group; a name that is none stands for itself."""
    return GROUPS.get(name.lower(), (name,))


def _names(folder: str, versions: Iterable[Benchmark]) -> list[str]:
    """Everything by which a folder can be asked for."""
    return [folder, *_calls(folder), *(name for each in versions for name in (each.name, *each.aliases))]


def _calls(folder: str) -> tuple[str, str]:
    """The name of a folder, and that with the one above it."""
    path = PurePosixPath(folder)
    return path.name, f"{path.parent.name}{path.name}"


def _squeeze(name: str) -> str:
    """Letters and digits, in lower case: `IIIT5K_3000` and `iiit5k-3000` are one. All of it, where there are none."""
    return re.sub(r"[\W_]", "", name.lower()) or name
