"""Whether an encoded picture is a word's, found out as thoroughly as one asks and as quickly as that goes."""

from __future__ import annotations

import cv2
import numpy as np

from str_pipelines.imaging.decode import WORD_PIXELS, decode, size_of
from str_pipelines.imaging.headers import JPEG, plain_size
from str_pipelines.records import Refused
from str_pipelines.sources.word_config import ReadWordsParams


def checked_size(image: bytes, params: ReadWordsParams) -> tuple[int, int]:
    """(width, height) of a picture, decoded or by its header alone, as `params.check` says.

    Raises:
        Refused: as `decode` or `size_of`; `image_too_large` above 4 megapixels; `too_small`.
    """
    width, height = decoded_size(image) if params.check == "decode" else size_of(image)
    if width * height > WORD_PIXELS:
        raise Refused("image_too_large", f"{width}x{height} is more than {WORD_PIXELS} pixels")
    params.check_size(width, height)
    return width, height


def decoded_size(image: bytes) -> tuple[int, int]:
    """(width, height) of a picture that can be decoded, which is found out without making all of its pixels.

    All data of a plain JPEG are decoded, and its colours and most of the transform left out: OpenCV fails at the same
    pictures either way. A PNG is decoded in full; what is not plain goes to `decode`.

    Raises:
        Refused: as `decode`.
    """
    size = plain_size(image)
    if size and size[0] * size[1] <= WORD_PIXELS:
        scale = cv2.IMREAD_REDUCED_GRAYSCALE_8 if image.startswith(JPEG) else cv2.IMREAD_GRAYSCALE
        if cv2.imdecode(np.frombuffer(image, np.uint8), scale) is not None:
            return size
    height, width = decode(image, WORD_PIXELS).shape[:2]
    return width, height
