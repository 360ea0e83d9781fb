"""TextSSR's inference output as a catalog entry: `local/<n>.png`, `region/<n>.png` and `labels.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset

from str_pipelines.datasets.handles import ImagePreview
from str_pipelines.storage.folders import commit, part_of
from str_pipelines.storage.words import WordLmdb


class TextssrLayoutDataset(AbstractDataset[WordLmdb, dict[str, str]]):  # type: ignore[misc]
    """A folder that other people's scorers of TextSSR read; replaced as a whole, `labels.json` written last."""

    def __init__(self, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath, self.metadata = Path(filepath), metadata

    def save(self, data: WordLmdb) -> None:
        """Write squares and the regions in them."""
        from str_pipelines.imaging.decode import decode, encode_png
        from str_pipelines.synthesis.textssr_layout import region

        self._filepath.parent.mkdir(parents=True, exist_ok=True)
        part = part_of(self._filepath)
        for name in ("local", "region"):
            (part / name).mkdir()
        labels = {}
        for word in data:
            name = f"{word.id}.png"
            (part / "local" / name).write_bytes(word.image)
            (part / "region" / name).write_bytes(encode_png(region(decode(word.image), word.facts["region"])))
            labels[name] = word.label
        (part / "labels.json").write_text(json.dumps(labels, ensure_ascii=False, indent=1), encoding="utf-8")
        commit(part, self._filepath)

    def load(self) -> dict[str, str]:
        """The label of each picture by its file name."""
        labels: dict[str, str] = json.loads((self._filepath / "labels.json").read_bytes())
        return labels

    def preview(self, count: int = 15) -> ImagePreview:
        """A contact sheet of squares as base64 PNG."""
        from str_pipelines.datasets.previews import squares_sheet

        return ImagePreview(squares_sheet(self._filepath / "local", self.load(), count))

    def _exists(self) -> bool:
        return (self._filepath / "labels.json").is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
