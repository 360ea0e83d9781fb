"""Labelled words drawn on the spot: something to train on before there are words of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from str_pipelines.imaging.decode import encode_png
from str_pipelines.imaging.fonts import find_fonts, fonts_digest
from str_pipelines.imaging.render import VERSION
from str_pipelines.imaging.words import WordStream
from str_pipelines.records import Rejection
from str_pipelines.sources.labelled import Found
from str_pipelines.sources.word_config import DemoWordSource
from str_pipelines.storage.digests import canonical, digest_of
from str_pipelines.text.lexicons import lexicon_digest, load_lexicon


class DemoWords:
    """`count` words, numbers and prices in the fonts that come along, on grounds of noise."""

    def __init__(self, config: DemoWordSource, limit: int | None = None) -> None:
        fonts, lexicon = find_fonts(), load_lexicon(None)
        self._count = min(config.count, limit or config.count)
        self._stream = WordStream(fonts, lexicon, seed=config.seed, signs=config.signs)
        facts = [config.seed, config.signs, fonts_digest(fonts), lexicon_digest(lexicon), VERSION]
        self.digest = self.listed = digest_of([canonical(facts)])

    def __len__(self) -> int:
        return self._count

    def words(self, span: range) -> Iterator[Found | Rejection]:
        """The words of a range."""
        for index in span:
            word = self._stream[index]
            yield f"demo/{index:06d}", encode_png(word.image), word.label, "demo"
