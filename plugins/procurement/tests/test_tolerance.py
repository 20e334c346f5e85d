"""The award against every subset, quote and order; its laws by the thousand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, combinations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.tariffs import Tariff
from cypn_procurement.tolerance import Award, Bid, award, spread

LAW = settings(max_examples=500, deadline=None)


@st.composite
def tariffs(draw: st.DrawFn, *, bounded: bool = False) -> Tariff:
    """Tiers with a fixed fee; if *bounded*, also packs, deliveries, orders by value, capacity."""
    starts = sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=4)))
    falls = draw(st.lists(st.integers(0, 30), min_size=len(starts), max_size=len(starts)))
    prices = [120 - sum(falls[: at + 1]) for at in range(len(starts))]
    return Tariff(
        tiers=tuple(zip(starts, prices, strict=True)),
        fixed=draw(st.integers(0, 200)),
        least=draw(st.integers(1, 6)),
        incremental=draw(st.booleans()),
        most=draw(st.integers(0, 30)) if bounded else 10_000,
        pack=draw(st.integers(1, 4)) if bounded else 1,
        drop=draw(st.integers(0, 60)) if bounded else 0,
        least_pence=draw(st.integers(0, 900)) if bounded else 0,
    )


@st.composite
def bids(draw: st.DrawFn, *, room: int = 0, top: int = 8) -> list[Bid]:
    """Up to *top* members, each with room for up to *room* units more; a few insist."""
    one = st.tuples(
        st.integers(1, 5), st.integers(0, room), st.none() | st.integers(0, 200), st.integers(0, 5)
    )
    drawn = draw(st.lists(one, min_size=1, max_size=top))
    return [
        Bid(id=f"n{at}", least=least, most=least + more, cap=cap, insists=chance == 0)
        for at, (least, more, cap, chance) in enumerate(drawn)
    ]


def quotes(*, bounded: bool = False) -> st.SearchStrategy[dict[str, Tariff]]:
    """One to three quotes."""
    each = tariffs(bounded=bounded)
    return st.dictionaries(st.sampled_from("abc"), each, min_size=1, max_size=3)


def by_id(everybody: Sequence[Bid]) -> dict[str, Bid]:
    return {bid.id: bid for bid in everybody}


def mind(bid: Bid, price: Fraction) -> bool:
    """Whether the price a unit is above what binds the member."""
    return bid.cap is not None and not bid.insists and price > bid.cap


def sustaining(
    offers: Mapping[str, Tariff], everybody: Sequence[Bid]
) -> Iterator[tuple[Sequence[Bid], Fraction]]:
    """Every subset at every quote and its largest order at which nobody loses, with its price."""
    sizes = range(1, len(everybody) + 1)
    for subset in chain.from_iterable(combinations(everybody, size) for size in sizes):
        quantity = sum(bid.most for bid in subset)
        for tariff in offers.values():
            outlay = tariff.outlay(quantity)
            if outlay is None:
                continue
            price = Fraction(outlay, quantity)
            if not any(mind(bid, price) for bid in subset):
                yield subset, price


def saved(subset: Sequence[Bid], price: Fraction) -> Fraction:
    """What those with a cap save together; who insists counts with its cap as well."""
    return sum(((b.cap - price) * b.most for b in subset if b.cap is not None), Fraction(0))


@LAW
@given(quotes(), bids())
def test_it_is_the_greatest_of_all_sets_over_all_quotes(
    offers: dict[str, Tariff], everybody: list[Bid]
) -> None:
    """With fixed quantities: everybody who is in any set that sustains itself, at least cost."""
    ours, brute = award(offers, everybody), list(sustaining(offers, everybody))
    members = set(ours.shares) if ours else set()
    assert members == {bid.id for subset, _ in brute for bid in subset}
    if ours:
        assert Fraction(ours.outlay, ours.quantity) == min(
            price for subset, price in brute if len(subset) == len(members)
        )


@LAW
@given(quotes(), bids())
def test_no_set_on_any_quote_saves_more_in_all(
    offers: dict[str, Tariff], everybody: list[Bid]
) -> None:
    """Counting those whose caps bind."""
    bound = [evolve(bid, insists=False, cap=bid.cap or 0) for bid in everybody]
    ours, brute = award(offers, bound), list(sustaining(offers, bound))
    best = max((saved(subset, price) for subset, price in brute), default=Fraction(0))
    members = [bid for bid in bound if ours and bid.id in ours.shares]
    price = Fraction(ours.outlay, ours.quantity) if ours else Fraction(0)
    assert saved(members, price) == best


@LAW
@given(quotes(), bids(room=4))
def test_with_room_no_order_on_any_quote_costs_these_members_less(
    offers: dict[str, Tariff], everybody: list[Bid]
) -> None:
    """Every order between the sums of least and most is tried."""
    ours = award(offers, everybody)
    everyone = {bid.id for subset, _ in sustaining(offers, everybody) for bid in subset}
    assert (set(ours.shares) if ours else set()) == everyone
    if ours is None:
        return
    members = [bid for bid in everybody if bid.id in ours.shares]
    span = range(sum(b.least for b in members), sum(b.most for b in members) + 1)
    outlays = [(q, t.outlay(q)) for q in span for t in offers.values()]
    sold = [(q, pence) for q, pence in outlays if pence is not None]
    fair = [p for q, p in sold if not any(mind(bid, Fraction(p, q)) for bid in members)]
    assert ours.outlay == min(fair)


@LAW
@given(tariffs(bounded=True), bids(room=6))
def test_within_packs_and_capacity_the_order_is_the_cheapest_for_its_members(
    tariff: Tariff, everybody: list[Bid]
) -> None:
    """A pack is rounded up only where the members' room can take it."""
    tariff = evolve(tariff, drop=0)
    ours = award({"a": tariff}, everybody)
    if ours is None:
        return
    members = [bid for bid in everybody if bid.id in ours.shares]
    span = range(sum(b.least for b in members), sum(b.most for b in members) + 1)
    sold = [(q, pence) for q in span if (pence := tariff.outlay(q)) is not None]
    assert ours.outlay == min(
        p for q, p in sold if not any(mind(bid, Fraction(p, q)) for bid in members)
    )


@LAW
@given(quotes(bounded=True), bids(room=4))
def test_nobody_pays_above_its_cap_or_more_than_alone_unless_it_insists(
    offers: dict[str, Tariff], everybody: list[Bid]
) -> None:
    """To the penny, whatever packs, deliveries and capacities there are."""
    ours = award(offers, everybody)
    for bid in everybody if ours else ():
        if ours is None or bid.id not in ours.shares or bid.insists:
            continue
        units, share = ours.quantities[bid.id], ours.shares[bid.id]
        assert bid.cap is None or share <= bid.cap * units
        alone = [pence for t in offers.values() if (pence := t.outlay(units)) is not None]
        assert share <= min(alone, default=share)


@LAW
@given(quotes(bounded=True), bids(room=4))
def test_units_and_pence_balance_and_the_price_is_equal(
    offers: dict[str, Tariff], everybody: list[Bid]
) -> None:
    """Exactly in sum, within a penny each, within least and most."""
    ours = award(offers, everybody)
    if ours is None:
        return
    tariff = offers[ours.quote]
    assert sum(ours.shares.values()) == ours.outlay
    assert ours.outlay == tariff.outlay(ours.quantity, len(ours.shares))
    assert sum(ours.quantities.values()) == ours.quantity
    common = ours.outlay - tariff.drop * len(ours.shares)
    for each, units in ours.quantities.items():
        bid = by_id(everybody)[each]
        assert bid.least <= units <= bid.most
        assert abs(ours.shares[each] - tariff.drop - Fraction(common * units, ours.quantity)) < 1


@LAW
@given(quotes(), bids(), bids(top=1))
def test_one_member_more_never_raises_a_price(
    offers: dict[str, Tariff], everybody: list[Bid], new: list[Bid]
) -> None:
    """Whoever was in stays in and pays a penny more at most, for whole pence."""
    before = award(offers, everybody)
    after = award(offers, [*everybody, evolve(new[0], id="new")])
    if before is None:
        return
    assert after is not None
    assert before.shares.keys() <= after.shares.keys()
    assert after.outlay * before.quantity <= before.outlay * after.quantity
    assert all(after.shares[each] <= share + 1 for each, share in before.shares.items())


@LAW
@given(quotes(bounded=True), bids(room=4), st.randoms(use_true_random=False))
def test_the_order_of_input_plays_no_part(
    offers: dict[str, Tariff], everybody: list[Bid], chance: random.Random
) -> None:
    """Neither that of members nor that of quotes."""
    shuffled = dict(chance.sample(list(offers.items()), len(offers)))
    others = chance.sample(everybody, len(everybody))
    assert award(shuffled, others) == award(offers, everybody)


def worth(bid: Bid, found: Award | None) -> int:
    """What the award is worth to the member, in pence below its true cap."""
    if found is None or bid.id not in found.shares:
        return 0
    return (bid.cap or 0) * found.quantities[bid.id] - found.shares[bid.id]


@LAW
@given(quotes(), bids(), st.none() | st.integers(0, 250))
def test_with_fixed_quantities_no_member_gains_by_misreporting_its_cap(
    offers: dict[str, Tariff], everybody: list[Bid], said: int | None
) -> None:
    """The first member tries, be it by naming none."""
    truth = evolve(everybody[0], cap=everybody[0].cap or 0, insists=False)
    honest = award(offers, [truth, *everybody[1:]])
    lied = award(offers, [evolve(truth, cap=said), *everybody[1:]])
    assert worth(truth, lied) <= worth(truth, honest)


def test_the_room_is_used_only_for_what_makes_all_cheaper() -> None:
    """Ten cost less than nine: the room reaches for the tier, and for no more than that."""
    pens = {"a": Tariff(tiers=((1, 100), (10, 80)), most=99)}
    found = award(pens, [Bid(id="x", least=4, most=9), Bid(id="y", least=5, most=5)])
    assert found is not None
    assert (found.quantity, dict(found.quantities)) == (10, {"x": 5, "y": 5})


def test_a_pack_is_filled_from_room_or_not_at_all() -> None:
    """Seven of six to a pack: twelve if they can take it, otherwise the least willing is out."""
    pens = {"a": Tariff(tiers=((1, 100),), most=99, pack=6)}
    willing = [Bid(id=name, least=3, most=4, cap=200) for name in "xyz"]
    filled = award(pens, willing)
    fixed = award(pens, [evolve(bid, most=3) for bid in willing])
    assert filled is not None
    assert dict(filled.quantities) == {"x": 4, "y": 4, "z": 4}
    assert fixed is not None
    assert dict(fixed.quantities) == {"x": 3, "y": 3}


def test_each_bears_its_own_delivery() -> None:
    """A small buyer far away makes nobody else's units dearer."""
    milk = {"a": Tariff(tiers=((1, 100),), most=99, drop=300, fixed=100)}
    found = award(milk, [Bid(id="big", least=9, most=9, cap=200), Bid(id="small", least=1, most=1)])
    assert found is not None
    assert dict(found.shares) == {"big": 1290, "small": 410}


def test_room_is_shared_in_proportion() -> None:
    """Odd units go as odd pence do."""
    ranges = {"x": (1, 7), "y": (2, 5), "z": (1, 1)}
    members = [Bid(id=each, least=least, most=most) for each, (least, most) in ranges.items()]
    assert spread(members, 7) == {"x": 3, "y": 3, "z": 1}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"least": 0}, "least must be 1"),
        ({"most": 1}, "most must be no less"),
        ({"cap": -1}, "cap must be 0"),
    ],
)
def test_a_bad_bid_is_refused_with_its_field(wrong: dict[str, int], message: str) -> None:
    """The message begins with the field."""
    with pytest.raises(ValueError, match=f"^{message}"):
        Bid(**{"id": "x", "least": 2, "most": 3, **wrong})  # type: ignore[arg-type]
