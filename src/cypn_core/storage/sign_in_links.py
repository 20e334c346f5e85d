"""Who asked to sign in: links that are mailed, kept as salted digests, used once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, delete, select, update

from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.storage.people_tables import sign_in_link
from cypn_core.storage.upserts import upsert

PLACES = 5
"""How many links one address may ask for within `PLACE_SECONDS`."""
PLACE_SECONDS = 3600


@frozen(kw_only=True)
class StoredSignIn:
    """A link by which somebody signs in, as it is kept: never its secret, never the address."""

    id: str
    address: str
    attempts: int
    people: frozenset[str]
    salt: str
    digest: str
    expires: dt.datetime


@frozen
class SignInLinks:
    """The sign-in links of one transaction."""

    connection: Connection

    def ask(self, link: str, address: str, now: dt.datetime) -> bool:
        """Let a letter be sent to *address*; False when too many were asked for.

        Which statements run does not depend on whose that address is, nor on whether it is known.
        """
        return any(self._take(place, link, address, now) for place in range(PLACES))

    def _take(self, place: int, link: str, address: str, now: dt.datetime) -> bool:
        row = {
            "address": address,
            "place": place,
            "id": link,
            "asked": to_epoch(now),
            "due": to_epoch(now),
            "attempts": 0,
            "people": "",
            "salt": "",
            "digest": "",
            "expires": to_epoch(now),
            "used": None,
        }
        free = sign_in_link.c.asked <= to_epoch(now) - PLACE_SECONDS
        taken = upsert(self.connection, sign_in_link, row, only_if=lambda _: free)
        return bool(self.connection.execute(taken).rowcount)

    def claim(
        self, now: dt.datetime, again: dt.timedelta, until: dt.timedelta
    ) -> StoredSignIn | None:
        """The next link whose letter is due, one attempt later, unless it was asked *until* ago."""
        known = sign_in_link.c
        is_due = (known.due <= to_epoch(now), known.asked > to_epoch(now - until))
        chosen = select(sign_in_link).where(*is_due).order_by(known.due, known.id).limit(1)
        row = self.connection.execute(chosen).one_or_none()
        if row is None:
            return None
        later = to_epoch(now + again * 2**row.attempts)
        mine = (known.id == row.id, known.attempts == row.attempts, *is_due)
        change = update(sign_in_link).where(*mine).values(attempts=row.attempts + 1, due=later)
        if not self.connection.execute(change).rowcount:
            return self.claim(now, again, until)
        return _link(row, attempts=row.attempts + 1)

    def make(self, link: StoredSignIn) -> None:
        """Keep what is needed to know the link again that the letter is about to carry."""
        self._set(
            link.id,
            people=" ".join(sorted(link.people)),
            salt=link.salt,
            digest=link.digest,
            expires=to_epoch(link.expires),
        )

    def gone(self, link: str) -> None:
        """Its letter was handed over, or goes to nobody."""
        self._set(link, due=None)

    def get(self, link: str) -> StoredSignIn | None:
        """The link of that id."""
        chosen = select(sign_in_link).where(sign_in_link.c.id == link)
        row = self.connection.execute(chosen).one_or_none()
        return None if row is None else _link(row, attempts=row.attempts)

    def use(self, link: str, now: dt.datetime) -> bool:
        """Use it up; False when it was used before."""
        known = sign_in_link.c
        fresh = (known.id == link, known.used.is_(None))
        change = update(sign_in_link).where(*fresh).values(used=to_epoch(now))
        return bool(self.connection.execute(change).rowcount)

    def purge(self, before: dt.datetime) -> int:
        """Delete those that were asked for before then."""
        old = sign_in_link.c.asked < to_epoch(before)
        return self.connection.execute(delete(sign_in_link).where(old)).rowcount

    def _set(self, link: str, **values: Any) -> None:
        change = update(sign_in_link).where(sign_in_link.c.id == link)
        self.connection.execute(change.values(**values))


def _link(row: Any, attempts: int) -> StoredSignIn:
    return StoredSignIn(
        id=row.id,
        address=row.address,
        attempts=attempts,
        people=frozenset(row.people.split()),
        salt=row.salt,
        digest=row.digest,
        expires=from_epoch(row.expires),
    )
