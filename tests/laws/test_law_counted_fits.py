"""What is only counted is what would be found: a survivor that lacks nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks import EXCHANGES, networks, sketched

from cypn_core.matching.candidates import fits_wholly, pair_context
from cypn_core.matching.rules import NEED


@pytest.mark.parametrize("exchange", EXCHANGES)
@given(data=st.data())
def test_a_counted_fit_is_a_survivor_that_lacks_nothing(exchange: str, data: st.DataObject) -> None:
    """In random networks of every exchange, for every offer in the role that it plays."""
    drawn = sketched(data.draw(networks(exchange)))
    board = drawn.sketch.board(drawn.needs[0])
    roles = {offered.body.role for offered in board.snapshot.offers}
    whole = {s.offer.id for role in roles for s in board.survivors(role) if not s.missing}
    counted = {
        offered.id
        for offered in board.snapshot.offers
        if offered.party != board.need.party
        and fits_wholly(
            board.need,
            offered,
            board.snapshot.uses,
            [rule for rule in board.rules if rule.between == (NEED, offered.body.role)],
            pair_context(board.context, board.need, offered),
        )
    }
    assert counted == whole
