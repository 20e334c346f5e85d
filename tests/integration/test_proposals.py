"""Needs that are put together are proposed to their groups, bind nobody, and are agreed by all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from attrs import define, evolve
from sqlalchemy import func, select
from tests.sample_together import ALONE, SHARED, THINGS, in_pairs, outings
from tests.towns import Json, asked, inbox, is_problem, posted

from cypn_core.application import propose
from cypn_core.application.network import SYSTEM
from cypn_core.application.tick import tick
from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import DealId, PostingId
from cypn_core.hub import Hub
from cypn_core.storage import events, tables
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_region_northshire import plugin as northshire

NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
PLACE = "Norchester"
FIGURES = {"method": "two and two", "bound": 2.0, "gap": 0.0, "seconds": 0.01, "proven": True}


@define
class Outings:
    """Two groups that want to go on the same day, and something that takes three."""

    town: Town
    groups: list[Member]
    needs: list[str]
    holder: Member

    @classmethod
    def on(cls, store: Store, together: Callable[..., Any] = in_pairs, **offer: object) -> Outings:
        """With that planner over many needs, and an offer with *offer*."""
        town = Town.on(store, Hub.of(outings(together), northshire), NOW)
        groups = [town.member(name, "seeker", place=PLACE) for name in ("Ash Row", "Elm Row")]
        holder = town.member("Cedar Hall", "holder", place=PLACE)
        posted(holder, "offer", {"kind": "carrier_offer", "place": PLACE, **offer}, THINGS)
        made = cls(town, groups, [], holder)
        made.needs = [made.wants(group, later=i == 1) for i, group in enumerate(groups)]
        return made

    def wants(self, group: Member, **more: object) -> str:
        """A need of *group*."""
        body = {"kind": "outing_need", "place": PLACE, "day": "2027-03-10", **more}
        self.town.clock.pass_time(minutes=1)
        return posted(group, "need", body, THINGS)

    def proposed(self) -> DealId:
        """The one deal that the tick proposes."""
        assert self.town.tick().deals_proposed == 1
        (deal,) = self.live(self.needs[0])
        return deal.id

    def live(self, need: str) -> list[Deal]:
        """The deals that *need* is in and of which something may come."""
        with self.town.network.reading() as work:
            return work.deals.live_with(PostingId(need))

    def deal(self, who: Member, deal: str) -> Json:
        """The deal as *who* reads it."""
        answer = who.get(THINGS, f"/v1/deals/{deal}")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json  # type: ignore[assignment]
        return found

    def says(self, who: Member, deal: str, what: str, status: int = 200) -> Json:
        """*who* sends ``agree`` or ``cancel``."""
        revision = str(self.deal(who, deal)["revision"])
        answer = who.post(THINGS, f"/v1/deals/{deal}/{what}", If_Match=f'"{revision}"')
        assert answer.status_code == status, answer.text
        found: Json = answer.json  # type: ignore[assignment]
        return found

    def facts(self, fact: str) -> list[Json]:
        """What the log keeps of *fact* of the exchange."""
        with self.town.network.reading() as work:
            return [dict(e.body) for e in events.told_of(work.connection, THINGS, fact)]

    def count(self) -> int:
        """How many deals there are."""
        with self.town.network.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(tables.deal)).scalar_one()


def test_a_day_before_all_said_yes_nobody_reads_a_name(store: Store) -> None:
    """Each is told its own share and what it pays alone; names follow when both have said yes."""
    out = Outings.on(store)
    deal = out.proposed()
    for group, need in zip(out.groups, out.needs, strict=True):
        shown = out.deal(group, deal)
        assert (shown["state"], shown["waits_for_you"]) == ("gathering", True)
        assert shown["shares"] == [
            {"need": need, "pence": SHARED, "because": "equal parts", "alone": ALONE}
        ]
        assert not {"Ash Row", "Elm Row", "Cedar Hall"} & set(_names(shown)) - {group.name}
        text = inbox(group)[-1]
        assert "You would pay £6.00, and £10.00 alone" in text
        assert "2 needs" in text
    assert out.deal(out.holder, deal)["shares"] == []
    out.says(out.groups[0], deal, "agree")
    assert out.deal(out.groups[0], deal)["state"] == "gathering"
    assert out.says(out.groups[1], deal, "agree")["state"] == "agreed"
    assert set(_names(out.deal(out.groups[0], deal))) == {"Ash Row", "Elm Row", "Cedar Hall"}
    assert not out.live(out.needs[0])[0].waiting_for()


def test_a_no_ends_it_and_the_same_is_not_proposed_again(store: Store) -> None:
    """The other's need is free again; a third group makes it something new, without who said no."""
    out = Outings.on(store)
    deal = out.proposed()
    out.says(out.groups[1], deal, "agree")
    out.says(out.groups[0], deal, "cancel")
    assert not out.live(out.needs[1])
    out.town.clock.pass_time(days=1)
    assert out.town.tick().deals_proposed == 0
    third = out.wants(out.town.member("Oak Row", "seeker", place=PLACE))
    out.town.clock.pass_time(days=1)
    assert out.town.tick().deals_proposed == 1
    (found,) = out.live(third)
    assert set(found.plan.needs) == {third, out.needs[1]}


def test_it_gives_way_to_whatever_its_groups_do(store: Store) -> None:
    """Whoever has not said yes may ask for something else; whoever has must cancel first."""
    out = Outings.on(store)
    deal = out.proposed()
    out.says(out.groups[0], deal, "agree")
    bound = asked(out.groups[0], out.needs[0], service=THINGS)
    is_problem(bound, 409)
    free = asked(out.groups[1], out.needs[1], service=THINGS)
    assert free.status_code in {201, 202}, free.text
    assert out.deal(out.groups[0], deal)["state"] == "cancelled"
    assert not out.live(out.needs[0])


def test_withdrawing_ends_it(store: Store) -> None:
    """A need may be taken back although it stands in a proposal."""
    out = Outings.on(store)
    deal = out.proposed()
    gone = out.groups[0].send("DELETE", THINGS, f"/v1/needs/{out.needs[0]}", If_Match='"1"')
    assert gone.status_code in {200, 204}, gone.text
    assert out.deal(out.groups[1], deal)["state"] == "cancelled"


def test_an_unanswered_proposal_counts_for_nobody(store: Store) -> None:
    """Who did not say yes was not refused anything; who did was."""
    out = Outings.on(store)
    deal = out.proposed()
    out.says(out.groups[0], deal, "agree")
    out.town.clock.pass_time(days=7)
    out.town.tick()
    assert out.deal(out.groups[0], deal)["state"] == "lapsed"
    with out.town.network.reading() as work:
        counts = [work.deals.refused(group.id, THINGS, NOW) for group in out.groups]
    assert counts == [1, 0]


def test_it_is_done_once_a_day_within_the_days_before(store: Store) -> None:
    """The log keeps how well it is known; what lies farther ahead is left until it is near."""
    out = Outings.on(store)
    far = [out.wants(group, day="2027-06-01") for group in out.groups]
    out.proposed()
    (kept,) = out.facts(propose.PUT_TOGETHER)
    assert kept.items() >= {**FIGURES, "needs": 2, "together": 2, "alone": 0}.items()
    assert out.town.tick().deals_proposed == 0
    assert len(out.facts(propose.PUT_TOGETHER)) == 1
    assert not any(map(out.live, far))


@pytest.mark.parametrize("days", [0, 1])
def test_a_region_may_turn_it_off_or_do_it_later(store: Store, days: int) -> None:
    """With 0 days nothing is looked at; with one, only what begins tomorrow."""
    out = Outings.on(store)
    region = out.town.network.hub.region
    settings = evolve(region.settings, together_days=days)
    hub = evolve(out.town.network.hub, region=evolve(region, settings=settings))
    network = evolve(out.town.network, hub=hub)
    assert tick(network).deals_proposed == 0
    assert len(out.facts(propose.PUT_TOGETHER)) == days


def test_the_coordinator_looks_and_then_proposes(store: Store) -> None:
    """The preview stores nothing; members and holders may do neither."""
    out = Outings.on(store)
    desk = out.town.coordinator()
    for who in (out.groups[0], out.holder):
        is_problem(who.get(THINGS, "/v1/proposals"), 403)
        is_problem(who.post(THINGS, "/v1/proposals"), 403)
    seen = desk.get(THINGS, "/v1/proposals").json
    assert seen
    assert seen.items() >= {**FIGURES, "needs": 2, "together": 2}.items()
    (plan,) = seen["plans"]
    assert (plan["notes"], set(plan["needs"])) == (["the notes"], set(out.needs))
    assert out.count() == 0
    made = desk.post(THINGS, "/v1/proposals").json
    assert made
    assert len(made["deals"]) == 1
    assert out.count() == 1


@pytest.mark.parametrize("broken", ["raises", "nothing", "numbers", "foreign", "twice"])
def test_a_planner_that_fails_proposes_nothing(store: Store, broken: str) -> None:
    """It is reported where it raises, and what does not hold is dropped; the tick goes on."""

    def spoilt(boards: Any) -> Any:
        found = in_pairs(boards)
        if broken == "raises":
            raise RuntimeError("broken")
        changed = [evolve(plan, needs=(*plan.needs, PostingId("foreign"))) for plan in found.plans]
        return {
            "nothing": None,
            "numbers": evolve(found, bound="much"),  # type: ignore[arg-type]
            "foreign": evolve(found, plans=tuple(changed)),
            "twice": evolve(
                found, plans=tuple(evolve(p, needs=p.needs[:1] * 2) for p in found.plans)
            ),
        }[broken]

    out = Outings.on(store, spoilt)
    assert out.town.tick().deals_proposed == 0
    (kept,) = out.facts(propose.PUT_TOGETHER)
    assert kept["failed"] == (broken in {"raises", "nothing", "numbers"})
    assert out.count() == 0


def test_many_at_once_propose_once(store: Store) -> None:
    """Ticks and coordinators at the same moment: each need is in one proposal."""
    out = Outings.on(store)
    network = out.town.network
    with ThreadPoolExecutor(4) as pool:
        ticks = [pool.submit(propose.daily, network) for _ in range(2)]
        pressed = [pool.submit(propose.propose, network, SYSTEM, THINGS) for _ in range(2)]
        made = sum(each.result() for each in ticks) + sum(len(e.result()[1]) for e in pressed)
    assert made == 1
    assert out.count() == 1


def test_without_the_second_look_two_would_propose_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the race: what keeps it to one is that each need is looked at once more."""
    out = Outings.on(store)
    with out.town.network.reading() as work:
        needs = propose._gathered(work, THINGS)
        first = propose._sketched(work, THINGS, needs).shared[0]
    monkeypatch.setattr(propose, "_waits_on_nothing", lambda *_: True)
    monkeypatch.setattr(propose, "_proposable", lambda *_: True)
    made = [propose._stored(out.town.network, SYSTEM, THINGS, first) for _ in range(2)]
    assert len(set(made)) == 2


def _names(shown: Json) -> list[str]:
    return [party["name"] for party in shown["parties"] if "name" in party]


def test_the_log_keeps_by_which_rules_it_was_proposed(store: Store) -> None:
    """As it does of what somebody asks for."""
    out = Outings.on(store)
    deal = out.proposed()
    with out.town.network.reading() as work:
        (told,) = [e.body for e in events.told_of(work.connection, deal, "deal_proposed")]
    assert told["rules"] == out.town.network.hub.rules_version(THINGS)


def test_a_planner_over_many_is_told_what_is_agreed_ahead(store: Store) -> None:
    """The legs of deals that stand, by the offer that they are on; a proposal is none of them."""
    seen: list[Any] = []

    def looks(boards: Any) -> Any:
        seen.extend(offered.agreed for offered in boards[0].snapshot.offers)
        return in_pairs(boards)

    out = Outings.on(store, looks)
    third = out.town.member("Oak Row", "seeker", place=PLACE)
    deal = asked(third, out.wants(third, day="2027-03-12"), service=THINGS)
    assert deal.json["state"] == "agreed", deal.text  # type: ignore[index]
    out.proposed()
    ((leg,),) = set(seen)
    assert leg.windows[0].start.isoformat() == "2027-03-12T10:00:00+00:00"
