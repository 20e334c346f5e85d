"""The links in mails: kept as salted digests, so that nobody can read them out of the store."""

from __future__ import annotations

import datetime as dt
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, insert, select, update

from cypn_core.storage import tables
from cypn_core.storage.instants import from_epoch, to_epoch


@frozen(kw_only=True)
class StoredLink:
    """A link as it is kept: for what, for whom, until when, and never its secret.

    *contact* marks the person it was sent to, *terms* digest what is answered with it.
    """

    id: str
    mail: str
    choice: str
    salt: str
    digest: str
    contact: str
    terms: str
    expires: dt.datetime
    used: bool = False


@frozen
class MailLinks:
    """The links of one transaction."""

    connection: Connection

    def add(self, link: StoredLink) -> None:
        """Store a new link."""
        self.connection.execute(
            insert(tables.mail_link).values(
                id=link.id,
                mail_id=link.mail,
                choice=link.choice,
                salt=link.salt,
                digest=link.digest,
                contact=link.contact,
                terms=link.terms,
                expires=to_epoch(link.expires),
                told=0,
            )
        )

    def get(self, link: str) -> StoredLink | None:
        """The link of that id."""
        row = self.connection.execute(
            select(tables.mail_link).where(tables.mail_link.c.id == link)
        ).one_or_none()
        return None if row is None else _link(row)

    def asked(self, mail: str) -> bool:
        """Whether *mail* ever went out with links to answer by."""
        known = tables.mail_link.c
        found = select(known.id).where(known.mail_id == mail, known.choice == "yes")
        return self.connection.execute(found.limit(1)).first() is not None

    def use(self, link: StoredLink, now: dt.datetime) -> bool:
        """Use up *link* with the others of its mail; False when one of them was used before."""
        known = tables.mail_link
        fresh = (known.c.mail_id == link.mail, known.c.used.is_(None))
        answers = known.c.choice != "unsubscribe"
        change = update(known).where(*fresh, answers).values(used=to_epoch(now))
        used = self.connection.execute(change.returning(known.c.id)).scalars().all()
        return link.id in used

    def tell(self, link: str) -> bool:
        """Note that its misuse was told; False when it was told before."""
        known = tables.mail_link
        change = update(known).where(known.c.id == link, known.c.told == 0).values(told=1)
        return bool(self.connection.execute(change).rowcount)


def _link(row: Any) -> StoredLink:
    return StoredLink(
        id=row.id,
        mail=row.mail_id,
        choice=row.choice,
        salt=row.salt,
        digest=row.digest,
        contact=row.contact,
        terms=row.terms,
        expires=from_epoch(row.expires),
        used=row.used is not None,
    )
