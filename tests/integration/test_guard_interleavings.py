"""Every order in which the steps of two writers can follow each other, at each isolation level.

Three steps each (look, act, commit) can be ordered in twenty ways. PostgreSQL only: on SQLite the
second writer cannot begin before the first is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import combinations
from typing import Any
from uuid import uuid4

import pytest
from attrs import define, field, frozen
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError
from tests.integration.store_rows import a_use, add_resources, drop_guard

from cypn_core.domain.errors import Conflict, Taken
from cypn_core.storage.engine import RETRIED, Store, open_store, sqlstate
from cypn_core.storage.guard import occupy, release, set_capacity
from cypn_core.storage.tables import LIVE, resource, use
from cypn_core.testing.stores import NewStore

SCHEDULES = [
    "".join("B" if place in second else "A" for place in range(6))
    for second in combinations(range(6), 3)
]
LEVELS = ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")
PATIENCE = 30

Program = Callable[[Connection, str], Iterator[None]]


@pytest.fixture
def postgresql(new_store: NewStore) -> Iterator[Store]:
    """A store where writers do not queue, with the owner of what is raced for."""
    with open_store(new_store("postgresql")) as store:
        with store.writing() as connection:
            add_resources(connection, {})
        yield store


def book(connection: Connection, thing: str) -> Iterator[None]:
    """Look whether the place is free, and take it if it is."""
    free = left(connection, thing) > 0
    yield
    if not free:
        raise Taken
    occupy(connection, [a_use(thing)])


def move(connection: Connection, thing: str) -> Iterator[None]:
    """Look whether the place is free, and leave a later one for it, if it is."""
    free = left(connection, thing) > 0
    yield
    if not free:
        raise Taken
    release(connection, [f"later-{thing}"])
    occupy(connection, [a_use(thing)])


def close(connection: Connection, thing: str) -> Iterator[None]:
    """Look whether nobody is there, and close it for everybody, if so."""
    free = left(connection, thing) > 0
    yield
    if not free:
        raise Taken
    occupy(connection, [a_use(thing, purpose="closure")])


def lower(connection: Connection, thing: str) -> Iterator[None]:
    """Look whether the place is free, and take it away if it is."""
    free = left(connection, thing) > 0
    yield
    if not free:
        raise Conflict
    set_capacity(connection, thing, capacity_of(connection, thing) - 1)


def left(connection: Connection, thing: str) -> int:
    """How many places are left at the start."""
    taken = select(func.coalesce(func.sum(use.c.qty), 0)).where(
        use.c.resource_id == thing, use.c.status.in_(LIVE), use.c.start_ts == 0
    )
    return capacity_of(connection, thing) - int(connection.scalar(taken) or 0)


def capacity_of(connection: Connection, thing: str) -> int:
    """How many places there are."""
    found = connection.scalar(select(resource.c.capacity).where(resource.c.id == thing))
    return int(found or 0)


@define
class Writer:
    """One transaction in a thread of its own, driven step by step."""

    connection: Connection
    program: Program
    thing: str
    refusal: str = ""
    """Why it did not get what it wanted: the class of the error, or its SQLSTATE."""
    _steps: Iterator[None] = field(init=False)
    _thread: ThreadPoolExecutor = field(init=False, factory=lambda: ThreadPoolExecutor(1))
    _doing: Future[None] | None = field(init=False, default=None)
    _pid: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Learn the number of the server's process, and begin anew."""
        self._pid = int(self.connection.scalar(text("SELECT pg_backend_pid()")) or 0)
        self.connection.rollback()
        self._steps = self._all()

    def _all(self) -> Iterator[None]:
        yield from self.program(self.connection, self.thing)
        yield
        self.connection.commit()

    def step(self, watcher: Connection) -> None:
        """Do the next step; come back when it is done or has to wait for the other writer."""
        self._doing = self._thread.submit(self._step)
        while not self._doing.done() and not self._is_blocked(watcher):
            pass

    def _step(self) -> None:
        if self.refusal:
            return
        try:
            next(self._steps, None)
        except Conflict as refused:
            self._lost(type(refused).__name__)
        except DBAPIError as error:
            self._lost(str(sqlstate(error)))

    def _lost(self, why: str) -> None:
        self.refusal = why
        self.connection.rollback()

    def _is_blocked(self, watcher: Connection) -> bool:
        waits = text("SELECT cardinality(pg_blocking_pids(:pid)) > 0")
        return bool(watcher.scalar(waits, {"pid": self._pid}))

    @property
    def waits(self) -> bool:
        """Whether its last step is not done yet."""
        return self._doing is not None and not self._doing.done()

    def settle(self) -> None:
        """Wait for its last step."""
        if self._doing is not None:
            self._doing.result(PATIENCE)

    def end(self) -> None:
        """Let its thread go."""
        self._thread.shutdown()


@frozen
class Outcome:
    """What became of one order of steps."""

    refusals: tuple[str, str]
    over: bool
    """Whether more is in use than there is."""


def play(store: Store, level: str, programs: Sequence[Program], schedule: str) -> Outcome:
    """Drive two writers in the order of *schedule*, a waiting one goes on when it can."""
    thing = uuid4().hex
    _prepare(store, thing)
    engine = store.engine.execution_options(isolation_level=level)
    watching = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as one, engine.connect() as two, watching.connect() as watcher:
        writers = {
            name: Writer(connection, program, thing)
            for name, connection, program in zip("AB", (one, two), programs, strict=True)
        }
        try:
            _drive(writers, list(schedule), watcher)
        finally:
            for writer in writers.values():
                writer.end()
    with store.reading() as connection:
        return Outcome(
            (writers["A"].refusal, writers["B"].refusal), over=left(connection, thing) < 0
        )


def _prepare(store: Store, thing: str) -> None:
    with store.writing() as connection:
        connection.execute(
            resource.insert().values(id=thing, organisation_id="owner", capacity=1, timed=1)
        )
        occupy(connection, [a_use(thing, 20, 30, id=f"later-{thing}")])


def _drive(writers: dict[str, Writer], schedule: list[str], watcher: Connection) -> None:
    while schedule:
        ready = (at for at, name in enumerate(schedule) if not writers[name].waits)
        at = next(ready, None)
        if at is None:
            # The other one has nothing left that could free this one but to be done.
            at = 0
            writers[schedule[0]].settle()
        writers[schedule.pop(at)].step(watcher)
    for writer in writers.values():
        writer.settle()


def played(store: Store, level: str, programs: Sequence[Program]) -> dict[str, Outcome]:
    """The outcome of each of the twenty orders."""
    return {schedule: play(store, level, programs, schedule) for schedule in SCHEDULES}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("rival", [book, move, close, lower])
def test_no_order_of_steps_gives_a_place_twice(
    postgresql: Store, level: str, rival: Program
) -> None:
    """Twenty orders: exactly one of both gets it, and the other is refused or may try again."""
    found = played(postgresql, level, [book, rival])
    assert len(found) == 20
    assert [schedule for schedule, outcome in found.items() if outcome.over] == []
    known = {"", "Taken", "Conflict", *RETRIED}
    assert {why for outcome in found.values() for why in outcome.refusals} <= known
    assert {schedule: outcome.refusals.count("") for schedule, outcome in found.items()} == (
        dict.fromkeys(SCHEDULES, 1)
    )


@pytest.mark.parametrize(
    ("level", "violated"), [("READ COMMITTED", 18), ("REPEATABLE READ", 18), ("SERIALIZABLE", 0)]
)
@pytest.mark.parametrize("rival", [book, move, close, lower])
def test_without_the_guard_most_orders_give_a_place_twice(
    postgresql: Store, level: str, violated: int, rival: Program
) -> None:
    """The control: only the two orders without any overlap go well, but where all are serialized.

    There PostgreSQL refuses by itself; cypn does not lean on that, since it runs at the lowest.
    """
    drop_guard(postgresql)
    found = played(postgresql, level, [book, rival])
    assert sum(outcome.over for outcome in found.values()) == violated


@pytest.mark.parametrize("level", LEVELS)
def test_who_may_try_again_is_then_refused_in_words(postgresql: Store, level: str) -> None:
    """A capacity that is lowered under a use that has just been agreed is a plain conflict."""
    with postgresql.writing() as connection:
        add: dict[str, Any] = {"organisation_id": "owner", "capacity": 1, "timed": 1}
        connection.execute(resource.insert().values(id="thing", **add))
    engine = postgresql.engine.execution_options(isolation_level=level)
    with engine.connect() as late:
        assert left(late, "thing") == 1
        with postgresql.writing() as connection:
            occupy(connection, [a_use()])
        refused = (Conflict, DBAPIError) if level != "READ COMMITTED" else Conflict
        with pytest.raises(refused) as first:
            set_capacity(late, "thing", 0)
        late.rollback()
        if isinstance(first.value, DBAPIError):
            assert sqlstate(first.value) in RETRIED
        with pytest.raises(Conflict, match="More than that is in use"):
            set_capacity(late, "thing", 0)
        late.rollback()
        with pytest.raises(Taken, match="Somebody else was first"):
            occupy(late, [a_use(purpose="closure")])
