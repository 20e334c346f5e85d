"""Many pools at once are what they are one by one."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.batch import ANY, decided, shared
from cypn_procurement.clearing import Member, Pool, cleared
from cypn_procurement.tariffs import Tariff

Row = list[tuple[int, int]]
PLAIN = Tariff(tiers=((1, 100),), most=99)


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    """Everything that a tariff may have but deliveries."""
    starts = sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=4)))
    falls = draw(st.lists(st.integers(0, 30), min_size=len(starts), max_size=len(starts)))
    prices = [120 - sum(falls[: at + 1]) for at in range(len(starts))]
    return Tariff(
        tiers=tuple(zip(starts, prices, strict=True)),
        fixed=draw(st.integers(0, 200)),
        least=draw(st.integers(1, 6)),
        most=draw(st.integers(0, 12) | st.just(10**30)),
        pack=draw(st.sampled_from((1, 1, 2, 3))),
        least_pence=draw(st.just(0) | st.integers(0, 900)),
        incremental=draw(st.booleans()),
    )


def rows(width: int = 7) -> st.SearchStrategy[Row]:
    """Quantities and caps of one pool; 0 units is nobody."""
    one = st.tuples(st.integers(0, 5), st.just(ANY) | st.integers(0, 200))
    return st.lists(one, min_size=width, max_size=width)


def one_by_one(tariff: Tariff, row: Row) -> Pool | None:
    """The same pool by the plain function; ids sort like columns."""
    members = [
        Member(f"n{at}", quantity, None if cap == ANY else cap)
        for at, (quantity, cap) in enumerate(row)
        if quantity
    ]
    return cleared(tariff, members)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(tariffs(), rows()), min_size=1, max_size=6))
def test_each_row_is_what_its_pool_is_by_itself(pools: list[tuple[Tariff, Row]]) -> None:
    """Members, units, pence and every share."""
    table = np.array([row for _, row in pools], dtype=np.int64)
    quantities, caps = table[:, :, 0], table[:, :, 1]
    found = decided([tariff for tariff, _ in pools], quantities, caps)
    pence = shared(found, quantities)
    for at, (tariff, row) in enumerate(pools):
        alone = one_by_one(tariff, row)
        names = {f"n{column}": int(share) for column, share in enumerate(pence[at])}
        ours = {each: names[each] for each in names if found.members[at, int(each[1:])]}
        assert ours == (dict(alone.shares) if alone else {})
        assert found.quantities[at] == (alone.quantity if alone else 0)
        assert found.outlays[at] == (alone.outlay if alone else 0) == pence[at].sum()


@pytest.mark.parametrize(
    ("tariff", "quantities", "caps", "message"),
    [
        (PLAIN, [[1, 2]], [[1]], "caps must have the shape"),
        (PLAIN, [[1], [1]], [[1], [1]], "tariffs must be one for each row"),
        (evolve(PLAIN, drop=1), [[1]], [[1]], "tariffs with a drop"),
        (PLAIN, [[-1]], [[1]], "quantities and caps must not be negative"),
        (PLAIN, [[10**12]], [[10**12]], "quantities and prices must stay within 64 bits"),
    ],
)
def test_what_cannot_be_decided_so_is_refused(
    tariff: Tariff, quantities: list[list[int]], caps: list[list[int]], message: str
) -> None:
    """With the argument first."""
    with pytest.raises(ValueError, match=f"^{message}"):
        decided([tariff], np.array(quantities, dtype=np.int64), np.array(caps, dtype=np.int64))


def test_a_pool_of_a_hundred_thousand_balances_to_the_penny() -> None:
    """Each within a penny of the equal price, never above its cap; the next in line would lose."""
    chance = np.random.default_rng(6)
    quantities = chance.integers(1, 20, (1, 100_000))
    caps = chance.integers(6_000, 14_000, (1, 100_000))
    tariff = Tariff(tiers=((1, 9_000), (500_000, 8_000)), fixed=12_345, most=10**9)
    found = decided([tariff], quantities, caps)
    pence = shared(found, quantities)
    inside = found.members[0]
    assert pence.sum() == found.outlays[0] == tariff.outlay(int(found.quantities[0]))
    assert (pence <= caps * quantities).all()
    assert (abs(pence * found.quantities[0] - quantities * found.outlays[0]) < found.quantities[0])[
        0, inside
    ].all()
    assert caps[0, ~inside].max() * found.quantities[0] < found.outlays[0]
