"""V07: a check lapses in the middle of a block, and is renewed in time or not."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import evolve
from tests.towns import (
    AREAS,
    VENUES,
    Area,
    Json,
    a_need,
    an_offer,
    asked,
    best,
    inbox,
    is_problem,
    matches,
    posted,
)

from cypn_core.application import settle
from cypn_core.domain.standing import CheckOutcome
from cypn_core.storage import events
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

NOW = dt.datetime(2027, 7, 1, 9, tzinfo=dt.UTC)
LAST = dt.date(2027, 8, 10)
TUESDAYS = {
    "first": "2027-07-22",
    "starts": "10:00",
    "ends": "15:00",
    "rrule": "FREQ=WEEKLY;BYDAY=TU",
    "during": ["summer_holidays"],
}
STOOD = ["2027-07-27", "2027-08-03", "2027-08-10"]
LATER = ["2027-08-17", "2027-08-24", "2027-08-31"]


@pytest.fixture(params=AREAS)
def area(request: pytest.FixtureRequest) -> Area:
    return AREAS[request.param]


@pytest.fixture
def town(store: Store, area: Area) -> Town:
    return Town.on(store, area.hub, NOW)


def the_block(
    town: Town, area: Area, held: dt.date = dt.date(2028, 7, 1), sought: dt.date = LAST
) -> tuple[Member, Member, str, str]:
    """A group that holds the six Tuesdays until further than its check goes, until *sought*."""
    holder = town.member("Cedar Hall", "holder", place=area.town, until=held)
    hours = {"first": "2027-07-01", "starts": "09:00", "ends": "17:00", "rrule": "FREQ=DAILY"}
    posted(holder, "offer", an_offer(place=area.town, hours=[hours], clear_up_minutes=15))
    seeker = town.member("Amber Lane", "seeker", place=area.town, until=sought)
    need = posted(seeker, "need", a_need(place=area.town, when=TUESDAYS))
    answer = asked(seeker, need)
    assert answer.status_code == 201, answer.text
    return holder, seeker, need, answer.json["id"]  # type: ignore[index]


def dates(member: Member, deal: str) -> dict[str, str]:
    """Local day by state, as the deal shows them."""
    shown: Json = member.get(VENUES, f"/v1/deals/{deal}").json  # type: ignore[assignment]
    return {each["window"]["start"][:10]: each["state"] for each in shown["dates"]}


def until(town: Town, day: int, month: int, hour: int = 9) -> None:
    """Let it become that day of 2027, with one tick."""
    town.clock.now = dt.datetime(2027, month, day, hour, tzinfo=dt.UTC)
    town.tick()


def renewed(town: Town, member: Member, role: str = "seeker") -> None:
    """A coordinator passes the member's check again."""
    body = {"role": role, "outcome": CheckOutcome.PASSED.value, "expires_on": "2028-08-10"}
    path = f"/v1/organisations/{member.id}/checks"
    answer = town.coordinator().post("membership", path, body)
    assert answer.status_code == 201, answer.text


def rival_finds(town: Town, area: Area, day: str) -> bool:
    """Whether somebody else is offered the whole of that day's time."""
    rival = town.member(f"Birch Close {town.network.new_id()}", "seeker", place=area.town)
    when = {"first": day, "starts": "10:00", "ends": "15:00"}
    need = posted(rival, "need", a_need(place=area.town, when=when))
    return bool(matches(rival, need)["full"])


def test_v07_agreed_first_warned_once_thirty_days_before(town: Town, area: Area) -> None:
    """V07: all six are agreed; on 11 July, and only then, the group is warned, and it is logged."""
    _, seeker, _, deal = the_block(town, area)
    assert dates(seeker, deal) == dict.fromkeys(STOOD + LATER, "stands")
    until(town, 10, 7)
    assert not [said for said in inbox(seeker) if "runs out" in said]
    for day in (11, 11, 12, 20):
        until(town, day, 7)
    (warned,) = [said for said in inbox(seeker) if "runs out" in said]
    assert "until 2027-08-10" in warned
    due = town.coordinator().get("membership", "/v1/checks/expiring")
    assert [(each["organisation"], each["last"]) for each in due.json["items"]] == [  # type: ignore[index]
        (seeker.id, "2027-08-10")
    ]
    is_problem(seeker.get("membership", "/v1/checks/expiring"), 403)


def test_v07_suspended_dates_still_occupy_and_come_back_unchanged(town: Town, area: Area) -> None:
    """V07: on its last day all stands; then 17, 24 and 31 August are held; renewal restores all."""
    holder, seeker, _, deal = the_block(town, area)
    before = seeker.get(VENUES, f"/v1/deals/{deal}").json
    until(town, 10, 8)
    assert dates(seeker, deal) == dict.fromkeys(STOOD + LATER, "stands")
    until(town, 11, 8)
    is_problem(seeker.get(VENUES, f"/v1/deals/{deal}"), 403)
    assert dates(holder, deal) == dict.fromkeys(STOOD, "stands") | dict.fromkeys(LATER, "suspended")
    shown: Json = holder.get(VENUES, f"/v1/deals/{deal}").json  # type: ignore[assignment]
    ends = [each["until"] for each in shown["dates"] if each["state"] == "suspended"]
    assert [end[:16] for end in ends] == [
        "2027-08-17T09:00",
        "2027-08-18T09:00",
        "2027-08-18T09:00",
    ]
    assert {each["reason"] for each in shown["dates"] if each["until"]} == {"checks"}
    (told,) = [said for said in inbox(holder) if said.startswith("Suspended")]
    assert "suspended: checks" in told
    assert "Amber" not in told
    assert "renewed" not in told
    assert not rival_finds(town, area, "2027-08-24")
    town.clock.pass_time(days=3)
    renewed(town, seeker)
    town.tick()
    after = seeker.get(VENUES, f"/v1/deals/{deal}").json
    same = {"id", "state", "legs", "dates", "pence", "parties", "needs", "shares", "missing"}
    assert {k: after[k] for k in same} == {k: before[k] for k in same}  # type: ignore[index]
    until(town, 26, 8)
    assert dates(seeker, deal) == dict.fromkeys(STOOD + LATER, "stands")
    assert not rival_finds(town, area, "2027-08-31")
    assert any(said.startswith("It stands again") for said in inbox(holder))


def test_v07_not_renewed_they_are_free_and_remembered(town: Town, area: Area) -> None:
    """V07: after the hold each date goes; the group waits for it again once it is checked."""
    holder, seeker, need, deal = the_block(town, area)
    until(town, 11, 8)
    until(town, 17, 8, hour=10)
    assert dates(holder, deal)["2027-08-17"] == "lost"
    assert dates(holder, deal)["2027-08-24"] == "suspended"
    until(town, 18, 8)
    assert dates(holder, deal) == dict.fromkeys(STOOD, "stands") | dict.fromkeys(LATER, "lost")
    assert rival_finds(town, area, "2027-08-24")
    until(town, 19, 8)
    renewed(town, seeker)
    needs: Json = seeker.get(VENUES, "/v1/needs").json  # type: ignore[assignment]
    by_state = {each["state"]: each for each in needs["items"]}
    assert by_state["matched"]["id"] == need
    assert by_state["expired"]["body"]["when"]["first"] == "2027-08-17"
    waits = by_state["open"]
    assert waits["body"]["when"]["first"] == "2027-08-24"
    assert waits["body"]["when"]["extra_dates"] == ["2027-08-31"]
    kept = {k: v for k, v in by_state["matched"]["body"].items() if k != "when"}
    assert {k: v for k, v in waits["body"].items() if k != "when"} == kept
    assert waits["created"] == by_state["matched"]["created"]
    again = asked(seeker, waits["id"], best(seeker, waits["id"]))
    assert again.status_code in {201, 202}


def test_v07_a_stale_hold_stands_in_nobodys_way_even_without_a_tick(town: Town, area: Area) -> None:
    """Whoever next takes the time gets it; the next tick then finds the date lost."""
    holder, seeker, _, deal = the_block(town, area)
    until(town, 11, 8)
    town.clock.now = dt.datetime(2027, 8, 19, 9, tzinfo=dt.UTC)
    with town.network.writing() as work:
        found = work.deals.get(deal)  # type: ignore[arg-type]
        again = evolve(found, plan=found.plan.on(found.suspended[1:2]))
        work.uses.occupy(list(settle.uses_of(work, again)), None, work.now)
    renewed(town, seeker)
    assert dates(holder, deal)["2027-08-24"] == "lost"


def test_v07_events_are_there_once_whoever_ticks_how_often(town: Town, area: Area) -> None:
    """A second tick at the same moment changes nothing and tells nothing."""
    _, _, _, deal = the_block(town, area)
    until(town, 11, 8)
    again = town.tick()
    assert (again.deals_reviewed, again.reminders, again.messages) == (0, 0, 0)
    with town.network.reading() as work:
        log = [logged.event for logged in events.read(work.connection, "test", 10_000)]
    assert [event.fact for event in log if event.subject == deal].count("deal_suspended") == 1


@pytest.mark.parametrize(
    ("held", "sought", "comes"),
    [
        (LAST, dt.date(2028, 7, 1), "displaced"),
        (dt.date(2028, 7, 1), LAST, "ordinary"),
        (LAST, LAST, "ordinary"),
        (LAST, dt.date(2027, 8, 12), "ordinary"),
    ],
)
def test_v07_whose_check_it_was_is_known_when_all_are_renewed_after_the_hold(
    town: Town, area: Area, held: dt.date, sought: dt.date, comes: str
) -> None:
    """A group that lost its dates by its holder's lapse alone comes first, however late is seen."""
    holder, seeker, _, _ = the_block(town, area, held, sought)
    for day in (11, 13):
        until(town, day, 8)
    town.clock.now = dt.datetime(2027, 8, 20, 9, tzinfo=dt.UTC)
    renewed(town, holder, "holder")
    renewed(town, seeker)
    with town.network.reading() as work:
        found = [logged.event for logged in events.read(work.connection, "test", 10_000)]
    lost = [event.body["priority"] for event in found if event.fact == "need_remembered"]
    assert lost == [comes]


def test_v07_only_the_deals_of_whoever_is_checked_are_read(town: Town, area: Area) -> None:
    """Recording a check reads no deal of others."""
    holder, seeker, _, deal = the_block(town, area)
    other = town.member("Birch Close", "seeker", place=area.town)
    with town.network.reading() as work:
        found = [[d.id for d in work.deals.agreed(each.id)] for each in (holder, seeker, other)]
    assert found == [[deal], [deal], []]
