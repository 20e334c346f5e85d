"""Plans, priced line by line, with every date that is missing and why.

An offer is a plan of its own; for a group that may split, several share its dates.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from attrs import evolve

from cypn_core.domain.plans import Missing, Plan, PriceLine
from cypn_core.matching.candidates import Survivor, Wanted
from cypn_core.matching.planner import Board, one_leg
from cypn_core.matching.rules import Context
from cypn_venue_bank.enough import enough_for, mask_of
from cypn_venue_bank.needs import StorageNeed
from cypn_venue_bank.offers import ROOM, STORE, SpaceOffer, StorageOffer
from cypn_venue_bank.prices import once, repeated, total
from cypn_venue_bank.splits import split
from cypn_venue_bank.words import named

_A_DATE, _A_SPACE = 1e10, 1e8
"""What a date that is lost, and a space more, weigh against everything else, in pence."""
_STORED_MINUTES = 60
"""What a month of storage counts as in the turn order: it must not outweigh a year of meetings."""


def price_lines(
    wanted: Wanted, survivor: Survivor, context: Context
) -> tuple[PriceLine, ...] | None:
    """The whole price for the free dates, line by line; None where it is not stated."""
    offer = survivor.offer.body
    if not isinstance(offer, SpaceOffer | StorageOffer) or offer.price is None:
        return None
    certified = context.settings.concession_role in wanted.passport.roles
    times = Counter(_due(wanted, survivor))
    return tuple(
        line
        for minutes, count in sorted(times.items())
        for line in repeated(once(offer.price, minutes, concession=certified), count)
    )


def each_date(wanted: Wanted, survivor: Survivor, context: Context) -> tuple[int, ...] | None:
    """What each free date, or month of storage, costs by itself; None where it is not stated.

    A date that is lost or given up later is not paid for.
    """
    offer = survivor.offer.body
    if not isinstance(offer, SpaceOffer | StorageOffer) or offer.price is None:
        return None
    certified = context.settings.concession_role in wanted.passport.roles
    times = _due(wanted, survivor)
    costs = {m: total(once(offer.price, m, concession=certified)) for m in set(times)}
    return tuple(costs[minutes] for minutes in times)


def _due(wanted: Wanted, survivor: Survivor) -> list[int]:
    """The minutes of each session that is paid for; a month of storage has 0 minutes."""
    stored = isinstance(wanted.body, StorageNeed)
    return [0 if stored else window.minutes for window in survivor.free]


def plans(board: Board) -> Iterable[Plan]:
    """Every surviving space or store as a plan of its own, and spaces that share the dates."""
    for role in (ROOM, STORE):
        offers = {survivor.offer.id: survivor for survivor in board.survivors(role)}
        for plan in one_leg(role, price_lines, each=each_date)(board):
            yield weighed(_explained(plan, offers[plan.legs[0].offer], board), board)
    yield from (weighed(plan, board) for plan in split(board, price_lines, each_date))


def served(plan: Plan) -> int:
    """Minutes of use for the turn order."""
    return sum(
        _STORED_MINUTES if leg.role == STORE else window.minutes
        for leg in plan.legs
        for window in leg.windows
    )


def weighed(plan: Plan, board: Board) -> Plan:
    """*plan* with what the group can do without as a remark, and its place in the order.

    More dates come first, then fewer spaces, then the score.
    """
    windows = board.need.windows
    mask = mask_of(windows, [window for leg in plan.legs for window in leg.windows])
    lost = len(windows) - mask.bit_count()
    ordered = plan.score - lost * _A_DATE - (len(plan.legs) - 1) * _A_SPACE
    plan = evolve(plan, score=ordered)
    if not lost or not enough_for(board.need.body, windows, board.context.zone).met(mask):
        return plan
    said = [f"{part.sentence}; that is enough for you" for part in plan.missing if part.dates]
    kept = tuple(part for part in plan.missing if not part.dates)
    return evolve(plan, missing=kept, because=(*plan.because, *said))


def _explained(plan: Plan, survivor: Survivor, board: Board) -> Plan:
    parts = [part for each in plan.missing for part in _reasons(each, survivor, board)]
    return evolve(plan, missing=tuple(parts))


def _reasons(missing: Missing, survivor: Survivor, board: Board) -> Iterable[Missing]:
    """A gap in the dates by its reasons; every other gap as it is."""
    if missing.code != "dates":
        yield missing
        return
    wanted = len(board.need.windows)
    if isinstance(board.need.body, StorageNeed):
        yield _stored(missing.dates, wanted)
        return
    closed = _closed(survivor, missing.dates, board.context)
    for name, days in closed.items():
        yield Missing("closed", f"shut on {named(days)}: {name}", tuple(days))
    shut = {day for days in closed.values() for day in days}
    if rest := [day for day in missing.dates if day not in shut]:
        free = wanted - len(missing.dates)
        yield Missing("dates", f"{free} of {wanted} dates; not on {named(rest)}", tuple(rest))


def _closed(
    survivor: Survivor, days: Iterable[dt.date], context: Context
) -> dict[str, list[dt.date]]:
    """Those of *days* that the offer's published closing days explain, by calendar."""
    offer, found = survivor.offer.body, dict[str, list[dt.date]]()
    codes = offer.closes_on if isinstance(offer, SpaceOffer) else ()
    calendars = [context.calendars[code] for code in codes if code in context.calendars]
    for day in days:
        if shut := next((each.name for each in calendars if day in each), None):
            found.setdefault(shut, []).append(day)
    return found


def _stored(days: tuple[dt.date, ...], wanted: int) -> Missing:
    said = f"{wanted - len(days)} of {wanted} periods of 31 days; not from {named(days)}"
    return Missing("dates", said, days)
