"""MLflow's pages on two runs of `synthesize`: what went in, what came out, and both beside each other."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest

from tests.pages.browsing import Page
from tests.pages.serving import Place, Run

KIND = "workflowType=machine_learning"  # what the switch "Model training" at the top left does
SET = "//*[@role='dialog']//*[@role='button']"
CARD = "//*[@data-testid='experiment-view-compare-runs-card'][.//*[normalize-space(.)='synthesis_card/words']]"
MENU = f"{CARD}//*[@data-testid='experiment-view-compare-runs-card-menu']"


@pytest.fixture(scope="module")
def home(page: Page, mlflow: str) -> str:
    """The address of the experiment, reached by its name; the assistant that stands open is closed."""
    page.open(f"{mlflow}/#/experiments?{KIND}")
    page.see("synthesize").click()
    page.first("//button[@aria-label='Close']").click()
    found = re.match(r".+/experiments/\d+", page.driver.current_url)
    assert found
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
    page.first("//*[starts-with(normalize-space(.),'+') and not(*)]").click()
    words = page.first(f"{SET}[contains(., 'synthetic_words ({manifest['digest']})')]")
    painter = page.first(f"{SET}[contains(., 'paste_painter (')]")
    page.shoot("mlflow_run")
    assert words.text.split()[-1] == "Output"
    assert painter.text.split()[-1] == "Input"


def test_two_runs_stand_beside_each_other(page: Page, home: str, runs: list[Run]) -> None:
    address, _, experiment = home.rpartition("/experiments/")
    chosen = quote(json.dumps([run.id for run in runs])), quote(json.dumps([experiment]))
    page.open(f"{address}/compare-runs?runs={chosen[0]}&experiments={chosen[1]}")
    page.see("Comparing 2 Runs from 1 Experiment")
    for name, values in (("synthesize.texts.seed", ["0", "7"]), ("painter", ["render", "paste"])):
        row = page.first(f"//tr[th[normalize-space(.)='{name}']]")
        page.scroll_to(row)
        assert row.text.split()[1:] == values
    page.shoot("mlflow_compare")


def test_sheets_stand_side_by_side(page: Page, home: str, runs: list[Run]) -> None:
    """Once the list of parameters above each picture is switched off and the chart is made large."""
    page.open(f"{home}/runs?{KIND}&compareRunsMode=CHART")
    page.scroll_to(page.see("synthesis_card"))
    page.first(MENU).click()
    page.see("Configure").click()
    page.first("//*[@role='dialog']//*[@role='switch']").click()
    page.see("Save changes").click()
    page.wait(lambda: not page.find("//*[@role='dialog']"), "the dialog stays")
    page.first(f"{MENU}/preceding::button[1]").click()
    page.wait(lambda: len(page.find("//*[@role='dialog']//img")) == 2, "no two pictures")
    left, right = page.find("//*[@role='dialog']//img")
    sizes = [page.size(picture) for picture in (left, right)]
    page.shoot("mlflow_sheets")
    assert all(width >= 200 for width, _ in sizes)
    assert left.rect["x"] + left.rect["width"] <= right.rect["x"]
    assert abs(left.rect["y"] - right.rect["y"]) < left.rect["height"]
    for run in runs:
        page.see(run.name, "//*[@role='dialog']")
