"""Somebody at a browser: reads, follows, fills in and presses, by mouse or keyboard alone."""

from __future__ import annotations

from attrs import define, field
from playwright.sync_api import Locator, Page, expect
from tests.browser.axe import violations

MOST_STOPS = 120
"""So often Tab is pressed at most before something is out of reach."""
FOCUSED = "element => element === document.activeElement"
LOOK = """element => {
  const style = getComputedStyle(element.matches('[type=radio], [type=checkbox]')
    ? element.nextElementSibling : element, element.matches('[type=radio], [type=checkbox]')
    ? '::before' : undefined);
  return [style.outlineWidth, style.outlineStyle, style.boxShadow, style.backgroundColor,
          style.borderWidth, style.borderColor].join(' ');
}"""


@define(slots=False)
class Person:
    """*keyboard*: uses nothing but Tab, Enter, Space and the letters.

    Every page that is come to is looked at by axe-core where *examined*, which needs scripts.
    """

    page: Page
    keyboard: bool = False
    examined: bool = False
    pages: int = field(default=0, init=False)
    runs: int = field(default=0, init=False)

    def opens(self, address: str) -> None:
        """Type an address."""
        self.page.goto(address)
        self._arrived()

    def follows(self, text: str) -> None:
        """Follow the first link that says *text*."""
        self._go(self.page.locator("a", has_text=text).first)

    def presses(self, text: str) -> None:
        """Press the first button that says *text*."""
        self._go(self.page.locator("main").get_by_role("button", name=text).first)

    def text(self) -> str:
        """What stands on the page."""
        return self.page.locator("main").inner_text()

    def fills(self, label: str, value: str) -> None:
        """Type *value* where *label* stands."""
        at = self.page.get_by_label(label, exact=True).first
        if not self.keyboard:
            at.fill(value)
            return
        self._reach(at)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(value)

    def chooses(self, label: str) -> None:
        """Choose the radio button or check box that says *label*."""
        at = self.page.get_by_label(label, exact=True).first
        if not self.keyboard:
            at.check()
            return
        if at.get_attribute("type") == "radio":
            self._walks_to(at)
        else:
            self._reach(at)
            self.page.keyboard.press("Space")
        expect(at).to_be_checked()

    def reads(self, *texts: str) -> None:
        """See each of *texts* on the page."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)

    def sees_no(self, *texts: str) -> None:
        """See none of *texts*, not even in the page's source."""
        for text in texts:
            assert text not in self.page.content(), text

    def _go(self, at: Locator) -> None:
        if self.keyboard:
            self._reach(at)
            self.page.keyboard.press("Enter")
        else:
            at.click()
        self.page.wait_for_load_state()
        self._arrived()

    def _arrived(self) -> None:
        self.pages += 1
        expect(self.page.locator("h1")).to_have_count(1)
        if self.examined:
            self.runs += 1
            found = violations(self.page)
            assert found == [], f"{self.page.url}: {found}"

    def _reach(self, at: Locator) -> None:
        """Press Tab until *at* has the focus, and see that it has."""
        before = at.evaluate(LOOK)
        for _ in range(MOST_STOPS):
            if at.evaluate(FOCUSED):
                break
            self.page.keyboard.press("Tab")
        assert at.evaluate(FOCUSED), f"Tab does not reach {at}"
        assert at.evaluate(LOOK) != before or at.get_attribute("autofocus"), f"no focus on {at}"

    def _walks_to(self, at: Locator) -> None:
        """Tab into the group of radio buttons, then on by the arrow to *at*."""
        name = at.get_attribute("name")
        group = self.page.locator(f'input[type=radio][name="{name}"]')
        first = group.first
        chosen = self.page.locator(f'input[type=radio][name="{name}"]:checked')
        self._reach(chosen.first if chosen.count() else first)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if at.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
