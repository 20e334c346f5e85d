"""The sealed log: what is done to it around the hub is seen, on both stores."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from attrs import evolve
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from tests.post_office import PostOffice, post_office, texts
from tests.towns import NOW, ONLY_VENUES, pair

from cypn_core.application import audit
from cypn_core.application.network import SYSTEM
from cypn_core.storage import events, export
from cypn_core.storage.engine import Store, open_store
from cypn_core.storage.migrations import migrate
from cypn_core.storage.restore import restore
from cypn_core.testing.town import Town

TRUSTEES = ("ann@trust.example.org", "bob@trust.example.org")
GUARDS = ("day_seal", "sealed_event", "event")


@pytest.fixture
def town(store: Store) -> Town:
    """Three days with events, and the night after them."""
    town = Town.on(store, ONLY_VENUES, NOW)
    pair(town)
    for n in range(2):
        town.clock.pass_time(days=1)
        town.member(f"Group {n}", "seeker", place="Norchester")
    town.clock.pass_time(days=1)
    town.tick()
    return town


@contextmanager
def unguarded(store: Store) -> Iterator[Connection]:
    """A transaction of somebody who owns the store and has put its triggers aside."""
    with store.writing() as connection:
        if store.dialect == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            triggers = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            ).all()
            for name, _ in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
        yield connection
        if store.dialect == "sqlite":
            for _, sql in triggers:
                connection.exec_driver_sql(sql)


def verified(town: Town, **mailed: str) -> audit.Audit:
    days = {dt.date.fromisoformat(day[1:].replace("_", "-")): d for day, d in mailed.items()}
    with town.network.reading() as work:
        return audit.verify(work, SYSTEM, days)


def test_what_nobody_touched_is_as_it_was(town: Town) -> None:
    """Three past days are sealed, all their events too, and nothing of today."""
    found = verified(town)
    assert (found.days, found.flaws) == (3, ())
    assert found.last is not None
    assert found.last.day == dt.date(2026, 11, 24)
    with town.network.reading() as work:
        before = events.happened(work.connection, NOW, *facts(town))
    midnight = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    assert found.events == sum(event.at < midnight for event in before) > 5


def facts(town: Town) -> list[str]:
    with town.network.reading() as work:
        return list(work.connection.execute(text("SELECT DISTINCT fact FROM event")).scalars())


def test_sealing_again_changes_nothing(town: Town) -> None:
    """The second tick of a night seals no day; the next night seals one, although it was empty."""
    before = verified(town)
    assert town.tick().days_sealed == 0
    assert verified(town) == before
    town.clock.pass_time(days=1)
    assert town.tick().days_sealed == 1
    assert verified(town).flaws == ()


def test_days_are_those_of_the_region(store: Store) -> None:
    """An event of half past midnight on clocks an hour ahead of UTC is of the new day."""
    town = Town.on(store, ONLY_VENUES, dt.datetime(2026, 6, 1, 22, 30, tzinfo=dt.UTC))
    town.member("Early", "seeker", place="Norchester")
    town.clock.pass_time(hours=1)
    assert town.tick().days_sealed == 1
    early = verified(town).events
    town.member("Late", "seeker", place="Norchester")
    assert early > 0
    assert town.tick().days_sealed == 0
    assert verified(town).events == early


Harm = Callable[[Connection], object]


def _run(*statements: str) -> Harm:
    def harm(connection: Connection) -> None:
        for statement in statements:
            assert connection.execute(text(statement), first(connection)).rowcount

    return harm


FIRST = "SELECT event_id FROM sealed_event WHERE day = '2026-11-22' AND place = 1"


def first(connection: Connection) -> dict[str, str]:
    return {"first": str(connection.scalar(text(FIRST)))}


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_run("UPDATE event SET fact = 'other' WHERE id = :first"), "2026-11-22: changed"),
        (_run("UPDATE event SET at = at + 1 WHERE id = :first"), "2026-11-22: changed"),
        (_run("UPDATE event SET actor = 'key:x' WHERE id = :first"), "2026-11-22: changed"),
        (_run("UPDATE event SET body = '[]' WHERE id = :first"), "2026-11-22: changed"),
        (_run("UPDATE event SET body = 'gone' WHERE id = :first"), "2026-11-22: changed"),
        (_run("DELETE FROM event WHERE id = :first"), "events were removed"),
        (
            _run("DELETE FROM sealed_event WHERE event_id = :first"),
            "2026-11-22: the seal does not fit",
        ),
        (
            _run("UPDATE day_seal SET digest = previous WHERE day = '2026-11-23'"),
            "2026-11-24: the seal does not hang on the day before",
        ),
        (
            _run(
                "DELETE FROM seal_mail WHERE day = '2026-11-23'",
                "DELETE FROM sealed_event WHERE day = '2026-11-23'",
                "DELETE FROM day_seal WHERE day = '2026-11-23'",
            ),
            "2026-11-23: the seal is missing",
        ),
    ],
)
def test_what_is_done_around_the_hub_is_seen(
    town: Town, store: Store, harm: Harm, said: str
) -> None:
    """Events that are changed or removed, and seals that are, are told with their day."""
    with unguarded(store) as connection:
        harm(connection)
    assert any(said in flaw for flaw in verified(town).flaws)


def test_a_cut_end_is_seen_with_what_was_mailed(town: Town, store: Store) -> None:
    """The last days with all their seals gone fit the chain; the digest in the mail does not."""
    last = verified(town).last
    assert last is not None
    mailed = {f"d{last.day}".replace("-", "_"): last.digest}
    assert verified(town, **mailed).flaws == ()
    with unguarded(store) as connection:
        for statement in (
            (
                "DELETE FROM message WHERE event_id IN"
                " (SELECT event_id FROM sealed_event WHERE day > '2026-11-22')"
            ),
            (
                "DELETE FROM event WHERE id IN"
                " (SELECT event_id FROM sealed_event WHERE day > '2026-11-22')"
            ),
            "DELETE FROM seal_mail WHERE day > '2026-11-22'",
            "DELETE FROM sealed_event WHERE day > '2026-11-22'",
            "DELETE FROM day_seal WHERE day > '2026-11-22'",
        ):
            connection.execute(text(statement))
    assert verified(town).flaws == ()
    assert verified(town, **mailed).flaws == (
        "2026-11-24: was mailed and has no seal: the log was cut",
    )
    town.tick()
    assert verified(town).flaws == ()
    assert verified(town, **mailed).flaws == (
        "2026-11-24: is not what was mailed: the log was written anew",
    )


def test_the_store_itself_refuses_to_change_a_seal(town: Town, store: Store) -> None:
    """Whoever has not put the triggers aside can neither change nor delete what is sealed."""
    for statement in (
        "UPDATE day_seal SET digest = ''",
        "DELETE FROM day_seal",
        "UPDATE sealed_event SET digest = ''",
        "DELETE FROM sealed_event",
    ):
        with pytest.raises(DBAPIError, match="append_only"), store.writing() as connection:
            connection.execute(text(statement))
    assert verified(town).flaws == ()


def test_details_may_be_erased_with_their_salt(town: Town, store: Store) -> None:
    """Without its salt an event is not held against its digest, and the chain still fits."""
    with unguarded(store) as connection:
        connection.execute(
            text("UPDATE event SET body = '{}' WHERE id = :first"), first(connection)
        )
    assert verified(town).flaws
    with store.writing() as connection:
        connection.execute(
            text("UPDATE sealed_event SET salt = NULL WHERE event_id = :first"), first(connection)
        )
    assert verified(town).flaws == ()


def test_machines_that_seal_at_once_seal_each_day_once(town: Town, store: Store) -> None:
    """Of four at the same time one seals the three nights; the others wait and find nothing due."""
    town.clock.pass_time(days=3)
    start = threading.Barrier(4)

    def machine(_: int) -> int:
        start.wait()
        return town.network.transact(audit.seal)

    with ThreadPoolExecutor(4) as machines:
        assert sorted(machines.map(machine, range(4))) == [0, 0, 0, 3]
    assert (verified(town).days, verified(town).flaws) == (6, ())


def test_a_moved_store_verifies_as_before(
    town: Town, store: Store, new_store: Callable[[str], str]
) -> None:
    """After an export and an import into the other kind of store the seals fit the same events."""
    with store.reading() as connection:
        rows = list(export.rows(connection))
    other = "sqlite" if store.dialect == "postgresql" else "postgresql"
    with open_store(new_store(other)) as moved:
        migrate(moved)
        moved.transact(lambda connection: restore(connection, rows))
        there = Town.on(moved, ONLY_VENUES, town.clock.now)
        assert verified(there) == verified(town)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


def test_the_trustees_are_mailed_each_days_digest_once(store: Store, office: PostOffice) -> None:
    """Each of them, and nobody else; not again; what could not be handed over comes later."""
    mailing = evolve(office.carrier(), trustees=TRUSTEES)
    town = Town.on(store, ONLY_VENUES, NOW, mailing)
    town.member("Amber Lane", "seeker", place="Norchester")
    office.broken = True
    town.clock.pass_time(days=1)
    assert town.tick().days_mailed == 0
    office.broken = False
    assert town.tick().days_mailed == 0
    town.clock.pass_time(minutes=11)
    assert town.tick().days_mailed == 1
    last = verified(town).last
    assert last is not None
    for trustee in TRUSTEES:
        (letter,) = office.letters(trustee)
        assert f"2026-11-22={last.digest}" in texts(letter)
        assert "Amber" not in texts(letter)
    assert town.tick().days_mailed == 0
    town.clock.pass_time(days=1)
    assert town.tick().days_mailed == 1
    assert len(office.letters(TRUSTEES[0])) == 2


def test_a_trustee_whose_address_is_refused_keeps_no_other_from_it(
    store: Store, office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    """The others get it once; the log of the process says which trustee, and no address."""
    town = Town.on(store, ONLY_VENUES, NOW, evolve(office.carrier(), trustees=TRUSTEES))
    town.member("Amber Lane", "seeker", place="Norchester")
    office.refuses = {TRUSTEES[0]}
    town.clock.pass_time(days=1)
    assert town.tick().days_mailed == 1
    for _ in range(3):
        town.clock.pass_time(minutes=11)
        assert town.tick().days_mailed == 0
    assert len(office.letters(TRUSTEES[1])) == 1
    assert "trustee 1" in caplog.text
    assert TRUSTEES[0] not in caplog.text
