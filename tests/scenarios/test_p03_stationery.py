"""P03: stationery to the penny."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.domain.money import apportion

weights = st.dictionaries(st.text(max_size=8), st.integers(1, 10**9), min_size=1, max_size=30)


def test_p03_an_invoice_of_100_pounds() -> None:
    """P03: three equal lots pay 33.34, 33.33, 33.33; lots of 1:2:4 pay 14.29, 28.57, 57.14."""
    assert list(apportion(10_000, {"a": 1, "b": 1, "c": 1}).values()) == [3334, 3333, 3333]
    assert list(apportion(10_000, {"a": 1, "b": 2, "c": 4}).values()) == [1429, 2857, 5714]


@given(st.integers(0, 10**12), weights)
def test_p03_shares_add_up_to_the_invoice(total: int, lots: dict[str, int]) -> None:
    """P03: whatever the number, the weights and the amount, and each within a penny of exact."""
    shares, whole = apportion(total, lots), sum(lots.values())
    assert sum(shares.values()) == total
    assert shares.keys() == lots.keys()
    assert all(abs(shares[lot] * whole - total * lots[lot]) < whole for lot in lots)


@given(st.integers(0, 10**6), weights, st.randoms())
def test_p03_the_odd_penny_does_not_depend_on_input_order(
    total: int, lots: dict[str, int], chance: object
) -> None:
    """P03: the share's own id decides, so the same lots in another order pay the same."""
    keys = list(lots)
    chance.shuffle(keys)  # type: ignore[attr-defined]
    assert apportion(total, {key: lots[key] for key in keys}) == apportion(total, lots)


@pytest.mark.parametrize("weight", [0, -1])
def test_p03_zero_or_negative_weights_are_refused(weight: int) -> None:
    """P03: a lot of nothing is a mistake, and is named."""
    with pytest.raises(ValueError, match="at least 1: b"):
        apportion(10_000, {"a": 1, "b": weight})
