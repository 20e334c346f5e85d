"""Who sees what: the table of the documentation, walked stage by stage through HTTP."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import evolve, fields, frozen
from tests.jobs_town import Jobs
from tests.towns import (
    NOW,
    ONLY_VENUES,
    PLACE,
    VENUES,
    Json,
    a_need,
    an_offer,
    asked,
    inbox,
    matches,
    posted,
)
from werkzeug.test import TestResponse

from cypn_core.domain.region import Settings
from cypn_core.storage.engine import Store
from cypn_core.testing.town import MEMBERSHIP, Member, Town
from cypn_venue_bank.needs import SpaceNeed
from cypn_venue_bank.offers import SpaceOffer

PAGE = (Path(__file__).parents[2] / "docs" / "masking.md").read_text(encoding="utf-8")
VIEWERS = ("holder", "seeker", "coordinator", "other", "public")
ALL = {
    kind.kind: {"kind", *(each.name for each in fields(kind))} for kind in (SpaceNeed, SpaceOffer)
}
LIMITS = {"or_when", "max_km", "budget_pence", "budget_per", "existing_hours"}
WORDS = {
    "alias": {"sides", "you", "alias", "checks_passed"},
    "name": {"sides", "you", "name", "contact", "second_contact"},
}
NOTE = "We sing in parts"


def table() -> dict[str, dict[str, str]]:
    """Stage by viewer, as the page says it."""
    rows = re.findall(r"^\| (\w+) \| (.+) \|$", PAGE, re.MULTILINE)
    cells = {stage: said.split(" | ") for stage, said in rows if stage != "stage"}
    return {stage: dict(zip(VIEWERS, said, strict=True)) for stage, said in cells.items()}


def of_body(body: Json) -> str:
    """The page's word for the fields that *body* shows."""
    hidden = ALL[body["kind"]] - body.keys()
    assert body.keys() <= ALL[body["kind"]]
    limits = LIMITS & ALL[body["kind"]]
    exact = body["place"] == PLACE
    found = {
        "all": (set(), True),
        "limits": ({"note"}, True),
        "open": (limits, True),
        "coded": ({"note", *limits}, False),
    }
    return next(word for word, seen in found.items() if seen == (hidden, exact))


def of_party(party: Json) -> str:
    return next(word for word, names in WORDS.items() if party.keys() == names)


@frozen
class Walk:
    """A deal, its two parties, and the others who might look."""

    town: Town
    holder: Member
    seeker: Member
    other: Member
    desk: Member
    offer: str
    need: str = ""
    deal: str = ""

    def seen(self) -> dict[str, str]:
        """What each viewer sees of the others, in the page's words."""
        return {
            "holder": self.by_party(self.holder, "needs"),
            "seeker": self.by_party(self.seeker, "legs"),
            "coordinator": self.by_coordinator(),
            "other": self.by_other(),
            "public": self.by_public(),
        }

    def by_party(self, viewer: Member, theirs: str) -> str:
        """From its deals; a seeker without one looks at its matches."""
        deals: list[Json] = viewer.get(VENUES, "/v1/deals").json["items"]  # type: ignore[index]
        mine = [deal for deal in deals if deal["id"] == self.deal]
        if not mine:
            found = (
                matches(viewer, self.need)["full"] if viewer is self.seeker and self.need else []
            )
            words = {of_body(leg["body"]) for plan in found for leg in plan["legs"]}
            return ", ".join(words) or "nothing"
        (deal,) = mine
        (body,) = [each["body"] for each in deal[theirs]]
        (party,) = [party for party in deal["parties"] if not party["you"]]
        return f"{of_body(body)}, {of_party(party)}"

    def by_coordinator(self) -> str:
        """Both sides in one word, for they are masked alike."""
        if not self.deal:
            paths = [f"/v1/offers/{self.offer}", *([f"/v1/needs/{self.need}"] if self.need else [])]
            bodies = [self.desk.get(VENUES, path).json["body"] for path in paths]  # type: ignore[index]
            return ", ".join({of_body(body) for body in bodies})
        deal: Json = self.desk.get(VENUES, f"/v1/deals/{self.deal}").json  # type: ignore[assignment]
        words = {of_body(each["body"]) for each in (*deal["needs"], *deal["legs"])}
        (body,), (party,) = words, {of_party(party) for party in deal["parties"]}
        return f"{body}, {party}"

    def by_other(self) -> str:
        """A checked member that is in none of it gets what nobody has: the same 404."""
        none = self.get(self.other, "/v1/deals/" + "0" * 32)
        assert {self.get(self.other, path).data for path in self.paths()} == {none.data}
        assert self.get(self.other, "/v1/deals").json == {"items": [], "next": None}
        assert none.status_code == 404
        return "nothing"

    def by_public(self) -> str:
        """Without a key there is no answer, and no listing of who has not agreed to it."""
        client = self.town.apps[VENUES].test_client()
        assert {client.get(path).status_code for path in self.paths()} == {401}
        listed = self.town.apps[MEMBERSHIP].test_client().get("/v1/listings")
        assert listed.json["listings"] == []  # type: ignore[index]
        return "nothing"

    def paths(self) -> list[str]:
        """The addresses of all that there is by now."""
        known = (("deals", self.deal), ("needs", self.need), ("offers", self.offer))
        return [f"/v1/{kind}/{each}" for kind, each in known if each]

    def get(self, member: Member, path: str) -> TestResponse:
        """What the exchange answers to *member*."""
        return member.get(VENUES, path)

    def wants(self, day: str) -> Walk:
        """The same with a need for *day*, and no deal yet."""
        body = a_need(day, note=NOTE, budget_pence=9000)
        return evolve(self, need=posted(self.seeker, "need", body), deal="")

    def asks(self) -> Walk:
        """The same with the best plan asked for."""
        answer = asked(self.seeker, self.need)
        assert answer.status_code == 202, answer.text
        return evolve(self, deal=answer.json["id"])  # type: ignore[index]

    def answers(self, verb: str, body: Json | None = None) -> None:
        """The holder's answer."""
        path = f"/v1/deals/{self.deal}"
        tag = self.holder.get(VENUES, path).headers["ETag"]
        answer = self.holder.post(VENUES, f"{path}/{verb}", body, If_Match=tag)
        assert answer.status_code == 200, answer.text


@pytest.fixture
def walk(store: Store) -> Walk:
    town = Town.on(store, ONLY_VENUES, NOW)
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    other = town.member("Birch Close", "seeker", "holder", place=PLACE)
    kept = {"first": "2026-11-22", "starts": "17:00", "ends": "19:00", "rrule": "FREQ=DAILY"}
    body = an_offer(auto_accept=False, note="The key is under the mat", existing_hours=[kept])
    offer = posted(holder, "offer", body)
    return Walk(town, holder, seeker, other, town.coordinator(), offer)


def test_each_stage_shows_what_the_page_says(walk: Walk) -> None:
    """From the listing to the end of the contacts, each viewer sees its cell and no field more."""
    said = table()
    assert list(said) == [
        "listing", "match", "request", "held", "accepted", "declined", "expired", "closed",
    ]  # fmt: skip
    assert walk.seen() == said["listing"]
    walk = walk.wants("2027-02-02")
    assert walk.seen() == said["match"]
    walk = walk.asks()
    assert walk.seen() == said["request"]
    walk.answers("decline", {"code": "unavailable"})
    assert walk.seen() == said["declined"]
    walk = walk.wants("2027-02-09").asks()
    walk.town.clock.pass_time(days=10)
    walk.town.tick()
    assert walk.seen() == said["expired"]
    walk = walk.wants("2027-02-16").asks()
    walk.answers("agree")
    assert walk.seen() == said["accepted"]
    walk.town.clock.now = NOW.replace(year=2027, month=3, day=16, hour=15)
    assert walk.seen() == said["accepted"]
    walk.town.clock.pass_time(hours=1)
    assert walk.seen() == said["closed"]


def test_held_shows_what_a_request_shows(store: Store) -> None:
    """While a part is sought nobody reads more than when it was asked, and less than before."""
    assert table()["held"] == table()["request"]
    here = Jobs.on(store, auto_accept=False, note="The key is under the mat")
    viewers = (here.seeker, here.bench, here.town.coordinator())
    deal = here.asks()["id"]
    asked = [shown(here.deal(viewer, deal)) for viewer in viewers]
    assert here.answers(here.bench, deal, "agree")["state"] == "held"
    assert [shown(here.deal(viewer, deal)) for viewer in viewers] == asked
    hand, offer = here.hand()
    assert here.deal(here.seeker, deal)["state"] == "agreed"
    assert shown(here.deal(here.seeker, deal)) != asked[0]
    here.revises(hand, offer, good_until="2027-03-02")
    assert [shown(here.deal(viewer, deal)) for viewer in viewers] == asked


def shown(deal: Json) -> list[object]:
    """What is told of each party, and of the bodies of each side."""
    bodies = [each["body"] for each in (*deal["needs"], *deal["legs"])]
    return [sorted(map(sorted, deal["parties"])), bodies]


def test_contacts_close_in_the_inbox_and_the_feed_too(walk: Walk) -> None:
    """28 days after its last time a deal names nobody anywhere; a minute before it still does."""
    walk = walk.wants("2027-02-16").asks()
    walk.answers("agree")
    walk.town.tick()
    made = walk.holder.post(MEMBERSHIP, "/v1/calendar-feeds", {"label": "diary"})
    feed = walk.town.apps[MEMBERSHIP].test_client()
    for minute, open_ in ((59, True), (60, False)):
        walk.town.clock.now = NOW.replace(year=2027, month=3, day=16, hour=15)
        walk.town.clock.pass_time(minutes=minute)
        told = [feed.get(made.json["path"]).text, *inbox(walk.holder)]  # type: ignore[index]
        assert any("Amber Lane" in each for each in told) is open_
        assert any("kim@example.org" in each for each in told) is open_
    assert any("closed again" in each for each in inbox(walk.holder))


def test_the_page_tells_the_fields_and_the_limits() -> None:
    """Its words for parties are these fields, and its figures are the defaults."""
    for word, names in WORDS.items():
        said = re.search(rf"\*\*{word}\*\* is ((?:`\w+`,? ?)+)", PAGE)
        assert said is not None
        assert set(re.findall(r"\w+", said[1])) == names
    assert f"`contact_days` ({Settings().contact_days})" in PAGE
    assert f"`rare_activity` ({Settings().rare_activity})" in PAGE
