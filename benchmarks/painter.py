"""How a painter's words sit in their photographs: ground beside ground, seed beside seed, and what lies outside.

    python benchmarks/painter.py data/03_primary/scenes --painter render --words 300

Of every word, painted over what stood there: the CIE76 difference of the mean colour of the ground inside its quad,
where no letter is, from that of a ring round it, a tenth of its height wide; the mean difference of two seeds inside
the quad; and how many pixels change outside the seam, which has to be none.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from results import record

from str_pipelines.execution import Execution
from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.frames import reading_frame, warp_alpha
from str_pipelines.imaging.glyphs import draw_column, draw_line
from str_pipelines.imaging.ground import border_distance
from str_pipelines.imaging.painter import Painter
from str_pipelines.imaging.quads import sides
from str_pipelines.imaging.seam import seam_width
from str_pipelines.records import Refused
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.tables import rows_of
from str_pipelines.synthesis.anchors import choose
from str_pipelines.synthesis.config import AnchorParams, PaintParams, TextParams
from str_pipelines.synthesis.paint import Job, paint_job, quad_in, with_scenes
from str_pipelines.synthesis.proposals import propose
from str_pipelines.zoo import load_painter

RING = 0.1  # of the quad's height
FONT = next(path for path in bundled_fonts() if path.stem == "DejaVuSans-Bold")
Pixels = NDArray[np.uint8]


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("scenes", type=Path, help="a scene LMDB")
    parser.add_argument("--painter", default="render", help="a shipped name or a folder")
    parser.add_argument("--words", type=int, default=300)
    args = parser.parse_args()
    painter, context = load_painter(Checkpoint.at(args.painter)), PaintParams().context
    rows = [row for job, scene in _jobs(args.scenes, args.words) if (row := _measured(job, scene, painter, context))]
    ground, seeds, outside = np.array(rows).T
    record("painter", [{
        "painter": args.painter, "scenes": args.scenes.resolve().parent.parent.name, "words": len(rows),
        "ground_delta_e_median": f"{np.median(ground):.1f}", "ground_delta_e_p90": f"{np.percentile(ground, 90):.1f}",
        "seeds_differ_of_255": f"{seeds.mean():.1f}", "pixels_changed_outside": f"{outside.sum():.0f}",
    }])  # fmt: skip


def _jobs(path: Path, count: int) -> list[tuple[Job, Pixels]]:
    scenes = SceneLmdb.at(path)
    with tempfile.TemporaryDirectory() as folder:
        here = Execution(workers=1, work=Path(folder))
        params = TextParams(kinds=("identity",), per_anchor=1, count=count)
        jobs = list(rows_of(propose(choose(scenes, AnchorParams(), here), params, here)))
    return list(with_scenes(jobs, scenes))


def _measured(job: Job, scene: Pixels, painter: Painter, context: float) -> tuple[float, float, float] | None:
    """(ΔE, mean difference of two seeds, pixels changed outside); None where the word cannot be painted."""
    try:
        first, second = (paint_job(scene, {**job, "seed": seed}, painter, context) for seed in (1, 2))
    except Refused:
        return None
    source, edited, other = scene[first.where], first.on(scene), second.on(scene)
    quad = quad_in(job) - (first.where[1].start, first.where[0].start)
    distance, reach = border_distance(source.shape[:2], quad), max(1.0, RING * min(sides(quad)))
    plain = (distance > 0) & ~_letters(job["text"], quad, source.shape[:2])
    ring = (distance < -seam_width(quad)) & (distance > -seam_width(quad) - reach)
    if not plain.any() or not ring.any():
        return None
    ground = np.linalg.norm(_lab(edited)[plain].mean(0) - _lab(source)[ring].mean(0))
    seeds = np.abs(edited[distance > 0].astype(int) - other[distance > 0]).mean()
    beyond = distance < -seam_width(quad) - 1
    return float(ground), float(seeds), float((edited[beyond] != source[beyond]).sum())


def _letters(text: str, quad: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Where letters may be: those of a plain bold font that fills the quad, and a little round them."""
    frame = reading_frame(quad, text)
    drawn = (draw_column if frame.stacked else draw_line)(text, FONT, 64).alpha
    near = np.ones((2 * max(1, frame.line // 12) + 1,) * 2, np.uint8)
    return np.asarray(cv2.dilate(warp_alpha(drawn, frame.corners, shape), near) > 16)


def _lab(pixels: Pixels) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


if __name__ == "__main__":
    main()
