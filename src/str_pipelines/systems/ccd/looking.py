"""What a pretrained encoder makes of words: masks, characters and attention, for somebody to look at."""

from __future__ import annotations

import numpy as np

from str_pipelines.records import Report
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd.config import LookParams, ViewParams
from str_pipelines.systems.ccd.downstream import device_of
from str_pipelines.training.config import Hardware


def look_at(words: WordLmdb, encoder: Checkpoint, params: LookParams, hardware: Hardware) -> Report:
    """Sheets of some words, the same ones every time, and on them the figures of a validation (`judging.judged`).

    Raises:
        ValueError: none of the words can be used; or the checkpoint is no encoder.
    """
    import torch

    from str_pipelines.systems.ccd.checkpoint import load_pretrained
    from str_pipelines.systems.ccd.judging import SHOWN, judged, look
    from str_pipelines.systems.ccd.pictures import index_pictures

    pictures = index_pictures("words", words, None)
    if not len(pictures):
        raise ValueError(f"{words.path}: none of its {len(words):,} words has a picture that can be used")
    order = np.random.default_rng(params.seed).permutation(len(pictures))[: params.count]
    shown = [pictures.read(int(place)) for place in np.sort(order)]
    device = device_of(hardware)
    student, teacher = load_pretrained(encoder)
    for network in (student, teacher):
        network.to(device).eval()
    with torch.inference_mode():
        figures = judged(student, teacher, shown, ViewParams(), device)
        parts = [shown[start : start + SHOWN] for start in range(0, len(shown), SHOWN)]
        sheets = {f"ccd_look_{number}": look(student, teacher, part, device) for number, part in enumerate(parts)}
    named = {name.replace("/", "_"): value for name, value in figures.items()}
    lines = [f"| {name} | {value:.4f} |" for name, value in named.items()]
    said = f"{len(shown):,} of {len(words):,} words of `{words.path.name}` (digest `{words.digest}`), as the encoder"
    text = [f"{said} `{encoder.digest}` sees them.", "", "| figure | |", "|---|---|", *lines, ""]
    return Report({"ccd_look": named}, "\n".join(text), sheets=sheets)
