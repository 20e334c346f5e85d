"""Vehicle, driver, escort and group: full, or in part with what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import cast
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from cypn_core.domain.money import pounds
from cypn_core.domain.plans import Missing, Plan, Share
from cypn_core.matching.candidates import Survivor
from cypn_core.matching.planner import Board
from cypn_core.matching.rules import Finding
from cypn_transport.bills import Bill, billed, leg_of, shares_of
from cypn_transport.offers import DRIVER, ESCORT, VEHICLE, VehicleOffer
from cypn_transport.outings import Outing, alone, common, dates, lost, parts, trip, way
from cypn_transport.pooled import pooled

NO_DRIVER = Missing("no_driver", "no driver")
NO_ESCORT = Missing("no_escort", "no escort")
NO_VEHICLE = Missing("no_vehicle", "no vehicle")
SOUGHT = {NO_DRIVER.code: DRIVER, NO_ESCORT.code: ESCORT}
"""The parts whose lack may stay open for a while, each with the role that is looked for."""


@frozen
class _Crew:
    """Who could go with a vehicle, and which of them is missing."""

    people: tuple[Survivor, ...] = ()
    missing: tuple[Missing, ...] = ()


def plan(board: Board) -> Iterable[Plan]:
    """Every vehicle with each driver and escort that suit, or without; else those alone.

    Together with up to two others too, where all ticked that they may share.
    """
    single = alone(board.need)
    yield from plans_for(board, single)
    if not parts(board, single, VEHICLE):
        yield from _no_vehicle(board, single)
    for outing in pooled(board):
        yield from plans_for(board, outing)


def one_outing(plan: Plan) -> int:
    """What a plan serves, for the turn order: one outing, however long it is."""
    return 1


def plans_for(board: Board, outing: Outing) -> Iterator[Plan]:
    """The plans of *outing* with every vehicle that it may have."""
    drivers = parts(board, outing, DRIVER) if outing.body.needs_driver else ()
    escorts = parts(board, outing, ESCORT) if outing.body.needs_escort else ()
    for car in parts(board, outing, VEHICLE):
        for crew in _crews(board, outing, car, drivers, escorts):
            made = plan_of(board, outing, (car, *crew.people), crew.missing)
            if made is not None:
                yield made


def _crews(
    board: Board,
    outing: Outing,
    car: Survivor,
    drivers: Sequence[Survivor],
    escorts: Sequence[Survivor],
) -> Iterator[_Crew]:
    """Each driver with each escort, where they are wanted; each of them may be missing."""
    vehicle = cast(VehicleOffer, car.offer.body)  # no other plays this role
    driven = vehicle.comes_with_driver or not outing.body.needs_driver
    at_wheel = [_Crew()] if driven else [*map(_one, drivers), _Crew((), (NO_DRIVER,))]
    beside = [_Crew()]
    if outing.body.needs_escort:
        beside = [*map(_one, escorts), _Crew((), (NO_ESCORT,))]
    for one, other in product(at_wheel, beside):
        crew = _Crew((*one.people, *other.people), (*one.missing, *other.missing))
        if suit(board, outing, (car, *crew.people)):
            yield crew


def _one(person: Survivor) -> _Crew:
    return _Crew((person,))


def _no_vehicle(board: Board, outing: Outing) -> Iterator[Plan]:
    """The drivers alone, so that the group sees how far it has come."""
    if outing.body.needs_driver:
        for person in parts(board, outing, DRIVER):
            made = plan_of(board, outing, (person,), (NO_VEHICLE,))
            if made is not None:
                yield made


def suit(board: Board, outing: Outing, chosen: Sequence[Survivor]) -> bool:
    """True when no rule bars one from another, and there is a time when all are free."""
    barred = any(
        v.finding is Finding.BARS
        for at, first in enumerate(chosen)
        for second in chosen[at + 1 :]
        for v in board.between(first, second)
    )
    free = common(outing, chosen)
    return not barred and bool(free) and (not outing.together or free == outing.wanted.windows)


def plan_of(
    board: Board, outing: Outing, chosen: tuple[Survivor, ...], lacking: tuple[Missing, ...]
) -> Plan | None:
    """The plan of *outing* with the parts *chosen*; None for one that nobody should be asked."""
    windows, bill = common(outing, chosen), billed(board, outing, chosen)
    shares = shares_of(board, bill)
    if outing.together and (shares is None or not _afforded(outing, shares)):
        return None
    times = len(dates(outing, windows))
    zone = ZoneInfo(board.context.zone)
    missing = (*lacking, *_not_met(chosen), *lost(outing, windows, zone), *_price(bill))
    return Plan(
        needs=tuple(each.id for each in outing.members),
        legs=tuple(leg_of(bill, at, windows) for at in range(len(chosen))),
        shares=tuple(_times(share, times) for share in shares or ()),
        missing=missing,
        because=tuple(_because(board, bill, times)),
        score=-_own(board, bill, shares) / 100,
    )


def _times(share: Share, times: int) -> Share:
    """*share* for so many dates; one that is shared has one date only."""
    return evolve(share, pence=share.pence * times) if times > 1 else share


def _own(board: Board, bill: Bill, shares: Sequence[Share] | None) -> int:
    """What the board's need pays for one date, or what is known of that."""
    paid = {share.need: share.pence for share in shares or ()}
    return paid.get(board.need.id, bill.known)


def _afforded(outing: Outing, shares: Sequence[Share]) -> bool:
    """Whether everybody's share is within its budget: no plan tells one of another's."""
    budgets = {each.id: trip(each).budget_pence for each in outing.members}
    limits = [(share.pence, budgets[share.need]) for share in shares]
    return all(budget is None or pence <= budget for pence, budget in limits)


def _not_met(chosen: Sequence[Survivor]) -> Iterator[Missing]:
    """What the rules found lacking; dates and price are told for all the parts together."""
    for part in chosen:
        yield from (each for each in part.missing if each.code not in {"dates", "price"})


def _price(bill: Bill) -> Iterator[Missing]:
    if bill.unknown:
        named = ", ".join(bill.unknown)
        yield Missing("price_unknown", f"the whole price is not known; ask about: {named}")
    budget = bill.outing.body.budget_pence
    if budget is not None and bill.known > budget:
        yield Missing("price", f"{pounds(bill.known - budget)} over your budget")


def _because(board: Board, bill: Bill, times: int) -> Iterator[str]:
    """Why, for all who are in the plan to read: of several groups nothing but counts is told."""
    outing, whole = bill.outing, bill.known
    if outing.together:
        groups = len(outing.members)
        yield f"{outing.body.people} people of {groups} groups ride together in one vehicle."
    else:
        yield from _sentences(board, bill.parts)
    if not bill.unknown:
        yield _in_all(whole, times)
    yield from _told(board, bill)


def _told(board: Board, bill: Bill) -> Iterator[str]:
    """Who said how far it is, where somebody was asked."""
    car = bill.parts[0].offer
    known = way(bill.outing, board.context, car) if car.body.role == VEHICLE else None
    if known is not None and known.by:
        yield f"Distances by road are as {' and '.join(known.by)} gives them."


def _in_all(pence: int, times: int) -> str:
    """The whole price of so many dates in words.

    >>> _in_all(6500, 1), _in_all(6500, 3), _in_all(0, 1)
    ('£65.00 in all.', '£65.00 each time, £195.00 in all.', 'Free of charge.')
    """
    if not pence:
        return "Free of charge."
    return (
        f"{pounds(pence)} in all."
        if times == 1
        else (f"{pounds(pence)} each time, {pounds(pence * times)} in all.")
    )


def _sentences(board: Board, chosen: Sequence[Survivor]) -> Iterator[str]:
    said = [v for part in chosen for v in part.verdicts]
    for at, first in enumerate(chosen):
        for second in chosen[at + 1 :]:
            said += board.between(first, second)
    yield from (v.sentence for v in said if v.sentence and v.finding is Finding.PASSES)
