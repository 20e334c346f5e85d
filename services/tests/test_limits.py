"""Limits on how often a client may come hold for all workers together."""

from __future__ import annotations

import datetime as dt
import multiprocessing
from typing import Any

import pytest
from attrs import define
from flask import Flask
from limits.storage import MemoryStorage, Storage
from sqlalchemy import select

import cypn_region_northshire.plugin as northshire
from cypn_core.application.network import Network
from cypn_core.hub import Hub
from cypn_core.storage import rates
from cypn_core.storage.engine import Store, open_store
from cypn_core.storage.rates_tables import rate
from cypn_core.web.failures import install_problems
from cypn_services.limits import (
    LIMITS,
    Blocks,
    Limit,
    StoredRates,
    client,
    client_and_address,
    limited,
    limited_by,
)
from cypn_venue_bank import plugin as venue_bank

NOW = dt.datetime(2027, 1, 4, 9, tzinfo=dt.UTC)
ASK = Limit(name="ask", most="3/15minutes", who=client_and_address, at=frozenset({"sign_in"}))
ALL = Limit(name="all", most="40/minute", who=client)
HITS = 60


@define
class Clock:
    """A clock that a test moves."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        """The time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workers(store: Store, clock: Clock) -> Any:
    """Two networks on one store, each with connections of its own, as two processes have."""
    url = store.engine.url.render_as_string(hide_password=False)
    hub = Hub.of(venue_bank, northshire)
    with open_store(url) as other:
        yield [Network(hub=hub, store=each, clock=clock) for each in (store, other)]


def bare_app() -> Flask:
    app = Flask("bare")
    install_problems(app)
    app.add_url_rule("/sign-in", "sign_in", lambda: "asked", methods=["GET", "POST"])
    app.add_url_rule("/", "start", lambda: "start")
    return app


def ask(app: Flask, email: str = "kim@example.org", address: str = "192.0.2.1") -> Any:
    return app.test_client().post(
        "/sign-in", data={"email": email}, environ_base={"REMOTE_ADDR": address}
    )


def test_two_workers_share_a_limit(workers: list[Network], clock: Clock) -> None:
    """Three ask, wherever; the fourth is told how long to wait; after that it is let in again."""
    one, two = (limited(bare_app(), each, (ASK,)) for each in workers)
    assert [ask(app).status_code for app in (one, two, one)] == [200, 200, 200]
    for app in (one, two):
        refused = ask(app, "KIM@example.org ")
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "900"
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert refused.json["type"] == "/problems/too-often"
    clock.now += dt.timedelta(minutes=15)
    assert ask(two).status_code == 200


def test_counts_in_memory_would_not_be_shared(workers: list[Network]) -> None:
    """The control: with a memory of its own each worker lets in as many again."""
    kept: list[Storage] = [MemoryStorage(), MemoryStorage()]
    one, two = (limited_by(bare_app(), (ASK,), each, each) for each in kept)
    assert [ask(app).status_code for app in (one, two) * 3] == [200] * 6
    assert ask(one).status_code == 429


def test_one_client_locks_nobody_else_out(workers: list[Network]) -> None:
    """Others sign in with the same address, the same client with another; reading is free."""
    app = limited(bare_app(), workers[0], (ASK,))
    for _ in range(4):
        last = ask(app)
    assert last.status_code == 429
    assert ask(app, address="192.0.2.2").status_code == 200
    assert ask(app, "sam@example.org").status_code == 200
    assert app.test_client().get("/sign-in").status_code == 200


@pytest.mark.parametrize("size", [1, 7, 20])
def test_what_is_fetched_in_blocks_lets_through_no_more(
    workers: list[Network], size: int, clock: Clock
) -> None:
    """Two workers on blocks let through the limit at most, and it less one block at least."""
    apps = [
        limited_by(bare_app(), (ALL,), StoredRates(each), Blocks(each, size)) for each in workers
    ]
    passed = [apps[at % 2].test_client().get("/").status_code for at in range(100)].count(200)
    assert 40 - size < passed <= 40
    clock.now += dt.timedelta(minutes=1)
    assert apps[0].test_client().get("/").status_code == 200


def test_a_page_costs_the_store_one_write_in_twenty(workers: list[Network]) -> None:
    """The count in the store goes up by a block and not by a visit."""
    app = limited(bare_app(), workers[0], (ALL,))
    for _ in range(3):
        app.test_client().get("/")
    with workers[0].store.reading() as connection:
        assert connection.execute(select(rate.c.hits)).scalars().all() == [20]


def test_no_address_is_stored(workers: list[Network]) -> None:
    """What is kept is a keyed digest, of the client's address and of the e-mail address."""
    ask(limited(bare_app(), workers[0], (ASK, ALL)))
    with workers[0].store.reading() as connection:
        stored = connection.execute(select(rate)).all()
    assert len(stored) == 2
    assert all(len(row.id) == 64 and set(row.id) <= set("0123456789abcdef") for row in stored)


def _hit(url: str, done: Any) -> None:
    with open_store(url) as store:
        for _ in range(HITS):
            store.transact(lambda c: rates.hit(c, "one", 1, 1000, 60))
    done.put("done")


def test_no_hit_of_two_processes_is_lost(store: Store) -> None:
    """Two processes that hit at the same time are counted one by one."""
    start = multiprocessing.get_context("spawn")
    url, done = store.engine.url.render_as_string(hide_password=False), start.Queue()
    both = [start.Process(target=_hit, args=(url, done)) for _ in range(2)]
    for each in both:
        each.start()
    assert [done.get(timeout=60) for _ in both] == ["done", "done"]
    with store.reading() as connection:
        assert rates.window(connection, "one", 1000) == (2 * HITS, 1060)
        assert rates.window(connection, "one", 1060) == (0, 1060)


def test_what_is_over_is_purged(store: Store) -> None:
    """Windows that still run stay; forgetting forgets one or all."""

    def fill(connection: Any) -> None:
        for name, now in (("old", 0), ("new", 50), ("newer", 50)):
            rates.hit(connection, name, 1, now, 60)

    store.transact(fill)
    assert store.transact(lambda c: rates.purge(c, 60)) == 1
    assert store.transact(lambda c: rates.forget(c, "new")) == 1
    assert store.transact(rates.forget) == 1


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_each_limit_can_be_read(limit: Limit) -> None:
    """What stands in the table is what the library understands."""
    assert limit.item.amount > 0
    assert limit.item.get_expiry() >= 60


def test_going_to_an_issuer_and_back_is_limited_though_it_is_a_link(
    workers: list[Network],
) -> None:
    """Twenty visits a minute of one client to both together; others and other pages go on."""
    app = bare_app()
    app.add_url_rule("/sign-in/elsewhere", "sign_in_elsewhere", lambda: "gone")
    app.add_url_rule("/sign-in/back", "sign_in_back", lambda: "back")
    limited(app, workers[0], LIMITS)

    def visit(path: str, address: str = "192.0.2.1") -> int:
        came = app.test_client().get(path, environ_base={"REMOTE_ADDR": address})
        return came.status_code

    paths = ("/sign-in/elsewhere", "/sign-in/back")
    assert [visit(paths[at % 2]) for at in range(20)] == [200] * 20
    assert [visit(path) for path in paths] == [429, 429]
    assert visit(paths[0], "192.0.2.2") == 200
    assert visit("/sign-in") == 200


def test_the_library_finds_what_it_asks_of_a_storage(workers: list[Network]) -> None:
    """Checks, clears and resets do as their names say."""
    kept = StoredRates(workers[0])
    assert kept.check()
    assert [kept.incr("a", 60), kept.incr("a", 60, 2), kept.incr("b", 60)] == [1, 3, 1]
    assert kept.get_expiry("a") == kept.now() + 60
    kept.clear("a")
    assert [kept.get("a"), kept.get("b")] == [0, 1]
    assert kept.reset() == 1
