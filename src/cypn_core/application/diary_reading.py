"""When a calendar file says that its owner is busy: its events expanded, and nothing else of them.

An event that another program would read in two ways takes the time of both, for what is free by
mistake would be offered. Rules are those that the hub itself keeps (`cypn_core.domain.recurrence`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import define, evolve, field, frozen
from icalendar import Calendar, vRecur  # type: ignore[import-untyped]

from cypn_core.application.diary_lines import sieved
from cypn_core.application.diary_times import LONGEST, Clocks, Moment
from cypn_core.domain.errors import Invalid
from cypn_core.domain.recurrence import MOST_DATES, Rule, occurrences, parsed
from cypn_core.domain.times import Window, merged

HORIZON: Final = dt.timedelta(days=366)
MOST_PARTS: Final = 5000
OWN: Final = "@cypn"
"""How the UID of what this hub put in a calendar ends."""

WHY: Final[Mapping[str, str]] = {
    "free": "It is marked as free (TRANSPARENT), so it takes no time.",
    "cancelled": "It is marked as cancelled.",
    "over": "It is over, or all its dates are left out.",
    "far": "It begins more than a year from now: import the calendar again by then.",
    "no_length": "It ends when it begins, so it takes no time.",
    "own_deal": "It came from this hub: what is agreed takes its time already.",
    "no_event": "It is no event, such as a task or a note.",
}
"""Why something of a calendar takes no time, by code."""


@frozen
class Reading:
    """The busy *windows* ahead, in order and merged, of *events* events on *dates* dates.

    *left_out*: by code of :data:`WHY` the places in the file of the events, from 1; for what is no
    event how many there are, as places of their own.
    """

    windows: tuple[Window, ...]
    events: int
    dates: int
    left_out: Mapping[str, Sequence[int]]


def read(raw: bytes, zone: str, now: dt.datetime) -> Reading:
    """What *raw* says of the year from *now* on; floating times are in *zone*.

    :raises Invalid: naming the component and property to mend.
    """
    lines = sieved(raw)
    clocks = Clocks(ZoneInfo(zone), lines.zones)
    entries = [_entry(at, each, clocks) for at, each in enumerate(lines.events, 1)]
    ahead = Window(now, now + HORIZON)
    windows, left_out, dates = _busy(entries, ahead)
    if lines.others:
        left_out["no_event"] = list(range(1, lines.others + 1))
    whole = merged(windows)
    if len(whole) > MOST_PARTS:
        raise Invalid({"VEVENT": [f"make more than {MOST_PARTS} busy times: export less"]})
    out = sum(len(places) for code, places in left_out.items() if code != "no_event")
    return Reading(whole, len(entries) - out, dates, left_out)


@frozen
class _Skips:
    """The moments, and the whole days, at which a series does not take place."""

    moments: frozenset[dt.datetime] = frozenset()
    days: frozenset[dt.date] = frozenset()

    def __contains__(self, start: Moment) -> bool:
        return start.first in self.moments or start.wall.date() in self.days

    def __or__(self, other: _Skips) -> _Skips:
        return _Skips(self.moments | other.moments, self.days | other.days)


@define
class _Entry:
    """One VEVENT, the *place*-th of the file, of which what it says is read when it is needed."""

    place: int
    event: Any
    clocks: Clocks
    uid: str = field(init=False)
    replaces: Moment | None = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.uid = str(self.one("UID") or "")
        self.replaces = self._moment("RECURRENCE-ID")
        prop = self.one("RECURRENCE-ID")
        if prop is not None and "RANGE" in prop.params:
            raise self.refused("RECURRENCE-ID", "must not have a RANGE: end the series, begin anew")

    def refused(self, name: str, said: str) -> Invalid:
        return Invalid({f"VEVENT {self.place} {name}": [said]})

    def one(self, name: str) -> Any:
        found = self.event.get(name)
        if isinstance(found, list):
            raise self.refused(name, "must be there once: leave one out")
        return found

    def idle(self) -> str | None:
        """The code of why it takes no time whenever it is, or None."""
        if str(self.one("STATUS") or "").upper() == "CANCELLED":
            return "cancelled"
        if str(self.one("TRANSP") or "").upper() == "TRANSPARENT":
            return "free"
        return "own_deal" if self.uid.endswith(OWN) else None

    def start(self) -> Moment:
        found = self._moment("DTSTART")
        if found is None:
            raise self.refused("DTSTART", "must be there: say when the event begins")
        return found

    def length(self, start: Moment) -> dt.timedelta:
        """How long it is by the clock on the wall."""
        end, duration = self._moment("DTEND"), self.one("DURATION")
        if end is not None and duration is not None:
            raise self.refused("DURATION", "must not stand beside DTEND: leave one out")
        found = dt.timedelta(0)
        if duration is not None:
            found = self._delta(duration.dt)
        elif end is not None:
            found = _between(start, end)
        if not dt.timedelta(0) <= found <= LONGEST:
            raise self.refused("DTEND", f"must be 0 to {LONGEST.days} days after DTSTART")
        return found or dt.timedelta(days=int(start.all_day))

    def starts(self, start: Moment, last: dt.date) -> Iterator[Moment]:
        """Each start to *last*, those of its rule and of nothing else; the first always counts."""
        yield start
        rule = self._rule(start)
        if rule is not None:
            until = self._until(start)
            for day in occurrences(rule, start.wall.date(), last):
                at = start.at(dt.datetime.combine(day, start.wall.time()))
                if until is None or until.all_day or at.first <= until.last:
                    yield at

    def added(self, start: Moment, length: dt.timedelta) -> Iterator[tuple[Moment, dt.timedelta]]:
        """The starts that RDATE adds, each with how long it is."""
        for value, tzid in self._listed("RDATE"):
            if not isinstance(value, tuple):
                yield self.clocks.moment(value, tzid, self._named("RDATE")), length
                continue
            begin = self.clocks.moment(value[0], tzid, self._named("RDATE"))
            yield begin, self._period(begin, value[1], tzid)

    def skipped(self) -> _Skips:
        """What EXDATE leaves out."""
        return skips(
            self.clocks.moment(value, tzid, self._named("EXDATE"))
            for value, tzid in self._listed("EXDATE")
        )

    def _period(self, begin: Moment, end: Any, tzid: str | None) -> dt.timedelta:
        if isinstance(end, dt.timedelta):
            found = end
        else:
            found = _between(begin, self.clocks.moment(end, tzid, self._named("RDATE")))
        if not dt.timedelta(0) < found <= LONGEST:
            raise self.refused("RDATE", f"must have periods of up to {LONGEST.days} days")
        return found

    def _delta(self, value: Any) -> dt.timedelta:
        if not isinstance(value, dt.timedelta):
            raise self.refused("DURATION", "must be a length such as PT1H30M")
        return value

    def _named(self, name: str) -> str:
        return f"VEVENT {self.place} {name}"

    def _moment(self, name: str) -> Moment | None:
        prop = self.one(name)
        if prop is None:
            return None
        return self.clocks.moment(prop.dt, prop.params.get("TZID"), self._named(name))

    def _listed(self, name: str) -> list[tuple[Any, str | None]]:
        props = self.event.get(name, [])
        props = props if isinstance(props, list) else [props]
        found = [(each.dt, prop.params.get("TZID")) for prop in props for each in prop.dts]
        if len(found) > MOST_DATES:
            raise self.refused(name, f"must have at most {MOST_DATES} dates: split the event")
        return found

    def _rule(self, start: Moment) -> Rule | None:
        prop = self.one("RRULE")
        if prop is None:
            return None
        if "UNTIL" in prop and "COUNT" in prop:
            raise self.refused("RRULE", "has COUNT and UNTIL: leave one out")
        if _week_matters(prop):
            raise self.refused("RRULE", "must have WKST=MO with an INTERVAL of weeks, or no WKST")
        plain = {name: value for name, value in prop.items() if name not in {"UNTIL", "WKST"}}
        try:
            rule = parsed(vRecur(plain).to_ical().decode())
        except ValueError as error:
            raise self.refused("RRULE", str(error).removeprefix("rrule ")) from None
        until = self._until(start)
        return rule if until is None else evolve(rule, until=until.wall.date())

    def _until(self, start: Moment) -> Moment | None:
        """The moment of UNTIL on the clock of *start*."""
        said = (self.one("RRULE") or {}).get("UNTIL")
        if said is None:
            return None
        value = said[0] if isinstance(said, list) else said
        found = self.clocks.moment(value, None, self._named("RRULE"))
        if isinstance(value, dt.datetime) and value.tzinfo is not None:
            return Moment(found.first.astimezone(start.clock).replace(tzinfo=None), start.clock)
        return evolve(found, clock=start.clock)


def skips(moments: Iterator[Moment]) -> _Skips:
    """The same moments, those of whole days apart."""
    every = list(moments)
    return _Skips(
        frozenset(each.first for each in every if not each.all_day),
        frozenset(each.wall.date() for each in every if each.all_day),
    )


def _entry(place: int, lines: Sequence[str], clocks: Clocks) -> _Entry:
    names = {line.replace(";", ":").partition(":")[0].upper() for line in lines}
    if "EXRULE" in names:
        said = "is out of date: list the dates in EXDATE"
        raise Invalid({f"VEVENT {place} EXRULE": [said]})
    whole = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""]
    try:
        event = Calendar.from_ical("\r\n".join(whole)).subcomponents[0]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
        raise Invalid({f"VEVENT {place}": ["cannot be read: export it again"]}) from None
    if event.errors:
        said = "cannot be read: write it as RFC 5545 says, or export the calendar again"
        raise Invalid({f"VEVENT {place} {event.errors[0][0] or ''}".strip(): [said]})
    return _Entry(place, event, clocks)


def _busy(
    entries: Sequence[_Entry], ahead: Window
) -> tuple[list[Window], dict[str, Sequence[int]], int]:
    """The windows of *entries* that meet *ahead*, whose take none and why, and how many dates."""
    moved: dict[str, list[Moment]] = defaultdict(list)
    for each in entries:
        if each.replaces is not None:
            moved[each.uid].append(each.replaces)
    left_out: dict[str, list[int]] = defaultdict(list)
    windows: list[Window] = []
    for entry in entries:
        others = () if entry.replaces else moved[entry.uid]
        found = entry.idle() or _taken(entry, skips(iter(others)), ahead)
        if isinstance(found, str):
            left_out[found].append(entry.place)
        else:
            windows.extend(found)
    return windows, dict(left_out), len(windows)


def _taken(entry: _Entry, moved: _Skips, ahead: Window) -> list[Window] | str:
    """When *entry* takes time *ahead*, or the code of why it takes none."""
    start = entry.start()
    length = entry.length(start)
    if not length:
        return "no_length"
    without = entry.skipped() | moved
    last = ahead.end.date() + dt.timedelta(days=1)
    every = [(at, length) for at in entry.starts(start, last)] + [*entry.added(start, length)]
    stand = {at.lasting(long) for at, long in every if at not in without}
    found = [_clipped(each, ahead) for each in stand if each.overlaps(ahead)]
    if len(found) > MOST_DATES:
        raise entry.refused("RRULE", f"must give at most {MOST_DATES} dates a year: split it")
    return found or _why_not(stand, ahead)


def _why_not(stand: Collection[Window], ahead: Window) -> str:
    return "far" if any(each.start >= ahead.end for each in stand) else "over"


def _clipped(window: Window, ahead: Window) -> Window:
    return Window(max(window.start, ahead.start), min(window.end, ahead.end))


def _between(start: Moment, end: Moment) -> dt.timedelta:
    """How far the clock on the wall goes on, and in two zones the time that passes."""
    same = start.clock == end.clock
    return end.wall - start.wall if same else end.last - start.first


def _week_matters(rule: Any) -> bool:
    """Whether the rule counts weeks that begin on another day than Monday."""
    weeks = [str(each).upper() for each in _several(rule.get("FREQ", []))] == ["WEEKLY"]
    steps = [int(each) for each in _several(rule.get("INTERVAL", [1]))]
    begins = [str(each).upper() for each in _several(rule.get("WKST", ["MO"]))]
    return weeks and steps != [1] and begins != ["MO"]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
