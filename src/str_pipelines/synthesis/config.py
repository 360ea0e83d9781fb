"""Parameters of the steps of `synthesize`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from str_pipelines.params import Names, Params, split
from str_pipelines.text.lines import CONTROL

Kind = Literal["identity", "permutation", "word", "digits", "case"]
Match = Literal["exact", "case", "alnum", "none"]
Kinds = Annotated[tuple[Kind, ...], BeforeValidator(split)]


def _text(value: object) -> object:
    """A text as it is; YAML makes numbers and truth values of some texts, 83 of 0123."""
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{value!r} is no text but a {type(value).__name__}; quote it twice, as in word=\"'0123'\"")
    if value is not None and (not value.strip() or CONTROL.search(value)):  # joiners are not printable, but needed
        raise ValueError(f"{value!r}: a text without control characters is wanted")
    return value


Text = Annotated[Annotated[str, Field(max_length=1000)] | None, BeforeValidator(_text)]  # no surrogates, thus


class AnchorParams(Params):
    """Which instances may be painted over. Lengths are pixels of the source photograph."""

    valid_only: bool = True
    min_height: float = Field(default=12, ge=2)
    min_length: float = Field(default=24, ge=2)
    min_inside: float = Field(default=0.95, gt=0, le=1)
    max_characters: int = Field(default=25, ge=1)
    min_pixels_per_character: float = Field(default=5, ge=1)


class WindowParams(Params):
    """How words are cut out with their surroundings.

    `context` is how much of them on every side, in lengths of the word; `longest` pixels the word is scaled down to,
    where it is longer.
    """

    anchors: AnchorParams = AnchorParams()
    context: float = Field(default=1.0, ge=0, le=4)
    longest: int = Field(default=256, ge=16)
    shard_size: int = Field(default=1024, ge=1)


class TextParams(Params):
    """Which texts are proposed for an anchor.

    `per_anchor` bounds them, so that no anchor dominates; `count` bounds all of them, taken evenly over the anchors.
    `lexicon` is a file of yours, one word a line; empty is the bundled one. `given` is the one text for every anchor,
    in the place of all others and whatever the charset.
    """

    kinds: Kinds = Field(default=("identity", "permutation", "word", "digits", "case"), min_length=1)
    per_anchor: int = Field(default=8, ge=1)
    count: int | None = Field(default=None, ge=1)
    charset: str = Field(default="94", coerce_numbers_to_str=True)  # `--params` makes numbers of 36 and 94
    lexicon: str = ""
    given: Text = None
    seed: int = 0


class PaintParams(Params):
    """How words are painted. `context` is how much of the surroundings the painter sees, in lengths of the word.

    `fonts` are files or folders of yours; empty are those that come with the installed packages.
    """

    fonts: Names = ()
    context: float = Field(default=0.25, ge=0, le=2)
    shard_size: int = Field(default=256, ge=1)


class AcceptParams(Params):
    """Which painted words are kept.

    `min_contrast` is the span between the 5th and 95th percentile of luminance, 0 to 1; `max_clipped` the greatest
    share of pixels that are fully black or fully white; `min_height` pixels of the cut word. `match` is how the reading
    of the filter has to be the text: `exact`, but for `case`, in 0-9a-z of either case alone (`alnum`), or not at all
    (`none`); `min_confidence` is of that reading, 0 to 1.
    """

    min_contrast: float = Field(default=0.12, ge=0, le=1)
    max_clipped: float = Field(default=0.9, ge=0, le=1)
    min_height: int = Field(default=10, ge=2)
    match: Match = "exact"
    min_confidence: float = Field(default=0.0, ge=0, le=1)


class PhotoParams(Params):
    """How many edited photographs are kept to look at, and of how many words a sheet has them by other painters too.

    `beside` are these painters: shipped names, or folders.
    """

    keep_photos: int = Field(default=24, ge=0)
    keep_words: int = Field(default=24, ge=0)
    beside: Names = ("render", "paste")


class RenderedWordsParams(Params):
    """Words without a scene: how many, of which lexicon, in which fonts, and on what.

    Empty `lexicon` and `fonts` are the bundled ones. `grounds` is the folder of a scene LMDB, of whose photographs
    every other word gets a piece; empty, all of them stand on noise. `signs` is the share of texts that are no plain
    words: numbers, prices, codes, words with marks (text/signs.py).
    """

    count: int = Field(default=1000, ge=1)
    charset: str = Field(default="94", coerce_numbers_to_str=True)
    lexicon: str = ""
    fonts: Names = ()
    grounds: str = ""
    signs: float = Field(default=0, ge=0, le=1)
    seed: int = Field(default=0, ge=0)
    shard_size: int = Field(default=256, ge=1)


class RenderedScenesParams(RenderedWordsParams):
    """Pieces of scenes with signs: how many, of which words, in which fonts, and on what.

    As with words without a scene; but of `grounds`, four of five are pieces, and `signs` are more.
    """

    signs: float = Field(default=0.15, ge=0, le=1)
