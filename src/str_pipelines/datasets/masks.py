"""Catalog entry of a mask LMDB."""

from __future__ import annotations

from str_pipelines.datasets.handles import HandleDataset, ImagePreview
from str_pipelines.storage.masks import MaskLmdb


class MaskLmdbDataset(HandleDataset):
    """Masks of words. `preview` is a sheet of some of them, ink in black."""

    handle = MaskLmdb

    def preview(self, count: int = 24) -> ImagePreview:
        """A contact sheet as base64 PNG."""
        from str_pipelines.datasets.previews import masks_sheet

        return ImagePreview(masks_sheet(MaskLmdb.at(self._filepath), count))
