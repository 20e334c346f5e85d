"""No double booking: what the triggers of both stores refuse, said in the domain's words.

The store itself refuses a live Use (held or confirmed) that would lift the sum of overlapping
quantities above the resource's capacity at any instant, and a capacity below what is in use; the
SQL is beside the migrations. These functions change uses in the order that cannot deadlock
(by resource, then start) and translate the refusal. Each runs inside the caller's transaction and
behind a savepoint: after a refusal nothing of the call remains and the transaction may go on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import attrs
from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from cypn_core.domain.errors import Conflict, CypnError, Invalid, NotFound, Taken
from cypn_core.storage.tables import LIVE, resource, use

_UNFORESEEN = partial(Conflict, "The store refused this: read the thing again and retry.")
_AMOUNT = partial(Invalid, {"quantity": ["must be a whole number up to 10000"]})
_LENGTH = partial(Invalid, {"interval": ["must end after its start and within 31 days"]})
_TIMED = partial(Invalid, {"interval": ["is for timed resources, and only for those"]})

_SAID: Mapping[str, Callable[[], CypnError]] = {
    "use_capacity": partial(
        Taken, "Somebody else was first: choose another time or a smaller quantity."
    ),
    "resource_capacity": partial(
        Conflict, "More than that is in use: cancel or move those uses first."
    ),
    "use_resource": NotFound,
    "use_resource_id_fk": NotFound,
    "use_deal_id_fk": NotFound,
    "FOREIGN KEY constraint failed": NotFound,
    "use_timed": _TIMED,
    "use_interval_ck": _LENGTH,
    "use_qty_ck": _AMOUNT,
    "resource_capacity_ck": _AMOUNT,
}


@attrs.frozen
class UseRow:
    """One row of ``use``: a quantity of a resource for the instants ``[start_ts, end_ts)``.

    Both ends are epoch seconds, or both None where the resource is not timed. *expires* is the
    instant from which a hold is stale.
    """

    id: str
    resource_id: str
    qty: int
    status: str
    purpose: str
    start_ts: int | None = None
    end_ts: int | None = None
    deal_id: str | None = None
    expires: int | None = None


def occupy(connection: Connection, uses: Iterable[UseRow]) -> None:
    """Insert all *uses* or none.

    Raises `Taken` when one does not fit (stale holds count: see `expire_holds`), `NotFound` for a
    missing resource, and `Invalid` for a shape that the store refuses: an interval on an untimed
    resource or the reverse, an end not after its start, more than 31 days.
    """
    rows = sorted(uses, key=_order)
    if rows:
        with _refused(connection):
            connection.execute(insert(use), [attrs.asdict(row) for row in rows])


def confirm(connection: Connection, use_ids: Collection[str]) -> None:
    """Turn these holds into confirmed uses, all or none.

    Raises `Conflict` when one of them is not held any more.
    """
    with _refused(connection):
        held = _locked(connection, use.c.id.in_(use_ids), use.c.status == "held")
        if len(held) != len(set(use_ids)):
            raise Conflict("A hold has ended in the meantime: ask again.")
        _set_status(connection, held, "confirmed")


def suspend(connection: Connection, use_ids: Collection[str], expires: int) -> None:
    """Turn these confirmed uses into holds until *expires*, epoch seconds; they occupy as before.

    Raises `Conflict` when one of them is not confirmed any more.
    """
    with _refused(connection):
        stand = _locked(connection, use.c.id.in_(use_ids), use.c.status == "confirmed")
        if len(stand) != len(set(use_ids)):
            raise Conflict("A use has ended in the meantime: read it again.")
        for one in stand:
            held = update(use).where(use.c.id == one)
            connection.execute(held.values(status="held", expires=expires))


def release(connection: Connection, use_ids: Collection[str]) -> int:
    """Cancel those of these uses that are live; how many they were."""
    live = _locked(connection, use.c.id.in_(use_ids), use.c.status.in_(LIVE))
    _set_status(connection, live, "cancelled")
    return len(live)


def expire_holds(connection: Connection, resource_ids: Collection[str], now: int) -> int:
    """End the holds on these resources that are stale at *now*, epoch seconds; how many they were.

    Call it before `occupy` in every transaction that occupies, so that a stale hold never stands
    in anybody's way even when no ``tick`` runs.
    """
    stale = use.c.status == "held", use.c.expires <= now
    ended = _locked(connection, use.c.resource_id.in_(resource_ids), *stale)
    _set_status(connection, ended, "expired")
    return len(ended)


def set_capacity(connection: Connection, resource_id: str, capacity: int) -> None:
    """Change a resource's capacity, 0..10000.

    Raises `Conflict` when live uses need more, `NotFound` when there is no such resource.
    """
    change = update(resource).where(resource.c.id == resource_id)
    with _refused(connection):
        done = connection.execute(change.values(capacity=capacity, rev=resource.c.rev + 1))
        if not done.rowcount:
            raise NotFound


def _order(row: UseRow) -> tuple[str, int, str]:
    return (row.resource_id, row.start_ts or 0, row.id)


def _locked(connection: Connection, *conditions: ColumnElement[bool]) -> Sequence[str]:
    """The uses that meet *conditions*, locked in one order, so that two callers cannot deadlock."""
    found = select(use.c.id).where(*conditions).order_by(use.c.resource_id, use.c.id)
    return connection.execute(found.with_for_update()).scalars().all()


def _set_status(connection: Connection, uses: Sequence[str], status: str) -> None:
    """One statement a use, since the order of the locks on the resources matters."""
    for one in uses:
        connection.execute(update(use).where(use.c.id == one).values(status=status))


@contextmanager
def _refused(connection: Connection) -> Iterator[None]:
    """Run the block behind a savepoint and translate what the store refuses."""
    try:
        with connection.begin_nested():
            yield
    except IntegrityError as error:
        refusal = _SAID.get(_code(error), _UNFORESEEN)
        raise refusal() from None


def _code(error: IntegrityError) -> str:
    """The name of the constraint or trigger that refused, the same in both stores."""
    diag = getattr(error.orig, "diag", None)
    if diag:
        return str(diag.constraint_name)
    return str(error.orig).removeprefix("CHECK constraint failed: ")
