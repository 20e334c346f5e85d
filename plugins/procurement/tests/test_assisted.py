"""Help for those who would lose, out of what the others save."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.assisted import CAVEAT, assisted
from cypn_procurement.clearing import Member, cleared
from cypn_procurement.tariffs import Tariff

LAW = settings(max_examples=500, deadline=None)
RETAINER = Tariff(tiers=((1, 120_000), (4, 90_000), (8, 70_000)), most=100)
PRESENT = (150_000, 130_000, 120_000, 100_000, 95_000, 85_000)


def members() -> st.SearchStrategy[list[Member]]:
    """Up to eight with different caps and quantities."""
    one = st.tuples(st.integers(1, 5), st.none() | st.integers(0, 200))
    return st.lists(one, min_size=1, max_size=8).map(
        lambda drawn: [Member(f"n{at}", quantity, cap) for at, (quantity, cap) in enumerate(drawn)]
    )


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    """Two tiers, a fee, now and then a delivery or little left."""
    return Tariff(
        tiers=((1, draw(st.integers(60, 120))), (draw(st.integers(2, 12)), 60)),
        fixed=draw(st.integers(0, 200)),
        drop=draw(st.integers(0, 20)),
        most=draw(st.integers(1, 40)),
    )


@LAW
@given(tariffs(), members())
def test_nobody_loses_and_every_penny_of_help_is_given(
    tariff: Tariff, everybody: list[Member]
) -> None:
    """The helped pay their cap, the helpers no more than theirs, and the sum is the outlay."""
    found = assisted(tariff, everybody)
    if found is None:
        return
    pool = found.pool
    assert sum(pool.shares.values()) == pool.outlay
    assert sum(found.received.values()) == sum(found.given.values())
    assert not found.received.keys() & found.given.keys()
    for member in everybody:
        if member.id in pool.shares:
            assert member.saving(pool.shares[member.id]) >= 0
        if member.id in found.received:
            assert member.saving(pool.shares[member.id]) == 0


@LAW
@given(tariffs(), members())
def test_help_never_makes_a_smaller_pool(tariff: Tariff, everybody: list[Member]) -> None:
    """Whoever buys without help buys with it."""
    plain, found = cleared(tariff, everybody), assisted(tariff, everybody)
    if plain is not None:
        assert found is not None
        assert plain.shares.keys() <= found.pool.shares.keys()


def test_the_sixth_joins_the_retainer_at_what_it_pays_today() -> None:
    """It would lose £50; those who save give that, in proportion to what they save."""
    found = assisted(RETAINER, [Member(str(n), 1, cap) for n, cap in enumerate(PRESENT)])
    assert found is not None
    assert found.pool.shares["5"] == 85_000
    assert found.received == {"5": 5_000}
    assert found.given == {"0": 2_069, "1": 1_379, "2": 1_035, "3": 345, "4": 172}
    assert found.caveat == CAVEAT
    assert "understate" in CAVEAT


def test_without_savings_there_is_no_help() -> None:
    """Nobody is made to lose for another."""
    two = [Member("x", 1, 120_000), Member("y", 1, 119_999)]
    found = assisted(RETAINER, two)
    assert found is not None
    assert found.pool.shares == {"x": 120_000}
    assert assisted(RETAINER, [evolve(each, cap=5) for each in two]) is None
