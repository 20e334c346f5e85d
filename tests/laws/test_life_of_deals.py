"""Law: whatever people do in whatever order, the model and the product say the same of each deal.

The steps go over HTTP to the real product on a real store; what the rows hold is counted by brute
force after each of them.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)
from tests.life import SHAPES, SPACES, TIMES, Life
from tests.life_model import Expected
from tests.stored_life import StoredLife, pick
from tests.towns import Json, a_need, an_offer

from cypn_core.domain.times import Window
from cypn_core.testing.stores import BOTH, NewStore
from cypn_core.testing.town import Member

STARTS = (
    dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC),
    dt.datetime(2027, 3, 23, 9, tzinfo=dt.UTC),
    dt.datetime(2027, 10, 26, 9, tzinfo=dt.UTC),
)
"""An ordinary week, and the weeks in which the clocks go forward and back."""
EXAMPLES = {"sqlite": 20, "postgresql": 6}
STEPS = 30
some = st.integers(0, 11)
few = st.integers(0, 3)


class LifeOfDeals(StoredLife):
    """Each rule is something that a person does, or that time does."""

    life: Life

    @initialize(start=st.sampled_from(STARTS))
    def begins(self, start: dt.datetime) -> None:
        """Two halls and two groups that have asked for something."""
        self.life = Life.on(self.store, start)
        for number in range(2):
            self.posts_offer(number, number)
            self.posts_need(number, 3 + number, 0, 1)
            self.asks(number, 0, 0)

    @rule(who=few, what=few)
    def posts_offer(self, who: int, what: int) -> None:
        """A holder gives a space."""
        holder = pick(self.life.by_role("holder"), who)
        self.life.send(holder, "POST", "/v1/offers", self._offer(what))

    @rule(who=few, day=some, time=few, shape=few)
    def posts_need(self, who: int, day: int, time: int, shape: int) -> None:
        """A group wants a space, once or in a series."""
        seeker = pick(self.life.by_role("seeker"), who)
        self.life.send(seeker, "POST", "/v1/needs", self._need(day, time, shape))

    @rule(who=few, number=some, what=few, day=some)
    def revises(self, who: int, number: int, what: int, day: int) -> None:
        """Somebody changes what they posted."""
        side = ("offer", "need")[number % 2]
        member, mine = self._own(side, who, number // 2)
        if mine:
            body = self._offer(what) if side == "offer" else self._need(day, what, number)
            path, tag = f"/v1/{side}s/{{{side}}}", mine["revision"]
            self._changes(member, side, mine, "PUT", path, body, tag)

    @rule(who=few, number=some)
    def withdraws(self, who: int, number: int) -> None:
        """Somebody takes back what they posted."""
        side = ("offer", "need")[number % 2]
        member, mine = self._own(side, who, number // 2)
        if mine:
            self._changes(
                member, side, mine, "DELETE", f"/v1/{side}s/{{{side}}}", None, mine["revision"]
            )

    @rule(who=few, number=some)
    def confirms(self, who: int, number: int) -> None:
        """A holder says that its offer still holds."""
        member, mine = self._own("offer", who, number)
        if mine:
            self.life.send(member, "POST", "/v1/offers/{offer}/confirm", offer=mine["id"])

    @rule(who=few, number=some, plan=few)
    def asks(self, who: int, number: int, plan: int) -> None:
        """A group asks for one of the plans that it is shown."""
        member, need = self._own("need", who, number, "open")
        if not need:
            return
        found = self.life.send(member, "GET", "/v1/needs/{need}/matches", need=need["id"])
        self.life.tells_nobody(member, found.text)
        plans = [*found.json["full"], *found.json["partial"]]  # type: ignore[index]
        if plans:
            body = {"plan": pick(plans, plan)["key"]}
            asked = self.life.send(member, "POST", "/v1/needs/{need}/asks", body, need=need["id"])
            if asked.status_code in {201, 202}:
                self.life.adopt(asked)

    @precondition(lambda self: any(d.waits for d in self.life.model.deals.values()))
    @rule(number=some, who=few)
    def agrees(self, number: int, who: int) -> None:
        """A holder says yes, in time or not."""
        deal = self._deal(number, lambda each: each.waits)
        holder = self._holder(deal, who)
        answer = self._to(holder, deal, "agree")
        if answer.status_code == 200:
            assert deal.contested or deal.deadline is None or deal.deadline > self.life.now
            self.life.adopt(answer)

    @precondition(lambda self: self.life.model.agreed())
    @rule(number=some)
    def confirms_visit(self, number: int) -> None:
        """A group has seen the space and keeps it."""
        deal = self._deal(number, lambda each: each.state == "agreed")
        done = self._to(self._member(deal.seeker), deal, "confirm-visit")
        if self._could(deal.seeker) and deal.sub_state == "visit_pending":
            assert done.status_code == 200, done.text
            deal.sub_state, deal.deadline = "confirmed", None
        else:
            assert done.status_code in {403, 409}, done.text

    @precondition(lambda self: self.life.model.deals)
    @rule(number=some, who=few)
    def declines(self, number: int, who: int) -> None:
        """A holder cannot give it, before the agreement or after."""
        deal = self._deal(number)
        holder = self._holder(deal, who)
        own = [w for leg in deal.legs if leg.holder == holder.id for w in leg.windows]
        windows = own if deal.waits else deal.ahead(self.life.now)
        answer = self._to(holder, deal, "decline", {"code": "unavailable"})
        possible = deal.waits or (deal.state == "agreed" and windows)
        assert (answer.status_code == 200) == bool(self._could(holder.id) and possible)
        if answer.status_code == 200:
            self.life.model.holder_closes(deal, holder.id, windows)

    @precondition(lambda self: self.life.model.deals)
    @rule(number=some, who=few, gives=st.booleans())
    def cancels(self, number: int, who: int, gives: bool) -> None:  # noqa: FBT001 - drawn
        """Either side leaves."""
        deal = self._deal(number)
        member = self._holder(deal, who) if gives else self._member(deal.seeker)
        bound = gives and deal.state == "agreed" and deal.deadline is not None
        live = deal.waits or deal.state == "agreed"
        answer = self._to(member, deal, "cancel")
        possible = self._could(member.id) and live and not bound
        assert (answer.status_code == 200) == possible, answer.text
        if possible:
            deal.end("cancelled")

    @precondition(lambda self: self.life.model.agreed())
    @rule(number=some, date=some, who=few, gives=st.booleans())
    def cancels_a_date(self, number: int, date: int, who: int, gives: bool) -> None:  # noqa: FBT001
        """Either side leaves one local day."""
        deal = self._deal(number, lambda each: each.state == "agreed")
        member = self._holder(deal, who) if gives else self._member(deal.seeker)
        on = self._today(pick(sorted(deal.dates), date).start)
        wanted = [w for w in deal.ahead(self.life.now) if self._today(w.start) == on]
        body = {"on": str(on), **({"code": "unavailable"} if gives else {})}
        answer = self._to(member, deal, "cancel-date", body)
        assert (answer.status_code == 200) == bool(self._could(member.id) and wanted), answer.text
        if answer.status_code == 200 and gives:
            self.life.model.holder_closes(deal, str(member.id), wanted)
        elif answer.status_code == 200:
            deal.lose(wanted, "cancelled")

    @rule(who=few, number=some, day=some)
    def leaves(self, who: int, number: int, day: int) -> None:
        """A holder says from which day its offer ends."""
        member, mine = self._own("offer", who, number)
        if not mine:
            return
        on = self.life.day(day)
        left = self.life.send(
            member, "POST", "/v1/offers/{offer}/leave", {"leaves_on": on}, mine["revision"],
            offer=mine["id"],
        )  # fmt: skip
        if left.status_code == 200:
            end = self.life.town.network.hub.region.midnight(dt.date.fromisoformat(on))
            self.life.model.offer_ends(mine["id"], end, self.life.now)

    @rule(who=few, number=some, day=some, days=few)
    def closes(self, who: int, number: int, day: int, days: int) -> None:
        """A holder closes whole days of an offer."""
        member, mine = self._own("offer", who, number)
        if not mine:
            return
        body = {"first": self.life.day(day), "last": self.life.day(day + days), "code": "repairs"}
        region, last = self.life.town.network.hub.region, dt.date.fromisoformat(body["last"])
        start = region.midnight(dt.date.fromisoformat(body["first"]))
        span = Window(max(start, self.life.now), region.midnight(last + dt.timedelta(days=1)))
        takes = self._used_with(mine["id"], span)
        shut = self.life.send(member, "POST", "/v1/offers/{offer}/closures", body, offer=mine["id"])
        if shut.status_code == 201:
            self.life.model.offer_closes(mine["id"], takes, span, self.life.now)

    @rule(who=few, number=some, which=few)
    def reopens(self, who: int, number: int, which: int) -> None:
        """A holder opens again what it closed."""
        member, mine = self._own("offer", who, number)
        if not mine:
            return
        path = "/v1/offers/{offer}/closures"
        found = self.life.send(member, "GET", path, offer=mine["id"])
        if found.json["items"]:  # type: ignore[index]
            one = pick(found.json["items"], which)  # type: ignore[index]
            answer = self.life.send(
                member, "DELETE", f"{path}/{{closure}}", offer=mine["id"], closure=one["id"]
            )
            assert (answer.status_code == 200) == (one["state"] == "closed"), answer.text

    @rule(who=few, passed=st.booleans())
    def is_checked(self, who: int, passed: bool) -> None:  # noqa: FBT001 - drawn
        """A check fails, or is passed again."""
        life, party = self.life, pick(list(self.life.members.values()), who)
        lapsed = [each for each in life.members.values() if each.id in life.model.unchecked]
        party = pick(lapsed, who) if passed and lapsed else party
        role = "holder" if party in life.by_role("holder") else "seeker"
        body = {"role": role, "outcome": "passed" if passed else "failed"}
        if passed:
            body["expires_on"] = life.day(900)
        path = f"/v1/organisations/{party.id}/checks"
        answer = life.coordinator.post("membership", path, body)
        assert answer.status_code == 201, answer.text
        today = self._today(life.now)
        life.model.check_changes(str(party.id), life.now, today, passed=passed)

    @precondition(lambda self: self.life.model.agreed())
    @rule(number=some, goes_on=st.booleans())
    def answers_the_term(self, number: int, goes_on: bool) -> None:  # noqa: FBT001 - drawn
        """A group goes on for another term, or lets it go."""
        deal = self._deal(number, lambda each: each.state == "agreed")
        verb = "renew" if goes_on else "let-go"
        answer = self.life.send(
            self._member(deal.seeker), "POST", f"/v1/deals/{{deal}}/{verb}", deal=deal.id
        )
        if verb == "renew" and answer.status_code in {201, 202}:
            self.life.adopt(answer)

    @rule(who=few, number=few, code=st.sampled_from(("yes", "yes", "no", "later")))
    def answers_a_wake(self, who: int, number: int, code: str) -> None:
        """A group answers what has come up."""
        seeker = pick(self.life.by_role("seeker"), who)
        if seeker.id in self.life.model.unchecked:
            return
        found = self.life.send(seeker, "GET", "/v1/wakes")
        self.life.tells_nobody(seeker, found.text)
        open_ = [each for each in found.json["items"] if each["state"] == "asked"]  # type: ignore[index]
        if open_:
            path, wake = "/v1/wakes/{wake}/answer", pick(open_, number)["id"]
            self._rounds_may_close()
            answer = self.life.send(seeker, "POST", path, {"code": code}, wake=wake)
            if answer.status_code == 200:
                self.life.adopt(answer, at="deal")

    @precondition(lambda self: self.life.model.deals)
    @rule(number=some, verb=st.sampled_from(("agree", "cancel", "decline", "confirm-visit")))
    def a_stranger_or_a_stale_copy(self, number: int, verb: str) -> None:
        """An old revision is refused, and another's deal is not there; nothing changes."""
        deal = self._deal(number)
        body = {"code": "unavailable"} if verb == "decline" else None
        for member in self.life.members.values():
            if member.id not in self.life.model.unchecked:
                answer = self._to(member, deal, verb, body, stale=True)
                assert answer.status_code == (412 if member.id in deal.parties else 404)

    @rule(hours=st.sampled_from((1, 5, 26, 50, 74, 24 * 8)), ticks=st.booleans())
    def time_passes(self, hours: int, ticks: bool) -> None:  # noqa: FBT001 - drawn
        """Hours or days go by; the hub may sleep all the while."""
        self.life.town.clock.pass_time(hours=hours)
        if ticks:
            self.the_hub_ticks()

    @precondition(lambda self: any(len(d.dates) > 9 for d in self.life.model.agreed()))
    @rule()
    def a_term_nears_its_end(self) -> None:
        """It is four weeks before a long series ends."""
        ends = max(max(each.dates) for each in self.life.model.agreed()).end
        near = ends - dt.timedelta(days=27)
        self.life.town.clock.now = max(near, self.life.now)
        self.the_hub_ticks()

    @rule()
    def the_hub_ticks(self) -> None:
        """The hub does what is due."""
        self._rounds_may_close()
        self.life.town.tick()
        self.life.model.ticks(self.life.now)

    @invariant()
    def all_of_it_holds(self) -> None:
        """After every step."""
        if hasattr(self, "life"):
            self.life.settle_down()

    def _offer(self, what: int) -> Json:
        first = self.life.day(0)
        daily = {"first": first, "starts": "00:00", "ends": "24:00", "rrule": "FREQ=DAILY"}
        return an_offer(hours=[daily], **pick(SPACES, what))

    def _need(self, day: int, time: int, shape: int) -> Json:
        starts, ends = pick(TIMES, time)
        when = {"first": self.life.day(day), "starts": starts, "ends": ends}
        rule_ = pick(SHAPES, shape)
        return a_need(when={**when, "rrule": rule_} if rule_ else when)

    def _own(self, side: str, who: int, number: int, state: str = "") -> tuple[Member, Json]:
        member = pick(self.life.by_role("holder" if side == "offer" else "seeker"), who)
        if member.id in self.life.model.unchecked:
            return member, {}
        mine = [p for p in self.life.postings(member, side) if state in {"", p["state"]}]
        self.life.tells_nobody(member, str(mine))
        return member, pick(mine, number) if mine else {}

    def _changes(
        self, member: Member, side: str, mine: Json, method: str, path: str, body: Any, tag: int
    ) -> None:
        """What a deal stands on is not changed under it."""
        answer = self.life.send(member, method, path, body, tag, **{side: mine["id"]})
        with self.life.town.network.reading() as work:
            stands = bool(work.deals.live_with(mine["id"]))
        if stands and method == "DELETE":
            assert answer.status_code == 409, answer.text
        if answer.status_code == 200:
            assert answer.json["revision"] == tag + 1  # type: ignore[index]

    def _deal(self, number: int, wanted: Any = bool) -> Expected:
        found = [deal for deal in self.life.model.deals.values() if wanted(deal)]
        return found[number % len(found)]

    def _member(self, party: str) -> Member:
        return self.life.members[party]

    def _holder(self, deal: Expected, who: int) -> Member:
        return self._member(pick(sorted({leg.holder for leg in deal.legs}), who))

    def _could(self, party: str) -> bool:
        return party not in self.life.model.unchecked

    def _today(self, at: dt.datetime) -> dt.date:
        return self.life.town.network.hub.region.today(at)

    def _to(
        self, member: Member, deal: Expected, verb: str, body: Any = None, *, stale: bool = False
    ) -> Any:
        with self.life.town.network.reading() as work:
            tag = work.deals.get(deal.id).revision - stale  # type: ignore[arg-type]
        return self.life.send(member, "POST", f"/v1/deals/{{deal}}/{verb}", body, tag, deal=deal.id)

    def _rounds_may_close(self) -> None:
        waiting = (d.id for d in self.life.model.deals.values() if d.contested and d.waits)
        self.life.loose.update(waiting)

    def _used_with(self, offer: str, span: Window) -> Any:
        """What of a deal takes any of the things that *offer* is made of in *span*."""
        return self.life.takes_of(offer, span)


@pytest.mark.parametrize("dialect", BOTH)
def test_whatever_happens_the_model_and_the_product_agree(
    dialect: str, new_store: NewStore
) -> None:
    """No step and no order of steps breaks what must always hold."""
    LifeOfDeals.lives(dialect, new_store, examples=EXAMPLES[dialect], steps=STEPS)


@pytest.mark.parametrize("dialect", BOTH)
def test_one_life_holds_what_a_draw_may_miss(dialect: str, new_store: NewStore) -> None:
    """A date is lost, the rest suspended and restored, and all cancelled: it holds throughout."""
    machine = LifeOfDeals.on(dialect, new_store)()
    try:
        machine.begins(STARTS[0])
        machine.all_of_it_holds()
        known = machine.life.model.deals
        first = next(iter(known.values()))
        assert (first.state, len(first.dates)) == ("agreed", 3)
        steps = (
            partial(machine.cancels_a_date, 0, 0, 0, gives=False),
            partial(machine.is_checked, 2, passed=False),
            partial(machine.time_passes, 25, ticks=False),
            partial(machine.is_checked, 0, passed=True),
            partial(machine.cancels, 0, 0, gives=False),
        )
        for step in steps:
            step()
            machine.all_of_it_holds()
        assert first.state == "cancelled"
    finally:
        machine.teardown()
