"""Words painted a second, from photographs to committed LMDB, by painter and number of workers."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from results import record

from str_pipelines.execution import Execution
from str_pipelines.records import Table
from str_pipelines.sources.config import ScenesParams
from str_pipelines.sources.scenes import ingest
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.synthesis.anchors import choose
from str_pipelines.synthesis.config import AnchorParams, PaintParams, TextParams
from str_pipelines.synthesis.paint import paint_words
from str_pipelines.synthesis.proposals import propose
from str_pipelines.zoo import load_finder, load_painter


def main() -> None:
    """Prepare once, then paint the same jobs with each painter and 1 and 2 workers, each into an empty folder."""
    args = _arguments()
    with tempfile.TemporaryDirectory() as scratch:
        serial = Execution(backend="serial", work=Path(scratch, "prepare"))
        scenes, jobs = _prepare(args, serial)
        print(f"{len(scenes)} photographs, {jobs.rows} words")
        timed = [_time(scenes, jobs, p, w, Path(scratch)) for p in ("paste", "render") for w in (1, 2)]
    record("synthesize", [{"set": args.sets if args.root else "demo", **row} for row in timed])


def _prepare(args: argparse.Namespace, execution: Execution) -> tuple[SceneLmdb, Table]:
    chosen = (
        {"kind": "benchmark", "root": args.root, "sets": args.sets, "part": args.part}
        if args.root
        else {"kind": "demo"}
    )
    finder = load_finder(Checkpoint.at("rapidocr_finder"))
    scenes = ingest(ScenesParams.model_validate({"source": chosen}), execution, finder)
    anchors = choose(scenes, AnchorParams(), execution)
    return scenes, propose(anchors, TextParams(count=args.count), execution)


def _time(scenes: SceneLmdb, jobs: Table, name: str, workers: int, scratch: Path) -> dict[str, object]:
    painter = load_painter(Checkpoint.at(name))
    backend = "serial" if workers == 1 else "processes"
    execution = Execution(backend=backend, workers=workers, work=scratch / f"{name}{workers}")
    start = time.perf_counter()
    words = paint_words(jobs, scenes, painter, PaintParams(shard_size=128), execution, "synthesize.paint")
    taken = time.perf_counter() - start
    return {
        "painter": name,
        "workers": workers,
        "words": len(words),
        "seconds": f"{taken:.1f}",
        "words_s": f"{len(words) / taken:.0f}",
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, help="a benchmark folder; the demo photographs without it")
    parser.add_argument("--sets", default="ic13 ic15")
    parser.add_argument("--part")
    parser.add_argument("--count", type=int, default=1000, help="how many words to paint")
    return parser.parse_args()


if __name__ == "__main__":
    main()
