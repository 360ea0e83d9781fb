"""Word pictures as MJSynth has them: files of 1.1 to 1.5 kB, 1,000 a folder, and gt.txt with `path<TAB>label`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.fonts import bundled_fonts, covers
from str_pipelines.imaging.glyphs import word_alpha
from str_pipelines.text.lexicons import load_lexicon

HEIGHT, MARGIN = 31, 4  # pixels: MJSynth's height, and the ground around the ink
BYTES = (1150, 1500)  # between which the limit of each file is drawn
QUALITIES = range(95, 10, -8)


def make_files(folder: Path, count: int) -> Path:
    """Write `count` pictures, no two alike, unless they are there; returns gt.txt, which is written last."""
    listing = folder / f"gt_{count}.txt"
    if listing.is_file():
        return listing
    words = [word for word in load_lexicon() if word.isascii()]
    fonts = [font for font in bundled_fonts() if covers(font, "Word0123456789")]
    lines = []
    for number in range(count):
        path = Path(f"{number // 1000:04d}", f"{number % 1000:03d}.jpg")
        label = words[number % len(words)] + (str(number // len(words)) if number >= len(words) else "")
        if number % 1000 == 0:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(picture(label, fonts, number))
        lines.append(f"{path}\t{label}\n")
    listing.write_text("".join(lines), encoding="utf-8")
    return listing


def picture(label: str, fonts: Sequence[Path], seed: int) -> bytes:
    """A JPEG of one word in a random font and two random colours, under light that falls off and noise."""
    rng = np.random.default_rng(seed)
    font = next(font for font in (fonts[int(i)] for i in rng.permutation(len(fonts))) if covers(font, label))
    alpha = word_alpha(label, font, 48)
    high = HEIGHT - 2 * MARGIN
    wide = max(8, min(180, round(alpha.shape[1] * high / alpha.shape[0])))
    share = np.pad(cv2.resize(alpha, (wide, high), interpolation=cv2.INTER_AREA), MARGIN)[..., None] / 255
    ground, ink = rng.integers(0, 256, (2, 3))
    if abs(int(ground.sum()) - int(ink.sum())) < 240:
        ink = 255 - ground if abs(int(ground.sum()) - 382) > 120 else ink // 4
    light = 1 + rng.uniform(-0.2, 0.2) * np.linspace(-1, 1, share.shape[1])[None, :, None]
    colours = light * (ground + share * (ink - ground)) + rng.normal(0, rng.uniform(2, 6), share.shape)
    return encode(np.clip(colours, 0, 255).astype(np.uint8), int(rng.integers(*BYTES)))


def encode(pixels: NDArray[np.uint8], limit: int) -> bytes:
    """As JPEG of the highest quality that keeps it within `limit` bytes, or else of the lowest."""
    data = np.zeros(0, np.uint8)
    for quality in QUALITIES:
        _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if len(data) <= limit:
            break
    return bytes(data)
