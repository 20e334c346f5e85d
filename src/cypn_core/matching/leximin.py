"""Seasonal rounds: many needs and many offers at once, fair by nested-cardinality leximin.

Level *l* of a group is that it has at least *l* sessions a week. As many groups as possible reach
level 1; with that fixed, as many as possible level 2; and so on. Levels are absolute, so asking for
more brings nobody forward. What is still equal goes by the turn order, group by group, level by
level; only then does a group's own preference choose among its own choices.

This module says what a fair answer is. A solver that proves one needs the extra ``rounds``;
:class:`InTurn` is what answers without it, and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from attrs import define, field, frozen

from cypn_core.domain.ids import PostingId
from cypn_core.domain.rounds import Contender
from cypn_core.matching.turn import in_turn, why

NOTHING_FITS = "Nothing that is offered fits; the reasons stand beside each offer."
MORE_WITHOUT = (
    "With it yours, more groups, or one whose turn came before yours, would have gone without."
)


@frozen(kw_only=True)
class Choice:
    """One way to meet a wish: what it takes of each cell, such as one thing at one hour of a week.

    *sessions* is how many a week it brings; *score* is the group's own preference, higher is
    better, and counts only among that group's choices.
    """

    key: str
    takes: Mapping[str, int]
    sessions: int = 1
    score: float = 0.0


@frozen(kw_only=True)
class Wish:
    """A need in a season, of *group*; it gets one of its *choices* or none."""

    contender: Contender
    group: str
    choices: tuple[Choice, ...] = ()

    @property
    def need(self) -> PostingId:
        """The need that wishes."""
        return self.contender.need


@define(frozen=True, kw_only=True, slots=False)
class Season:
    """All wishes of a season; *capacity* is how much of each cell there is, 1 if it is silent."""

    wishes: tuple[Wish, ...]
    capacity: Mapping[str, int] = field(factory=dict)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups, in the turn order of each one's first wish."""
        owner = {wish.need: wish.group for wish in self.wishes}
        order = in_turn(wish.contender for wish in self.wishes)
        return tuple(dict.fromkeys(owner[contender.need] for contender in order))

    @cached_property
    def in_turn(self) -> tuple[Wish, ...]:
        """The wishes in the turn order."""
        by_need = {wish.need: wish for wish in self.wishes}
        return tuple(by_need[each.need] for each in in_turn(w.contender for w in self.wishes))

    @cached_property
    def top(self) -> int:
        """The most sessions a week that any group could reach."""
        most = Counter[str]()
        for wish in self.wishes:
            most[wish.group] += max((choice.sessions for choice in wish.choices), default=0)
        return max(most.values(), default=0)

    def fits(self, chosen: Sequence[Choice]) -> bool:
        """True when every cell has capacity for all of *chosen*."""
        used = Counter[str]()
        for choice in chosen:
            used.update(choice.takes)
        return all(amount <= self.capacity.get(cell, 1) for cell, amount in used.items())

    def sessions(self, given: Mapping[PostingId, Choice]) -> Counter[str]:
        """How many sessions a week each group has."""
        found = Counter[str]()
        for wish in self.wishes:
            if wish.need in given:
                found[wish.group] += given[wish.need].sessions
        return found


@frozen
class Level:
    """How many groups *reached* a level, and the *bound* that no allotment can exceed."""

    reached: int
    bound: int


@frozen(kw_only=True)
class Allotment:
    """What each need gets in a season, and how good that is proven to be."""

    given: Mapping[PostingId, Choice]
    levels: tuple[Level, ...]
    proven: bool
    method: str

    @property
    def gap(self) -> float:
        """The widest gap between reached and bound, as a share of the bound; 0 when proven."""
        gaps = [(each.bound - each.reached) / each.bound for each in self.levels if each.bound]
        return max(gaps, default=0.0)


class SeasonAllocator(Protocol):
    """Decides a whole season at once."""

    def allot(self, season: Season) -> Allotment:
        """What each need gets; ties by the turn order."""
        ...


class InTurn:
    """Without a solver: one session for each group in turn, then another turn, until all is gone.

    It equals the turn order on one slot and is fair in that order, but may serve fewer groups than
    could be served; so it proves nothing, and its bounds are only the groups that could fit.
    """

    method = (
        "In turn, one at a time: the extra 'rounds' is not installed, so it is not proven that "
        "most groups got something."
    )

    def allot(self, season: Season) -> Allotment:
        """See :meth:`SeasonAllocator.allot`."""
        given: dict[PostingId, Choice] = {}
        before = -1
        while before < len(given):
            before = len(given)
            self._turn(season, given)
        counts = levels(season, given)
        bounds = _could(season)
        return Allotment(
            given=given,
            levels=tuple(Level(n, most) for n, most in zip(counts, bounds, strict=True)),
            proven=counts == bounds,
            method=self.method,
        )

    def _turn(self, season: Season, given: dict[PostingId, Choice]) -> None:
        """Every group that can be served gets one wish more."""
        served = set[str]()
        for wish in season.in_turn:
            if wish.group in served or wish.need in given:
                continue
            choice = next(_free(season, wish, given), None)
            if choice is not None:
                given[wish.need] = choice
                served.add(wish.group)


def _free(season: Season, wish: Wish, given: Mapping[PostingId, Choice]) -> Iterator[Choice]:
    """The choices of *wish* that still fit, the best first."""
    for choice in sorted(wish.choices, key=lambda each: (-each.score, each.key)):
        if season.fits([*given.values(), choice]):
            yield choice


def levels(season: Season, given: Mapping[PostingId, Choice]) -> tuple[int, ...]:
    """How many groups reach level 1, 2, … up to the top of the season."""
    have = season.sessions(given).values()
    return tuple(sum(n >= level for n in have) for level in range(1, season.top + 1))


def _could(season: Season) -> tuple[int, ...]:
    """How many groups could reach each level if nobody else were there."""
    best = {
        wish.need: max(wish.choices, key=lambda each: each.sessions)
        for wish in season.wishes
        if wish.choices
    }
    return levels(season, best)


def rivals(season: Season, wish: Wish) -> int:
    """How many other groups could have had something of what *wish* could have had."""
    cells = {cell for choice in wish.choices for cell in choice.takes}
    return len(
        {
            other.group
            for other in season.wishes
            if other.group != wish.group
            and any(not cells.isdisjoint(choice.takes) for choice in other.choices)
        }
    )


def sentence(season: Season, allotment: Allotment, wish: Wish) -> str:
    """One sentence for whoever wished: what it got, or why it did not."""
    if wish.need in allotment.given:
        others = rivals(season, wish)
        wanted = f"{others} other groups wanted" if others != 1 else "1 other group wanted"
        return f"It is yours; {wanted} some of what could have been yours."
    if not wish.choices:
        return NOTHING_FITS
    have = allotment_of(season, allotment, wish.group)
    if have:
        return f"Your group has {have} a week already; other groups' turns came before more."
    return _why_not(season, allotment, wish)


def allotment_of(season: Season, allotment: Allotment, group: str) -> int:
    """How many sessions a week *group* gets."""
    return season.sessions(allotment.given)[group]


def _why_not(season: Season, allotment: Allotment, wish: Wish) -> str:
    """By the turn order where every winner in the way came before; else by the count of groups."""
    cells = {cell for choice in wish.choices for cell in choice.takes}
    ahead = [
        other.contender
        for other in season.wishes
        if other.need in allotment.given and not cells.isdisjoint(allotment.given[other.need].takes)
    ]
    if not ahead:
        return MORE_WITHOUT
    last = in_turn([*ahead, wish.contender])[-1]
    if last is not wish.contender:
        return MORE_WITHOUT
    return why(in_turn(ahead)[-1], wish.contender)
