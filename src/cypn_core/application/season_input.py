"""What a season is decided on: its needs, their plans and their turns, read at one moment."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from cypn_core.application.match import boards_for
from cypn_core.application.network import Work
from cypn_core.application.season_hold import span_of
from cypn_core.application.turns import contender
from cypn_core.domain.ids import OrganisationId, PostingId, ResourceId
from cypn_core.domain.plans import PRICE, Plan
from cypn_core.domain.postings import Need, Posting
from cypn_core.domain.rounds import Contender
from cypn_core.domain.seasons import Season
from cypn_core.domain.times import Window, minus
from cypn_core.matching.candidates import Taken
from cypn_core.matching.planner import Board, Planner, ranked

HALVES = (None, 0, 1)
"""All dates that are free, those of the first, third … week, or those of the others."""


@frozen(kw_only=True, eq=False)
class Entry:
    """One need in a season: its board, whose it is, its turn, and the plans that meet it wholly."""

    board: Board
    group: OrganisationId
    contender: Contender
    plans: tuple[Plan, ...]

    @property
    def need(self) -> PostingId:
        """The need."""
        return self.board.need.id


def entries(work: Work, season: Season) -> tuple[Entry, ...]:
    """Every need that takes part in *season*, by id."""
    needs = taking_part(work, season)
    offers = work.postings.open(season.exchange, "offer", work.today, work.now)
    boards = boards_for(work, season.id, needs, offers)
    planner = work.hub.exchange(season.exchange).planner
    return tuple(_entry(work, need, boards[need.id], planner) for need in needs)


def taking_part(work: Work, season: Season) -> list[Posting]:
    """The open needs of a series that lies in the span, posted before it closed for needs.

    A need that waits on a deal of its own, or came too late, is decided after the season.
    """
    closes = work.hub.region.midnight(season.closes_on)
    needs = work.postings.open(season.exchange, "need", work.today, work.now)
    return [
        need
        for need in needs
        if need.created < closes and lies_in(work, season, need) and not _waits(work, need)
    ]


def whole_plans(board: Board, planner: Planner) -> Iterator[Plan]:
    """The plans for every date of the board's need alone, best first; a price may be asked for."""
    wanted = set(board.need.windows)
    for plan in enough_plans(board, planner):
        if wanted <= {window for leg in plan.legs for window in leg.windows}:
            yield plan


def enough_plans(board: Board, planner: Planner) -> Iterator[Plan]:
    """The plans that its exchange calls enough for the board's need alone, best first."""
    for plan in ranked(board, planner):
        if plan.needs == (board.need.id,) and all(m.code == PRICE for m in plan.missing):
            yield plan


def halved(board: Board, half: int | None) -> Board:
    """*board* as if the offers were shut in every second week; as it is, for None.

    What does not survive for all dates does not for some of them either, and is left out.
    """
    if half is None:
        return board
    shut = [w for n, w in _weeks(board) if n % 2 != half]
    roles = {offered.body.role for offered in board.snapshot.offers}
    known = {each.offer.id: each.offer for role in roles for each in board.survivors(role)}
    offers = (evolve(each, open=minus(each.open, shut)) for _, each in sorted(known.items()))
    return _on(board, offers=tuple(offers))


def with_uses(board: Board, uses: Mapping[ResourceId, Sequence[Taken]]) -> Board:
    """*board* with *uses* as the live uses."""
    return _on(board, uses=uses)


def weekly(board: Board) -> int:
    """The most sessions of the board's need in any one week, from Monday on."""
    return max(Counter(n for n, _ in _weeks(board)).values(), default=1)


def _on(board: Board, **changes: object) -> Board:
    return Board(
        need=board.need,
        snapshot=evolve(board.snapshot, **changes),  # type: ignore[arg-type]
        rules=board.rules,
        candidates=board.candidates,
        context=board.context,
    )


def _weeks(board: Board) -> list[tuple[int, Window]]:
    """Each window with the number of its week, counted from the Monday before the first."""
    zone = ZoneInfo(board.context.zone)
    days = [window.start.astimezone(zone).date() for window in board.need.windows]
    if not days:
        return []
    monday = min(days) - dt.timedelta(days=min(days).weekday())
    return [((d - monday).days // 7, w) for d, w in zip(days, board.need.windows, strict=True)]


def _entry(work: Work, need: Posting, board: Board, planner: Planner) -> Entry:
    plans = tuple(whole_plans(board, planner))
    roles = work.hub.exchange(need.exchange).roles
    offers = {survivor.offer.id for role in roles for survivor in board.survivors(role)}
    return Entry(
        board=board,
        group=need.organisation,
        contender=contender(work, need, offers, board.need.windows),
        plans=plans,
    )


def lies_in(work: Work, season: Season, need: Posting) -> bool:
    """Whether *need* is a series that lies in the span of *season*."""
    windows = need.body.windows(work.hub.region) if isinstance(need.body, Need) else ()
    span = span_of(work, season)
    return len(windows) > 1 and all(span.contains(window) for window in windows)


def _waits(work: Work, need: Posting) -> bool:
    return bool(work.deals.binding(need.id))
