"""RapidOCR as the outside judge: the recogniser of the `rapidocr` package, pinned by version and by digest.

It says how legible a word is; it never filters, labels or teaches what it judges.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import numpy as np
import rapidocr
from numpy.typing import NDArray
from omegaconf import DictConfig
from rapidocr.ch_ppocr_rec import TextRecInput, TextRecognizer
from rapidocr.utils.parse_parameters import ParseParams
from rapidocr.utils.process_img import resize_image_within_bounds

from str_pipelines.imaging.crop import MAX_PIXELS
from str_pipelines.records import Refused
from str_pipelines.storage.digests import canonical, digest_of, file_sha256

PACKAGE = Path(rapidocr.__file__).parent
MAX_ASPECT = 100  # the network sees 48 pixels in height, so its input, and its memory, grow with the aspect ratio


class RapidOcrReader:
    """A `Reader`: recognition only, one image a call, no detection, no turning, no network access.

    Readings and confidences equal those of `RapidOCR()(image, use_det=False, use_cls=False, use_rec=True)`. That brings
    an image to sides of 30…2000 pixels before the recogniser does its own resizing, and small words read otherwise
    without it: the step is part of the judge.
    """

    def __init__(self, model: str, sha256: str, rapidocr: str, threads: int = 1) -> None:
        """Load the recogniser.

        Args:
            model: name of an ONNX file in the folder `models` of the package.
            sha256: of that file, 64 hexadecimal digits.
            rapidocr: version of the package.
            threads: of ONNX Runtime within a call, 1…cores. They change the speed, not the readings.

        Raises:
            ValueError: another version is installed, the file is another one, or `threads` is out of range.
            FileNotFoundError: the installed package has no such file.
        """
        settings = settings_of("Rec", pinned(model, sha256, rapidocr), threads)
        bounds = ParseParams.load(PACKAGE / "config.yaml").Global
        self.digest = digest_of([canonical(["rapidocr", rapidocr, sha256])])
        self.turns = False
        self._sides = bounds.min_side_len, bounds.max_side_len
        logging.getLogger("RapidOCR").setLevel(logging.WARNING)  # it tells at INFO which engine and file it takes
        self._recognise = TextRecognizer(settings)

    def read(self, images: Sequence[NDArray[np.uint8]]) -> list[tuple[str, float]]:
        """Read each image by itself: in a batch its padding, and so its reading, would depend on the others.

        Args:
            images: N of (H, W, 3) uint8 RGB, upright.

        Returns:
            N of (text, confidence): the mean over the characters, 0…1, and 0 where nothing was read.

        Raises:
            Refused: `word_malformed` for another shape or type, `word_empty`, `word_too_large` above 4 MP,
                `word_too_long` above an aspect ratio of 100. Nothing has been read then.
        """
        for image in images:
            _check(image)
        return [self._read(image) for image in images]

    def _read(self, image: NDArray[np.uint8]) -> tuple[str, float]:
        bgr = np.ascontiguousarray(image[:, :, ::-1])
        resized, _, _ = resize_image_within_bounds(bgr, *self._sides)
        output = self._recognise(TextRecInput(img=[resized]))
        return str(output.txts[0]), float(output.scores[0])


def pinned(model: str, sha256: str, rapidocr: str) -> Path:
    """The model file of the installed package, after its version and digest were compared with the pinned ones.

    Raises:
        ValueError: another version is installed, or the file is another one.
        FileNotFoundError: the installed package has no such file.
    """
    repair = f"pip install --force-reinstall --no-deps rapidocr=={rapidocr}"
    installed = version("rapidocr")
    if installed != rapidocr:
        raise ValueError(f"rapidocr {installed} is installed, {rapidocr} is wanted; repair it with: {repair}")
    path = PACKAGE / "models" / model
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; repair it with: {repair}")
    found = file_sha256(path)
    if found != sha256:
        raise ValueError(f"{path}: its sha256 is {found}, {sha256} is wanted; repair it with: {repair}")
    return path


def settings_of(part: Literal["Det", "Rec"], model: Path, threads: int) -> DictConfig:
    """The settings of the package as its class `RapidOCR` completes them for detection or recognition."""
    cores = os.cpu_count() or 1
    if not 1 <= threads <= cores:  # out of this range the package takes all cores without a word
        raise ValueError(f"threads must be 1…{cores} (the cores here), not {threads}")
    package = ParseParams.load(PACKAGE / "config.yaml")
    settings: DictConfig = package[part]
    settings.engine_cfg = package.EngineConfig[settings.engine_type.value]
    settings.engine_cfg.intra_op_num_threads = threads
    settings.model_path = str(model)  # with a path nothing is looked for, nor downloaded
    settings.font_path = None
    return settings


def _check(image: NDArray[np.uint8]) -> None:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise Refused("word_malformed", f"(H, W, 3) uint8 is wanted, not {image.shape} {image.dtype}")
    height, width = image.shape[:2]
    if not height or not width:
        raise Refused("word_empty", f"{width}x{height} pixels")
    if height * width > MAX_PIXELS:
        raise Refused("word_too_large", f"{width}x{height} pixels, the limit is 4 MP")
    if max(height, width) > MAX_ASPECT * min(height, width):
        raise Refused("word_too_long", f"{width}x{height} pixels, the limit is an aspect ratio of {MAX_ASPECT}")
