"""Quartiles of five prices or more, rounded, and only for those who gave one."""

from __future__ import annotations

from statistics import quantiles

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.price_benchmark import Quartiles, benchmark

PRICES = st.lists(st.integers(0, 10**7), min_size=5, max_size=30)


def named(prices: list[int]) -> dict[str, int]:
    """Each price under an id of its own."""
    return {f"o{at}": pence for at, pence in enumerate(prices)}


def test_nothing_below_five_prices_and_nothing_for_who_gave_none() -> None:
    """Four prices would show too much; a price is the fee for seeing the others."""
    assert benchmark(named([1, 2, 3, 4]), "o0") is None
    assert benchmark(named([1, 2, 3, 4, 5]), "stranger") is None
    assert benchmark(named([1, 2, 3, 4, 5]), "o0") == Quartiles(low=2, middle=3, high=4)
    with pytest.raises(ValueError, match=r"^prices must be 0 or more"):
        benchmark({"a": -1}, "a")


@settings(max_examples=500, deadline=None)
@given(PRICES)
def test_each_quartile_has_two_figures_and_is_within_a_twentieth(prices: list[int]) -> None:
    """The oracle is the standard library's inclusive method."""
    found = benchmark(named(prices), "o0")
    assert found is not None
    exact = quantiles(prices, n=4, method="inclusive")
    for shown, true in zip((found.low, found.middle, found.high), exact, strict=True):
        assert len(str(shown).rstrip("0")) <= 2
        assert abs(shown - true) <= max(0.5, true / 20)


@settings(max_examples=500, deadline=None)
@given(PRICES, st.randoms(use_true_random=False))
def test_who_pays_what_makes_no_difference(prices: list[int], shuffler: object) -> None:
    """Only the prices as a whole count, not whose they are."""
    mixed = list(prices)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined]
    assert benchmark(named(mixed), "o1") == benchmark(named(prices), "o2")
