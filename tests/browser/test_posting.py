"""Posting in a real browser: every screen of it at both widths, without a barrier."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page
from tests.browser.axe import at_every_width
from tests.browser.demo import session_of
from tests.browser.served import Served
from tests.browser.watching import Visiting
from tests.towns import AREAS

from cypn_services.demo.data import REGION
from cypn_site.visits import SIGNED_IN_AS

TOWN = AREAS[REGION].town


@pytest.fixture
def member(demo: Served, visiting: Visiting) -> Callable[[str], Page]:
    """Opens a page as somebody of the demo."""

    def as_(role: str) -> Page:
        context = visiting.at(demo.base)
        token = session_of(demo.town, role)
        context.add_cookies([{"name": SIGNED_IN_AS, "value": token, "url": demo.base}])
        return context.new_page()

    return as_


def go_on(page: Page) -> None:
    """Send the question that is open."""
    page.get_by_role("button", name="Continue", exact=True).click()


def test_a_need_is_posted_screen_by_screen(member: Callable[[str], Page]) -> None:
    """From the choice to what happens next, with a slip and its mend on the way."""
    page, barred = member("seeker"), list[str]()

    def look() -> None:
        barred.extend(f"{page.url}: {each}" for each in at_every_width(page))

    page.goto("/post/need")
    look()
    page.get_by_role("link", name="A space for a group").click()
    look()
    page.get_by_role("button", name="Start").click()
    look()
    page.get_by_label("Near which place do you look?").fill("Atlantis")
    go_on(page)
    look()
    page.locator(".govuk-error-summary a").click()
    assert page.evaluate("document.activeElement.id") == "place"
    page.get_by_label("Near which place do you look?").fill(TOWN)
    go_on(page)
    look()
    for label, typed in (("Day", "2"), ("Month", "2"), ("Year", "2027")):
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_label("From what time?").fill("14:00")
    page.get_by_label("To what time?").fill("16:00")
    page.get_by_label("Every week", exact=True).check()
    page.get_by_text("Only in term").click()
    look()
    go_on(page)
    page.get_by_label("How many people").fill("12")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Check your answers").wait_for()
    look()
    page.get_by_role("button", name="Post it").first.click()
    look()
    assert "What happens next" in page.content()
    page.get_by_role("link", name="Your needs").last.click()
    look()
    page.get_by_role("link", name="Change, copy or take back").first.click()
    look()
    page.get_by_role("link", name="Take it back").click()
    look()
    assert barred == [], "\n".join(barred)


def every_question(page: Page) -> Iterator[str]:
    """The addresses of all questions on the page of answers."""
    for each in page.locator("dd a[href*='/questions/']").all():
        yield str(each.get_attribute("href"))


def test_every_question_of_an_offer_stops_nobody(member: Callable[[str], Page]) -> None:
    """Each optional question of the largest kind: no barrier, and Enter goes on from each."""
    page, barred = member("holder"), list[str]()
    page.goto("/post/offer")
    page.get_by_role("link", name="A space to offer").click()
    page.get_by_role("button", name="Start").click()
    page.get_by_label("Where is it?").fill(TOWN)
    go_on(page)
    page.get_by_label("What sort of space is it?").select_option("hall")
    go_on(page)
    page.get_by_label("How many people").fill("40")
    go_on(page)
    for label, typed in (("Day", "1"), ("Month", "12"), ("Year", "2026")):
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_label("From what time?").fill("14:00")
    page.get_by_label("To what time?").fill("16:00")
    page.get_by_label("Every day", exact=True).check()
    page.get_by_role("button", name="Add another").click()
    barred += at_every_width(page)
    page.get_by_label("To what time?").first.press("Enter")
    page.get_by_role("heading", level=1, name="Check your answers").wait_for()
    for path in list(every_question(page)):
        page.goto(path)
        barred += [f"{path}: {each}" for each in at_every_width(page)]
    assert barred == [], "\n".join(barred)
