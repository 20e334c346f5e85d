"""What became of the hours that a holder gives: used by others, and kept for itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import frozen

from cypn_core.application.network import Caller, Work
from cypn_core.domain.ids import PostingId, ResourceId
from cypn_core.domain.postings import Offer, Posting, PostingState, resource_of
from cypn_core.domain.region import Region
from cypn_core.domain.times import DateSpan, Window, merged, minus
from cypn_core.storage import events
from cypn_core.storage.uses import Spent

Json = dict[str, Any]
YEAR = dt.timedelta(days=365)
Hours = Callable[[Region, DateSpan], tuple[Window, ...]]


@frozen(kw_only=True)
class Line:
    """One offer in whole minutes; a use of half of it for an hour is half an hour."""

    offer: PostingId
    offered: int
    by_others: int
    own: int


def holder(work: Work, caller: Caller) -> Json:
    """The hours of a year back and a year ahead: offered, used by others, and own use apart.

    Only hours that were given to the hub count: not those before an offer was posted, nor those
    that its holder took back. ``used_percent`` is of those, by others alone. Two offers that share
    a part are two lines, and each counts.
    """
    span = Window(work.now - YEAR, work.now + YEAR)
    lines = list(_lines(work, caller, span))
    days = (work.hub.region.today(span.start), work.hub.region.today(span.end))
    return {
        "first": days[0].isoformat(),
        "last": days[1].isoformat(),
        "offers": [{"offer": line.offer, **_hours([line])} for line in lines],
        **_hours(lines),
    }


def offered_minutes(work: Work, posting: Posting, span: Window) -> int:
    """How long in *span* the offer *posting* gives its timed things to the hub."""
    timed = any(unit.timed for unit in _body(posting).units())
    return _line(work, posting, span).offered if timed else 0


def _hours(lines: Sequence[Line]) -> Json:
    offered = sum(line.offered for line in lines)
    used = sum(line.by_others for line in lines)
    return {
        "hours_offered": _tenths(offered, 60),
        "hours_used_by_others": _tenths(used, 60),
        "hours_of_own_use": _tenths(sum(line.own for line in lines), 60),
        "used_percent": _tenths(100 * used, offered) if offered else None,
    }


def _tenths(value: int, unit: int) -> float:
    """*value* / *unit*, rounded half up to one decimal."""
    return (20 * value + unit) // (2 * unit) / 10


def _lines(work: Work, caller: Caller, span: Window) -> Iterator[Line]:
    for exchange in sorted(work.hub.exchanges):
        for posting in work.postings.mine(caller.member, exchange, "offer", limit=None):
            if any(unit.timed for unit in _body(posting).units()):
                yield _line(work, posting, span)


def _line(work: Work, posting: Posting, span: Window) -> Line:
    units = {
        resource_of(posting.id, posting.organisation, unit): unit.capacity
        for unit in _body(posting).units()
        if unit.timed
    }
    stands = _stands(work, posting, span)
    spent = [] if stands is None else work.uses.spent(units, stands)
    closed = _of_all([each for each in spent if each.purpose == "closure"], units)
    given = () if stands is None else minus(_of(_body(posting).given, work, stands), closed)
    kept = () if stands is None else _of(_body(posting).own_use, work, stands)
    existing = [each for each in spent if each.purpose == "existing"]
    return Line(
        offer=posting.id,
        offered=sum(window.minutes for window in given),
        by_others=_minutes((each for each in spent if each.purpose == "deal"), units, given),
        own=sum(window.minutes for window in merged(kept)) + _minutes(existing, units, None),
    )


def _stands(work: Work, posting: Posting, span: Window) -> Window | None:
    """The part of *span* in which the offer stands: from its posting on until it is taken back."""
    start, end = max(span.start, posting.created), span.end
    if posting.state is PostingState.WITHDRAWN:
        end = min(end, events.last(work.connection, posting.id, "offer_withdrawn") or start)
    return Window(start, end) if start < end else None


def _of(hours: Hours, work: Work, stands: Window) -> tuple[Window, ...]:
    """What *hours* says of the dates of *stands*, and no moment outside it."""
    region = work.hub.region
    days = DateSpan(region.today(stands.start), region.today(stands.end))
    outside = Window(stands.start - YEAR, stands.start), Window(stands.end, stands.end + YEAR)
    return minus(hours(region, days), outside)


def _of_all(closed: Sequence[Spent], units: Mapping[ResourceId, int]) -> tuple[Window, ...]:
    """When every unit is closed: as long as one is open, the hours are still offered."""
    whole = merged(each.window for each in closed)
    for unit in units:
        shut = merged(each.window for each in closed if each.resource == unit)
        whole = minus(whole, minus(whole, shut))
    return whole


def _minutes(
    spent: Iterable[Spent], units: Mapping[ResourceId, int], within: Sequence[Window] | None
) -> int:
    """Minutes of *spent* inside *within*, as a part of all that the offer gives at once."""
    capacity = sum(units.values())
    total = Fraction(0)
    for each in spent:
        kept = (each.window,) if within is None else _inside(each.window, within)
        total += Fraction(each.quantity * sum(window.minutes for window in kept), capacity)
    return int(total)


def _inside(window: Window, others: Iterable[Window]) -> tuple[Window, ...]:
    return minus((window,), minus((window,), others))


def _body(posting: Posting) -> Offer:
    if not isinstance(posting.body, Offer):
        raise TypeError(f"{posting.id} is no offer")
    return posting.body
