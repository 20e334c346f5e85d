"""What a calendar file says of when its owner is busy: read exactly, or refused in words."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar  # type: ignore[import-untyped]

from cypn_core.application.diary_lines import sieved
from cypn_core.application.diary_reading import WHY, Reading, read
from cypn_core.application.diary_worker import read_apart
from cypn_core.domain.errors import Invalid
from cypn_core.domain.times import Window, merged

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
LONDON = "Europe/London"
HOUR = "DTSTART:20270202T143000\nDTEND:20270202T153000"
CUSTOM = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T010000
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*events: str, before: str = "", uid: str = "one") -> bytes:
    """A calendar of *events*, each given by its lines; those without a UID have *uid*."""
    told = "".join(
        f"BEGIN:VEVENT\n{'' if 'UID:' in each else f'UID:{uid}'}\n{each}\nEND:VEVENT\n"
        for each in events
    )
    whole = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{before}{told}END:VCALENDAR\n"
    return whole.replace("\n\n", "\n").replace("\n", "\r\n").encode()


def said(*events: str, before: str = "") -> Reading:
    """What is read of *events*."""
    return read(calendar(*events, before=before), LONDON, NOW)


def starts(*events: str, before: str = "") -> list[str]:
    """When the busy times of *events* start, in UTC."""
    return [each.start.strftime("%m-%dT%H:%M") for each in said(*events, before=before).windows]


def ruled(rule: str) -> bytes:
    """A calendar of one event with that rule."""
    return calendar(f"{HOUR}\nRRULE:{rule}")


def zoned(tzid: str) -> bytes:
    """A calendar of one event in that zone."""
    return calendar(f"DTSTART;TZID={tzid}:20270202T143000\nDURATION:PT1H")


def refusal(raw: bytes, reader: Callable[..., Reading] = read) -> dict[str, list[str]]:
    """The fields that are named when *raw* is refused."""
    with pytest.raises(Invalid) as refused:
        reader(raw, LONDON, NOW)
    return refused.value.fields


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (HOUR, ["02-02T14:30"]),
        ("DTSTART:20270702T143000\nDURATION:PT1H", ["07-02T13:30"]),
        ("DTSTART:20270702T143000Z\nDURATION:PT1H", ["07-02T14:30"]),
        ("DTSTART;TZID=GMT Standard Time:20270702T143000\nDURATION:PT1H", ["07-02T13:30"]),
        ("DTSTART;TZID=/x.org/20/Europe/Paris:20270702T143000\nDURATION:PT1H", ["07-02T12:30"]),
        ("DTSTART;VALUE=DATE:20270702", ["07-01T23:00"]),
        (f"{HOUR}\nRRULE:FREQ=WEEKLY;UNTIL=20270209T143000Z", ["02-02T14:30", "02-09T14:30"]),
        (f"{HOUR}\nRRULE:FREQ=WEEKLY;UNTIL=20270209T142900Z", ["02-02T14:30"]),
        (f"{HOUR}\nRRULE:FREQ=WEEKLY;UNTIL=20270209;WKST=SU", ["02-02T14:30", "02-09T14:30"]),
        (f"{HOUR}\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE:20270203T143000", ["02-02T14:30"]),
        (f"{HOUR}\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;VALUE=DATE:20270203", ["02-02T14:30"]),
        (f"{HOUR}\nRDATE:20270203T100000,20270202T143000", ["02-02T14:30", "02-03T10:00"]),
        (f"{HOUR}\nRDATE;VALUE=PERIOD:20270203T100000Z/PT3H", ["02-02T14:30", "02-03T10:00"]),
    ],
)  # fmt: skip
def test_times_of_every_form_are_read(event: str, expected: list[str]) -> None:
    """Floating, zoned, whole-day and UTC times, and what EXDATE and RDATE change, are exact."""
    assert starts(event) == expected


def test_a_zone_that_the_file_describes_is_followed() -> None:
    """A TZID of nobody's is read by its VTIMEZONE, in winter and in summer."""
    winter = "UID:a\nDTSTART;TZID=Customized Time Zone:20270202T120000\nDURATION:PT1H"
    summer = "UID:b\nDTSTART;TZID=Customized Time Zone:20270702T120000\nDURATION:PT1H"
    assert starts(winter, summer, before=CUSTOM) == ["02-02T10:00", "07-02T09:00"]


def test_an_override_moves_one_date_of_its_series() -> None:
    """RECURRENCE-ID takes the old time away and puts the new; a cancelled one only takes away."""
    series = f"{HOUR}\nRRULE:FREQ=WEEKLY;COUNT=3"
    moved = "RECURRENCE-ID:20270209T143000\nDTSTART:20270210T090000\nDURATION:PT1H"
    gone = "RECURRENCE-ID:20270216T143000\nDTSTART:20270216T143000\nSTATUS:CANCELLED"
    assert starts(series, moved, gone) == ["02-02T14:30", "02-10T09:00"]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (f"{HOUR}\nTRANSP:TRANSPARENT", "free"),
        (f"{HOUR}\nSTATUS:CANCELLED", "cancelled"),
        ("DTSTART:20200202T143000\nDURATION:PT1H", "over"),
        ("DTSTART:20300202T143000\nDURATION:PT1H", "far"),
        ("DTSTART:20270202T143000", "no_length"),
        (f"UID:0123@cypn\n{HOUR}", "own_deal"),
    ],
)
def test_what_takes_no_time_is_left_out_and_why(event: str, code: str) -> None:
    """Each is told by its place in the file, and the others stand."""
    found = said("UID:x\nDTSTART:20270101T100000\nDURATION:PT1H", event)
    assert found.left_out == {code: [2]}
    assert (found.events, found.dates, code in WHY) == (1, 1, True)


def test_only_lines_about_time_are_parsed() -> None:
    """What an event is about, however long, is dropped first, its alarms too."""
    alarm = "BEGIN:VALARM\nDTSTART:20270101T000000\nDESCRIPTION:y\nEND:VALARM"
    about = f"SUMMARY:Robin\n quill\nATTENDEE;CN=Robin:mailto:r@q.example\nX-A:{'x' * 100_000}"
    (kept,) = sieved(calendar(f"{HOUR}\n{about}\n{alarm}")).events
    assert kept == ("UID:one", *HOUR.split("\n"))


def test_other_components_are_counted() -> None:
    """A task is no event."""
    task = "BEGIN:VTODO\nUID:t\nEND:VTODO\n"
    assert said(HOUR, before=task).left_out == {"no_event": [1]}


HOSTILE = {
    "10,000 events": (calendar(*[HOUR] * 10_000), "VEVENT"),
    "secondly": (ruled("FREQ=SECONDLY"), "VEVENT 1 RRULE"),
    "30 February": (ruled("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), "VEVENT 1 RRULE"),
    "yearly": (ruled("FREQ=YEARLY"), "VEVENT 1 RRULE"),
    "empty rule": (ruled("FREQ="), "VEVENT 1 RRULE"),
    "two rules": (ruled("FREQ=DAILY\nRRULE:FREQ=WEEKLY"), "VEVENT 1 RRULE"),
    "weeks from Sunday": (ruled("FREQ=WEEKLY;INTERVAL=2;WKST=SU"), "VEVENT 1 RRULE"),
    "exrule": (calendar(f"{HOUR}\nEXRULE:FREQ=DAILY"), "VEVENT 1 EXRULE"),
    "huge line": (calendar(f"{HOUR}\nEXDATE:{'20270202,' * 1200}"), "VEVENT 1 EXDATE"),
    "many dates": (calendar(HOUR + "\nRDATE:20270203T100000" * 401), "VEVENT 1 RDATE"),
    "nesting": (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + b"BEGIN:VALARM\r\n" * 500, "VALARM"),
    "calendars in calendars": (b"BEGIN:VCALENDAR\r\n" * 500, "VCALENDAR"),
    "cut off": (calendar(HOUR)[:-40], "VEVENT"),
    "crossed": (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "VEVENT"),
    "NUL": (calendar(f"{HOUR}\nSUMMARY:\0"), "body"),
    "not UTF-8": (calendar(HOUR).replace(b"one", b"\xff\xfe"), "body"),
    "no calendar": (b'{"hours": []}', "body"),
    "empty": (b"", "body"),
    "no start": (calendar("DURATION:PT1H"), "VEVENT 1 DTSTART"),
    "no time": (calendar("DTSTART:tomorrow\nDURATION:PT1H"), "VEVENT 1 DTSTART"),
    "year 9999": (calendar("DTSTART:99991231T230000\nDURATION:PT1H"), "VEVENT 1 DTSTART"),
    "endless": (calendar("DTSTART:20270202T143000\nDURATION:P999W"), "VEVENT 1 DTEND"),
    "backwards": (calendar("DTSTART:20270202T143000\nDTEND:20270201T143000"), "VEVENT 1 DTEND"),
    "unknown zone": (zoned("Atlantis"), "VEVENT 1 DTSTART"),
    "a path as zone": (zoned("../../etc/passwd"), "VEVENT 1 DTSTART"),
    "this and future": (
        calendar("RECURRENCE-ID;RANGE=THISANDFUTURE:20270202T143000\n" + HOUR),
        "VEVENT 1 RECURRENCE-ID",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_words(name: str) -> None:
    """Each refusal names a component or property and what to mend, and shows no innards."""
    raw, field = HOSTILE[name]
    fields = refusal(raw)
    assert list(fields) == [field]
    assert all("Error" not in each and len(each) > 15 for each in fields[field])


def test_a_file_that_takes_too_long_is_killed_in_its_own_process() -> None:
    """900 daily rules since 1970 would take minutes; after two seconds the worker is gone."""
    endless = calendar(*["DTSTART:19700301T100000\nRRULE:FREQ=DAILY\nDURATION:PT1H"] * 900)
    begun = time.monotonic()
    assert "took longer" in refusal(endless, read_apart)["body"][0]
    assert time.monotonic() - begun < 30


def test_doubtful_time_is_taken() -> None:
    """The hour that the autumn night repeats is busy both times, the skipped one from its start."""
    autumn = read(calendar("DTSTART:20271031T003000\nDTEND:20271031T013000"), LONDON, NOW).windows
    assert [each.minutes for each in autumn] == [120]
    spring = read(calendar("DTSTART:20270328T013000\nDTEND:20270328T023000"), LONDON, NOW).windows
    assert [each.start.hour for each in spring] == [0]


def test_the_worker_says_what_reading_here_says() -> None:
    """Nothing is lost between the processes, refusals included."""
    raw = calendar(f"{HOUR}\nRRULE:FREQ=WEEKLY", "UID:b\nDTSTART:20270202T143000")
    assert read_apart(raw, LONDON, NOW) == read(raw, LONDON, NOW)
    wrong = calendar(f"{HOUR}\nRRULE:FREQ=SECONDLY")
    assert refusal(wrong, read_apart) == refusal(wrong)


RULES = st.sampled_from(
    [
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;BYDAY=MO,TH",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=20270601T000000Z",
        "FREQ=MONTHLY;BYDAY=-1SU;COUNT=9",
        "FREQ=MONTHLY;BYMONTHDAY=28,-1",
        "FREQ=DAILY;COUNT=30",
    ]
)


@settings(max_examples=25)
@given(
    rule=RULES,
    zone=st.sampled_from([LONDON, "Europe/Berlin", "America/New_York"]),
    day=st.dates(dt.date(2026, 12, 1), dt.date(2027, 4, 30)),
    hour=st.integers(5, 20),
    hours=st.sampled_from([1, 2, 4, 26, 27]),
    without=st.sets(st.integers(0, 20), max_size=3),
)
def test_it_expands_as_a_calendar_program_does(
    *, rule: str, zone: str, day: dt.date, hour: int, hours: int, without: set[int]
) -> None:
    """Over both clock changes the busy times are those of recurring-ical-events.

    No event here ends in the repeated hour, of which all is taken.
    """
    start = dt.datetime.combine(day, dt.time(hour))
    skipped = [f"EXDATE;TZID={zone}:{start + dt.timedelta(n):%Y%m%dT%H%M%S}" for n in without]
    lines = [
        f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}",
        f"DTEND;TZID={zone}:{start + dt.timedelta(hours=hours):%Y%m%dT%H%M%S}",
        f"RRULE:{rule}",
        *skipped,
    ]
    raw = calendar("\n".join(lines))
    expanded = recurring_ical_events.of(Calendar.from_ical(raw)).between(
        NOW, dt.datetime(2027, 11, 20, tzinfo=dt.UTC)
    )
    expected = {Window(each["DTSTART"].dt, each["DTEND"].dt) for each in expanded}
    if 0 not in without:
        expected.add(Window(*(each.astimezone(dt.UTC) for each in _first(start, hours, zone))))
    end = dt.datetime(2027, 11, 19, tzinfo=dt.UTC)
    found = [each for each in read(raw, LONDON, NOW).windows if each.end < end]
    assert found == [each for each in merged(expected) if each.end < end]


def _first(start: dt.datetime, hours: int, zone: str) -> tuple[dt.datetime, dt.datetime]:
    begin = start.replace(tzinfo=ZoneInfo(zone))
    return begin, begin + dt.timedelta(hours=hours)
