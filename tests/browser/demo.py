"""The demo network as it is served, and its people as visitors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from tests.browser.served import Served, mailing_at, served
from tests.post_office import PostOffice
from tests.towns import AREAS, NOW, VENUES

from cypn_core.application import ask, consent, match, sessions, sign_in
from cypn_core.application.network import Caller
from cypn_core.domain.deals import DealState
from cypn_core.domain.ids import OrganisationId, PostingId
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


def answered(town: Town) -> tuple[str, str]:
    """A need of the demo's seeker for which something fits, and the plan that fits it best."""
    with town.network.reading() as work:
        needs = work.postings.mine(organisation_id(SEEKER), VENUES, "need", limit=None)
        caller = _member(organisation_id(SEEKER))
        answers = [(need.id, match.match(work, caller, VENUES, need.id)) for need in needs]
    return next((str(need), each.full[0].key) for need, each in answers if each.full)


def agreed(town: Town, need: str, plan: str) -> tuple[str, str]:
    """Let the seeker ask for *plan* and its holder agree: the deal's id, and the first month."""
    with town.network.writing() as work:
        deal = ask.ask(work, _member(organisation_id(SEEKER)), VENUES, PostingId(need), plan)
    if deal.state is not DealState.AGREED:
        with town.network.writing() as work:
            holder = _member(deal.holders[0][1])
            deal = consent.agree(work, holder, VENUES, deal.id, deal.revision)
    return str(deal.id), f"{min(each.start for each in deal.windows):%Y-%m}"


def _member(organisation: OrganisationId) -> Caller:
    return Caller(actor="demo", scopes=frozenset({"member"}), organisation=organisation)
