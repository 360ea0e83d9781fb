"""Lines of an odgt listing, a JSON object each, as TextSR writes them for its crops, or TextZoom for its own."""

from __future__ import annotations

import json
import posixpath

from str_pipelines.sources.streams import strict

TEXTSR, TEXTZOOM = ("im_path", "im_name", "label"), ("img_path", "img_gt", "dataset", "type")


def parsed(line: bytes, prefix: str = "") -> tuple[str, str, str, str]:
    """Path, label, fault and source; where there is a fault, the line stands for the label.

    TextSR's lines have a folder and a file, and no source; TextZoom's a path, and a set and a split for the source.

    Args:
        prefix: what paths begin with that nobody here has: they were written for another machine.
    """
    try:
        found = strict(line)
        values = [found[name] for name in (TEXTZOOM if TEXTZOOM[0] in found else TEXTSR)]
    except (ValueError, KeyError, TypeError):
        return "", ascii(line[:200]), "line_not_odgt", ""
    if not all(isinstance(value, str) for value in values):
        return "", ascii(line[:200]), "line_not_odgt", ""
    path, label, source = _textzoom(*values) if len(values) == len(TEXTZOOM) else _textsr(*values)
    path = posixpath.normpath(path.removeprefix(prefix).removeprefix("/") if prefix else path)
    return (path, label, "", source) if path.isprintable() else ("", ascii(line[:200]), "path_malformed", "")


def _textsr(folder: str, file: str, label: str) -> tuple[str, str, str]:
    return f"{folder}/{file}" if folder else file, label, ""


def _textzoom(path: str, label: str, dataset: str, split: str) -> tuple[str, str, str]:
    return path, label, f"{dataset}/{split}"


def textsr_line(path: str, label: str, _: str = "") -> str:
    """What `parsed` reads of a path and its label."""
    return _line(TEXTSR, (*posixpath.split(path), label))


def textzoom_line(path: str, label: str, source: str) -> str:
    """The same in TextZoom's words; a source without a split is one to train on."""
    dataset, _, split = source.partition("/")
    return _line(TEXTZOOM, (path, label, dataset, split or "train"))


def _line(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    return json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False) + "\n"
