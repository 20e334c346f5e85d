"""An outing through HTTP: keys, check, defect, mending, logbook, reminder, late cancellation."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import frozen
from tests.fitting import driver, outing, vehicle
from tests.towns import ALL, NOW, PLACE, Json, asked, inbox, is_problem, matches, posted
from werkzeug.test import TestResponse

from cypn_core.application.given_up import counted
from cypn_core.application.turns import contender
from cypn_core.domain.ids import PostingId
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_transport.running import CheckPoint

TRANSPORT = "transport"
ALL_POINTS = sorted(point.value for point in CheckPoint)


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ALL, NOW)


@frozen
class Trip:
    """An agreed outing and everybody in it."""

    town: Town
    owner: Member
    drives: Member
    group: Member
    vehicle: str
    deal: str

    def shown(self, member: Member) -> Json:
        """The deal as *member* reads it."""
        found: Json = member.get(TRANSPORT, f"/v1/deals/{self.deal}").json  # type: ignore[assignment]
        return found

    def do(self, member: Member, verb: str, body: object = None) -> TestResponse:
        """Do *verb* to the deal as it is."""
        path = f"/v1/deals/{self.deal}"
        tag = member.get(TRANSPORT, path).headers["ETag"]
        return member.post(TRANSPORT, f"{path}/{verb}", body, If_Match=tag)

    def at(self, **later: float) -> None:
        """Let it be so long after the outing begins."""
        start = min(each["window"]["start"] for each in self.shown(self.group)["dates"])
        self.town.clock.now = dt.datetime.fromisoformat(start) + dt.timedelta(**later)


@pytest.fixture
def trip(town: Town) -> Trip:
    owner = town.member("Cedar Wheels", "holder", place=PLACE)
    offer = posted(owner, "offer", vehicle(tank_litres=80), TRANSPORT)
    drives = town.member("Volunteer Drivers", "driver", place=PLACE)
    posted(drives, "offer", driver(), TRANSPORT)
    group = town.member("Amber Lane", "seeker", place=PLACE)
    need = posted(group, "need", outing(), TRANSPORT)
    won = asked(group, need, service=TRANSPORT)
    assert won.status_code == 201, won.text
    return Trip(town, owner, drives, group, offer, won.json["id"])  # type: ignore[index]


def test_an_outing_from_the_keys_to_the_logbook(trip: Trip) -> None:
    """Each does its own part; the group reads facts and no name; late mileage is asked for once."""
    assert trip.shown(trip.group)["sub_state"] == "outing_arranged"
    is_problem(trip.do(trip.owner, "hand-over-keys"), 409)
    trip.at(hours=-1)
    is_problem(trip.do(trip.group, "hand-over-keys"), 403)
    is_problem(trip.do(trip.owner, "take-keys"), 403)
    assert trip.do(trip.owner, "hand-over-keys").json["sub_state"] == "keys_out"  # type: ignore[index]
    is_problem(trip.do(trip.owner, "check-vehicle", {"looked_at": ALL_POINTS}), 403)
    part = is_problem(trip.do(trip.drives, "check-vehicle", {"looked_at": ALL_POINTS[1:]}), 422)
    assert ALL_POINTS[0] in part["errors"]["looked_at"][0]
    checked = trip.do(trip.drives, "check-vehicle", {"looked_at": ALL_POINTS})
    assert checked.json["sub_state"] == "vehicle_checked"  # type: ignore[index]
    is_problem(trip.do(trip.drives, "return-keys", {"passengers": 9}), 409)
    trip.at(hours=6)
    too_many = is_problem(trip.do(trip.drives, "return-keys", {"passengers": 99}), 422)
    assert list(too_many["errors"]) == ["passengers"]
    named = is_problem(trip.do(trip.drives, "return-keys", {"passengers": ["Sam Hill"]}), 422)
    assert (list(named["errors"]), "Sam" in str(named)) == (["passengers"], False)
    assert trip.do(trip.drives, "return-keys", {"passengers": 9}).status_code == 200
    trip.at(days=3)
    for _ in range(3):
        trip.town.tick()
    reminders = [each for each in inbox(trip.drives) if each.startswith("Something is still")]
    assert [("Record mileage and fuel" in each) for each in reminders] == [True]
    assert not any(each.startswith("Something is still") for each in inbox(trip.owner))
    assert trip.shown(trip.owner)["due"][0]["overdue"] is True
    log = {"odometer_start": 41_200, "odometer_end": 41_236, "litres": "7.5"}
    assert trip.do(trip.drives, "record-mileage", log).status_code == 200
    told = trip.shown(trip.group)
    assert (told["state"], told["sub_state"], told["due"]) == ("done", "keys_back", [])
    assert [each["action"] for each in told["records"]] == [
        "hand-over-keys", "check-vehicle", "return-keys", "record-mileage",
    ]  # fmt: skip
    assert told["records"][-1]["facts"] == {**log, "litres": 7.5}


BAD: dict[str, tuple[Json, str]] = {
    "negative mileage": ({"odometer_start": -1, "odometer_end": 5}, "odometer_start"),
    "end before start": ({"odometer_start": 100, "odometer_end": 99}, "odometer_end"),
    "a digit too many": ({"odometer_start": 100, "odometer_end": 41_000}, "odometer_end"),
    "beyond the tank": ({"odometer_start": 1, "odometer_end": 2, "litres": "80.1"}, "litres"),
    "fuel taken out": ({"odometer_start": 1, "odometer_end": 2, "litres": "-1"}, "litres"),
    "no number": ({"odometer_start": "many", "odometer_end": 2}, "odometer_start"),
}


def test_bad_records_name_their_field_and_change_nothing(trip: Trip) -> None:
    """422 with the field, for whatever a logbook cannot hold; nothing is recorded."""
    trip.at(hours=6)
    for name, (wrong, field) in BAD.items():
        problem = is_problem(trip.do(trip.drives, "record-mileage", wrong), 422)
        assert [each.partition(".")[0] for each in problem["errors"]] == [field], name
    for wrong in ({"defects": []}, {"defects": ["the driver's cat"]}):
        assert is_problem(trip.do(trip.drives, "report-defect", wrong), 422)["errors"]
    assert trip.shown(trip.group)["records"] == []


def test_a_defect_withdraws_the_vehicle_until_it_is_mended(trip: Trip) -> None:
    """All that is agreed on it ahead is displaced and told, nobody is offered it; then all are."""
    other = trip.town.member("Birch Close", "seeker", place=PLACE)
    need = posted(other, "need", outing(on="2026-12-19"), TRANSPORT)
    later = asked(other, need, service=TRANSPORT).json["id"]  # type: ignore[index]
    trip.at(hours=-1)
    trip.do(trip.drives, "take-keys")
    found = {"looked_at": ALL_POINTS, "defects": ["brakes"]}
    assert trip.do(trip.drives, "check-vehicle", found).status_code == 200
    assert trip.shown(trip.group)["state"] == "displaced"
    assert other.get(TRANSPORT, f"/v1/deals/{later}").json["state"] == "displaced"  # type: ignore[index]
    assert matches(other, need, TRANSPORT)["full"] == []
    trip.town.tick()
    assert any(each.startswith("Closed: ") for each in inbox(other))
    assert any("A defect is to be mended" in each for each in inbox(trip.owner))
    path = f"/v1/offers/{trip.vehicle}/closures"
    (closure,) = trip.owner.get(TRANSPORT, path).json["items"]  # type: ignore[index]
    assert closure["code"] == "defect"
    is_problem(trip.drives.send("DELETE", TRANSPORT, f"{path}/{closure['id']}"), 404)
    mended = trip.owner.send("DELETE", TRANSPORT, f"{path}/{closure['id']}")
    assert mended.status_code == 200
    assert matches(other, need, TRANSPORT)["full"]


def test_a_defect_that_shows_on_the_way_leaves_the_outing_as_it_is(trip: Trip) -> None:
    """Who is under way comes home, returns the keys and keeps the logbook."""
    trip.at(hours=1)
    broken = trip.do(trip.drives, "report-defect", {"defects": ["lights_and_indicators"]})
    told = broken.json
    assert told is not None
    assert (told["state"], told["sub_state"]) == ("agreed", "vehicle_withdrawn")
    assert trip.do(trip.drives, "return-keys", {"passengers": 3}).status_code == 200


@pytest.mark.parametrize(("hours", "outings"), [(25, 0), (23, 1)])
def test_a_late_cancellation_counts_as_an_outing(trip: Trip, hours: int, outings: int) -> None:
    """By the region's band: a day's notice counts nothing, less counts as if it had been served."""
    trip.at(hours=-hours)
    assert trip.do(trip.group, "cancel").status_code == 200
    with trip.town.network.reading() as work:
        (need,) = work.postings.mine(trip.group.id, TRANSPORT, "need", limit=None)
        assert counted(work, trip.group.id, TRANSPORT, NOW) == outings
        assert contender(work, need, [PostingId(trip.vehicle)], ()).served == outings


def test_a_held_outing_that_has_begun_lapses(town: Town) -> None:
    """Nobody looked at it before it began: nobody is sought any more, and the hub goes on."""
    owner = town.member("Cedar Wheels", "holder", place=PLACE)
    posted(owner, "offer", vehicle(), TRANSPORT)
    group = town.member("Amber Lane", "seeker", place=PLACE)
    need = posted(group, "need", outing(), TRANSPORT)
    (plan,) = matches(group, need, TRANSPORT)["partial"]
    held = asked(group, need, plan["key"], TRANSPORT)
    assert held.json["state"] == "held", held.text  # type: ignore[index]
    town.clock.pass_time(days=2)
    town.tick()
    shown = group.get(TRANSPORT, f"/v1/deals/{held.json['id']}").json  # type: ignore[index]
    assert shown["state"] == "lapsed"  # type: ignore[index]
