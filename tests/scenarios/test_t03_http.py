"""T03 through HTTP: five groups and one minibus; the turn order, its list, and what is freed."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.fitting import outing, vehicle
from tests.towns import ALL, PLACE, Json, asked, best, inbox, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

TRANSPORT = "transport"
NOW = dt.datetime(2027, 6, 1, 9, tzinfo=dt.UTC)
DAY = "2027-07-10"
UNTIL = dt.date(2028, 7, 10)
SERVED = {"Amber": 5, "Birch": 3, "Cherry": 2, "Dogwood": 0, "Elm": 0}
"""How many outings each had; they ask in this order, and Elm was refused once before."""
OPEN = [{"first": "2027-06-01", "starts": "06:00", "ends": "23:00", "rrule": "FREQ=DAILY"}]
PAPERS: Json = {
    "inspections": ["2027-06-01"], "mot_until": "2028-01-01", "insured_until": "2028-01-01",
    "permit_until": "2029-01-01", "hours": OPEN,
}  # fmt: skip


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ALL, NOW)


def wants(member: Member, on: str) -> str:
    return posted(member, "need", outing(on=on), TRANSPORT)


def asks(member: Member, on: str) -> Json:
    """The member's deal for an outing of its own that day."""
    answer = asked(member, wants(member, on), service=TRANSPORT)
    assert answer.status_code in {201, 202}, answer.text
    return answer.json  # type: ignore[return-value]


def read(member: Member, found: Json) -> Json:
    return member.get(TRANSPORT, f"/v1/deals/{found['id']}").json  # type: ignore[return-value]


def closed(town: Town) -> None:
    """The request window goes by."""
    town.clock.pass_time(hours=73)
    assert town.tick().rounds_closed == 1


def contest(town: Town) -> tuple[dict[str, Member], dict[str, Json]]:
    """The groups with what each had before, and what they ask for on the Saturday."""
    owner = town.member("Cedar Wheels", "holder", place=PLACE, until=UNTIL)
    posted(owner, "offer", vehicle(comes_with_driver=True, **PAPERS), TRANSPORT)
    groups = {name: town.member(name, "seeker", place=PLACE, until=UNTIL) for name in SERVED}
    days = iter(range(20, 31))
    for name, served in SERVED.items():
        for _ in range(served):
            assert asks(groups[name], f"2027-06-{next(days)}")["state"] == "agreed"
    _refused_before(town, groups["Elm"])
    deals = {}
    needs = {name: wants(group, DAY) for name, group in groups.items()}
    for name, group in groups.items():
        deals[name] = asked(group, needs[name], service=TRANSPORT).json
    assert {deal["state"] for deal in deals.values()} == {"asked"}  # type: ignore[index]
    return groups, deals  # type: ignore[return-value]


def _refused_before(town: Town, group: Member) -> None:
    """Somebody who asked earlier had the minibus on another day."""
    rival = town.member("Fern Row", "seeker", place=PLACE, until=UNTIL)
    first = wants(rival, "2027-07-03")
    town.clock.pass_time(hours=1)
    second = wants(group, "2027-07-03")
    plan = best(group, second, TRANSPORT)
    won, lost = asked(rival, first, service=TRANSPORT), asked(group, second, plan, TRANSPORT)
    assert {won.status_code, lost.status_code} == {202}
    closed(town)
    assert read(group, lost.json)["state"] == "declined"  # type: ignore[arg-type]


def woken(member: Member) -> list[Json]:
    """What a member is being asked."""
    items = member.get(TRANSPORT, "/v1/wakes").json["items"]  # type: ignore[index]
    return [each for each in items if each["state"] == "asked"]


def says(member: Member, code: str) -> Json:
    (wake,) = woken(member)
    answer = member.post(TRANSPORT, f"/v1/wakes/{wake['id']}/answer", {"code": code})
    assert answer.status_code == 200, answer.text
    return answer.json  # type: ignore[return-value]


def cancelled(member: Member, found: Json) -> None:
    """The member leaves its deal."""
    path = f"/v1/deals/{found['id']}"
    tag = member.get(TRANSPORT, path).headers["ETag"]
    answer = member.post(TRANSPORT, f"{path}/cancel", If_Match=tag)
    assert answer.status_code == 200, answer.text


def asked_now(groups: dict[str, Member]) -> list[str]:
    return [name for name, group in groups.items() if woken(group)]


def test_t03_the_zero_that_was_refused_before_has_it(town: Town) -> None:
    """Elm, who asked last, rides; the others read their place: 0, 2, 3, 5 outings, and no name."""
    groups, deals = contest(town)
    closed(town)
    states = {name: read(group, deals[name])["state"] for name, group in groups.items()}
    assert states == {**dict.fromkeys(SERVED, "declined"), "Elm": "agreed"}
    for place, name in enumerate(("Dogwood", "Cherry", "Birch", "Amber"), start=1):
        (told,) = [each for each in inbox(groups[name]) if "10 Jul" in each and "waiting" in each]
        assert f"number {place} on the waiting list" in told
        assert not any(other in told for other in {*SERVED, "Fern Row"} - {name})
    assert "refused more often" in read(groups["Dogwood"], deals["Dogwood"])["reason"]
    assert "served less" in read(groups["Amber"], deals["Amber"])["reason"]


def test_t03_a_cancellation_passes_it_on_by_itself_with_time_to_answer(town: Town) -> None:
    """First the other zero is asked, alone, for days; its no passes it on, and silence does."""
    groups, deals = contest(town)
    closed(town)
    cancelled(groups["Elm"], deals["Elm"])
    town.tick()
    assert asked_now(groups) == ["Dogwood"]
    town.clock.pass_time(days=1)
    town.tick()
    assert asked_now(groups) == ["Dogwood"]
    says(groups["Dogwood"], "no")
    town.tick()
    assert asked_now(groups) == ["Cherry"]
    town.clock.pass_time(days=6)
    town.tick()
    assert asked_now(groups) == ["Birch"]
    assert says(groups["Birch"], "yes")["deal"]["state"] == "agreed"
    town.tick()
    assert asked_now(groups) == []


def test_t03_every_refused_request_is_unmet_demand(town: Town) -> None:
    """Four groups of 8 want that Saturday there: counted, each with its date, seats and area."""
    groups, _ = contest(town)
    closed(town)
    town.clock.pass_time(days=7)
    town.tick()
    desk = town.coordinator()
    (gap,) = desk.get("membership", "/v1/reports/unmet").json["gaps"]  # type: ignore[index]
    assert (gap["category"], gap["area"]) == ("trip", "Norchester centre")
    assert (gap["groups"], gap["times"]) == (5, {"weekend": 5})
    assert (gap["person_sessions"], gap["hours"]) == (40, 15)
    refused = [name for name in SERVED if name != "Elm"]
    for name in refused:
        (need,) = [e for e in _needs(groups[name]) if e["body"]["on"] == DAY]
        assert need["state"] == "open"
        assert desk.get(TRANSPORT, f"/v1/needs/{need['id']}/matches").json["outcome"] == "unmet"  # type: ignore[index]
        body = need["body"]
        assert (body["children"] + body["adults"], body["place"]) == (8, PLACE)
    rows = desk.get("membership", "/v1/reports/coordinator").json["unmet"]  # type: ignore[index]
    here = [row for row in rows if row["days"] == [DAY]]
    assert [(row["people"], row["area"]) for row in here] == [(8, "Norchester centre")] * 4


def _needs(member: Member) -> list[Json]:
    return member.get(TRANSPORT, "/v1/needs").json["items"]  # type: ignore[index,no-any-return]
