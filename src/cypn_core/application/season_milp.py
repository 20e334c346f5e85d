"""Leximin by mixed-integer programming (HiGHS in SciPy): needs the extra ``rounds``.

Every level is one program; each keeps what the earlier ones reached. The turn order is then fixed
a dozen groups at a time, by weights that are powers of two, so that no later group outweighs an
earlier one and every number stays small enough to be exact.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from attrs import define, field
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from cypn_core.domain.ids import PostingId
from cypn_core.matching.leximin import Allotment, Choice, Level, Season, Wish

BATCH = 12
"""Groups whose turns are decided in one program."""
_HALF = 0.5


@define(kw_only=True)
class Leximin:
    """Proves an allotment within *seconds*; past them it keeps the best found and tells the gap."""

    seconds: float = 60.0
    method = "Leximin: as many groups as possible have one session a week, then two, and so on."

    def allot(self, season: Season) -> Allotment:
        """See :meth:`cypn_core.matching.leximin.SeasonAllocator.allot`."""
        if not season.top:
            return Allotment(given={}, levels=(), proven=True, method=self.method)
        program = _Program(season, time.monotonic() + self.seconds)
        reached = [program.widest(level) for level in range(season.top)]
        for level, each in enumerate(reached):
            if 0 < each.reached < len(season.groups):
                program.turns(level)
        program.prefer()
        return Allotment(
            given=program.given(),
            levels=tuple(reached),
            proven=program.proven,
            method=self.method,
        )


@define
class _Program:
    """Columns: a choice taken or not, then for each level a group that reaches it or not."""

    season: Season
    ends: float
    proven: bool = True
    picks: list[tuple[Wish, Choice]] = field(init=False)
    best: Any = field(init=False)
    _rows: list[dict[int, float]] = field(factory=list)
    _low: list[float] = field(factory=list)
    _high: list[float] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        """Capacity of each cell, one choice a wish, and levels that are reached in their order."""
        self.picks = [
            (wish, choice)
            for wish in self.season.in_turn
            for choice in sorted(wish.choices, key=lambda each: (-each.score, each.key))
        ]
        self.best = np.zeros(self._reach(self.season.top, 0))
        for cells, capacity in _cells(self.season, self.picks):
            self._keep(cells, -np.inf, capacity)
        self._one_a_wish()
        for group in range(len(self.season.groups)):
            self._levels(group)

    def _reach(self, level: int, group: int) -> int:
        """The column of *group* reaching *level*, counted from 0."""
        return len(self.picks) + level * len(self.season.groups) + group

    def _one_a_wish(self) -> None:
        mine: dict[PostingId, dict[int, float]] = {}
        for column, (wish, _) in enumerate(self.picks):
            mine.setdefault(wish.need, {})[column] = 1.0
        for row in mine.values():
            self._keep(row, -np.inf, 1.0)

    def _levels(self, group: int) -> None:
        name = self.season.groups[group]
        columns = [self._reach(level, group) for level in range(self.season.top)]
        row = {
            n: float(choice.sessions)
            for n, (wish, choice) in enumerate(self.picks)
            if wish.group == name
        }
        self._keep(row | dict.fromkeys(columns, -1.0), 0.0, np.inf)
        for lower, higher in pairwise(columns):
            self._keep({lower: 1.0, higher: -1.0}, 0.0, np.inf)

    def widest(self, level: int) -> Level:
        """As many groups as possible at *level*, kept from now on."""
        columns = [self._reach(level, group) for group in range(len(self.season.groups))]
        bound = self._solve(dict.fromkeys(columns, 1.0))
        reached = round(sum(self.best[columns]))
        self._keep(dict.fromkeys(columns, 1.0), reached, np.inf)
        return Level(reached, max(reached, min(bound, len(columns))))

    def turns(self, level: int) -> None:
        """Which groups are at *level*: the turn order, a batch at a time, kept from now on."""
        everyone = range(len(self.season.groups))
        for start in everyone[::BATCH]:
            batch = everyone[start : start + BATCH]
            columns = [self._reach(level, group) for group in batch]
            self._solve({column: 2.0 ** (BATCH - n) for n, column in enumerate(columns)})
            for column in columns:
                done = float(round(self.best[column]))
                self._keep({column: 1.0}, done, done)

    def prefer(self) -> None:
        """Each group's own preference among what it can have without changing anything above."""
        regrets = {n: _regret(wish, choice) for n, (wish, choice) in enumerate(self.picks)}
        worst = max(regrets.values(), default=0.0)
        if worst > 0:
            self._solve({n: -each / worst for n, each in regrets.items() if each})

    def given(self) -> Mapping[PostingId, Choice]:
        """What the best solution gives."""
        return {
            wish.need: choice for n, (wish, choice) in enumerate(self.picks) if self.best[n] > _HALF
        }

    def _keep(self, row: Mapping[int, float], low: float, high: float) -> None:
        self._rows.append(dict(row))
        self._low.append(low)
        self._high.append(high)

    def _solve(self, gain: Mapping[int, float]) -> int:
        """Maximise *gain*; the best solution stays in ``best``. Returns the bound, rounded down."""
        weights = np.zeros(len(self.best))
        weights[list(gain)] = [-value for value in gain.values()]
        left = self.ends - time.monotonic()
        if left <= 0:
            self.proven = False
            return len(self.best)
        found = milp(
            weights,
            integrality=np.ones(len(self.best)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(self._matrix(), self._low, self._high),
            options={"time_limit": left, "mip_rel_gap": 0.0},
        )
        if found.x is not None:
            self.best = np.round(found.x)
        self.proven = self.proven and found.status == 0
        bound = found.mip_dual_bound
        return len(self.best) if bound is None else int(np.floor(-bound + 1e-6))

    def _matrix(self) -> Any:
        shape = (len(self._rows), len(self.best))
        entries = [(n, column, v) for n, row in enumerate(self._rows) for column, v in row.items()]
        rows, columns, values = zip(*entries, strict=True)
        return csr_array((values, (rows, columns)), shape=shape)


def _regret(wish: Wish, choice: Choice) -> float:
    """How much worse *choice* is than the best of its own wish."""
    return max(each.score for each in wish.choices) - choice.score


def _cells(
    season: Season, picks: Sequence[tuple[Wish, Choice]]
) -> list[tuple[dict[int, float], float]]:
    """What the picks take of each cell, and its capacity; cells with the same takers only once."""
    takers: dict[str, dict[int, float]] = {}
    for column, (_, choice) in enumerate(picks):
        for cell, amount in choice.takes.items():
            takers.setdefault(cell, {})[column] = float(amount)
    tight: dict[tuple[tuple[int, float], ...], float] = {}
    for cell, row in takers.items():
        capacity = float(season.capacity.get(cell, 1))
        if sum(row.values()) > capacity:
            key = tuple(sorted(row.items()))
            tight[key] = min(capacity, tight.get(key, capacity))
    return [(dict(key), capacity) for key, capacity in tight.items()]
