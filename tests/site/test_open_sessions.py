"""The page that says where somebody is signed in, on both stores."""

from __future__ import annotations

import re

import pytest
from tests.networks import HUB, NOW
from tests.site.visitors import (
    ACTING,
    NOBODY,
    OTHER,
    OWNER,
    STAFF,
    Browser,
    Site,
    form_token,
    peopled,
)

from cypn_core.application import sessions
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town
from cypn_site.visits import SIGNED_IN_AS

LISTED = re.compile(r'name="which" value="([^"]+)"')


@pytest.fixture
def site(store: Store) -> Site:
    return peopled(Site(Town.on(store, HUB, NOW)))


def _listed(visitor: Browser) -> list[str]:
    page = visitor.get("/sessions")
    assert page.status_code == 200
    return LISTED.findall(page.text)


def _id(site: Site, visitor: Browser) -> str:
    cookie = visitor.get_cookie(SIGNED_IN_AS)
    assert cookie is not None
    found = sessions.current(site.town.network, cookie.value)
    assert found is not None
    return found.id


def _end(visitor: Browser, path: str = "/sessions", **said: str) -> tuple[int, str | None]:
    token = form_token(visitor.get("/sessions"))
    answer = visitor.post(path, data={"csrf_token": token, **said})
    return answer.status_code, answer.location


def _signed_out(visitor: Browser) -> bool:
    cookie = visitor.get_cookie(SIGNED_IN_AS)
    return cookie is None or not cookie.value


def test_signing_out_there_leaves_one_signed_in_here(site: Site) -> None:
    """A lost phone is signed out from another browser."""
    here, phone = site.visitor(OWNER), site.visitor(OWNER)
    lost = _id(site, phone)
    assert set(_listed(here)) == {lost, _id(site, here)}
    assert "Owner Lane" in here.get("/sessions").text
    assert _end(here, which=lost) == (303, "/sessions")
    assert phone.get("/home").location == "/sign-in"
    assert _listed(here) == [_id(site, here)]


def test_signing_out_here_takes_the_cookie_too(site: Site) -> None:
    """The browser that presses its own button is signed out."""
    here, phone = site.visitor(OWNER), site.visitor(OWNER)
    assert _end(here, which=_id(site, here)) == (303, "/")
    assert _signed_out(here)
    assert phone.get("/home").status_code == 200


def test_signing_out_everywhere(site: Site) -> None:
    """All of one's own, and nobody else's."""
    here, phone, other = site.visitor(OWNER), site.visitor(OWNER), site.visitor(OTHER)
    assert _end(here, "/sessions/all") == (303, "/")
    assert _signed_out(here)
    assert phone.get("/home").location == "/sign-in"
    assert other.get("/home").status_code == 200


def test_another_ones_session_is_neither_listed_nor_ended(site: Site) -> None:
    """A session that is somebody else's looks like one that is not there."""
    owner, other = site.visitor(OWNER), site.visitor(OTHER)
    theirs = _id(site, owner)
    assert theirs not in _listed(other)
    assert _end(other, which=theirs)[0] == 404
    assert _end(other)[0] == 422
    assert owner.get("/home").status_code == 200


@pytest.mark.parametrize("role", [*STAFF, ACTING])
def test_staff_see_theirs(site: Site, role: str) -> None:
    """Whoever works for the hub sees where they are signed in, and for whom they act there."""
    visitor = site.visitor(role)
    assert _id(site, visitor) in _listed(visitor)
    assert ("Owner Lane" in visitor.get("/sessions").text) is (role == ACTING)


def test_the_list_is_found(site: Site) -> None:
    """From the page of one's group, and from the desk; nobody else is asked in."""
    assert 'href="/sessions"' in site.visitor(OWNER).get("/organisation").text
    assert 'href="/sessions"' in site.visitor("coordinator").get("/desk").text
    assert 'href="/sessions"' in site.visitor("auditor").get("/log").text
    assert site.visitor(NOBODY).get("/sessions").location == "/sign-in"
