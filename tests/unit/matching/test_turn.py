"""The turn order, step by step as it is published."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.matching.contenders import NOON, contenders

from cypn_core.domain.ids import PostingId, fingerprint
from cypn_core.domain.rounds import Contender, Priority
from cypn_core.matching.turn import in_turn, why


def one(need: str = "a", **facts: Any) -> Contender:
    told: dict[str, Any] = {"posted": NOON, "served": 1, "refusals": 1}
    return Contender(need=PostingId(need), **(told | facts))


EARLIER, LATER = NOON - dt.timedelta(hours=1), NOON + dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("first", "step"),
    [
        ({"priority": Priority.DISPLACED, "served": 9, "posted": LATER}, "displaced or turned"),
        ({"priority": Priority.DECLINED, "served": 9, "posted": LATER}, "displaced or turned"),
        ({"priority": Priority.WAITED, "served": 9, "posted": LATER}, "waiting list"),
        ({"served": 0, "refusals": 0, "posted": LATER}, "served less"),
        ({"refusals": 2, "posted": LATER}, "refused more often"),
        ({"posted": EARLIER}, "asked earlier"),
    ],
)
def test_each_step_outweighs_all_that_follow(first: dict[str, Any], step: str) -> None:
    """Whoever is ahead on a step comes first, and the other is told which step it was."""
    winner, loser = one("a", **first), one("b")
    assert in_turn([loser, winner]) == (winner, loser)
    assert step in why(winner, loser)


def test_displaced_comes_before_declined() -> None:
    """Of the two classes that come first, whoever lost what it had is ahead."""
    declined, displaced = (
        one("a", priority=Priority.DECLINED),
        one("b", priority=Priority.DISPLACED),
    )
    assert in_turn([declined, displaced])[0] == displaced


def test_the_last_tie_goes_by_a_hash_of_the_need() -> None:
    """All else equal, neither the id's alphabet nor the order of asking decides."""
    equal = [one(name) for name in "abcdefgh"]
    by_hash = sorted(equal, key=lambda each: fingerprint("turn", each.need))
    assert list(in_turn(equal)) == by_hash != equal
    assert "hash" in why(by_hash[0], by_hash[1])


@given(contenders(), st.randoms())
def test_the_order_they_come_in_plays_no_part(drawn: list[Contender], chance: Any) -> None:
    """Nobody is lost or doubled, and a shuffle changes nothing."""
    order = in_turn(drawn)
    chance.shuffle(drawn)
    assert in_turn(drawn) == order
    assert sorted(each.need for each in order) == sorted(each.need for each in drawn)
