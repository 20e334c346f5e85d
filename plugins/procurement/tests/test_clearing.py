"""The exact pool against every subset and every quote; shares to the penny."""

from __future__ import annotations

from itertools import chain, combinations

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.clearing import Member, Pool, cleared, next_step
from cypn_procurement.tariffs import Tariff

Subset = tuple[Member, ...]
LAW = settings(max_examples=500, deadline=None)


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    """Tiers whose prices fall or stay, with a fixed fee and a smallest order now and then."""
    starts = sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=4)))
    drops = draw(st.lists(st.integers(0, 30), min_size=len(starts), max_size=len(starts)))
    prices = [120 - sum(drops[: at + 1]) for at in range(len(starts))]
    return Tariff(
        tiers=tuple(zip(starts, prices, strict=True)),
        fixed=draw(st.integers(0, 200)),
        least=draw(st.integers(1, 6)),
        most=10_000,
    )


@st.composite
def members(draw: st.DrawFn) -> list[Member]:
    """Up to seven members; some insist and so have no cap."""
    caps = st.none() | st.integers(0, 200)
    drawn = draw(st.lists(st.tuples(st.integers(1, 5), caps), min_size=1, max_size=7))
    return [Member(f"n{at}", quantity, cap) for at, (quantity, cap) in enumerate(drawn)]


def sustaining(tariff: Tariff, everybody: list[Member]) -> list[Subset]:
    """Every subset in which nobody pays more than its cap, by trying them all."""
    sizes = range(1, len(everybody) + 1)
    subsets = chain.from_iterable(combinations(everybody, size) for size in sizes)
    return [each for each in subsets if _sustains(tariff, each)]


def _sustains(tariff: Tariff, subset: Subset) -> bool:
    quantity = sum(member.quantity for member in subset)
    outlay = tariff.outlay(quantity)
    if outlay is None:
        return False
    return all(member.cap is None or outlay <= member.cap * quantity for member in subset)


def saved(tariff: Tariff, subset: Subset) -> int:
    """Total saving of a subset's members who have a cap, in pence times the whole quantity."""
    quantity = sum(member.quantity for member in subset)
    outlay = tariff.outlay(quantity) or 0
    capped = [member for member in subset if member.cap is not None]
    worth = sum((m.cap or 0) * m.quantity for m in capped) * quantity
    return worth - outlay * sum(m.quantity for m in capped)


def by_price(pool: Pool) -> float:
    return pool.outlay / pool.quantity


@LAW
@given(tariffs(), members())
def test_the_pool_contains_every_set_that_sustains_itself(
    tariff: Tariff, everybody: list[Member]
) -> None:
    """It is the unique largest one, found without looking at the subsets."""
    pool, all_sets = cleared(tariff, everybody), sustaining(tariff, everybody)
    ours = set(pool.shares) if pool else set()
    assert ours == {member.id for each in all_sets for member in each}
    assert pool is None or ours in [{member.id for member in each} for each in all_sets]


@LAW
@given(st.lists(tariffs(), min_size=1, max_size=3), members())
def test_clearing_each_quote_finds_the_greatest_saving_of_all_sets_and_quotes(
    quotes: list[Tariff], everybody: list[Member]
) -> None:
    """No subset on any quote saves more in all than the best of the pools."""
    found = [(quote, pool) for quote in quotes if (pool := cleared(quote, everybody))]
    brute = [(q, each) for q in quotes for each in sustaining(q, everybody)]
    assert bool(found) == bool(brute)
    if found:
        quote, pool = min(found, key=lambda pair: by_price(pair[1]))
        ours = tuple(member for member in everybody if member.id in pool.shares)
        per_unit = saved(quote, ours) / pool.quantity
        assert per_unit >= max(saved(q, s) / sum(m.quantity for m in s) for q, s in brute) - 1e-6


@LAW
@given(tariffs(), members())
def test_shares_add_up_and_nobody_pays_above_its_cap(
    tariff: Tariff, everybody: list[Member]
) -> None:
    """Budgets balance to the penny; each pays within a penny of the equal price, never over."""
    pool = cleared(tariff, everybody)
    if pool is None:
        return
    assert sum(pool.shares.values()) == pool.outlay == tariff.outlay(pool.quantity)
    for member in everybody:
        if member.id not in pool.shares:
            continue
        share = pool.shares[member.id]
        assert abs(share * pool.quantity - pool.outlay * member.quantity) < pool.quantity
        assert member.cap is None or share <= member.cap * member.quantity
        alone = tariff.outlay(member.quantity)
        assert alone is None or share <= alone


@LAW
@given(tariffs(), members(), st.integers(1, 5), st.none() | st.integers(0, 200))
def test_one_member_more_never_raises_a_price(
    tariff: Tariff, everybody: list[Member], quantity: int, cap: int | None
) -> None:
    """Whoever was in stays in, and pays no more than a penny more (whole pence)."""
    before = cleared(tariff, everybody)
    after = cleared(tariff, [*everybody, Member("new", quantity, cap)])
    if before is None:
        return
    assert after is not None
    assert before.shares.keys() <= after.shares.keys()
    assert after.outlay * before.quantity <= before.outlay * after.quantity
    assert all(after.shares[each] <= share + 1 for each, share in before.shares.items())


@LAW
@given(tariffs(), members(), st.randoms())
def test_the_order_of_input_plays_no_part(
    tariff: Tariff, everybody: list[Member], chance: object
) -> None:
    """The odd penny goes by the share's own id."""
    shuffled = list(everybody)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert cleared(tariff, shuffled) == cleared(tariff, everybody)


@LAW
@given(tariffs(), members(), st.integers(0, 12))
def test_what_is_left_of_a_quote_is_never_oversold(
    tariff: Tariff, everybody: list[Member], left: int
) -> None:
    """Where capacity binds, the pool is smaller but still sustains itself."""
    short = Tariff(tiers=tariff.tiers, fixed=tariff.fixed, least=tariff.least, most=left)
    pool = cleared(short, everybody)
    if pool:
        assert pool.quantity <= left
        assert _sustains(short, tuple(m for m in everybody if m.id in pool.shares))


@LAW
@given(tariffs(), members())
def test_the_step_told_would_really_lower_the_price(
    tariff: Tariff, everybody: list[Member]
) -> None:
    """With so many more units and those who then join, everybody in is at the told price."""
    pool = cleared(tariff, everybody)
    step = next_step(tariff, everybody, pool)
    if step is None:
        return
    grown = cleared(tariff, [*everybody, Member("more", step.more, None)])
    assert grown is not None
    assert grown.outlay <= step.unit_pence * grown.quantity
    assert pool is None or pool.shares.keys() <= grown.shares.keys()


@LAW
@given(tariffs(), members(), st.integers(0, 90))
def test_each_bears_its_own_delivery_and_nobody_loses_by_another_s(
    tariff: Tariff, everybody: list[Member], drop: int
) -> None:
    """The pool still holds every set that sustains itself, and no share is above a cap."""
    delivered = evolve(tariff, drop=drop)
    pool = cleared(delivered, everybody)
    inside = pool.shares if pool else {}
    for each in everybody:
        share = inside.get(each.id)
        assert share is None or each.saving(share) >= 0
    sizes = range(1, len(everybody) + 1)
    for subset in chain.from_iterable(combinations(everybody, size) for size in sizes):
        quantity = sum(member.quantity for member in subset)
        common = tariff.outlay(quantity)
        if common is not None and all(m.gains(common, quantity, drop) for m in subset):
            assert {member.id for member in subset} <= inside.keys()
