"""Near misses: each was tried and works, and none that works is cheaper."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.networks import EXCHANGES, HUB, NOW, Drawn, networks, sketched

from cypn_core.domain.postings import Need
from cypn_core.matching.answer import Answer


def _posted_instead(drawn: Drawn, at: int, body: Need) -> Answer:
    """The answer when need number *at* had been posted as *body*."""
    wants = list(drawn.needs)
    wants[at] = (body, wants[at][1])
    made = sketched(evolve(drawn, needs=tuple(wants)))
    return made.sketch.answer(made.needs[at])


def _full(drawn: Drawn, at: int, body: Need) -> bool:
    past = any(window.start < NOW for window in body.windows(HUB.region))
    return not past and bool(_posted_instead(drawn, at, body).full)


@pytest.mark.parametrize("exchange", EXCHANGES)
@settings(max_examples=12)
@given(data=st.data())
def test_near_misses_succeed_when_posted_and_none_is_cheaper(
    exchange: str, data: st.DataObject
) -> None:
    """By brute force over every declared relaxation, each posted as a need of its own."""
    drawn = data.draw(networks(exchange, most_needs=2, most_offers=1))
    made = sketched(drawn)
    declared = HUB.exchange(exchange).relaxations
    for at, need in enumerate(made.needs):
        answer = made.sketch.answer(need)
        if answer.full:
            assert answer.near == ()
            continue
        shown = [near.relaxed for near in answer.near]
        works = [each for each in declared(drawn.needs[at][0]) if _full(drawn, at, each.body)]
        cheapest = sorted(works, key=lambda each: (each.cost, each.sentence))
        assert shown == cheapest[: HUB.region.settings.near_misses]
        assert all(near.plan.full for near in answer.near)
