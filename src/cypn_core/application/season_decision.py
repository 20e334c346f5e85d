"""Deciding a season: who gets what, by leximin, and one sentence for everybody.

First whole series only. Then, on what is left, whatever less a need declares to be enough, such as
every second week: groups that have nothing yet come before the others. No store is touched here.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from cypn_core.application.season_input import (
    HALVES,
    Entry,
    enough_plans,
    halved,
    weekly,
    with_uses,
)
from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.plans import Plan
from cypn_core.domain.seasons import Proof, Reached
from cypn_core.matching import leximin
from cypn_core.matching.cells import cells_of, with_plans
from cypn_core.matching.leximin import Allotment, Choice, SeasonAllocator, Wish
from cypn_core.matching.planner import Board, Planner
from cypn_core.matching.turn import in_turn

ENOUGH = "of your dates are yours, which you said is enough; all of them were not to be had."


@frozen(kw_only=True)
class Given:
    """What a need gets; *half* where the plan is for every second week."""

    plan: Plan
    half: int | None = None


@frozen(kw_only=True)
class Decision:
    """Who gets what, the sentence of each need, and those who lost, in turn."""

    given: Mapping[PostingId, Given]
    sentences: Mapping[PostingId, str]
    waiting: tuple[PostingId, ...]
    boards: Mapping[PostingId, Board]
    """The boards of those who lost, over what is left."""
    proof: Proof


def decide(entries: Sequence[Entry], planner: Planner, allocator: SeasonAllocator) -> Decision:
    """Decide on *entries*; the order that they come in plays no part."""
    start = time.perf_counter()
    whole = {
        each: {_key(each, n): Given(plan=plan) for n, plan in enumerate(each.plans)}
        for each in entries
    }
    season = season_of(whole)
    allotment = allocator.allot(season)
    given = _chosen(whole, allotment)
    for pool in _second(entries, given):
        given |= _less(pool, given, planner, allocator)
    sentences = {
        wish.need: _sentence(season, allotment, wish, given.get(wish.need), each)
        for wish, each in zip(season.wishes, entries, strict=True)
    }
    lost = [each for each in entries if each.need not in given]
    return Decision(
        given=given,
        sentences=sentences,
        waiting=tuple(each.need for each in in_turn(entry.contender for entry in lost)),
        boards=_left(lost, given),
        proof=_proof(allotment, time.perf_counter() - start),
    )


def season_of(options: Mapping[Entry, Mapping[str, Given]]) -> leximin.Season:
    """The season in the solver's words; scores are places in each need's own order."""
    plans = {key: given.plan for mine in options.values() for key, given in mine.items()}
    if not plans:
        return leximin.Season(wishes=tuple(_wish(each, ()) for each in options))
    cells = cells_of(plans, next(iter(options)).board.snapshot)
    return leximin.Season(
        wishes=tuple(
            _wish(
                each,
                [
                    Choice(
                        key=key,
                        takes=cells.takes[key],
                        sessions=weekly(each.board),
                        score=-float(n),
                    )
                    for n, key in enumerate(mine)
                ],
            )
            for each, mine in options.items()
        ),
        capacity=cells.capacity,
    )


def _wish(each: Entry, choices: Iterable[Choice]) -> Wish:
    return Wish(contender=each.contender, group=each.group, choices=tuple(choices))


def _key(each: Entry, n: int) -> str:
    return f"{each.need}:{n:04d}"


def _chosen(
    options: Mapping[Entry, Mapping[str, Given]], allotment: Allotment
) -> dict[PostingId, Given]:
    known = {key: given for mine in options.values() for key, given in mine.items()}
    return {need: known[choice.key] for need, choice in allotment.given.items()}


def _second(
    entries: Sequence[Entry], given: Mapping[PostingId, Given]
) -> Iterator[tuple[Entry, ...]]:
    """Those who lost: first of groups that have nothing, then the others."""
    served: set[OrganisationId] = {each.group for each in entries if each.need in given}
    lost = [each for each in entries if each.need not in given]
    yield tuple(each for each in lost if each.group not in served)
    yield tuple(each for each in lost if each.group in served)


def _less(
    pool: Sequence[Entry],
    given: Mapping[PostingId, Given],
    planner: Planner,
    allocator: SeasonAllocator,
) -> Mapping[PostingId, Given]:
    boards = _left(pool, given)
    options = {each: _enough(each, boards[each.need], planner) for each in pool}
    if not any(options.values()):
        return {}
    on_left = {
        Entry(
            board=boards[each.need], group=each.group, contender=each.contender, plans=each.plans
        ): mine
        for each, mine in options.items()
    }
    return _chosen(on_left, allocator.allot(season_of(on_left)))


def _enough(each: Entry, board: Board, planner: Planner) -> dict[str, Given]:
    """Less than all that *each* declares to be enough, the most dates first."""
    if len(board.need.windows) < 2:  # noqa: PLR2004 - a series
        return {}
    found: dict[str, Given] = {}
    for half in HALVES:
        for plan in enough_plans(halved(board, half), planner):
            found.setdefault(plan.key, Given(plan=plan, half=half))
    return {_key(each, n): mine for n, mine in enumerate(found.values())}


def _left(pool: Sequence[Entry], given: Mapping[PostingId, Given]) -> dict[PostingId, Board]:
    """The boards of *pool* over what is left."""
    if not pool:
        return {}
    plans = [mine.plan for _, mine in sorted(given.items())]
    uses = with_plans(pool[0].board.snapshot, plans)
    return {each.need: with_uses(each.board, uses) for each in pool}


def _sentence(
    season: leximin.Season, allotment: Allotment, wish: Wish, given: Given | None, each: Entry
) -> str:
    if given is None or wish.need in allotment.given:
        return leximin.sentence(season, allotment, wish)
    dates = {window for leg in given.plan.legs for window in leg.windows}
    return f"{len(dates)} of {len(each.board.need.windows)} {ENOUGH}"


def _proof(allotment: Allotment, seconds: float) -> Proof:
    return Proof(
        method=allotment.method,
        levels=tuple(Reached(level.reached, level.bound) for level in allotment.levels),
        gap=allotment.gap,
        proven=allotment.proven,
        seconds=round(seconds, 2),
    )
