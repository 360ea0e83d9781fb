"""Paths as people say them."""

from __future__ import annotations

from pathlib import Path


def any_case(path: Path) -> Path:
    """The path, or where nothing lies there, the only one that differs from it in upper and lower case.

    CCD's configurations say `Synth`, and its tree has `synth`.
    """
    if path.exists() or path == path.parent:
        return path
    above = any_case(path.parent)
    alike = [each for each in above.iterdir() if each.name.lower() == path.name.lower()] if above.is_dir() else []
    return alike[0] if len(alike) == 1 else above / path.name
