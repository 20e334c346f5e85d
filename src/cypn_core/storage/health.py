"""Whether a store can be worked on, said in plain words."""

from __future__ import annotations

from attrs import frozen
from sqlalchemy.exc import DBAPIError

from cypn_core.domain.errors import Conflict
from cypn_core.storage import leases
from cypn_core.storage.engine import Store
from cypn_core.storage.migrations import head, migrate, revision

PROBE = "probe"


@frozen(kw_only=True)
class Health:
    """What was found. *revision* is None where the store was never migrated."""

    reachable: bool
    writable: bool
    revision: str | None
    head: str

    @property
    def at_head(self) -> bool:
        """Whether the schema is the one that this version works on."""
        return self.revision == self.head


def health(store: Store) -> Health:
    """Look at *store*; nothing that anybody reads is changed by it."""
    try:
        found = revision(store)
    except DBAPIError:
        return Health(reachable=False, writable=False, revision=None, head=head())
    at_head = found == head()
    return Health(
        reachable=True, writable=at_head and _writable(store), revision=found, head=head()
    )


def ready(store: Store) -> None:
    """Refuse a store on which this version must not work.

    :raises Conflict: saying what to do first.
    """
    found = health(store)
    if not found.reachable:
        raise Conflict(_UNREACHABLE)
    if not found.at_head:
        at = found.revision or "nothing yet"
        raise Conflict(f"The store's schema is at {at} and must be at {found.head}: cypn migrate")
    if not found.writable:
        raise Conflict("The store cannot be written to: see to its permissions.")


def prepare(store: Store) -> None:
    """Migrate *store* to the head.

    :raises Conflict: when it cannot be reached.
    """
    try:
        migrate(store)
    except (DBAPIError, OSError):
        if not health(store).reachable:
            raise Conflict(_UNREACHABLE) from None
        raise


_UNREACHABLE = (
    "The store cannot be opened: see that CYPN_DATABASE_URL is right, that its folder is there "
    "or its server runs, and that you may use it."
)


def _writable(store: Store) -> bool:
    try:
        with store.writing() as connection:
            leases.take(connection, PROBE, PROBE, 0, 1)
            leases.release(connection, PROBE, PROBE)
    except (DBAPIError, OSError):
        return False
    return True
