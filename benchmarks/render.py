"""Words a second that the renderer draws on one core, beside the same renderer opening its font for every character.

The baseline is how glyph conditions are commonly drawn (TextSSR's loaders open the font file per character and word);
every effect is the same in both, only the caches of faces, glyphs and advances are taken away. Both take turns.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from results import record

from str_pipelines.imaging import glyphs
from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.paste import Paster
from str_pipelines.imaging.quads import quad_of
from str_pipelines.imaging.render import Renderer
from str_pipelines.records import Refused
from str_pipelines.sources.demo import Demo
from str_pipelines.synthesis.paint import paint_job
from str_pipelines.text.lexicons import load_lexicon

CACHED = ("load", "glyph", "_advance")


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


def main() -> None:
    """Several rounds over the same words in the places of the demo photographs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=150, help="words a round")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    cv2.setNumThreads(1)
    jobs = list(_jobs(args.words))
    render, paste = Renderer(bundled_fonts()), Paster(bundled_fonts())
    ways: dict[str, Callable[[], int]] = {
        "render": lambda: _paint(render, jobs),
        "render, a font opened per character": lambda: _anew(render, jobs),
        "paste": lambda: _paint(paste, jobs),
        "paste, a font opened per character": lambda: _anew(paste, jobs),
    }
    for way in ways.values():
        way()  # warm
    rates = {name: [_rate(way) for _ in range(args.rounds)] for name, way in ways.items()}
    rows = []
    for name, values in rates.items():
        base = statistics.median(rates[f"{name.split(',')[0]}, a font opened per character"])
        middle = statistics.median(values)
        rows.append({"way": name, "words_s": f"{middle:.0f}", "ratio": f"{middle / base:.2f}", "rounds": args.rounds})
    record("render", rows)


def _jobs(count: int) -> Iterator[tuple[np.ndarray, dict[str, object]]]:
    demo, words = Demo(), load_lexicon()
    places = [
        (decode(scene.image), quad_of(instance.polygon))
        for scene in demo.scenes(range(len(demo)))
        for instance in scene.instances
    ]
    for number in range(count):
        picture, quad = places[number % len(places)]
        text = words[number * 997 % len(words)][:10]
        yield picture, {"quad": quad.ravel().tolist(), "text": text, "seed": number}


def _paint(painter: Renderer | Paster, jobs: list[tuple[np.ndarray, dict[str, object]]]) -> int:
    done = 0
    for picture, job in jobs:
        try:
            paint_job(picture, job, painter, 0.25)
        except Refused:
            continue
        done += 1
    return done


def _anew(painter: Renderer | Paster, jobs: list[tuple[np.ndarray, dict[str, object]]]) -> int:
    with fonts_opened_anew():
        return _paint(painter, jobs)


def _rate(way: Callable[[], int]) -> float:
    start = time.perf_counter()
    return way() / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
