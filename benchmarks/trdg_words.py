"""Words a second that TextRecognitionDataGenerator draws; `render.py --trdg PYTHON` runs this elsewhere.

It draws a font at size 32 in one dark colour, turned by up to 5 degrees, blurred by a radius of up to 1, on Gaussian
noise or on a piece of a photograph. There is no perspective, no arc, no light, shadow, outline, fill, no colour that
suits the ground, no JPEG. Its fonts are shaped by raqm as installed; `basic` layout is faster, as it does not shape.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import redirect_stdout

from PIL import ImageFont

with redirect_stdout(sys.stderr):
    from trdg.generators import GeneratorFromStrings

BACKGROUNDS = {"noise": 0, "photographs": 3}


def main() -> None:
    """Read a job from the standard input, write words a second."""
    job = json.load(sys.stdin)
    ImageFont.core.HAVE_RAQM = job["layout"] != "basic"
    words = GeneratorFromStrings(
        job["words"],
        fonts=job["fonts"],
        size=32,
        skewing_angle=5,
        random_skew=True,
        blur=1,
        random_blur=True,
        background_type=BACKGROUNDS[job["ground"]],
        image_dir=job["photographs"],
    )
    with redirect_stdout(sys.stderr):
        next(words)
        start = time.process_time()
        drawn = sum(next(words)[0] is not None for _ in job["words"])
        taken = time.process_time() - start
    print(drawn / taken)


if __name__ == "__main__":
    main()
