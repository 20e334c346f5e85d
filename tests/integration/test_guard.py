"""What the guard refuses, one case each; the laws and the races are elsewhere."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.exc import DBAPIError
from tests.integration.store_rows import a_use, add_resources

from cypn_core.domain.errors import Conflict, Invalid, NotFound, Taken
from cypn_core.storage.engine import Store, open_store
from cypn_core.storage.guard import confirm, expire_holds, occupy, release, set_capacity
from cypn_core.storage.tables import MAX_USE_SECONDS, resource, use


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    """A transaction on a store with two timed things and a pile."""
    with store.writing() as writing:
        add_resources(writing, {"thing": 1, "twin": 2, "pile": 5}, untimed=["pile"])
        yield writing


def statuses(connection: Connection) -> list[str]:
    """The statuses of all uses, sorted."""
    return sorted(connection.execute(select(use.c.status)).scalars())


def test_the_second_use_of_the_last_place_is_refused(connection: Connection) -> None:
    """Two uses that overlap by a second cannot both have a thing of capacity one."""
    occupy(connection, [a_use(start=0, end=10)])
    with pytest.raises(Taken, match="choose another time"):
        occupy(connection, [a_use(start=9, end=12)])


def test_uses_that_touch_do_not_overlap(connection: Connection) -> None:
    """Intervals are half-open: one may begin when the other ends."""
    occupy(connection, [a_use(start=0, end=10), a_use(start=10, end=20)])


def test_a_refusal_shows_nothing_of_the_store(connection: Connection) -> None:
    """The refusal has no cause attached and no word of SQL."""
    occupy(connection, [a_use()])
    with pytest.raises(Taken) as refused:
        occupy(connection, [a_use()])
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
    assert not re.search("(?i)insert|constraint|trigger|use_", str(refused.value))


def test_occupying_is_all_or_nothing_and_the_transaction_goes_on(connection: Connection) -> None:
    """When one of several uses is refused, none stays; what came before in the transaction does."""
    occupy(connection, [a_use("thing")])
    with pytest.raises(Taken):
        occupy(connection, [a_use("twin"), a_use("thing"), a_use("pile", None, None)])
    assert statuses(connection) == ["confirmed"]
    occupy(connection, [a_use("twin")])


def test_capacity_counts_the_peak_and_not_the_sum(connection: Connection) -> None:
    """Two uses one after the other leave room for a long one beside both."""
    occupy(connection, [a_use("twin", 0, 10), a_use("twin", 10, 20), a_use("twin", 0, 20)])
    with pytest.raises(Taken):
        occupy(connection, [a_use("twin", 19, 30)])


def test_untimed_uses_are_summed(connection: Connection) -> None:
    """A pile of five gives three and two, and not one more."""
    occupy(connection, [a_use("pile", None, None, qty=3), a_use("pile", None, None, qty=2)])
    with pytest.raises(Taken):
        occupy(connection, [a_use("pile", None, None)])


@pytest.mark.parametrize(
    ("resource_id", "start", "end", "qty"),
    [
        ("pile", 0, 10, 1),
        ("thing", None, None, 1),
        ("thing", 0, None, 1),
        ("thing", None, 10, 1),
        ("thing", 10, 10, 1),
        ("thing", 10, 9, 1),
        ("thing", 0, MAX_USE_SECONDS + 1, 1),
        ("thing", 0, 10, 0),
        ("twin", 0, 10, -1),
        ("twin", 0, 10, 10_001),
    ],
)
def test_a_use_of_the_wrong_shape_is_invalid(
    connection: Connection, resource_id: str, start: int | None, end: int | None, qty: int
) -> None:
    """Both ends or neither, as the resource is; the end after the start; bounded; positive."""
    with pytest.raises(Invalid):
        occupy(connection, [a_use(resource_id, start, end, qty=qty)])
    assert statuses(connection) == []


def test_the_longest_use_is_31_days_and_the_hour_of_the_clock_change(
    connection: Connection,
) -> None:
    """What starts just inside the look-back of the guard is still seen at its last second."""
    occupy(connection, [a_use(start=0, end=MAX_USE_SECONDS)])
    with pytest.raises(Taken):
        occupy(connection, [a_use(start=MAX_USE_SECONDS - 1, end=MAX_USE_SECONDS + 1)])
    occupy(connection, [a_use(start=MAX_USE_SECONDS, end=MAX_USE_SECONDS + 1)])


def test_a_missing_resource_is_not_found(connection: Connection) -> None:
    """Nothing can be had of a resource that is not there."""
    with pytest.raises(NotFound):
        occupy(connection, [a_use("nothing")])


def test_a_known_id_is_refused(connection: Connection) -> None:
    """A use is never written over another."""
    one = a_use("twin")
    occupy(connection, [one])
    with pytest.raises(Conflict):
        occupy(connection, [one])


def test_capacity_cannot_fall_below_live_uses(connection: Connection) -> None:
    """Lowering stops at the peak of what is in use, timed or not, and works when it is released."""
    peak = [a_use("twin", 0, 10), a_use("twin", 5, 15), a_use("pile", None, None, qty=4)]
    occupy(connection, peak)
    for resource_id, least in (("twin", 2), ("pile", 4)):
        with pytest.raises(Conflict, match="More than that is in use"):
            set_capacity(connection, resource_id, least - 1)
        set_capacity(connection, resource_id, least)
    assert release(connection, [peak[0].id]) == 1
    set_capacity(connection, "twin", 1)


@pytest.mark.parametrize("capacity", [-1, 10_001])
def test_capacity_has_bounds(connection: Connection, capacity: int) -> None:
    """A capacity lies between 0 and 10000."""
    with pytest.raises(Invalid):
        set_capacity(connection, "thing", capacity)


def test_capacity_of_a_missing_resource_is_not_found(connection: Connection) -> None:
    """There is nothing to change."""
    with pytest.raises(NotFound):
        set_capacity(connection, "nothing", 1)


def test_whether_a_resource_is_timed_is_fixed_while_it_is_used(connection: Connection) -> None:
    """The interval of a live use cannot lose its meaning; without live uses it may change."""
    one = a_use()
    change = update(resource).where(resource.c.id == "thing").values(timed=0)
    occupy(connection, [one])
    with pytest.raises(DBAPIError), connection.begin_nested():
        connection.execute(change)
    release(connection, [one.id])
    connection.execute(change)


def test_a_cancelled_use_comes_back_only_if_there_is_room(connection: Connection) -> None:
    """The guard looks at changes of status too."""
    first, second = a_use(), a_use()
    occupy(connection, [first])
    release(connection, [first.id])
    occupy(connection, [second])
    with pytest.raises(DBAPIError), connection.begin_nested():
        connection.execute(update(use).where(use.c.id == first.id).values(status="held"))


@pytest.mark.parametrize("change", [{"qty": 2}, {"start_ts": 5}, {"resource_id": "thing"}])
def test_a_changed_use_must_fit_again(connection: Connection, change: dict[str, object]) -> None:
    """More quantity, another time or another resource is refused where there is no room."""
    moved = a_use("twin", 10, 20)
    occupy(connection, [moved, a_use("twin", 0, 20), a_use("twin", 0, 10), a_use("thing", 10, 20)])
    with pytest.raises(DBAPIError), connection.begin_nested():
        connection.execute(update(use).where(use.c.id == moved.id).values(**change))


def test_a_stale_hold_stands_in_nobodys_way(connection: Connection) -> None:
    """A hold occupies until it expires; then the next one who looks ends it and learns its deal."""
    hold = a_use(status="held", expires=100)
    occupy(connection, [hold])
    assert expire_holds(connection, ["thing"], 99) == 0
    assert expire_holds(connection, ["twin"], 100) == 0
    with pytest.raises(Taken):
        occupy(connection, [a_use()])
    assert expire_holds(connection, ["thing"], 100) == 1
    occupy(connection, [a_use()])
    assert statuses(connection) == ["confirmed", "expired"]


def test_only_stale_holds_end(connection: Connection) -> None:
    """Of all that is live on a resource only what is held beyond its time ends."""
    occupy(connection, [a_use("twin", status="held", expires=1), a_use("twin"), a_use("thing")])
    assert expire_holds(connection, ["thing", "twin"], 1) == 1
    assert statuses(connection) == ["confirmed", "confirmed", "expired"]


def test_only_a_hold_can_be_confirmed(connection: Connection) -> None:
    """Confirming is all or none, and refused when a hold has ended."""
    first, second = a_use("twin", status="held"), a_use("twin", status="held")
    occupy(connection, [first, second])
    release(connection, [second.id])
    with pytest.raises(Conflict, match="ended in the meantime"):
        confirm(connection, [first.id, second.id])
    assert statuses(connection) == ["cancelled", "held"]
    confirm(connection, [first.id])
    assert statuses(connection) == ["cancelled", "confirmed"]


REPLACE = [
    (
        "INSERT OR REPLACE INTO resource (id, organisation_id, capacity, timed)"
        " VALUES ('twin', 'owner', 0, 1)"
    ),
    "REPLACE INTO resource (id, organisation_id, capacity, timed) VALUES ('twin', 'owner', 0, 0)",
    "UPDATE OR REPLACE resource SET id = 'twin' WHERE id = 'thing'",
    (
        "INSERT OR REPLACE INTO use (id, resource_id, start_ts, end_ts, qty, status, purpose)"
        " VALUES ('first', 'thing', 0, 1, 1, 'cancelled', 'deal')"
    ),
    (
        "INSERT OR IGNORE INTO use (id, resource_id, start_ts, end_ts, qty, status, purpose)"
        " VALUES ('third', 'twin', 0, 1, 1, 'confirmed', 'deal')"
    ),
    "UPDATE OR REPLACE use SET id = 'first' WHERE id = 'second'",
    "UPDATE OR IGNORE use SET qty = 2 WHERE id = 'first'",
    (
        "INSERT OR REPLACE INTO event (seq, id, at, actor, subject, fact, body)"
        " VALUES (1, 'e', 0, '', '', '', '')"
    ),
]


@pytest.mark.parametrize("statement", REPLACE)
def test_sqlite_has_no_way_round_by_or_replace(
    new_store: Callable[[str], str], statement: str
) -> None:
    """OR REPLACE deletes rows without their triggers; neither it nor OR IGNORE gets anything by."""
    with open_store(new_store("sqlite")) as store, store.writing() as connection:
        add_resources(connection, {"thing": 1, "twin": 2})
        occupy(connection, [a_use("twin", id="first"), a_use("twin", id="second")])
        connection.execute(
            text("INSERT INTO event VALUES (1, 0, 'e', 0, 'system', NULL, 's', 'f', '{}')")
        )
        with pytest.raises(DBAPIError), connection.begin_nested():
            connection.execute(text(statement))
        assert connection.scalar(select(func.sum(use.c.qty))) == 2


def test_sqlite_refuses_a_missing_resource_without_foreign_keys(
    new_store: Callable[[str], str],
) -> None:
    """The guard does not lean on a setting that another program may forget."""
    path = new_store("sqlite").removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("PRAGMA foreign_keys = OFF")
        with pytest.raises(sqlite3.IntegrityError, match="use_resource"):
            plain.execute(
                "INSERT INTO use (id, resource_id, start_ts, end_ts, qty, status, purpose)"
                " VALUES ('a', 'no', 0, 1, 1, 'held', 'deal')"
            )
