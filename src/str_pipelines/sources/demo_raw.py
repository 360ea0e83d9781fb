"""MJSynth and SynthText in tiny form, with the defects of the published sets: raw sets to try `ingest.words` on.

python -m str_pipelines.sources.demo_raw data/01_raw     # mjsynth/, mjsynth.tar.gz, SynthText/, SynthText_generated/
                                                         # and demo_sets/, a folder for each real set: see demo_sets.py;
                                                         # TextSeg/ and TextZoom/: see demo_planes.py
"""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.decode import encode_jpeg
from str_pipelines.sources.mj import INNER, LEXICON, listing_of

LEXICON_WORDS = tuple("""anchor bridge candle dragon ember forest garden harbor island jungle kettle lantern meadow
    needle orchard pepper quarry ribbon summit tunnel""".split())  # fmt: skip
FONT, SIZE = cv2.FONT_HERSHEY_SIMPLEX, (200, 150)
Boxes = NDArray[np.float32]


def make_mj(root: Path) -> Path:
    """Twenty pictures in two folders of two, and all listings. Returns `root`.

    Defects: a picture is empty, one cut, one listed and not there, one there and not listed, one listed twice; a name
    disagrees with the lexicon.
    """
    folder = root / INNER
    lines = []
    for number, path in enumerate(_mj_paths()):
        data = encode_jpeg(_drawn(path.split("_")[1], np.random.default_rng(number)), 90)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes({2: b"", 5: data[: len(data) // 2]}.get(number, data))
        lines.append(f"./{path} {path[:-4].rpartition('_')[2]}")
    (folder / "1/1/99_Unlisted_3.jpg").write_bytes(encode_jpeg(_drawn("Unlisted", np.random.default_rng(99)), 90))
    lines[8] = "./2/2/77_missing_4.jpg 4"
    listed = {"train": [*lines[:14], lines[0]], "val": lines[14:17], "test": lines[17:]}
    for split, rows in {**listed, "all": lines}.items():
        name = "annotation.txt" if split == "all" else listing_of(split)
        (folder / name).write_text("".join(f"{row}\n" for row in rows))
    (folder / "imlist.txt").write_text("".join(f"{row.partition(' ')[0]}\n" for row in lines))
    (folder / LEXICON).write_text("".join(f"{word}\n" for word in LEXICON_WORDS))
    return root


def pack_mj(root: Path, archive: Path) -> Path:
    """The tree at `root` as the archive in which it was published. Returns `archive`."""
    with tarfile.open(archive, "w:gz") as tar:
        for path in sorted(root.rglob("*")):
            tar.add(path, path.relative_to(root), recursive=False)
    return archive


def make_synthtext(root: Path) -> Path:
    """Eleven photographs of 200 x 150, and gt.mat with boxes of words and of characters. Returns `root`.

    Defects: more boxes than words, no words, a photograph missing, one empty, one known to show other words, one that
    would lie outside of `root`; boxes over the border, outside, without area. Beside them a single word, a turned one,
    quotes, slashes and a tab.
    """
    photographs = list(_photographs())
    for number, (name, words, boxes) in enumerate(photographs):
        path = root / name
        if name in ("3/missing_1.jpg", "../outside_1.jpg"):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"" if name == "3/empty_1.jpg" else encode_jpeg(photograph(words, boxes, number), 95))
    texts: list[Any] = [" ".join(words) for _, words, _ in photographs]
    texts[0] = ["the         ", "[Description", "V8 V12      ", 'a/"b"\nend   ']
    texts[1] = "tab\tbed"
    names, all_words, all_boxes = zip(*photographs, strict=True)
    characters = list(map(characters_in, all_words, all_boxes))
    write_gt(root / "gt.mat", names, texts, all_boxes, characters=characters)
    return root


def make_generated(root: Path) -> Path:
    """Some of these photographs in SynthText.h5, as SynthText's generator writes them. Returns `root`.

    Defects: more boxes than words, boxes over the border; one photograph is packed, one a link to another file.
    """
    import h5py

    root.mkdir(parents=True, exist_ok=True)
    with h5py.File(root / "SynthText.h5", "w") as file:
        group = file.create_group("data")
        for number, (name, words, boxes) in enumerate(_photographs()):
            if name.startswith(("3/", "67/", "..")):
                continue
            stored = name.replace("/", "_") + "_0"
            packing = "gzip" if name == "1/blanks_1.jpg" else None
            dataset = group.create_dataset(stored, data=photograph(words, boxes, number), compression=packing)
            dataset.attrs["txt"] = [word.encode() for word in words] or np.zeros(0, "S1")
            dataset.attrs["wordBB"], dataset.attrs["charBB"] = boxes.T, characters_in(words, boxes).T
        group["linked.jpg_0"] = h5py.ExternalLink("/etc/hostname", "/data")
    return root


def write_gt(
    path: Path,
    names: Sequence[str],
    texts: Sequence[Any],
    boxes: Sequence[Boxes],
    packed: bool = False,
    characters: Sequence[Boxes] = (),
) -> None:
    """A gt.mat as MATLAB writes it, compressed or not.

    Args:
        texts: of each photograph, a text or the rows of a character matrix, as long as one another.
        boxes: of each photograph (N, 4, 2) float32, a word's corners from its top left.
        characters: of each photograph (C, 4, 2); without them there is no `charBB`.
    """
    from scipy.io import savemat

    cells: dict[str, list[Any]] = {
        "imnames": list(names),
        "txt": [np.array(text) for text in texts],
        "wordBB": [_as_matlab(b) for b in boxes],
        **({"charBB": [_as_matlab(b) for b in characters]} if characters else {}),
    }
    savemat(path, {key: _row(values) for key, values in cells.items()}, do_compression=packed)


def photograph(words: Sequence[str], boxes: Boxes, seed: int, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """(H, W, 3) of (W, H) `size`: words written into their boxes on a ground of smooth noise."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(90, 220, (8, 10, 3)).astype(np.uint8)
    image = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    for word, box in zip(words, boxes, strict=False):
        flat = _drawn(word, rng)
        height, width = flat.shape[:2]
        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        if abs(cv2.contourArea(box)) > 1:
            matrix = cv2.getPerspectiveTransform(corners, box.astype(np.float32))
            cv2.warpPerspective(flat, matrix, size, dst=image, borderMode=cv2.BORDER_TRANSPARENT)
    return np.asarray(image, np.uint8)


def upright_box(left: float, top: float, width: float, height: float, angle: float = 0) -> Boxes:
    """(4, 2) corners of a rectangle from its top left, turned about it by an angle in degrees, clockwise."""
    turn = np.radians(angle)
    along, down = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    steps = [(0, 0), (width, 0), (width, height), (0, height)]
    return np.array([(left, top) + x * along + y * down for x, y in steps], np.float32)


def characters_in(words: Sequence[str], boxes: Boxes) -> Boxes:
    """(C, 4, 2): the boxes of words divided among their characters."""
    made = []
    for word, (left_top, right_top, right_bottom, left_bottom) in zip(words, boxes, strict=False):
        steps = np.linspace(0, 1, len(word) + 1)[:, None]
        top, bottom = left_top + steps * (right_top - left_top), left_bottom + steps * (right_bottom - left_bottom)
        made += [np.stack([top[i], top[i + 1], bottom[i + 1], bottom[i]]) for i in range(len(word))]
    return np.asarray(made, np.float32).reshape(-1, 4, 2)


def _mj_paths() -> Iterator[str]:
    for number, word in enumerate(LEXICON_WORDS):
        cased = (word, word.upper(), word.capitalize())[number % 3]
        place = 0 if number == 11 else number
        yield f"{number // 10 + 1}/{number // 5 % 2 + 1}/{number + 1}_{cased}_{place}.jpg"


def _photographs() -> Iterator[tuple[str, list[str], Boxes]]:
    """Name, words, boxes."""
    rows = [upright_box(10 + 95 * (i % 2), 8 + 45 * (i // 2), 80, 30) for i in range(6)]
    yield "1/plain_1.jpg", ["the", "[Description", "V8", "V12", 'a/"b"', "end"], np.stack(rows)
    yield "1/blanks_1.jpg", ["tab", "bed"], np.stack(rows[:2])
    yield "1/single_1.jpg", ["One"], rows[2][None]
    yield "1/turned_1.jpg", ["turned"], upright_box(60, 20, 100, 30, 30)[None]
    over = [(-1.5, 40, 90, 30), (150, 60, 100, 30), (-80, 5, 90, 30), (250, 20, 60, 30), (20, 90, 0, 30)]
    yield (
        "2/border_1.jpg",
        ["nearly", "half", "hardly", "outside", "flat"],
        np.stack([upright_box(*box) for box in over]),
    )
    yield "2/more_1.jpg", ["two", "words"], np.stack(rows[:3])
    yield "2/none_1.jpg", [], np.zeros((0, 4, 2), np.float32)
    yield "3/missing_1.jpg", ["gone"], rows[0][None]
    yield "3/empty_1.jpg", ["void"], rows[0][None]
    yield "67/fruits_129_1.jpg", ["other"], rows[0][None]
    yield "../outside_1.jpg", ["away"], rows[0][None]


def _drawn(word: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """(32, W, 3): a word, dark on light or light on dark."""
    (width, _), _ = cv2.getTextSize(word, FONT, 0.8, 2)
    dark, light = rng.integers(0, 80, 3), rng.integers(170, 256, 3)
    ink, ground = (dark, light) if rng.random() < 0.5 else (light, dark)
    image = np.full((32, width + 8, 3), ground, np.uint8)
    return np.asarray(cv2.putText(image, word, (4, 23), FONT, 0.8, ink.tolist(), 2, cv2.LINE_AA))


def _as_matlab(boxes: Boxes) -> Boxes:
    """2 x 4 x N, and 2 x 4 where there is one."""
    stacked = boxes.transpose(2, 1, 0)
    return stacked[..., 0] if len(boxes) == 1 else stacked


def _row(values: Sequence[Any]) -> NDArray[Any]:
    cells = np.empty((1, len(values)), object)
    for place, value in enumerate(values):
        cells[0, place] = value
    return cells


def main() -> int:
    """Write all of them below the folder that the command line names."""
    from str_pipelines.sources.demo_benchmark_scenes import BENCHMARK_SCENES
    from str_pipelines.sources.demo_large_sets import LARGE_SETS
    from str_pipelines.sources.demo_planes import make_textseg, make_textzoom
    from str_pipelines.sources.demo_sets import WORD_SETS

    root = Path(sys.argv[1])
    for name, make in {**WORD_SETS, **BENCHMARK_SCENES, **LARGE_SETS}.items():
        make(root / "demo_sets" / name)
    made = (
        pack_mj(make_mj(root / "mjsynth"), root / "mjsynth.tar.gz"),
        make_synthtext(root / "SynthText"),
        make_generated(root / "SynthText_generated"),
        make_textseg(root / "TextSeg"),
        make_textzoom(root / "TextZoom"),
        root / "demo_sets",
    )
    sys.stdout.write(f"{root / 'mjsynth'} {' '.join(map(str, made))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
