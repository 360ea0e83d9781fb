"""How well words can be read that are painted into real photographs: each word again, and another of its length.

    python benchmarks/legibility.py FOLDER --painters textssr_small render paste --sets ic13 ic15 --part test

FOLDER is a benchmark in TextSSR's layout. Nothing is filtered: every valid word of the 94 ASCII characters, for which
the lexicon has another one of its length, is painted over, cut out along its quad and read by the judge, one a call; a
word that a painter refuses counts as not read. Valid words of other characters or lengths are counted as `left_out`.
A painter that copies what it was shown can read its own word and no other: `identity` and `same_length` are to be about
the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from real_words import RealWord, real_words
from results import record

from str_pipelines.imaging.crop import rectify, upright
from str_pipelines.imaging.painter import Painter
from str_pipelines.imaging.quads import sides
from str_pipelines.metrics.recognition import word_accuracy
from str_pipelines.recognizers.reader import Reader
from str_pipelines.records import Refused
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.synthesis.config import PaintParams, TextParams
from str_pipelines.synthesis.paint import Job, paint_jobs
from str_pipelines.synthesis.proposals import texts
from str_pipelines.text.charsets import load_charset
from str_pipelines.text.lexicons import by_length, load_lexicon
from str_pipelines.text.normalisers import alnum
from str_pipelines.zoo import load_painter, load_reader

KINDS = {"identity": "identity", "same_length": "word"}


def main() -> None:
    """Measure each set and record it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("--painters", nargs="+", required=True, help="shipped names, or folders")
    parser.add_argument("--sets", nargs="+", default=["ic13", "ic15"])
    parser.add_argument("--part", help="of parts.json; all photographs without")
    parser.add_argument("--judge", default="rapidocr")
    args = parser.parse_args()
    judge = load_reader(Checkpoint.at(args.judge))
    for name in args.sets:
        valid = list(real_words(args.root, name, args.part))
        jobs = {kind: list(_jobs(valid, said)) for kind, said in KINDS.items()}
        kept = [place for place in range(len(valid)) if all(each[place]["text"] for each in jobs.values())]
        words = [valid[place] for place in kept]
        if not words:
            raise SystemExit(f"{args.root}: {name} has no word to paint over")
        shown = [(upright(rectify(word.photograph, word.quad)), word.text) for word in words]
        real = _accuracy([(judge.read([picture])[0][0], text) for picture, text in shown])
        for given in args.painters:
            checkpoint = Checkpoint.at(given)
            painter = load_painter(checkpoint)
            found = {kind: _read(words, [each[place] for place in kept], painter, judge) for kind, each in jobs.items()}
            record("legibility", [{
                "painter": checkpoint.path.name, "digest": checkpoint.digest[:12], "set": name,
                "part": args.part or "all", "words": len(words), "left_out": len(valid) - len(words),
                **{f"refused_{kind}": sum(each is None for each, _ in pairs) for kind, pairs in found.items()},
                "real": f"{real:.3f}", **{kind: f"{_accuracy(pairs):.3f}" for kind, pairs in found.items()},
            }])  # fmt: skip


def _read(
    words: Sequence[RealWord], jobs: Sequence[Job], painter: Painter, judge: Reader
) -> list[tuple[str | None, str]]:
    """(what the judge reads, text) of each word; None where the painter refused it."""
    places = [(job, word.photograph) for job, word in zip(jobs, words, strict=True)]
    found: list[tuple[str | None, str]] = []
    for job, scene, patch in paint_jobs(places, painter, PaintParams().context):
        if isinstance(patch, Refused):
            found.append((None, job["text"]))
            continue
        rows, columns = patch.where
        picture = upright(rectify(patch.on(scene), job["quad"] - (columns.start, rows.start)))
        found.append((judge.read([picture])[0][0], job["text"]))
    return found


def _jobs(words: Sequence[RealWord], kind: str) -> Iterator[Job]:
    """What is to be painted over each; an empty text where there is none of this kind."""
    charset, params = load_charset("94"), TextParams(kinds=(kind,), per_anchor=1)
    lexicon = by_length(word for word in load_lexicon() if charset.covers(word))
    for word in words:
        length, height = sides(word.quad)
        anchor = {
            "scene": word.scene, "instance": word.number, "text": word.text, "hint": "", "quad": word.quad,
            "length": length, "height": height,
        }  # fmt: skip
        said = texts(anchor, lexicon, charset, params)
        yield {"quad": word.quad, "text": said[0][0] if said else "", "seed": len(word.text) + word.number}


def _accuracy(pairs: Sequence[tuple[str | None, str]]) -> float:
    return word_accuracy([(alnum(reading or ""), alnum(text)) for reading, text in pairs])


if __name__ == "__main__":
    main()
