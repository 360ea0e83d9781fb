"""Raw sets of words with a second plane as they lie on disk, looked at and not yet read."""

from __future__ import annotations

from dataclasses import dataclass

from str_pipelines.sources import plane_config as c


@dataclass(frozen=True)
class RawMasked:
    """Which set of words with masks, where it lies, and a digest of the state of its listing."""

    source: c.MaskedSource
    path: str
    digest: str

    @classmethod
    def at(cls, source: c.MaskedSource) -> RawMasked:
        """Look at a set.

        Raises:
            FileNotFoundError: its listing is missing.
        """
        from str_pipelines.sources import demo_masked, textseg

        if isinstance(source, c.DemoMaskedSource):
            return cls(source, "drawn", demo_masked.DemoMasked(source).digest)
        return cls(source, str(source.root), textseg.state_of(source))


@dataclass(frozen=True)
class RawPairs:
    """Which set of pairs, where it lies, and a digest of its LMDBs' sizes and times."""

    source: c.PairsSource
    path: str
    digest: str

    @classmethod
    def at(cls, source: c.PairsSource) -> RawPairs:
        """Look at a set.

        Raises:
            FileNotFoundError: there is no LMDB.
        """
        from str_pipelines.sources import demo_pairs, textzoom

        if isinstance(source, c.DemoPairsSource):
            return cls(source, "drawn", demo_pairs.DemoPairs(source).digest)
        return cls(source, str(source.root), textzoom.state_of(source))
