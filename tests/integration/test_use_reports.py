"""What was used and who had how much: told of whole periods, on both stores."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from itertools import product
from typing import Any

import pytest
from tests.towns import NOW, ONLY_VENUES, PLACE, Json, a_need, an_offer, asked, posted

from cypn_core.application import report_use
from cypn_core.application.demand import Wish, ask
from cypn_core.application.network import SYSTEM
from cypn_core.domain.disclosure import publish
from cypn_core.domain.ids import OrganisationId
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town

OPEN = {
    "first": "2026-12-01",
    "starts": "08:00",
    "ends": "22:00",
    "rrule": "FREQ=DAILY;UNTIL=20270228",
}
LIMIT, MOST = 3, 12
SLOTS = (("weekday morning", 0), ("weekday morning", 1), ("weekday evening", 0))
"""A time of the week, and a day."""
TIMES = ("weekday morning", "weekday evening", "weekend")


@pytest.fixture
def town(store: Store) -> Town:
    """Three halls that are open every day."""
    return with_halls(store, 3)


def with_halls(store: Store, halls: int) -> Town:
    town = Town.on(store, ONLY_VENUES, NOW)
    for n in range(halls):
        hall = town.member(f"Hall {n}", "holder", place=PLACE)
        posted(hall, "offer", an_offer(hours=[OPEN]))
    return town


def served(town: Town, groups: int, day: str, weeks: int = 1, at: str = "10:00") -> None:
    """So many groups with a need from *day* on that is agreed at once."""
    for n in range(groups):
        group = town.member(f"Group {day} {n}", "seeker", place=PLACE)
        rule = f"FREQ=WEEKLY;COUNT={weeks}"
        when = {"first": day, "starts": at, "ends": "12:00", "rrule": rule}
        answer = asked(group, posted(group, "need", a_need(when=when)))
        assert answer.status_code == 201, answer.text


def told(town: Town) -> Json:
    """What is published after the tick of now."""
    town.tick()
    answer = town.coordinator().get("membership", "/v1/reports/use")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json  # type: ignore[assignment]
    return found


def month(told: Json, first: str) -> Json:
    (row,) = [each for each in told["months"] if each["period"] == first]
    return {name: value for name, value in row.items() if name not in {"exchange", "period"}}


def test_a_month_is_told_when_it_is_over_and_then_stays(town: Town) -> None:
    """Three groups had two hours twice in January; February, which is not over, is not told."""
    served(town, 3, "2027-01-05", weeks=2)
    town.clock.now = dt.datetime(2027, 2, 2, 9, tzinfo=dt.UTC)
    first = told(town)
    assert {each["period"] for each in first["months"]} == {"2026-12-01", "2027-01-01"}
    found = month(first, "2027-01-01")
    assert (found["groups"], found["holders"], found["hours_offered"]) == (3, 3, 3 * 31 * 14)
    town.clock.pass_time(days=30)
    assert month(told(town), "2027-01-01") == found


def test_small_counts_and_their_hours_are_withheld(town: Town) -> None:
    """Two groups are nobody's business: neither how many, nor how many hours."""
    served(town, 2, "2027-01-05")
    town.clock.now = dt.datetime(2027, 2, 2, 9, tzinfo=dt.UTC)
    found = month(told(town), "2027-01-01")
    assert (found["groups"], found["hours"], found["holders"]) == (None, None, 3)


def test_hours_of_a_few_holders_are_withheld_although_many_groups_had_them(store: Store) -> None:
    """Else the hours that one hall was used would be told beside the number of its groups."""
    one = with_halls(store, 1)
    for day in ("2027-01-05", "2027-01-06", "2027-01-07"):
        served(one, 1, day)
    one.clock.now = dt.datetime(2027, 2, 2, 9, tzinfo=dt.UTC)
    found = month(told(one), "2027-01-01")
    assert found == {"groups": 3, "hours": None, "holders": None, "hours_offered": None}


def test_hours_are_told_where_neither_side_is_few(town: Town) -> None:
    """Three groups at once in three halls for two hours are six hours."""
    served(town, 3, "2027-01-05")
    town.clock.now = dt.datetime(2027, 2, 2, 9, tzinfo=dt.UTC)
    assert month(told(town), "2027-01-01")["hours"] == 6


def test_who_had_how_much_is_told_by_quarter_without_names(town: Town) -> None:
    """Of seven groups four had up to ten hours, and three that asked had nothing."""
    town.clock.now = dt.datetime(2027, 1, 2, 9, tzinfo=dt.UTC)
    served(town, 2, "2027-01-05")
    served(town, 2, "2027-01-06")
    for n in range(3):
        group = town.member(f"Unlucky {n}", "seeker", place=PLACE)
        posted(group, "need", a_need(headcount=2000))
    town.clock.now = dt.datetime(2027, 4, 6, 9, tzinfo=dt.UTC)
    published = told(town)
    (row,) = [each for each in published["had"] if each["period"] == "2027-01-01"]
    assert (row["groups"], row["parts"]) == (7, {"nothing": 3, "up to 10 hours": 4})
    (row,) = [each for each in published["answered"] if each["period"] == "2027-01-01"]
    assert (row["groups"], row["parts"]) == (4, {"the same day": 4})
    assert "Group" not in str(published)


def test_the_coordinator_sees_this_moment_exactly(town: Town) -> None:
    """One group with two hours in each of two weeks to come."""
    served(town, 1, "2026-12-01", weeks=2)
    with town.network.reading() as work:
        found = report_use.exact(work, SYSTEM)
    (row,) = found["exchanges"]
    assert [hours for hours in row["hours"] if hours] == [2.0, 2.0]
    assert row["had"]["up to 10 hours"] == 1
    assert row["answered"]["the same day"] == 1
    assert len(row["hours"]) == len(found["weeks"]) == 2 * report_use.WEEKS


def test_who_is_no_reader_of_reports_reads_none(town: Town) -> None:
    """A member gets no report of the whole network."""
    group = town.member("Amber Lane", "seeker", place=PLACE)
    assert group.get("membership", "/v1/reports/use").status_code == 403


def asked_for(groups: tuple[int, ...]) -> tuple[Any, ...]:
    """Everything that is told of a row whose groups want these slots: the row, and what to ask."""
    wishes = [
        Wish(
            group=OrganisationId(f"{at}-{n}"),
            time=SLOTS[at][0],
            weekdays=frozenset({SLOTS[at][1]}),
            weekly_minutes=60,
        )
        for at, count in enumerate(groups)
        for n in range(count)
    ]
    counts: dict[str, int] = defaultdict(int)
    for wish in wishes:
        counts[wish.time] += 1
    rows = publish({"row": counts}, TIMES, LIMIT)
    if not rows:
        return ()
    times = dict(rows[0].parts)
    found = ask({"groups": rows[0].count, "times": times}, wishes)
    asked_of = found and tuple(sorted(found.items(), key=str))
    return rows[0].count, tuple(sorted(times.items())), asked_of


def test_what_is_asked_for_gives_no_small_count_away() -> None:
    """Brute force over all tables: whoever knows the rules learns no slot that a few groups want.

    Days that are told are those of all groups of a part, whose count is told anyway.
    """
    alike: dict[tuple[Any, ...], list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(MOST + 1), repeat=len(SLOTS)):
        if sum(counts) > MOST:  # its total is told, and some tables of that total are not here
            continue
        alike[asked_for(counts)].append(counts)
    learnt = [
        (same, slot)
        for same in alike.values()
        for slot in range(len(SLOTS))
        if len({each[slot] for each in same}) == 1 and 0 < same[0][slot] < LIMIT
    ]
    assert learnt == []


def test_a_day_is_named_where_all_groups_want_it() -> None:
    """Four groups on Monday mornings are asked for as such; on two days the day is left open."""
    wishes = [
        Wish(
            group=OrganisationId(str(n)),
            time="weekday morning",
            weekdays=frozenset({0}),
            weekly_minutes=240,
        )
        for n in range(4)
    ]
    row = {"groups": 4, "times": {"weekday morning": 4}}
    wanted = {"groups": 4, "time": "weekday morning", "weekday": 0, "hours_a_week": 16}
    assert ask(row, wishes) == wanted
    assert asked_for((2, 2, 0))[2] == asked_for((3, 1, 0))[2]
    assert ("weekday", None) in asked_for((2, 2, 0))[2]
    assert ask({"groups": None, "times": {}}, wishes) is None
