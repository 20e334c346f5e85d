"""Bills balance to the penny each time, and even out over time."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.pool.bills import shares_of
from cypn_procurement.pool.book import Bill

DAY = dt.date(2027, 1, 1)
WEIGHTS = st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 50), min_size=1)


def billed(pence: int, weights: dict[str, int], before: list[Bill]) -> Bill:
    shares = shares_of(pence, weights, before)
    return Bill(on=DAY, pence=pence, weights=weights, shares=shares)


@settings(max_examples=500, deadline=None)
@given(WEIGHTS, st.lists(st.integers(0, 100_000), min_size=1, max_size=12))
def test_each_bill_balances_and_all_together_are_within_a_penny(
    weights: dict[str, int], amounts: list[int]
) -> None:
    """Nobody pays a negative share, and no odd penny stays with the same member."""
    bills: list[Bill] = []
    for pence in amounts:
        bills.append(billed(pence, weights, bills))
        assert sum(bills[-1].shares.values()) == pence
        assert min(bills[-1].shares.values()) >= 0
    for need, weight in weights.items():
        exact = Fraction(sum(amounts) * weight, sum(weights.values()))
        assert abs(sum(bill.shares[need] for bill in bills) - exact) < 1


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(WEIGHTS, st.integers(0, 100_000)), min_size=1, max_size=6))
def test_a_bill_balances_whoever_was_in_the_ones_before(
    told: list[tuple[dict[str, int], int]],
) -> None:
    """What was shared by other weights is not shared anew by these."""
    bills: list[Bill] = []
    for weights, pence in told:
        bills.append(billed(pence, weights, bills))
        assert sum(bills[-1].shares.values()) == pence
        assert bills[-1].shares.keys() == weights.keys()


def test_new_weights_do_not_bill_the_past_again() -> None:
    """£100 by halves, then £100 by three to one: £75 and £25."""
    first = billed(10_000, {"a": 1, "b": 1}, [])
    assert shares_of(10_000, {"a": 3, "b": 1}, [first]) == {"a": 7_500, "b": 2_500}
