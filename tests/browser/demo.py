"""The demo network as it is served, and its people as visitors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from tests.browser.served import Served, mailing_at, served
from tests.post_office import PostOffice
from tests.towns import AREAS, NOW

from cypn_core.application import ask, match, sessions, sign_in
from cypn_core.application.network import Caller
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town
from cypn_services.demo.data import REGION
from cypn_services.demo.loader import load_demo, organisation_id
from cypn_services.demo.roles import SEEKER, add_staff, roles
from cypn_services.serving import together_app
from cypn_site.settings import SiteSettings

NOBODY, ACTING = "nobody", "acting"
DEMO_ROLES = (NOBODY, "seeker", "holder", "coordinator", ACTING, "auditor", "trustee")


@contextmanager
def served_demo(store: Store, office: PostOffice) -> Iterator[Served]:
    """The demo on *store*, with its one-click roles."""

    def town_of(base: str, letters: PostOffice) -> Town:
        town = Town.on(store, AREAS[REGION].hub, NOW, mailing_at(base, letters))
        load_demo(town.network)
        town.network.transact(add_staff)
        return town

    def app_of(town: Town) -> WSGIApplication:
        return together_app(town.network, site=SiteSettings(demo=roles(town.network)))

    with served(office, town_of, app_of) as running:
        yield running


def session_of(town: Town, role: str) -> str:
    """The cookie of somebody of the demo in *role*; "" for nobody."""
    if role == NOBODY:
        return ""
    wanted = "coordinator" if role == ACTING else role
    emails = {each.code: each.email for each in roles(town.network)}
    email = emails.get(wanted, f"{wanted}@demo.example.org")
    with town.network.writing() as work:
        opened = sign_in.vouched(work, email)
        assert opened is not None, role
        token, session = opened
        if role == ACTING:
            sessions.act_for(work, session, organisation_id(SEEKER))
    return token


def lively(town: Town) -> dict[str, str]:
    """Let the demo's seeker ask for what fits it; where its need, its deal and its month are."""
    with town.network.writing() as work:
        seeker = organisation_id(SEEKER)
        caller = Caller(actor="demo", scopes=frozenset({"member"}), organisation=seeker)
        exchange = "venue_bank"
        needs = work.postings.mine(seeker, exchange, "need", limit=None)
        answers = [(need, match.match(work, caller, exchange, need.id)) for need in needs]
        need, answer = next((need, each) for need, each in answers if each.full)
        found = {"need": f"/in/venue-bank/needs/{need.id}"}
    with town.network.writing() as work:
        deal = ask.ask(work, caller, exchange, need.id, answer.full[0].key)
        found["deal"] = f"/in/venue-bank/deals/{deal.id}"
        found["calendar"] = "/calendar"
    return found
