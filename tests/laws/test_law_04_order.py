"""Law 4: shuffling the inputs, or running again, changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks import EXCHANGES, HUB, networks, sketched
from tests.unit.matching.contenders import contenders

from cypn_core.domain.money import apportion
from cypn_core.domain.rounds import Contender
from cypn_core.matching.allocate import Queue
from cypn_core.matching.answer import answer
from cypn_core.matching.candidates import PlainScan, Snapshot
from cypn_core.matching.planner import Board
from cypn_procurement.clearing import Member, Tariff, cleared, next_step


def _answered(exchange: str, board: Board, snapshot: Snapshot) -> str:
    """The whole answer, every digit of it, over *snapshot*."""
    declared = HUB.exchange(exchange)
    asked = Board(
        need=board.need,
        snapshot=snapshot,
        rules=board.rules,
        candidates=PlainScan(),
        context=board.context,
    )
    parts = (declared.planner, declared.roles, declared.relaxations, HUB.region)
    return repr(answer(asked, *parts, most_near=5))


@pytest.mark.parametrize("exchange", EXCHANGES)
@given(data=st.data())
def test_law_04_the_order_of_the_snapshot_plays_no_part(exchange: str, data: st.DataObject) -> None:
    """Offers, needs and uses in any order give one answer, and asking again gives it again."""
    drawn = sketched(data.draw(networks(exchange)))
    board = drawn.sketch.board(drawn.needs[0])
    listed = board.snapshot
    shuffled = Snapshot(
        offers=tuple(data.draw(st.permutations(listed.offers))),
        needs=tuple(data.draw(st.permutations(listed.needs))),
        uses={key: data.draw(st.permutations(list(uses))) for key, uses in listed.uses.items()},
    )
    first = _answered(exchange, board, listed)
    assert _answered(exchange, board, listed) == first
    assert _answered(exchange, board, shuffled) == first


@given(drawn=contenders(), data=st.data(), places=st.integers(0, 6))
def test_law_04_the_queue_serves_in_one_order(
    drawn: list[Contender], data: st.DataObject, places: int
) -> None:
    """In whatever order they come, the same ones win and read the same sentence."""
    shuffled = data.draw(st.permutations(drawn))
    assert Queue().allocate(shuffled, places) == Queue().allocate(drawn, places)


@given(
    total=st.integers(0, 10_000),
    weights=st.dictionaries(st.text(max_size=3), st.integers(1, 5), min_size=1, max_size=6),
    data=st.data(),
)
def test_law_04_shares_do_not_depend_on_the_order(
    total: int, weights: dict[str, int], data: st.DataObject
) -> None:
    """The odd penny goes to the same share, however the shares are listed."""
    shuffled = dict(data.draw(st.permutations(list(weights.items()))))
    assert apportion(total, shuffled) == apportion(total, weights)


caps = st.none() | st.integers(0, 6).map(lambda steps: steps * 1000)
members = st.lists(st.tuples(st.integers(1, 4), caps), min_size=1, max_size=7).map(
    lambda drawn: [Member(f"m{at}", quantity, cap) for at, (quantity, cap) in enumerate(drawn)]
)


@given(members=members, most=st.integers(3, 20), data=st.data())
def test_law_04_a_pool_does_not_depend_on_who_came_first(
    members: list[Member], most: int, data: st.DataObject
) -> None:
    """Members in any order clear into the same pool with the same shares and next step."""
    tariff = Tariff(tiers=((1, 5000), (4, 3000), (8, 2000)), fixed=100, most=most)
    shuffled = data.draw(st.permutations(members))
    pool = cleared(tariff, members)
    assert cleared(tariff, shuffled) == pool
    assert next_step(tariff, shuffled, pool) == next_step(tariff, members, pool)
