"""What plans take of things that several want: from windows, buffers and quantities to cells.

A cell is a stretch of time of one resource within which nothing begins or ends, or the whole of a
resource without time. Cells that the same plans take are one cell; those that can never be short
are left out. So a weekly series is a handful of cells however many weeks it has.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from attrs import frozen

from cypn_core.domain.ids import ResourceId
from cypn_core.domain.plans import Plan
from cypn_core.domain.times import Window
from cypn_core.matching.candidates import Snapshot, Taken, peak


@frozen(kw_only=True)
class Piece:
    """What one leg of a plan takes of one resource, buffers included."""

    resource: ResourceId
    window: Window | None
    quantity: int
    capacity: int


@frozen(kw_only=True)
class Cells:
    """What each plan takes of each cell, by the plan's key, and how much of each there is."""

    takes: Mapping[str, Mapping[str, int]]
    capacity: Mapping[str, int]


def pieces(plan: Plan, snapshot: Snapshot) -> Iterator[Piece]:
    """All that *plan* takes of the offers in *snapshot*."""
    offers = {offered.id: offered for offered in snapshot.offers}
    for leg in plan.legs:
        offered = offers[leg.offer]
        for claim in leg.claims:
            windows = leg.windows if claim.unit.timed else (None,)
            for window in windows:
                yield Piece(
                    resource=offered.resources[claim.unit.key],
                    window=window and window.padded(*offered.body.buffers),
                    quantity=claim.quantity,
                    capacity=claim.unit.capacity,
                )


def with_plans(snapshot: Snapshot, plans: Sequence[Plan]) -> Mapping[ResourceId, Sequence[Taken]]:
    """The live uses of *snapshot* and those that *plans* would add."""
    uses = {resource: list(live) for resource, live in snapshot.uses.items()}
    for plan in plans:
        for piece in pieces(plan, snapshot):
            uses.setdefault(piece.resource, []).append(Taken(piece.window, piece.quantity))
    return uses


def cells_of(plans: Mapping[str, Plan], snapshot: Snapshot) -> Cells:
    """The cells of *plans*, each under its key, beside the uses that there are."""
    wanted = defaultdict[ResourceId, list[tuple[str, Piece]]](list)
    for key in sorted(plans):
        for piece in pieces(plans[key], snapshot):
            wanted[piece.resource].append((key, piece))
    short: dict[tuple[tuple[str, int], ...], int] = {}
    for resource, takers in sorted(wanted.items()):
        for takes, left in _stretches(takers, snapshot.uses.get(resource, ())):
            if sum(takes.values()) > left:
                row = tuple(sorted(takes.items()))
                short[row] = min(left, short.get(row, left))
    found: dict[str, dict[str, int]] = {key: {} for key in plans}
    for n, row in enumerate(short):
        for key, quantity in row:
            found[key][str(n)] = quantity
    return Cells(takes=found, capacity={str(n): left for n, left in enumerate(short.values())})


def _stretches(
    takers: Sequence[tuple[str, Piece]], live: Sequence[Taken]
) -> Iterator[tuple[dict[str, int], int]]:
    """Who takes how much of each stretch of one resource, and how much of it is left."""
    capacity = min(piece.capacity for _, piece in takers)
    timed = [(key, piece.window, piece.quantity) for key, piece in takers if piece.window]
    if len(timed) < len(takers):
        used = sum(taken.quantity for taken in live)
        yield _summed((key, piece.quantity) for key, piece in takers), capacity - used
        return
    edges = sorted({edge for _, window, _ in timed for edge in (window.start, window.end)})
    inside: list[list[tuple[str, int]]] = [[] for _ in edges]
    for key, window, quantity in timed:
        for n in range(bisect_left(edges, window.start), bisect_left(edges, window.end)):
            inside[n].append((key, quantity))
    for (start, end), here in zip(pairwise(edges), inside, strict=False):
        if here:
            yield _summed(here), capacity - peak(Window(start, end), live)


def _summed(pairs: Iterator[tuple[str, int]] | Sequence[tuple[str, int]]) -> dict[str, int]:
    found = defaultdict[str, int](int)
    for key, quantity in pairs:
        found[key] += quantity
    return dict(found)
