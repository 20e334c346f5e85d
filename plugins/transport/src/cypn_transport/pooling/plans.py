"""What a job may look like, and how much a plan is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from attrs import frozen

from cypn_transport.pooling.values import Candidate, Chosen, Day, Job


@frozen
class Crewed:
    """A job with everybody that it takes; *cost* is of all of them."""

    job: int
    parts: Mapping[str, Candidate]

    @property
    def cost(self) -> int:
        """What its resources cost together."""
        return sum(each.cost for each in self.parts.values())

    @property
    def chosen(self) -> Chosen:
        """Without when and how."""
        return Chosen(self.job, {role: each.resource for role, each in self.parts.items()})


@frozen
class Scale:
    """Weight before turn before cost, as one whole number."""

    weight: int
    turn: int

    @staticmethod
    def of(day: Day) -> Scale:
        """So that no lower sum outdoes one unit of a higher one."""
        requests = {each for job in day.jobs for each in job.requests}
        dearest = max((_dearest(job) for job in day.jobs), default=0)
        turn = dearest * len(requests) + 1
        spread = max((abs(job.turn) for job in day.jobs), default=0)
        return Scale(turn * (2 * spread * len(requests) + 1), turn)

    def worth(self, job: Job, cost: int) -> int:
        """A job at that cost."""
        return job.weight * self.weight + job.turn * self.turn - cost


def _dearest(job: Job) -> int:
    return sum(max((c.cost for c in some), default=0) for some in job.candidates.values())


def crews(day: Day, at: int) -> Iterator[Crewed]:
    """Everybody that the job at that place may go with, none barred from another."""
    job = day.jobs[at]
    yield from _crews(day, at, sorted(job.candidates), {})


def _crews(
    day: Day, at: int, roles: Sequence[str], parts: dict[str, Candidate]
) -> Iterator[Crewed]:
    if not roles:
        if _complete(day.jobs[at], parts) and not _barred(day, parts):
            yield Crewed(at, dict(parts))
        return
    first, *rest = roles
    for each in day.jobs[at].candidates[first]:
        yield from _crews(day, at, rest, {**parts, first: each})
    yield from _crews(day, at, rest, parts)


def _complete(job: Job, parts: Mapping[str, Candidate]) -> bool:
    """Every role is played, or spared and not played."""
    spared = {role for each in parts.values() for role in each.spares}
    return set(parts) == set(job.candidates) - spared


def _barred(day: Day, parts: Mapping[str, Candidate]) -> bool:
    pairs = combinations([each.resource for each in parts.values()], 2)
    return any(frozenset(pair) in day.barred or pair[0] == pair[1] for pair in pairs)
