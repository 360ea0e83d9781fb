"""The trees of the field are taken as they lie: what is trained on, what is scored, and what has no labels."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from str_pipelines.execution import Execution
from str_pipelines.metrics.benchmarks import family_of
from str_pipelines.recognizers.gather import find_words
from str_pipelines.sources.word_sets import find_word_sets
from str_pipelines.text.charsets import load_charset
from tests.making import foreign

from .conftest import picture

REAL = "1.SVT 2.IIIT 3.IC13 4.IC15 5.COCO 6.RCTW17 7.Uber 8.ArT 9.LSVT 10.MLT19 11.ReCTS".split()
SYNTHETIC = ("MJ/MJ_train", "MJ/MJ_valid", "MJ/MJ_test", "ST")
BENCHMARK = "SVT IIIT5k_3000 IC13_1015 IC15_2077 SVTP CUTE80".split()


def leaf(folder: Path, labelled: bool = True) -> None:
    """An LMDB of two words as the field's tools write it, with the path of each as STR-Fewer-Labels has it."""
    folder.mkdir(parents=True)
    entries: dict[bytes, bytes | None] = {b"num-samples": b"2"}
    for number in (1, 2):
        entries |= {b"image-%09d" % number: picture(number), b"imagepath-%09d" % number: b"x/%d.png" % number}
        entries |= {b"label-%09d" % number: b"word"} if labelled else {}
    foreign(folder, entries)


def tree(root: Path, names: Iterable[str], labelled: bool = True) -> None:
    for name in names:
        leaf(root / name, labelled)


@pytest.fixture
def data_lmdb(tmp_path: Path) -> Path:
    """CCD's."""
    root = tmp_path / "data_lmdb"
    tree(root / "training/label/synth", SYNTHETIC)
    tree(root / "training/ARD", ("Openimages/train_1", "Openimages/validation", "TextOCR"))
    tree(root / "training/URD", ("OCR-CC",), labelled=False)
    tree(root / "validation", REAL)
    tree(root / "evaluation/benchmark", (*BENCHMARK, "COCOText", "CTW", "TotalText", "HOST", "WOST", "MPSC", "WordArt"))
    order = "abcdefghijklmnopqrstuvwxyz1234567890"
    (root / "charset_36.txt").write_text("".join(f"{place}\t{each}\n" for place, each in enumerate(order)))
    return root


def below(root: Path) -> dict[str, bool]:
    """The sets at or below a folder, and whether they have labels."""
    return {Path(name).relative_to(root).as_posix(): words.labelled for name, words in find_words(root).items()}


def test_ccd_learns_from_each_branch_of_its_tree(data_lmdb: Path) -> None:
    training = data_lmdb / "training"
    assert below(training / "label/synth") == dict.fromkeys(sorted(SYNTHETIC), True)
    assert below(training / "URD") == {"OCR-CC": False}
    assert set(below(training / "ARD")) == {"Openimages/train_1", "Openimages/validation", "TextOCR"}
    assert set(below(data_lmdb / "validation")) == set(REAL)
    assert load_charset(str(data_lmdb / "charset_36.txt")).index("0") == 35


def test_a_path_in_another_case_is_found_where_it_can_only_be_one(data_lmdb: Path) -> None:
    """CCD's configurations say `Synth`, and its tree has `synth`."""
    said = data_lmdb / "training/label/Synth/mj"
    assert {Path(name).name for name in find_words(said)} == {"MJ_train", "MJ_valid", "MJ_test"}
    leaf(data_lmdb / "training/label/SYNTH/ST")
    with pytest.raises(FileNotFoundError, match="no word LMDB lies there"):
        find_words(said)


def test_every_benchmark_of_ccd_is_known_by_its_folder(data_lmdb: Path, here: Execution) -> None:
    found, left_out = find_word_sets(data_lmdb / "evaluation", here)
    assert len(found) == 13 and not left_out
    assert all(family_of(name) for name in found)


def test_what_has_no_labels_is_not_scored(data_lmdb: Path, here: Execution) -> None:
    found, [left] = find_word_sets(data_lmdb / "training", here)
    assert len(found) == 7 and (left.record, left.reason) == ("URD/OCR-CC", "set_unreadable")
    assert "have no labels" in left.detail


def test_the_tree_of_str_fewer_labels(tmp_path: Path, here: Execution) -> None:
    root = tmp_path / "data_CVPR2021"
    tree(root / "training/label/real", REAL)
    tree(root / "training/unlabel", ("U1.Book32", "U2.TextVQA", "U3.STVQA"), labelled=False)
    tree(root / "evaluation/benchmark", BENCHMARK)
    assert below(root / "training/label/real") == dict.fromkeys(sorted(REAL), True)
    assert set(below(root / "training/unlabel").values()) == {False}
    assert all(family_of(name) for name in find_word_sets(root / "evaluation/benchmark", here)[0])


@pytest.mark.parametrize(
    ("name", "sets"),
    [
        ("data/test", "ArT COCOv1.4 CUTE80 IC13_857 IC13_1015 IC13_1095 IC15_1811 IC15_2077 IIIT5k SVT SVTP Uber"),
        ("evaluation", "CUTE80 IC13_857 IC15_1811 IIIT5k SVT SVTP"),
        ("u14m", "artistic contextless curve general multi_oriented multi_words salient"),
        ("", "ltb"),
    ],
)
def test_benchmarks_of_parseq_and_openocr_are_known_by_their_folders(
    tmp_path: Path, here: Execution, name: str, sets: str
) -> None:
    tree(tmp_path / name, sets.split())
    found, _ = find_word_sets(tmp_path, here)
    assert len(found) == len(sets.split()) and all(family_of(folder) for folder in found)
