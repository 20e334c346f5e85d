"""A season by leximin equals brute force, and the turn order where there is one slot."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_core.application import seasons as seasons_module
from cypn_core.application.season_milp import Leximin
from cypn_core.domain.ids import PostingId
from cypn_core.domain.rounds import Contender, Priority
from cypn_core.matching.leximin import (
    MORE_WITHOUT,
    NOTHING_FITS,
    Choice,
    InTurn,
    Season,
    SeasonAllocator,
    Wish,
    levels,
    sentence,
)
from cypn_core.matching.turn import in_turn

DAY = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
ALLOCATORS: list[SeasonAllocator] = [Leximin(), InTurn()]

contenders = st.builds(
    Contender,
    need=st.uuids().map(lambda u: PostingId(u.hex)),
    posted=st.integers(0, 3).map(lambda n: DAY + dt.timedelta(days=n)),
    served=st.integers(0, 2),
    refusals=st.integers(0, 1),
    priority=st.sampled_from(Priority),
)
choices = st.builds(
    Choice,
    key=st.uuids().map(str),
    takes=st.sets(st.sampled_from("abcd"), min_size=1, max_size=2).map(
        lambda s: dict.fromkeys(s, 1)
    ),
    sessions=st.integers(1, 2),
    score=st.integers(-3, 0).map(float),
)
wishes = st.builds(
    Wish,
    contender=contenders,
    group=st.sampled_from(["north", "south", "east", "west"]),
    choices=st.lists(choices, max_size=3).map(tuple),
)
seasons = st.builds(
    Season,
    wishes=st.lists(wishes, min_size=1, max_size=5, unique_by=lambda w: w.need).map(tuple),
    capacity=st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2)),
)


def worth(season: Season, taken: Mapping[PostingId, Choice]) -> tuple[object, ...]:
    """What leximin compares: groups at each level, whose turn it was, and each one's regret."""
    have = season.sessions(taken)
    marks = [have[group] >= n for n in range(1, season.top + 1) for group in season.groups]
    best = {w.need: max((c.score for c in w.choices), default=0.0) for w in season.wishes}
    regret = sum(best[need] - choice.score for need, choice in taken.items())
    return (levels(season, taken), marks, -regret)


@settings(max_examples=120)
@given(season=seasons)
def test_leximin_equals_brute_force(season: Season) -> None:
    """No way to give out the choices is better at any level, turn or preference."""
    best = None
    for picked in itertools.product(*[(None, *wish.choices) for wish in season.wishes]):
        pairs = zip(season.wishes, picked, strict=True)
        taken = {wish.need: choice for wish, choice in pairs if choice is not None}
        if season.fits(list(taken.values())):
            value = worth(season, taken)
            best = value if best is None else max(best, value)
    found = Leximin().allot(season)
    assert season.fits(list(found.given.values()))
    assert worth(season, found.given) == best
    assert found.proven
    assert found.gap == 0
    assert tuple(level.reached for level in found.levels) == levels(season, found.given)


@pytest.mark.parametrize("allocator", ALLOCATORS, ids=lambda a: type(a).__name__)
@settings(max_examples=60)
@given(
    drawn=st.lists(contenders, min_size=1, max_size=8, unique_by=lambda c: c.need),
    places=st.integers(1, 4),
)
def test_on_one_slot_the_turn_order_decides(
    allocator: SeasonAllocator, drawn: list[Contender], places: int
) -> None:
    """One slot with so many places goes to the first in turn, whoever decides."""
    slot = (Choice(key="it", takes={"slot": 1}),)
    asked = tuple(Wish(contender=each, group=each.need, choices=slot) for each in drawn)
    found = allocator.allot(Season(wishes=asked, capacity={"slot": places}))
    assert set(found.given) == {each.need for each in in_turn(drawn)[:places]}


@settings(max_examples=40)
@given(season=seasons, data=st.data())
def test_the_order_of_input_changes_nothing(season: Season, data: st.DataObject) -> None:
    """Wishes in another order get the same."""
    other = Season(
        wishes=tuple(data.draw(st.permutations(season.wishes))), capacity=season.capacity
    )
    for allocator in ALLOCATORS:
        assert allocator.allot(other).given == allocator.allot(season).given


@settings(max_examples=60)
@given(season=seasons)
def test_in_turn_is_possible_and_never_above_its_bounds(season: Season) -> None:
    """Without a solver what is given fits, serves no more than leximin, and claims no more."""
    found, best = InTurn().allot(season), Leximin().allot(season)
    assert season.fits(list(found.given.values()))
    assert all(level.reached <= level.bound for level in found.levels)
    assert levels(season, found.given) <= levels(season, best.given)
    if found.proven:
        assert levels(season, found.given) == levels(season, best.given)


@settings(max_examples=40)
@given(season=seasons)
def test_every_wish_gets_one_sentence(season: Season) -> None:
    """Winners and losers alike are told why, in one sentence that is not empty."""
    for allocator in ALLOCATORS:
        found = allocator.allot(season)
        assert all(sentence(season, found, wish).endswith((".", ". ")) for wish in season.wishes)


def ask(name: str, *cells: str, served: int = 0, group: str = "") -> Wish:
    """A wish for any one of *cells*."""
    contender = Contender(need=PostingId(name), posted=DAY, served=served)
    each = tuple(Choice(key=cell, takes={cell: 1}, score=-n) for n, cell in enumerate(cells))
    return Wish(contender=contender, group=group or name, choices=each)


def test_asking_for_more_brings_nobody_forward() -> None:
    """A group with three wishes has its second only where nobody else has to go without."""
    greedy = [ask(f"g{n}", "mon", "tue", "wed", group="g") for n in range(3)]
    season = Season(wishes=(*greedy, ask("a", "mon", served=9), ask("b", "tue", served=9)))
    found = Leximin().allot(season)
    assert {"a", "b"} <= set(found.given)
    assert [level.reached for level in found.levels] == [3, 0, 0]


def test_who_loses_is_told_the_reason() -> None:
    """By the turn order where that decided; by the number of groups where that did."""
    season = Season(wishes=(ask("a", "mon"), ask("b", "mon", served=5), ask("c")))
    found = Leximin().allot(season)
    said = [sentence(season, found, wish) for wish in season.wishes]
    assert said == [
        "It is yours; 1 other group wanted some of what could have been yours.",
        "Another group has been served less in the last 365 days, so it came first.",
        NOTHING_FITS,
    ]
    both = Choice(key="both", takes={"mon": 1, "tue": 1})
    wide = Wish(contender=Contender(need=PostingId("w"), posted=DAY), group="w", choices=(both,))
    more = Season(wishes=(wide, ask("a", "mon", served=1), ask("b", "tue", served=1)))
    assert sentence(more, Leximin().allot(more), wide) == MORE_WITHOUT


def test_out_of_time_the_best_so_far_is_kept_with_its_gap() -> None:
    """No second to think: nothing is proven, nothing is claimed, and what is given fits."""
    season = Season(wishes=tuple(ask(f"n{n}", "mon", "tue") for n in range(4)))
    found = Leximin(seconds=0).allot(season)
    assert not found.proven
    assert found.gap == 1
    assert season.fits(list(found.given.values()))


def test_without_the_solver_the_queue_answers_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leximin where SciPy is installed; else everybody in turn, and the extra is named."""
    season = Season(wishes=(ask("a", "mon"), ask("b", "mon")))
    assert seasons_module.allocator().allot(season).method.startswith("Leximin")
    monkeypatch.setattr(seasons_module, "find_spec", lambda name: None)
    told = seasons_module.allocator().allot(season)
    assert "extra 'rounds' is not installed" in told.method
    assert len(told.given) == 1
