"""Named leases: of all machines on one store, at most one does a thing at a time.

A lease ends by itself, so a machine that dies blocks nobody for long. Instants come from the
caller's clock: the machines' clocks must differ by far less than a lease lasts.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, or_, update

from cypn_core.storage.tables import lease
from cypn_core.storage.upserts import upsert


def take(connection: Connection, name: str, holder: str, now: int, seconds: int) -> bool:
    """Take the lease *name* for *seconds* from *now*; False when somebody else has it."""
    values = {"name": name, "holder": holder, "until": now + seconds}
    mine = or_(lease.c.until <= now, lease.c.holder == holder)
    taken = connection.execute(upsert(connection, lease, values, only_if=lambda _: mine))
    return taken.rowcount == 1


def renew(connection: Connection, name: str, holder: str, now: int, seconds: int) -> bool:
    """Hold on for *seconds* from *now*; False when the lease has ended or was lost: stop then."""
    held = update(lease).where(lease.c.name == name, lease.c.holder == holder, lease.c.until > now)
    return connection.execute(held.values(until=now + seconds)).rowcount == 1


def release(connection: Connection, name: str, holder: str) -> None:
    """Give the lease back; nothing happens when it is not this holder's."""
    connection.execute(delete(lease).where(lease.c.name == name, lease.c.holder == holder))
