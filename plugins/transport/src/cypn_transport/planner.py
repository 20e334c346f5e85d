"""Vehicle, driver and group: full, or in part with what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from cypn_core.domain.money import pounds
from cypn_core.domain.plans import Leg, Missing, Plan, Share
from cypn_core.domain.times import Window
from cypn_core.matching.candidates import Survivor, pair_context
from cypn_core.matching.planner import Board
from cypn_core.matching.rules import Finding
from cypn_transport.needs import TripNeed
from cypn_transport.offers import DRIVER, VEHICLE, DriverOffer, VehicleOffer
from cypn_transport.quotes import Quote, driver_quote, vehicle_quote

NO_DRIVER = Missing("no_driver", "no driver")
NO_VEHICLE = Missing("no_vehicle", "no vehicle")


def plan(board: Board) -> Iterable[Plan]:
    """Every vehicle with its own driver or with each that suits; else the drivers alone."""
    cars, people = board.survivors(VEHICLE), board.survivors(DRIVER)
    for car in cars:
        yield from _with_vehicle(board, car, people)
    if not cars and _body(board).needs_driver:
        for person in people:
            yield _joined(board, (person,), (NO_VEHICLE,))


def one_outing(plan: Plan) -> int:
    """What a plan serves, for the turn order: one outing, however long it is."""
    return 1


def _body(board: Board) -> TripNeed:
    return cast(TripNeed, board.need.body)  # the exchange declares no other


def _with_vehicle(board: Board, car: Survivor, people: Sequence[Survivor]) -> Iterator[Plan]:
    vehicle = cast(VehicleOffer, car.offer.body)  # no other plays this role
    if vehicle.comes_with_driver or not _body(board).needs_driver:
        yield _joined(board, (car,))
        return
    for person in people:
        if _suits(board, car, person):
            yield _joined(board, (car, person))
    yield _joined(board, (car,), (NO_DRIVER,))


def _suits(board: Board, car: Survivor, person: Survivor) -> bool:
    barred = any(v.finding is Finding.BARS for v in board.between(car, person))
    return not barred and bool(_common(board, (car, person)))


def _common(board: Board, parts: Sequence[Survivor]) -> tuple[Window, ...]:
    """The ways on which every part is free."""
    return tuple(w for w in board.need.windows if all(w in part.free for part in parts))


def _joined(board: Board, parts: Sequence[Survivor], lacking: tuple[Missing, ...] = ()) -> Plan:
    windows = _common(board, parts)
    quotes = [_quote(board, part, parts[0]) for part in parts]
    legs = tuple(_leg(board, p, windows, q) for p, q in zip(parts, quotes, strict=True))
    whole = None if any(q.unknown for q in quotes) else sum(q.known for q in quotes)
    missing = (*lacking, *_not_met(parts), *_ways(board, windows), *_price(board, quotes))
    return Plan(
        needs=(board.need.id,),
        legs=legs,
        shares=() if whole is None else (Share(board.need.id, whole, "the whole price"),),
        missing=missing,
        because=tuple(_because(board, parts, whole)),
        score=-sum(quote.known for quote in quotes) / 100,
    )


def _quote(board: Board, part: Survivor, car: Survivor) -> Quote:
    body = part.offer.body
    if isinstance(body, DriverOffer):
        return driver_quote(body, pair_context(board.context, car.offer, part.offer))
    vehicle = cast(VehicleOffer, body)
    return vehicle_quote(_body(board), vehicle, pair_context(board.context, board.need, part.offer))


def _leg(board: Board, part: Survivor, windows: tuple[Window, ...], quote: Quote) -> Leg:
    return Leg(
        offer=part.offer.id,
        role=part.offer.body.role,
        windows=windows,
        claims=part.offer.body.claims(_body(board)),
        lines=None if quote.unknown else quote.lines,
    )


def _not_met(parts: Sequence[Survivor]) -> Iterator[Missing]:
    """What the rules found lacking; dates are told for all the parts together."""
    for part in parts:
        yield from (each for each in part.missing if each.code != "dates")


def _ways(board: Board, windows: tuple[Window, ...]) -> Iterator[Missing]:
    for name, window in zip(("there", "back"), board.need.windows, strict=False):
        if window not in windows:
            yield Missing(f"way_{name}", f"not free for the way {name}")


def _price(board: Board, quotes: Sequence[Quote]) -> Iterator[Missing]:
    if unknown := [name for quote in quotes for name in quote.unknown]:
        named = ", ".join(unknown)
        yield Missing("price_unknown", f"the whole price is not known; ask about: {named}")
    budget, known = _body(board).budget_pence, sum(quote.known for quote in quotes)
    if budget is not None and known > budget:
        yield Missing("price", f"{pounds(known - budget)} over your budget")


def _because(board: Board, parts: Sequence[Survivor], whole: int | None) -> Iterator[str]:
    said = [v for part in parts for v in part.verdicts]
    if len(parts) > 1:
        said += board.between(parts[0], parts[1])
    yield from (v.sentence for v in said if v.sentence and v.finding is Finding.PASSES)
    if whole is not None:
        yield f"{pounds(whole)} in all." if whole else "Free of charge."
