"""N02: the map of unmet demand and overlap, for the coordinator and for a funder."""

from __future__ import annotations

import json

import pytest
from attrs import frozen
from tests.sample_exchange import ThingNeed, ThingOffer, things
from tests.towns import NOW, VENUES, Json, posted

import cypn_region_banes.plugin as banes
import cypn_region_northshire.plugin as northshire
from cypn_core.hub import Hub
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_venue_bank import plugin as venue_bank

FIRST_AID = "first_aid"
COURSES = things(name=FIRST_AID, title="First aid", needs=(ThingNeed,), offers=(ThingOffer,))
STORE_NEED: Json = {
    "kind": "storage_need",
    "starts_on": "2027-01-11",
    "months": 2,
    "area_m2": 6,
    "max_km": 5,
}


@frozen
class Map:
    """A region, and its towns in the parts of Keynsham, Radstock and Bath."""

    hub: Hub
    wanted: str
    hidden: str
    city: str


MAPS = {
    "banes": Map(Hub.of(venue_bank, COURSES, banes), "Keynsham", "Radstock", "Bath"),
    "northshire": Map(
        Hub.of(venue_bank, COURSES, northshire), "Wexbridge", "Rushford", "Norchester"
    ),
}


@pytest.fixture(params=MAPS)
def place(request: pytest.FixtureRequest) -> Map:
    return MAPS[request.param]


@pytest.fixture
def coordinator(place: Map, store: Store) -> Member:
    """Four groups want storage in one town, one in another; three courses wait for nobody."""
    town = Town.on(store, place.hub, NOW)
    for n, where in enumerate([*[place.wanted] * 4, place.hidden]):
        group = town.member(f"Group {n}", "seeker", place=where)
        posted(group, "need", {**STORE_NEED, "place": where})
    for n in range(3):
        giver = town.member(f"Giver {n}", "holder", place=place.city)
        posted(giver, "offer", {"kind": "thing_offer", "place": place.city}, FIRST_AID)
    town.tick()
    return town.coordinator()


def read(coordinator: Member, name: str) -> Json:
    answer = coordinator.get("membership", f"/v1/reports/{name}")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json  # type: ignore[assignment]
    return found


def test_n02_gaps_overlaps_and_what_is_withheld(place: Map, coordinator: Member) -> None:
    """N02: the gap of four and the overlap of three are told, the one is "fewer than 3"."""
    told = read(coordinator, "unmet")
    label = place.hub.region.zone_label
    gaps = {(each["area"], each["category"]): each["said"] for each in told["gaps"]}
    assert gaps == {
        (label(place.wanted), "storage"): "4",
        (label(place.hidden), "storage"): "fewer than 3",
    }
    (overlap,) = told["overlaps"]
    assert (overlap["area"], overlap["groups"]) == (label(place.city), 3)


def test_n02_nothing_can_be_subtracted(coordinator: Member) -> None:
    """N02: the total is that of what is shown; of what is withheld no amount is told either."""
    told = read(coordinator, "unmet")
    assert (told["gap_of_those_shown"], told["overlap_of_those_shown"]) == (4, 3)
    hidden = told["gaps"][1]
    assert hidden["times"] == {}
    assert {hidden[name] for name in ("groups", "hours", "person_sessions")} == {None}


def test_n02_the_file_for_the_funder_names_nobody(coordinator: Member) -> None:
    """N02: counts and hours; no name and no id stands in it."""
    told = json.dumps(read(coordinator, "unmet"))
    assert "Group" not in told
    assert "Giver" not in told
    assert '"hours": ' in told
    assert not [word for word in json.loads(told) if len(word) == 32]


def test_n02_the_coordinator_sees_the_one_as_well(place: Map, coordinator: Member) -> None:
    """N02: exact counts with a sentence each, since one more group may be worth asking."""
    demand = read(coordinator, "coordinator")["demand"]
    area = place.hub.region.zone_label
    assert [each["sentence"] for each in demand] == [
        f"4 groups want storage in {area(place.wanted)}.",
        f"1 group wants storage in {area(place.hidden)}.",
    ]


def test_n02_one_group_that_asks_often_counts_once(place: Map, store: Store) -> None:
    """N02: groups are counted and not what they post, so nobody fills the map alone."""
    town = Town.on(store, place.hub, NOW)
    group = town.member("Amber Lane", "seeker", place=place.wanted)
    for days in range(4):
        starts = f"2027-01-1{days}"
        posted(group, "need", {**STORE_NEED, "place": place.wanted, "starts_on": starts}, VENUES)
    town.tick()
    (gap,) = read(town.coordinator(), "unmet")["gaps"]
    assert gap["said"] == "fewer than 3"


def test_n02_asking_around_a_change_tells_nothing_of_it(place: Map, store: Store) -> None:
    """N02: what is passed on is made once a week; a group that comes in between is not seen.

    Nor is it the week after: a number moves by three or not at all.
    """
    town = Town.on(store, place.hub, NOW)
    coordinator = town.coordinator()

    def come(*groups: int) -> None:
        for n in groups:
            group = town.member(f"Group {n}", "seeker", place=place.wanted)
            posted(group, "need", {**STORE_NEED, "place": place.wanted})

    assert coordinator.get("membership", "/v1/reports/unmet").status_code == 404
    come(0, 1, 2, 3)
    assert town.tick().tables_published == 3
    before = read(coordinator, "unmet")
    come(4)
    assert town.tick().tables_published == 0
    assert read(coordinator, "unmet") == before
    town.clock.pass_time(days=7)
    town.tick()
    after = read(coordinator, "unmet")
    assert after["on"] > before["on"]
    assert (after["gaps"], after["gap_of_those_shown"]) == (before["gaps"], 4)
    come(5, 6)
    town.clock.pass_time(days=7)
    town.tick()
    assert [each["said"] for each in read(coordinator, "unmet")["gaps"]] == ["7"]
