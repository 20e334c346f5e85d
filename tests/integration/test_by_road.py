"""Ways by road as somebody tells them: in prices, over HTTP, on both stores."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any

import pytest
from attrs import define, field
from tests.fitting import outing, vehicle
from tests.towns import ALL, NOW, PLACE, a_need, an_offer, asked, best, matches, posted

from cypn_core.domain.places import Point, km
from cypn_core.matching.travel import NoAnswer, Pair, Way
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

TRANSPORT = "transport"
RATES = {
    "hire_pence": 0, "fuel_pence": 0, "insurance_pence": 0, "driver_pence": 0, "distance_pence": 60,
}  # fmt: skip


@define
class Twice:
    """Knows roads that are twice as long as the straight line; refuses to be asked by a writer."""

    store: Store
    fails: bool = False
    asked: list[Collection[Pair]] = field(factory=list)

    def ways(self, pairs: Collection[Pair]) -> Mapping[Pair, Way | None]:
        """See `TravelTime`; a writer of this thread would wait for itself and raises."""
        self.asked.append(pairs)
        with self.store.writing():
            pass
        if self.fails:
            raise NoAnswer("HTTP 500")
        return {pair: Way(2 * km(*pair), 2 * km(*pair), "Somebody") for pair in pairs}


@pytest.fixture
def roads(store: Store) -> Twice:
    return Twice(store)


@pytest.fixture
def town(store: Store, roads: Twice) -> Town:
    return Town.on(store, ALL, NOW, travel=roads)


def outing_of(town: Town) -> tuple[Member, str]:
    """An outing from Norchester, and a vehicle from Wexbridge that is paid by the kilometre."""
    owner = town.member("Cedar Wheels", "holder", place="Wexbridge")
    offer = vehicle(place="Wexbridge", comes_with_driver=True, rates=RATES)
    posted(owner, "offer", offer, TRANSPORT)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    return seeker, posted(seeker, "need", outing(), TRANSPORT)


def lines(plan: Any) -> dict[str, int]:
    """The lines of the price of a plan with one leg."""
    return {line["label"]: line["pence"] for line in plan["legs"][0]["lines"]}


def at(town: Town, name: str) -> Point:
    return town.network.hub.region.find(name, outside=True).point


def tenths(straight: float) -> int:
    """The price of a return trip on roads twice as long as a straight line, at 60p a kilometre."""
    return (round(4 * straight * 10) * 60 + 5) // 10


def test_prices_go_by_the_roads_as_they_are_told(town: Town, roads: Twice) -> None:
    """The plan that is shown, asked for and agreed has one price, and one question was asked."""
    seeker, need = outing_of(town)
    plan = matches(seeker, need, TRANSPORT)["full"][0]
    assert lines(plan) == {
        "mileage with the group aboard": tenths(km(at(town, PLACE), at(town, "Rushford"))),
        "empty running": tenths(km(at(town, "Wexbridge"), at(town, PLACE))),
    }
    assert "Distances by road are as Somebody gives them." in plan["because"]
    deal = asked(seeker, need, plan["key"], TRANSPORT)
    assert deal.status_code == 201, deal.text
    assert matches(seeker, need, TRANSPORT) is not None
    assert len(roads.asked) == 1


def test_only_points_of_the_map_are_told(town: Town, roads: Twice) -> None:
    """Each place to each other, in the order of the map: not who goes where."""
    seeker, need = outing_of(town)
    matches(seeker, need, TRANSPORT)
    points = [at(town, name) for name in (PLACE, "Wexbridge", "Rushford")]
    points.sort(key=lambda point: (point.easting, point.northing))
    (pairs,) = roads.asked
    assert list(pairs) == [(a, b) for a in points for b in points if a != b]


def test_a_process_that_knows_nothing_asks_before_it_writes(
    town: Town, store: Store, roads: Twice
) -> None:
    """Whoever asks for a plan through another process has the price that was shown."""
    seeker, need = outing_of(town)
    plan = matches(seeker, need, TRANSPORT)["full"][0]
    other = Town.on(store, ALL, NOW, travel=(fresh := Twice(store)))
    same = Member(id=seeker.id, name=seeker.name, token=seeker.token, apps=other.apps)
    deal = asked(same, need, plan["key"], TRANSPORT)
    assert deal.status_code == 201, deal.text
    assert len(fresh.asked) == 1
    legs = same.get(TRANSPORT, f"/v1/deals/{deal.get_json()['id']}").get_json()["legs"]
    assert lines({"legs": legs}) == lines(plan)


def test_where_nobody_answers_prices_are_the_estimate(
    store: Store, town: Town, roads: Twice, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer comes all the same, with the price of a hub that asks nobody, and one log line."""
    roads.fails = True
    seeker, need = outing_of(town)
    with caplog.at_level(logging.WARNING):
        plan = matches(seeker, need, TRANSPORT)["full"][0]
        assert best(seeker, need, TRANSPORT)
        assert asked(seeker, need, plan["key"], TRANSPORT).status_code == 201
    assert "Distances" not in str(plan["because"])
    (line,) = [r for r in caplog.records if "by road" in r.getMessage()]
    assert "HTTP 500" in line.getMessage()
    assert line.exc_info is None
    assert len(roads.asked) == 1
    roads_of = town.network.hub.region.travel
    straight = km(at(town, PLACE), at(town, "Rushford"))
    by_road = (round(2 * roads_of.km(straight) * 10) * 60 + 5) // 10
    assert lines(plan)["mileage with the group aboard"] == by_road


def test_an_exchange_that_does_not_go_by_road_asks_nobody(town: Town, roads: Twice) -> None:
    """Its needs and offers lie somewhere too, and nobody is told where."""
    owner = town.member("Cedar Hall", "holder", place=PLACE)
    for place in (PLACE, "Wexbridge"):
        posted(owner, "offer", an_offer(place=place))
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    need = posted(seeker, "need", a_need())
    assert asked(seeker, need).status_code == 201
    assert roads.asked == []
