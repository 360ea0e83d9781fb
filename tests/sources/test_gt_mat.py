"""gt.mat as MATLAB writes it becomes rows, and no file, whatever is wrong with it, harms the process that asks."""

from __future__ import annotations

import faulthandler
import json
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.sources import gt_cells, gt_mat, gt_rows, gt_table
from str_pipelines.sources.demo_raw import characters_in, make_generated, make_synthtext, upright_box, write_gt
from str_pipelines.storage.tables import rows_of

BOX = upright_box(10, 20, 30, 8)
NAMES = ["1/a.jpg", "1/b.jpg", "2/c.jpg"]
TEXTS = [["two words  ", "and\n a line"], "One", "x y"]
BOXES = [np.stack([BOX + step for step in range(5)]), BOX[None], np.stack([BOX, BOX])]
COLUMNS = {"image", "words", "boxes", "fault", "detail", "offset", "height", "width"}
MUTANTS, CRASHES = 100, (45, 70, 91)
"""Seeds; with SciPy 1.17 those end its parser by a signal."""


def written(path: Path, packed: bool = False) -> Path:
    write_gt(path, NAMES, TEXTS, BOXES, packed)
    return path


@pytest.mark.parametrize("packed", [False, True])
def test_words_are_what_blanks_of_any_kind_separate(tmp_path: Path, packed: bool) -> None:
    rows = list(gt_mat.rows(written(tmp_path / "gt.mat", packed)))
    assert [(row["image"], row["words"]) for row in rows] == [
        ("1/a.jpg", ["two", "words", "and", "a", "line"]),
        ("1/b.jpg", ["One"]),  # whose boxes are 2 x 4
        ("2/c.jpg", ["x", "y"]),
    ]
    assert np.array_equal(np.reshape(rows[0]["boxes"], (-1, 4, 2)), BOXES[0])
    assert np.array_equal(np.reshape(rows[1]["boxes"], (-1, 4, 2)), BOXES[1])
    assert not any(row["fault"] for row in rows)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ((np.array(["1/a.jpg"]), np.array(["two words"]), BOX.T), "words_and_boxes_differ"),
        ((np.array(["1/a.jpg"]), np.array(["word"]), BOX), "boxes_malformed"),
        ((np.array(["1/a.jpg"]), np.array(["word"]), BOX.T * np.nan), "boxes_malformed"),
        ((np.array(["1/a.jpg"]), np.array(["word"]), np.array("word")), "boxes_malformed"),
        ((np.array(["1/a.jpg"]), np.array(["word"]), None), "boxes_malformed"),
        ((np.array(["1/a.jpg"]), np.array([1.0]), BOX.T), "txt_malformed"),
        ((np.array(["1/a.jpg"]), np.array(["wo\x01rd"]), BOX.T), "txt_malformed"),
        ((np.array(["1/a.jpg"]), np.array(["wo\ud800rd"]), BOX.T), "txt_malformed"),
        ((np.array(["1/a.jpg"]), np.array(["x" * 20_000]), BOX.T), "txt_malformed"),
        ((np.array(["1/a.jpg", "1/b.jpg"]), np.array(["word"]), BOX.T), "name_malformed"),
        ((np.array(["1/a\x00.jpg"]), np.array(["word"]), BOX.T), "name_malformed"),
        ((np.array([7]), np.array(["word"]), BOX.T), "name_malformed"),
    ],
)
def test_a_cell_that_is_none_costs_its_photograph(cells: tuple[Any, Any, Any], fault: str) -> None:
    row = gt_cells.row_of(*map(gt_cells.tried, gt_mat.READERS.values(), cells))
    assert (row["fault"], row["words"], row["boxes"]) == (fault, [], []) and row["detail"]
    assert row.keys() == COLUMNS and json.dumps(row)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"imnames": 1.0, "txt": 1.0, "wordBB": 1.0}, "`imnames` is no row of cells"),
        ({"other": 1.0}, "`imnames` is no row of cells"),
        ({}, "`imnames` is no row of cells"),
        (None, r"3 names, 2 texts and 3 boxes"),
    ],
)
def test_another_layout_is_refused_with_its_reason(tmp_path: Path, variables: Any, said: str) -> None:
    from scipy.io import savemat

    path = tmp_path / "gt.mat"
    if variables is None:
        write_gt(path, NAMES, TEXTS[:2], BOXES)
    else:
        savemat(path, variables)
    with pytest.raises(ValueError, match=rf"gt\.mat: no gt\.mat of SynthText that can be read \(ValueError: {said}"):
        list(gt_table.parsed(path))


def test_matlabs_own_hdf5_is_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "gt.mat").write_bytes(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + bytes(4096))
    with pytest.raises(ValueError, match=r"gt\.mat: no gt\.mat of SynthText .*v7\.3"):
        list(gt_table.parsed(tmp_path / "gt.mat"))


def test_words_have_the_corners_in_the_order_of_reading() -> None:
    """Whichever way they run: the smallest rectangle around their characters, its first corner where they begin."""
    for angle in range(0, 360, 15):
        boxes = np.stack([upright_box(100, 100, 40, 10, angle), upright_box(180, 90, 25, 10, angle)])
        made = gt_cells.boxes_by_characters(["word", "i"], characters_in(["word", "i"], boxes))
        assert np.abs(made - boxes).max() < 0.01
    assert len(gt_cells.boxes_by_characters(["word"], characters_in(["words"], boxes))) == 0


def test_a_table_is_made_once(tmp_path: Path, here: Execution, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_synthtext(tmp_path / "SynthText") / "gt.mat"
    table = gt_table.gt_table(path, here)
    assert rows_of(table) == list(gt_rows.rows(path)) and len(rows_of(table)) == table.rows == 11
    monkeypatch.setattr(gt_table, "PARSER", "none")
    assert gt_table.gt_table(path, here) == table


def test_what_is_missing_is_named(tmp_path: Path, here: Execution) -> None:
    with pytest.raises(FileNotFoundError, match=r"gt\.mat is missing; ingest\.words\.read\.source\.root"):
        gt_table.gt_table(tmp_path / "gt.mat", here)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "killed by signal 11"),
        ("import time; time.sleep(60)", "not done after 1 s"),
        ("print('{', end=''); import time; time.sleep(60)", "not done after 1 s"),
        ("print('x' * 3000, end='')", "ended without a word|Error"),
        ("raise SystemExit(3)", "ended without a word"),
    ],
)
def test_whatever_becomes_of_the_parser_its_reader_lives(
    code: str, said: str, tmp_path: Path, here: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "parser_that_dies.py").write_text(f"{code}\nraise SystemExit(1)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(gt_table, "PARSER", "parser_that_dies")
    monkeypatch.setattr(gt_table, "SECONDS", 1.0)
    with pytest.raises(ValueError, match=rf"gt\.mat: no gt\.mat of SynthText that can be read \(.*({said})"):
        gt_table.gt_table(written(tmp_path / "gt.mat"), here)
    assert not list(here.work.rglob("*.parquet*"))


def test_a_parser_ends_with_the_process_that_reads_it(tmp_path: Path) -> None:
    (tmp_path / "parser_that_waits.py").write_text(
        "import os, time\nfrom str_pipelines.sources.child import answer\n"
        "def rows(path):\n    path.with_suffix('.pid').write_text(str(os.getpid()))\n    time.sleep(60)\n    yield {}\n"
        "answer(rows)\n"
    )
    reader = (
        "from pathlib import Path; from str_pipelines.sources.child import rows_from; "
        f"list(rows_from('parser_that_waits', Path({str(tmp_path / 'gt.mat')!r}), '', 60))"
    )
    path = os.pathsep.join([str(Path(gt_mat.__file__).parents[2]), str(tmp_path)])
    process = subprocess.Popen([sys.executable, "-c", reader], env={**os.environ, "PYTHONPATH": path})
    deadline = time.monotonic() + 60
    while not (said := tmp_path / "gt.pid").is_file() or not said.read_text():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.wait()
    stat = Path("/proc", said.read_text(), "stat")
    while stat.is_file() and ") Z" not in stat.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_memory_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "parser_that_grows.py").write_text(
        "import sys\nfrom str_pipelines.sources import gt_rows\n"
        "gt_rows.rows = lambda path, align: [{'image': 'x' * (5 << 30)}]\nsys.exit(gt_rows.main())\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(gt_table, "PARSER", "parser_that_grows")
    with pytest.raises(ValueError, match=r"\(MemoryError"):
        list(gt_table.parsed(written(tmp_path / "gt.mat")))


def mutated(seed: int, data: bytes) -> bytes:
    """Bytes changed, cut out, doubled, or the end missing; more often than not where sizes and types stand."""
    rng = random.Random(seed)
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 3, 30])):
        place = rng.randrange(128, len(changed)) // 8 * 8 + rng.choice([0, 1, 2, 4, 5])
        changed[place : place + rng.choice([1, 1, 4])] = rng.randbytes(rng.choice([1, 1, 1, 4]))
    cut = rng.randrange(len(changed))
    how = rng.randrange(6)
    return bytes(changed[:cut] if how == 0 else changed[:cut] + changed[cut + 8 :] if how == 1 else changed)


def checked(rows: Iterable[dict[str, Any]]) -> None:
    """Whether they have the shape that they ought to have."""
    for row in rows:
        boxes = json.loads(row["boxes"])
        assert row.keys() == COLUMNS and len(boxes) == 8 * len(row["words"])
        assert bool(row["fault"]) >= (not row["image"]) and np.isfinite(boxes).all()


def parse(path: Path) -> None:
    """What the parser does, in a process that it may kill: ends with 0 for rows, 1 where it refuses, 2 for odd rows."""
    faulthandler.disable()  # pytest's
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        rows = list(gt_rows.rows(path))
    except Exception:  # noqa: BLE001 (as the parser)
        sys.exit(1)
    try:
        checked(rows)
    except AssertionError:
        sys.exit(2)


def mutants(folder: Path, seeds: Iterable[int]) -> Iterator[Path]:
    for seed in seeds:
        whole = written(folder / "whole.mat", packed=seed % 3 == 2)
        path = folder / f"{seed}.mat"
        path.write_bytes(mutated(seed, whole.read_bytes()))
        yield path


def test_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    for path in mutants(tmp_path, (0, 1, 2, *CRASHES)):
        try:
            checked(gt_table.parsed(path, seconds=60))
        except ValueError as error:
            assert f"{path}: no gt.mat of SynthText that can be read (" in str(error)
            assert "not done after" not in str(error)


def test_whatever_is_read_of_a_damaged_file_has_the_right_shape(tmp_path: Path) -> None:
    context, codes = multiprocessing.get_context("fork"), Counter[int | None]()
    for path in mutants(tmp_path, range(MUTANTS)):
        process = context.Process(target=parse, args=(path,))
        process.start()
        process.join(60)
        codes[process.exitcode] += 1
        process.kill()
    assert codes[0] > 5 and codes[1] > 5 and not codes[2] and not codes[None]


@pytest.mark.parametrize("seed", range(4))
def test_damaged_hdf5_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    path = make_generated(tmp_path) / "SynthText.h5"
    rng, data = random.Random(seed), bytearray(path.read_bytes())
    for _ in range(30):
        data[rng.randrange(8, len(data))] = rng.randrange(256)
    path.write_bytes(data)
    try:
        checked(gt_table.parsed(path, seconds=60))
    except ValueError as error:
        assert f"{path}: no gt.mat of SynthText that can be read (" in str(error)


def test_hdf5_of_another_layout_is_refused(tmp_path: Path) -> None:
    import h5py

    with h5py.File(tmp_path / "SynthText.h5", "w") as file:
        file["data"] = h5py.ExternalLink("/etc/hostname", "/")
    with pytest.raises(ValueError, match=r"SynthText\.h5: no gt\.mat .*no group `data`"):
        list(gt_table.parsed(tmp_path / "SynthText.h5"))
