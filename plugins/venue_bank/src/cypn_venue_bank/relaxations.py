"""How a need may yield, cheapest first. What people need to take part is never bargained away."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from functools import partial

from attrs import evolve

from cypn_core.domain.postings import Need
from cypn_core.domain.times import Schedule
from cypn_core.matching.near import Relaxed
from cypn_venue_bank.needs import SpaceNeed, StorageNeed
from cypn_venue_bank.words import WORDS

_STEP = 30
_SHORTEST = 60
_DAY = 24 * 60
_FARTHEST = 200
_DAY_MORE = 0.5
_LIKED_LESS = 0.01
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def relaxations(need: Need) -> Iterable[Relaxed]:
    """Everything that *need* may yield, one thing at a time; costs compare them."""
    if isinstance(need, SpaceNeed):
        yield from _possible(need)
        yield from _shifted(need)
        yield from _shorter(need)
        yield from _without(need)
        yield from _other_day(need)
        yield from _farther(need)
        yield from _shared(need)
        yield from _alternate(need)
    elif isinstance(need, StorageNeed):
        yield from _farther(need)
        yield from _later(need)


def _possible(need: SpaceNeed) -> Iterator[Relaxed]:
    """The other times that the group named: they cost next to nothing."""
    for place, body in enumerate(need.alternatives()):
        said = f"at the other time that you named, {_said(body.when)}"
        yield Relaxed(body=body, cost=place * _LIKED_LESS, sentence=said)


def _said(when: Schedule) -> str:
    day = _weekdays(when) if when.rrule else f"{when.first:%A} {when.first.day} {when.first:%b}"
    return f"{day} {when.starts} to {when.ends}"


def _shifted(need: SpaceNeed) -> Iterator[Relaxed]:
    """The same length, half an hour or an hour later or earlier; first to a full or half hour."""
    when = need.when
    off = _minutes(when.starts) % _STEP
    up, down = _STEP - off, -(off or _STEP)
    for by in (up, down, up + _STEP, down - _STEP):
        starts, ends = _minutes(when.starts) + by, _minutes(when.ends) + by
        if starts >= 0 and ends <= _DAY:
            moved = evolve(when, starts=_wall(starts), ends=_wall(ends))
            said = f"{moved.starts} instead of {when.starts}"
            yield Relaxed(body=evolve(need, when=moved), cost=abs(by) / _STEP, sentence=said)


def _shorter(need: SpaceNeed) -> Iterator[Relaxed]:
    """Half an hour less, where an hour is left."""
    ends = _minutes(need.when.ends) - _STEP
    if ends - _minutes(need.when.starts) >= _SHORTEST:
        when = evolve(need.when, ends=_wall(ends))
        said = f"half an hour shorter, until {when.ends}"
        yield Relaxed(body=evolve(need, when=when), cost=1.5, sentence=said)


def _without(need: SpaceNeed) -> Iterator[Relaxed]:
    """Without one of the facilities that it must have."""
    for facility in sorted(need.must, key=lambda each: each.value):
        body = evolve(need, must=need.must - {facility})
        yield Relaxed(body=body, cost=3, sentence=f"without: {WORDS[facility.value]}")


def _other_day(need: SpaceNeed) -> Iterator[Relaxed]:
    """Up to three days later or earlier, in every week."""
    for by in (1, -1, 2, -2, 3, -3):
        moved = _moved(need.when, by)
        if moved is not None:
            cost = 4 + _DAY_MORE * (abs(by) - 1)
            said = _days_said(need.when, moved)
            yield Relaxed(body=evolve(need, when=moved), cost=cost, sentence=said)


def _days_said(when: Schedule, moved: Schedule) -> str:
    if when.rrule:
        return f"{_weekdays(moved)} instead of {_weekdays(when)}"
    old, new = when.first, moved.first
    return f"{new:%A} {new.day} {new:%b} instead of {old:%A} {old.day} {old:%b}"


def _shared(need: SpaceNeed) -> Iterator[Relaxed]:
    """Its dates at more than one space, where it has more than one."""
    if not need.may_split and _repeats(need.when):
        body = evolve(need, may_split=True)
        yield Relaxed(body=body, cost=2.5, sentence="the dates shared between several spaces")


def _alternate(need: SpaceNeed) -> Iterator[Relaxed]:
    """Every second week, where it meets in more than one."""
    if not need.alternate_weeks and _repeats(need.when):
        body = evolve(need, alternate_weeks=True)
        yield Relaxed(body=body, cost=6, sentence="every second week instead of every week")


def _repeats(when: Schedule) -> bool:
    return bool(when.rrule or when.extra_dates)


def _farther(need: SpaceNeed | StorageNeed) -> Iterator[Relaxed]:
    for more in (2, 5):
        limit = need.max_km + more
        if limit <= _FARTHEST:
            said = f"up to {limit} km away instead of {need.max_km}"
            yield Relaxed(body=evolve(need, max_km=limit), cost=more, sentence=said)


def _later(need: StorageNeed) -> Iterator[Relaxed]:
    """A store that is free four weeks later."""
    starts = need.starts_on + dt.timedelta(weeks=4)
    said = f"from {starts.day} {starts:%b %Y}, four weeks later"
    yield Relaxed(body=evolve(need, starts_on=starts), cost=3, sentence=said)


def _moved(when: Schedule, by: int) -> Schedule | None:
    """*when* with each date *by* days later; None where its rule does not go by weekdays alone."""
    weekly = re.search(r"FREQ=WEEKLY", when.rrule, re.IGNORECASE)
    if when.rrule and not weekly:
        return None
    day = dt.timedelta(days=by)
    return evolve(
        when,
        first=when.first + day,
        rrule=re.sub(r"(?i)(?<=BYDAY=)[A-Z,]+", partial(_weekdays_moved, by), when.rrule),
        except_dates=tuple(each + day for each in when.except_dates),
        extra_dates=tuple(each + day for each in when.extra_dates),
    )


def _weekdays_moved(by: int, found: re.Match[str]) -> str:
    days = found.group().upper().split(",")
    return ",".join(_DAYS[(_DAYS.index(day) + by) % len(_DAYS)] for day in days)


def _weekdays(when: Schedule) -> str:
    found = re.search(r"(?i)(?<=BYDAY=)[A-Z,]+", when.rrule)
    days = found.group().upper().split(",") if found else [_DAYS[when.first.weekday()]]
    return " and ".join(f"{_NAMES[_DAYS.index(day)]}s" for day in days)


def _minutes(wall: str) -> int:
    return int(wall[:2]) * 60 + int(wall[3:])


def _wall(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
