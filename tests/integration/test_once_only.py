"""Idempotency keys and leases: what several ask for happens once."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from cypn_core.domain.errors import Conflict, Invalid
from cypn_core.storage import idempotency, leases
from cypn_core.storage.engine import Store
from cypn_core.storage.idempotency import Answer


def ask(store: Store, key: str = "key", digest: str = "digest", caller: str = "a") -> str | None:
    """Ask once; the stored answer's body, or None when the work was done now."""
    with store.writing() as connection:
        given = idempotency.begin(connection, caller, key, digest, 0)
        if given is None:
            idempotency.finish(connection, caller, key, Answer(201, '{"id": 1}'))
        return given.body if given else None


def test_the_same_request_gets_the_same_answer(store: Store) -> None:
    """The second time nothing is done and the first answer comes back."""
    assert ask(store) is None
    assert ask(store) == '{"id": 1}'


def test_a_key_of_another_request_is_refused(store: Store) -> None:
    """The same key with another body is a mistake of the caller (422)."""
    ask(store)
    with pytest.raises(Invalid, match="Idempotency-Key: was used for another request"):
        ask(store, digest="other")


def test_keys_belong_to_callers(store: Store) -> None:
    """Two callers may choose the same key."""
    assert ask(store) is ask(store, caller="b") is None


def test_what_was_rolled_back_was_never_asked(store: Store) -> None:
    """The key goes with its transaction, so the next attempt does the work."""

    def work(connection: Connection) -> None:
        idempotency.begin(connection, "a", "key", "digest", 0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.transact(work)
    assert ask(store) is None


def test_a_request_without_an_answer_is_a_conflict(store: Store) -> None:
    """A program that forgot to finish does not make the caller believe anything."""
    with store.writing() as connection:
        idempotency.begin(connection, "a", "key", "digest", 0)
    with pytest.raises(Conflict, match="with a new key"):
        ask(store)


def test_a_lease_is_held_until_it_ends(store: Store) -> None:
    """Others get it exactly at its end; its holder may take it again meanwhile."""
    with store.writing() as connection:
        assert leases.take(connection, "tick", "a", 0, 60)
        assert leases.take(connection, "tick", "a", 10, 60)
        assert not leases.take(connection, "tick", "b", 69, 60)
        assert leases.take(connection, "other", "b", 69, 60)
        assert leases.take(connection, "tick", "b", 70, 60)


def test_a_lease_can_be_renewed_only_while_it_is_held(store: Store) -> None:
    """Who has lost the lease is told, and must stop."""
    with store.writing() as connection:
        leases.take(connection, "tick", "a", 0, 60)
        assert leases.renew(connection, "tick", "a", 59, 60)
        assert not leases.renew(connection, "tick", "b", 60, 60)
        assert not leases.renew(connection, "tick", "a", 119, 60)


def test_a_released_lease_is_free_and_only_its_holder_releases_it(store: Store) -> None:
    """Releasing somebody else's lease does nothing."""
    with store.writing() as connection:
        leases.take(connection, "tick", "a", 0, 60)
        leases.release(connection, "tick", "b")
        assert not leases.take(connection, "tick", "b", 1, 60)
        leases.release(connection, "tick", "a")
        assert leases.take(connection, "tick", "b", 1, 60)
