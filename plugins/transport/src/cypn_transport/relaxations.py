"""What a group could give way on: the hour, the day, the money. Never access, never a rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from attrs import evolve

from cypn_core.domain.money import pounds
from cypn_core.domain.postings import Need
from cypn_core.matching.near import Relaxed
from cypn_transport.needs import YEARS, Away, Repeats, TripNeed

HOURS = (-60, -30, 30, 60)
DAYS = (-1, 1, -7, 7)
MORE_PERCENT = (10, 25, 50)
_DAY = 24 * 60


def relaxations(need: Need) -> Iterable[Relaxed]:
    """The same outing at another hour, on another day, or for a little more money."""
    if not isinstance(need, TripNeed):
        return ()
    return (*_hours(need), *_days(need), *_money(need))


def _hours(need: TripNeed) -> Iterator[Relaxed]:
    flexible = {-need.flexible_minutes, need.flexible_minutes} - {0}
    for minutes in sorted({*HOURS, *flexible}):
        leaves, back_by = _later(need.leaves, minutes), _later(need.back_by, minutes)
        away = None if need.away is None else _shifted(need.away, minutes)
        if leaves is None or back_by is None or (need.away is not None and away is None):
            continue
        body = evolve(need, leaves=leaves, back_by=back_by, away=away)
        word = "later" if minutes > 0 else "earlier"
        sentence = f"leave and come back {abs(minutes)} minutes {word}"
        beyond = max(0, abs(minutes) - need.flexible_minutes)
        yield Relaxed(body=body, cost=beyond / 60, sentence=sentence)


def _shifted(away: Away, minutes: int) -> Away | None:
    arrives, back_from = _later(away.arrives, minutes), _later(away.back_from, minutes)
    return Away(arrives=arrives, back_from=back_from) if arrives and back_from else None


def _later(wall: str, minutes: int) -> str | None:
    """*wall* so many minutes on, None where that is another day.

    >>> _later("23:30", -60), _later("23:30", 60)
    ('22:30', None)
    """
    total = int(wall[:2]) * 60 + int(wall[3:]) + minutes
    return f"{total // 60:02}:{total % 60:02}" if 0 < total < _DAY else None


def _days(need: TripNeed) -> Iterator[Relaxed]:
    for days in DAYS:
        step = dt.timedelta(days=days)
        ends = need.returns_on if need.repeats is None else need.repeats.until
        if not {(need.on + step).year, (ends + step).year} <= set(YEARS):
            continue
        body = evolve(need, on=need.on + step, repeats=_moved(need.repeats, step))
        sentence = f"go on {body.on:%a} {body.on.day} {body.on:%b} instead"
        if body.repeats is not None:
            sentence = f"begin on {body.on:%a} {body.on.day} {body.on:%b} instead"
        yield Relaxed(body=body, cost=2 + abs(days) / 2, sentence=sentence)


def _moved(repeats: Repeats | None, step: dt.timedelta) -> Repeats | None:
    """As many dates as before, each so much earlier or later."""
    if repeats is None:
        return None
    skipped = tuple(day + step for day in repeats.except_dates)
    return evolve(repeats, until=repeats.until + step, except_dates=skipped)


def _money(need: TripNeed) -> Iterator[Relaxed]:
    if not need.budget_pence:
        return
    for percent in MORE_PERCENT:
        budget = need.budget_pence + need.budget_pence * percent // 100
        sentence = f"pay up to {pounds(budget)}"
        body = evolve(need, budget_pence=budget)
        yield Relaxed(body=body, cost=percent / 10, sentence=sentence)
