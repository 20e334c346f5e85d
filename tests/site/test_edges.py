"""What holds for every route and status: headers, forged forms, redirects, hostile texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from tests.networks import HUB, NOW
from tests.site.addresses import PAGES, address
from tests.site.visitors import (
    NOBODY,
    OWNER,
    VISITORS,
    Browser,
    Site,
    address_of,
    filled,
    form_token,
    furnished,
    peopled,
)
from werkzeug.test import TestResponse

from cypn_core.application.network import Network
from cypn_core.storage import tables
from cypn_core.storage.engine import open_store
from cypn_core.testing.stores import NewStore
from cypn_core.testing.town import Town

HOST = "http://localhost"
SERVICES = ("/membership", "/venue-bank", "/transport", "/procurement", "/exchange-starter")
ELSEWHERE = "https://elsewhere.example"
NOTICED = {"session", "sign_in"}
"""Tables in which a mere visit may leave that somebody was there."""


@pytest.fixture
def site(new_store: NewStore) -> Iterator[Site]:
    """On one store: nothing here is the stores' promise."""
    with open_store(new_store("sqlite")) as store:
        yield furnished(peopled(Site(Town.on(store, HUB, NOW))), "venue_bank")


def _private(answer: TestResponse, *, within: str = "'none'") -> None:
    """*answer* has the headers of what is nobody else's business."""
    policy = dict(part.strip().partition(" ")[::2] for part in _header(answer).split(";") if part)
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == within
    assert policy.get("script-src", "'none'") == "'none'"
    assert "unsafe" not in _header(answer)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] in {"no-referrer", "same-origin"}
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers


def _header(answer: TestResponse) -> str:
    return answer.headers["Content-Security-Policy"]


def test_every_answer_of_every_page_has_the_headers(site: Site) -> None:
    """Whoever asks, whatever the status: nothing is kept, framed, sniffed or run."""
    seen = set()
    for role in VISITORS:
        visitor = site.visitor(role)
        for page in PAGES:
            for method in ("GET", "POST", "PUT"):
                answer = visitor.open(address(page, site.owned), method=method)
                _private(answer)
                assert answer.headers["Cache-Control"] == "no-store", page.name
                seen.add(answer.status_code)
    assert {200, 303, 403, 404, 405} <= seen


@pytest.mark.parametrize("prefix", SERVICES)
def test_every_service_has_them_too(site: Site, prefix: str) -> None:
    """Known and unknown addresses, with every method."""
    visitor = site.visitor(NOBODY)
    for path in ("/v1", "/v1/nothing", "/openapi.json", "/healthz", "/readyz", "/elsewhere",
                 "/problems/invalid", "/links/yes/x", "/calendar/x.ics"):  # fmt: skip
        for method in ("GET", "POST", "DELETE", "PATCH"):
            answer = visitor.open(prefix + path, method=method)
            _private(answer)
            assert answer.headers["Cache-Control"] == "no-store", (path, method)


def test_what_may_be_kept_is_only_the_look(site: Site) -> None:
    """The style sheet is kept for good; its address changes with what is in it."""
    visitor = site.visitor(NOBODY)
    found = re.search(r'href="(/static/[^"]+)"', visitor.get("/").text)
    assert found is not None
    answer = visitor.get(found[1])
    _private(answer)
    assert "immutable" in answer.headers["Cache-Control"]


def test_an_address_that_is_tidied_has_the_headers(site: Site) -> None:
    """Slashes too many are led to the same site, with the same headers."""
    for path in ("//elsewhere.example/home", "//home", "/deals/"):
        answer = site.visitor(OWNER).get(path)
        _private(answer)
        assert not answer.location or answer.location.startswith((f"{HOST}/", "/"))
        assert not (answer.location or "").startswith("//")


def test_a_failure_has_the_headers_and_tells_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the store is away while somebody is signed in."""
    visitor = site.visitor(OWNER)

    def away(network: Network) -> None:
        raise RuntimeError("secret of the store")

    monkeypatch.setattr(Network, "reading", away)
    for path in ("/home", "/", "/nowhere"):
        answer = visitor.get(path)
        _private(answer)
        assert "secret of the store" not in answer.text
        assert "Traceback" not in answer.text
    assert visitor.get("/home").status_code == 500


def _rows(site: Site) -> dict[str, int]:
    with site.town.network.store.reading() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in tables.metadata.sorted_tables
            if not table.name.startswith(tuple(NOTICED))
        }


def _forged(visitor: Browser, at: str) -> Iterator[TestResponse]:
    """*at* with forms that no page of ours has sent."""
    form = filled(visitor)
    nothing = {name: value for name, value in form.items() if name != "csrf_token"}
    yield visitor.post(at, data=nothing)
    yield visitor.post(at, data=form | {"csrf_token": "x" + form["csrf_token"]})
    yield visitor.post(at, data=form, headers={"Origin": ELSEWHERE})
    yield visitor.post(at, data=form, headers={"Origin": "null"})
    yield visitor.post(at, data=form, headers={"Sec-Fetch-Site": "cross-site"})
    yield visitor.post(at, data=form, headers={"Sec-Fetch-Site": "same-site"})
    said = "&".join(f"{name}={value}" for name, value in form.items())
    yield visitor.post(at, data=said, content_type="text/plain")
    yield visitor.post(at, json=form)
    yield visitor.post(at, data=said, content_type="")


def test_a_forged_form_changes_nothing(site: Site) -> None:
    """No token, another's, another site, no form: each is refused on every page, for every role."""
    visitors = {role: site.visitor(role) for role in VISITORS}
    before = _rows(site)
    for role, visitor in visitors.items():
        for page in PAGES:
            if "POST" in page.methods:
                for answer in _forged(visitor, address(page, site.owned)):
                    assert answer.status_code == 403, (role, page.name)
    assert _rows(site) == before


def test_a_token_is_good_for_one_browser_only(site: Site) -> None:
    """What one visitor was given, another cannot send."""
    theirs = form_token(site.visitor(NOBODY).get("/sign-in"))
    data = {"csrf_token": theirs, "email": address_of(OWNER)}
    visitor = site.visitor(NOBODY)
    visitor.get("/sign-in")
    assert visitor.post("/sign-in", data=data).status_code == 403


@pytest.mark.parametrize(
    "next_", [ELSEWHERE, "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere(site: Site, next_: str) -> None:
    """No parameter, header or path makes any page lead to another site."""
    keys = ("next", "url", "to", "return", "redirect", "goto", "target", "continue", "back")
    said = dict.fromkeys(keys, next_)
    for role in (NOBODY, OWNER):
        visitor = site.visitor(role)
        for page in PAGES:
            for method in page.methods:
                form = filled(visitor) | said if method == "POST" else None
                answer = visitor.open(
                    address(page, {}), method=method, data=form, query_string=said,
                    headers={"Referer": next_, "X-Forwarded-Host": "elsewhere.example"},
                )  # fmt: skip
                assert not answer.location or re.match(r"/(?![/\\])", answer.location), page.name
