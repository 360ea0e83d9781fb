"""Every dataset that a registered pipeline names is what this table says; nothing is caught by a pattern unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from str_pipelines.hooks.parameters import is_parameter
from str_pipelines.pipeline_registry import register_pipelines

ROOT = Path(__file__).parents[2]

HERE = {
    # name: (class, folder and name below data/, layer of kedro viz)
    "benchmarks": ("PlaceDataset", "", "raw"),
    "charset_report": ("ReportDataset", "08_reporting/charset_report", "reporting"),
    "finder": ("CheckpointDataset", "", "models"),
    "generation_report": ("ReportDataset", "08_reporting/generation_report", "reporting"),
    "judge": ("CheckpointDataset", "", "models"),
    "leaks": ("TableDataset", "08_reporting/leaks", "reporting"),
    "leaks_report": ("ReportDataset", "08_reporting/leaks_report", "reporting"),
    "masker": ("CheckpointDataset", "", "models"),
    "masks": ("MaskLmdbDataset", "04_feature/masks", "model input"),
    "masked_words": ("WordLmdbDataset", "05_model_input/masked_words", "model input"),
    "masked_words_card": ("ReportDataset", "08_reporting/masked_words_card", "reporting"),
    "ccd_finetune_ard_card": ("ReportDataset", "08_reporting/ccd_finetune_ard_card", "reporting"),
    "ccd_finetune_std_card": ("ReportDataset", "08_reporting/ccd_finetune_std_card", "reporting"),
    "ccd_look": ("ReportDataset", "08_reporting/ccd_look", "reporting"),
    "ccd_restore_card": ("ReportDataset", "08_reporting/ccd_restore_card", "reporting"),
    "ccd_segment_card": ("ReportDataset", "08_reporting/ccd_segment_card", "reporting"),
    "ccd_pretrain_card": ("ReportDataset", "08_reporting/ccd_pretrain_card", "reporting"),
    "textssr_step1_card": ("ReportDataset", "08_reporting/textssr_step1_card", "reporting"),
    "textssr_step2_card": ("ReportDataset", "08_reporting/textssr_step2_card", "reporting"),
    "textssr_vae_card": ("ReportDataset", "08_reporting/textssr_vae_card", "reporting"),
    "masks_card": ("ReportDataset", "08_reporting/masks_card", "reporting"),
    "painter": ("CheckpointDataset", "", "models"),
    "pairs": ("PairLmdbDataset", "05_model_input/pairs", "model input"),
    "pairs_card": ("ReportDataset", "08_reporting/pairs_card", "reporting"),
    "paste_painter": ("CheckpointDataset", "", "models"),
    "pictures": ("PlaceDataset", "", "raw"),
    "reader": ("CheckpointDataset", "", "models"),
    "readings": ("TableDataset", "07_model_output/readings", "model output"),
    "readings_report": ("ReportDataset", "08_reporting/readings_report", "reporting"),
    "recognizer_card": ("ReportDataset", "08_reporting/recognizer_card", "reporting"),
    "recognition_predictions": ("TableDataset", "07_model_output/recognition_predictions", "model output"),
    "recognition_report": ("ReportDataset", "08_reporting/recognition_report", "reporting"),
    "recognition_results": ("FiguresDataset", "08_reporting/recognition", "reporting"),
    "raw_masked_words": ("RawMaskedDataset", "", "raw"),
    "raw_pairs": ("RawPairsDataset", "", "raw"),
    "raw_scenes": ("RawScenesDataset", "", "raw"),
    "raw_words": ("RawWordsDataset", "", "raw"),
    "renderer": ("CheckpointDataset", "", "models"),
    "rendered_scenes": ("SceneLmdbDataset", "05_model_input/rendered_scenes", "model input"),
    "rendered_scenes_card": ("ReportDataset", "08_reporting/rendered_scenes_card", "reporting"),
    "rendered_words": ("WordLmdbDataset", "05_model_input/rendered_words", "model input"),
    "rendered_words_card": ("ReportDataset", "08_reporting/rendered_words_card", "reporting"),
    "scenes": ("SceneLmdbDataset", "03_primary/scenes", "primary"),
    "scenes_preview": ("ReportDataset", "08_reporting/scenes_preview", "reporting"),
    "synthesis_card": ("ReportDataset", "08_reporting/synthesis_card", "reporting"),
    "synthetic_words": ("WordLmdbDataset", "07_model_output/synthetic_words", "model output"),
    "textssr_infer_report": ("ReportDataset", "08_reporting/textssr_infer_report", "reporting"),
    "textssr_layout": ("TextssrLayoutDataset", "07_model_output/textssr_layout", "model output"),
    "true_masks": ("MaskLmdbDataset", "05_model_input/true_masks", "model input"),
    "words": ("WordLmdbDataset", "05_model_input/words", "model input"),
    "words_card": ("ReportDataset", "08_reporting/words_card", "reporting"),
    "words_preview": ("ReportDataset", "08_reporting/words_preview", "reporting"),
}


@pytest.fixture(scope="module")
def found() -> dict[str, tuple[str, str, str]]:
    """The same facts of every dataset without a dot; what a dot stands in belongs to its namespace, in memory."""
    bootstrap_project(ROOT)
    names = {
        name
        for pipeline in register_pipelines().values()
        for name in pipeline.datasets()
        if not is_parameter(name) and "." not in name
    }
    with KedroSession.create(project_path=ROOT, env="base", save_on_close=False) as session:
        catalog = session.load_context().catalog
        return {name: _facts(catalog.get(name)) for name in names}


def _facts(dataset: object) -> tuple[str, str, str]:
    path = Path(str(getattr(dataset, "_filepath", "")))
    below = path.relative_to(path.parents[1]).as_posix() if path.name else ""
    layer = (getattr(dataset, "metadata", None) or {}).get("kedro-viz", {}).get("layer", "")
    return type(dataset).__name__, below, layer


def test_sets_lie_where_a_person_has_named_a_place(tmp_path: Path) -> None:
    bootstrap_project(ROOT)
    named = {"words": tmp_path / "w", "rendered_words": tmp_path / "r", "masks": tmp_path / "m"}
    said = {name: str(place) for name, place in named.items()} | {"masks": {"to": str(named["masks"])}}
    with KedroSession.create(project_path=ROOT, env="base", runtime_params=said, save_on_close=False) as session:
        catalog = session.load_context().catalog
        assert {name: catalog.get(name)._filepath for name in named} == named


def test_every_dataset_is_what_the_table_says(found: dict[str, tuple[str, str, str]]) -> None:
    assert found == HERE
