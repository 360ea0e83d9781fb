"""Published benchmarks of annotated photographs in tiny form, with the defects of the originals.

`python -m str_pipelines.sources.demo_raw FOLDER` makes them below `FOLDER/demo_sets`, a folder a set.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from str_pipelines.imaging.decode import encode_jpeg
from str_pipelines.sources.demo_raw import Boxes, photograph, upright_box
from str_pipelines.sources.demo_sets import Make, write_listing

BOXES = np.stack([upright_box(10 + 95 * (i % 2), 8 + 45 * (i // 2), 80, 30) for i in range(6)])
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def svt(root: Path) -> None:
    """SVT: a box without a width, one outside; an image without a name, one that is missing."""
    _write(root / "img/14_03.jpg", ["LIVING", "word"])
    narrow = '<taggedRectangle height="30" x="5" y="5"><tag>NARROW</tag></taggedRectangle>'
    rectangles = [*_tags(["LIVING", "word"]), narrow, *_tags(["OUTSIDE"], [(190, 60, 100, 30)])]
    others = [_image("", _tags(["NAMELESS"])), _image("img/14_04.jpg", _tags(["GONE"]))]
    for split in ("train", "test"):
        write_listing(
            root / f"{split}.xml", [HEAD, "<tagset>", _image("img/14_03.jpg", rectangles), *others, "</tagset>"]
        )


def icdar_2003(root: Path) -> None:
    """ICDAR 2003: fractions of pixels, a box over the border, two letters, an apostrophe, a box without area."""
    words, name = ["word", "Flat 5B", "up", "it's"], "apanar_06.08.2002/IMG_1261.JPG"
    boxes = [(10.5, 8.25, 80.4, 30.2), (-2.0, 53.0, 80.0, 30.0), (105.0, 53.0, 80.0, 30.0), (10.0, 98.0, 80.0, 30.0)]
    image = _image(name, [*_tags(words, boxes), *_tags(["flat"], [(5.0, 5.0, 0.0, 30.0)])])
    for split in ("Train", "Test"):
        _write(root / f"SceneTrial{split}" / name, words)
        write_listing(root / f"SceneTrial{split}/words.xml", [HEAD, "<tagset>", image, "</tagset>"])


def icdar_boxes(root: Path) -> None:
    """ICDAR 2013, photographs: blanks in one part, commas in the other; a line that is none, a photograph missing."""
    _write(root / "train/100.jpg", ["Footpath"])
    write_listing(root / "train/gt_100.txt", ['10 8 90 38 "Footpath"'])
    _write(root / "test/img_1.jpg", ["Tiredness", "word"])
    lines = ['10, 8, 90, 38, "Tiredness"', '105, 8, 185, 38, "word"', '1, 2, 3, "short"', r'10, 53, 90, 83, "a \"b\""']
    write_listing(root / "test/gt_img_1.txt", lines, mark=True, end="\r\n")
    write_listing(root / "test/gt_img_2.txt", ['10, 8, 90, 38, "gone"'])


def icdar_quads(root: Path) -> None:
    """ICDAR 2015, photographs: commas in a transcription, ###, a line that is none, no numbers, crossed corners."""
    lines = ["10,8,90,8,90,38,10,38,word", "105,8,185,12,185,42,105,38,a,b", "10,53,90,53,90,83,10,83,###"]
    lines += ["1,2,3,4,5,6,7,8", "1,2,3,4,5,6,7,x,none", "105,53,185,83,185,53,105,83,crossed"]
    for split in ("train", "test"):
        _write(root / split / "img_1.jpg", ["word", "a,b"])
        write_listing(root / split / "gt_img_1.txt", lines, mark=True, end="\r\n")


def coco_text(root: Path) -> None:
    """COCO-Text v2: entities, asterisks, #, a box at the border; illegible, handwritten and foreign words; no image."""
    files = {str(number): f"COCO_train2014_00000000000{number}.jpg" for number in (1, 2)}
    _write(root / "train2014" / files["1"], ["word", "a&b", "half", "edge"])
    images = {
        number: {"id": int(number), "file_name": file, "width": 200, "height": 150, "set": split}
        for (number, file), split in zip(files.items(), ("val", "train"), strict=True)
    }
    texts: list[tuple[str, dict[str, Any]]] = [
        *((text, {}) for text in ("word", "a&amp;b", "*half", "edge", "#")),
        ("faint", {"legibility": "illegible"}),
        ("pen", {"class": "handwritten"}),
        ("Straße", {"language": "not english"}),
        ("other", {"image_id": 2}),
        ("lost", {"image_id": 9}),
        ("boxless", {"bbox": None}),
    ]
    annotations = {str(100 + place): _annotation(place, text) | other for place, (text, other) in enumerate(texts)}
    data = {"cats": {}, "anns": annotations, "imgs": images, "imgToAnns": {"1": list(annotations)}, "info": {}}
    write_listing(root / "cocotext.v2.json", [json.dumps(data, ensure_ascii=False)])


def total_text(root: Path) -> None:
    """Total-Text as text: words over several lines, `#`, a list that is no literal, x and y that do not agree."""
    lines = [
        "x: [[10 37 63 90 90 63 37 10]], y: [[ 8  6  6  8 38 36 36 38]], ornt: [u'c'], transcriptions: [u'PAUL']",
        "x: [[105 132 158 185 185 158 132\n 105]], y: [[ 8  8  8  8 38 38\n 38 38]], ornt: [u'h'], "
        "transcriptions: [u'word']",
        "x: [[10 90 90 10]], y: [[53 53 83 83]], ornt: [u'#'], transcriptions: [u'#']",
        "x: [[105 185 185 105]], y: [[53 53 83 83]], ornt: [u'h'], transcriptions: [u'it\\'s']",
        "x: [[10 90 90 10]], y: [[98 98 128 128]], ornt: [u'h'], transcriptions: [__import__('os').getcwd()]",
        "x: [[10 90 90]], y: [[98 98 128 128]], ornt: [u'h'], transcriptions: [u'three']",
    ]
    for split in ("Train", "Test"):
        _write(root / f"Images/{split}/img1.jpg", ["PAUL", "word"])
        write_listing(root / f"Groundtruth/{split}/poly_gt_img1.txt", lines)
        write_listing(root / f"Groundtruth/{split}/poly_gt_img2.txt", ["nothing like it"])


def total_text_mat(root: Path) -> None:
    """Total-Text as MATLAB files: `#`, an empty text; a file of another table, one cut."""
    from scipy.io import savemat

    table = np.empty((4, 6), object)
    for row, (text, left, top) in enumerate((("PAUL", 10, 8), ("#", 10, 53), ("", 10, 98), ("word", 105, 53))):
        x, y = upright_box(left, top, 80, 30).astype(np.int16).T
        table[row] = ["x:", x[None], "y:", y[None], np.array([text] if text else [], "U4"), np.array(["c"])]
    for split, prefix in (("Train", "gt_"), ("Test", "poly_gt_")):
        _write(root / f"Images/{split}/img1.jpg", ["PAUL"])
        first = root / f"Groundtruth/{split}/{prefix}img1.mat"
        first.parent.mkdir(parents=True)
        savemat(first, {"polygt": table})
        savemat(first.with_name(f"{prefix}img2.mat"), {"polygt": np.zeros((2, 6))})
        first.with_name(f"{prefix}img3.mat").write_bytes(first.read_bytes()[:300])


def ctw1500(root: Path) -> None:
    """CTW1500: commas in a text, ###, 27 numbers; XML that ends early, a document type."""
    upper, lower = (",".join(f"{value:.0f}" for value in _arc(*place).ravel()) for place in ((10, 20), (105, 60)))
    _write(root / "train_images/0001.jpg", ["word"])
    box = '<box height="30" left="10" top="8" width="80"><label>{}</label><segs>{}</segs></box>'
    boxes = "".join(box.format(*said) for said in (("train &amp; word", upper), ("###", upper), ("few", "1,2,3")))
    files = [
        f'<Annotations><image file="0001.jpg">{boxes}</image></Annotations>',
        "<Annotations><image>",
        '<!DOCTYPE a [<!ENTITY b "c">]><Annotations>&b;</Annotations>',
    ]
    for number, text in enumerate(files, 1):
        write_listing(root / f"ctw1500_train_labels/000{number}.xml", [text])
    _write(root / "test_images/1001.jpg", ["word", "one, two"])
    few = upper.rpartition(",")[0]
    lines = [f"{upper},####word", f"{lower},####one, two", f"{lower},#######", f"{few},####few"]
    write_listing(root / "gt_ctw1500/0001001.txt", lines, end="\r\n")


def _write(path: Path, words: Sequence[str]) -> None:
    """200 x 150 pixels with words in boxes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_jpeg(photograph(words, BOXES, len(words)), 95))


def _annotation(place: int, text: str) -> dict[str, Any]:
    left, top = (float(value) for value in BOXES[place % 6, 0])
    box = [0.0, 98.0, 80.0, 30.0] if text == "edge" else [left, top, 80.0, 30.0]
    usual = {"legibility": "legible", "class": "machine printed", "language": "english", "image_id": 1, "mask": []}
    return {**usual, "utf8_string": text, "bbox": box}


def _arc(left: float, top: float) -> Boxes:
    """(14, 2): seven points along the top of a bent line of text, seven back along its bottom."""
    along = np.linspace(0, 1, 7)
    upper = np.stack([left + 80 * along, top - 8 * np.sin(np.pi * along)], axis=1)
    return np.concatenate([upper, upper[::-1] + (0, 28)]).astype(np.float32)


def _image(name: str, rectangles: Sequence[str]) -> str:
    return (
        f"<image><imageName>{name}</imageName><address>10 Main Street</address><lex>LIVING,WORD</lex>"
        f'<Resolution x="200" y="150"/><taggedRectangles>{"".join(rectangles)}</taggedRectangles></image>'
    )


def _tags(words: Sequence[str], boxes: Sequence[tuple[float, ...]] = ((10, 8, 80, 30), (105, 8, 80, 30))) -> list[str]:
    return [
        f'<taggedRectangle height="{height}" width="{width}" x="{x}" y="{y}"><tag>{word}</tag></taggedRectangle>'
        for word, (x, y, width, height) in zip(words, boxes, strict=False)
    ]


BENCHMARK_SCENES: dict[str, Make] = {
    "SVT": svt,
    "IC03": icdar_2003,
    "IC13_scenes": icdar_boxes,
    "IC15_scenes": icdar_quads,
    "COCOv2.0": coco_text,
    "TotalText": total_text,
    "TotalText_mat": total_text_mat,
    "CTW": ctw1500,
}
"""By folder."""
