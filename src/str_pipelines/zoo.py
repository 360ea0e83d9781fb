"""From a checkpoint folder to the thing that works, by what its config.json says it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from inspect import signature
from typing import Any, TypeVar

from str_pipelines.imaging.painter import Painter
from str_pipelines.maskers.masker import Masker
from str_pipelines.recognizers.reader import Reader
from str_pipelines.sources.folder import Finder
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.text.nearest import nearest

T = TypeVar("T")


def load_painter(checkpoint: Checkpoint, fonts: Sequence[str] = ()) -> Painter:
    """The painter of a checkpoint. `fonts` are files or folders; none means those of the installed packages.

    Raises:
        ValueError: its config.json says something else, or has an option that this painter does not know or take.
        FileNotFoundError: a font is not there.
    """
    from str_pipelines.imaging.fonts import find_fonts
    from str_pipelines.imaging.paste import Paster
    from str_pipelines.imaging.render import Renderer, RenderOptions

    known = {"render": _parameters(RenderOptions), "paste": (), "textssr": ("network", "crop", "sampler")}
    name, options = _named(checkpoint, "painter", known)
    if name == "textssr":
        from str_pipelines.systems.textssr.painter import load_textssr

        return _made(checkpoint, partial(load_textssr, checkpoint, fonts), options)
    files = find_fonts(fonts)
    return Renderer(files, _made(checkpoint, RenderOptions, options)) if name == "render" else Paster(files)


def load_reader(checkpoint: Checkpoint) -> Reader:
    """The reader of a checkpoint.

    Raises:
        ValueError: its config.json says something else, or has an option that this reader does not know or take.
    """
    from str_pipelines.recognizers.networks import NETWORKS, OPTIONS
    from str_pipelines.recognizers.rapidocr import RapidOcrReader
    from str_pipelines.recognizers.trained import TrainedReader

    known = {"rapidocr": _parameters(RapidOcrReader), **dict.fromkeys((*NETWORKS, "ccd"), OPTIONS)}
    name, options = _named(checkpoint, "reader", known)
    if name == "ccd":
        from str_pipelines.systems.ccd.checkpoint import load_reader as load_ccd

        return load_ccd(checkpoint)
    return _made(checkpoint, RapidOcrReader, options) if name == "rapidocr" else TrainedReader.load(checkpoint)


def refuse_judge(reader: Checkpoint, judge: Checkpoint) -> None:
    """See that what filters, labels or teaches is not what scores.

    Raises:
        ValueError: both read alike, whatever their folders are called.
    """
    if load_reader(reader).digest == load_reader(judge).digest:
        raise ValueError(
            f"{reader.path} is the judge, which only scores: were words kept because it can read them, its score of "
            "them would say nothing. Give another reader: --params=reader=…"
        )


def load_finder(checkpoint: Checkpoint) -> Finder:
    """The finder of a checkpoint. Its networks load when it is first used.

    Raises:
        ValueError: its config.json says something else, or has an option that this finder does not know or take.
    """
    from str_pipelines.recognizers.finder import RapidOcrFinder

    _, options = _named(checkpoint, "finder", {"rapidocr": _parameters(RapidOcrFinder)})
    return _made(checkpoint, RapidOcrFinder, options)


def load_masker(checkpoint: Checkpoint) -> Masker:
    """The masker of a checkpoint; an encoder that CCD pretrained is one too, by its segmentation head.

    Raises:
        ValueError: its config.json says something else, or has an option that this masker does not know or take.
    """
    from str_pipelines.maskers.annotated import Annotated
    from str_pipelines.maskers.constant import Constant
    from str_pipelines.maskers.kmeans import KMeans
    from str_pipelines.maskers.rendered import Rendered
    from str_pipelines.sources.plane_config import DemoMaskedSource, TextSegSource
    from str_pipelines.synthesis.config import RenderedWordsParams

    if checkpoint.config().get("name") == "ccd":
        from str_pipelines.systems.ccd.masker import load_masker as load_ccd

        return load_ccd(checkpoint)
    makers: dict[str, Callable[..., Masker]] = {
        "kmeans": KMeans, "constant": Constant, "rendered": Rendered, "annotated": Annotated
    }  # fmt: skip
    known = {
        "kmeans": (),
        "constant": _parameters(Constant),
        "rendered": tuple(RenderedWordsParams.model_fields),
        "annotated": {*DemoMaskedSource.model_fields, *TextSegSource.model_fields},
    }
    name, options = _named(checkpoint, "masker", known)
    return _made(checkpoint, makers[name], options)


def _named(checkpoint: Checkpoint, kind: str, known: Mapping[str, Collection[str]]) -> tuple[str, dict[str, Any]]:
    """Name and options of a checkpoint of this kind; `known` are the options by name."""
    file, config = checkpoint.path / "config.json", checkpoint.config()
    name, options = str(config.get("name")), config.get("options", {})
    if config.get("kind") != kind:
        raise ValueError(f"{file}: a {kind} is wanted, this is a {config.get('kind')!r}")
    if name not in known:
        raise ValueError(f"{file}: there is no {kind} {name!r}; did you mean {nearest(name, known)!r}?")
    if not isinstance(options, dict):
        raise ValueError(f"{file}: `options` is no object")
    if unknown := sorted(options.keys() - set(known[name])):
        raise ValueError(f"{file}: {name} has no option {unknown[0]!r}; it has {', '.join(known[name]) or 'none'}")
    return name, options


def _made(checkpoint: Checkpoint, make: Callable[..., T], options: Mapping[str, Any]) -> T:
    """What these options make; where they are none that it takes, the file that has them is named."""
    try:
        return make(**options)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{checkpoint.path / 'config.json'}: {error}") from error


def _parameters(make: Callable[..., object]) -> tuple[str, ...]:
    return tuple(signature(make).parameters)
