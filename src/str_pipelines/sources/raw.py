"""A raw set of photographs or words as it lies on disk, looked at and not yet read."""

from __future__ import annotations

from dataclasses import dataclass

from str_pipelines.sources import config as c
from str_pipelines.sources import word_config as w


@dataclass(frozen=True)
class RawScenes:
    """Which set, where it lies, and a digest of its state: of the listings, and of size and time of what they list.

    Of sets with millions of photographs only the files that list them are looked at; `count` is None for these.
    """

    source: c.Source
    path: str
    digest: str
    count: int | None

    @classmethod
    def at(cls, source: c.Source) -> RawScenes:
        """Look at a set.

        Raises:
            FileNotFoundError: it is not there, or a listing of it is missing.
            ValueError: a listing cannot be read, or the box is none in the photograph.
        """
        return cls(source, *_looked_at(source))


def _looked_at(source: c.Source) -> tuple[str, str, int | None]:
    from str_pipelines.sources import anyword, folder, lmdb
    from str_pipelines.sources.benchmark import Benchmark
    from str_pipelines.sources.demo import PLACES, Demo
    from str_pipelines.sources.photograph import Photograph

    match source:
        case c.DemoSource():
            return " ".join(PLACES), Demo().digest, len(PLACES)
        case c.BenchmarkSource():
            benchmark = Benchmark(source)
            return str(source.root), benchmark.digest, len(benchmark)
        case c.FolderSource():
            names, state = folder.look_at(source.root)
            return str(source.root), state, len(names)
        case c.PhotographSource():
            return str(source.path), Photograph(source).digest, 1
        case c.AnyWordSource():
            return str(source.root), anyword.state_of(source), None
        case c.LmdbSource():
            return str(source.root), lmdb.state_of(source), None


@dataclass(frozen=True)
class RawWords:
    """Which set of labelled words, where it lies, and a digest of the listing's, or of the LMDBs', sizes and times."""

    source: w.Source
    path: str
    digest: str

    @classmethod
    def at(cls, source: w.Source) -> RawWords:
        """Look at a set.

        Raises:
            FileNotFoundError: its listing is missing, or there is no LMDB.
        """
        from str_pipelines.sources import demo_words, gt_table, labelled, mj, unlabelled, word_lmdbs
        from str_pipelines.sources.published import table as published

        match source:
            case w.DemoWordSource():
                return cls(source, "drawn", demo_words.DemoWords(source).digest)
            case w.TsvSource() | w.OdgtSource():
                return cls(source, str(source.root), labelled.state_of(source))
            case w.WordLmdbSource():
                return cls(source, str(source.root), word_lmdbs.state_of(source))
            case w.UnlabelledSource():
                return cls(source, str(source.root), unlabelled.state_of(source))
            case w.MjSource():
                return cls(source, str(source.root), mj.state_of(source))
            case w.StSource():
                return cls(source, str(source.root), gt_table.state_of(gt_table.listing_in(source.root)))
            case w.PublishedSource():
                return cls(source, str(source.root), published.state_of(source))
