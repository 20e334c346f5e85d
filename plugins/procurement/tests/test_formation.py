"""Formation against every choice that there is, and what it says of those left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.clearing import Member, Pool, pooled
from cypn_procurement.formation import form as forming
from cypn_procurement.formation.form import form
from cypn_procurement.formation.greedy import ceiling
from cypn_procurement.formation.told import Advice, Move, advice, left_out
from cypn_procurement.formation.values import Pools, Problem
from cypn_procurement.tariffs import Tariff

LAW = settings(max_examples=500, deadline=None)
RETAINER = Tariff(tiers=((1, 120_000), (4, 90_000), (8, 70_000)), most=100)
CAPS = (150_000, 130_000, 120_000, 100_000, 95_000, 85_000)


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    """Whatever a supplier may ask for: tiers of both kinds, fees, packs, limits."""
    starts = sorted(draw(st.sets(st.integers(1, 9), min_size=1, max_size=3)))
    drops = draw(st.lists(st.integers(0, 40), min_size=len(starts), max_size=len(starts)))
    prices = [120 - sum(drops[: at + 1]) for at in range(len(starts))]
    return Tariff(
        tiers=tuple(zip(starts, prices, strict=True)),
        fixed=draw(st.integers(0, 150)),
        least=draw(st.integers(1, 4)),
        most=draw(st.integers(1, 14)),
        drop=draw(st.sampled_from((0, 0, 15))),
        least_pence=draw(st.sampled_from((0, 0, 300))),
        pack=draw(st.sampled_from((1, 1, 2, 3))),
        incremental=draw(st.booleans()),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to five members and two quotes, of which some fit and some gather already."""
    quotes = {f"q{at}": each for at, each in enumerate(draw(st.lists(tariffs(), max_size=2)))}
    caps = st.none() | st.integers(0, 200)
    drawn = draw(st.lists(st.tuples(st.integers(1, 4), caps), min_size=1, max_size=5))
    members = tuple(Member(f"n{at}", units, cap) for at, (units, cap) in enumerate(drawn))
    some = st.frozensets(st.sampled_from(sorted(quotes))) if quotes else st.just(frozenset[str]())
    return Problem(
        members=members,
        quotes=quotes,
        fits={member.id: draw(some) for member in members},
        coordination=draw(st.sampled_from((0, 40, 200))),
        seated=draw(st.dictionaries(st.sampled_from(sorted(quotes)), st.just(frozenset({"n0"}))))
        if quotes
        else {},
    )


def choices(problem: Problem) -> Iterator[Pools]:
    """Every way of putting each member on a fitting quote, or on none, that nobody loses by."""
    wishes = [[None, *sorted(problem.fits[member.id])] for member in problem.members]
    for chosen in product(*wishes):
        groups: dict[str, list[Member]] = {}
        for member, quote in zip(problem.members, chosen, strict=True):
            if quote is not None:
                groups.setdefault(quote, []).append(member)
        pools = {quote: pooled(problem.quotes[quote], group) for quote, group in groups.items()}
        sold = {quote: pool for quote, pool in pools.items() if pool is not None}
        if len(sold) == len(groups) and nobody_loses(problem, sold):
            yield sold


def nobody_loses(problem: Problem, pools: Mapping[str, Pool]) -> bool:
    return all(
        member.cap is None or pence <= member.cap * member.quantity
        for pool in pools.values()
        for member, pence in ((problem.by_id[each], p) for each, p in pool.shares.items())
    )


def sound(problem: Problem, pools: Pools) -> None:
    """Nobody twice, nobody where it does not fit, nobody at a loss, every pool as it is sold."""
    placed = [each for pool in pools.values() for each in pool.shares]
    assert len(placed) == len(set(placed))
    for quote, pool in pools.items():
        assert all(quote in problem.fits[each] for each in pool.shares)
        assert pool == pooled(problem.quotes[quote], [problem.by_id[e] for e in pool.shares])
    assert nobody_loses(problem, pools)


@LAW
@given(problems())
def test_the_programme_gains_as_much_as_the_best_of_all_choices(problem: Problem) -> None:
    """Exact, proven, and its bound is met."""
    found = form(problem, seconds=60)
    sound(problem, found.pools)
    assert found.gain == max(map(problem.total, choices(problem)), default=0)
    assert found.proven
    assert found.gap == 0


@LAW
@given(problems())
def test_the_preview_is_sound_and_its_bound_is_one(problem: Problem) -> None:
    """Greedy may gain less than the best, never more than its bound tells."""
    found = form(problem, seconds=0)
    sound(problem, found.pools)
    best = max(map(problem.total, choices(problem)), default=0)
    assert 0 <= found.gain <= best <= found.bound
    assert best <= ceiling(problem)
    assert found.proven <= (found.gain == best)


@LAW
@given(problems(), st.randoms())
def test_the_order_of_needs_and_quotes_plays_no_part(problem: Problem, random: object) -> None:
    """Whoever asked first is not preferred."""
    members, quotes = list(problem.members), list(problem.quotes.items())
    random.shuffle(members)  # type: ignore[attr-defined]
    random.shuffle(quotes)  # type: ignore[attr-defined]
    other = evolve(problem, members=tuple(members), quotes=dict(quotes))
    assert form(other, 60).pools == form(problem, 60).pools
    assert form(other, 0).pools == form(problem, 0).pools


@LAW
@given(problems())
def test_each_who_is_left_out_is_told_why_and_nobody_else(problem: Problem) -> None:
    """A sentence for every one of them; each is in one pool at most of the advice."""
    found = form(problem, seconds=0)
    inside = {each for pool in found.pools.values() for each in pool.shares}
    told = left_out(problem, found)
    assert told.keys() == problem.by_id.keys() - inside
    assert all(told.values())
    assert {each.quote for each in advice(problem, found)} == found.pools.keys() | problem.seated


def test_without_scipy_the_preview_is_taken_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is missing: the method names what was done instead."""
    monkeypatch.setattr(forming, "find_spec", lambda name: None)
    assert "greedy" in form(hr(), 60).method


def hr(number: int = 6, **more: object) -> Problem:
    """P01's six, of whom so many ask."""
    members = tuple(Member(f"n{at}", 1, cap) for at, cap in enumerate(CAPS[:number]))
    fits = dict.fromkeys((member.id for member in members), frozenset({"hr"}))
    return Problem(members=members, quotes={"hr": RETAINER}, fits=fits, **more)  # type: ignore[arg-type]


def test_p01_five_at_900_and_the_sixth_would_lose_50() -> None:
    """P01: exact and preview alike; and how many more bring everybody to £700."""
    for seconds in (0, 60):
        found = form(hr(), seconds)
        assert sorted(found.pools["hr"].shares) == ["n0", "n1", "n2", "n3", "n4"]
        assert found.pools["hr"].outlay == 450_000
        (said,) = left_out(hr(), found).values()
        assert "would lose £50.00" in said
        assert "2 more members, with 1 not in yet, bring everybody to £700.00." in said


def test_a_pool_that_saves_less_than_it_costs_to_run_is_not_formed() -> None:
    """P06's spirit: two who save £10 between them do not open a pool that costs £60."""
    members = (Member("a", 1, 90_500), Member("b", 3, 90_200))
    problem = Problem(
        members=members,
        quotes={"hr": RETAINER},
        fits=dict.fromkeys("ab", frozenset({"hr"})),
        coordination=6_000,
    )
    found = form(problem, 60)
    assert not found.pools
    assert found.proven
    assert "£60.00" in left_out(problem, found)["a"]
    gathering = evolve(problem, seated={"hr": frozenset("a")})
    assert advice(gathering, form(gathering, 60)) == (
        Advice(move=Move.EXTEND, quote="hr", members=frozenset("ab")),
    )


def test_two_small_pools_are_advised_to_merge_and_one_too_many_to_split() -> None:
    """The one that is left empty goes to where its members are."""
    fits = dict.fromkeys("abcd", frozenset({"x", "y"}))
    members = tuple(Member(each, 1, 100) for each in "abcd")
    quotes = {each: Tariff(tiers=((1, 90), (4, 60)), most=9) for each in "xy"}
    apart = {"x": frozenset("ab"), "y": frozenset("cd")}
    both = Problem(members=members, quotes=quotes, fits=fits, seated=apart)
    moves = {each.move for each in advice(both, form(both, 60))}
    assert moves == {Move.EXTEND, Move.MERGE}
    small = {
        "x": Tariff(tiers=((1, 90), (2, 70)), most=2),
        "y": Tariff(tiers=((1, 90), (2, 70)), most=2),
    }
    full = evolve(both, quotes=small, seated={"x": frozenset("abcd")})
    assert [each.move for each in advice(full, form(full, 60))] == [Move.SPLIT, Move.FORM]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"members": (Member("n0", 1, 5), Member("n0", 1, 5))}, "once each"),
        ({"fits": {}}, "fits must name"),
        ({"seated": {"other": frozenset({"n0"})}}, "quotes must hold"),
        ({"coordination": -1}, "coordination"),
    ],
)
def test_a_wrong_problem_is_named(changes: dict[str, object], said: str) -> None:
    """Each error names the field."""
    with pytest.raises(ValueError, match=said):
        evolve(hr(), **changes)
