"""What a calendar program expands from our text is exactly what was agreed."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar  # type: ignore[import-untyped]

from cypn_core.application.icalendar_text import calendar_text, events_of, meeting_of, series_of
from cypn_core.domain.times import Schedule, Window

LONDON = "Europe/London"
SPRING, AUTUMN = dt.datetime(2027, 3, 28, tzinfo=dt.UTC), dt.datetime(2027, 10, 31, tzinfo=dt.UTC)
TOLD = {"dtstamp": dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC), "summary": "Cedar Hall"}


def text_of(windows: tuple[Window, ...], zone: str = LONDON) -> bytes:
    return calendar_text(zone, events_of(windows, zone, "some deal", TOLD), {})


def expanded(text: bytes) -> list[Window]:
    """The windows that `recurring-ical-events` sees, in order."""
    events = recurring_ical_events.of(Calendar.from_ical(text)).between((2026, 1, 1), (2029, 1, 1))
    return sorted(Window(event["DTSTART"].dt, event["DTEND"].dt) for event in events)


def weekly(
    first: dt.date, starts: str, ends: str, except_dates: tuple[dt.date, ...] = ()
) -> tuple[Window, ...]:
    rule = "FREQ=WEEKLY;COUNT=8"
    return Schedule(first, starts, ends, rule, except_dates).windows(LONDON, {})


@pytest.mark.parametrize("first", [dt.date(2027, 3, 7), dt.date(2027, 10, 10)])
@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("10:00", "12:00"),
        ("00:30", "03:30"),
        ("01:15", "01:45"),
        ("01:30", "02:30"),
        ("22:00", "24:00"),
    ],
)
def test_a_sunday_series_over_both_change_nights(first: dt.date, starts: str, ends: str) -> None:
    """Sundays over the night itself, skipped and repeated hours included, come out as agreed."""
    windows = weekly(first, starts, ends)
    assert expanded(text_of(windows)) == sorted(windows)


def test_a_plain_term_is_one_event_with_its_holes() -> None:
    """One VEVENT in local time with RRULE and EXDATE, not one for each date."""
    gone = dt.date(2027, 3, 16)
    windows = weekly(dt.date(2027, 3, 2), "10:00", "12:00", except_dates=(gone,))
    text = text_of(windows).decode()
    assert text.count("BEGIN:VEVENT") == 1
    assert "RRULE:FREQ=WEEKLY;COUNT=8;INTERVAL=1" in text
    assert "DTSTART;TZID=Europe/London:20270302T100000" in text
    assert "EXDATE;TZID=Europe/London:20270316T100000" in text
    assert expanded(text.encode()) == sorted(windows)


def test_the_zone_travels_with_the_events() -> None:
    """VTIMEZONE says both changes of 2027 as they are: at 01:00 and at 02:00 on the wall."""
    text = text_of(weekly(dt.date(2027, 3, 2), "10:00", "12:00")).decode().replace("\r\n", "\n")
    assert "DTSTART:20270328T010000\nTZNAME:BST\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0100" in text
    assert "DTSTART:20271031T020000\nTZNAME:GMT\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0000" in text


def minutes_around(change: dt.datetime) -> st.SearchStrategy[Window]:
    """Windows at any quarter of an hour within weeks, or hours, of a change of the clock."""
    starts = st.integers(-14 * 96, 14 * 96) | st.integers(-4, 8)
    return st.builds(
        lambda quarter, long: Window(
            change + dt.timedelta(minutes=15 * quarter),
            change + dt.timedelta(minutes=15 * (quarter + long)),
        ),
        starts,
        st.integers(1, 4) | st.integers(1, 120),
    )


@given(
    st.lists(minutes_around(SPRING) | minutes_around(AUTUMN), min_size=1, max_size=12, unique=True),
    st.sampled_from([LONDON, "America/New_York", "Australia/Lord_Howe"]),
)
def test_any_windows_come_out_as_they_went_in(windows: list[Window], zone: str) -> None:
    """Not a window more, fewer or elsewhere, in zones that change by an hour and by half of one."""
    assert expanded(text_of(tuple(windows), zone)) == sorted(windows)


@given(
    st.dates(dt.date(2027, 1, 1), dt.date(2027, 12, 1)),
    st.sets(st.integers(0, 60), min_size=1, max_size=30),
    st.sampled_from([1, 2, 7, 14]),
    st.integers(0, 23),
)
def test_series_hold_every_window_once(
    first: dt.date, places: set[int], step: int, hour: int
) -> None:
    """The windows are shared out among the series; each rule gives them and its holes."""
    days = [first + dt.timedelta(step * place) for place in sorted(places)]
    windows = [
        w for day in days for w in Schedule(day, f"{hour:02}:00", "24:00").windows(LONDON, {})
    ]
    found = list(series_of(windows, ZoneInfo(LONDON)))
    assert sorted(window for each in found for window in each.windows) == sorted(windows)
    windows = [w for w in windows if w.start.year < 2029]
    inside = [w for w in windows if w.end < dt.datetime(2029, 1, 1, tzinfo=dt.UTC)]
    assert [w for w in expanded(text_of(tuple(windows))) if w in inside] == sorted(inside)


def test_the_same_windows_give_the_same_bytes() -> None:
    """Nothing of the clock or of the order that they came in is in the text."""
    windows = weekly(dt.date(2027, 3, 2), "10:00", "12:00")
    assert text_of(windows) == text_of(windows[::-1])


def places_of(text: bytes) -> dict[Window, str]:
    """Where each time is, as a calendar program expands it."""
    events = recurring_ical_events.of(Calendar.from_ical(text)).between((2026, 1, 1), (2029, 1, 1))
    found = [(Window(e["DTSTART"].dt, e["DTEND"].dt), str(e.get("LOCATION", ""))) for e in events]
    assert len(dict(found)) == len(found)
    return dict(found)


def meeting(places: dict[Window, str]) -> bytes:
    return calendar_text(LONDON, meeting_of(places, LONDON, "one@cypn", TOLD), {})


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
@settings(max_examples=25)
@given(
    drawn=st.dictionaries(
        st.sampled_from([-14, -7, 0, 7, 10, 14]),
        st.tuples(
            st.sampled_from([0, 15, 30, 60, 90, 840]),
            st.integers(1, 20),
            st.sampled_from(["", "Here", "There, upstairs"]),
        ),
        min_size=1,
    )
)
def test_one_meeting_expands_to_each_time_at_its_place(
    change: dt.datetime, drawn: dict[int, tuple[int, int, str]]
) -> None:
    """Days around both change nights: no time is missing, none is more, one UID for all."""
    starts = {day: change + dt.timedelta(day, minutes=drawn[day][0]) for day in drawn}
    places = {
        Window(starts[day], starts[day] + dt.timedelta(minutes=15 * long)): at
        for day, (_, long, at) in drawn.items()
    }
    text = meeting(places)
    assert places_of(text) == places
    events = Calendar.from_ical(text).walk("VEVENT")
    assert {str(event["UID"]) for event in events} == {"one@cypn"}
    assert ["RECURRENCE-ID" in event for event in events].count(False) == 1
    assert events[0].decoded("DTSTART") == min(places).start


def test_a_plain_term_of_one_meeting_is_one_event() -> None:
    """A rule in local time, which every calendar program knows, and nothing beside it."""
    windows = weekly(dt.date(2027, 3, 2), "10:00", "12:00")
    (event,) = Calendar.from_ical(meeting(dict.fromkeys(windows, "Here"))).walk("VEVENT")
    assert event["RRULE"]["FREQ"] == ["WEEKLY"]
    assert "RDATE" not in event
