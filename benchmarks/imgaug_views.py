"""Both views of pictures in CCD's published way, with imgaug: a picture at a time, on the processor, at native size.

    python benchmarks/imgaug_views.py PICTURES.npz VIEWS.npz      # with the Python of an environment that has imgaug

imgaug has had no release since 2020 and needs an environment of its own (benchmarks/README.md). What is measured is
written as JSON: milliseconds of processor time for all pictures, the best of some rounds.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from imgaug import augmenters as iaa

ROUNDS, WIDTH, HEIGHT = 3, 128, 32
MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def hue(low: int, high: int) -> iaa.Augmenter:
    """Added to the first channel of HSV."""
    return iaa.WithColorspace(to_colorspace="HSV", children=iaa.WithChannels(0, iaa.Add((low, high))))


ARITHMETIC = [
    iaa.AddElementwise((-40, 40)), iaa.AdditiveGaussianNoise(scale=(0, 51)), iaa.AdditiveLaplaceNoise(scale=(0, 51)),
    iaa.AdditivePoissonNoise(lam=(0, 40)), iaa.Multiply((0.5, 1.5), per_channel=0.5),
    iaa.MultiplyElementwise((0.5, 1.5), per_channel=0.5), iaa.Dropout(p=(0, 0.1), per_channel=0.5),
    iaa.CoarseDropout(0.02, size_percent=0.15, per_channel=0.5), iaa.Dropout2d(p=0.5), iaa.ImpulseNoise(0.1),
    iaa.SaltAndPepper(0.1), iaa.Salt(0.1), iaa.Pepper(0.1), iaa.Invert(0.15), iaa.Solarize(0.5, threshold=(32, 128)),
    iaa.JpegCompression(compression=(70, 99)), iaa.Emboss(alpha=(0, 1), strength=(0.5, 1.5)),
    iaa.EdgeDetect(alpha=(0, 1)), iaa.DirectedEdgeDetect(alpha=(0, 1), direction=(0, 1)),
    iaa.pillike.FilterEdgeEnhanceMore(), iaa.pillike.FilterContour(),
]  # fmt: skip
COLOUR = [
    hue(0, 50), iaa.MultiplyAndAddToBrightness(mul=(0.5, 1.5), add=(-30, 30)),
    iaa.MultiplyHueAndSaturation((0.5, 1.5), per_channel=True), iaa.AddToHueAndSaturation((-50, 50)), hue(50, 100),
    iaa.Grayscale(alpha=(0, 1)), iaa.KMeansColorQuantization(), iaa.UniformColorQuantization(),
    iaa.ChangeColorTemperature((1100, 10000)),
]  # fmt: skip
BLUR = [
    iaa.GaussianBlur((0.5, 1.5)), iaa.AverageBlur(k=(2, 6)), iaa.MedianBlur(k=(3, 7)), iaa.MotionBlur(k=5),
    iaa.BilateralBlur(d=(3, 10), sigma_color=(10, 250), sigma_space=(10, 250)),
]  # fmt: skip
CONTRAST = [
    iaa.GammaContrast((0.5, 2.0)), iaa.LinearContrast((0.5, 1.0)), iaa.SigmoidContrast(gain=(3, 10), cutoff=(0.4, 0.6)),
    iaa.LogContrast(gain=(0.6, 1.4)), iaa.HistogramEqualization(), iaa.AllChannelsHistogramEqualization(), iaa.CLAHE(),
    iaa.AllChannelsCLAHE(),
]  # fmt: skip
WEATHER = [
    iaa.Fog(), iaa.Clouds(), iaa.Snowflakes(flake_size=(0.1, 0.4), speed=(0.01, 0.05)), iaa.Rain(speed=(0.1, 0.3)),
]  # fmt: skip
SHARPEN = iaa.Sharpen(alpha=(0, 0.5), lightness=(0, 0.5))
COLOURS = iaa.Sometimes(
    0.8,
    iaa.Sequential(
        [
            iaa.OneOf(ARITHMETIC),
            iaa.Sometimes(0.7, iaa.OneOf(COLOUR)),
            iaa.Sometimes(0.7, iaa.OneOf([SHARPEN, iaa.OneOf(BLUR)])),
            iaa.Sometimes(0.7, iaa.OneOf(CONTRAST)),
            iaa.Sometimes(0.7, iaa.OneOf(WEATHER)),
        ]
    ),
)


def views_of(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(3, 3, 32, 128) float32: as it is, regular, irregular; theta (2, 3), places there to where they come from."""
    regular, irregular, back = COLOURS(image=picture), picture, np.eye(3)
    height, width = picture.shape[:2]
    if rng.random() < 0.7:
        forward = affine(width, height, rng)
        irregular = cv2.warpAffine(COLOURS(image=picture), forward[:2], (width, height))
        back = np.linalg.inv(forward)
    sides = np.array([[2 / width, 0, -1], [0, 2 / height, -1], [0, 0, 1]])  # pixels to -1…1
    theta = sides @ back @ np.linalg.inv(sides)
    planes = [cv2.resize(each, (WIDTH, HEIGHT)) / 255.0 for each in (picture, regular, irregular)]
    normed = (np.stack(planes) - MEAN) / DEVIATION
    return normed.transpose(0, 3, 1, 2).astype(np.float32), theta[:2].astype(np.float32)


def affine(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """(3, 3) in pixels, about the middle: scale, shear, turn, shift."""
    turn, across, down = np.deg2rad([rng.uniform(-most, most) for most in (10, 45, 10)])
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    linear = turned @ [[1, np.tan(across)], [np.tan(down), 1]] @ np.diag(rng.uniform(0.6, 1.1, 2))
    middle, matrix = np.array([width, height]) / 2, np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = middle - linear @ middle + rng.uniform(-0.02, 0.02, 2) * [width, height]
    return matrix


def main() -> None:
    """Of `PICTURES.npz` (arrays 0, 1, …) to `VIEWS.npz` (`views`, `theta`)."""
    cv2.setNumThreads(1)
    with np.load(Path(sys.argv[1])) as given:
        pictures = [given[str(number)] for number in range(len(given.files))]
    rng, best = np.random.default_rng(0), float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        made = [views_of(picture, rng) for picture in pictures]
        best = min(best, 1000 * (time.process_time() - start))
    np.savez(sys.argv[2], views=np.stack([views for views, _ in made]), theta=np.stack([theta for _, theta in made]))
    print(json.dumps({"ms": best}))


if __name__ == "__main__":
    main()
