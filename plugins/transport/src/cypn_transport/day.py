"""All outings of each day at once: who rides together, with which vehicle, driver and escort."""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import cast

from attrs import evolve, frozen

from cypn_core.domain.ids import PostingId
from cypn_core.domain.money import pounds
from cypn_core.domain.plans import Plan
from cypn_core.domain.times import Window
from cypn_core.matching.candidates import Survivor
from cypn_core.matching.planner import Board, Proposal
from cypn_core.matching.rules import Finding
from cypn_transport.bills import billed
from cypn_transport.offers import DRIVER, ESCORT, VEHICLE, VehicleOffer
from cypn_transport.outings import Outing, alone, parts, trip, way
from cypn_transport.planner import plan_of
from cypn_transport.pooled import outings, placed, saved_km
from cypn_transport.pooling.assign import assign
from cypn_transport.pooling.values import Assignment, Candidate, Day, Job, Span
from cypn_transport.shares import shapley

MOST_POOLS = 400
"""How many ways of sharing are weighed for one day: those that save most kilometres."""
ATTEMPTS = 5
"""How often a day is planned anew without what turned out to save nobody anything."""

_Crew = Mapping[str, tuple[Survivor, ...]]


@frozen
class _Option:
    """An outing, with everybody who may play each role that it needs."""

    outing: Outing
    board: Board
    crew: _Crew


@frozen
class _Planned:
    """The plans of one date, with the notes on each that is shared, and how they were found."""

    plans: tuple[Plan, ...]
    notes: Mapping[str, tuple[str, ...]]
    assignment: Assignment


def together(boards: Sequence[Board]) -> Proposal:
    """The outings of *boards*, date by date, so that as many groups as possible are served.

    The gap is of groups served. Outings that repeat, or go where the gazetteer does not reach,
    ride alone and are not planned here.
    """
    began = time.perf_counter()
    days = _by_date(boards)
    seconds = boards[0].context.settings.pooling_seconds / len(days) if days else 0.0
    planned = [_planned(each, seconds) for each in days]
    value = sum(each.assignment.value for each in planned)
    bound = sum(each.assignment.bound for each in planned)
    return Proposal(
        plans=tuple(plan for each in planned for plan in each.plans),
        method=", ".join(sorted({each.assignment.method for each in planned})) or "none",
        bound=bound,
        gap=max(0.0, 1 - value / bound) if bound else 0.0,
        seconds=time.perf_counter() - began,
        proven=all(each.assignment.proven for each in planned),
        notes={key: said for each in planned for key, said in each.notes.items()},
    )


def _by_date(boards: Sequence[Board]) -> list[list[Board]]:
    days: dict[dt.date, list[Board]] = defaultdict(list)
    for board in boards:
        if placed(board.need):
            days[trip(board.need).on].append(board)
    return [sorted(days[day], key=lambda board: board.need.id) for day in sorted(days)]


def _planned(boards: Sequence[Board], seconds: float) -> _Planned:
    """The best plans of a day; the best that is known once *seconds* are over."""
    options = list(_options(boards))
    until, begun = time.perf_counter() + seconds, len(options)
    for _ in range(ATTEMPTS):
        found = assign(_day(options), max(0.1, until - time.perf_counter()))
        made = [_made(options[each.job], each.parts) for each in found.chosen]
        failed = {each.job for each, plan in zip(found.chosen, made, strict=True) if plan is None}
        if not failed:
            break
        options = [each for at, each in enumerate(options) if at not in failed]
    plans = tuple(plan for plan in made if plan is not None)
    served = sum(len(plan.needs) for plan in plans)
    sure = found.proven and not failed and len(options) == begun
    notes = {plan.key: tuple(_notes(plan, options)) for plan in plans if len(plan.needs) > 1}
    return _Planned(plans, notes, evolve(found, value=served, proven=sure))


def _options(boards: Sequence[Board]) -> Iterator[_Option]:
    """Every group alone, and those ways of sharing that save most."""
    first, known = boards[0], {board.need.id: board for board in boards}
    found = list(outings(first, [board.need for board in boards]))
    shared = [(saved_km(first, outing, pool), pool.requests, outing) for pool, outing in found]
    best = sorted(shared, key=lambda each: (-each[0], each[1]))
    pooled = [outing for saved, _, outing in best if outing.together and saved > 0]
    for outing in (*(alone(each.need) for each in boards), *pooled[:MOST_POOLS]):
        board = known[outing.members[0].id]
        crew = _crew(board, outing)
        if all(crew.values()):
            yield _Option(outing, board, crew)


def _crew(board: Board, outing: Outing) -> _Crew:
    """Who may play each role: all who are free at all the times, lacking nothing."""
    roles = {VEHICLE: True, DRIVER: outing.body.needs_driver, ESCORT: outing.body.needs_escort}
    cars = _free(board, outing, VEHICLE)
    driven = bool(cars) and all(_own_driver(each) for each in cars)
    wanted = [role for role, needed in roles.items() if needed and not (role == DRIVER and driven)]
    return {role: cars if role == VEHICLE else _free(board, outing, role) for role in wanted}


def _free(board: Board, outing: Outing, role: str) -> tuple[Survivor, ...]:
    times = set(outing.wanted.windows)
    return tuple(p for p in parts(board, outing, role) if not p.missing and times <= set(p.free))


def _own_driver(car: Survivor) -> bool:
    return cast(VehicleOffer, car.offer.body).comes_with_driver  # no other plays this role


def _day(options: Sequence[_Option]) -> Day:
    """*options* as jobs: first how many groups are served, then those who asked earliest."""
    needs = {each.id: each.posted for option in options for each in option.outing.members}
    order = sorted(needs, key=lambda need: (needs[need], need))
    turns = {need: len(order) - at for at, need in enumerate(order)}
    jobs = [
        Job(
            requests=frozenset(each.id for each in option.outing.members),
            candidates={
                role: tuple(_candidate(option, role, part) for part in some)
                for role, some in option.crew.items()
            },
            weight=len(option.outing.members),
            turn=sum(turns[each.id] for each in option.outing.members),
        )
        for option in options
    ]
    return Day(jobs=tuple(jobs), barred=frozenset(_barred(options)))


def _candidate(option: _Option, role: str, part: Survivor) -> Candidate:
    before, after = part.offer.body.buffers
    spans = [window.padded(before, after) for window in option.outing.wanted.windows]
    drives = role == VEHICLE and DRIVER in option.crew and _own_driver(part)
    return Candidate(
        resource=part.offer.id,
        uses=tuple(_span(window) for window in spans),
        cost=_empty_metres(option, part) if role == VEHICLE else 0,
        spares=frozenset({DRIVER}) if drives else frozenset(),
    )


def _span(window: Window) -> Span:
    return Span(int(window.start.timestamp()) // 60, -(-int(window.end.timestamp()) // 60))


def _empty_metres(option: _Option, car: Survivor) -> int:
    known = way(option.outing, option.board.context, car.offer)
    return 0 if known is None else round(known.empty * 1000)


def _barred(options: Iterable[_Option]) -> Iterator[frozenset[str]]:
    """The pairs of offers that a rule keeps apart; of one day it is the same for every outing."""
    seen: set[frozenset[str]] = set()
    for option in options:
        for one, other in combinations(option.crew.values(), 2):
            for first, second in product(one, other):
                pair = frozenset({first.offer.id, second.offer.id})
                if pair not in seen:
                    seen.add(pair)
                    if _apart(option.board, first, second):
                        yield pair


def _apart(board: Board, first: Survivor, second: Survivor) -> bool:
    said = (*board.between(first, second), *board.between(second, first))
    return any(verdict.finding is Finding.BARS for verdict in said)


def _made(option: _Option, chosen: Mapping[str, str]) -> Plan | None:
    """The plan of *option* with those *chosen*; None where it saves nothing or is too dear."""
    crew = tuple(
        part
        for role, some in option.crew.items()
        for part in some
        if chosen.get(role) == part.offer.id
    )
    plan = plan_of(option.board, option.outing, crew, ())
    return plan if plan is not None and plan.full else None


def _notes(plan: Plan, options: Sequence[_Option]) -> Iterator[str]:
    """What the coordinator reads beside a shared plan, to see that the shares are fair."""
    by_needs = {frozenset(m.id for m in option.outing.members): option for option in options}
    option = by_needs[frozenset(plan.needs)]
    chosen = {leg.offer for leg in plan.legs}
    crew = [part for some in option.crew.values() for part in some if part.offer.id in chosen]
    costs: dict[frozenset[str], int] = {}
    for size in range(1, len(plan.needs) + 1):
        for some in combinations(sorted(plan.needs), size):
            costs[frozenset(some)] = _cost(option, by_needs, crew, some, costs)
    saved = sum(costs[frozenset({need})] for need in plan.needs) - (plan.pence or 0)
    yield f"Together it costs {pounds(plan.pence or 0)}, {pounds(saved)} less than each alone."
    audit = shapley(costs)
    for at, share in enumerate(sorted(plan.shares, key=lambda share: share.need), start=1):
        alone_ = pounds(share.alone or 0)
        yield (
            f"Group {at}: pays {pounds(share.pence)}, alone {alone_}; "
            f"its Shapley value is {pounds(audit[share.need])}."
        )


def _cost(
    option: _Option,
    by_needs: Mapping[frozenset[PostingId], _Option],
    crew: Sequence[Survivor],
    some: Sequence[PostingId],
    known: Mapping[frozenset[str], int],
) -> int:
    """What *some* of the groups would pay with the same crew; no more than in any two parts."""
    if len(some) == 1:
        (need,) = [each for each in option.outing.members if each.id in some]
        return billed(option.board, alone(need), _for(crew, [trip(need).needs_escort])).known
    apart = [
        known[frozenset(part)] + known[frozenset(some) - frozenset(part)]
        for size in range(1, len(some))
        for part in combinations(some, size)
    ]
    joint = by_needs.get(frozenset(some))
    if joint is None:
        return min(apart)
    wants = [trip(each).needs_escort for each in joint.outing.members]
    return min([billed(option.board, joint.outing, _for(crew, wants)).known, *apart])


def _for(crew: Sequence[Survivor], wants_escort: Sequence[bool]) -> list[Survivor]:
    return [part for part in crew if any(wants_escort) or part.offer.body.role != ESCORT]
