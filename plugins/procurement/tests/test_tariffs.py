"""What an order costs, what is not sold, and what is no tariff at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.tariffs import Tariff


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    """Tiers with a fixed fee, for all units or each its own tier: those of the pool's laws."""
    starts = sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=4)))
    drops = draw(st.lists(st.integers(0, 30), min_size=len(starts), max_size=len(starts)))
    prices = [120 - sum(drops[: at + 1]) for at in range(len(starts))]
    return Tariff(
        tiers=tuple(zip(starts, prices, strict=True)),
        fixed=draw(st.integers(0, 200)),
        least=draw(st.integers(1, 6)),
        most=10_000,
        incremental=draw(st.booleans()),
    )


@settings(max_examples=500, deadline=None)
@given(tariffs(), st.integers(1, 60), st.integers(1, 60))
def test_with_tiers_and_a_fee_a_larger_order_never_costs_more_a_unit(
    tariff: Tariff, quantity: int, more: int
) -> None:
    """The law on which all of the clearing rests."""
    outlay, larger = tariff.outlay(quantity), tariff.outlay(quantity + more)
    if outlay is not None:
        assert larger is not None
        assert larger * quantity <= outlay * (quantity + more)


@settings(max_examples=500, deadline=None)
@given(tariffs(), st.integers(1, 40))
def test_each_unit_by_its_own_tier_is_the_sum_over_the_units(tariff: Tariff, quantity: int) -> None:
    """Units before the first tier cost what the first tier does."""
    if not tariff.incremental:
        return
    first = tariff.tiers[0][0]
    units = sum(tariff.unit(max(first, number)) for number in range(1, quantity + 1))
    assert tariff.goods(quantity) == units


def test_what_is_not_sold_has_no_outlay() -> None:
    """Too few, too many, broken packs, or worth too little."""
    pens = Tariff(tiers=((1, 50),), least=4, most=24, pack=6, least_pence=600, fixed=400)
    assert [q for q in range(40) if pens.outlay(q) is not None] == [12, 18, 24]
    assert pens.outlay(12) == 1000


def test_each_delivery_costs_its_drop() -> None:
    """The supplier comes to every member."""
    milk = Tariff(tiers=((1, 90),), most=100, fixed=50, drop=200)
    assert (milk.outlay(10), milk.outlay(10, members=3)) == (1150, 1550)


def test_where_little_is_left_nothing_is_sold_and_nothing_is_wrong() -> None:
    """A quote nearly sold out is still a quote."""
    assert Tariff(tiers=((1, 5),), least=10, most=3).outlay(3) is None


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"tiers": ()}, "tiers must name"),
        ({"tiers": ((0, 5),)}, "tiers must start at 1 unit"),
        ({"tiers": ((1, -5),)}, "tiers must start at 1 unit or more, at prices of 0"),
        ({"tiers": ((4, 5), (4, 3))}, "tiers must rise in quantity: 4 follows 4"),
        ({"tiers": ((1, 5), (4, 6))}, "tiers must not rise in price"),
        ({"least": 0}, "least must be 1"),
        ({"pack": 0}, "pack must be 1"),
        ({"most": -1}, "most must be 0"),
        ({"fixed": -1}, "fixed must be 0"),
        ({"drop": -1}, "drop must be 0"),
        ({"least_pence": -1}, "least_pence must be 0"),
    ],
)
def test_a_bad_tariff_is_refused_with_its_field_and_the_mend(
    wrong: dict[str, Any], message: str
) -> None:
    """The message begins with the field."""
    with pytest.raises(ValueError, match=f"^{message}"):
        Tariff(**{"tiers": ((1, 5),), "most": 9, **wrong})
