"""One photograph of AnyWord's JSON: its file, its words and its faults. TextSSR's benchmark and LMDBs have the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, ValidationError
from pydantic_core import PydanticCustomError

from str_pipelines.records import Instance, Refused, Rejection, Scene
from str_pipelines.sources.files import below, check_name, read_picture, stamp
from str_pipelines.text.lines import CONTROL

Point = Annotated[tuple[FiniteFloat, FiniteFloat], Field(strict=False)]  # a list in JSON, of numbers all the same
LIMITS = {"too_short": "too_short", "string_too_long": "too_long", "control_character": "control_character"}


def _plain(text: str) -> str:
    if found := CONTROL.search(text):
        where = {"character": repr(found[0]), "place": found.start()}
        raise PydanticCustomError("control_character", "{character} at {place}", where)
    return text


Text = Annotated[str, Field(max_length=1000), AfterValidator(_plain)]  # the limit also refuses what is no Unicode


class Annotation(BaseModel):
    """One of `annotations`; `pos`, a running index, and whatever else there may be are not read."""

    model_config = ConfigDict(strict=True)
    polygon: Annotated[tuple[Point, ...], Field(strict=False, min_length=3)]
    text: Text
    language: Text = ""
    valid: bool = True


@dataclass(frozen=True)
class Entry:
    """One of `data_list`: the file that lists it, the folder of its photographs, the set, and what is written there."""

    listing: Path
    folder: Path
    source: str
    item: Any

    @property
    def name(self) -> str:
        """`img_name`; empty where there is none that a file could have: surrogates and NUL are not printable."""
        return name_of(self.item)

    @property
    def id(self) -> str:
        """Unique, as long as no set lists a name twice."""
        return f"{self.source}/{self.name}" if self.source else self.name

    def image(self) -> Path:
        """The photograph, which is inside the folder of photographs, if it is there.

        Raises:
            Refused: why not.
        """
        check_name(self.name, "img_name")
        return below(self.folder, self.name)

    def stamp(self) -> tuple[int, int]:
        """Size and time of change of the photograph; zeros where it cannot be used."""
        try:
            return stamp(self.image())
        except Refused:
            return 0, 0

    def records(self, longest: int | None = None) -> Iterator[Scene | Rejection]:
        """The photograph, and why a word of it cannot be used, as one of more than `longest` characters.

        Raises:
            Refused: why the photograph cannot.
        """
        image = read_picture(self.image())
        instances, rejections = instances_of(self.item.get("annotations", []), str(self.listing), self.id, longest)
        yield Scene(self.id, image, instances, self.source)
        yield from rejections

    def rejection(self, refused: Refused) -> Rejection:
        """The photograph as one that cannot be used."""
        return Rejection(str(self.listing), self.id, refused.reason, refused.detail)


def name_of(item: Any) -> str:
    """`img_name` of one of `data_list`; empty where there is none that a file could have."""
    name = item.get("img_name") if isinstance(item, dict) else None
    return name if isinstance(name, str) and name.isprintable() else ""


def instances_of(
    annotations: Any, source: str, record: str, longest: int | None = None
) -> tuple[tuple[Instance, ...], list[Rejection]]:
    """The words of a photograph; one that cannot be used does not cost the others.

    A word that the annotator could not read (`valid` false) stays, with or without a text, so that nothing is painted
    there.

    Raises:
        Refused: `annotations_malformed` where there is no list.
    """
    if not isinstance(annotations, list):
        raise Refused("annotations_malformed", f"a list is wanted, not {type(annotations).__name__}")
    instances, rejections = [], []
    for number, annotation in enumerate(annotations):
        try:
            instances.append(_instance(annotation, longest))
        except Refused as refused:
            rejections.append(Rejection(source, f"{record}#{number}", refused.reason, refused.detail))
    return tuple(instances), rejections


def _instance(annotation: Any, longest: int | None) -> Instance:
    try:
        read = Annotation.model_validate(annotation)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        field, kind = (*fault["loc"], "annotation")[0], LIMITS.get(fault["type"], "malformed")
        raise Refused(f"{field}_{kind}", fault["msg"]) from error
    if read.valid and not read.text:
        raise Refused("text_too_short", "a word that can be read has a text")
    if longest is not None and len(read.text) > longest:
        raise Refused("text_too_long", f"{len(read.text)} characters, {longest} allowed")
    return Instance(read.polygon, read.text, read.language, read.valid)
