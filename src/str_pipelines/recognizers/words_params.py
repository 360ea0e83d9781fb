"""Parameters of what a recognizer is taught; importable without OpenCV, so that a pipeline may name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from str_pipelines.params import Names, Params, split
from str_pipelines.recognizers.spelling import Case, Outside, Spelling
from str_pipelines.synthesis.config import RenderedWordsParams
from str_pipelines.text.charsets import load_charset
from str_pipelines.text.normalisers import normaliser

if TYPE_CHECKING:
    from str_pipelines.recognizers.shape import Shape

Widths = Annotated[tuple[int, ...], BeforeValidator(split)]
Shares = Annotated[tuple[float, ...], BeforeValidator(split)]


def _known(name: str) -> str:
    return normaliser(name).versioned if name else ""


class WordsParams(Params):
    """What is taught, of which sets, in which shape.

    `more` are further sets by path: word LMDBs, own or foreign, or folders of them. `drawn` are words drawn while the
    network learns, `count` of them an epoch, other ones in every epoch. `ratios` are the shares of the sets, those
    given first, then `drawn`, then `more` in its order; none: by their sizes. `length` is how many samples an epoch
    has, 0: as many as there are.

    Which text is taught for a label say `normaliser` (empty: `parseq36` and `parseq94` for the charsets 36 and 94,
    else `raw`), `case`, `charset`, `outside` (what becomes of a label with characters that the charset lacks) and
    `longest`. `widths` are the widths in pixels that pictures of `height` may have; none: the row of
    recognizers/shape.py.
    """

    more: Names = ()
    drawn: RenderedWordsParams | None = None
    ratios: Shares = ()
    length: int = Field(default=0, ge=0)
    charset: str = Field(default="94", coerce_numbers_to_str=True)
    normaliser: Annotated[str, AfterValidator(_known)] = ""
    case: Case = "keep"
    outside: Outside = "drop"
    longest: int = Field(default=25, ge=1)
    height: int = Field(default=32, ge=8)
    widths: Widths = ()
    augment: Literal["none", "parseq", "abinet", "str"] = "none"
    seed: int = Field(default=0, ge=0)

    @property
    def spelling(self) -> Spelling:
        """How labels are spelled."""
        charset = load_charset(self.charset)
        usual = f"parseq{charset.name}" if charset.name in ("36", "94") else "raw"
        return Spelling(normaliser(self.normaliser or usual), charset, self.case, self.outside, self.longest)

    @property
    def shape(self) -> Shape:
        """The shape of the pictures."""
        from str_pipelines.recognizers.shape import WIDTHS, Shape

        return Shape(self.height, self.widths or WIDTHS)
