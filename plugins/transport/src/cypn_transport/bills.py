"""What the parts of an outing cost: on one date, on all of them, and each group's part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from zoneinfo import ZoneInfo

from attrs import frozen

from cypn_core.domain.money import pounds
from cypn_core.domain.plans import Leg, PriceLine, Share
from cypn_core.domain.postings import Claim
from cypn_core.domain.times import Window
from cypn_core.matching.candidates import Survivor, Wanted, pair_context
from cypn_core.matching.planner import Board
from cypn_transport.escorts import EscortOffer
from cypn_transport.levy import levy
from cypn_transport.offers import DriverOffer, VehicleOffer
from cypn_transport.outings import Outing, alone, dates, trip, way
from cypn_transport.quotes import (
    Quote,
    driver_quote,
    escort_quote,
    priced,
)
from cypn_transport.shares import Joined, ShareBy, shared

_SHARED_BY = {
    ShareBy.STAND_ALONE: "in proportion to what each would pay alone",
    ShareBy.SEATS: "by seats, and never more than alone",
    ShareBy.EMPTY_RUNNING: "with the empty running equally shared, and never more than alone",
}


@frozen(kw_only=True)
class Bill:
    """What each of *parts* costs for one date of *outing*; a vehicle comes first."""

    outing: Outing
    parts: tuple[Survivor, ...]
    quotes: tuple[Quote, ...]

    @property
    def known(self) -> int:
        """What is certain to be paid for one date, in pence."""
        return sum(quote.known for quote in self.quotes)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of the lines that are not known."""
        return tuple(name for quote in self.quotes for name in quote.unknown)


def billed(board: Board, outing: Outing, chosen: Sequence[Survivor]) -> Bill:
    """The bill of *outing* with the parts *chosen*."""
    quotes = tuple(_quote(board, outing, part, chosen[0]) for part in chosen)
    return Bill(outing=outing, parts=tuple(chosen), quotes=quotes)


def shares_of(board: Board, bill: Bill) -> tuple[Share, ...] | None:
    """What each member pays for one date, None where that is not known or saves nothing."""
    if bill.unknown:
        return None
    if not bill.outing.together:
        return (Share(bill.outing.wanted.id, bill.known, "the whole price"),)
    singly = {each: _price_alone(board, each, bill.parts) for each in bill.outing.members}
    known = {str(each.id): pence for each, pence in singly.items() if pence is not None}
    joined = Joined(
        total=bill.known,
        empty=sum(quote.empty for quote in bill.quotes),
        alone=known,
        seats={str(each.id): trip(each).passengers for each in bill.outing.members},
    )
    if len(known) < len(singly) or not joined.saves:
        return None
    by = board.context.settings.share_by
    paid = shared(joined, by)
    return tuple(_share(board, bill, joined, each, paid[str(each.id)]) for each in singly)


def leg_of(bill: Bill, at: int, windows: tuple[Window, ...]) -> Leg:
    """The leg of the part number *at* of *bill* in *windows*; it costs so much on every date."""
    part, quote = bill.parts[at], bill.quotes[at]
    times = max(1, len(dates(bill.outing, windows)))
    lines = tuple(PriceLine(line.label, line.pence * times) for line in quote.lines)
    repeats = bill.outing.body.repeats is not None
    return Leg(
        offer=part.offer.id,
        role=part.offer.body.role,
        windows=windows,
        claims=_claims(bill.outing, part),
        lines=None if quote.unknown else lines,
        each=_each(bill.outing, windows, quote.known) if repeats and not quote.unknown else None,
    )


def _quote(board: Board, outing: Outing, part: Survivor, car: Survivor) -> Quote:
    body = part.offer.body
    if isinstance(body, DriverOffer):
        return driver_quote(body, pair_context(board.context, car.offer, part.offer))
    if isinstance(body, EscortOffer):
        return escort_quote(body)
    quote = priced(cast(VehicleOffer, body), way(outing, board.context, part.offer))
    if not board.context.settings.rural_levelling:
        return quote
    even = levy(board, part.offer, outing.wanted.windows[0])
    return quote if even is None else quote.levelled(even)


def _price_alone(board: Board, need: Wanted, chosen: Sequence[Survivor]) -> int | None:
    """What *need* would pay for the same vehicle, driver and, where it asked, escort."""
    beside = trip(need).needs_escort
    own = [part for part in chosen if beside or not isinstance(part.offer.body, EscortOffer)]
    bill = billed(board, alone(need), own)
    return None if bill.unknown else bill.known


def _share(board: Board, bill: Bill, joined: Joined, need: Wanted, pence: int) -> Share:
    """What *need* pays, told to its own seeker only: with when it is picked up and home again."""
    price, how = joined.alone[str(need.id)], _SHARED_BY[board.context.settings.share_by]
    ride, zone = bill.outing.rides[need.id], ZoneInfo(board.context.zone)
    times = f"{ride.start.astimezone(zone):%H:%M}", f"{ride.end.astimezone(zone):%H:%M}"
    said = (
        f"picked up at {times[0]} and home at {times[1]}; {pounds(pence)} of "
        f"{pounds(joined.total)}, shared {how}; alone {pounds(price)}"
    )
    return Share(need.id, pence, said, alone=price)


def _claims(outing: Outing, part: Survivor) -> tuple[Claim, ...]:
    """What all together take: of a thing that one has at once one, else the sum."""
    return part.offer.body.claims(outing.body)


def _each(outing: Outing, windows: tuple[Window, ...], pence: int) -> tuple[int, ...]:
    """The price of a date over its windows; an odd penny is for the way there."""
    parts = [pence // outing.ways] * outing.ways
    parts[0] += pence - sum(parts)
    return tuple(parts * (len(windows) // outing.ways))
