"""How far and how long by road: what the context of a pair knows of the ways of an outing."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from cypn_core.matching.rules import Context
from cypn_core.matching.travel import Way
from cypn_transport.needs import TripNeed

KM_PER_MILE = 1.609344


@frozen
class Journey:
    """Kilometres by road, with the group aboard and empty on the way to and from it.

    *by* names who said how far it is, in order; it is empty where all is estimated or stated.
    """

    aboard: float
    empty: float
    by: tuple[str, ...] = ()


def one_way(need: TripNeed, context: Context) -> Way | None:
    """From the pick-up to the destination, None where that is not known."""
    if need.distance_km is not None:
        return Way(float(need.distance_km), context.roads.minutes(need.distance_km))
    return context.way(*context.stops[:2]) if len(context.stops) > 1 else None


def from_second(context: Context) -> Way | None:
    """From the second of the pair to the first, such as from the depot to the group."""
    return context.way(context.second_at, context.stops[0]) if context.stops else None


def to_second(context: Context) -> Way | None:
    """From the first of the pair back to the second."""
    return context.way(context.stops[0], context.second_at) if context.stops else None


def there_and_back(context: Context) -> float | None:
    """Kilometres from the second of the pair to the first and home again."""
    ways = (from_second(context), to_second(context))
    known = [way.km for way in ways if way is not None]
    return sum(known) if len(known) == len(ways) else None


def journey(need: TripNeed, context: Context) -> Journey | None:
    """The whole way of the vehicle of *context*, None where a part of it is not known.

    One that waits goes out empty once and home empty once; one that does not goes home from the
    destination too, and out to it again.
    """
    aboard = (one_way(need, context), _back(need, context))
    empty = (from_second(context), to_second(context), *_between(need, context))
    known = [way for way in (*aboard, *empty) if way is not None]
    if len(known) < len(aboard) + len(empty):
        return None
    split = len(aboard)
    return Journey(
        sum(way.km for way in known[:split]), sum(way.km for way in known[split:]), said_by(known)
    )


def said_by(ways: Iterable[Way]) -> tuple[str, ...]:
    """Who was asked about *ways*, in order; nobody where all are estimated."""
    return tuple(sorted({way.by for way in ways if way.by}))


def _back(need: TripNeed, context: Context) -> Way | None:
    """From the destination home; as far as there where the need states how far that is."""
    if need.distance_km is not None or len(context.stops) < 2:  # noqa: PLR2004 - two ends
        return one_way(need, context)
    return context.way(context.stops[1], context.stops[0])


def _between(need: TripNeed, context: Context) -> tuple[Way | None, ...]:
    """What a vehicle that does not wait runs empty: home from the destination, and out again."""
    if need.waits:
        return ()
    last = context.stops[-1] if context.stops else None
    return (context.way(last, context.second_at), context.way(context.second_at, last))
