"""Who may open which page: every page by role, and by own, other's and missing things."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.networks import HUB, NOW
from tests.site.addresses import PAGES, address, things_of
from tests.site.visitors import (
    NOBODY,
    OTHER,
    OWNER,
    ROLES,
    VISITORS,
    Seen,
    Site,
    filled,
    furnished,
    peopled,
    plain,
)

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town
from cypn_site.app import site_app
from cypn_site.pages import Page
from cypn_site.settings import SiteSettings

OPEN = {
    "/static/<version>/site.css": "the style sheet",
    "/static/logo": "the network's logo",
    "/favicon.ico": "what browsers ask for unasked",
    "/healthz": "whether the process lives",
    "/readyz": "whether the store is at head",
}
"""Routes that are no page, each with why anybody may ask for it."""


@pytest.fixture
def site(store: Store) -> Site:
    return furnished(peopled(Site(Town.on(store, HUB, NOW))), "venue_bank")


def test_no_route_is_unlisted(site: Site) -> None:
    """Every address is that of a declared page, or stands above with why it is open."""
    app = site_app(site.town.network, SiteSettings(), list(HUB.exchanges.values()))
    declared = {(page.rule, method) for page in PAGES for method in page.methods}
    served = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {rule for rule, _ in served - declared} - set(OPEN) == set()
    assert declared - served == set()
    assert all(page.who for page in PAGES)
    assert len({page.name for page in PAGES}) == len(PAGES)


def test_a_page_opens_for_those_whom_it_names_and_nobody_else(site: Site) -> None:
    """Others are sent to sign in, or learn no more than that there is nothing."""
    wrong = []
    readers = {role: site.visitor(role) for role in VISITORS}
    for role, page, method in _cells():
        visitor = readers[role] if method == "GET" else site.visitor(role)
        data = filled(visitor) if method == "POST" else None
        answer = visitor.open(address(page, site.owned), method=method, data=data)
        admitted = bool(ROLES[role] & page.who)
        to_sign_in = answer.location == "/sign-in"
        if to_sign_in is not (role == NOBODY and not admitted):
            wrong.append((role, page.name, method, answer.status_code, answer.location))
        shut = not admitted and role != NOBODY
        if (shut and answer.status_code != 404) or answer.status_code >= 500:
            wrong.append((role, page.name, method, answer.status_code, ""))
    assert wrong == [], wrong


def _cells() -> Iterator[tuple[str, Page, str]]:
    """What changes something comes last."""
    for method in ("GET", "POST"):
        for page in PAGES:
            if method in page.methods:
                yield from ((role, page, method) for role in VISITORS)


def test_to_whom_a_page_is_shut_it_says_nothing_of_what_there_is(site: Site) -> None:
    """Whether a thing exists is not to be read from a page that is for others."""
    for role in VISITORS:
        visitor = site.visitor(role)
        for page in PAGES:
            if "GET" in page.methods and not ROLES[role] & page.who:
                there, not_there = (
                    _without(plain(visitor.get(each)), each)
                    for each in (address(page, site.owned), address(page, {}))
                )
                assert there == not_there, (role, page.name)


def test_another_ones_thing_looks_like_nothing_at_all(site: Site) -> None:
    """To members the answers about both are the same, in what is read and what is sent."""
    tried = 0
    for page in PAGES:
        things = things_of(page)
        if "member" not in page.who or not things & set(site.owned):
            continue
        for method in page.methods:
            visitor = site.visitor(OTHER)
            data = filled(visitor) if method == "POST" else None
            theirs, none = (
                _without(plain(visitor.open(each, method=method, data=data)), each)
                for each in (address(page, site.owned), address(page, {}))
            )
            assert theirs == none, (page.name, method)
            assert theirs[0] in {404, 422}, (page.name, method)  # 422: before anything is looked up
            tried += 1
    assert tried > 3


def _without(seen: Seen, itself: str) -> Seen:
    """*seen* less the address itself, which the links to other languages repeat."""
    status, headers, text = seen
    return status, headers, text.replace(itself, "ADDRESS")


def test_an_owner_finds_its_own(site: Site) -> None:
    """What a page shows of an owner's thing is there for the owner."""
    for page in PAGES:
        things = things_of(page)
        if "member" in page.who and "GET" in page.methods and things <= set(site.owned):
            answer = site.visitor(OWNER).get(address(page, site.owned))
            assert answer.status_code in {200, 303}, (page.name, answer.text)
