"""Every allocator equals the published turn order on a single slot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.matching.contenders import contenders

from cypn_core.domain.rounds import Contender
from cypn_core.matching.allocate import Allocator, Queue
from cypn_core.matching.turn import in_turn

ALLOCATORS: tuple[Allocator, ...] = (Queue(),)
"""Each allocator that there is; a new one is added here."""


@pytest.mark.parametrize("allocator", ALLOCATORS, ids=lambda each: type(each).__name__)
@given(everybody=contenders(), data=st.data())
def test_law_one_slot_goes_by_the_turn_order(
    allocator: Allocator, everybody: list[Contender], data: st.DataObject
) -> None:
    """The first in turn has the one place, and the others wait in turn, however they come in."""
    shuffled = data.draw(st.permutations(everybody))
    placed = allocator.allocate(shuffled, 1)
    assert tuple(each.contender for each in placed) == in_turn(everybody)
    assert [each.won for each in placed] == [at == 0 for at in range(len(everybody))]
