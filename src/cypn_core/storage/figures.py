"""Counts of what a hub holds, for those who watch over it; of nobody in particular."""

from __future__ import annotations

from sqlalchemy import Connection, QueuePool, func, select

from cypn_core.storage.engine import Store
from cypn_core.storage.tables import deal, mail, posting

Counts = list[tuple[tuple[str, ...], int]]


def deals(connection: Connection) -> Counts:
    """How many deals there are, by exchange and state."""
    by = deal.c.exchange, deal.c.state
    rows = connection.execute(select(*by, func.count()).group_by(*by).order_by(*by))
    return [((exchange, state), count) for exchange, state, count in rows]


def needs(connection: Connection) -> Counts:
    """How many needs there are, by exchange and state."""
    by = posting.c.exchange, posting.c.state
    wanted = select(*by, func.count()).where(posting.c.side == "need")
    rows = connection.execute(wanted.group_by(*by).order_by(*by))
    return [((exchange, state), count) for exchange, state, count in rows]


def mails(connection: Connection) -> Counts:
    """How many mails are kept, by state."""
    by = mail.c.state
    rows = connection.execute(select(by, func.count()).group_by(by).order_by(by))
    return [((state,), count) for state, count in rows]


def connections(store: Store) -> int:
    """How many of this process's connections to *store* are in use."""
    pool = store.engine.pool
    return pool.checkedout() if isinstance(pool, QueuePool) else 0
