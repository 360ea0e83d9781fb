"""From a checkpoint folder to the thing that works, by what its config.json says it is."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from str_pipelines.imaging.painter import Painter
from str_pipelines.recognizers.reader import Reader
from str_pipelines.storage.checkpoints import Checkpoint


def load_painter(checkpoint: Checkpoint, fonts: Sequence[str] = ()) -> Painter:
    """The painter of a checkpoint. `fonts` are files or folders; none means those of the installed packages."""
    from str_pipelines.imaging.fonts import find_fonts
    from str_pipelines.imaging.paste import Paster
    from str_pipelines.imaging.render import Renderer, RenderOptions

    name, options = _named(checkpoint, "painter", ("render", "paste"))
    files = find_fonts(fonts)
    return Renderer(files, RenderOptions(**options)) if name == "render" else Paster(files)


def load_reader(checkpoint: Checkpoint) -> Reader:
    """The reader of a checkpoint."""
    from str_pipelines.recognizers.rapidocr import RapidOcrReader

    _, options = _named(checkpoint, "reader", ("rapidocr",))
    return RapidOcrReader(**options)


def _named(checkpoint: Checkpoint, kind: str, names: Sequence[str]) -> tuple[str, dict[str, Any]]:
    config = checkpoint.config()
    file, name = checkpoint.path / "config.json", str(config.get("name"))
    if config.get("kind") != kind:
        raise ValueError(f"{file}: a {kind} is wanted, this is a {config.get('kind')!r}")
    if name not in names:
        near = get_close_matches(name, names, n=1) or names
        raise ValueError(f"{file}: there is no {kind} {name!r}; did you mean {near[0]!r}?")
    return name, dict(config.get("options", {}))
