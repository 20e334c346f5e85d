"""A plan of several needs may last as long as their times together, within what there is."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st
from tests.networks import NOW
from tests.sample_exchange import ThingNeed, ThingOffer, northtown, things

from cypn_core.application.sketch import Sketch
from cypn_core.domain.constraints import constrained
from cypn_core.domain.plans import Leg, Plan, Share
from cypn_core.domain.postings import Claim, Need, Unit
from cypn_core.domain.region import Region
from cypn_core.domain.times import DateSpan, Window, merged
from cypn_core.hub import Hub
from cypn_core.matching.candidates import Taken
from cypn_core.matching.planner import Board, holds
from cypn_core.matching.rules import Rule, bars

DAY = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
SEATS, LATE = 4, 12


@frozen(kw_only=True, field_transformer=constrained)
class Timed(ThingNeed):
    """A need from an hour to another, for so many."""

    kind: ClassVar[str] = "timed_need"
    start: int = 10
    end: int = 12
    heads: int = 1

    def windows(self, region: Region) -> tuple[Window, ...]:
        """One."""
        return (at(self.start, self.end),)


@frozen(kw_only=True, field_transformer=constrained)
class Room(ThingOffer):
    """Something with so many seats, whole days."""

    kind: ClassVar[str] = "timed_offer"

    def units(self) -> tuple[Unit, ...]:
        """The seats."""
        return (Unit(capacity=SEATS),)

    def given(self, region: Region, span: DateSpan) -> tuple[Window, ...]:
        """The whole of the first of December."""
        return (at(0, 24),)

    def claims(self, need: Need) -> tuple[Claim, ...]:
        """One seat for each head."""
        (unit,) = self.units()
        return (Claim(unit, need.heads if isinstance(need, Timed) else 1),)


def at(start: int, end: int) -> Window:
    """Hours of the day."""
    return Window(DAY + dt.timedelta(hours=start), DAY + dt.timedelta(hours=end))


def _board(*needs: Timed) -> Board:
    plugin = things(needs=(Timed,), offers=(Room,))
    sketch = Sketch(Hub.of(plugin, northtown()), "things", NOW)
    sketch.offer(Room())
    ids = [sketch.need(each) for each in needs]
    return sketch.board(ids[0])


def _together(board: Board, window: Window, heads: int, **changes: Any) -> Plan:
    (survivor,) = board.survivors("thing")
    (unit,) = survivor.offer.body.units()
    needs = (board.need, *board.others)
    leg = Leg(
        offer=survivor.offer.id,
        role="thing",
        windows=(window,),
        claims=(Claim(unit, heads),),
        lines=(),
    )
    shares = tuple(Share(need.id, 0, "nothing", 700) for need in needs)
    plan = Plan(needs=tuple(need.id for need in needs), legs=(leg,), shares=shares)
    return evolve(plan, **changes)


def test_what_is_shared_lasts_as_long_as_all_of_them() -> None:
    """From the first to the last moment that one of two overlapping needs wants."""
    board = _board(Timed(start=10, end=12), Timed(start=11, end=13))
    assert holds(board, _together(board, at(10, 13), 2))


def test_one_need_takes_its_own_windows_only() -> None:
    """What lies inside its window, and is not it, is not what it asked for."""
    board = _board(Timed(start=10, end=13))
    assert holds(board, _together(board, at(10, 13), 1))
    assert not holds(board, _together(board, at(10, 12), 1))


@pytest.mark.parametrize(
    ("window", "heads", "why"),
    [
        (at(9, 13), 2, "begins before anybody wants it"),
        (at(10, 14), 2, "lasts longer than anybody wants it"),
        (at(10, 13), SEATS + 1, "takes more than there is"),
        (at(10, 11), 2, "leaves the second need with nothing"),
    ],
)
def test_what_is_not_wanted_or_not_there_is_dropped(window: Window, heads: int, why: str) -> None:
    """Each of these plans of two needs is dropped."""
    board = _board(Timed(start=10, end=12), Timed(start=11, end=13))
    assert not holds(board, _together(board, window, heads)), why


def test_a_gap_between_two_needs_is_nobodys() -> None:
    """Two needs that do not touch have no window together."""
    board = _board(Timed(start=10, end=11), Timed(start=12, end=13))
    assert not holds(board, _together(board, at(10, 13), 2))
    (leg,) = _together(board, at(10, 11), 1).legs
    both = evolve(leg, windows=(at(10, 11), at(12, 13)))
    assert holds(board, _together(board, at(10, 11), 1, legs=(both,)))


def test_who_may_not_have_it_alone_may_not_have_it_with_others() -> None:
    """A rule that keeps the offer from one of the needs keeps it from the plan of both."""

    def judge(need: Timed, _: Room, __: Any) -> Any:
        return bars("late", "It is too late.") if need.end > LATE else None

    plugin = things(needs=(Timed,), offers=(Room,), rules=(Rule("late", ("need", "thing"), judge),))
    sketch = Sketch(Hub.of(plugin, northtown()), "things", NOW)
    sketch.offer(Room())
    first = sketch.need(Timed(start=10, end=12))
    sketch.need(Timed(start=11, end=13))
    board = sketch.board(first)
    assert not holds(board, _together(board, at(10, 12), 2))


def test_what_others_use_already_is_not_there() -> None:
    """The claim of all counts beside the uses that there are."""
    board = _board(Timed(start=10, end=12), Timed(start=11, end=13))
    plan = _together(board, at(10, 13), 3)
    assert holds(board, plan)
    (survivor,) = board.survivors("thing")
    resource = survivor.offer.resources[None]
    taken = {resource: (Taken(at(12, 13), 2),)}
    full = evolve(board, snapshot=evolve(board.snapshot, uses=taken))
    assert not holds(full, plan)
    assert holds(full, _together(full, at(10, 13), 2))


@given(
    st.lists(
        st.tuples(st.integers(8, 11), st.integers(12, 15), st.integers(1, 2)),
        min_size=2,
        max_size=3,
    ),
    st.integers(7, 12),
    st.integers(12, 16),
    st.integers(1, 6),
)
def test_it_holds_if_and_only_if_it_lies_in_their_times_and_fits(
    needs: list[tuple[int, int, int]], start: int, end: int, heads: int
) -> None:
    """For needs that all overlap: inside the hull of them, meeting each, and within the seats."""
    if start >= end:
        return
    board = _board(*(Timed(start=a, end=b, heads=h) for a, b, h in needs))
    window = at(start, end)
    (hull,) = merged(at(a, b) for a, b, _ in needs)
    inside = hull.start <= window.start and window.end <= hull.end
    meets = all(window.overlaps(at(a, b)) for a, b, _ in needs)
    assert holds(board, _together(board, window, heads)) == (inside and meets and heads <= SEATS)
