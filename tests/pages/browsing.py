"""A page as a person sees it: found by text, waited for, and kept as a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver
    from selenium.webdriver.remote.webelement import WebElement

PATIENCE = 150  # seconds that a page gets on a busy machine


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

    def wait(self, what: Callable[[], object], otherwise: str) -> None:
        """Until it is so; fails with what is said otherwise."""
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.ui import WebDriverWait

        patient = WebDriverWait(self.driver, PATIENCE, 0.2, [StaleElementReferenceException])
        patient.until(lambda _: what(), f"{otherwise} on {self.driver.current_url}")

    def first(self, xpath: str) -> WebElement:
        """The first element that shows, as soon as one does."""
        self.wait(lambda: self.find(xpath), f"no {xpath}")
        return self.find(xpath)[0]

    def see(self, text: str, within: str = "") -> WebElement:
        """The first element that says just this, as soon as it shows."""
        whole, own = f"normalize-space(.)='{text}'", f"text()[normalize-space(.)='{text}']"
        return self.first(f"{within}//*[{own} or ({whole} and not(.//*[{whole}]))]")

    def scroll_to(self, element: WebElement) -> None:
        """Bring it to the top: what is far below is not even there."""
        self.driver.execute_script("arguments[0].scrollIntoView()", element)

    def size(self, picture: WebElement) -> tuple[int, int]:
        """Width and height of a picture's own pixels, as soon as they are loaded."""
        script = "return [arguments[0].naturalWidth, arguments[0].naturalHeight]"
        self.wait(lambda: self.driver.execute_script(script, picture)[0], "a picture does not load")
        width, height = self.driver.execute_script(script, picture)
        return int(width), int(height)

    def shoot(self, name: str) -> None:
        """Keep a picture of the window."""
        self.driver.save_screenshot(str(self.shots / f"{name}.png"))
