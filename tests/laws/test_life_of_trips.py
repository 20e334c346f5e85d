"""Law: whatever people do in whatever order, outings are carried by who may, once, and as agreed.

The steps go over HTTP to the real exchange of transport on a real store; what the rows hold is
counted by brute force after each of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
)
from tests import life_rows
from tests.fitting import driver, escort, outing, vehicle
from tests.stored_life import StoredLife, pick
from tests.towns import NOW, PLACE, posted
from werkzeug.test import TestResponse

from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.standing import CheckOutcome
from cypn_core.hub import Hub
from cypn_core.testing.stores import BOTH, NewStore
from cypn_core.testing.town import Member, Town
from cypn_region_northshire import plugin as northshire
from cypn_transport import plugin as transport
from cypn_transport.running import ACTIONS, CheckPoint

TRANSPORT = "transport"
UNTIL = dt.date(2028, 1, 1)
EXAMPLES = {"sqlite": 40, "postgresql": 12}
STEPS = 20
POINTS = sorted(point.value for point in CheckPoint)
BARRED = {200, 201, 202, 403, 404, 409}
"""What a step that comes at the wrong time or from the wrong side is told; no more than that."""
some = st.integers(0, 11)
few = st.integers(0, 3)
OUTINGS: tuple[dict[str, Any], ...] = (
    {}, {"may_share": True, "children": 4}, {"needs_escort": True},
    {"wheelchair_users": 1, "children": 3}, {"may_share": True, "leaves": "14:15", "children": 5},
)  # fmt: skip
RATES = {
    "hire_pence": 2000, "fuel_pence": 500, "distance_pence": 40, "insurance_pence": 0,
    "driver_pence": 100,
}  # fmt: skip
GIVEN: Sequence[Any] = (
    ("vehicle", vehicle, {"rates": RATES, "tank_litres": 80}),
    ("vehicle", vehicle, {"comes_with_driver": True, "layouts": [{"seats": 14, "wheelchairs": 1}]}),
    ("driver", driver, {}),
    ("driver", driver, {"auto_accept": False, "expenses_pence": 900}),
    ("escort", escort, {"auto_accept": False}),
)
INPUTS: dict[str, Any] = {
    "check-vehicle": {"looked_at": POINTS},
    "report-defect": {"defects": ["brakes"]},
    "return-keys": {"passengers": 4},
    "record-mileage": {"odometer_start": 100, "odometer_end": 140},
}


class LifeOfTrips(StoredLife):
    """Each rule is something that a person does, or that time does."""

    def __init__(self) -> None:
        super().__init__()
        self.revisions = life_rows.Revisions()
        self.agreed: dict[str, int | None] = {}

    @initialize(first=few)
    def begins(self, first: int) -> None:
        """Three groups, and a vehicle with a driver or without."""
        self.town = Town.on(self.store, Hub.of(transport, northshire), NOW)
        self.groups = [self.group(name) for name in ("Amber Lane", "Birch Close", "Cherry Court")]
        self.givers: list[tuple[Member, str]] = []
        self.gives(first)

    def group(self, name: str) -> Member:
        """A group that is checked for long."""
        return self.town.member(name, "seeker", place=PLACE, until=UNTIL)

    @rule(what=some)
    def gives(self, what: int) -> None:
        """Somebody lends a vehicle, or drives, or rides along."""
        if len(self.givers) < 5:
            role, body, changes = pick(GIVEN, what)
            checked = {"vehicle": ("holder", "driver")}.get(role, (role,))
            name = f"Giver {len(self.givers)}"
            who = self.town.member(name, *checked, place=PLACE, until=UNTIL)
            self.givers.append((who, posted(who, "offer", body(**changes), TRANSPORT)))

    @rule(who=few, what=some, day=few, best=st.booleans())
    def asks(self, who: int, what: int, day: int, *, best: bool) -> None:
        """A group posts an outing, and asks for a plan, where there is one."""
        group = pick(self.groups, who)
        on = self.town.clock.now.date() + dt.timedelta(days=1 + day)
        body = outing(on=str(on), **pick(OUTINGS, what))
        if group.post(TRANSPORT, "/v1/needs", body).status_code != 201:
            return
        need = self.items(group, "needs")[-1]["id"]
        found = group.get(TRANSPORT, f"/v1/needs/{need}/matches").json
        plans = [*found["full"], *found["partial"]]  # type: ignore[index]
        for plan in plans[: 1 if best else 2][-1:]:
            self.answered(group.post(TRANSPORT, f"/v1/needs/{need}/asks", {"plan": plan["key"]}))

    @rule()
    def puts_together(self) -> None:
        """The coordinator lets the hub propose what goes together."""
        answer = self.town.coordinator().post(TRANSPORT, "/v1/proposals")
        assert answer.status_code == 200, answer.text

    @rule(number=some, which=few, verb=st.sampled_from(["agree", "agree", "cancel", "decline"]))
    def answers(self, number: int, which: int, verb: str) -> None:
        """Somebody who is in a deal says yes, no, or leaves."""
        who = pick(self.everybody(), number)
        for deal in self.items(who, "deals")[which:][:1]:
            body = {"code": "unavailable"} if verb == "decline" else None
            self.does(who, deal, verb, body)

    @rule(number=some, which=few, at=some)
    def runs(self, number: int, which: int, at: int) -> None:
        """Somebody does what belongs to running an outing, in its time or not."""
        who, action = pick(self.everybody(), number), pick(ACTIONS, at)
        for deal in self.items(who, "deals")[which:][:1]:
            self.does(who, deal, action.name, INPUTS.get(action.name))

    @rule(number=some)
    def mends(self, number: int) -> None:
        """What was closed is opened again by who holds it."""
        who, offer = pick(self.givers, number)
        path = f"/v1/offers/{offer}/closures"
        shut = who.get(TRANSPORT, path)
        for each in shut.json["items"][:1] if shut.status_code == 200 else ():  # type: ignore[index]
            self.answered(who.send("DELETE", TRANSPORT, f"{path}/{each['id']}"))

    @rule(number=some, valid=st.booleans())
    def papers_change(self, number: int, *, valid: bool) -> None:
        """A paper of what somebody gives lapses, or is renewed."""
        who, offer = pick(self.givers, number)
        shown = who.get(TRANSPORT, f"/v1/offers/{offer}")
        paper = {"vehicle_offer": "mot_until", "driver_offer": "midas_until"}
        kind = shown.json["body"]["kind"] if shown.status_code == 200 else ""  # type: ignore[index]
        if kind in paper:
            day = self.town.clock.now.date() + dt.timedelta(days=400 if valid else -1)
            body = {**shown.json["body"], paper[kind]: str(day)}  # type: ignore[index]
            tag = shown.headers["ETag"]
            path = f"/v1/offers/{offer}"
            self.answered(who.send("PUT", TRANSPORT, path, body, If_Match=tag))

    @rule(number=some, passed=st.booleans())
    def is_checked(self, number: int, *, passed: bool) -> None:
        """A coordinator finds that a driver's check holds, or does not."""
        who, _ = pick(self.givers, number)
        outcome = CheckOutcome.PASSED if passed else CheckOutcome.FAILED
        body = {"role": "driver", "outcome": outcome.value}
        path = f"/v1/organisations/{who.id}/checks"
        answer = self.town.coordinator().post("membership", path, body)
        assert answer.status_code == 201, answer.text

    @rule(days=few, hours=some)
    def time_passes(self, days: int, hours: int) -> None:
        """Time goes by, and the hub does what is due."""
        self.town.clock.pass_time(days=days, hours=hours)
        self.town.tick()

    @invariant()
    def all_of_it_holds(self) -> None:
        """What occupies is what is held, no need is lost, and nobody is named who may not be."""
        if not hasattr(self, "givers"):
            return
        deals, _ = life_rows.hold(self.town.network, self.revisions)
        for deal in deals:
            self.makes_sense(deal)
        for member in self.everybody():
            life_rows.nobody_is_named_early(self.items(member, "deals"))

    def makes_sense(self, deal: Deal) -> None:
        """Agreed is whole and agreed by all; nobody pays more than when it was agreed."""
        if deal.state is DealState.HELD:
            assert {part.code for part in deal.held.missing} & {"no_driver", "no_escort"}, deal
        if deal.state is not DealState.AGREED:
            return
        assert deal.search is None, deal
        assert not deal.waiting_for(), deal
        roles = [leg.role for leg in deal.plan.legs]
        assert len(roles) == len({*roles}), deal
        for share in deal.kept.shares:
            first = self.agreed.setdefault(f"{deal.id} {share.need}", share.pence)
            assert first is not None, deal
            assert share.pence <= first, deal
            assert share.alone is None or share.pence <= share.alone, deal

    def does(self, who: Member, deal: Any, verb: str, body: object = None) -> None:
        """Do *verb* to the deal as *who* reads it."""
        path, tag = f"/v1/deals/{deal['id']}/{verb}", f'"{deal["revision"]}"'
        self.answered(who.post(TRANSPORT, path, body, If_Match=tag))

    def answered(self, answer: TestResponse) -> None:
        """It is done, or refused in one of the ways that there are."""
        assert answer.status_code in BARRED, answer.text

    def everybody(self) -> list[Member]:
        """All who may be in a deal."""
        return [*self.groups, *(who for who, _ in self.givers)]

    def items(self, member: Member, what: str) -> list[Any]:
        """What a member has; nothing while it is not checked."""
        answer = member.get(TRANSPORT, f"/v1/{what}")
        return answer.json["items"] if answer.status_code == 200 else []  # type: ignore[index]


@pytest.mark.parametrize("dialect", BOTH)
def test_whatever_happens_outings_make_sense(dialect: str, new_store: NewStore) -> None:
    """No step and no order of steps breaks what must always hold."""
    LifeOfTrips.lives(dialect, new_store, examples=EXAMPLES[dialect], steps=STEPS)
