"""A journey that two equal organisations take, and every byte that the holder is given on it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from hashlib import sha256

import pytest
from attrs import define, evolve, field, frozen
from tests.browsing import session_for
from tests.eavesdropping import Recorder
from tests.post_office import PUBLIC, texts
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, Json, a_need, an_offer, best, posted
from werkzeug.test import Client

from cypn_core.application import check, consent, join
from cypn_core.application.network import SYSTEM, Network
from cypn_core.domain.organisations import Contact, Profile, RunBy
from cypn_core.domain.standing import CheckOutcome
from cypn_core.storage.engine import Store
from cypn_core.testing.town import MEMBERSHIP, Member, Town
from cypn_core.web import exchange_api
from cypn_core.web.link_pages import membership_service
from cypn_core.web.service import create_app
from cypn_site.app import site_app
from cypn_site.settings import SiteSettings
from cypn_site.visits import SIGNED_IN_AS

PAGES = ("/", "/home", "/deals", "/calendar?month=2027-02", "/mine/offer", "/messages")
FORM_TOKEN = re.compile(r'(?<=name="csrf_token" value=")[\w.-]+|(?<=cypn-forms=)[\w.-]+')
"""What protects a form: it holds the second in which the page was made."""
HOLDERS_MAIL = "kim@example.org"
GOOD_UNTIL = dt.date(2027, 11, 1)


@frozen(kw_only=True)
class Seeker:
    """All in which the two differ; nothing that any rule may look at."""

    name: str
    contact: Contact
    numbers: tuple[str, ...]
    place: str
    note: str
    language: str
    first_id: str
    joined_days_before: int


ONE = Seeker(
    name="St Amber's Chapel Club",
    contact=Contact(name="Ann Lee", email="ann@chapel.example", phone="01632 960001"),
    numbers=("GB-CHC-1234567",),
    place="Norchester",
    note="We are the chapel's own and sing on Sundays",
    language="en",
    first_id="0",
    joined_days_before=40,
)
OTHER = Seeker(
    name="Zöe Ünlü Kulübü",
    contact=Contact(name="Maximiliane Featherstonehaugh", email="m@kulup.example"),
    numbers=(),
    place="Millbank, Norchester",
    note="Biz",
    language="tr",
    first_id="f",
    joined_days_before=2,
)


@define
class Ids:
    """Ids that come in the same order on every journey, but for those of the seeker itself."""

    salt: str = ""
    first: str = ""
    drawn: dict[str, int] = field(factory=dict)

    def __call__(self) -> str:
        """The next id."""
        self.drawn[self.salt] = self.drawn.get(self.salt, 0) + 1
        found = sha256(f"{self.salt}:{self.drawn[self.salt]}".encode()).hexdigest()
        return (self.first + found)[:32]


@define
class Journey:
    """One town with its recorder; *seeker* is the one that the holder must not make out."""

    seeker: Seeker
    recorder: Recorder
    town: Town
    ids: Ids
    holder: Member
    rival: Member
    group: Member
    browser: Client
    with_pages: bool = True
    feed: str = ""

    @classmethod
    def begun(
        cls, store: Store, seeker: Seeker, recorder: Recorder, *, with_pages: bool = True
    ) -> Journey:
        """A town with a holder, a rival that is always the same, and the seeker.

        Without *with_pages* the holder opens no page of the website, which saves much time.
        """
        ids = Ids()
        town = _town(store, recorder, ids)
        holder = town.member("Cedar Hall", "holder", place=PLACE, until=GOOD_UNTIL)
        rival = town.member("Birch Row", "seeker", place=PLACE, until=GOOD_UNTIL)
        group = _joined(town, ids, seeker)
        recorder.token = holder.token
        browser = _browser(town, recorder)
        return cls(seeker, recorder, town, ids, holder, rival, group, browser, with_pages)

    def taken(self) -> list[bytes]:
        """From the first post to the last look, with mistakes: all that can be heard of it.

        The holder is asked, declines, is left, lets a request lapse, and has a round that the rival
        wins; what the rival's agreement opens to it is the same on every journey.
        """
        offer = posted(self.holder, "offer", an_offer(auto_accept=False))
        self.subscribes()
        self.competes()
        self.looks(offer)
        deal = self.asks(self.group, "2027-02-02", self.seeker.place, self.seeker.note)
        self.asks(self.rival, "2027-02-09", PLACE, "We play the drum")
        self.looks(offer)
        self.mistakes(deal)
        self.stumbles(deal)
        self.answers(deal, "decline", {"code": "unavailable"})
        self.answers({**deal, "revision": deal["revision"] + 1}, "agree", None)
        self.looks(offer)
        left = self.asks(self.group, "2027-02-16", self.seeker.place, self.seeker.note)
        self.town.tick()
        tag = f'"{left["revision"]}"'
        gone = self.group.post(VENUES, f"/v1/deals/{left['id']}/cancel", None, If_Match=tag)
        assert gone.status_code == 200, gone.text
        self.looks(offer)
        self.asks(self.group, "2027-02-23", self.seeker.place, self.seeker.note)
        self.town.clock.pass_time(days=10)
        self.looks(offer)
        self.public()
        return renamed(self.recorder.heard(), {self.group.id: f"<{self.seeker.name}>"})

    def subscribes(self) -> None:
        """A calendar feed for the holder, which everything that follows could show in."""
        made = self.holder.post(MEMBERSHIP, "/v1/calendar-feeds", {"label": "diary"})
        self.feed = made.json["path"]  # type: ignore[index]

    def competes(self) -> None:
        """Both want the only slot of another offer; it is held until the round gives it away."""
        once = {"first": "2027-03-09", "starts": "13:00", "ends": "17:00"}
        posted(self.holder, "offer", an_offer(facilities=["stage"], hours=[once]))
        seekers = (
            (self.rival, PLACE, "We play the drum"),
            (self.group, self.seeker.place, self.seeker.note),
        )
        needs = []
        for member, place, note in seekers:
            wanted = a_need("2027-03-09", place=place, note=note, must=["stage"])
            needs.append(posted(member, "need", wanted))
            self.town.clock.pass_time(hours=1)
        for (member, *_), need in zip(seekers, needs, strict=True):
            answer = member.post(VENUES, f"/v1/needs/{need}/asks", {"plan": best(member, need)})
            assert answer.status_code == 202, answer.text
        self.town.tick()
        self.town.clock.pass_time(days=4)
        self.town.tick()
        states = [self.state(member) for member, *_ in seekers]
        assert states == ["agreed", "declined"]

    def state(self, member: Member) -> str:
        """Where the last deal of *member* stands."""
        deals = member.get(VENUES, "/v1/deals").json["items"]  # type: ignore[index]
        return str(max(deals, key=lambda deal: deal["created"])["state"])

    def stumbles(self, deal: Json) -> None:
        """A bug of ours whose message holds the name: a 500, and a line in the log."""

        def bug(*_: object) -> None:
            raise RuntimeError(f"no row for {self.seeker.name}")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(consent, "decline", bug)
            self.answers(deal, "decline", {"code": "unavailable"})

    def public(self) -> None:
        """What anybody reads, the pages behind mailed links, and the report that is passed on."""
        client = self.town.apps[MEMBERSHIP].test_client()
        for path in ("/openapi.json", "/v1/listings", "/listings", "/problems/invalid", "/v1"):
            client.get(path)
        for letter in self.recorder.office.letters(HOLDERS_MAIL):
            for path in re.findall(rf"{PUBLIC}(/links/\w+/\S+)", texts(letter)):
                client.get(path.rstrip(">"))
        report = self.town.coordinator().get(MEMBERSHIP, "/v1/reports/unmet")
        self.recorder.told.append(report.data)

    def agreed(self) -> list[bytes]:
        """The end of another journey: what the holder gets once it has said yes."""
        posted(self.holder, "offer", an_offer(auto_accept=False))
        self.subscribes()
        deal = self.asks(self.group, "2027-03-02", self.seeker.place, self.seeker.note)
        self.answers(deal, "agree", None)
        self.town.tick()
        self.holder.get(MEMBERSHIP, "/v1/inbox")
        self.town.apps[MEMBERSHIP].test_client().get(self.feed)
        return self.recorder.heard()

    def asks(self, member: Member, day: str, place: str, note: str) -> Json:
        """Post a need for *day* and ask for the best plan: the deal."""
        need = posted(member, "need", a_need(day, place=place, note=note))
        answer = member.post(VENUES, f"/v1/needs/{need}/asks", {"plan": best(member, need)})
        assert answer.status_code == 202, answer.text
        found: Json = answer.json  # type: ignore[assignment]
        return {**found, "need": need}

    def looks(self, offer: str) -> None:
        """Everything that the holder can read."""
        self.town.tick()
        for path in ("/v1", "/v1/deals", "/v1/deals?limit=1", "/v1/offers", f"/v1/offers/{offer}"):
            self.holder.get(VENUES, path)
        for deal in self.holder.get(VENUES, "/v1/deals").json["items"]:  # type: ignore[index]
            self.holder.get(VENUES, f"/v1/deals/{deal['id']}")
        for path in ("/v1", "/v1/inbox", "/v1/organisation", "/v1/reports/holder"):
            self.holder.get(MEMBERSHIP, path)
        self.town.apps[MEMBERSHIP].test_client().get(self.feed)
        if self.with_pages:
            self.browses(offer)

    def browses(self, offer: str) -> None:
        """Every page that the holder can open, with each of its deals, signed in anew."""
        token = self.town.network.transact(lambda work: session_for(work, self.holder.id))
        self.browser.set_cookie(SIGNED_IN_AS, token)
        root = "/in/venue-bank"
        for path in (*PAGES, f"{root}/mine/offer/{offer}", f"{root}/offers/{offer}/times"):
            assert self.browser.get(path).status_code == 200, path
        with self.town.network.reading() as work:
            deals = work.deals.of(self.holder.id, VENUES)
        for deal in deals:
            for below in ("", "/decline", "/cancel", "/move"):
                self.browser.get(f"{root}/deals/{deal.id}{below}")

    def mistakes(self, deal: Json) -> None:
        """Errors tell nothing either."""
        need, path = deal["need"], f"/v1/deals/{deal['id']}"
        for wrong in (f"/v1/needs/{need}", f"/v1/needs/{need}/matches", f"/v1/deals/{need}"):
            self.holder.get(VENUES, wrong)
        self.holder.get(VENUES, "/v1/nowhere")
        for page in (f"needs/{need}", f"mine/need/{need}", f"deals/{need}"):
            self.browser.get(f"/in/venue-bank/{page}")
        declined = f"/in/venue-bank/deals/{deal['id']}/decline"
        self.browser.post(declined, data={"code": "not_our_sort"})
        self.holder.post(VENUES, f"{path}/agree")
        self.holder.post(VENUES, f"{path}/agree", None, If_Match='"77"')
        self.holder.post(VENUES, f"{path}/confirm-visit", None, If_Match=f'"{deal["revision"]}"')
        self.answers(deal, "decline", {"code": "not_our_sort"})
        self.holder.get(MEMBERSHIP, "/v1/reports/coordinator")

    def answers(self, deal: Json, verb: str, body: object) -> None:
        """The holder's answer to the deal as it was asked."""
        path, tag = f"/v1/deals/{deal['id']}/{verb}", f'"{deal["revision"]}"'
        self.holder.post(VENUES, path, body, If_Match=tag)


def renamed(told: list[bytes], known: dict[str, str]) -> list[bytes]:
    """*told* with ids, aliases and secrets of links replaced by the order in which they appear.

    Those that are *known* get the name that is given with them: a real id is no alias.
    """

    def name(found: re.Match[str]) -> str:
        return known.setdefault(found[0], f"<{len(known):0{len(found[0]) - 2}}>")

    of_link = r"(?<=\.)[0-9A-Za-z_-]{32}(?![0-9A-Za-z_-])"
    of_feed = r"(?<=/calendar/)[0-9A-Za-z_-]{43}"
    of_incident = r"(?<=incident )[0-9a-f]{12}|(?<=incident\": \")[0-9a-f]{12}"
    pattern = re.compile(
        rf"\b[0-9a-f]{{32}}\b|\b[0-9a-f]{{16}}\b|{of_link}|{of_feed}|{of_incident}"
    )
    plain = (FORM_TOKEN.sub(_blank, each.decode(errors="replace")) for each in told)
    return [pattern.sub(name, each).encode() for each in plain]


def _blank(found: re.Match[str]) -> str:
    return "x" * len(found[0])


def differences(one: list[bytes], other: list[bytes]) -> Iterator[str]:
    """Where two journeys differ, in words."""
    if len(one) != len(other):
        yield f"{len(one)} answers and {len(other)}"
    for mine, yours in zip(one, other, strict=False):
        if mine != yours:
            yield f"{mine.decode()}\n--- but ---\n{yours.decode()}"


def _town(store: Store, recorder: Recorder, ids: Ids) -> Town:
    mailing = recorder.office.carrier()
    made = Town.on(store, ONLY_VENUES, NOW, mailing)
    network: Network = evolve(made.network, new_id=ids)
    exchange = ONLY_VENUES.exchange(VENUES)
    apps = {
        MEMBERSHIP: membership_service(network),
        VENUES: create_app(network, exchange.title, exchange_api.operations(exchange)),
    }
    for app in apps.values():
        app.wsgi_app = recorder.around(app.wsgi_app)  # type: ignore[method-assign]
    return Town(network, made.clock, apps)


def _browser(town: Town, recorder: Recorder) -> Client:
    """The holder's browser, which is overheard too."""
    exchanges = list(town.network.hub.exchanges.values())
    app = site_app(town.network, SiteSettings(secret="the same on every journey " * 2), exchanges)
    return Client(recorder.around(app.wsgi_app))


def _joined(town: Town, ids: Ids, seeker: Seeker) -> Member:
    """The seeker, registered some days before; its ids alone are its own."""
    profile = Profile(
        name=seeker.name,
        run_by=RunBy.VOLUNTEERS,
        place=seeker.place,
        contact=seeker.contact,
        numbers=seeker.numbers,
    )
    ids.salt, ids.first = seeker.name, seeker.first_id
    town.clock.pass_time(days=-seeker.joined_days_before)
    with town.network.writing() as work:
        joined = join.join(work, SYSTEM, profile)
        check.record(work, SYSTEM, joined.id, "seeker", CheckOutcome.PASSED, GOOD_UNTIL)
    town.clock.pass_time(days=seeker.joined_days_before)
    ids.salt, ids.first = "", ""
    return town._with_key(joined.id, seeker.name, frozenset({"member"}))
