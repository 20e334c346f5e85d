"""Which buffers belong to which uses: a buffer is a row of its own and names no use."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from attrs import frozen


@frozen(kw_only=True)
class TimedUse:
    """A live timed use of a deal, in epoch seconds."""

    id: str
    resource: str
    quantity: int
    buffer: bool
    start: int
    end: int


def at(uses: Sequence[TimedUse], starts: Collection[int]) -> list[str]:
    """The ids of those *uses* of one deal that begin at *starts*, and of their buffers.

    >>> def use(name, start, end):
    ...     return TimedUse(
    ...         id=name, resource="r", quantity=1, buffer=len(name) > 1, start=start, end=end
    ...     )
    >>> rows = [use("-a", 9, 10), use("a", 10, 12), use("a+", 12, 14)]
    >>> rows += [use("-b", 13, 14), use("b", 14, 16), use("b+", 16, 18)]
    >>> at(rows, {14})
    ['b', '-b', 'b+']
    """
    kinds = sorted({(use.resource, use.quantity) for use in uses})
    groups = [[use for use in uses if (use.resource, use.quantity) == kind] for kind in kinds]
    return [each for group in groups for each in _of_one(group, starts)]


def _of_one(uses: Sequence[TimedUse], starts: Collection[int]) -> Iterator[str]:
    """Each use has at most one buffer on a side, and on that side all are as long."""
    mains = [use for use in uses if not use.buffer]
    free = sorted((use for use in uses if use.buffer), key=lambda use: use.id)
    before, after = _lengths(mains, free)
    ends, begins = {use.end for use in mains}, {use.start for use in mains}
    for use in mains:
        if use.start not in starts:
            continue
        yield use.id
        sides = (
            [b for b in free if b.end == use.start and (b.start not in ends or _long(b) == before)],
            [b for b in free if b.start == use.end and (b.end not in begins or _long(b) == after)],
        )
        for own in {side[0].id: side[0] for side in sides if side}.values():
            free.remove(own)
            yield own.id


def _lengths(mains: Sequence[TimedUse], buffers: Sequence[TimedUse]) -> tuple[int, int]:
    """How long the buffers before and after each use are: the outermost cannot be another's."""
    first = min((use.start for use in mains), default=0)
    last = max((use.end for use in mains), default=0)
    before = max((_long(each) for each in buffers if each.end == first), default=0)
    after = max((_long(each) for each in buffers if each.start == last), default=0)
    return before, after


def _long(use: TimedUse) -> int:
    return use.end - use.start
