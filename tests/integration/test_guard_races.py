"""Sixteen processes at once: the store lets in as many as there are places, and no more."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select
from tests.integration import racers
from tests.integration.racers import RACERS, race
from tests.integration.store_rows import add_resources, drop_guard

from cypn_core.storage.engine import Store
from cypn_core.storage.tables import use

ROUNDS = 3


def test_sixteen_processes_get_as_many_places_as_there_are(store: Store, store_url: str) -> None:
    """Of sixteen, exactly one gets a thing of capacity one, and three a thing of capacity three."""
    capacities = {f"{places}-{n}": places for n in range(ROUNDS) for places in (1, 3)}
    with store.writing() as connection:
        add_resources(connection, capacities)
    answers = race(racers.occupy_each, store_url, list(capacities))
    won = Counter(name for answer in answers for name in answer)
    assert won == capacities
    with store.reading() as connection:
        stored = connection.execute(
            select(use.c.resource_id, func.count()).group_by(use.c.resource_id)
        )
        assert {row[0]: row[1] for row in stored} == capacities


def test_without_the_guard_the_same_place_is_given_twice(store: Store, store_url: str) -> None:
    """The control: with the triggers dropped, looking first and then inserting double-books."""
    with store.writing() as connection:
        add_resources(connection, {"thing": 1})
    drop_guard(store)
    answers = race(racers.check_then_insert, store_url, "thing")
    assert answers == [True] * RACERS
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(use)) == RACERS


def test_without_looking_first_the_guard_stops_the_naive_program(
    store: Store, store_url: str
) -> None:
    """The same naive program under the guard: one gets in, however late the others insert."""
    with store.writing() as connection:
        add_resources(connection, {"thing": 1})
    answers = race(racers.check_then_insert, store_url, "thing")
    refused = [answer for answer in answers if "use_capacity" in str(answer)]
    assert (answers.count(True), len(refused)) == (1, RACERS - 1)


def test_wholes_of_several_things_do_not_deadlock(store: Store, store_url: str) -> None:
    """Who wants several things names them in any order: one gets all, nobody waits for ever."""
    names = ["a", "b", "c", "d"]
    with store.writing() as connection:
        add_resources(connection, dict.fromkeys(names, 1))
    answers = race(racers.occupy_crosswise, store_url, names, 6)
    assert sum(answers) == ROUNDS
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(use)) == ROUNDS * len(names)


def test_the_same_request_sent_by_many_is_answered_once(store: Store, store_url: str) -> None:
    """All who send one idempotency key get the answer of the one whose change was made."""
    answers = race(racers.answer_once, store_url, ["one", "two", "three"], 6)
    assert all(len(answer) == 3 for answer in answers)
    assert len({tuple(answer) for answer in answers}) == 1


def test_a_lease_goes_to_one_of_many(store: Store, store_url: str) -> None:
    """Of six processes that want a lease, exactly one gets it."""
    names = [str(n) for n in range(ROUNDS)]
    answers = race(racers.take_each, store_url, names, 6)
    assert Counter(name for answer in answers for name in answer) == dict.fromkeys(names, 1)
