"""`kedro viz` on everything that is made: layers, folded namespaces, previews, and nothing to be warned of."""

from __future__ import annotations

from pathlib import Path

import pytest
from kedro.pipeline.node import Node

from str_pipelines.pipeline_registry import register_pipelines
from tests.pages.browsing import Page, saying

LAYERS = {"raw", "primary", "models", "model input", "model output", "reporting"}
LABEL = "//*[contains(@class,'pipeline-layer-name')]"
BOX = "//*[local-name()='g' and contains(@class,'pipeline-node')]"


@pytest.fixture(scope="module")
def lineage(page: Page, viz: tuple[str, Path]) -> Page:
    """The page as it opens, without the tour of the first visit, the minimap and the news of kedro viz."""
    page.open(viz[0])
    page.see("synthesize", BOX)
    page.shoot("lineage_first_visit")
    page.click(f"{saying('1 of 6')}/div")
    page.wait(lambda: not page.find("//*[contains(text(),'revisit these hints')]"), "the tour stays open")
    page.click(button("Turn minimap off"))  # it lies over the lower left corner
    for news in page.find(saying("Dismiss")):
        news.click()
    return page


def test_namespaces_are_folded(lineage: Page) -> None:
    """A box for each system or pipeline, and what passes between them; nothing of what is inside."""
    pipeline = register_pipelines()["lineage"]
    boxes = {top(node) for node in pipeline.nodes}
    between = {name for name in pipeline.datasets() if "." not in name and ":" not in name and not inner(name)}
    assert {box.text for box in lineage.find(f"{BOX}//*[local-name()='text']")} == boxes | between


def top(node: Node) -> str:
    """The box in which a node lies when all are folded."""
    return str(node.namespace).partition(".")[0]


def inner(name: str) -> bool:
    """Whether what a box makes is used by nobody but itself, and so folded away with it."""
    nodes = register_pipelines()["lineage"].nodes
    makers, users = ({top(n) for n in nodes if name in names(n)} for names in (lambda n: n.outputs, lambda n: n.inputs))
    return bool(makers and users) and users <= makers


def test_layers_go_one_way(lineage: Page) -> None:
    top = {label.text: label.location["y"] for label in lineage.find(LABEL)}
    assert top.keys() == LAYERS
    assert top["raw"] < min(top["primary"], top["model input"])
    assert max(top["primary"], top["models"], top["model input"]) < top["model output"] < top["reporting"]


def test_it_can_be_read_as_it_opens(lineage: Page) -> None:
    """Everything is inside the window, in letters of about six pixels and more."""
    lineage.shoot("lineage")
    boxes, window = lineage.find(BOX), lineage.driver.get_window_size()
    assert all(0 <= box.rect["x"] and box.rect["x"] + box.rect["width"] <= window["width"] for box in boxes)
    assert all(0 <= box.rect["y"] and box.rect["y"] + box.rect["height"] <= window["height"] for box in boxes)
    assert min(text.rect["height"] for text in lineage.find(f"{BOX}//*[local-name()='text']")) >= 5.5


@pytest.mark.parametrize("name", ["synthetic_words", "scenes"])
def test_a_set_shows_a_sheet(lineage: Page, name: str) -> None:
    choose(lineage, name)
    (picture,) = lineage.pictures("//img[@alt='Preview visualization']", 1)
    lineage.shoot(f"lineage_{name}")
    assert picture.width >= 400
    shape = (picture.right - picture.left) / (picture.bottom - picture.top)
    assert shape == pytest.approx(picture.width / picture.height, rel=0.02)  # not stretched


def test_words_are_shown_with_all_that_they_come_from(lineage: Page) -> None:
    """The picture in the README: the list on the left goes, the layers stay."""
    choose(lineage, "synthetic_words")
    lineage.click(button("Hide menu"))
    lineage.pictures("//img[@alt='Preview visualization']", 1)
    lineage.wait(lambda: lineage.find(LABEL)[0].rect["x"] < 200, "the list stays")
    lineage.shoot("lineage_readme")
    assert {label.text for label in lineage.find(LABEL)} == LAYERS
    lineage.click(button("Show menu"))


def test_a_report_shows_figures_and_sheets(lineage: Page) -> None:
    choose(lineage, "synthesis_card")
    lineage.see("survival")
    (words,) = lineage.pictures("//img[@alt='words']", 1)
    lineage.shoot("lineage_synthesis_card")
    assert words.width >= 400


def test_a_painter_shows_what_it_is(lineage: Page) -> None:
    choose(lineage, "painter")
    lineage.see('"textssr"')


def test_a_raw_set_shows_which_it_is(lineage: Page) -> None:
    choose(lineage, "raw_scenes")
    lineage.see('"demo"')
    lineage.shoot("lineage_raw_scenes")


def test_a_box_opens(lineage: Page) -> None:
    """Its steps show."""
    lineage.click("//button[normalize-space(.)='synthesize']/preceding-sibling::*")
    choose(lineage, "choose_anchors")  # what is outside the window is not even drawn; what is chosen is inside
    lineage.see("choose_anchors", BOX)
    lineage.shoot("lineage_synthesize")


def test_what_is_not_made_yet_has_no_preview(lineage: Page) -> None:
    choose(lineage, "generation_report")
    lineage.see("kedro run --to-outputs=generation_report")
    assert not lineage.find("//*[normalize-space(.)='Expand preview']")


def test_nothing_is_warned_of(lineage: Page, viz: tuple[str, Path]) -> None:
    log = viz[1].read_text()
    assert "started successfully" in log
    assert "arning" not in log


def button(label: str) -> str:
    """The XPath of a button without a text."""
    return f"//button[@aria-label='{label}']"


def choose(page: Page, name: str) -> None:
    """Click a name in the list on the left; its details show on the right."""
    page.click(f"//button[normalize-space(.)='{name}']")
    page.see(name, "//*[contains(@class,'pipeline-metadata__title')]/..")
