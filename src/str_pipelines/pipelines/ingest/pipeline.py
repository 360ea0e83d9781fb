"""ingest: raw sets in, LMDBs out; a namespace a kind of set.

ingest.scenes: raw photographs with text, or a finder's places for it → scenes
ingest.preview: the same as a dry run → a report
ingest.words: pictures of words with labels → labelled words
ingest.words_preview: the same as a dry run → a report
ingest.leaks: words and test sets → which words are in several of them
ingest.rendered_words: words drawn in fonts, without a scene → labelled words
ingest.rendered_scenes: signs painted into pieces of photographs → scenes
ingest.masked_words: words whose text is marked pixel by pixel → labelled words, and their masks
ingest.pairs: words in two resolutions → pairs
"""

from kedro.pipeline import Node, Pipeline

from .leaks import create_pipeline as leaks
from .masked_words import create_pipeline as masked_words
from .nodes import preview_scenes, read_scenes
from .pairs import create_pipeline as pairs
from .rendered_scenes import create_pipeline as rendered_scenes
from .rendered_words import create_pipeline as rendered_words
from .words import create_pipeline as words

READ, WHERE = "params:ingest.scenes.read", "params:execution"


def create_pipeline(**_: object) -> Pipeline:
    """`ingest.scenes.read.source` says which set `raw_scenes` is; the rest of this block, how it is read."""
    scenes = Pipeline(
        [Node(read_scenes, ["raw_scenes", "params:read", "finder", WHERE], "scenes", name="read")],
        namespace="ingest.scenes",
        inputs={"raw_scenes", "finder"},
        outputs={"scenes"},
        parameters={WHERE},
    )
    preview = Pipeline(
        [Node(preview_scenes, ["raw_scenes", READ, "finder", WHERE], "scenes_preview", name="preview")],
        namespace="ingest.preview",
        inputs={"raw_scenes", "finder"},
        outputs={"scenes_preview"},
        parameters={READ, WHERE},
    )
    return scenes + preview + words() + leaks() + rendered_words() + rendered_scenes() + masked_words() + pairs()
