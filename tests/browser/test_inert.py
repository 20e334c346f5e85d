"""What strangers type is text wherever somebody reads it: nothing runs, loads or asks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from tests.browser.demo import session_of
from tests.browser.served import Served
from tests.browser.watching import Visiting
from werkzeug.test import Client

from cypn_services.serving import together_app
from cypn_site.visits import SIGNED_IN_AS

EVIL = "\"'><img src=x onerror=alert(1)><script>alert(2)</script><svg/onload=alert(3)> {{7*7}}"
SHOWN = ("/desk", "/desk/registrations", "/desk/complaints", "/log")


@pytest.fixture
def desk(demo: Served, visiting: Visiting) -> Page:
    """The coordinator's browser."""
    context = visiting.at(demo.base)
    secret = session_of(demo.town, "coordinator")
    context.add_cookies([{"name": SIGNED_IN_AS, "value": secret, "url": demo.base}])
    return context.new_page()


def test_a_strangers_complaint_is_text_on_the_desk(
    demo: Served, visiting: Visiting, desk: Page
) -> None:
    """Typed into every field of the public forms, and read by the coordinator."""
    stranger = visiting.at(demo.base).new_page()
    stranger.goto("/complain")
    stranger.get_by_role("radio").first.check()
    for area in stranger.locator("main textarea").all():
        area.fill(EVIL)
    for line in stranger.locator("main input[type=email]").all():
        line.fill("stranger@example.org")
    stranger.locator("main button").first.click()
    assert "/complain/sent" in stranger.url
    found = 0
    for path in SHOWN:
        desk.goto(path)
        links = desk.locator("main a").evaluate_all("all => all.map(each => each.pathname)")
        for link in [path, *(each for each in links if each.startswith(path + "/"))]:
            desk.goto(link)
            found += "onerror=alert(1)" in desk.locator("main").inner_text()
            assert desk.locator("main img, main script, main svg[onload]").count() == 0
    assert found > 0


@pytest.mark.parametrize("path", ["/register", "/sign-in", "/complain"])
def test_what_is_typed_wrongly_comes_back_as_text(
    demo: Served, visiting: Visiting, path: str
) -> None:
    """A refused form shows what was typed, in its fields, and runs none of it."""
    page = visiting.at(demo.base).new_page()
    page.goto(path)
    for field in page.locator("main input:not([type=hidden]):not([type=radio])").all():
        if field.get_attribute("type") != "checkbox":
            field.fill(EVIL)
    page.locator("main form").first.evaluate("form => { form.noValidate = true }")
    page.locator("main button").first.click()
    page.wait_for_load_state()
    assert page.locator("main img, main script").count() == 0
    assert "onerror=alert(1)" in page.content()


def test_addresses_and_queries_are_text(demo: Served) -> None:
    """Neither a path nor a query is repeated as markup."""
    visitor = Client(together_app(demo.town.network))
    for path in (f"/{EVIL}", f"/in/{EVIL}/needs/x", f"/sign-in/{EVIL}", f"/membership/{EVIL}"):
        answer = visitor.get(path, query_string={"lang": EVIL}, headers={"Accept": "text/html"})
        assert "<img src=x" not in answer.text
        assert "<script>" not in answer.text
