"""Resources that are alike on a day: whoever of them does a job, the plan is as good.

Alike are those that may play one role in the same jobs, at the same times and costs, and are barred
from the same others. How many of them are at work at once is all that matters then: who does which
job follows from when each begins, as a job takes each for one span only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from attrs import frozen

from cypn_transport.pooling.values import Candidate, Day, Span


@frozen
class Alike:
    """The *names* of resources that are alike, in order, and whom each of them is barred from."""

    names: tuple[str, ...]
    barred: frozenset[str]

    def is_barred(self, other: Alike) -> bool:
        """Whether none of these may go with any of *other*."""
        alone = len(self.names) == 1 and self.names == other.names
        return alone or not self.barred.isdisjoint(other.names)


_Part = tuple[int, str, tuple[Span, ...], int, frozenset[str]]


def alike(day: Day) -> Mapping[str, Alike]:
    """By the name of each resource of *day*, those that it is alike with and itself."""
    barred: dict[str, set[str]] = defaultdict(set)
    for one, other in map(tuple, day.barred):
        barred[one].add(other)
        barred[other].add(one)
    classes: dict[object, list[str]] = defaultdict(list)
    for name, parts in sorted(_parts(day).items()):
        key = (tuple(parts), frozenset(barred[name]))
        classes[key if _exchangeable(parts) else name].append(name)
    return {
        name: Alike(tuple(names), frozenset(barred[name]))
        for names in classes.values()
        for name in names
    }


def _parts(day: Day) -> Mapping[str, list[_Part]]:
    """What each resource may do."""
    found: dict[str, list[_Part]] = defaultdict(list)
    for at, job in enumerate(day.jobs):
        for role, some in job.candidates.items():
            for each in some:
                found[each.resource].append((at, role, each.uses, each.cost, each.spares))
    return found


def _exchangeable(parts: Sequence[_Part]) -> bool:
    """Whether it plays one role, at most once in a job and for one span."""
    one_role = len({role for _, role, *_ in parts}) == 1
    once = len({at for at, *_ in parts}) == len(parts)
    return one_role and once and all(len(uses) == 1 for _, _, uses, *_ in parts)


def named(works: Mapping[int, Candidate], names: Sequence[str]) -> Mapping[int, str]:
    """Who of *names* does each of the jobs *works*, of which so many are never at work at once.

    In the order in which they begin, each goes to the first who is free.
    """
    free = dict.fromkeys(names, 0)
    found: dict[int, str] = {}
    for at, each in sorted(works.items(), key=lambda item: (item[1].uses, item[0])):
        (use,) = each.uses
        found[at] = next(
            name for name in names if name not in found.values() or free[name] <= use.start
        )
        free[found[at]] = use.end
    return found
