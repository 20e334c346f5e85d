"""T05 through HTTP: with rural levelling it does not matter how far the vehicle stands away."""

from __future__ import annotations

import pytest
from attrs import evolve
from tests.fitting import outing, vehicle
from tests.towns import NOW, Json, asked, matches, posted

from cypn_core import hookimpl
from cypn_core.domain.region import Region
from cypn_core.domain.roads import Roads
from cypn_core.hub import Hub
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_region_banes import plugin as banes
from cypn_transport import plugin as transport

TRANSPORT = "transport"
DEPOT, FAR, NEAR = "Bath", "Paulton", "Twerton"
ABOARD, EVEN = "mileage with the group aboard", "equal share of empty running"


class Levelled:
    """The region with straight roads and levelling on."""

    @hookimpl
    def cypn_region(self) -> Region:
        """See the hook."""
        straight = Roads(factor_low=1.0, factor_high=1.0)
        exchanges = {TRANSPORT: {"rural_levelling": True}}
        return evolve(banes.cypn_region(), travel=straight, exchanges=exchanges)


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, Hub.of(transport, Levelled()), NOW)


def asking(town: Town) -> tuple[dict[str, Member], dict[str, str]]:
    """A minibus in the city, and a group near it and one far off, each with 15 km each way."""
    owner = town.member("Cedar Wheels", "holder", place=DEPOT)
    none = dict.fromkeys(("hire_pence", "fuel_pence", "insurance_pence", "driver_pence"), 0)
    rates = {**none, "distance_pence": 60}
    given = vehicle(place=DEPOT, comes_with_driver=True, permit="section_22", rates=rates)
    posted(owner, "offer", given, TRANSPORT)
    groups = {at: town.member(f"Group of {at}", "seeker", place=at) for at in (FAR, NEAR)}
    to = {"destination": "Lake of Nowhere", "distance_km": 15}
    days = {FAR: "2026-11-23", NEAR: "2026-11-25"}
    needs = {
        at: posted(group, "need", outing(place=at, on=days[at], **to), TRANSPORT)
        for at, group in groups.items()
    }
    return groups, needs


def lines(plan: Json) -> dict[str, int]:
    return {line["label"]: line["pence"] for line in plan["legs"][0]["lines"]}


def test_t05_both_pay_the_same_empty_running_as_a_line_of_its_own(town: Town) -> None:
    """£18.00 aboard for each and one equal share; whoever agrees first changes nothing of it."""
    groups, needs = asking(town)
    plans = {at: matches(groups[at], needs[at], TRANSPORT)["full"][0] for at in groups}
    far, near = lines(plans[FAR]), lines(plans[NEAR])
    assert far == near
    assert set(far) == {ABOARD, EVEN}
    assert far[ABOARD] == 1800
    assert plans[FAR]["pence"] == plans[NEAR]["pence"] == sum(far.values())
    deal = asked(groups[NEAR], needs[NEAR], plans[NEAR]["key"], TRANSPORT)
    assert deal.status_code == 201, deal.text
    again = matches(groups[FAR], needs[FAR], TRANSPORT)["full"][0]
    assert lines(again) == far
    other = asked(groups[FAR], needs[FAR], again["key"], TRANSPORT)
    assert other.status_code == 201, other.text
    told = {deal.json["pence"], other.json["pence"]}  # type: ignore[index]
    assert told == {plans[FAR]["pence"]}
