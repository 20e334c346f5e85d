"""Law 3: confirmed uses of one resource never overlap beyond its capacity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from tests.integration.store_rows import a_use, add_resources

from cypn_core.domain.errors import Conflict, Taken
from cypn_core.storage.engine import Store
from cypn_core.storage.guard import UseRow, occupy, release, set_capacity

NAMES = ("timed", "untimed")
SECONDS = 8
"""Few, so that starts and ends meet often."""


@attrs.define
class Model:
    """The law by brute force: every second, every use."""

    capacity: dict[str, int]
    live: dict[str, UseRow] = attrs.Factory(dict)
    ids: Iterator[int] = attrs.Factory(count)

    def peak(self, name: str, more: list[UseRow]) -> int:
        """The largest quantity in use of a resource at any second."""
        rows = [row for row in [*self.live.values(), *more] if row.resource_id == name]
        return max(sum(row.qty for row in rows if _runs(row, second)) for second in range(SECONDS))

    def fits(self, more: list[UseRow]) -> bool:
        """Whether all of *more* can be added."""
        return all(self.peak(name, more) <= self.capacity[name] for name in NAMES)


def _runs(row: UseRow, second: int) -> bool:
    return row.start_ts is None or (row.end_ts is not None and row.start_ts <= second < row.end_ts)


@st.composite
def uses(draw: st.DrawFn) -> UseRow:
    """A live use of the timed or the untimed resource."""
    more = {
        "qty": draw(st.integers(1, 2)),
        "status": draw(st.sampled_from(["held", "confirmed"])),
    }
    if draw(st.integers(0, 3)) == 0:
        return a_use("untimed", None, None, **more)
    start = draw(st.integers(0, SECONDS - 1))
    return a_use("timed", start, start + draw(st.integers(1, min(4, SECONDS - start))), **more)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("occupy"), st.lists(uses(), min_size=1, max_size=3)),
        st.tuples(st.just("release"), st.integers(0, 20)),
        st.tuples(st.just("capacity"), st.sampled_from(NAMES), st.integers(0, 5)),
    ),
    min_size=8,
    max_size=30,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=100,
)
@given(steps=steps)
def test_law_03_the_store_accepts_what_the_brute_force_accepts(
    store: Store, steps: list[tuple[object, ...]]
) -> None:
    """Whatever is tried in whatever order, the store says yes exactly when there is room."""
    with store.writing() as connection, connection.begin_nested() as trial:
        add_resources(connection, {"timed": 3, "untimed": 3}, untimed=["untimed"])
        model = Model({"timed": 3, "untimed": 3})
        for step in steps:
            _try(connection, model, step)
            assert model.fits([])
        trial.rollback()


def _try(connection: Connection, model: Model, step: tuple[object, ...]) -> None:
    match step:
        case ("occupy", list(drawn)):
            rows = [attrs.evolve(row, id=f"{next(model.ids):04}") for row in drawn]
            fits = model.fits(rows)
            assert _accepted(lambda: occupy(connection, rows), Taken) == fits
            model.live |= {row.id: row for row in rows if fits}
        case ("release", int(index)):
            chosen = sorted(model.live)[index % len(model.live)] if model.live else "nobody"
            assert release(connection, [chosen]) == (model.live.pop(chosen, None) is not None)
        case ("capacity", str(name), int(capacity)):
            fits = model.peak(name, []) <= capacity
            assert _accepted(lambda: set_capacity(connection, name, capacity), Conflict) == fits
            model.capacity[name] = capacity if fits else model.capacity[name]


def _accepted(attempt: Callable[[], None], refusal: type[Exception]) -> bool:
    try:
        attempt()
    except refusal:
        return False
    return True
