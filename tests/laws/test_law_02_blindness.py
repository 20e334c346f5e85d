"""Law 2: renaming or renumbering organisations changes no match, rank, plan or allocation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks import EXCHANGES, networks, sketched

from cypn_core.domain.ids import fingerprint


@pytest.mark.parametrize("exchange", EXCHANGES)
@given(data=st.data(), salt=st.text(max_size=8))
def test_law_02_renumbered_organisations_get_the_same_answers(
    exchange: str, data: st.DataObject, salt: str
) -> None:
    """Whatever the organisations' ids are, every answer is the same, scores included."""
    drawn = data.draw(networks(exchange))
    plain = sketched(drawn)
    other = sketched(drawn, lambda party: fingerprint(salt, str(party)))
    for need in plain.needs:
        assert repr(other.sketch.answer(need)) == repr(plain.sketch.answer(need))
