"""Signing in by the word of an OpenID Connect issuer, which runs over HTTP in these tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from tests.issuers import CLIENT, FakeIssuer, served
from tests.networks import HUB, NOW
from tests.site.visitors import NOBODY, OWNER, Browser, Site, address_of, peopled
from werkzeug.test import TestResponse

from cypn_core.domain.errors import Invalid
from cypn_core.storage.engine import Store, open_store
from cypn_core.testing.stores import NewStore
from cypn_core.testing.town import Town
from cypn_site.app import HEADERS
from cypn_site.settings import SiteSettings
from cypn_site.sign_in import issuer as issuers
from cypn_site.sign_in.issuer import Issuer
from cypn_site.visits import SIGNED_IN_AS

START = "/sign-in/elsewhere"
SET_UP = {
    "CYPN_OIDC_ISSUER": "https://accounts.example.org",
    "CYPN_OIDC_CLIENT_ID": "hub",
    "CYPN_OIDC_CLIENT_SECRET": "hunter2",
    "CYPN_OIDC_NAME": "Example Accounts",
    "CYPN_PUBLIC_URL": "https://hub.example.org/membership",
}

WRONG: list[dict[str, Any]] = [
    {"email_verified": False},
    {"email_verified": None},
    {"email_verified": "true"},
    {"email": None},
    {"email": "not an address"},
    {"email": "stranger@nowhere.example.org"},
    {"nonce": "another"},
    {"nonce": None},
    {"aud": "another-client"},
    {"aud": [CLIENT, "another-client"]},
    {"iss": "https://elsewhere.example"},
    {"exp": int(NOW.timestamp()) - 3600},
    {"exp": None},
]
LANGUAGE = re.compile(r'href="[^"]*lang=cy"')
"""The link to the other language repeats the address."""


@pytest.fixture
def issuer() -> Iterator[FakeIssuer]:
    made = FakeIssuer(now=int(NOW.timestamp()), email=address_of(OWNER))
    with served(made):
        yield made


def _site(store: Store, issuer: FakeIssuer) -> Site:
    return peopled(Site(Town.on(store, HUB, NOW), SiteSettings(issuer=issuer.settings)))


@pytest.fixture
def site(new_store: NewStore, issuer: FakeIssuer) -> Iterator[Site]:
    """On one store: refusals are not the stores' business."""
    with open_store(new_store("sqlite")) as store:
        yield _site(store, issuer)


def _agreed(visitor: Browser, start: str = START) -> str:
    """Go to the issuer, let it agree, and tell with which address it sends the browser back."""
    away = visitor.get(start)
    assert away.status_code == 303, away.text
    back = httpx.get(away.headers["Location"])
    assert back.status_code == 302, back.text
    parts = urlsplit(back.headers["Location"])
    assert parts.netloc == "localhost"
    return f"{parts.path}?{parts.query}"


def _refused(visitor: Browser, answer: TestResponse) -> str:
    """*answer* signs nobody in; what it says."""
    assert answer.status_code == 403
    assert visitor.get_cookie(SIGNED_IN_AS) is None
    return LANGUAGE.sub("", answer.text)


def test_who_is_vouched_for_is_signed_in(store: Store, issuer: FakeIssuer) -> None:
    """From the link on the page to the group's home, and to nowhere that the address names."""
    visitor = _site(store, issuer).visitor(NOBODY)
    page = visitor.get("/sign-in")
    assert f'href="{START}">Sign in with Reading Room</a>' in page.text
    assert page.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    answer = visitor.get(_agreed(visitor) + "&next=https://elsewhere.example")
    assert (answer.status_code, answer.location) == (303, "/home")
    assert visitor.get("/home").status_code == 200


def test_who_wanted_to_go_somewhere_goes_there(site: Site) -> None:
    """The way round by the issuer does not lose where the visitor wanted to go."""
    visitor = site.visitor(NOBODY)
    visitor.get("/sessions")
    assert (visitor.get(_agreed(visitor)).location or "").startswith("/sessions")


def test_what_a_token_must_say(site: Site, issuer: FakeIssuer) -> None:
    """Unverified, unknown, of another asking or for somebody else: the page says the same."""
    said = set()
    for claims in WRONG:
        issuer.claims = claims
        visitor = site.visitor(NOBODY)
        said.add(_refused(visitor, visitor.get(_agreed(visitor))))
    assert len(said) == 1


def test_a_token_is_signed_by_the_issuers_key(site: Site, issuer: FakeIssuer) -> None:
    """A token that somebody else signed is nobody's word."""
    issuer.signs = RSAKey.generate_key(2048, {"kid": "one"})
    visitor = site.visitor(NOBODY)
    _refused(visitor, visitor.get(_agreed(visitor)))


def test_another_browsers_answer_is_not_taken(site: Site) -> None:
    """Nobody is signed in by an answer that was for somebody else, or was not asked for."""
    first, second, third = (site.visitor(NOBODY) for _ in range(3))
    back = _agreed(first)
    second.get(START)
    _refused(second, second.get(back))
    _refused(third, third.get(back))
    assert first.get(back).status_code == 303


def test_an_answer_counts_once(site: Site) -> None:
    """Neither the address again nor its code in a new asking signs anybody in."""
    visitor = site.visitor(NOBODY)
    back = _agreed(visitor)
    assert visitor.get(back).status_code == 303
    visitor.delete_cookie(SIGNED_IN_AS)
    _refused(visitor, visitor.get(back))
    fresh, used = (parse_qs(urlsplit(each).query) for each in (_agreed(visitor), back))
    path = urlsplit(back).path
    again = visitor.get(path, query_string={"state": fresh["state"][0], "code": used["code"][0]})
    _refused(visitor, again)


def test_an_answer_is_for_ten_minutes(site: Site) -> None:
    """A browser that comes back later starts again."""
    visitor = site.visitor(NOBODY)
    back = _agreed(visitor)
    site.town.clock.pass_time(minutes=11)
    _refused(visitor, visitor.get(back))


def test_who_says_no_at_the_issuer_gets_the_same_page(site: Site) -> None:
    """An error of the issuer is a refusal, and none of its words are shown."""
    visitor = site.visitor(NOBODY)
    state = parse_qs(urlsplit(_agreed(visitor)).query)["state"][0]
    said = {"state": state, "error": "access_denied", "error_description": "<b>call 0900</b>"}
    assert "call 0900" not in _refused(visitor, visitor.get(f"{START}/back", query_string=said))


def test_where_the_issuer_is_away_the_page_says_what_to_do(new_store: NewStore) -> None:
    """On the way there and on the way back; the mailed link is offered instead."""
    issuer = FakeIssuer(now=int(NOW.timestamp()), email=address_of(OWNER))
    with open_store(new_store("sqlite")) as store:
        with served(issuer):
            visitor = _site(store, issuer).visitor(NOBODY)
            back = _agreed(visitor)
        for path in (back, START):
            answer = visitor.get(path)
            assert answer.status_code == 503
            assert "Reading Room does not answer" in answer.text
            assert "Let us send you a link by e-mail instead" in answer.text
            assert 'href="/sign-in"' in answer.text


def test_what_is_no_issuer_is_as_good_as_away(site: Site, issuer: FakeIssuer) -> None:
    """A document that is somebody else's sends nobody anywhere."""
    issuer.url = "https://elsewhere.example"
    assert site.visitor(NOBODY).get(START).status_code == 503


def test_without_an_issuer_there_is_nothing(new_store: NewStore) -> None:
    """No link, and no page behind it."""
    with open_store(new_store("sqlite")) as store:
        visitor = peopled(Site(Town.on(store, HUB, NOW))).visitor(NOBODY)
        assert START not in visitor.get("/sign-in").text
        assert visitor.get(START).status_code == visitor.get(f"{START}/back").status_code == 404


def test_the_settings_are_read_together() -> None:
    """All or none; the secret is not printed; the issuer sends people back to the site."""
    found = Issuer.read(SET_UP)
    assert found is not None
    assert found.back == "https://hub.example.org/sign-in/elsewhere/back"
    assert "hunter2" not in repr(found)
    moved = Issuer.read({**SET_UP, "CYPN_SITE_URL": "https://www.example.org/"})
    assert moved is not None
    assert moved.back == "https://www.example.org/sign-in/elsewhere/back"
    for name in SET_UP:
        with pytest.raises(Invalid, match=name):
            Issuer.read({each: value for each, value in SET_UP.items() if each != name})


@pytest.mark.parametrize("url", ["http://accounts.example.org", "accounts", "https://x.org/?a=b"])
def test_an_issuer_is_asked_by_https_alone(url: str) -> None:
    """Whoever could change its answers could sign in as anybody."""
    with pytest.raises(Invalid, match="CYPN_OIDC_ISSUER"):
        Issuer.read({**SET_UP, "CYPN_OIDC_ISSUER": url})


def test_an_issuer_without_the_extra_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub does not start, and says what to install."""
    monkeypatch.setattr(issuers, "NEEDED", ("not_installed_here",))
    with pytest.raises(Invalid, match=r"pip install 'cypn-services\[oidc\]'"):
        SiteSettings.read({**SET_UP, "CYPN_SECRET_KEY": "x" * 32})
