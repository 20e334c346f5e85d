"""Which spaces share the dates of one need: the fewest, then the most dates, then the cheapest.

The search is exact while it stays within its number of steps, which it does for the few offers
that survive for one need; beyond that the best found so far stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from attrs import define, field, frozen

from cypn_venue_bank.enough import Enough

STEPS = 20_000
"""Sets of spaces that are looked at before the best so far is taken."""

Together = Callable[[int, int], bool]


@frozen
class Option:
    """A space: its free dates as bits, what each date costs in pence, and how well it fits else."""

    free: int
    pence: tuple[int, ...]
    score: float = 0.0


Chosen = tuple[tuple[int, int], ...]
"""The places of the chosen options in their sequence, each with the dates that it takes."""


def shared(
    options: Sequence[Option],
    goal: Enough,
    together: Together = lambda a, b: True,
    steps: int = STEPS,
) -> Chosen | None:
    """Two or more of *options* that reach *goal* between them, each date at the cheapest.

    None when one alone reaches it, as then nothing need be shared; or when they cannot.
    """
    if any(goal.met(option.free) for option in options) or not goal.met(_union(options)):
        return None
    search = _Search(options, goal, together, steps)
    for size in range(2, len(options) + 1):
        search.look((), 0, 0, size)
        if search.best is not None or search.steps <= 0:
            break
    best = search.best or _greedy(options, goal, together)
    return None if best is None else dealt(options, best)


def dealt(options: Sequence[Option], chosen: Sequence[int]) -> Chosen:
    """Each date to the cheapest of *chosen* that is free, then to the one that fits best."""
    parts = dict.fromkeys(chosen, 0)
    for date in range(_union([options[n] for n in chosen]).bit_length()):
        able = [n for n in chosen if options[n].free >> date & 1]
        if able:
            best = min(able, key=lambda n: (options[n].pence[date], -options[n].score, n))
            parts[best] |= 1 << date
    return tuple((n, mask) for n, mask in sorted(parts.items()) if mask)


@define
class _Search:
    """Depth first through the sets of one size, leaving out what cannot reach the goal."""

    options: Sequence[Option]
    goal: Enough
    together: Together
    steps: int
    best: tuple[int, ...] | None = None
    _key: tuple[float, ...] = ()
    _later: list[int] = field(factory=list)
    _widest: list[int] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        """What the options from each place on cover together, and the widest of them."""
        for n in range(len(self.options) + 1):
            rest = self.options[n:]
            self._later.append(_union(rest))
            self._widest.append(max((each.free.bit_count() for each in rest), default=0))

    def look(self, chosen: tuple[int, ...], mask: int, start: int, more: int) -> None:
        """Try every way to add *more* options from place *start* on."""
        self.steps -= 1
        if not more:
            self._weigh(chosen, mask)
            return
        for n in range(start, len(self.options) - more + 1):
            if self.steps <= 0 or not self._can(mask, n, more):
                return
            added = mask | self.options[n].free
            if added != mask and all(self.together(m, n) for m in chosen):
                self.look((*chosen, n), added, n + 1, more - 1)

    def _can(self, mask: int, start: int, more: int) -> bool:
        wide = mask.bit_count() + more * self._widest[start] >= self.goal.least
        return wide and self.goal.met(mask | self._later[start])

    def _weigh(self, chosen: tuple[int, ...], mask: int) -> None:
        self.steps -= mask.bit_length() // 16
        if self.goal.met(mask):
            key = _key(self.options, chosen, mask)
            if self.best is None or key < self._key:
                self.best, self._key = chosen, key


def _key(options: Sequence[Option], chosen: tuple[int, ...], mask: int) -> tuple[float, ...]:
    """Most dates, then cheapest, then best fit, then the order in which they came."""
    parts = [(options[n], each) for n, each in dealt(options, chosen)]
    fit = sum(option.score * each.bit_count() for option, each in parts)
    return (-mask.bit_count(), sum(cost(*part) for part in parts), -fit, *chosen)


def cost(option: Option, mask: int) -> int:
    """Pence for the dates of *mask* at *option*.

    >>> cost(Option(0b111, (5, 6, 7)), 0b101)
    12
    """
    return sum(pence for date, pence in enumerate(option.pence) if mask >> date & 1)


def _greedy(options: Sequence[Option], goal: Enough, together: Together) -> tuple[int, ...] | None:
    """Always the space that adds most dates, until they are enough."""
    mask, chosen = 0, list[int]()
    while not goal.met(mask):
        n = max(_adding(options, mask, chosen, together), default=None)
        if n is None:
            return None
        chosen.append(-n[2])
        mask |= options[-n[2]].free
    return tuple(sorted(chosen))


def _adding(
    options: Sequence[Option], mask: int, chosen: Sequence[int], together: Together
) -> Iterator[tuple[int, int, int]]:
    for n, option in enumerate(options):
        gain = (option.free & ~mask).bit_count()
        if gain and all(together(m, n) for m in chosen):
            yield gain, -cost(option, option.free & ~mask), -n


def _union(options: Sequence[Option]) -> int:
    mask = 0
    for option in options:
        mask |= option.free
    return mask
