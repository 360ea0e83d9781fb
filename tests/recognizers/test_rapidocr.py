from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from str_pipelines.imaging.crop import rectify, upright
from str_pipelines.metrics.recognition import word_accuracy
from str_pipelines.recognizers import rapidocr as judge
from str_pipelines.recognizers.reader import Reader
from str_pipelines.records import Refused

SHIPPED = Path(judge.__file__).parents[1] / "weights/rapidocr/config.json"
OPTIONS: dict[str, str] = json.loads(SHIPPED.read_text())["options"]
REAL = Path(__file__).parents[2] / "../shared/data/real_scenes"


def typed(text: str, scale: float = 1.5) -> NDArray[np.uint8]:
    """A word in red on pale blue: with its channels swapped it is still a word, but another picture."""
    (w, h), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 3)
    canvas = np.full((h + 24, w + 24, 3), (215, 225, 255), np.uint8)
    picture = cv2.putText(canvas, text, (12, h + 12), cv2.FONT_HERSHEY_SIMPLEX, scale, (170, 20, 10), 3, cv2.LINE_AA)
    return np.asarray(picture, np.uint8)


WORDS = ("hotel", "STREET", "2024", "Parking", "exit")


@pytest.fixture(scope="module")
def reader() -> judge.RapidOcrReader:
    return judge.RapidOcrReader(**OPTIONS)


def test_it_reads_in_the_order_given(reader: Reader) -> None:
    readings = reader.read([typed(word) for word in WORDS])
    assert word_accuracy([(text, word) for (text, _), word in zip(readings, WORDS, strict=True)]) == 1
    assert all(0.5 < confidence <= 1 for _, confidence in readings)


def test_a_reading_depends_on_nothing_else_in_the_call(reader: Reader) -> None:
    words = [typed(word, scale) for word in WORDS for scale in (0.4, 1.0)]
    assert reader.read(words) == [reader.read([word])[0] for word in words] == reader.read(words[::-1])[::-1]


def test_nothing_in_a_picture_is_an_empty_text_without_confidence(reader: Reader) -> None:
    assert reader.read([np.full((32, 100, 3), 128, np.uint8)]) == [("", 0.0)]
    assert reader.read([]) == []


def test_it_reads_as_the_whole_engine_does(reader: Reader) -> None:
    """Sides under 30 and over 2000 pixels are where the engine's own resizing shows."""
    from rapidocr.main import RapidOCR

    words = [typed(word, scale) for word in WORDS for scale in (0.3, 0.6, 2)] + [typed("Breakfast", 16)]
    assert max(words[-1].shape) > 2000 and min(words[0].shape[:2]) < 40
    words.append(cv2.resize(words[0], None, fx=0.4, fy=0.4))
    engine = RapidOCR(params={"Global.log_level": "warning"})
    outputs = [engine(word[:, :, ::-1].copy(), use_det=False, use_cls=False, use_rec=True) for word in words]
    assert reader.read(words) == [(output.txts[0], output.scores[0]) for output in outputs]


def test_threads_do_not_change_what_is_read(reader: Reader) -> None:
    words = [typed(word, scale) for word in WORDS for scale in (0.4, 1.0)]
    threads = os.cpu_count() or 1
    assert judge.RapidOcrReader(**OPTIONS, threads=threads).read(words) == reader.read(words)
    for wrong in (0, threads + 1):
        with pytest.raises(ValueError, match="threads must be 1…"):
            judge.RapidOcrReader(**OPTIONS, threads=wrong)


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (np.zeros((0, 10, 3), np.uint8), "word_empty"),
        (np.zeros((2001, 2000, 3), np.uint8), "word_too_large"),
        (np.zeros((10, 1001, 3), np.uint8), "word_too_long"),
        (np.zeros((1001, 10, 3), np.uint8), "word_too_long"),
        (np.zeros((10, 10), np.uint8), "word_malformed"),
        (np.zeros((10, 10, 3), np.float32), "word_malformed"),
    ],
)
def test_what_is_refused(reader: Reader, image: NDArray[np.uint8], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        reader.read([typed("ok"), image])


@pytest.mark.parametrize("shape", [(1, 1), (1, 100), (100, 1), (20, 2000), (40, 4000), (4000, 40), (2000, 2000)])
def test_the_extremes_that_are_not_refused_are_read(reader: Reader, shape: tuple[int, int]) -> None:
    [(text, confidence)] = reader.read([np.full((*shape, 3), 200, np.uint8)])
    assert isinstance(text, str)
    assert 0 <= confidence <= 1


def test_another_file_is_no_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "PACKAGE", tmp_path)
    repair = f"pip install --force-reinstall --no-deps rapidocr=={OPTIONS['rapidocr']}"
    with pytest.raises(FileNotFoundError, match=f"{OPTIONS['model']}.*{repair}"):
        judge.RapidOcrReader(**OPTIONS)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / OPTIONS["model"]).write_bytes(b"another")
    of_another = "ae448ac86c4e8e4dec645729708ef41873ae79c6dff84eff73360989487f08e5"
    with pytest.raises(ValueError, match=f"{OPTIONS['model']}.*{of_another}.*{OPTIONS['sha256']}.*{repair}"):
        judge.RapidOcrReader(**OPTIONS)


def test_another_version_is_no_judge() -> None:
    with pytest.raises(ValueError, match=r"rapidocr 3.10.0 is installed, 3.9.0 is wanted.*rapidocr==3.9.0"):
        judge.RapidOcrReader(**{**OPTIONS, "rapidocr": "3.9.0"})


def test_the_digest_is_that_of_what_changes_the_readings(reader: Reader) -> None:
    assert reader.digest == judge.RapidOcrReader(**OPTIONS, threads=os.cpu_count() or 1).digest
    assert len(reader.digest) == 32


def test_it_says_nothing_and_leaves_the_root_logger_alone() -> None:
    code = (
        "import json, logging, sys, numpy as np\n"
        "from str_pipelines.recognizers.rapidocr import RapidOcrReader\n"
        "reader = RapidOcrReader(**json.load(open(sys.argv[1]))['options'])\n"
        "reader.read([np.zeros((20, 60, 3), np.uint8)])\n"
        "sys.exit(repr(logging.root.handlers) if logging.root.handlers else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(SHIPPED)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_it_asks_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert judge.RapidOcrReader(**OPTIONS).read([typed("offline")])[0][0] == "offline"


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="the real photographs of ../shared/data are not here")
@pytest.mark.parametrize(("name", "right"), [("ic13", 468), ("ic15", 867)])
def test_it_reads_real_words_as_often_as_it_is_known_to(reader: Reader, name: str, right: int) -> None:
    pairs = []
    for entry in json.loads((REAL / name / "test.json").read_text())["data_list"]:
        photograph = cv2.imread(str(REAL / name / "images" / entry["img_name"]))[:, :, ::-1]
        for word in entry["annotations"]:
            [(text, _)] = reader.read([upright(rectify(photograph, word["polygon"]))])
            pairs.append((text, word["text"]))
    assert abs(round(word_accuracy(pairs) * len(pairs)) - right) <= 2
