"""Text masks a second on one core beside CCD's own way, how many pixels they share, and how often text is text.

CCD's way (`mask_create/generate_mask.py`): Pillow decodes to grey, scipy's k-means runs 20 times from random starts and
keeps the result with the least mean distance, not the least mean square; a group that prevails on three of the four
borders or more is the ground, else it stays as chance has numbered it. `equal_pixels` are those of both ways, whichever
group is called text; `equal_2means` are those shared with the best of scipy's 20 results by the sum of squares, which
is what 2-means is about.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from known_masks import STRATA, Flags, agreement
from numpy.typing import NDArray
from PIL import Image
from real_polarity import SETS, by_eye, chosen
from results import record
from scipy.cluster.vq import kmeans, vq
from word_files import encode, picture

from str_pipelines.imaging.bilevel import decode_mask, encode_mask
from str_pipelines.imaging.decode import decode, encode_png
from str_pipelines.imaging.fonts import bundled_fonts, covers
from str_pipelines.maskers.kmeans import KMeans
from str_pipelines.maskers.masker import Masked
from str_pipelines.maskers.step import BATCH
from str_pipelines.records import Word
from str_pipelines.text.lexicons import load_lexicon

HEIGHT = 32
COMPARED = 200  # words of a kind for which scipy runs once more, to be judged by squares
SCIPY, OURS = "scipy k-means, 20 restarts", "exact 2-means"
Mask = NDArray[np.uint8]


def ccd(image: bytes) -> Mask:
    """As CCD makes it."""
    grey = np.asarray(Image.open(io.BytesIO(image)).convert("L"))
    values = grey.reshape(-1, 1).astype(np.float64)
    centres, _ = kmeans(values, 2)
    labels = vq(values, centres)[0].reshape(grey.shape)
    sides = labels[0], labels[-1], labels[:, 0], labels[:, -1]
    grounds = sum(int(side.sum() > len(side) / 2) for side in sides)
    return np.asarray(1 - labels if grounds >= 3 else labels, np.uint8)


def ccd_pngs(images: Sequence[bytes]) -> list[bytes]:
    """Each from decoding to PNG."""
    return [bytes(cv2.imencode(".png", ccd(image))[1]) for image in images]


def our_pngs(images: Sequence[bytes]) -> list[bytes]:
    """The same, in batches."""
    masker, made = KMeans(), []
    for start in range(0, len(images), BATCH):
        words = [Word("", image, "", (0, 0)) for image in images[start : start + BATCH]]
        made += [encode_mask(found.pixels) for found in masker(words) if isinstance(found, Masked)]
    return made


def small_words(count: int) -> list[bytes]:
    """JPEGs of 32 pixels in height and 1.1 to 1.5 kB."""
    lexicon = [word for word in load_lexicon(None) if word.isascii()]
    fonts = [font for font in bundled_fonts() if covers(font, "Word0123456789")]
    images = (decode(picture(lexicon[number * 7 % len(lexicon)], fonts, number)) for number in range(count))
    return [encode(cv2.cvtColor(_high(image), cv2.COLOR_RGB2BGR), 1500) for image in images]


def speed(images: Sequence[bytes], few: int, rounds: int) -> list[dict[str, object]]:
    """Both ways take turns, the slow one with `few` of the words. Seconds are those of the processor."""
    taken = [(_seconds(ccd_pngs, images[:few]) / few, _seconds(our_pngs, images) / len(images)) for _ in range(rounds)]
    width = statistics.mean(decode_mask(png).shape[1] for png in our_pngs(images))
    return [
        {
            "way": way,
            "words": words,
            "width": round(width),
            "words_s": round(1 / statistics.median(seconds)),
            "best_words_s": round(1 / min(seconds)),
            "ratio": f"{statistics.median(slow / each for (slow, _), each in zip(taken, seconds, strict=True)):.1f}",
        }
        for way, words, seconds in zip((SCIPY, OURS), (few, len(images)), zip(*taken, strict=True), strict=True)
    ]


def known_words(seed: int, count: int) -> Iterator[tuple[str, list[bytes], list[Flags]]]:
    """Kind, pictures, and where their ink is."""
    for name, drawn in STRATA.items():
        pairs = list(drawn(seed, count))
        yield name, [encode_png(image) for image, _ in pairs], [ink for _, ink in pairs]


def polarity(seed: int, count: int) -> Iterator[dict[str, object]]:
    """A row a kind of words; `torn` are masks of ours that hardly agree with the ink in either polarity."""
    for name, images, inks in known_words(seed, count):
        theirs, ours = _theirs(images), _ours(images)
        signs = [[agreement(*each) > 0 for each in zip(masks, inks, strict=True)] for masks in (theirs, ours)]
        torn = sum(abs(agreement(*each)) < 0.3 for each in zip(ours, inks, strict=True))
        yield {**_right(name, *signs), "torn": torn, **_pixels(images, theirs, ours)}


def real_polarity(root: Path) -> Iterator[dict[str, object]]:
    """The same for words of photographs, whose polarity was decided by eye."""
    bits = by_eye()
    with tempfile.TemporaryDirectory() as work:
        words = [word for word in chosen(root, Path(work)) if word.id in bits]
    for name in (*SETS, ""):
        inside = [word for word in words if word.id.startswith(name)]
        images = [word.image for word in inside]
        both = _theirs(images), _ours(images)
        signs = [[_is_light(*each) == bits[w.id] for w, *each in zip(inside, images, m, strict=True)] for m in both]
        yield {**_right(f"real {name or 'all'}", *signs), "torn": "", **_pixels(images, *both)}


def _right(kind: str, theirs: Sequence[bool], ours: Sequence[bool]) -> dict[str, object]:
    shares = f"{statistics.mean(ours):.4f}", f"{statistics.mean(theirs):.4f}"
    return {"kind": kind, "words": len(ours), "right": shares[0], "ccd_right": shares[1]}


def _pixels(images: Sequence[bytes], theirs: Sequence[Flags], ours: Sequence[Flags]) -> dict[str, object]:
    """How far the masks agree: with scipy's as CCD has them, and with the best of its 20 by the sum of squares."""
    best = [_two_means(image) for image in images[:COMPARED]]
    shares = [statistics.mean(map(_equal, ours, others)) for others in (theirs, best)]
    return {"equal_pixels": f"{shares[0]:.5f}", "equal_2means": f"{shares[1]:.5f}"}


def _two_means(image: bytes) -> Flags:
    grey = np.asarray(Image.open(io.BytesIO(image)).convert("L")).astype(np.float64)
    values = grey.reshape(-1, 1)
    found = (vq(values, kmeans(values, 2, iter=1)[0])[0].reshape(grey.shape) > 0 for _ in range(20))
    return min(found, key=partial(_squares, grey))


def _squares(grey: NDArray[np.float64], mask: Flags) -> float:
    return sum(float(((part - part.mean()) ** 2).sum()) for part in (grey[mask], grey[~mask]) if part.size)


def _equal(one: Flags, other: Flags) -> float:
    share = float(np.mean(one == other))
    return max(share, 1 - share)


def _theirs(images: Sequence[bytes]) -> list[Flags]:
    return [ccd(image) > 0 for image in images]


def _ours(images: Sequence[bytes]) -> list[Flags]:
    return [decode_mask(png) > 0 for png in our_pngs(images)]


def _is_light(image: bytes, mask: Flags) -> bool:
    grey = np.asarray(Image.open(io.BytesIO(image)).convert("L"), np.float64)
    return bool(mask.any() and not mask.all() and grey[mask].mean() > grey[~mask].mean())


def _seconds(way: Callable[[Sequence[bytes]], object], images: Sequence[bytes]) -> float:
    start = time.process_time()
    way(images)
    return time.process_time() - start


def _high(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    size = (max(8, round(image.shape[1] * HEIGHT / image.shape[0])), HEIGHT)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def main() -> None:
    """Speed and pixels first, then polarity."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4000, help="small words")
    parser.add_argument("--few", type=int, default=200, help="of them for scipy")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--known", type=int, default=1000, help="words of each kind with a known mask; 0: speed alone")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--real", type=Path, help="a folder in TextSSR's benchmark layout: ic13, ic15, shopsign")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    warnings.simplefilter("ignore", RuntimeWarning)
    np.random.seed(0)  # scipy's restarts
    images = small_words(args.count)
    record("masks_speed", speed(images, args.few, args.rounds))
    if not args.known:
        return
    few = images[: args.few]
    rows = [{"kind": "small", "words": len(few), "right": "", "ccd_right": "", "torn": ""}]
    rows = [{**rows[0], **_pixels(few, _theirs(few), _ours(few))}, *polarity(args.seed, args.known)]
    record("masks_polarity", [*rows, *(real_polarity(args.real) if args.real else ())])


if __name__ == "__main__":
    main()
