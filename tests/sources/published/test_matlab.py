"""MATLAB files of published sets are parsed elsewhere, and whatever is wrong with one, it is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from str_pipelines.records import Rejection
from str_pipelines.sources.demo_benchmark_scenes import total_text_mat
from str_pipelines.sources.demo_sets import iiit5k as make_iiit5k
from str_pipelines.sources.published import iiit5k, iiit5k_mat, total_text
from str_pipelines.sources.published import total_text_mat as parser
from str_pipelines.sources.published.entry import Entry


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"testdata": 1.0}, "`testdata` is no row of structures"),
        ({"traindata": 1.0}, "`testdata` is no row of structures"),
        ({"testdata": np.array([["a"]], object)}, "`testdata` is no row of structures"),
    ],
)
def test_another_layout_is_refused(tmp_path: Path, variables: dict[str, Any], said: str) -> None:
    from scipy.io import savemat

    savemat(tmp_path / "testdata.mat", variables)
    with pytest.raises(ValueError, match=said):
        list(iiit5k_mat.rows(tmp_path / "testdata.mat"))


def test_a_damaged_file_is_named_and_not_read_here(tmp_path: Path) -> None:
    make_iiit5k(tmp_path)
    path = tmp_path / "testdata.mat"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ValueError, match=r"testdata\.mat: no MATLAB file of IIIT5K that can be read \("):
        list(iiit5k.entries(tmp_path, "test"))


def test_a_file_that_is_too_large_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_iiit5k(tmp_path)
    monkeypatch.setattr(iiit5k, "MAT_BYTES", 100)
    monkeypatch.setattr(iiit5k, "rows_from", lambda *_: pytest.fail("it was parsed"))
    with pytest.raises(ValueError, match=r"testdata\.mat has more than 100 bytes"):
        list(iiit5k.entries(tmp_path, "test"))


def test_a_row_that_is_none_costs_itself(tmp_path: Path) -> None:
    make_iiit5k(tmp_path)
    rows = list(iiit5k_mat.rows(tmp_path / "testdata.mat"))
    assert [row["fault"] for row in rows] == ["", "", "", "", "record_malformed", ""]
    assert (rows[1]["picture"], rows[1]["label"]) == ("test/1002_2.png", "5")


def test_total_texts_parser_tells_at_which_file_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    total_text_mat(tmp_path)
    said = list(parser.rows(tmp_path / "Groundtruth/Test"))
    assert [row["file"] for row in said if row["place"] < 0 and not row["fault"]] == [
        f"poly_gt_img{number}.mat" for number in (1, 2, 3)
    ]

    def ended(*_: object) -> Any:
        yield said[0]
        raise ValueError("the parser was killed by signal 11")

    monkeypatch.setattr(total_text, "rows_from", ended)
    with pytest.raises(ValueError, match=r"killed by signal 11 \(at poly_gt_img1\.mat\)"):
        list(total_text.entries(tmp_path, "test"))


def test_training_files_have_another_prefix(tmp_path: Path) -> None:
    total_text_mat(tmp_path)
    found = list(total_text.entries(tmp_path, "train"))
    assert [each.picture for each in found if isinstance(each, Entry)] == ["Images/Train/img1.jpg"] * 4
    assert sum(isinstance(each, Rejection) for each in found) == 2
