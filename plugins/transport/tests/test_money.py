"""Prices and shares: T04's arithmetic, and the laws of sharing."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import permutations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.application.settings import settings_of
from cypn_core.domain.errors import BadRegion
from cypn_core.hub import Hub
from cypn_core.wire.strict import structured
from cypn_transport.settings import TransportSettings
from cypn_transport.shares import Joined, ShareBy, shapley, shared

WAYS = st.sampled_from(ShareBy)


@st.composite
def journeys(draw: st.DrawFn, *, saving: bool = True) -> Joined:
    """A journey of one to six needs; one that saves costs no more than each alone."""
    needs = draw(st.lists(st.text("abcdef", min_size=1, max_size=4), min_size=1, max_size=6))
    alone = {need: draw(st.integers(0, 100_000)) for need in needs}
    most = sum(alone.values())
    total = draw(st.integers(0, most) if saving else st.integers(most + 1, 2 * most + 2))
    return Joined(
        total=total,
        empty=draw(st.integers(0, total)),
        alone=alone,
        seats={need: draw(st.integers(1, 20)) for need in alone},
    )


def mirrored(joined: Joined) -> Joined:
    def back(amounts: Mapping[str, int]) -> dict[str, int]:
        return {need: amounts[need] for need in sorted(amounts, reverse=True)}

    return evolve(joined, alone=back(joined.alone), seats=back(joined.seats))


def test_t04_two_groups_share_by_seats() -> None:
    """7 and 6 people share £65.00 as £35.00 and £30.00, where each would pay £65.00 alone."""
    both = Joined(total=6500, empty=0, alone={"x": 6500, "y": 6500}, seats={"x": 7, "y": 6})
    assert shared(both, ShareBy.SEATS) == {"x": 3500, "y": 3000}


@given(joined=journeys(), by=WAYS)
def test_shares_are_exact_and_never_above_the_price_alone(joined: Joined, by: ShareBy) -> None:
    """By every strategy: what is paid is the total, and nobody pays more than alone."""
    paid = shared(joined, by)
    assert paid.keys() == joined.alone.keys()
    assert sum(paid.values()) == joined.total
    assert all(0 <= paid[need] <= joined.alone[need] for need in paid)


@given(joined=journeys(), by=WAYS)
def test_the_order_of_needs_changes_no_share(joined: Joined, by: ShareBy) -> None:
    """Who is named first pays the same as who is named last."""
    assert shared(mirrored(joined), by) == shared(joined, by)


@given(joined=journeys())
def test_stand_alone_shares_save_everybody_the_same_part(joined: Joined) -> None:
    """Each pays within a penny of the same fraction of its stand-alone price."""
    whole = sum(joined.alone.values())
    for need, pence in shared(joined, ShareBy.STAND_ALONE).items():
        exact = Fraction(joined.total * joined.alone[need], whole or 1)
        assert abs(pence - exact) < 1


@pytest.mark.parametrize(
    ("by", "paid"),
    [
        (ShareBy.STAND_ALONE, {"far": 5000, "near": 2500}),
        (ShareBy.SEATS, {"far": 4500, "near": 3000}),
        (ShareBy.EMPTY_RUNNING, {"far": 4500, "near": 3000}),
    ],
)
def test_each_strategy_shares_by_what_it_names(by: ShareBy, paid: dict[str, int]) -> None:
    """£75.00, £30.00 of it empty: by price alone, by heads up to that, by empty running."""
    joined = Joined(
        total=7500, empty=3000, alone={"far": 6000, "near": 3000}, seats={"far": 1, "near": 9}
    )
    assert shared(joined, by) == paid


@given(joined=journeys(saving=False), by=WAYS)
def test_a_journey_that_does_not_save_is_not_shared(joined: Joined, by: ShareBy) -> None:
    """Somebody had to pay more than alone, so there are no shares."""
    with pytest.raises(ValueError, match="more together than alone"):
        shared(joined, by)


@st.composite
def games(draw: st.DrawFn) -> dict[frozenset[str], int]:
    """What every set of one to three needs costs; any numbers."""
    needs = "abc"[: draw(st.integers(1, 3))]
    sets = {frozenset(order[:n]) for order in permutations(needs) for n in range(1, len(needs) + 1)}
    return {each: draw(st.integers(0, 10_000)) for each in sorted(sets, key=sorted)}


@given(costs=games())
def test_shapley_is_the_mean_over_subsets_and_adds_up(costs: dict[frozenset[str], int]) -> None:
    """By the other textbook formula, over subsets, each figure agrees to within a penny."""
    everybody = max(costs, key=len)
    value = shapley(costs)
    assert sum(value.values()) == costs[everybody]
    weight: dict[int, list[Fraction]] = {
        1: [Fraction(1)],
        2: [Fraction(1, 2)] * 2,
        3: [Fraction(1, 3), Fraction(1, 6), Fraction(1, 3)],
    }
    for need in everybody:
        rests: list[frozenset[str]] = [frozenset(), *(each for each in costs if need not in each)]
        exact = Fraction(0)
        for rest in rests:
            extra = costs[rest | {need}] - costs.get(rest, 0)
            exact += weight[len(everybody)][len(rest)] * extra
        assert abs(value[need] - exact) < 1


def test_shapley_is_for_three_at_most() -> None:
    """More than three are not shared, so nothing is worked out for them."""
    with pytest.raises(ValueError, match="at most 3"):
        shapley({frozenset("abcd"): 1})


def test_a_region_says_by_its_name_how_journeys_are_shared(hub: Hub) -> None:
    """The setting is a word in the region's table; by default it is the price alone."""
    assert settings_of(hub, "transport").share_by is ShareBy.STAND_ALONE
    chosen = structured({"share_by": "seats"}, TransportSettings, "exchanges.transport")
    assert chosen.share_by is ShareBy.SEATS
    with pytest.raises(BadRegion, match="share_by"):
        structured({"share_by": "mood"}, TransportSettings, "exchanges.transport")
