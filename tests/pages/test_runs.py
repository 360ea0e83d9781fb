"""MLflow's pages on two runs of `synthesize`: what went in, what came out, and both beside each other."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest

from tests.pages.browsing import Page, saying
from tests.pages.serving import Place, Run

KIND = "workflowType=machine_learning"  # what the switch "Model training" at the top left does
SET = "//*[self::button or @role='button']"  # the first stands on the page, the others in a list of their own
CARD = "//*[@data-testid='experiment-view-compare-runs-card'][.//*[normalize-space(.)='synthesis_card/words']]"


@pytest.fixture(scope="module")
def home(page: Page, mlflow: str) -> str:
    """The address of the experiment, reached by its name; the assistant that stands open is closed."""
    page.open(f"{mlflow}/#/experiments?{KIND}")
    page.click(saying("synthesize"))
    found = page.wait(lambda: re.match(r".+/experiments/\d+", page.driver.current_url), "no experiment opens")
    page.click("//button[@aria-label='Close']")
    return found[0]


def test_the_experiment_lists_its_runs(page: Page, home: str, runs: list[Run]) -> None:
    page.open(f"{home}/runs?{KIND}")
    for run in runs:
        page.see(run.name)
    page.shoot("mlflow_runs")


def test_a_run_shows_its_parameters_and_figures(page: Page, home: str, runs: list[Run]) -> None:
    page.open(f"{home}/runs/{runs[1].id}?{KIND}")
    page.see("words/accepted")
    page.first("//input[@placeholder='Search parameters']").send_keys("seed")
    row = page.see("synthesize.texts.seed").find_element("xpath", "./ancestor::*[@role='row'][1]")
    assert row.text.split() == ["synthesize.texts.seed", "7"]


def test_a_run_shows_what_went_in_and_out(page: Page, home: str, runs: list[Run], place: Place) -> None:
    manifest = json.loads((place.data / "07_model_output/synthetic_words/manifest.json").read_bytes())
    page.open(f"{home}/runs/{runs[1].id}?{KIND}")
    page.click("//*[starts-with(normalize-space(.),'+') and not(*)]")
    words = page.first(f"{SET}[contains(., 'synthetic_words ({manifest['digest']})')]")
    inputs = [page.first(f"{SET}[contains(., '{name} (')]") for name in ("paste_painter", "raw_scenes")]
    page.shoot("mlflow_run")
    assert words.text.split()[-1] == "Output"
    assert [given.text.split()[-1] for given in inputs] == ["Input", "Input"]


def test_two_runs_stand_beside_each_other(page: Page, home: str, runs: list[Run]) -> None:
    address, _, experiment = home.rpartition("/experiments/")
    chosen = quote(json.dumps([run.id for run in runs])), quote(json.dumps([experiment]))
    page.open(f"{address}/compare-runs?runs={chosen[0]}&experiments={chosen[1]}")
    page.see("Comparing 2 Runs from 1 Experiment")
    for name, values in (("synthesize.texts.seed", ["0", "7"]), ("painter", ["textssr_small", "paste"])):
        row = page.first(f"//tr[th[normalize-space(.)='{name}']]")
        page.scroll_to(row)
        assert row.text.split()[1:] == values
    page.shoot("mlflow_compare")


def test_sheets_stand_side_by_side(page: Page, home: str, runs: list[Run]) -> None:
    """In a view of the experiment that is opened by its address, without a click."""
    page.open(f"{home}/runs?{KIND}&compareRunsMode=CHART&viewStateShareKey=sheets")
    page.see("Sheets side by side")
    left, right = page.pictures(f"{CARD}//img", 2)
    page.shoot("mlflow_sheets")
    assert min(left.width, right.width) >= 200
    assert left.right <= right.left
    assert abs(left.top - right.top) < left.bottom - left.top
    for run in runs:
        page.see(run.name, CARD)
