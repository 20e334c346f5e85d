"""Progress before close: bands by the clock, and what a differencing attack learns of them.

The attacker knows how publishing works, who is in at any time and all that it commits itself; it
sees every publication. It keeps all worlds (the others' quantities) that fit what it has seen.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.progress import PARTS, Publication, Settings, published, size_class

START = dt.datetime(2027, 3, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
QUANTITIES = (1, 3, 4, 7)
"""What the others may have in the attack, so that all worlds can be tried."""
OTHERS = ("a", "b", "c")
RULES = Settings(target=24, every=HOUR, fewest=3)

Moves = list[tuple[str, int]]
"""Who changes, and the attacker's new quantity (0: it leaves); another comes, or leaves again."""
Seen = list[str]
Watch = Callable[[dict[str, int], Moves], Seen]

MOVES = st.lists(
    st.tuples(st.sampled_from((*OTHERS, "me1", "me2")), st.integers(0, 24)), min_size=3, max_size=15
)


def steps(world: dict[str, int], moves: Moves) -> Iterable[tuple[str, dict[str, int]]]:
    """After each move: who moved, and the quantities of those who are in."""
    inside: dict[str, int] = {}
    for who, own in moves:
        wanted = own if who.startswith("me") else world[who] * (who not in inside)
        inside = {name: quantity for name, quantity in inside.items() if name != who}
        if wanted:
            inside[who] = wanted
        yield who, inside


def ours(world: dict[str, int], moves: Moves, rules: Settings = RULES) -> Seen:
    """All publications; a move takes 20 minutes, and whoever moved counts as changed."""
    seen: Seen = []
    shown: Publication | None = None
    changed: set[str] = set()
    for at, (who, inside) in enumerate(steps(world, moves)):
        changed.add(who)
        now = START + at * HOUR / 3
        told = published(shown, now, list(inside.values()), changed, rules)
        if told is not shown and told is not None:
            seen.append(f"{at}: {told.groups}, {told.share}")
            shown, changed = told, set()
    return seen


def bands_at_once(world: dict[str, int], moves: Moves) -> Seen:
    """The control: exact sums in bands of the target, on every change."""
    totals = (sum(inside.values()) for _, inside in steps(world, moves))
    return [PARTS[min(4, 4 * total // RULES.target)] for total in totals]


def totals_at_once(world: dict[str, int], moves: Moves) -> Seen:
    """The plainest control: the total, on every change."""
    return [str(sum(inside.values())) for _, inside in steps(world, moves)]


def learned(watch: Watch, moves: Moves) -> Iterator[tuple[str, set[int]]]:
    """For each other organisation in each world: the quantities that fit all that is seen there."""
    alike: dict[tuple[str, ...], list[dict[str, int]]] = defaultdict(list)
    for drawn in product(QUANTITIES, repeat=len(OTHERS)):
        world = dict(zip(OTHERS, drawn, strict=True))
        alike[tuple(watch(world, moves))].append(world)
    for fitting in alike.values():
        yield from ((name, {world[name] for world in fitting}) for name in OTHERS)


def probes(others: str) -> Moves:
    """Each of *others* comes in turn; after each the attacker tries all of its quantities."""
    return [
        move
        for name in others
        for move in ((name, 0), *(("me1", own) for own in range(25)), ("me1", 0))
    ]


@settings(max_examples=500, deadline=None)
@given(MOVES)
def test_nobody_learns_a_quantity_by_joining_and_leaving(moves: Moves) -> None:
    """Whatever the moves and the world, all quantities of a size class still fit."""
    for _, fitting in learned(ours, moves):
        classes = {size_class(quantity) for quantity in fitting}
        assert fitting == {q for q in QUANTITIES if size_class(q) in classes}


@settings(max_examples=500, deadline=None)
@given(
    st.dictionaries(st.sampled_from(OTHERS), st.integers(0, 12), min_size=3, max_size=3),
    st.data(),
    MOVES,
    st.integers(1, 400),
)
def test_worlds_of_equal_classes_look_the_same(
    powers: dict[str, int], data: st.DataObject, moves: Moves, target: int
) -> None:
    """For quantities of any size: all that is ever shown is the same in both worlds."""
    bounds = {n: (1 if p < 2 else 1 << p, max(3, (2 << p) - 1)) for n, p in powers.items()}
    one, other = (
        {name: data.draw(st.integers(*bound)) for name, bound in bounds.items()} for _ in range(2)
    )
    rules = Settings(target=target, every=HOUR)
    assert ours(one, moves, rules) == ours(other, moves, rules)


@pytest.mark.parametrize(
    ("control", "moves"),
    [(bands_at_once, probes("abc")), (totals_at_once, [(name, 0) for name in OTHERS])],
)
def test_the_same_attack_succeeds_on_what_is_published_at_every_change(
    control: Watch, moves: Moves
) -> None:
    """The control: by probing the edges of the bands the attacker learns every quantity."""
    assert all(len(fitting) == 1 for _, fitting in learned(control, moves))


def test_that_attack_fails_on_ours() -> None:
    """The very probes of the control, by one account and by two."""
    alone = probes("abc")
    both = [move for who, own in alone for move in ((who, own), ("me2", own))]
    for moves in (alone, both):
        assert all(len(fitting) > 1 for _, fitting in learned(ours, moves))


@settings(max_examples=500, deadline=None)
@given(st.lists(st.frozensets(st.sampled_from("abcdefg"), max_size=5), max_size=12))
def test_nothing_new_before_its_time_or_by_fewer_than_three(ticks: list[frozenset[str]]) -> None:
    """The clock ticks every half hour; each tick brings changes by some."""
    shown: Publication | None = None
    waiting: frozenset[str] = frozenset()
    for at, changed in enumerate(ticks):
        waiting |= changed
        now = START + at * HOUR / 2
        told = published(shown, now, [1, 2, 3], waiting, RULES)
        due = shown is None or now >= shown.at + HOUR
        assert (told is not shown) == (due and len(waiting) >= 3)
        shown, waiting = told, frozenset() if told is not shown else waiting


def test_bands_in_words() -> None:
    """Four groups with about a quarter of the target; members are counted as they are."""
    told = published(None, START, [4, 5, 6, 7], {"a", "b", "c"}, Settings(target=100))
    assert told == Publication(
        at=START, groups="3 to 5 groups", share="about a quarter of the target"
    )
    by_group = Settings(target=8, by_group=True)
    told = published(None, START, [1] * 6, {"a", "b", "c"}, by_group)
    assert told is not None
    assert (told.groups, told.share) == ("6 to 10 groups", "about three quarters of the target")


@settings(max_examples=500, deadline=None)
@given(st.integers(1, 10_000))
def test_a_class_stands_for_its_quantities(quantity: int) -> None:
    """It is within half of each, or counts one too many."""
    assert abs(size_class(quantity) - quantity) <= max(1, quantity / 2)


def test_settings_that_protect_nobody_are_refused() -> None:
    """The message says what to mend."""
    with pytest.raises(ValueError, match=r"^fewest must be 2 or more"):
        Settings(target=10, fewest=1)
    with pytest.raises(ValueError, match=r"^every must be longer"):
        Settings(target=10, every=dt.timedelta(0))
    with pytest.raises(ValueError, match=r"^target must be 1 or more"):
        Settings(target=0)
    with pytest.raises(ValueError, match=r"^quantity must be 1 or more"):
        size_class(0)
