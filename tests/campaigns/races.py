"""Rounds in which sixteen processes book, move, cancel, close and shrink one thing at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from attrs import define, field, frozen
from sqlalchemy import select
from tests.integration.racers import PATIENCE, RACERS, race
from tests.integration.store_rows import a_use, add_resources

from cypn_core.domain.errors import Conflict, Taken
from cypn_core.storage import guard, tables
from cypn_core.storage.engine import Store
from cypn_core.storage.guard import UseRow

FIRST, SECOND = 0, 10
"""The slot that everybody wants, and the one that some move to."""
LENGTH = 10
SHRINKER, CLOSER = RACERS - 2, RACERS - 1
"""Who tries to take a place away, and to close the first slot, instead of booking again."""


@frozen
class Thing:
    """What is raced for in one round."""

    name: str
    capacity: int


@define
class Racer:
    """One process: what it was told that it has."""

    store: Store
    barrier: Any
    number: int
    book: Callable[[Store, UseRow], None]
    held: dict[str, int] = field(factory=dict)
    """Use id -> start, as the store acknowledged it."""

    def round(self, thing: Thing) -> dict[str, Any]:
        """Three times all at once: book; move, cancel, close, shrink or book; book again."""
        self.held = {}
        first = self._together(partial(self._book, thing, FIRST))
        change = self._change(thing)
        changed = self._together(change)
        last = self._together(partial(self._again, thing))
        return {
            "first": first,
            "change": (change.func.__name__.strip("_"), changed),
            "last": last,
            "held": dict(self.held),
        }

    def _together(self, act: Callable[[], bool]) -> bool:
        self.barrier.wait(PATIENCE)
        return act()

    def _change(self, thing: Thing) -> partial[bool]:
        if not self.held:
            instead = {SHRINKER: self._shrink, CLOSER: self._close}
            return partial(instead.get(self.number, self._book_again), thing)
        if self.number % 3 == 0:
            return partial(self._cancel)
        return partial(self._move, thing) if self.number % 3 == 1 else partial(self._keep)

    def _again(self, thing: Thing) -> bool:
        return self._book(thing, FIRST) if not self.held else False

    def _book_again(self, thing: Thing) -> bool:
        return self._book(thing, FIRST)

    def _close(self, thing: Thing) -> bool:
        """Take all of it, which nobody else may then have any of."""
        return self._book(thing, FIRST, qty=thing.capacity, purpose="closure")

    def _book(self, thing: Thing, start: int, **more: Any) -> bool:
        use = a_use(thing.name, start, start + LENGTH, **more)
        try:
            self.book(self.store, use)
        except Taken:
            return False
        self.held[use.id] = start
        return True

    def _cancel(self) -> bool:
        self.store.transact(lambda connection: guard.release(connection, list(self.held)))
        self.held = {}
        return True

    def _move(self, thing: Thing) -> bool:
        """Leave one slot and take the other, in one transaction: both or neither."""
        use = a_use(thing.name, SECOND, SECOND + LENGTH)

        def work(connection: Any) -> None:
            guard.release(connection, list(self.held))
            guard.occupy(connection, [use])

        try:
            self.store.transact(work)
        except Taken:
            return False
        self.held = {use.id: SECOND}
        return True

    def _keep(self) -> bool:
        return True

    def _shrink(self, thing: Thing) -> bool:
        fewer = thing.capacity - 1
        try:
            self.store.transact(lambda c: guard.set_capacity(c, thing.name, fewer))
        except Conflict:
            return False
        return True


def guarded(store: Store, use: UseRow) -> None:
    """Book as the product does."""
    store.transact(lambda connection: guard.occupy(connection, [use]))


def naive(store: Store, use: UseRow) -> None:
    """Look whether there is room, and then insert: the control, for a store without its guard."""
    taken = tables.use.c
    with store.reading() as connection:
        mine = taken.resource_id == use.resource_id, taken.start_ts == use.start_ts
        there = connection.execute(select(taken.qty).where(*mine, taken.status == "confirmed"))
        capacity = connection.scalar(
            select(tables.resource.c.capacity).where(tables.resource.c.id == use.resource_id)
        )
        if len(there.all()) >= (capacity or 0):
            raise Taken("Somebody else was first.")
    store.transact(lambda connection: guard.occupy(connection, [use]))


def run(store: Store, barrier: Any, number: int, told: tuple[str, Sequence[Thing]]) -> list[Any]:
    """One process of the race: what became of each round."""
    book = guarded if told[0] == "guarded" else naive
    racer = Racer(store, barrier, number, book)
    return [racer.round(thing) for thing in told[1]]


def things(store: Store, rounds: int) -> list[Thing]:
    """A fresh thing for each round, of capacity 1 and 3 by turns."""
    made = [Thing(uuid4().hex, (1, 3)[n % 2]) for n in range(rounds)]
    with store.writing() as connection:
        add_resources(connection, {thing.name: thing.capacity for thing in made})
    return made


def campaign(store: Store, url: str, rounds: int, how: str = "guarded") -> list[str]:
    """Race so many rounds of each capacity; every way in which it came out wrong."""
    made = things(store, 2 * rounds)
    told = race(run, url, (how, made), patience=PATIENCE * (1 + rounds))
    if broken := [answer for answer in told if not isinstance(answer, list)]:
        return [f"a racer broke: {broken[0]}"]
    return [
        wrong
        for at, thing in enumerate(made)
        for wrong in judged(store, thing, [answers[at] for answers in told])
    ]


def judged(store: Store, thing: Thing, answers: Sequence[dict[str, Any]]) -> list[str]:
    """What is wrong with one round: too many or too few winners, or the store says otherwise."""
    with store.reading() as connection:
        live = tables.use.c.status.in_(tables.LIVE), tables.use.c.resource_id == thing.name
        known = tables.use.c
        rows = connection.execute(select(known.id, known.start_ts, known.qty).where(*live)).all()
        stored = {row.id: row.start_ts for row in rows}
        capacity = connection.scalar(
            select(tables.resource.c.capacity).where(tables.resource.c.id == thing.name)
        )
    acknowledged = {use: start for answer in answers for use, start in answer["held"].items()}
    first = sum(answer["first"] for answer in answers)
    shrunk = any(answer["change"] == ("shrink", True) for answer in answers)
    there = {s: sum(row.qty for row in rows if row.start_ts == s) for s in (FIRST, SECOND)}
    wrong = {
        f"{first} of {RACERS} got {thing.capacity} places": first != thing.capacity,
        "what was acknowledged is not what is stored": acknowledged != stored,
        f"{there[FIRST]} have the {capacity} places in the end": there[FIRST] != capacity,
        f"{there[SECOND]} moved to {capacity} places": there[SECOND] > (capacity or 0),
        f"the capacity is {capacity}": capacity != thing.capacity - shrunk,
    }
    return [f"{thing.name}: {said}" for said, holds in wrong.items() if holds]
