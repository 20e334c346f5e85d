"""Processes that run against one store at the same time, for the tests of races."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import insert, select
from tests.integration.store_rows import a_use

from cypn_core.domain.errors import Taken
from cypn_core.storage import idempotency, leases
from cypn_core.storage.engine import Store, open_store
from cypn_core.storage.guard import occupy
from cypn_core.storage.tables import use

RACERS = 16
PATIENCE = 120
"""Seconds until a race that hangs is a failure."""

Racer = Callable[[Store, Any, int, Any], object]


def race(
    racer: Racer, url: str, told: object, racers: int = RACERS, patience: int = PATIENCE
) -> list[Any]:
    """What *racers* processes returned from ``racer(store, barrier, number, told)``.

    *patience* is in seconds, for the whole race.
    """
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(racers), context.Queue()
    processes = [
        context.Process(target=_run, args=(racer, url, barrier, number, told, answers), daemon=True)
        for number in range(racers)
    ]
    for process in processes:
        process.start()
    try:
        return [answers.get(timeout=patience) for _ in processes]
    finally:
        _stop(processes)
        answers.close()
        answers.join_thread()


def _stop(processes: Sequence[Any]) -> None:
    for process in processes:
        process.join(timeout=10)
        if process.is_alive():
            process.kill()
            process.join()
        process.close()


def _run(racer: Racer, url: str, barrier: Any, number: int, told: Any, answers: Any) -> None:
    try:
        with open_store(url) as store:
            answers.put(racer(store, barrier, number, told))
    except BaseException as error:
        answers.put(repr(error))
        raise


def occupy_each(store: Store, barrier: Any, number: int, resources: Sequence[str]) -> list[str]:
    """Try for a place on each resource, all racers at once; those that it got."""
    return [name for name in resources if _got(store, barrier, name)]


def _got(store: Store, barrier: Any, name: str) -> bool:
    barrier.wait(PATIENCE)
    try:
        store.transact(lambda connection: occupy(connection, [a_use(name)]))
    except Taken:
        return False
    return True


def occupy_crosswise(store: Store, barrier: Any, number: int, resources: Sequence[str]) -> int:
    """Try for all resources together, each racer in another order; how often that worked."""
    won = 0
    for start in range(0, 30, 10):
        turned = [*resources[number % len(resources) :], *resources[: number % len(resources)]]
        barrier.wait(PATIENCE)
        uses = [a_use(name, start, start + 10) for name in turned]
        try:
            store.transact(partial(occupy, uses=uses))
            won += 1
        except Taken:
            pass
    return won


def check_then_insert(store: Store, barrier: Any, number: int, name: str) -> bool:
    """What a naive program does: look whether the place is free, then take it."""
    with store.reading() as connection:
        free = connection.scalar(select(use.c.id).where(use.c.resource_id == name)) is None
    barrier.wait(PATIENCE)
    if free:
        with store.writing() as connection:
            row = {"id": f"{number:032}", "resource_id": name, "start_ts": 0, "end_ts": 10}
            connection.execute(insert(use).values(**row, qty=1, status="confirmed", purpose="deal"))
    return free


def answer_once(store: Store, barrier: Any, number: int, keys: Sequence[str]) -> list[str]:
    """Send each request; the answers that this racer got."""
    return [_answer(store, barrier, number, key) for key in keys]


def _answer(store: Store, barrier: Any, number: int, key: str) -> str:
    barrier.wait(PATIENCE)
    with store.writing() as connection:
        given = idempotency.begin(connection, "somebody", key, "digest", 0)
        if given is None:
            given = idempotency.Answer(201, str(number))
            idempotency.finish(connection, "somebody", key, given)
    return given.body


def take_each(store: Store, barrier: Any, number: int, names: Sequence[str]) -> list[str]:
    """Try to take each lease; those that it got."""
    return [name for name in names if _took(store, barrier, name, number)]


def _took(store: Store, barrier: Any, name: str, number: int) -> bool:
    barrier.wait(PATIENCE)
    with store.writing() as connection:
        return leases.take(connection, name, str(number), 0, 60)
