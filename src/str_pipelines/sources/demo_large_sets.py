"""Large annotated sets in tiny form, with the defects of the published ones.

Each has three photographs of 200 x 150, or words cut out of such: `one`, `two` and one that is listed and not there.
`python -m str_pipelines.sources.demo_raw FOLDER` makes them below `FOLDER/demo_sets`, a folder a set.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import lmdb
import numpy as np

from str_pipelines.imaging.decode import encode_jpeg
from str_pipelines.sources.demo_raw import photograph, upright_box

Place = tuple[str, list[list[float]]]
"""A text, and the corners of its polygon."""
UPRIGHT = [upright_box(10 + 95 * (place % 2), 8 + 45 * (place // 2), 80, 30).tolist() for place in range(6)]
TURNED = upright_box(60, 60, 100, 24, 20).tolist()
TALL = upright_box(20, 10, 26, 120).tolist()
CURVED = [[10.0, 60.0], [60.0, 40.0], [110.0, 60.0], [110.0, 90.0], [60.0, 70.0], [10.0, 90.0]]
WORDS: tuple[Place, ...] = (
    ("Open, 24h", UPRIGHT[0]),
    ("turned", TURNED),
    ("curved", CURVED),
    ("HOTEL", TALL),
)
ONE, TWO, GONE = "one", "two", "gone"


def textocr(root: Path) -> None:
    """Defects: a word nobody could read, one of a photograph that is not listed, one without points, one elsewhere."""
    names = {name: f"train/{name}.jpg" for name in (ONE, TWO, GONE)} | {"out": "../out.jpg"}
    images = {name: {"id": name, "width": 200, "height": 150, "file_name": file} for name, file in names.items()}
    said = [(ONE, text, polygon) for text, polygon in WORDS] + [(TWO, ".", UPRIGHT[0]), (TWO, "it's", UPRIGHT[1])]
    said += [(GONE, "gone", UPRIGHT[0]), ("unlisted", "lost", UPRIGHT[0]), ("out", "away", UPRIGHT[0]), (TWO, "no", [])]
    words = {
        f"{image}_{number}": {"image_id": image, "points": _flat(polygon), "utf8_string": text, "bbox": [], "area": 1.0}
        for number, (image, text, polygon) in enumerate(said)
    }
    for split in ("train", "val"):
        _json(root / f"TextOCR_0.1_{split}.json", {"imgs": images, "anns": words, "imgToAnns": {}})
    _draw(root / "train", said)


def openvino(root: Path) -> None:
    """Annotations of the photographs mixed. Defects: illegible, without a text, three numbers, no photograph."""
    images = [{"id": number, "file_name": f"train_1/{name}.jpg"} for number, name in enumerate((ONE, TWO, GONE))]
    said: list[tuple[int, str | None, str, list[float]]] = [
        (0, "Open", "english", [10, 8, 80, 30]), (1, "it's", "english", [10, 8, 80, 30]),
        (0, "caf\u00e9", "french", [105, 8, 80, 30]), (1, None, "english", [105, 8, 80, 30]),
        (0, "blurred", "illegible", [10, 53, 80, 30]), (0, "three", "english", [10, 53, 80]),
        (2, "gone", "english", [10, 8, 80, 30]), (9, "lost", "english", [10, 8, 80, 30]),
        (0, "second", "english", [10.4, 53.2, 80, 30]),
    ]  # fmt: skip
    words = [
        {
            "id": number,
            "image_id": image,
            "bbox": box,
            "attributes": {"transcription": text, "legible": language != "illegible", "language": language},
        }
        for number, (image, text, language, box) in enumerate(said)
    ]
    for split in ("train_1", "validation"):
        _json(root / f"text_spotting_openimages_v5_{split}.json", {"annotations": words, "images": images})
    _draw(
        root / "train_1", [((ONE, TWO)[image], text or "", _corners(box)) for image, text, _, box in said if image < 2]
    )


def mlt19(root: Path) -> None:
    """Words, with a byte order mark and CRLF, and photographs. Defects: `###`, no label, a line without a script."""
    lines = ["word_1.png,Latin,Open, 24h", "word_2.png,Arabic,\u0645\u0643\u0629", "word_3.png,Symbols,###",
             "word_4.png,Latin,", "word_5.png Latin five", "word_6.png,Latin,gone"]  # fmt: skip
    _text(root / "words/train/gt.txt", "\ufeff" + "".join(f"{line}\r\n" for line in lines))
    for number in range(1, 6):
        _picture(root / f"words/train/word_{number}.png", [("word", [[2, 2], [58, 2], [58, 30], [2, 30]])], (60, 32))
    quads = [f"{_joined(polygon[:4])},Latin,{text}" for text, polygon in WORDS[:2]]
    quads += [f"{_joined(UPRIGHT[5])},Latin,###", f"{_joined(UPRIGHT[4])},Korean,\ud55c\uad6d", "1,2,3,Latin,short"]
    _text(root / "scenes/train/tr_img_00001.txt", "".join(f"{line}\n" for line in quads))
    _text(root / "scenes/train/tr_img_00002.txt", f"{_joined(UPRIGHT[0])},Latin,gone\n")
    _picture(root / "scenes/train/tr_img_00001.jpg", WORDS[:2])


def art(root: Path) -> None:
    """Words and photographs. Defects: illegible, a character that nobody could read, two words of one picture."""
    words = [("Open", False), ("LocaL#3", False), ("Ca#e", False), ("###", True), ("\u8def\u53e3", False)]
    listed: dict[str, Any] = {f"gt_{number}_0": [_word(text, unread)] for number, (text, unread) in enumerate(words)}
    _json(root / "train_task2_labels.json", {**listed, "gt_8_0": [_word("a"), _word("b")], "gt_9_0": [_word("gone")]})
    for name in listed:
        _picture(root / f"train_task2_images/{name}.jpg", [("word", [[2, 2], [58, 2], [58, 30], [2, 30]])], (60, 32))
    one = [{**_word(text), "points": polygon} for text, polygon in WORDS]
    two = [{**_word("###", True), "points": UPRIGHT[0]}, {**_word("flat"), "points": [1, 2, 3]}]
    _json(root / "train_labels.json", {"gt_one": one, "gt_two": two, "gt_gone": one[:1], "gt_none": "no list"})
    _draw(root / "train_images", [(f"gt_{ONE}", *place) for place in WORDS] + [(f"gt_{TWO}", "x", UPRIGHT[0])])


def lsvt(root: Path) -> None:
    """Photographs in two folders, text upright and downward. Defects: illegible, said without a place."""
    one = [{"transcription": text, "points": polygon, "illegibility": False} for text, polygon in WORDS]
    two = [{"transcription": "\u8def\u53e3", "points": TALL, "illegibility": False},
           {"transcription": "###", "points": UPRIGHT[1], "illegibility": True}, {"transcription": "weak"}]  # fmt: skip
    _json(root / "train_full_labels.json", {"gt_one": one, "gt_two": two, "gt_gone": one[:1]})
    _draw(root / "train_full_images_0", [(f"gt_{ONE}", *place) for place in WORDS])
    _draw(root / "train_full_images_1", [(f"gt_{TWO}", "tall", TALL)])


def rects(root: Path) -> None:
    """A file a photograph. Defects: lines to be ignored, one file cut short, one of another layout."""
    one = [{"transcription": text, "points": _flat(polygon[:4]), "ignore": 0} for text, polygon in WORDS[:2]]
    one.append({"transcription": "###", "points": _flat(UPRIGHT[5]), "ignore": 1})
    _json(root / "gt/train_ReCTS_000001.json", {"chars": one[:1], "lines": one})
    _json(root / "gt/train_ReCTS_000002.json", {"chars": []})
    _text(root / "gt/train_ReCTS_000003.json", json.dumps({"chars": one, "lines": one})[:-30])
    for number in (1, 2, 3):
        _picture(root / f"img/train_ReCTS_{number:06d}.jpg", WORDS[:2])


def rctw17(root: Path) -> None:
    """With a byte order mark. Defects: what is difficult, a line that is no quad, no UTF-8."""
    lines = [f'{_joined(UPRIGHT[0])},0,"Open, 24h"', f'{_joined(UPRIGHT[1])},1,"far"', f'{_joined(UPRIGHT[2])},0,"###"',
             f'{_joined(UPRIGHT[3])},0,"say "hi"" ', '1,2,x,4,5,6,7,8,0,"no quad"', '1,2,3,4,0,"short"']  # fmt: skip
    _text(root / "train/image_0.txt", "\ufeff" + "".join(f"{line}\r\n" for line in lines))
    (root / "train/image_1.txt").write_bytes(f'{_joined(UPRIGHT[0])},0,"'.encode() + b'\xff\xfe"\n')
    for number in (0, 1):
        _picture(root / f"train/image_{number}.jpg", WORDS[:1])


def uber(root: Path) -> None:
    """Both sizes. Defects: a line without a category, `###`."""
    lines = [f"{_joined(polygon, ' ')}\t{text}\tBusinessName" for text, polygon in WORDS]
    lines += [f"{_joined(UPRIGHT[5], ' ')}\t###\tNone", f"{_joined(UPRIGHT[5], ' ')}\t1207"]
    for size in ("1Kx1K", "4Kx4K"):
        _text(root / f"train/{size}/truth_img_1.txt", "".join(f"{line}\n" for line in lines))
        _picture(root / f"train/{size}/img_1.jpg", WORDS)


def hccdoc(root: Path) -> None:
    """Two pages. Defects: a page without lines, a line without a text, one whose point has seven numbers."""
    lines: list[dict[str, Any]] = [{"point": _flat(UPRIGHT[place]), "text": f"line {place}"} for place in range(6)]
    odd = [{"point": _flat(UPRIGHT[0])}, {"point": [1] * 7, "text": "seven"}]
    pages = [{"file_path": "a/one.jpg", "gt": lines}, {"file_path": "a/two.jpg"}, {"file_path": "a/two.jpg", "gt": odd}]
    for split in ("train", "test"):
        _json(root / f"hccdoc_{split}.json", {"info": "", "annotations": {"exam": pages[:1], "note": pages[1:]}})
    _draw(root / "image/a", [(ONE, "line", polygon) for polygon in UPRIGHT] + [(TWO, "line", UPRIGHT[0])])


def unlabelled(root: Path) -> None:
    """An LMDB without labels, as CCD's URD/OCR-CC, of four pictures. Defects: one cut short, one missing."""
    folder = root / "URD/OCR-CC"
    folder.mkdir(parents=True, exist_ok=True)
    box = upright_box(2, 2, 80, 30)[None]
    pictures = [encode_jpeg(photograph(word[:1], box, len(word[0]), (84, 34)), 90) for word in WORDS]
    with lmdb.open(str(folder), map_size=1 << 24) as env, env.begin(write=True) as transaction:
        for number, data in enumerate(pictures, 1):
            transaction.put(b"image-%09d" % number, data[: len(data) // 2] if number == 2 else data)
        transaction.put(b"num-samples", b"%d" % (len(pictures) + 1))


def _word(text: str, unread: bool = False) -> dict[str, Any]:
    language = "Latin" if text.isascii() else "Chinese"
    return {"transcription": text, "language": language, "illegibility": unread}


def _draw(folder: Path, said: Sequence[tuple[str, str, list[list[float]]]]) -> None:
    """The photographs of these words, but the one that is gone and those that are listed nowhere."""
    for name in {name for name, *_ in said if name.removeprefix("gt_") in (ONE, TWO)}:
        _picture(folder / f"{name}.jpg", [(text, polygon) for of, text, polygon in said if of == name and polygon])


def _picture(path: Path, places: Sequence[Place], size: tuple[int, int] = (200, 150)) -> None:
    boxes = np.array([_around(polygon) if len(polygon) != 4 else polygon for _, polygon in places], np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    image = photograph([text for text, _ in places], boxes, crc32(path.name.encode()), size)
    path.write_bytes(encode_jpeg(image, 95))


def _around(polygon: list[list[float]]) -> list[list[float]]:
    (left, top), (right, bottom) = np.min(polygon, axis=0).tolist(), np.max(polygon, axis=0).tolist()
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def _corners(box: Sequence[float]) -> list[list[float]]:
    left, top, width, height = (*box, 30.0)[:4]
    return [[left, top], [left + width, top], [left + width, top + height], [left, top + height]]


def _flat(polygon: list[list[float]]) -> list[float]:
    return [round(value, 1) for point in polygon for value in point]


def _joined(polygon: list[list[float]], by: str = ",") -> str:
    return by.join(str(round(value)) for value in _flat(polygon))


def _json(path: Path, value: Any) -> None:
    _text(path, json.dumps(value))


def _text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


LARGE_SETS: dict[str, Callable[[Path], None]] = {
    "TextOCR": textocr,
    "OpenVINO": openvino,
    "MLT19": mlt19,
    "ArT": art,
    "LSVT": lsvt,
    "ReCTS": rects,
    "RCTW17": rctw17,
    "Uber": uber,
    "SCUT-HCCDoc": hccdoc,
    "unlabelled": unlabelled,
}
"""By folder."""
