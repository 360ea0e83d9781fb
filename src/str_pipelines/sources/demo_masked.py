"""Words drawn on the spot, whose masks are known because they are drawn again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.decode import encode_png
from str_pipelines.imaging.fonts import find_fonts, fonts_digest
from str_pipelines.imaging.render import VERSION
from str_pipelines.imaging.words import WordStream
from str_pipelines.records import Refused, Word
from str_pipelines.sources.plane_config import DemoMaskedSource
from str_pipelines.storage.digests import canonical, digest_of
from str_pipelines.text.lexicons import lexicon_digest, load_lexicon

NAME = re.compile(r"demo/(\d{6,})")
PARTS = ("train",) * 8 + ("val", "test")


class DemoMasked:
    """`count` words on grounds of noise; of ten, eight in the part `train`, and each one in val and test."""

    def __init__(self, config: DemoMaskedSource, limit: int | None = None) -> None:
        fonts, lexicon = find_fonts(), load_lexicon(None)
        self._count = min(config.count, limit or config.count)
        self._stream = WordStream(fonts, lexicon, seed=config.seed, signs=config.signs)
        facts = [config.seed, config.signs, fonts_digest(fonts), lexicon_digest(lexicon), VERSION]
        self.digest = digest_of([canonical(facts)])

    def __len__(self) -> int:
        return self._count

    def words(self, span: range) -> Iterator[Word]:
        """The words of a range."""
        for index in span:
            drawn, facts = self._stream[index], {"part": PARTS[index % len(PARTS)]}
            size = drawn.image.shape[1::-1]
            yield Word(f"demo/{index:06d}", encode_png(drawn.image), drawn.label, size, "demo", facts)

    def again(self, name: str) -> tuple[bytes, NDArray[np.uint8]]:
        """The picture of the word of this name, encoded, and the coverage (h, w) of its letters, 0 to 255.

        Raises:
            Refused: `not_of_this_set`.
        """
        found = NAME.fullmatch(name)
        if found is None:
            raise Refused("not_of_this_set", f"{name!r} is no name of a drawn word")
        drawn = self._stream[int(found[1])]
        return encode_png(drawn.image), drawn.mask
