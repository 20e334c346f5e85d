"""Several groups in one vehicle: who may ride together, when each is picked up and home again."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import cast
from zoneinfo import ZoneInfo

from attrs import evolve

from cypn_core.domain.ids import PostingId
from cypn_core.domain.places import Point, km
from cypn_core.domain.times import Window
from cypn_core.matching.candidates import Wanted
from cypn_core.matching.planner import Board
from cypn_transport.limits import longest_ride
from cypn_transport.needs import AgeBand, Away, TripNeed
from cypn_transport.offers import ChildSeats, VehicleOffer
from cypn_transport.outings import Outing, trip
from cypn_transport.pooling.pools import pools
from cypn_transport.pooling.values import Limits, Load, Place, Pool, Request, Run, Span, Way
from cypn_transport.settings import TransportSettings

NEAREST, SHOWN = 7, 5
"""With how many others a group is tried, and how many of the ways to share it is shown."""
_BANDS = list(AgeBand)


def pooled(board: Board) -> Iterator[Outing]:
    """The ways in which the board's need would ride with one or two others, best first.

    Only with others of the same day that ticked that they may share, too, among those nearest.
    """
    others = [each for each in board.others if _pair(board, each)]
    near = sorted(others, key=lambda each: (_apart(board.need, each), each.id))[:NEAREST]
    if poolable(board.need) and near:
        found = [
            (pool, outing)
            for pool, outing in outings(board, [board.need, *near])
            if len(pool.requests) > 1 and board.need.id in pool.requests
        ]
        found.sort(key=lambda both: (-saved_km(board, both[1], both[0]), both[0].requests))
        yield from (outing for _, outing in found[:SHOWN])


def poolable(wanted: Wanted) -> bool:
    """Whether *wanted* may ride with others: it ticked so, once, between places that are known."""
    body = trip(wanted)
    known = len(_points(wanted)) == len(("origin", "destination"))
    return body.may_share and placed(wanted) and known and bool(body.ages)


def placed(wanted: Wanted) -> bool:
    """Whether an outing can be put among others: it has one date, and no distance of its own."""
    body = trip(wanted)
    return body.repeats is None and body.distance_km is None and bool(wanted.windows)


def outings(board: Board, wanted: Sequence[Wanted]) -> Iterator[tuple[Pool, Outing]]:
    """Every pool of *wanted*, which are of one day, and the outing that it is."""
    known = {each.id: each for each in wanted if placed(each) and len(_points(each)) > 1}
    if not known:
        return
    begins = min(each.windows[0].start for each in known.values())
    settings: TransportSettings = board.context.settings
    requests = [_request(board, each, begins) for each in known.values()]
    for pool in pools(requests, partial(_way, board), _limits(board, known, settings)):
        members = tuple(known[PostingId(each)] for each in pool.requests)
        outing = _outing(members, pool, begins, ZoneInfo(board.context.zone))
        if outing is not None:
            yield pool, outing


def saved_km(board: Board, outing: Outing, pool: Pool) -> float:
    """By how many kilometres it is shorter than each going alone, from door to door."""
    singly = 0.0
    for each in outing.members:
        there, back = _points(each)
        ways = (board.context.way(there, back), board.context.way(back, there))
        singly += sum(way.km for way in ways if way is not None)
    return singly - pool.km


def mixes(bodies: Iterable[TripNeed], settings: TransportSettings) -> bool:
    """Whether the ages of all lie within so many bands in a row; adults ride with adults.

    >>> eight, eleven = frozenset({AgeBand.FROM_8}), frozenset({AgeBand.FROM_8, AgeBand.FROM_11})
    >>> trip = TripNeed(place="A", destination="B", on=dt.date(2027, 7, 10), leaves="09:00",
    ...                 back_by="17:00", children=5, adults=1, ages=eight)
    >>> mixes([trip, evolve(trip, ages=eleven)], TransportSettings())
    True
    >>> mixes([trip, evolve(trip, ages=frozenset({AgeBand.FROM_14}))], TransportSettings())
    False
    """
    known = list(bodies)
    grown = {AgeBand.ADULTS in body.ages for body in known}
    every = [_BANDS.index(age) for body in known for age in body.ages]
    unsaid = any(not body.ages for body in known)
    return not unsaid and len(grown) == 1 and max(every) - min(every) < settings.mixed_bands


def _pair(board: Board, other: Wanted) -> bool:
    """The cheap look: whether the board's need might ride with *other* at all."""
    return poolable(other) and _together([trip(board.need), trip(other)], board.context.settings)


def _together(bodies: Sequence[TripNeed], settings: TransportSettings) -> bool:
    """Whether these may be one outing: of one day and kind, of ages that mix."""
    kinds = {(body.on, body.nights, body.waits, body.needs_driver) for body in bodies}
    return len(kinds) == 1 and mixes(bodies, settings)


def _apart(one: Wanted, other: Wanted) -> float:
    """Kilometres between the two pick-ups, in a straight line."""
    here, there = _points(one), _points(other)
    return km(here[0], there[0]) if here and there else math.inf


def _points(wanted: Wanted) -> tuple[Point, ...]:
    """Where it starts and where it goes, as far as these are known."""
    spots = (wanted.spot, *wanted.stops[:1])
    return tuple(spot.point for spot in spots if spot is not None)


def _limits(board: Board, known: Mapping[PostingId, Wanted], settings: TransportSettings) -> Limits:
    cars = [each.body for each in board.snapshot.offers if isinstance(each.body, VehicleOffer)]
    layouts = {Load(one.seats, one.wheelchairs) for car in cars for one in car.layouts}
    return Limits(
        ride=partial(_ride, settings),
        mix=_mixer(known, settings),
        layouts=tuple(sorted(layouts)),
        boarding=settings.boarding_minutes,
    )


def _way(board: Board, start: Place, end: Place) -> Way | None:
    """By road between the places of requests, which are points."""
    return board.context.way(cast(Point, start), cast(Point, end))


def _ride(settings: TransportSettings, direct: float) -> float:
    return longest_ride(direct, settings)


def _mixer(
    known: Mapping[PostingId, Wanted], settings: TransportSettings
) -> Callable[[Sequence[Request]], bool]:
    return lambda group: _together([trip(known[PostingId(r.id)]) for r in group], settings)


def _request(board: Board, wanted: Wanted, begins: dt.datetime) -> Request:
    """*wanted* in minutes after *begins*: it leaves as asked or later, and is home by its time."""
    body, settings = trip(wanted), board.context.settings
    origin, destination = _points(wanted)
    ways = (board.context.way(origin, destination), board.context.way(destination, origin))
    direct = sum(way.minutes for way in ways if way is not None)
    first, last = wanted.windows[0], wanted.windows[-1]
    standing = settings.boarding_minutes  # the vehicle is taken until it leaves the last stop
    leaves, home = _minutes(begins, first.start), _minutes(begins, last.end) - standing
    slack = max(settings.share_minutes, body.flexible_minutes)
    return Request(
        id=wanted.id,
        origin=origin,
        destination=destination,
        load=Load(body.seated, body.wheelchair_users),
        leaves=Span(leaves, leaves + slack),
        back=Span(home - slack, home),
        wish=(leaves, home),
        stays=max(0, math.floor(home - leaves - direct) - 2 * slack) if body.waits else 0,
        there_by=None if body.waits else _minutes(begins, first.end) - standing,
        back_from=None if body.waits else _minutes(begins, last.start),
        may_share=poolable(wanted),
    )


def _minutes(begins: dt.datetime, moment: dt.datetime) -> int:
    return round((moment - begins).total_seconds() / 60)


def _outing(
    members: tuple[Wanted, ...], pool: Pool, begins: dt.datetime, zone: ZoneInfo
) -> Outing | None:
    """*pool* as an outing; None where so many are more than one need can name."""
    if len(members) == 1:
        return Outing(members=members, wanted=members[0])
    windows = tuple(
        Window(begins + dt.timedelta(minutes=use.start), begins + dt.timedelta(minutes=use.end))
        for use in pool.uses
    )
    try:
        body = _joined([trip(each) for each in members], windows, pool, zone)
    except ValueError:
        return None
    first = next(each for each in members if each.id == pool.out.stops[0].request)
    wanted = evolve(first, body=body, windows=windows, posted=min(m.posted for m in members))
    rides = {
        each.id: Window(_at(pool.out, each.id, begins, boards=True),
                        _at(pool.back, each.id, begins, boards=False))
        for each in members
    }  # fmt: skip
    return Outing(
        members=members, wanted=wanted, out=_stops(pool.out), back=_stops(pool.back), rides=rides
    )


def _at(run: Run, need: str, begins: dt.datetime, *, boards: bool) -> dt.datetime:
    stop = next(each for each in run.stops if each.request == need and each.boards is boards)
    return begins + dt.timedelta(minutes=stop.at)


def _stops(run: Run) -> tuple[Point, ...]:
    """The places in order; where two stops are at one place it is named once."""
    points = [cast(Point, each.place) for each in run.stops]  # requests name no other places
    return tuple(p for at, p in enumerate(points) if not at or p != points[at - 1])


def _joined(
    bodies: Sequence[TripNeed], windows: Sequence[Window], pool: Pool, zone: ZoneInfo
) -> TripNeed:
    """All as one need, which the rules judge as any other: everybody rides at once.

    One permit covers all, so that nobody's own counts; each group's budget is looked at apart.

    :raises ValueError: where they are more than one need may name.
    """
    walls = [(w.start.astimezone(zone), w.end.astimezone(zone)) for w in windows]
    away = None
    if not bodies[0].waits:
        away = Away(arrives=f"{walls[0][1]:%H:%M}", back_from=f"{walls[-1][0]:%H:%M}")
    return evolve(
        bodies[0],
        leaves=f"{walls[0][0]:%H:%M}",
        back_by=f"{walls[-1][1]:%H:%M}",
        away=away,
        children=sum(body.children for body in bodies),
        adults=sum(body.adults for body in bodies),
        wheelchair_users=sum(body.wheelchair_users for body in bodies),
        child_seats=_seats(bodies),
        ages=frozenset().union(*(body.ages for body in bodies)),
        classes=frozenset().union(*(body.classes for body in bodies)),
        needs_escort=any(body.needs_escort for body in bodies),
        passengers_pay=any(body.passengers_pay for body in bodies),
        open_to_public=any(body.open_to_public for body in bodies),
        own_permit=False,
        budget_pence=None,
        distance_km=max(1, math.ceil(max(pool.out.km, pool.back.km))),
    )


def _seats(bodies: Sequence[TripNeed]) -> ChildSeats:
    every = [body.child_seats for body in bodies]
    return ChildSeats(
        baby=sum(each.baby for each in every),
        toddler=sum(each.toddler for each in every),
        booster=sum(each.booster for each in every),
    )
