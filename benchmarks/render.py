"""Words a second that the renderer draws on one core, beside a font opened per character, TRDG and SynthTIGER.

A font opened per character is how glyph conditions are commonly drawn (TextSSR's loaders open the file per character
and word): every effect is the same, only the caches of faces, glyphs and advances are taken away.
The renderer chooses a font that fits, and draws perspective, arcs, stretch and spacing, colours that suit the ground,
weight, gradients and textures, light, grain, blur, shadow or outline, JPEG, a mask and a quad for each character. That
is about what SynthTIGER draws (`synthtiger_words.py`). TRDG draws far less (`trdg_words.py`), so that it stands beside
the renderer and beside `flat_words.py`, which has TRDG's effects and no others. All take turns, with the same words,
which are new ones each round. Time is the processor's, on one thread: what a core of one's own would take.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from flat_words import flat_word
from numpy.typing import NDArray
from results import record

from str_pipelines.imaging import glyphs
from str_pipelines.imaging.decode import decode, encode_jpeg, encode_png
from str_pipelines.imaging.fonts import bundled_fonts, covers
from str_pipelines.imaging.quads import quad_of
from str_pipelines.imaging.render import Renderer
from str_pipelines.imaging.words import render_word
from str_pipelines.records import Refused, Scene
from str_pipelines.sources.demo import Demo
from str_pipelines.synthesis.paint import paint_job
from str_pipelines.text.lexicons import load_lexicon

CACHED = ("load", "glyph", "_advance", "_advance_alone")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENCV_FOR_THREADS_NUM": "1"}
ANEW, IN_SCENES, ON_NOISE, ON_PIECES = "font opened per character", "in photographs", "on noise", "on pieces"
QUALITY = 95  # of JPEG, in which ours are handed over; writing them is inside the clock

Picture = NDArray[np.uint8]
Draw = Callable[[str, int], object]
Way = Callable[[Sequence[str]], float]


def main() -> None:
    """Caches are as warm as after `--warm` words, of as many as a training set has."""
    args = _arguments()
    os.environ.update(ONE_THREAD)
    cv2.setNumThreads(1)
    lexicon = [word for word in load_lexicon() if word.isascii() and len(word) <= 10]
    words = [lexicon[number * 997 % len(lexicon)] for number in range(args.warm + args.rounds * args.words)]
    scenes = [scene for scene in Demo().scenes(range(len(Demo()))) if isinstance(scene, Scene)]
    pictures = [decode(scene.image) for scene in scenes]
    ours = _ours(scenes, pictures, "".join(words))
    for way in ours.values():
        way(words[: args.warm])
    with tempfile.TemporaryDirectory() as folder:
        ways = ours | _anew(ours) | _theirs(pictures, Path(folder), args)
        rounds = []
        for start in range(args.warm, len(words), args.words):
            portion = words[start : start + args.words]
            rounds.append({name: way(portion) for name, way in ways.items()})
    record("render", [_row(name, beside, rounds) for name in ways for beside in _beside(name)])


def _ours(scenes: Sequence[Scene], pictures: Sequence[Picture], characters: str) -> dict[str, Way]:
    fonts = bundled_fonts()
    renderer, complete = Renderer(fonts), [font for font in fonts if covers(font, characters)]
    places = [
        (picture, quad_of(instance.polygon))
        for scene, picture in zip(scenes, pictures, strict=True)
        for instance in scene.instances
    ]

    def in_scene(word: str, number: int) -> object:
        picture, quad = places[number % len(places)]
        return paint_job(picture, {"quad": quad, "text": word, "seed": number}, renderer, 0.25)

    def rendered(grounds: Sequence[Picture | None], word: str, number: int) -> object:
        drawn = render_word(word, number, fonts, ground=grounds[number % len(grounds)])
        return encode_jpeg(drawn.image, QUALITY)

    def flat(grounds: Sequence[Picture | None], word: str, number: int) -> object:
        return encode_jpeg(flat_word(word, number, complete, grounds[number % len(grounds)]), QUALITY)

    draws: dict[str, Draw] = {f"render {IN_SCENES}": in_scene}
    for name, grounds in ((ON_NOISE, [None]), (ON_PIECES, pictures)):
        draws |= {f"render {name}": partial(rendered, grounds), f"flat {name}": partial(flat, grounds)}
    return {name: partial(_rate, draw) for name, draw in draws.items()}


def _rate(draw: Draw, words: Sequence[str]) -> float:
    """Words a second, of those that are not refused."""
    done, start = 0, time.process_time()
    for number, word in enumerate(words):
        try:
            draw(word, number)
        except Refused:
            continue
        done += 1
    return done / (time.process_time() - start)


def _anew(ours: dict[str, Way]) -> dict[str, Way]:
    """The same with a font opened per character."""

    def anew(way: Way, words: Sequence[str]) -> float:
        with fonts_opened_anew():
            return way(words[: len(words) // 10])

    return {f"{name}, {ANEW}": partial(anew, way) for name, way in ours.items() if ON_PIECES not in name}


@contextmanager
def fonts_opened_anew() -> Iterator[None]:
    """Within, `glyphs` opens a font for every character that it draws or measures."""
    kept = {name: getattr(glyphs, name) for name in CACHED}
    try:
        for name, function in kept.items():
            setattr(glyphs, name, function.__wrapped__)
        yield
    finally:
        for name, function in kept.items():
            setattr(glyphs, name, function)


def _theirs(pictures: Sequence[Picture], folder: Path, args: argparse.Namespace) -> dict[str, Way]:
    for number, picture in enumerate(pictures):
        (folder / f"{number}.png").write_bytes(encode_png(picture))
    job = {"photographs": str(folder)}
    ways: dict[str, Way] = {}
    for ground, name in (("noise", ON_NOISE), ("photographs", ON_PIECES)) if args.trdg else ():
        for layout in ("raqm", "basic"):
            asked = {**job, "ground": ground, "layout": layout}
            ways[f"TRDG {name}, {layout} layout"] = partial(_other, args.trdg, "trdg_words.py", asked)
    if args.synthtiger:
        ways["SynthTIGER on either"] = partial(_other, args.synthtiger, "synthtiger_words.py", job)
    return ways


def _other(python: Path, script: str, job: dict[str, str], words: Sequence[str]) -> float:
    """Words a second, as a script says that runs in another environment; its start is not counted."""
    fonts = [str(font) for font in bundled_fonts() if covers(font, "".join(words))]
    command = [str(python), str(Path(__file__).with_name(script))]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    asked = json.dumps({**job, "words": words, "fonts": fonts})
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, text=True, check=True, env=clean)
    return float(done.stdout.split()[-1])


def _beside(name: str) -> list[str]:
    """Which ways of ours a baseline is compared with; none for what is ours."""
    if name.endswith(ANEW):
        return [name.removesuffix(f", {ANEW}")]
    if name.startswith("TRDG"):
        ground = ON_PIECES if ON_PIECES in name else ON_NOISE
        return [f"flat {ground}", f"render {ground}"]
    return [f"render {ON_NOISE}", f"render {ON_PIECES}"] if name.startswith("SynthTIGER") else []


def _row(name: str, ours: str, rounds: Sequence[dict[str, float]]) -> dict[str, object]:
    ratios = [each[ours] / each[name] for each in rounds]
    return {
        "baseline": name,
        "words_s": f"{statistics.median(each[name] for each in rounds):.0f}",
        "ours": ours,
        "ours_words_s": f"{statistics.median(each[ours] for each in rounds):.0f}",
        "ratio": f"{statistics.median(ratios):.2f}",
        "ratios": f"{min(ratios):.2f}-{max(ratios):.2f}",
        "rounds": len(rounds),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=200, help="words a round; a tenth of them with fonts opened anew")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm", type=int, default=2000, help="words drawn before")
    parser.add_argument("--trdg", type=Path, metavar="PYTHON", help="of an environment that has TRDG")
    parser.add_argument("--synthtiger", type=Path, metavar="PYTHON", help="of an environment that has SynthTIGER")
    return parser.parse_args()


if __name__ == "__main__":
    main()
