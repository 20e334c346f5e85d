"""A buffer names no use; which are whose follows from where they lie and how long they are."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from cypn_core.storage.buffers import TimedUse, at

Row = tuple[int, int, bool]


def of_window(start: int, end: int, before: int, after: int) -> list[Row]:
    """The use itself and its buffers, as start, end and whether it is a buffer."""
    rows = [(start, end, False)]
    rows += [(start - before, start, True)] if before else []
    return rows + ([(end, end + after, True)] if after else [])


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.booleans()), min_size=1),
    st.integers(0, 3),
    st.integers(0, 3),
    st.randoms(use_true_random=False),
)
def test_what_stands_keeps_its_buffers_however_near_the_next_use_is(
    laid: list[tuple[int, int, bool]], before: int, after: int, shuffled: st.DataObject
) -> None:
    """Freed are the chosen uses with as many buffers as they had, of the lengths that they had."""
    rows: list[Row] = []
    gone: list[Row] = []
    starts, end = set(), 100
    for gap, length, chosen in laid:
        start, end = end + gap, end + gap + length
        mine = of_window(start, end, before, after)
        rows += mine
        if chosen:
            starts.add(start)
            gone += mine
    names = [str(place) for place in range(len(rows))]
    shuffled.shuffle(names)  # type: ignore[attr-defined]
    uses = {
        name: TimedUse(id=name, resource="r", quantity=1, buffer=is_buffer, start=begins, end=ends)
        for name, (begins, ends, is_buffer) in zip(names, rows, strict=True)
    }
    found = [uses[name] for name in at(list(uses.values()), starts)]
    assert Counter((use.start, use.end, use.buffer) for use in found) == Counter(gone)


def test_another_resource_and_another_quantity_have_buffers_of_their_own() -> None:
    """Lengths are compared among uses of one resource and quantity only."""
    rows = [
        TimedUse(id="a", resource="r", quantity=1, buffer=False, start=10, end=12),
        TimedUse(id="a+", resource="r", quantity=1, buffer=True, start=12, end=13),
        TimedUse(id="b", resource="s", quantity=1, buffer=False, start=13, end=15),
        TimedUse(id="-b", resource="s", quantity=1, buffer=True, start=12, end=13),
    ]
    assert sorted(at(rows, {10})) == ["a", "a+"]
    assert sorted(at(rows, {13})) == ["-b", "b"]
