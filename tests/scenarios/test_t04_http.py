"""T04 through HTTP: two half-empty minibuses become one; nobody is named before both say yes."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from tests.fitting import outing, vehicle
from tests.towns import NOW, Json, asked, inbox, matches, posted

from cypn_core import hookimpl
from cypn_core.application.network import SYSTEM
from cypn_core.application.propose import propose
from cypn_core.domain.region import Region
from cypn_core.hub import Hub
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_region_banes import plugin as banes
from cypn_transport import plugin as transport

TRANSPORT = "transport"
SEVEN, SIX = "Amber Lane Youth", "Birch Row Juniors"


class BySeats:
    """The region, where shared journeys are paid for by seats."""

    @hookimpl
    def cypn_region(self) -> Region:
        """See the hook."""
        return evolve(banes.cypn_region(), exchanges={TRANSPORT: {"share_by": "seats"}})


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, Hub.of(transport, BySeats()), NOW)


def two(town: Town, **changes: Any) -> tuple[tuple[Member, str], tuple[Member, str], Member]:
    """Seven from Paulton and six from Radstock, and a minibus of sixteen for £65.00."""
    owner = town.member("Cedar Wheels", "holder", place="Bath")
    rates = dict.fromkeys(("fuel_pence", "distance_pence", "insurance_pence", "driver_pence"), 0)
    rates["hire_pence"] = 6500
    given = vehicle(place="Bath", comes_with_driver=True, permit="section_22", rates=rates)
    posted(owner, "offer", given, TRANSPORT)
    same = {"destination": "Weston-super-Mare", "may_share": True, "leaves": "09:00"}
    day = {"back_by": "17:00", "adults": 1}
    seven = outing(place="Paulton", children=6, ages=["8_to_10"], **same, **day)
    six = outing(place="Radstock", children=5, ages=["8_to_10", "11_to_13"], **same, **day)
    groups = [town.member(name, "seeker", place="Bath") for name in (SEVEN, SIX)]
    bodies = (seven, six | {"leaves": "09:20"} | changes)
    needs = [posted(g, "need", b, TRANSPORT) for g, b in zip(groups, bodies, strict=True)]
    return (groups[0], needs[0]), (groups[1], needs[1]), owner


def shared(member: Member, need: str) -> list[Json]:
    return [plan for plan in matches(member, need, TRANSPORT)["full"] if "2 groups" in str(plan)]


def deal_of(member: Member) -> Json:
    (deal,) = member.get(TRANSPORT, "/v1/deals").json["items"]  # type: ignore[index]
    return dict(deal)


def agree(member: Member, deal: Json) -> Json:
    tag = f'"{deal["revision"]}"'
    answer = member.post(TRANSPORT, f"/v1/deals/{deal['id']}/agree", None, If_Match=tag)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)  # type: ignore[arg-type]


def test_t04_one_asks_for_the_shared_journey_and_the_other_says_yes(town: Town) -> None:
    """£35.00 and £30.00 of exactly £65.00; each is shown its own share; names after both yes."""
    (one, need), (other, _), owner = two(town)
    (plan,) = shared(one, need)
    assert plan["pence"] == 6500
    answer = asked(one, need, plan["key"], TRANSPORT)
    assert answer.status_code == 202, answer.text
    names = ((one, SEVEN), (other, SIX), (owner, "Cedar Wheels"))
    for reader, own in names:
        said = str(deal_of(reader))
        assert not any(name in said for _, name in names if name != own)
    deal = agree(other, deal_of(other))
    assert deal["state"] == "agreed"
    paid = [deal_of(each)["shares"][0]["pence"] for each in (one, other)]
    assert paid == [3500, 3000]
    assert SEVEN in str(deal_of(other))
    assert SIX in str(deal_of(one))
    assert SEVEN in str(deal_of(owner))


def test_t04_the_hub_plans_the_day_and_proposes_it_to_both(town: Town) -> None:
    """One shared journey of thirteen; both are asked, and it is agreed when both have said yes."""
    (one, _), (other, _), _ = two(town)
    sketched, deals = propose(town.network, SYSTEM, TRANSPORT)
    assert (sketched.together, len(deals)) == (2, 1)
    assert sketched.shared[0].because[0].startswith("13 people of 2 groups ride together")
    town.tick()
    assert all(inbox(each) for each in (one, other))
    first = agree(one, deal_of(one))
    assert first["state"] != "agreed"
    assert SIX not in str(first)
    assert agree(other, deal_of(other))["state"] == "agreed"


@pytest.mark.parametrize("changes", [{"may_share": False}, {"ages": ["14_to_17"]}])
def test_t04_without_the_tick_or_ages_that_mix_two_requests_remain(
    town: Town, changes: Json
) -> None:
    """Nothing is shared, nothing is proposed, and each may ask for itself."""
    (one, need), (other, theirs), _ = two(town, **changes)
    assert shared(one, need) == []
    assert shared(other, theirs) == []
    assert propose(town.network, SYSTEM, TRANSPORT)[1] == ()
    assert matches(one, need, TRANSPORT)["full"]
    assert matches(other, theirs, TRANSPORT)["full"]
