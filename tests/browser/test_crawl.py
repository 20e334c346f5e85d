"""Every page that anybody is led to: it opens, says what it is, is light, and stops nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.browser.axe import RUNS, at_every_width
from tests.browser.crawling import HEAVIEST, Crawl
from tests.browser.demo import DEMO_ROLES, NOBODY, session_of
from tests.browser.served import Served
from tests.browser.watching import Visiting
from werkzeug.test import Client

from cypn_services.serving import together_app
from cypn_site.app import site_app
from cypn_site.settings import SiteSettings
from cypn_site.visits import SIGNED_IN_AS

SAMPLES = {"seeker": 2, "coordinator": 2}
"""So many addresses of each page are opened in the browser, on a phone, on a desk, in the dark."""
STARTS = ("/", "/home", "/sign-in")


@pytest.mark.parametrize("role", DEMO_ROLES)
def test_every_page_that_is_linked_is_whole(
    demo: Served,
    visiting: Visiting,
    role: str,
    record_property: Callable[[str, Any], None],
) -> None:
    """Status, heading, title, language, weight, axe-core at both widths, console and requests."""
    crawl = _crawled(demo, role)
    assert crawl.wrong == [], "\n".join(crawl.wrong)
    samples = crawl.samples(SAMPLES.get(role, 1))
    context = visiting.at(demo.base)
    if role != NOBODY:
        secret = session_of(demo.town, role)
        context.add_cookies([{"name": SIGNED_IN_AS, "value": secret, "url": demo.base}])
    page = context.new_page()
    barred: dict[str, list[str]] = {}
    for each in samples:
        answer = page.goto(each.path)
        assert answer is not None
        assert answer.status == 200, each.path
        for found in at_every_width(page):
            barred.setdefault(found, []).append(f"{each.name} at {each.path}")
    heaviest = max(crawl.found, key=lambda each: each.weight)
    record_property("pages", len(crawl.found))
    record_property("axe runs", RUNS * len(samples))
    record_property("heaviest", (heaviest.weight, heaviest.name))
    assert barred == {}, "\n".join(f"{what}: {where}" for what, where in barred.items())
    assert heaviest.weight <= HEAVIEST


def _crawled(demo: Served, role: str) -> Crawl:
    network = demo.town.network
    visitor = Client(together_app(network, site=SiteSettings(secret="x" * 32)))
    if role != NOBODY:
        visitor.set_cookie(SIGNED_IN_AS, session_of(demo.town, role))
    pages = site_app(network, SiteSettings(), list(network.hub.exchanges.values()))
    return Crawl(visitor=visitor, routes=pages.url_map.bind("localhost")).from_(*STARTS)
