from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from str_pipelines.execution import Execution
from str_pipelines.records import Instance, Scene
from str_pipelines.sources.config import AnyWordSource, FolderSource, ScenesParams
from str_pipelines.sources.preview import HINT, INVALID, SHOWN, TEXT, framed, preview

from .conftest import Frame, picture
from .test_anyword import entry, word, write


def test_counts_reasons_and_nothing_kept(tmp_path: Path, here: Execution) -> None:
    listing = write(tmp_path / "raw")
    report = preview(ScenesParams(source=AnyWordSource(kind="anyword", root=tmp_path / "raw")), here, Frame())
    assert report.metrics["photographs"] == {"listed": 11, "usable": 4, "empty": 0}
    assert report.metrics["words"] == {"words": 9, "with_text": 8, "with_hint": 0, "invalid": 2}
    assert report.metrics["rejected"] == {
        "img_name_malformed": 2, "text_too_short": 1, "polygon_too_short": 1, "valid_malformed": 1, "watermark": 1,
        "image_missing": 1, "wm_score_malformed": 1, "path_leaves_root": 1, "listed_before": 1,
    }  # fmt: skip
    assert {"file": str(listing), "record": "OCR_Art/missing.png", "reason": "image_missing"}.items() <= (
        report.tables["rejections"][4].items()
    )
    assert "| watermark | 1 |" in report.text and "4 of them can be used" in report.text
    assert {"photographs", "rejected"} == set(report.sheets)  # the watermarked one can be looked at
    assert not list((tmp_path / "work").rglob("data.mdb"))


def test_hints_of_a_finder_are_counted_and_no_sheet_is_empty(tmp_path: Path, here: Execution) -> None:
    for number in range(3 * SHOWN):
        (tmp_path / f"{number:02d}.png").write_bytes(picture(number))
    source = FolderSource(kind="folder", root=tmp_path)
    report = preview(ScenesParams(source=source, limit=30), here, Frame())
    assert report.metrics["photographs"] == {"listed": 30, "usable": 30, "empty": 0}
    assert report.metrics["words"]["with_hint"] == 30
    assert set(report.sheets) == {"photographs"}
    assert Image.open(io.BytesIO(report.sheets["photographs"])).width > 900
    report = preview(ScenesParams(source=source), here, Frame(least=100))
    assert report.metrics["photographs"]["empty"] == 36 and report.metrics["rejected"] == {"no_text_found": 36}


def test_a_source_without_a_usable_photograph_has_a_report_all_the_same(tmp_path: Path, here: Execution) -> None:
    write(tmp_path, [entry("missing.png", word())])
    report = preview(ScenesParams(source=AnyWordSource(kind="anyword", root=tmp_path)), here, Frame())
    assert report.metrics["photographs"] == {"listed": 1, "usable": 0, "empty": 0}
    assert report.metrics["rejected"] == {"image_missing": 1} and not report.sheets


def test_frames_say_what_a_word_is() -> None:
    def at(x: float) -> tuple[tuple[float, float], ...]:
        return ((x, 10.0), (x + 20, 10.0), (x + 20, 40.0), (x, 40.0))

    words = (Instance(at(10), "OPEN"), Instance(at(40), "", hint="OPEN"), Instance(at(70), "OPEN", valid=False))
    blank = np.zeros((60, 100, 3), np.uint8)
    shown = framed(Scene("a", b"", (*words, Instance(((-1e9, 0), (5e9, 9), (3, 1e12)), "x"))), blank)
    for place, colour in zip((10, 40, 70), (TEXT, HINT, INVALID), strict=True):
        assert tuple(shown[30, place]) == colour
    assert not blank.any()
