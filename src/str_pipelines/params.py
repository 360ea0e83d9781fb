"""What the typed blocks of parameters have in common, whichever room they belong to."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from str_pipelines.text.nearest import nearest


class Params(BaseModel):
    """A block of parameters: unknown keys are refused, with the nearest known one, and nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, values: Any) -> Any:
        for key in values if isinstance(values, dict) and cls.model_fields else ():
            if key not in cls.model_fields:
                raise ValueError(f"there is no {key!r}; did you mean {nearest(str(key), cls.model_fields)!r}?")
        return values


def split(value: object) -> object:
    """A string as the words in it, anything else as it is: `--params` splits at commas, so lists come with blanks."""
    return tuple(value.split()) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(split)]
"""A list of names, or one string with blanks between them."""
