"""Windows, calendars and schedules: what holds, and what is refused at once."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_core.domain.errors import Invalid
from cypn_core.domain.recurrence import occurrences, parsed
from cypn_core.domain.times import (
    Calendar,
    DateSpan,
    Schedule,
    Window,
    consecutive,
    covers,
    merged,
    minus,
)

LONDON = "Europe/London"
SUMMER = Calendar(
    "summer", "Summer holidays", "1", (DateSpan(date(2027, 7, 22), date(2027, 8, 31)),)
)
BANK = Calendar("bank", "Bank holidays", "1", (DateSpan(date(2027, 8, 30), date(2027, 8, 30)),))
CALENDARS = {"summer": SUMMER, "bank": BANK}
T0 = datetime(2027, 1, 4, tzinfo=UTC)


def hours(start: float, end: float) -> Window:
    return Window(T0 + timedelta(hours=start), T0 + timedelta(hours=end))


def moments(windows: Any) -> set[int]:
    """The half hours since T0 that lie in *windows*."""
    half = timedelta(minutes=30)
    return {n for w in windows for n in range(int((w.start - T0) / half), int((w.end - T0) / half))}


some_windows = st.lists(
    st.builds(
        lambda start, length: hours(start / 2, (start + length) / 2),
        st.integers(0, 40),
        st.integers(1, 12),
    ),
    max_size=6,
)


def schedule(**given: Any) -> Schedule:
    return Schedule(**{"first": date(2027, 1, 4), "starts": "10:00", "ends": "12:00", **given})


# -- windows -------------------------------------------------------------------------------


def test_a_window_is_kept_in_utc() -> None:
    """Two ways to write one stretch of time are one window."""
    elsewhere = datetime.fromisoformat("2027-07-01T10:00:00+01:00")
    window = Window(elsewhere, elsewhere + timedelta(hours=1))
    assert window.start.isoformat() == "2027-07-01T09:00:00+00:00"
    assert window.minutes == 60


@pytest.mark.parametrize(
    ("start", "end"),
    [(T0, T0), (T0, T0 - timedelta(1)), (T0.replace(tzinfo=None), T0)],
)
def test_a_window_without_length_or_zone_is_refused(start: datetime, end: datetime) -> None:
    """A window ends after it starts, and both are aware."""
    with pytest.raises(ValueError, match=r"end must|time zone"):
        Window(start, end)


def test_windows_that_touch_do_not_overlap() -> None:
    """Windows are half-open."""
    assert not hours(0, 1).overlaps(hours(1, 2))
    assert not hours(1, 2).overlaps(hours(0, 1))
    assert hours(0, 2).overlaps(hours(1, 3))
    assert hours(0, 2).contains(hours(1, 2))
    assert not hours(1, 2).contains(hours(0, 2))
    assert hours(1, 2).padded(60, 30) == hours(0, 2.5)


@given(some_windows, some_windows)
def test_windows_behave_as_sets_of_moments(some: list[Window], taken: list[Window]) -> None:
    """Merging keeps the moments, cutting out removes them, and the pieces stay apart."""
    joined, left = merged(some), minus(some, taken)
    assert moments(joined) == moments(some)
    assert moments(left) == moments(some) - moments(taken)
    assert all(a.end < b.start for pieces in (joined, left) for a, b in pairwise(pieces))


@given(some_windows, some_windows)
def test_cover_means_every_moment(some: list[Window], wanted: list[Window]) -> None:
    """A window is covered exactly when each of its moments is."""
    for window in wanted:
        assert covers(some, window) == (moments([window]) <= moments(some))


@given(st.integers(1, 60 * 24 * 800), st.integers(1, 31))
def test_consecutive_windows_tile_the_whole(minutes: int, days: int) -> None:
    """A long thing is consecutive windows, none too long, without a gap or an overlap."""
    whole = Window(T0, T0 + timedelta(minutes=minutes))
    tiles = consecutive(whole.start, whole.end, days)
    assert tiles[0].start == whole.start
    assert tiles[-1].end == whole.end
    assert all(a.end == b.start for a, b in pairwise(tiles))
    assert all(tile.minutes <= days * 24 * 60 for tile in tiles)
    assert len(tiles) == -(-minutes // (days * 24 * 60))


# -- dates ---------------------------------------------------------------------------------


def test_one_day_a_week_in_the_holidays() -> None:
    """V03: Tuesdays inside the summer holiday are six, and a Monday bank holiday can be skipped."""
    tuesdays = schedule(first=date(2027, 7, 22), rrule="FREQ=WEEKLY;BYDAY=TU", during=("summer",))
    days = [(7, 27), (8, 3), (8, 10), (8, 17), (8, 24), (8, 31)]
    assert tuesdays.dates(CALENDARS) == tuple(date(2027, *day) for day in days)
    mondays = schedule(first=date(2027, 7, 22), rrule="FREQ=WEEKLY;BYDAY=MO", during=("summer",))
    closed = schedule(
        first=date(2027, 7, 22), rrule="FREQ=WEEKLY;BYDAY=MO", during=("summer",), skip=("bank",)
    )
    assert set(mondays.dates(CALENDARS)) - set(closed.dates(CALENDARS)) == {date(2027, 8, 30)}


def test_afternoons_of_a_term() -> None:
    """V04: Monday to Friday, 4 January to 19 March 2027, is 55 afternoons and 220 hours."""
    hall = schedule(
        starts="13:00", ends="17:00", rrule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20270319"
    )
    span = DateSpan(date(2027, 1, 4), date(2027, 3, 19))
    windows = hall.windows(LONDON, {})
    assert (len(windows), sum(w.minutes for w in windows)) == (55, 220 * 60)
    assert hall.over(span, LONDON, {}) == windows


def test_the_tenure_starts_with_the_calendar() -> None:
    """A holiday block asked for in winter is found, though it lies beyond thirteen weeks."""
    early = schedule(rrule="FREQ=WEEKLY;BYDAY=TU", during=("summer",))
    assert len(early.dates(CALENDARS)) == 6


def test_ten_years_of_weekdays_are_capped() -> None:
    """V10: an endless series is answered for the tenure, not refused."""
    endless = schedule(rrule="FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20370101")
    assert len(endless.dates({})) == 65
    assert len(endless.dates({}, cap_days=14)) == 10


def test_more_than_400_dates_are_refused() -> None:
    """After capping, 400 dates is the limit."""
    with pytest.raises(Invalid, match="more than 400"):
        schedule(rrule="FREQ=DAILY").dates({}, cap_days=500)
    with pytest.raises(Invalid, match="400 days"):
        schedule().over(DateSpan(date(2027, 1, 1), date(2028, 12, 31)), LONDON, {})


def test_listed_dates_join_and_leave_the_rule() -> None:
    """Extra dates stand whatever the calendars say; except dates drop from both."""
    listed = schedule(
        rrule="FREQ=DAILY;COUNT=3",
        extra_dates=(date(2027, 1, 20), date(2027, 1, 21), date(2026, 1, 1)),
        except_dates=(date(2027, 1, 5), date(2027, 1, 21)),
    )
    assert [day.day for day in listed.dates({})] == [4, 6, 20]


def test_without_a_rule_there_is_one_date() -> None:
    """A one-off is its first date."""
    assert schedule().dates({}) == (date(2027, 1, 4),)


@pytest.mark.parametrize("field", ["during", "skip"])
def test_a_calendar_that_the_region_lacks_is_named(field: str) -> None:
    """The field and the calendars that there are are told."""
    with pytest.raises(Invalid) as caught:
        schedule(**{field: ("winter",)}).dates(CALENDARS)
    assert caught.value.fields == {
        field: ["winter is not a calendar of this region (bank, summer)"]
    }


# -- recurrence rules ----------------------------------------------------------------------

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
signed = st.integers(1, 31) | st.integers(-31, -1)


def joined(values: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    return st.lists(values.map(str), min_size=1, max_size=4, unique=True).map(",".join)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Any rule of the profile."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    parts = [f"FREQ={freq}"]
    ordinal = st.integers(1, 5) | st.integers(-5, -1)
    numbered = st.tuples(ordinal, st.sampled_from(DAYS)).map(lambda pair: f"{pair[0]}{pair[1]}")
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 5))}")
    if draw(st.booleans()):
        plain = freq != "MONTHLY" or draw(st.booleans())
        parts.append("BYDAY=" + draw(joined(st.sampled_from(DAYS) if plain else numbered)))
    if freq != "WEEKLY" and draw(st.booleans()):
        parts.append("BYMONTHDAY=" + draw(joined(signed)))
    if freq == "MONTHLY" and len(parts) > 2 and "BY" in parts[-1] and draw(st.booleans()):
        parts.append("BYSETPOS=" + draw(joined(signed)))
    end = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if end == "COUNT":
        parts.append(f"COUNT={draw(st.integers(1, 30))}")
    elif end:
        parts.append(f"UNTIL={draw(st.dates(date(2027, 1, 1), date(2028, 6, 1))):%Y%m%d}")
    return ";".join(parts)


@settings(max_examples=150, deadline=None)
@given(
    rules(),
    st.dates(date(2026, 12, 1), date(2027, 12, 31)),
    st.integers(0, 14) | st.integers(0, 700),
)
def test_expansion_equals_dateutil(text: str, first: date, days: int) -> None:
    """Every rule of the profile gives the dates that dateutil gives."""
    last = first + timedelta(days)
    start, stop = (datetime.combine(day, datetime.min.time()) for day in (first, last))
    oracle = rrulestr(text, dtstart=start).between(start, stop, inc=True)
    assert list(occurrences(parsed(text), first, last)) == [found.date() for found in oracle]


def test_a_week_counts_from_monday() -> None:
    """A series begun on a Sunday goes on with the Monday after."""
    sunday = date(2027, 1, 3)
    found = occurrences(parsed("FREQ=WEEKLY;BYDAY=MO,SU"), sunday, sunday + timedelta(1))
    assert list(found) == [sunday, sunday + timedelta(1)]


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=DAILY;BYMONTHDAY=31;INTERVAL=400",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYSETPOS=5",
        "FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=5MO",
        "FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=12",
    ],
)
def test_a_rule_that_never_happens_ends(rrule: str) -> None:
    """A rule without dates is answered with none, in no time."""
    began = time.monotonic()
    assert schedule(first=date(2027, 2, 1), rrule=rrule).dates({}) == ()
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("rrule", "says"),
    [
        ("FREQ=SECONDLY", "DAILY, WEEKLY or MONTHLY"),
        ("FREQ=YEARLY", "DAILY, WEEKLY or MONTHLY"),
        ("BYDAY=MO", "must have a FREQ"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "'BYMONTH'"),
        ("FREQ=WEEKLY;WKST=SU", "'WKST'"),
        ("RRULE:FREQ=DAILY", "such as FREQ=WEEKLY"),
        ("FREQ=DAILY;COUNT=401", "COUNT from 1 to 400"),
        ("FREQ=DAILY;COUNT=10000", "COUNT from 1 to 400"),
        ("FREQ=DAILY;COUNT=0", "COUNT from 1 to 400"),
        ("FREQ=DAILY;COUNT=\u0663", "such as FREQ=WEEKLY"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL from 1"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270301", "leave one out"),
        ("FREQ=DAILY;COUNT=2;COUNT=3", "twice"),
        ("FREQ=DAILY;UNTIL=20270230", "day of the calendar"),
        ("FREQ=DAILY;UNTIL=20270301T000000Z", "such as 20270319"),
        ("FREQ=WEEKLY;BYDAY=2MO", "only with FREQ=MONTHLY"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "use FREQ=MONTHLY"),
        ("FREQ=MONTHLY;BYDAY=1MO,TU", "all or none"),
        ("FREQ=MONTHLY;BYDAY=0MO", "from 1 to 5"),
        ("FREQ=MONTHLY;BYDAY=XX", "MO, TU or 2SA"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "from 1 to 31"),
        ("FREQ=MONTHLY;BYSETPOS=1", "only with FREQ=MONTHLY and BYDAY"),
        ("FREQ=DAILY;BYDAY=MO;BYSETPOS=1", "only with FREQ=MONTHLY and BYDAY"),
        ("\x00", "such as FREQ=WEEKLY"),
        ("\ud800", "such as FREQ=WEEKLY"),
        ("A" * 201, "at most 200"),
    ],
)
def test_a_rule_outside_the_profile_is_refused(rrule: str, says: str) -> None:
    """Whatever the profile lacks is refused on construction, naming rrule and the mend."""
    with pytest.raises(ValueError, match=f"^rrule .*{says}"):
        schedule(rrule=rrule)


@given(st.text(alphabet="FREQ=DAILYMONTHW;BYSETPO1234,-0INVCU", max_size=60))
def test_any_text_is_a_rule_or_a_value_error(text: str) -> None:
    """No text for a rule provokes anything but a refusal that names rrule."""
    try:
        schedule(rrule=text).dates({})
    except ValueError as error:
        assert str(error).startswith("rrule ")  # noqa: PT017


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"starts": "25:00"}, "starts must be a time"),
        ({"starts": "12:00"}, "ends must be after"),
        ({"starts": "24:00", "ends": "24:00"}, "ends must be after"),
        ({"first": date(1999, 12, 31)}, "first must"),
        ({"first": date(9999, 12, 31)}, "first must"),
        ({"first": T0}, "first must"),
        ({"during": ("Not a code",)}, "during must be a code"),
        ({"extra_dates": (date(2027, 1, 1),) * 401}, "extra_dates must have at most 400"),
    ],
)
def test_an_impossible_schedule_is_refused(given_: dict[str, Any], says: str) -> None:
    """The field that is wrong is named."""
    with pytest.raises(ValueError, match=says):
        schedule(**given_)


# -- clocks --------------------------------------------------------------------------------


def test_wall_time_is_kept_across_both_clock_changes() -> None:
    """Ten o'clock stays ten o'clock on the day before, of and after each change."""
    for first, offsets in ((date(2027, 3, 27), (10, 9, 9)), (date(2027, 10, 30), (9, 10, 10))):
        daily = schedule(first=first, rrule="FREQ=DAILY;COUNT=3").windows(LONDON, {})
        assert tuple(window.start.hour for window in daily) == offsets
        assert all(window.minutes == 120 for window in daily)


def on_night(day: date, starts: str, ends: str) -> tuple[str, ...]:
    windows = schedule(first=day, starts=starts, ends=ends).windows(LONDON, {})
    return tuple(f"{window.start:%H:%M}-{window.end:%H:%M}" for window in windows)


def test_the_spring_night_loses_what_the_clock_skips() -> None:
    """A time that does not exist stands for the jump; nothing is left of a stretch inside it."""
    spring = date(2027, 3, 28)
    assert on_night(spring, "00:30", "03:00") == ("00:30-02:00",)
    assert on_night(spring, "01:30", "03:00") == ("01:00-02:00",)
    assert on_night(spring, "00:30", "01:30") == ("00:30-01:00",)
    assert on_night(spring, "01:15", "01:45") == ()
    assert on_night(spring, "01:30", "02:00") == ()


def test_the_autumn_night_takes_the_first_pass() -> None:
    """A time that comes twice means the first; a stretch over both passes has both."""
    autumn = date(2027, 10, 31)
    assert on_night(autumn, "01:15", "01:45") == ("00:15-00:45",)
    assert on_night(autumn, "01:30", "02:00") == ("00:30-02:00",)


def test_midnight_ends_the_day() -> None:
    """24:00 is 00:00 of the next day, whatever its length."""
    for day, minutes in ((28, 23 * 60), (29, 24 * 60)):
        (window,) = schedule(first=date(2027, 3, day), starts="00:00", ends="24:00").windows(
            LONDON, {}
        )
        assert window.minutes == minutes


walls = st.integers(0, 96).map(lambda n: f"{n // 4:02}:{n % 4 * 15:02}")


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([date(2027, 3, 28), date(2027, 10, 31), date(2027, 6, 1), date(2011, 12, 30)]),
    walls,
    walls,
    st.sampled_from([LONDON, "Australia/Lord_Howe", "Pacific/Apia", "America/New_York"]),
)
def test_no_clock_turns_a_window_round(day: date, one: str, other: str, zone: str) -> None:
    """In any zone a schedule of one date gives at most one window, and wall order is kept."""
    if one == other:
        return
    windows = schedule(first=day, starts=min(one, other), ends=max(one, other)).windows(zone, {})
    assert len(windows) <= 1
    assert all(window.minutes <= 26 * 60 for window in windows)


def test_a_span_ends_on_or_after_its_first_day() -> None:
    """A span of dates includes both ends and never runs backwards."""
    assert DateSpan(date(2027, 1, 1), date(2027, 1, 1)).days == 1
    assert date(2027, 8, 31) in SUMMER
    assert date(2027, 9, 1) not in SUMMER
    with pytest.raises(ValueError, match="last is before first"):
        DateSpan(date(2027, 1, 2), date(2027, 1, 1))
