"""evaluate: figures, whatever they turn out to be; a namespace a kind of thing.

evaluate.generation: words + scenes + judge + reader → painted, pasted and real words side by side
evaluate.recognition: benchmark sets + reader → how well it reads them, beside earlier readers
"""

from kedro.pipeline import Node, Pipeline

from .nodes import cut_real, paste, read, recall_jobs, score_realism, see
from .recognition import create_pipeline as recognition

KINDS = {"painted": "synthetic_words", "pasted": "pasted", "real": "real"}


def create_pipeline(**_: object) -> Pipeline:
    """Both namespaces; each is run by itself."""
    return generation() + recognition()


def generation() -> Pipeline:
    """Painted words, the same texts pasted flat into the same places, and what really stood there."""
    where = "params:execution"
    nodes = [
        Node(recall_jobs, ["synthetic_words", where], "jobs", name="recall_jobs"),
        Node(paste, ["jobs", "scenes", "paste_painter", "params:paste", where], "pasted", name="paste"),
        Node(cut_real, ["jobs", "scenes", where], "real", name="cut_real"),
        *(
            Node(read, [words, "judge", where], f"{name}_readings", name=f"read_{name}", tags="gpu")
            for name, words in KINDS.items()
        ),
        *(
            Node(see, [words, "reader", where], f"{name}_seen", name=f"see_{name}", tags="gpu")
            for name, words in KINDS.items()
        ),
        Node(
            score_realism,
            ["synthetic_words", *(f"{name}_{what}" for what in ("readings", "seen") for name in KINDS)],
            "generation_report",
            name="score",
        ),
    ]
    return Pipeline(
        nodes,
        namespace="evaluate.generation",
        inputs={"synthetic_words", "scenes", "paste_painter", "judge", "reader"},
        outputs={"generation_report"},
        parameters={where},
    )
