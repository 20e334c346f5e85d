"""The queue against picking the first of whoever is left, one place at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.matching.contenders import contenders

from cypn_core.domain.ids import fingerprint
from cypn_core.domain.rounds import Contender
from cypn_core.matching.allocate import Queue


def ahead(one: Contender, other: Contender) -> bool:
    """The published rule as a comparison of two, written out step by step."""
    steps = [
        (one.priority.value, other.priority.value),
        (one.served, other.served),
        (other.refusals, one.refusals),
        (one.posted.timestamp(), other.posted.timestamp()),
    ]
    for mine, theirs in steps:
        if mine != theirs:
            return mine < theirs
    return fingerprint("turn", one.need) < fingerprint("turn", other.need)


def brute(everybody: list[Contender]) -> list[Contender]:
    """Whoever is ahead of all that are left, again and again."""
    left, order = list(everybody), []
    while left:
        (first,) = [a for a in left if all(a is b or ahead(a, b) for b in left)]
        left.remove(first)
        order.append(first)
    return order


@given(contenders(), st.integers(0, 8))
def test_the_queue_is_the_turn_order(everybody: list[Contender], places: int) -> None:
    """The places go to the first in turn, whoever contends and however many places there are."""
    placed = Queue().allocate(everybody, places)
    assert [each.contender for each in placed] == brute(everybody)
    assert [each.won for each in placed] == [at < places for at in range(len(everybody))]


@given(contenders(), st.integers(0, 8))
def test_everybody_is_told_why(everybody: list[Contender], places: int) -> None:
    """No winner and no loser goes without a sentence, and none tells who the other was."""
    for placed in Queue().allocate(everybody, places):
        assert placed.sentence.endswith(".")
        assert not any(each.need in placed.sentence for each in everybody)


@pytest.mark.parametrize("places", [0, 1])
def test_nobody_contends(places: int) -> None:
    """A round without anybody in it gives nothing to nobody."""
    assert Queue().allocate([], places) == ()


@given(contenders())
def test_without_a_place_everybody_waits(everybody: list[Contender]) -> None:
    """There is no winner to be compared with, and the sentence says so."""
    said = {each.sentence for each in Queue().allocate(everybody, 0)}
    assert said <= {"Nothing is free; you are on the waiting list."}
