"""The steps of `synthesize`: values in, values out. The work itself is in synthesis/ and in the painter.

Image bytes never pass between nodes: an LMDB travels as its handle, a model as its checkpoint. Shards are committed
under a work key, so a killed run goes on where it stopped.
"""

from __future__ import annotations

from functools import partial

from str_pipelines.execution import Execution
from str_pipelines.records import Report, Table
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis import config as c


def choose_anchors(scenes: SceneLmdb, params: c.AnchorParams, execution: Execution) -> Table:
    """One row an instance: scene, quad, text, length and height in pixels, and why it is not used."""
    from str_pipelines.synthesis.anchors import choose

    return choose(scenes, params, execution)


def propose_texts(anchors: Table, params: c.TextParams, execution: Execution) -> Table:
    """One row a word to paint: anchor, text, kind (identity, permutation, digits, …), seed."""
    from str_pipelines.synthesis.proposals import propose

    return propose(anchors, params, execution)


def paint(jobs: Table, scenes: SceneLmdb, painter: Checkpoint, params: c.PaintParams, execution: Execution) -> WordLmdb:
    """Paint every job into its scene and cut the word out along its quad, at source scale."""
    from str_pipelines.synthesis.paint import paint_words
    from str_pipelines.zoo import load_painter

    return paint_words(jobs, scenes, load_painter(painter, params.fonts), params, execution, "synthesize.paint")


def read_back(painted: WordLmdb, reader: Checkpoint, judge: Checkpoint, execution: Execution) -> Table:
    """What the filter's recognizer reads. It must be another one than the judge of `evaluate`."""
    from str_pipelines.recognizers.reading import Loader, read_words
    from str_pipelines.zoo import load_reader, refuse_judge

    refuse_judge(reader, judge)
    return read_words(painted, Loader(reader.digest, partial(load_reader, reader)), execution, "synthesize.read_back")


def accept(painted: WordLmdb, readings: Table, params: c.AcceptParams, execution: Execution) -> WordLmdb:
    """Keep the words that are fit to learn from and read as painted; the others become rejections with a reason."""
    from str_pipelines.synthesis.accept import accept as accepted

    return accepted(painted, readings, params, execution)


def edit_photographs(
    words: WordLmdb, scenes: SceneLmdb, painter: Checkpoint, params: c.PaintParams, photographs: c.PhotoParams
) -> dict[str, bytes]:
    """Some photographs with accepted words in them, as PNG by name."""
    from str_pipelines.synthesis.photos import edited_photographs
    from str_pipelines.zoo import load_painter

    return edited_photographs(
        words, scenes, load_painter(painter, params.fonts), params.context, photographs.keep_photos
    )


def lay_beside(
    words: WordLmdb, scenes: SceneLmdb, painter: Checkpoint, params: c.PaintParams, photographs: c.PhotoParams
) -> bytes:
    """Some accepted words in their photographs, and the same ones by other painters, as PNG."""
    from str_pipelines.synthesis.beside import side_by_side
    from str_pipelines.zoo import load_painter

    named = {painter.path.name: painter} | {name: Checkpoint.at(name) for name in photographs.beside}
    painters = {name: load_painter(each, params.fonts) for name, each in named.items()}
    return side_by_side(words, scenes, painters, params.context, photographs.keep_words)


def describe(anchors: Table, jobs: Table, words: WordLmdb, photographs: dict[str, bytes], beside: bytes) -> Report:
    """Dataset card: counts, survival by kind, length and reason, digest, sheets, photographs."""
    from str_pipelines.synthesis.card import card

    return card(anchors, jobs, words, photographs, beside)
