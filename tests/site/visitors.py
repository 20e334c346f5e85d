"""People of every role at the website of one town, and what one of them has there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from wsgiref.types import WSGIApplication

from attrs import define, field
from tests.fitting import FITTING
from tests.fuzzing import ROLES as CHECKED_AS
from tests.post_office import write_to
from tests.towns import PLACE, posted
from werkzeug.test import Client, TestResponse

from cypn_core.application import sessions, sign_in, staff
from cypn_core.application.network import SYSTEM
from cypn_core.domain.people import StaffRole, StaffWanted
from cypn_core.testing.town import Member, Town
from cypn_services.serving import together_app
from cypn_site.settings import SiteSettings
from cypn_site.visits import SIGNED_IN_AS

NOBODY, UNCHECKED, OTHER, OWNER, HOLDER, ACTING = (
    "nobody", "unchecked", "other", "owner", "holder", "acting",
)  # fmt: skip
STAFF = ("coordinator", "auditor", "trustee")
VISITORS = (NOBODY, UNCHECKED, OTHER, OWNER, ACTING, *STAFF)
"""*acting* is a coordinator who acts for the owner."""
ROLES: Mapping[str, frozenset[str]] = {
    NOBODY: frozenset({"public"}),
    UNCHECKED: frozenset({"public", "member"}),
    OTHER: frozenset({"public", "member"}),
    OWNER: frozenset({"public", "member"}),
    HOLDER: frozenset({"public", "member"}),
    ACTING: frozenset({"public", "member", "coordinator"}),
    **{role: frozenset({"public", role}) for role in STAFF},
}
"""What a page's declaration may take each for."""
TOKEN = re.compile(r'(name="(?:csrf_token|once)" value=")[^"]*')
MISSING = "0" * 32


def address_of(who: str) -> str:
    """Where *who* reads mail."""
    return f"{who}@{who}.example.org"


class Browser(Client):
    """A client that says that it wants pages."""

    def open(self, *args: Any, **more: Any) -> TestResponse:
        """Send a request."""
        more["headers"] = {"Accept": "text/html", **(more.get("headers") or {})}
        return super().open(*args, **more)


@define(slots=False)
class Site:
    """A town with its website. *owned*: ids of the owner's things, by the name in an address."""

    town: Town
    settings: SiteSettings = field(factory=SiteSettings)
    owned: dict[str, str] = field(factory=dict)
    members: dict[str, Member] = field(factory=dict)

    @cached_property
    def app(self) -> WSGIApplication:
        """All services and pages of the hub."""
        return together_app(self.town.network, site=self.settings)

    def visitor(self, role: str) -> Browser:
        """Somebody of that role with a browser of their own."""
        client = Browser(self.app)
        if role != NOBODY:
            client.set_cookie(SIGNED_IN_AS, self._session(role))
        return client

    def _session(self, role: str) -> str:
        with self.town.network.writing() as work:
            address = address_of("coordinator" if role == ACTING else role)
            opened = sign_in.vouched(work, address)
            assert opened is not None, role
            token, session = opened
            if role == ACTING:
                sessions.act_for(work, session, self.members[OWNER].id)
        return token


def peopled(site: Site) -> Site:
    """Let people of every role live there, members with checks unless they are *unchecked*."""
    town = site.town
    for who in (UNCHECKED, OTHER, OWNER, HOLDER):
        checks = () if who == UNCHECKED else CHECKED_AS
        site.members[who] = town.member(f"{who.title()} Lane", *checks, place=PLACE)
        write_to(site.members[who], address_of(who))
    with town.network.writing() as work:
        for role in STAFF:
            wanted = StaffWanted(name=role.title(), email=address_of(role), role=StaffRole(role))
            staff.add(work, SYSTEM, wanted)
    return site


def furnished(site: Site, exchange: str) -> Site:
    """Let the owner have a need, an offer and a deal that waits in *exchange*."""
    need, offers = FITTING[exchange]
    owner, holder = site.members[OWNER], site.members[HOLDER]
    for each in offers:
        posted(holder, "offer", each, exchange)
    wanted = posted(owner, "need", need, exchange)
    found = _json(owner.get(exchange, f"/v1/needs/{wanted}/matches"))
    asks = f"/v1/needs/{wanted}/asks"
    site.owned = {
        "deal": _json(owner.post(exchange, asks, {"plan": found["full"][0]["key"]}))["id"],
        "need": posted(owner, "need", need, exchange),
        "offer": posted(owner, "offer", offers[0], exchange),
    }
    return site


def _json(answer: TestResponse) -> Any:
    assert answer.is_json, answer.text
    return answer.json


def filled(visitor: Browser) -> dict[str, str]:
    """A form of any page of the site, filled in so that no page complains of what is missing."""
    return {
        "csrf_token": form_token(visitor.get("/sign-in")),
        "revision": "1",
        "code": "unavailable",
        "answer": "yes",
    }


def form_token(page: TestResponse) -> str:
    """The token against forged forms of the page *page*."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found is not None, page.text[:500]
    return found[1]


Seen = tuple[int, list[tuple[str, str]], str]
"""Status, headers and text."""


def plain(page: TestResponse) -> Seen:
    """What a visitor gets, less the tokens, which are drawn for every page, and the cookies."""
    headers = [(name, value) for name, value in page.headers if name not in _VARIES]
    return page.status_code, headers, TOKEN.sub(r"\1", page.text)


_VARIES = {"Set-Cookie", "Content-Length"}
"""Their lengths follow the tokens'; the text is compared as it is."""
