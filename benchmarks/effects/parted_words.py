"""Rendered words in parts without a word or a font in common: to learn from, to choose by, and to be judged on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from str_pipelines.execution import Execution
from str_pipelines.imaging.fonts import find_fonts
from str_pipelines.imaging.render import Renderer
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis.config import RenderedWordsParams
from str_pipelines.synthesis.rendered_words import render_words
from str_pipelines.text.lexicons import load_lexicon

TENTHS = {"learned": range(0, 6), "validation": range(6, 8), "held": range(8, 10)}
"""Which tenths of fonts and words, by a hash of their names, each part has."""
SIGNS = {"learned": 0.1}
"""Numbers and the like, of which real words have some, are learned; held words are of the lexicon alone."""
FAMILY = 4  # letters: NotoSans and NotoSerif are one


@dataclass(frozen=True)
class Parts:
    """Three sets of words without a word or a font in common."""

    learned: WordLmdb
    validation: WordLmdb
    held: WordLmdb


def parts_of(counts: Mapping[str, int], fonts: tuple[str, ...], longest: int, execution: Execution) -> Parts:
    """Render so many words for each part; what is there is not rendered again.

    Args:
        fonts: files or folders; none are those of the system.
        longest: letters of a word, but of those to learn from.
    """
    made = {}
    for seed, (name, tenths) in enumerate(TENTHS.items()):
        files = tuple(str(path) for path in find_fonts(fonts) if _tenth(path.stem[:FAMILY]) in tenths)
        lexicon = execution.work / f"{name}.txt"
        most = None if name == "learned" else longest
        _write(lexicon, [word for word in load_lexicon() if _tenth(word) in tenths and word == word[:most]])
        params = RenderedWordsParams(
            count=counts[name], lexicon=str(lexicon), fonts=files, seed=seed, signs=SIGNS.get(name, 0)
        )
        made[name] = render_words(Renderer(find_fonts(files)), params, execution)
        print(f"{name}: {len(made[name])} words in {len(files)} fonts")
    return Parts(**made)


def _tenth(name: str) -> int:
    return crc32(name.lower().encode()) % 10


def _write(path: Path, words: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(words), encoding="utf-8")
