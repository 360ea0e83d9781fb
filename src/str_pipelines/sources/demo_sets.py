"""Published sets of cut-out words in tiny form, with the defects of the originals: listings of every kind.

`python -m str_pipelines.sources.demo_raw FOLDER` makes them below `FOLDER/demo_sets`, a folder a set.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from str_pipelines.imaging.decode import encode_jpeg, encode_png
from str_pipelines.sources.demo_raw import photograph, upright_box

MARK, NONE = b"\xef\xbb\xbf", ()
Make = Callable[[Path], None]


def write_words(
    root: Path, words: Mapping[str, str], gone: Collection[str] = NONE, cut: Collection[str] = NONE
) -> None:
    """Pictures of words by their names, which say the format; those of `gone` are not there, those of `cut` damaged."""
    for number, (name, label) in enumerate(words.items()):
        if name in gone:
            continue
        width = 14 * len(label) + 12
        image = photograph([label], upright_box(3, 2, width - 6, 28)[None], number, (width, 32))
        data = encode_png(image) if name.endswith(".png") else encode_jpeg(image, 90)
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data[: len(data) // 2] if name in cut else data)


def write_listing(path: Path, lines: Collection[str], mark: bool = False, end: str = "\n") -> None:
    """Lines of text, with or without a byte order mark."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((MARK if mark else b"") + "".join(f"{line}{end}" for line in lines).encode())


def icdar_words(challenge: int, root: Path) -> None:
    """Word recognition of ICDAR 2013 (challenge 2) and 2015 (4).

    Byte order mark, CRLF, quotes in quotes, commas in labels; a line without a comma, one listed twice, one that leads
    out; a picture missing, one cut.
    """
    labels = ("PROPER", "[06]", 'say "hi"', "a, b", "word", "x1", "gone", "cut")
    words = {f"test/word_{number}.png": label for number, label in enumerate(labels, 1)}
    write_words(root, words, gone=("test/word_7.png",), cut=("test/word_8.png",))
    quoted = (label.replace('"', r"\"") for label in labels)
    lines = [f'word_{number}.png, "{label}"' for number, label in enumerate(quoted, 1)]
    lines += ['word_9.png "no comma"', 'word_5.png, "again"', '../../word_10.png, "out"']
    write_listing(root / f"Challenge{challenge}_Test_Task3_GT.txt", lines, mark=True, end="\r\n")
    write_words(root, {"train/word_1.png": "Training"})
    write_listing(root / "train/gt.txt", ['word_1.png, "Training"'], mark=True)


def iiit5k(root: Path) -> None:
    """IIIT5K: a structure a word. A picture is missing, one has no label, one leads out."""
    from scipy.io import savemat

    fields = ("ImgName", "GroundTruth", "smallLexi", "mediumLexi")
    for split in ("train", "test"):
        words = {f"{split}/1002_1.png": "PRIVATE", f"{split}/1002_2.png": "5", f"{split}/1009_2.png": "word"}
        listed = {**words, f"{split}/1010_1.png": "gone", f"{split}/1010_2.png": "", "../1010_3.png": "out"}
        rows = np.empty((1, len(listed)), [(field, object) for field in fields])
        for place, (name, label) in enumerate(listed.items()):
            rows[0, place] = (name, label, np.array([label, "OTHER"], object), np.array(["MORE"], object))
        write_words(root, words)
        savemat(root / f"{split}data.mat", {f"{split}data": rows})


def svtp(root: Path) -> None:
    """SVTP: CRLF, a lexicon behind one label; a line without a label, a picture missing."""
    words = {"13_15_0_par.jpg": "WYNDHAM", "13_15_1_par.jpg": "word", "13_17_0_par.jpg": "GONE"}
    write_words(root, words, gone=("13_17_0_par.jpg",))
    lines = [
        "13_15_0_par.jpg WYNDHAM",
        "13_15_1_par.jpg word HOTEL,GRAND,CAFE",
        "13_16_0_par.jpg",
        "13_17_0_par.jpg GONE",
    ]
    write_listing(root / "gt.txt", lines, end="\r\n")


def cute80(root: Path) -> None:
    """CUTE80: name, label, 1, label. One picture is cut."""
    words = {"timage/001.jpg": "RONALDO", "timage/002.jpg": "word", "timage/003.jpg": "CUT"}
    write_words(root, words, cut=("timage/003.jpg",))
    write_listing(root / "gt.txt", [f"{name} {label} 1 {label}" for name, label in words.items()])


def coco_words(root: Path) -> None:
    """COCO-Text v1.4: bars and commas in labels; one label is empty, one line has none, one picture is missing."""
    words = {"1095072": "word", "1095073": "$5,99", "1095074": "it's", "1095075": "", "1095076": "gone"}
    for split in ("train", "val"):
        names = {f"{split}_words/{number}.jpg": label for number, label in words.items()}
        write_words(root, names, gone=(f"{split}_words/1095076.jpg",))
        lines = [f"{number},{f'|{label}|' if ',' in label else label}" for number, label in words.items()]
        write_listing(root / f"{split}_words_gt.txt", [*lines, "1095077"])


def listed(listing: str, between: str, root: Path) -> None:
    """WordArt, HOST, WOST, MPSC, LTB: a picture and a label a line; one label has a blank, one picture leads out."""
    words = {"images/1.png": "word", "images/2.png": "Fresh Fish", "images/3.png": "gone"}
    write_words(root, words, gone=("images/3.png",))
    lines = [f"{name}{between}{label}" for name, label in {**words, "../4.png": "out"}.items()]
    write_listing(root / listing, [*lines, "images/5.png"])


def union14m(root: Path) -> None:
    """Union14M: parts of the benchmark and training lists, in either form of MMOCR; lines that are none, two words."""
    for number, part in enumerate(UNION_PARTS):
        folder = f"Union14M-Benchmarks/{part}"
        words = {"1.jpg": "word", "2.jpg": "Öl, 5€", "3.jpg": "gone"}
        write_words(root / folder / "imgs" if number % 2 else root / folder, words, gone=("3.jpg",))
        write = _write_new if number % 2 else _write_old
        write(root / folder / f"annotation.{'json' if number % 2 else 'jsonl'}", words)
    words = {"art/1.jpg": "word", "art/2.jpg": "train"}
    write_words(root / "full_images", words)
    _write_old(root / "train_annos/mmocr-0.x_format/union14m_train_easy.jsonl", words)
    _write_new(root / "train_annos/mmocr1.0.x/union14m_train_hard.json", words)


UNION_PARTS = ("curve", "multi_oriented", "artistic", "contextless", "salient", "multi_words", "general")


def _write_old(path: Path, words: Mapping[str, str]) -> None:
    lines = [json.dumps({"filename": name, "text": label}, ensure_ascii=False) for name, label in words.items()]
    write_listing(path, [*lines, '{"filename": "4.jpg"}', '{"filename": '])


def _write_new(path: Path, words: Mapping[str, str]) -> None:
    listed = [{"img_path": name, "instances": [{"text": label}]} for name, label in words.items()]
    listed += [
        {"img_path": "4.jpg", "instances": []},
        {"img_path": "5.jpg", "instances": [{"text": "a"}, {"text": "b"}]},
    ]
    data = {"metainfo": {"task_name": "textrecog"}, "data_list": listed}
    write_listing(path, [json.dumps(data, ensure_ascii=False)])


WORD_SETS: dict[str, Make] = {
    "IC13": partial(icdar_words, 2),
    "IC15": partial(icdar_words, 4),
    "IIIT5k": iiit5k,
    "SVTP": svtp,
    "CUTE80": cute80,
    "COCOv1.4": coco_words,
    "WordArt": partial(listed, "test_label.txt", " "),
    "HOST": partial(listed, "gt.txt", " "),
    "WOST": partial(listed, "gt.txt", "\t"),
    "MPSC": partial(listed, "test.txt", " "),
    "LTB": partial(listed, "gt.txt", "\t"),
    "Union14M": union14m,
}
"""By folder."""
