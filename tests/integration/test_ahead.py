"""The weeks ahead: hours by role beside wanted dates, with the weeks that run short."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fitting import driver, outing, vehicle
from tests.towns import ALL, NOW, PLACE, Json, asked, is_problem, posted

from cypn_core.application.report_ahead import weeks_ahead
from cypn_core.domain.times import Window
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town

TRANSPORT = "transport"
TERM = [{"first": "2026-11-22", "starts": "08:00", "ends": "18:00", "rrule": "FREQ=DAILY",
         "during": ["terms"]}]  # fmt: skip
CHRISTMAS = "2026-12-28"
MONDAY = dt.datetime(2027, 1, 4, tzinfo=dt.UTC)
WEEKS = [Window(a, b) for a, b in pairwise(MONDAY + dt.timedelta(weeks=n) for n in range(5))]

hours = st.tuples(st.integers(-200, 800), st.integers(1, 90)).map(
    lambda each: Window(
        MONDAY + dt.timedelta(hours=each[0]), MONDAY + dt.timedelta(hours=sum(each))
    )
)


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ALL, NOW)


def rows(town: Town) -> dict[str, dict[str, Json]]:
    """By role, each week of shared transport by its Monday."""
    told: Json = town.coordinator().get("membership", "/v1/reports/ahead").json  # type: ignore[assignment]
    return {
        row["role"]: dict(zip(told["weeks"], row["weeks"], strict=True))
        for row in told["rows"]
        if row["exchange"] == TRANSPORT
    }


@given(st.lists(st.lists(hours, max_size=4).map(tuple), max_size=4), st.lists(hours, max_size=5))
def test_the_weeks_are_what_counting_hour_by_hour_gives(
    given: list[tuple[Window, ...]], wanted: list[Window]
) -> None:
    """However hours overlap, each counts once an offer; each date in the week that it begins in."""
    found = weeks_ahead(WEEKS, given, wanted)
    for week, told in zip(WEEKS, found, strict=True):
        marks = [week.start + dt.timedelta(hours=n) for n in range(7 * 24)]
        counts = [sum(any(w.start <= m < w.end for w in each) for m in marks) for each in given]
        assert told.minutes == 60 * sum(counts)
        assert told.offers == sum(count > 0 for count in counts)
        assert told.dates == sum(each.start in marks for each in wanted)
        assert told.dips or told.offers or not told.dates


def test_term_time_hours_dip_in_the_holidays(town: Town) -> None:
    """A driver of term time is missing at Christmas, the vehicle is not; beside both the dates."""
    owner = town.member("Cedar Wheels", "holder", place=PLACE)
    posted(owner, "offer", vehicle(), TRANSPORT)
    drives = town.member("Volunteer Drivers", "driver", place=PLACE)
    posted(drives, "offer", driver(hours=TERM), TRANSPORT)
    group = town.member("Amber Lane", "seeker", place=PLACE)
    posted(group, "need", outing(on="2026-12-30"), TRANSPORT)
    agreed = asked(group, posted(group, "need", outing(), TRANSPORT), service=TRANSPORT)
    assert agreed.status_code == 201, agreed.text
    found = rows(town)
    short = {role: [day for day, week in found[role].items() if week["dips"]] for role in found}
    assert (found["driver"][CHRISTMAS]["offers"], found["vehicle"][CHRISTMAS]["offers"]) == (0, 1)
    assert (CHRISTMAS in short["driver"], short["vehicle"]) == (True, [])
    assert found["driver"][CHRISTMAS]["dates"] == 1
    assert found["driver"]["2026-11-23"] == {"offers": 1, "hours": 70, "dates": 1, "dips": False}


def test_what_is_closed_or_ends_is_not_given(town: Town) -> None:
    """Closed weeks and weeks after the last day give nothing, and are marked."""
    owner = town.member("Cedar Wheels", "holder", place=PLACE)
    offer = posted(owner, "offer", vehicle(), TRANSPORT)
    shut = {"first": "2026-12-07", "last": "2026-12-13", "code": "works"}
    assert owner.post(TRANSPORT, f"/v1/offers/{offer}/closures", shut).status_code == 201
    tag = owner.get(TRANSPORT, f"/v1/offers/{offer}").headers["ETag"]
    ends = {"leaves_on": "2027-04-19"}
    left = owner.post(TRANSPORT, f"/v1/offers/{offer}/leave", ends, If_Match=tag)
    assert left.status_code == 200, left.text
    weeks = rows(town)["vehicle"]
    nothing = [day for day, week in weeks.items() if not week["hours"]]
    assert nothing == [
        "2026-12-07",
        "2027-04-19",
        "2027-04-26",
        "2027-05-03",
        "2027-05-10",
        "2027-05-17",
    ]
    assert all(weeks[day]["dips"] for day in nothing)


def test_members_and_strangers_do_not_read_it(town: Town) -> None:
    """The counts are exact, so only a coordinator does."""
    group = town.member("Amber Lane", "seeker", place=PLACE)
    is_problem(group.get("membership", "/v1/reports/ahead"), 403)
