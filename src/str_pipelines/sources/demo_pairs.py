"""Words drawn on the spot and spoiled as a camera far away would: pairs to try a restorer on before there are any."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.decode import encode_png
from str_pipelines.imaging.fonts import find_fonts, fonts_digest
from str_pipelines.imaging.render import VERSION
from str_pipelines.imaging.words import WordStream
from str_pipelines.records import Pair
from str_pipelines.sources.plane_config import DemoPairsSource
from str_pipelines.storage.digests import canonical, digest_of
from str_pipelines.text.lexicons import lexicon_digest, load_lexicon

PARTS = ("train1",) * 7 + ("easy", "medium", "hard")
BLURS = {"easy": (0.4, 0.7), "medium": (0.7, 1.1), "hard": (1.1, 1.6), "train1": (0.4, 1.6)}
"""Standard deviation, pixels of the low picture, by part: from, to."""
NOISE = 4.0  # grey levels of standard deviation
LOW_HEIGHT = 16


class DemoPairs:
    """`count` pairs; a function of seed and place alone."""

    def __init__(self, config: DemoPairsSource, limit: int | None = None) -> None:
        fonts, lexicon = find_fonts(), load_lexicon(None)
        self._count, self._seed = min(config.count, limit or config.count), config.seed
        self._stream = WordStream(fonts, lexicon, seed=config.seed, signs=config.signs)
        facts = [config.seed, config.signs, fonts_digest(fonts), lexicon_digest(lexicon), VERSION]
        self.digest = digest_of([canonical(facts)])

    def __len__(self) -> int:
        return self._count

    def pairs(self, span: range) -> Iterator[Pair]:
        """The pairs of a range."""
        for index in span:
            word, part = self._stream[index], PARTS[index % len(PARTS)]
            low = spoiled(word.image, part, np.random.default_rng((self._seed, index, 1)))
            sizes = low.shape[1::-1], word.image.shape[1::-1]
            images = encode_png(low), encode_png(word.image)
            yield Pair(f"demo/{index:06d}", *images, word.label, *sizes, "demo", {"part": part})


def spoiled(image: NDArray[np.uint8], part: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A picture (H, W, 3) uint8 at 16 pixels of height, its shape kept: blurred, made small, with noise."""
    scale = LOW_HEIGHT / image.shape[0]
    soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(*BLURS[part]) / scale)
    small = cv2.resize(soft, (max(2, round(image.shape[1] * scale)), LOW_HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(small + rng.normal(0, NOISE, small.shape), 0, 255).round(), np.uint8)
