"""One vote each, declared before the quotes are seen; dissent is kept."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.integrity.votes import (
    LATE,
    RECUSED,
    STRANGER,
    UNDECLARED,
    Ballot,
    Declaration,
    Fact,
    Sight,
    decided,
)

MEMBERS = frozenset("abcde")


def clean(member: str) -> tuple[Fact, ...]:
    """Declares that it has no interest, then sees the quotes."""
    return Declaration(member=member, interested=False), Sight(member=member)


FACTS = st.lists(
    st.one_of(
        st.builds(Declaration, member=st.sampled_from("abcx"), interested=st.booleans()),
        st.builds(Sight, member=st.sampled_from("abcx")),
        st.builds(Ballot, member=st.sampled_from("abcx"), option=st.sampled_from("pq")),
    ),
    max_size=14,
)


def test_the_vote_of_each_that_stands_aside_is_not_counted() -> None:
    """An interest, a look too early, no declaration, no membership."""
    facts: list[Fact] = [Sight(member="c"), *(f for m in "abc" for f in clean(m))]
    facts += [Declaration(member="d", interested=True)]
    facts += [Ballot(member=member, option="p") for member in "cdex"]
    facts += [Ballot(member="a", option="q"), Ballot(member="b", option="q")]
    outcome = decided(facts, MEMBERS, 2)
    assert outcome.option == "q"
    assert outcome.votes == {"q": 2}
    assert outcome.aside == {"c": LATE, "d": RECUSED, "e": UNDECLARED, "x": STRANGER}


def test_dissent_is_kept_with_its_reason() -> None:
    """Whoever was outvoted can read so for ever."""
    no = Ballot(member="c", option="p", reason="Too dear.")
    facts = [*(f for m in "abc" for f in clean(m)), no]
    facts += [Ballot(member=member, option="q") for member in "ab"]
    outcome = decided(facts, MEMBERS, 3)
    assert outcome.dissent == (no,)
    assert outcome.sentence == "q is decided by 2 of 3 votes."


def test_a_second_ballot_replaces_the_first() -> None:
    """One member, one vote."""
    facts = [*clean("a"), *clean("b"), Ballot(member="a", option="p")]
    facts += [Ballot(member="a", option="q"), Ballot(member="b", option="q")]
    assert decided(facts, MEMBERS, 2).votes == {"q": 2}


def test_neither_too_few_votes_nor_a_tie_decides() -> None:
    """Nobody decides for the others by staying away."""
    facts = [*clean("a"), *clean("b"), Ballot(member="a", option="p")]
    few = decided(facts, MEMBERS, 2)
    assert few.option is None
    assert few.sentence == "Nothing is decided: 1 of the 2 votes that it takes were cast."
    tie = decided([*facts, Ballot(member="b", option="q")], MEMBERS, 2)
    assert (tie.option, tie.dissent) == (None, ())
    with pytest.raises(ValueError, match=r"^quorum must be 1 to 5"):
        decided(facts, MEMBERS, 6)


@settings(max_examples=500, deadline=None)
@given(FACTS)
def test_counts_as_a_slow_reading_of_the_facts_does(facts: list[Fact]) -> None:
    """The oracle goes through the facts one by one and keeps a state for each member."""
    able: dict[str, bool] = {}
    spoiled, last = {"x"}, dict[str, str]()
    for fact in facts:
        if isinstance(fact, Ballot):
            last[fact.member] = fact.option
        elif isinstance(fact, Declaration):
            able[fact.member] = True
            spoiled |= {fact.member} if fact.interested else set()
        elif fact.member not in able:
            spoiled |= {fact.member}
    counts = {m: option for m, option in last.items() if m in able and m not in spoiled}
    outcome = decided(facts, frozenset("abc"), 1)
    assert sum(outcome.votes.values()) == len(counts)
    assert {m for m in last if m not in outcome.aside} == set(counts)
    yes = sum(option == outcome.option for option in counts.values())
    assert outcome.option is None or 2 * yes > len(counts)
    assert (outcome.option is None) == (2 * sum(o == "p" for o in counts.values()) == len(counts))
