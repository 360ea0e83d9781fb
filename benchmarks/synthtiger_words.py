"""Words a second that SynthTIGER draws. `render.py --synthtiger PYTHON` runs this in an environment of its own.

The package has no template, only components. Of those in the authors' own template, these are drawn, about as often as
there: a font of 32 to 64 pixels, letters in a row or an arc, colours, a photograph as texture, border, shadow or
extrusion, perspective, skew or turn, noise and blur. Left out, as our renderer does not draw them or they would only
slow it down: elastic distortion of letters, a second text behind the first, the check that text is visible.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import cv2
import numpy as np
from synthtiger import components, layers, utils

LAYOUTS = components.Selector(
    [components.FlowLayout(space=(-2, 5)), components.CurveLayout(curve=(5, 15), space=(-2, 5))], weights=[4, 1]
)
STYLES = components.Switch(
    components.Selector(
        [
            components.TextBorder(size=(1, 4)),
            components.TextShadow(distance=(1, 6), alpha=(0.3, 0.7)),
            components.TextExtrusion(length=(1, 6)),
        ],
        weights=[1, 2, 2],
    ),
    prob=0.25,
)
TRANSFORMS = components.Selector(
    [
        components.Perspective(percents=[[0.8, 1], [1, 1]], aligns=[[0, 0], [0, 0]]),
        components.Skew(angle=(0, 10), ccw=0.5),
        components.Rotate(angle=(0, 5), ccw=0.5),
    ]
)
NOISE = components.AdditiveGaussianNoise(scale=(4, 8), per_channel=0)
BLUR = components.GaussianBlur(sigma=(0, 1))
COLOUR = components.Gray(colorize=1)


def word(text: str, font: str, texture: Any) -> np.ndarray:
    """One word as (h, w, 4) float32."""
    size = int(np.random.randint(32, 65))
    letters = [layers.TextLayer(character, font, size) for character in text]
    LAYOUTS.apply(letters)
    writing = layers.Group(letters).merge()
    COLOUR.apply([writing])
    texture.apply([writing])
    STYLES.apply([writing])
    TRANSFORMS.apply([writing])
    components.Fit().apply([writing])
    picture = writing.output()
    ground = layers.RectLayer(picture.shape[1::-1])
    COLOUR.apply([ground])
    texture.apply([ground])
    blended = layers.Layer(utils.blend_image(picture, ground.output()))
    NOISE.apply([blended])
    BLUR.apply([blended])
    return blended.output()


def main() -> None:
    """Read a job from the standard input, write words a second."""
    job = json.load(sys.stdin)
    cv2.setNumThreads(1)
    texture = components.Switch(
        components.BaseTexture(paths=[job["photographs"]], weights=[1], alpha=(0, 1), crop=1), prob=0.5
    )
    word(job["words"][0], job["fonts"][0], texture)
    start = time.process_time()
    for number, text in enumerate(job["words"]):
        word(text, job["fonts"][number % len(job["fonts"])], texture)
    print(len(job["words"]) / (time.process_time() - start))


if __name__ == "__main__":
    main()
