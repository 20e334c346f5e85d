"""Counts of who came how often, in windows; one statement decides, so that no worker miscounts."""

from __future__ import annotations

from sqlalchemy import Connection, case, delete, select, update

from cypn_core.storage.rates_tables import rate
from cypn_core.storage.upserts import insert_if_new

MOST = 1000
"""Rows that are purged at once."""


def hit(connection: Connection, name: str, amount: int, now: int, seconds: int) -> int:
    """Count *amount* more for *name*; how many that makes in the window.

    A window begins with its first hit and ends *seconds* later.
    """
    fresh = {"id": name, "hits": 0, "until": now + seconds}
    connection.execute(insert_if_new(connection, rate, fresh))
    over = rate.c.until <= now
    counted = update(rate).where(rate.c.id == name)
    changed = counted.values(
        hits=case((over, amount), else_=rate.c.hits + amount),
        until=case((over, now + seconds), else_=rate.c.until),
    )
    return int(connection.execute(changed.returning(rate.c.hits)).scalar_one())


def window(connection: Connection, name: str, now: int) -> tuple[int, int]:
    """How often *name* came in its window, and when that ends; ``(0, now)`` where there is none."""
    found = select(rate.c.hits, rate.c.until).where(rate.c.id == name, rate.c.until > now)
    row = connection.execute(found).one_or_none()
    return (row.hits, row.until) if row else (0, now)


def forget(connection: Connection, name: str | None = None) -> int:
    """Forget *name*, or everybody; how many that were."""
    gone = delete(rate) if name is None else delete(rate).where(rate.c.id == name)
    return connection.execute(gone).rowcount


def purge(connection: Connection, now: int) -> int:
    """Delete windows that are over, up to `MOST` of them; how many."""
    old = select(rate.c.id).where(rate.c.until <= now).order_by(rate.c.until).limit(MOST)
    return connection.execute(delete(rate).where(rate.c.id.in_(old))).rowcount
