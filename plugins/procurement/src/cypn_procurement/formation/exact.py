"""The pools that gain most, as a mixed-integer programme that HiGHS solves (extra ``formation``).

For each piece of a tariff it is chosen whether it is bought on, and who is in it:

- nobody is in two pools, and each quote serves one pool;
- a pool's order lies inside its piece, in whole packs;
- a member is in only with an order by which it does not lose, so no pool enrols anybody at a loss.

Needs and quotes that have nothing to do with each other are solved by themselves.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from attrs import field, frozen
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cypn_procurement.clearing import Pool, pooled
from cypn_procurement.formation.segments import Segment, segments
from cypn_procurement.formation.values import Pools, Problem

METHOD = "mixed-integer programme (HiGHS)"
SOLVED = 0


@frozen
class _Rows:
    """The constraints as they are written down, row by row."""

    entries: list[tuple[int, int, int]] = field(factory=list)
    limits: list[tuple[float, float]] = field(factory=list)

    def add(self, terms: Sequence[tuple[int, int]], low: float, high: float) -> None:
        """*low* <= the sum of factor times column <= *high*."""
        self.entries.extend((len(self.limits), column, factor) for column, factor in terms)
        self.limits.append((low, high))

    def constraint(self, columns: int) -> LinearConstraint:
        """All of them, for so many *columns*."""
        rows, places, factors = zip(*self.entries, strict=True)
        matrix = coo_array(
            (factors, (rows, places)), shape=(len(self.limits), columns), dtype=float
        )
        low, high = zip(*self.limits, strict=True)
        return LinearConstraint(matrix.tocsr(), low, high)


@frozen
class _Columns:
    """Which column says what: a segment is bought on, a member is in it, so many packs of it."""

    bought: Sequence[int]
    inside: Mapping[tuple[int, str], int]
    packs: Mapping[int, int]

    @classmethod
    def of(cls, problem: Problem, pieces: Sequence[Segment]) -> _Columns:
        number = len(pieces)
        inside = {}
        for at, piece in enumerate(pieces):
            for member in sorted(piece.starts):
                inside[at, member] = number
                number += 1
        packed = [at for at, each in enumerate(pieces) if problem.quotes[each.quote].pack > 1]
        return cls(range(len(pieces)), inside, {at: number + n for n, at in enumerate(packed)})

    def __len__(self) -> int:
        return len(self.bought) + len(self.inside) + len(self.packs)


def solve(problem: Problem, seconds: float) -> tuple[Pools, float]:
    """The best pools that were found within *seconds*, and the most that any could gain."""
    until = time.perf_counter() + seconds
    pools: dict[str, Pool] = {}
    bound = 0.0
    for pieces in _apart(list(segments(problem))):
        found, most = _solved(problem, pieces, max(0.05, until - time.perf_counter()))
        pools |= found
        bound += most
    return pools, bound


def _apart(pieces: Sequence[Segment]) -> Iterator[list[Segment]]:
    """*pieces* in groups that share neither a quote nor a member with each other."""
    names = sorted({("q", p.quote) for p in pieces} | {("m", m) for p in pieces for m in p.starts})
    place = {name: at for at, name in enumerate(names)}
    edges = [(place["q", p.quote], place["m", m]) for p in pieces for m in p.starts]
    if not edges:
        return
    rows, columns = zip(*edges, strict=True)
    graph = coo_array((np.ones(len(edges)), (rows, columns)), shape=(len(names), len(names)))
    _, group = connected_components(graph, directed=False)
    groups: dict[int, list[Segment]] = defaultdict(list)
    for piece in pieces:
        groups[int(group[place["q", piece.quote]])].append(piece)
    yield from sorted(groups.values(), key=len)


def _solved(problem: Problem, pieces: Sequence[Segment], seconds: float) -> tuple[Pools, float]:
    columns = _Columns.of(problem, pieces)
    highest = np.ones(len(columns))
    for at, column in columns.packs.items():
        highest[column] = pieces[at].high // problem.quotes[pieces[at].quote].pack
    found = milp(
        _costs(problem, pieces, columns),
        integrality=np.ones(len(columns)),
        bounds=Bounds(0, highest),
        constraints=_rows(problem, pieces, columns).constraint(len(columns)),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return {}, _open_bound(found)
    chosen: dict[str, list[str]] = defaultdict(list)
    for (at, member), column in columns.inside.items():
        if found.x[column] > 0.5:  # noqa: PLR2004 - a whole number, to the solver's tolerance
            chosen[pieces[at].quote].append(member)
    return dict(_pools(problem, chosen)), _open_bound(found)


def _open_bound(found: object) -> float:
    """The most that could be gained: the solver's bound of its smallest cost, turned round."""
    bound = getattr(found, "mip_dual_bound", None)
    return float("inf") if bound is None else max(0.0, -float(bound))


def _pools(problem: Problem, chosen: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Pool]]:
    """The pools of those who were *chosen*, in whole pence."""
    for quote, members in chosen.items():
        pool = pooled(problem.quotes[quote], [problem.by_id[each] for each in members])
        if pool is not None:
            yield quote, pool


def _costs(problem: Problem, pieces: Sequence[Segment], columns: _Columns) -> list[float]:
    costs = [0.0] * len(columns)
    for at, piece in enumerate(pieces):
        costs[columns.bought[at]] = piece.fixed + piece.opening
    for (at, member), column in columns.inside.items():
        units, drop = problem.by_id[member].quantity, problem.quotes[pieces[at].quote].drop
        costs[column] = drop - (problem.worth[member] - pieces[at].unit) * units
    return costs


def _rows(problem: Problem, pieces: Sequence[Segment], columns: _Columns) -> _Rows:
    rows = _Rows()
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for (_, member), column in columns.inside.items():
        places[member].append((column, 1))
    for terms in places.values():
        rows.add(terms, 0, 1)
    bought: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, piece in enumerate(pieces):
        bought[piece.quote].append((columns.bought[at], 1))
        _inside(rows, problem, piece, at, columns)
    for terms in bought.values():
        rows.add(terms, 0, 1)
    return rows


def _inside(rows: _Rows, problem: Problem, piece: Segment, at: int, columns: _Columns) -> None:
    """The order lies inside its piece, and is large enough for each who is in it."""
    here = columns.bought[at]
    units = [(columns.inside[at, m], problem.by_id[m].quantity) for m in sorted(piece.starts)]
    rows.add([*units, (here, -piece.low)], 0, np.inf)
    rows.add([*units, (here, -piece.high)], -np.inf, 0)
    for member, start in piece.starts.items():
        column = columns.inside[at, member]
        rows.add([(here, 1), (column, -1)], 0, np.inf)
        if start > piece.low:
            others = [term for term in units if term[0] != column]
            own = problem.by_id[member].quantity - (start - piece.low)
            rows.add([*others, (column, own), (here, -piece.low)], 0, np.inf)
    if at in columns.packs:
        pack = problem.quotes[piece.quote].pack
        rows.add([*units, (columns.packs[at], -pack)], 0, 0)
