"""One legal person counts once; limits of delegates."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.integrity.limits import above_limit
from cypn_procurement.integrity.persons import (
    TWIN,
    UNSIGNED,
    Commitment,
    counted,
)

NUMBERS = st.frozensets(st.sampled_from("12345"), max_size=3)


@st.composite
def pools(draw: st.DrawFn) -> list[Commitment]:
    """Up to seven commitments over five numbers."""
    drawn = draw(st.lists(st.tuples(NUMBERS, st.booleans()), max_size=7))
    return [
        Commitment(id=f"c{at}", legal_numbers=numbers, signatory_confirmed=signed)
        for at, (numbers, signed) in enumerate(drawn)
    ]


def signed(name: str, *numbers: str) -> Commitment:
    """A commitment that somebody who may sign has confirmed."""
    return Commitment(id=name, legal_numbers=frozenset(numbers), signatory_confirmed=True)


def test_twins_count_once_and_the_unsigned_not_at_all() -> None:
    """P07: two members and two twins are three; a fifth without a signatory changes nothing."""
    twin = "GB-CHC-TEST0001"
    fifth = Commitment(id="e", signatory_confirmed=False)
    persons = counted([signed("a"), signed("b"), signed("c", twin), signed("d", twin), fifth])
    assert persons.counting == ("a", "b", "c")
    assert persons.told == {"d": TWIN, "e": UNSIGNED}


def test_a_chain_of_numbers_is_one_person() -> None:
    """Whoever gives both numbers joins those that give one of them."""
    chain = [signed("a", "charity:1"), signed("b", "charity:1", "company:2")]
    for order in permutations([*chain, signed("c", "company:2")]):
        assert counted(order).counting == ("a",)


@settings(max_examples=500, deadline=None)
@given(pools())
def test_as_many_count_as_there_are_groups_that_nothing_joins(pool: list[Commitment]) -> None:
    """The oracle joins labels, pair by pair, until nothing changes."""
    able = [each for each in pool if each.signatory_confirmed]
    label = {each.id: each.id for each in able}
    for _ in able:
        for one, other in combinations(able, 2):
            if one.legal_numbers & other.legal_numbers:
                label[one.id] = label[other.id] = min(label[one.id], label[other.id])
    persons = counted(reversed(pool))
    assert set(persons.counting) == set(label.values())
    assert set(persons.told) == {each.id for each in pool} - set(persons.counting)


def test_an_id_given_twice_is_refused() -> None:
    """The message begins with what to mend."""
    with pytest.raises(ValueError, match=r"^commitments must each have an id of its own"):
        counted([signed("a"), signed("a")])


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_no_parts_get_past_a_limit_that_the_whole_does_not(a: int, b: int, limit: int) -> None:
    """What is confirmed before counts."""
    in_parts = above_limit(a, limit) or above_limit(b, limit, confirmed=a)
    assert (in_parts is None) == (above_limit(a + b, limit) is None)


def test_a_limit_is_told_in_pounds() -> None:
    """The sentence says who must confirm instead."""
    assert above_limit(96_000, 90_000) == (
        "£960.00 is above your limit of £900.00; somebody with a higher limit must confirm."
    )
    with pytest.raises(ValueError, match=r"^limit must be 0 or more"):
        above_limit(1, -1)
