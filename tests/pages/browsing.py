"""A page as a person sees it: found by text, waited for, and kept as a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver
    from selenium.webdriver.remote.webelement import WebElement

PATIENCE = 150  # seconds that a page gets on a busy machine
SAID = 3000  # characters of a page that a failure repeats
PICTURES = """
    const found = document.evaluate(arguments[0], document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE);
    const nodes = Array.from({length: found.snapshotLength}, (_, index) => found.snapshotItem(index));
    return nodes.filter(node => node.checkVisibility()).map(node => {
        const {left, top, right, bottom} = node.getBoundingClientRect();
        return {width: node.naturalWidth, height: node.naturalHeight, left, top, right, bottom};
    });
"""
T = TypeVar("T")


@dataclass(frozen=True)
class Picture:
    """The size of a picture's own pixels, and where it stands in the window."""

    width: int
    height: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass
class Page:
    """What the browser shows; `shots` is the folder for pictures of it."""

    driver: WebDriver
    shots: Path

    def open(self, url: str) -> None:
        """Leave the page before and load this one."""
        self.driver.get("about:blank")  # another #fragment alone would load nothing
        self.driver.get(url)

    def find(self, xpath: str) -> list[WebElement]:
        """The elements that show now."""
        return [element for element in self.driver.find_elements("xpath", xpath) if element.is_displayed()]

    def wait(self, what: Callable[[], T], otherwise: str) -> T:
        """What comes out as soon as it is true; fails with what is said otherwise and with what the page says.

        A page draws itself again at any time: an element that is gone by then, or covered, is asked for once more.
        """
        from selenium.common import exceptions as e
        from selenium.webdriver.support.ui import WebDriverWait

        passing = [
            e.StaleElementReferenceException,
            e.ElementClickInterceptedException,
            e.ElementNotInteractableException,
        ]
        try:
            return WebDriverWait(self.driver, PATIENCE, 0.2, passing).until(lambda _: what())
        except e.TimeoutException:
            self.shoot("failed")
            said = self.driver.find_element("tag name", "body").text[:SAID]
            where = f"{self.driver.current_url} ({self.shots / 'failed.png'})"
            raise AssertionError(f"{otherwise} on {where}, which says:\n{said}") from None

    def first(self, xpath: str) -> WebElement:
        """The first element that shows, as soon as one does."""
        return self.wait(lambda: self.find(xpath), f"no {xpath}")[0]

    def click(self, xpath: str) -> None:
        """Click the first element that shows, as soon as one does and nothing covers it."""
        self.wait(lambda: [element.click() for element in self.find(xpath)[:1]], f"nothing to click at {xpath}")

    def see(self, text: str, within: str = "") -> WebElement:
        """The first element that says just this, as soon as it shows."""
        return self.first(saying(text, within))

    def scroll_to(self, element: WebElement) -> None:
        """Bring it to the top: what is far below is not even there."""
        self.driver.execute_script("arguments[0].scrollIntoView()", element)

    def pictures(self, xpath: str, count: int) -> list[Picture]:
        """So many pictures, as soon as all of them are loaded, from left to right."""

        def loaded() -> list[Picture]:
            found = [Picture(**facts) for facts in self.driver.execute_script(PICTURES, xpath)]
            return found if len(found) == count and all(picture.width for picture in found) else []

        return sorted(self.wait(loaded, f"not {count} pictures at {xpath}"), key=lambda picture: picture.left)

    def shoot(self, name: str) -> None:
        """Keep a picture of the window."""
        self.driver.save_screenshot(str(self.shots / f"{name}.png"))


def saying(text: str, within: str = "") -> str:
    """The XPath of elements that say just this."""
    whole, own = f"normalize-space(.)='{text}'", f"text()[normalize-space(.)='{text}']"
    return f"{within}//*[{own} or ({whole} and not(.//*[{whole}]))]"
