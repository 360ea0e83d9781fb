from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.metrics.benchmarks import (
    BENCHMARKS,
    GROUPS,
    Benchmark,
    choose,
    complete_groups,
    expand,
    family_of,
    rule_of,
)
from str_pipelines.text.normalisers import normaliser

COUNTS = {each.name: each.words for each in BENCHMARKS}
PARSEQ = {
    "ArT": 35_149, "COCOv1.4": 9825, "CUTE80": 288, "IC13_857": 857, "IC13_1015": 1015, "IC13_1095": 1095,
    "IC15_1811": 1811, "IC15_2077": 2077, "IIIT5k": 3000, "SVT": 647, "SVTP": 645, "Uber": 80_551,
}  # fmt: skip
CCD = {
    "SVT": 647, "IIIT5k_3000": 3000, "IC13_1015": 1015, "IC15_2077": 2077, "SVTP": 645, "CUTE80": 288,
    "COCOText": 9896, "CTW": 1572, "TotalText": 2201, "HOST": 2416, "WOST": 2416, "MPSC": 42, "WordArt": 1511,
}  # fmt: skip
UNION = {
    "curve": 2426, "multi_oriented": 1369, "artistic": 900, "contextless": 779, "salient": 1585, "multi_words": 829,
    "general": 400_000,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("IIIT5k_3000", 3000), ("SVT_647", 647), ("IC03_860", 860), ("IC03_867", 867), ("IC13_857", 857),
        ("IC13_1015", 1015), ("IC13_1095", 1095), ("IC15_1811", 1811), ("IC15_2077", 2077), ("SVTP_645", 645),
        ("CUTE80_288", 288), ("COCOText_9825", 9825), ("COCOText_9896", 9896), ("CTW_1572", 1572),
        ("TotalText_2201", 2201), ("HOST_2416", 2416), ("WOST_2416", 2416), ("MPSC", None), ("WordArt_1511", 1511),
        *((f"Union14M_{part}", words) for part, words in UNION.items()),
        ("LTB_3376", 3376), ("ArT_35149", 35_149), ("Uber_80551", 80_551), ("ic13_half_anchors", 308),
        ("ic13_half_test", 193), ("ic15_half_anchors", 635), ("ic15_half_test", 425), ("shopsign_half_anchors", 225),
        ("shopsign_half_test", 164),
    ],
)  # fmt: skip
def test_counts(name: str, words: int | None) -> None:
    assert COUNTS.pop(name) == words
    assert normaliser(rule_of(name)).name == "alnum"


def test_no_set_is_untested() -> None:
    assert not COUNTS


def test_groups_have_the_sizes_of_the_field() -> None:
    sizes = {each.name: each.words or 0 for each in BENCHMARKS}
    sums = {group: sum(sizes[name] for name in names) for group, names in GROUPS.items()}
    assert sums == {
        "subset": 7248, "benchmark": 7672, "ccd": 25_907, "union14m": 407_888,
        "ic13_half": 501, "ic15_half": 1060, "shopsign_half": 389,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("shares", "mean"),
    [
        ((96.8, 94.4, 96.6, 87.3, 91.3, 92.4, 64.7, 80.4, 82.1, 77.9, 85.8), 78.6),  # small: STD
        ((98.0, 96.4, 98.3, 90.3, 92.7, 98.3, 76.7, 86.5, 91.3, 77.3, 86.0), 84.9),  # ARD, all of it
        ((95.9, 94.1, 96.6, 87.1, 89.9, 94.1, 69.2, 81.6, 84.3, 63.4, 76.2), 78.2),  # 10 %
        ((89.3, 86.5, 88.8, 76.5, 80.1, 74.7, 54.9, 65.5, 67.8, 38.4, 55.9), 63.7),  # 1 %
    ],
)
def test_the_weighted_means_of_ccd_are_the_papers(shares: tuple[float, ...], mean: float) -> None:
    """The last column of its table follows from the others and these counts, and not with the 2,077 words of IC15."""
    sizes = {each.name: each.words or 0 for each in BENCHMARKS}
    words = [sizes[name] for name in GROUPS["ccd"]]
    assert round(sum(s * w for s, w in zip(shares, words, strict=True)) / sum(words), 1) == mean


def test_of_ccds_own_tree_one_set_of_its_table_is_missing() -> None:
    chosen, missing = choose(CCD, ["ccd"])
    assert set(missing) == {"IC15_1811"} == set(GROUPS["ccd"]) - set(chosen)
    assert "cannot be made from the 2,077" in missing["IC15_1811"]


@pytest.mark.parametrize("tree", [PARSEQ, {f"evaluation/benchmark/{k}": v for k, v in CCD.items()}])
def test_public_trees_are_known(tree: dict[str, int]) -> None:
    chosen, missing = choose(tree, ())
    names = {each.name for each in BENCHMARKS}
    assert set(chosen.values()) == set(tree) and set(chosen) <= names and not missing


def test_parts_of_union14m_are_known_by_the_folder_above() -> None:
    chosen, _ = choose({f"test/u14m/{part}": words for part, words in UNION.items()}, ())
    assert set(chosen) == set(GROUPS["union14m"])
    assert choose({"mine/general": 5}, ())[0] == {"general": "mine/general"}


def test_the_count_says_which_version_it_is() -> None:
    assert choose({"IC13": 857}, ())[0] == {"IC13_857": "IC13"}
    assert choose({"a/ic-13": 1095}, ())[0] == {"IC13_1095": "a/ic-13"}
    assert choose({"IC15/2077": 2077}, ())[0] == {"IC15_2077": "IC15/2077"}


versions = st.sampled_from([each for each in BENCHMARKS if each.words is not None])


@given(versions, st.integers(1, 500_000), st.sampled_from((str.lower, str.upper, str)), st.sampled_from("_- "))
def test_another_count_is_refused_however_the_folder_is_written(
    version: Benchmark, words: int, case: Callable[[str], str], between: str
) -> None:
    name = case(version.name).replace("_", between)
    assert choose({name: version.words or 0}, ())[0] == {version.name: name}
    if words not in {other.words for other in family_of(name)}:
        with pytest.raises(ValueError, match=f"{words:,} words where .* likely another version"):
            choose({name: words}, ())


def test_a_refusal_says_what_was_found_expected_and_to_be_done() -> None:
    with pytest.raises(ValueError) as error:
        choose({"val/IC13": 848}, ())
    for said in ("val/IC13 has 848 words", "857 (IC13_857) or 1,015 (IC13_1015) or 1,095", "validation part", "rename"):
        assert said in str(error.value)


def test_what_is_not_wanted_is_not_checked() -> None:
    tree = {"val/SVT": 231, "test/IC13_857": 857}
    assert choose(tree, ["IC13_857"]) == ({"IC13_857": "test/IC13_857"}, {})
    with pytest.raises(ValueError, match="231 words"):
        choose(tree, [])


def test_one_set_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="a/SVT and b/SVT are both SVT_647"):
        choose({"a/SVT": 647, "b/SVT": 647}, ())


def test_sets_in_no_table_are_called_as_their_folder() -> None:
    assert choose({"mine/words": 5, "train/x": 1, "val/x": 2, "demo_plain": 9}, ())[0] == {
        "words": "mine/words", "train.x": "train/x", "val.x": "val/x", "demo_plain": "demo_plain",
    }  # fmt: skip
    assert choose({"mine/words": 5, "other": 5}, ["words"])[0] == {"words": "mine/words"}


def test_photographs_are_not_taken_for_the_lmdb_of_their_name() -> None:
    chosen, _ = choose({"ic15_photographs": 2077, "ic15_photographs_test": 425}, ())
    assert chosen == {"ic15_photographs": "ic15_photographs", "ic15_half_test": "ic15_photographs_test"}


def test_a_group_is_what_is_in_it_and_what_lacks_is_said() -> None:
    tree = {"IC13_1015": 1015, "SVT": 647, "IC15_2077": 2077, "words": 4}
    chosen, missing = choose(tree, ["subset"])
    assert chosen == {"SVT_647": "SVT"}
    assert set(missing) == set(GROUPS["subset"]) - {"SVT_647"}
    assert "another version" not in missing["CUTE80_288"]
    assert "only an LMDB has it" in missing["IC15_1811"]


def test_another_version_of_what_is_missing_is_named() -> None:
    _, missing = choose({"IC13": 1015}, ["IC13_857"])
    assert missing == {
        "IC13_857": "there is another version, IC13 (1,015 words) (letters and digits only, three and more)"
    }


def test_an_alias_finds_any_version() -> None:
    assert choose({"IC13_1015": 1015}, ["ic13"]) == ({"IC13_1015": "IC13_1015"}, {})


def test_a_misspelt_name_gets_the_nearest() -> None:
    assert "did you mean 'words'" in choose({"words": 1}, ["wrods"])[1]["wrods"]
    assert "did you mean 'SVTP_645'" in choose({}, ["SVTP_654"])[1]["SVTP_654"]


def test_complete_groups() -> None:
    assert complete_groups(GROUPS["subset"]) == {"subset": GROUPS["subset"]}
    assert not complete_groups(GROUPS["subset"][1:])
    assert expand(["Subset", "MPSC"]) >= expand(["IC13_857", "mpsc"])
