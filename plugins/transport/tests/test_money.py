"""Prices and shares: T04's and T05's arithmetic, and their laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypn_transport.quotes import distance_price
from cypn_transport.settings import TransportSettings
from cypn_transport.shares import by_seats, by_stand_alone, levelled
from cypn_transport.travel import road_km

IDS = st.text("abcdef", min_size=1, max_size=4)
AMOUNTS = st.dictionaries(IDS, st.integers(0, 100_000), min_size=1, max_size=6)


def test_t04_two_groups_share_by_seats() -> None:
    """7 and 6 people share £65.00 as £35.00 and £30.00."""
    assert by_seats(6500, {"seven": 7, "six": 6}) == {"seven": 3500, "six": 3000}


def test_t05_empty_running_is_shared_equally() -> None:
    """At £0.60 a km each pays £18.00 + £9.12, and £54.24 covers the cost."""
    straight = TransportSettings(factor_low=1.0, factor_high=1.0)
    empty = {
        name: distance_price(2 * road_km(km, straight), 60)
        for name, km in {"far": 12.4, "near": 2.8}.items()
    }
    assert empty == {"far": 1488, "near": 336}
    paid = levelled({"far": distance_price(30, 60), "near": distance_price(30, 60)}, empty)
    assert paid == {"far": 2712, "near": 2712}


@given(alone=AMOUNTS, saved=st.integers(0, 100))
def test_nobody_pays_more_than_alone_in_a_pool_that_saves(
    alone: dict[str, int], saved: int
) -> None:
    """Shares by stand-alone price are exact, and none is above that price."""
    total = sum(alone.values()) * (100 - saved) // 100
    shares = by_stand_alone(total, alone)
    assert sum(shares.values()) == total
    assert all(shares[need] <= alone[need] for need in alone)


@given(aboard=AMOUNTS, data=st.data())
def test_levelled_charges_are_exact_and_ignore_order(
    aboard: dict[str, int], data: st.DataObject
) -> None:
    """Charges meet costs, differ by a penny at most in the levy, and not by the order given."""
    empty = {need: data.draw(st.integers(0, 10_000)) for need in aboard}
    paid = levelled(aboard, empty)
    assert sum(paid.values()) == sum(aboard.values()) + sum(empty.values())
    levy = {paid[need] - aboard[need] for need in aboard}
    assert max(levy) - min(levy) <= 1
    assert levelled(dict(reversed(aboard.items())), dict(reversed(empty.items()))) == paid


def test_a_cost_that_nobody_weighs_for_is_refused() -> None:
    """With no stand-alone price there is no proportion to share by."""
    assert by_stand_alone(0, {"a": 0}) == {"a": 0}
    with pytest.raises(ValueError, match="share"):
        by_stand_alone(100, {"a": 0})
