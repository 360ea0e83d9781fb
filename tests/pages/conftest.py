"""Runs of `synthesize` in a store of their own, the pages that show them, and a Chromium to look at these.

Nothing is downloaded: browser and driver are those of the system (apt-get install chromium chromium-driver). Pictures
of the pages go to the folder that STR_SCREENSHOTS names, or to pytest's temporary one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages.browsing import Page
from tests.pages.serving import ROOT, Place, Run

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1920,1200"
).split()


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A headless Chromium that knows nothing of former visits."""
    webdriver = pytest.importorskip(
        "selenium.webdriver", reason="pages are looked at with selenium: the dev extra has it"
    )
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("pages are looked at in Chromium, which is not here: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    shots = Path(os.environ.get("STR_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    shots.mkdir(parents=True, exist_ok=True)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield Page(browser, shots)
    browser.quit()


@pytest.fixture(scope="module")
def place(page: Page, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A folder that Kedro takes for this project, without data; not made where there is no browser.

    One a module, so that no page shows what was run for another.
    """
    place = Place(tmp_path_factory.mktemp("project"))
    (place.project / "src").mkdir()  # Kedro wants one in the project; PYTHONPATH has the code
    place.data.mkdir()
    for name in ("conf", "pyproject.toml", ".telemetry"):
        (place.project / name).symlink_to(ROOT / name)
    return place


@pytest.fixture(scope="module")
def viz(place: Place) -> Iterator[tuple[str, Path]]:
    """The address and the log of `kedro viz run --pipeline=lineage`, with words painted but not yet judged."""
    place.synthesize("--namespaces=ingest.scenes,synthesize")
    command = ["kedro", "viz", "run", "--no-browser", "--pipeline=lineage", "--env=smoke"]
    with place.serving(*command, ready="/api/main") as started:
        yield started


@pytest.fixture(scope="module")
def runs(place: Place) -> list[Run]:
    """The first path, and the same again with another painter and other texts."""
    return [place.synthesize(), place.synthesize("--params=painter=paste,synthesize.texts.seed=7")]


@pytest.fixture(scope="module")
def mlflow(place: Place, runs: list[Run]) -> Iterator[str]:
    """The address of MLflow's pages on the store of the two runs."""
    store = f"--backend-store-uri=sqlite:///{place.data}/mlflow.db"
    with place.serving("mlflow", "server", store, "--workers=1", ready="/health") as (address, _):
        yield address
