"""Law: whatever people do in whatever order, a deal that lacks a part is held, filled or given up.

The steps go over HTTP to the real product on a real store; what the rows hold is counted by brute
force after each of them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
)
from tests import life_rows
from tests.jobs_town import PLACE, Jobs
from tests.sample_parts import JOBS, good
from tests.stored_life import StoredLife, pick

from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.standing import CheckOutcome, stands
from cypn_core.testing.stores import BOTH, NewStore
from cypn_core.testing.town import Member

EXAMPLES = {"sqlite": 25, "postgresql": 6}
STEPS = 25
some = st.integers(0, 11)
few = st.integers(0, 3)
HANDS: tuple[dict[str, Any], ...] = (
    {}, {"auto_accept": False}, {"pence": 250}, {"pence": 100, "auto_accept": False},
)  # fmt: skip


class LifeOfHeldDeals(StoredLife):
    """Each rule is something that a person does, or that time does."""

    def __init__(self) -> None:
        super().__init__()
        self.revisions = life_rows.Revisions()

    @initialize()
    def begins(self) -> None:
        """A bench, and two groups."""
        self.here = Jobs.on(self.store)
        self.town = self.here.town
        other = self.town.member("Birch Close", "seeker", place=PLACE)
        self.seekers = [self.here.seeker, other]
        self.hands: list[tuple[Member, str]] = []

    @rule(what=few)
    def posts_a_hand(self, what: int) -> None:
        """Somebody offers to help."""
        if len(self.hands) < 4:
            self.hands.append(self.here.hand(**pick(HANDS, what)))

    @rule(who=few, day=some, series=st.booleans(), shares=st.booleans())
    def asks(self, who: int, day: int, *, series: bool, shares: bool) -> None:
        """A group wants a bench and a hand, and asks for the first plan that there is."""
        seeker = pick(self.seekers, who)
        first = self.town.clock.now.date() + dt.timedelta(days=1 + day)
        days = [str(first + dt.timedelta(days=7 * at)) for at in range(2 if series else 1)]
        body = {"kind": "job_need", "days": days, "shares": shares}
        if seeker.post(JOBS, "/v1/needs", body).status_code != 201:
            return
        open_ = [n for n in self.items(seeker, "needs") if n["state"] == "open"]
        for need in open_[-1:]:
            found = seeker.get(JOBS, f"/v1/needs/{need['id']}/matches").json
            plans = [*found["full"], *found["partial"]]
            for plan in plans[day % 2 :][:1]:
                answer = seeker.post(JOBS, f"/v1/needs/{need['id']}/asks", {"plan": plan["key"]})
                assert answer.status_code in {201, 202, 409}, answer.text

    @rule(number=some, who=few, verb=st.sampled_from(["agree", "cancel", "decline"]))
    def answers(self, number: int, who: int, verb: str) -> None:
        """Somebody who is in a deal says yes, no, or leaves."""
        members = pick(self.everybody(), number)
        for deal in self.items(members, "deals")[who:][:1]:
            body = {"code": "unavailable"} if verb == "decline" else None
            path = f"/v1/deals/{deal['id']}/{verb}"
            answer = members.post(JOBS, path, body, If_Match=f'"{deal["revision"]}"')
            assert answer.status_code in {200, 403, 409}, answer.text

    @rule(number=some, days=few)
    def revises(self, number: int, days: int) -> None:
        """What somebody gives is good until some day, or for good again."""
        giver, offer = pick([(self.here.bench, self.here.bench_offer), *self.hands], number)
        shown = giver.get(JOBS, f"/v1/offers/{offer}")
        if shown.status_code == 200:
            until = self.town.clock.now.date() + dt.timedelta(days=days * 4)
            body = {**shown.json["body"], "good_until": str(until) if days else None}
            tag = shown.headers["ETag"]
            answer = giver.send("PUT", JOBS, f"/v1/offers/{offer}", body, If_Match=tag)
            assert answer.status_code in {200, 403, 409}, answer.text

    @rule(number=some, passed=st.booleans())
    def is_checked(self, number: int, *, passed: bool) -> None:
        """A coordinator finds that a check holds, or does not."""
        role, who = pick(
            [*(("driver", h) for h, _ in self.hands), ("seeker", self.seekers[1])], number
        )
        outcome = CheckOutcome.PASSED if passed else CheckOutcome.FAILED
        body = {"role": role, "outcome": outcome.value}
        path = f"/v1/organisations/{who.id}/checks"
        assert self.town.coordinator().post("membership", path, body).status_code == 201

    @rule(number=some, day=some)
    def closes(self, number: int, day: int) -> None:
        """A hand is not there on some day."""
        if self.hands:
            giver, offer = pick(self.hands, number)
            on = str(self.town.clock.now.date() + dt.timedelta(days=day))
            body = {"first": on, "last": on, "code": "holiday"}
            answer = giver.post(JOBS, f"/v1/offers/{offer}/closures", body)
            assert answer.status_code in {201, 403, 409, 422}, answer.text

    @rule(days=few, hours=some)
    def time_passes(self, days: int, hours: int) -> None:
        """Time goes by, and the hub does what is due; a second tick at once has nothing to do."""
        self.town.clock.pass_time(days=days, hours=hours)
        self.town.tick()
        self.reviewed()

    @invariant()
    def all_of_it_holds(self) -> None:
        """What occupies is what is held, no need is lost, and nobody is named who may not be."""
        if not hasattr(self, "here"):
            return
        deals, _ = life_rows.hold(self.town.network, self.revisions)
        for deal in deals:
            self.makes_sense(deal)
        for member in self.everybody():
            life_rows.nobody_is_named_early(self.items(member, "deals"))

    def makes_sense(self, deal: Deal) -> None:
        """Held means that a part is missing and sought; agreed, that none is."""
        lacks = {part.code for part in deal.held.missing}
        if deal.state is DealState.HELD:
            assert "no_hand" in lacks, deal
            assert deal.deadline is not None, deal
            assert set(deal.held.legs) <= set(deal.plan.legs), deal
        elif deal.state is DealState.AGREED:
            assert deal.search is None, deal
            assert not deal.waiting_for(), deal
        if deal.state is not DealState.HELD:
            assert not deal.state.live or not deal.filling, deal

    def reviewed(self) -> None:
        """After a tick nobody plays a part ahead whom a rule bars, or whose check is out."""
        with self.town.network.reading() as work:
            for deal in work.deals.kept():
                ahead = [w for w in deal.standing if w.start > work.now]
                for leg in deal.held.legs:
                    if set(leg.windows) & set(ahead):
                        offer = work.postings.get(leg.offer)
                        context = work.context(JOBS, deal.windows)
                        found = good(None, offer.body, context)  # type: ignore[arg-type]
                        assert found.finding.value == "passes", (deal, leg)
                        checks = work.organisations.checks([offer.organisation])
                        mine = checks[offer.organisation]
                        assert leg.role != "hand" or not stands(mine, "driver", work.today), deal

    def everybody(self) -> list[Member]:
        """All who may be in a deal."""
        return [*self.seekers, self.here.bench, *(hand for hand, _ in self.hands)]

    def items(self, member: Member, what: str) -> list[Any]:
        """What a member has, newest last; nothing while it is not checked."""
        answer = member.get(JOBS, f"/v1/{what}")
        return answer.json["items"] if answer.status_code == 200 else []  # type: ignore[index]


@pytest.mark.parametrize("dialect", BOTH)
def test_whatever_happens_a_held_deal_makes_sense(dialect: str, new_store: NewStore) -> None:
    """No step and no order of steps breaks what must always hold."""
    LifeOfHeldDeals.lives(dialect, new_store, examples=EXAMPLES[dialect], steps=STEPS)
