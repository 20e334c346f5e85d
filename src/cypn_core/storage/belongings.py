"""What hangs on a membership: the checks that are wanted, and how its addresses were obtained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from attrs import frozen
from sqlalchemy import Connection, delete, select, update

from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.organisations import Obtained
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.storage.membership_tables import check_request, contact_origin
from cypn_core.storage.upserts import insert_if_new


@frozen(kw_only=True)
class CheckRequest:
    """A check that *organisation* wants in *role*; *ready* is when it said that one may come."""

    organisation: OrganisationId
    role: str
    asked: dt.datetime
    ready: dt.datetime | None


@frozen
class CheckRequests:
    """The wanted checks of one transaction."""

    connection: Connection

    def want(self, organisation: OrganisationId, role: str, now: dt.datetime) -> None:
        """Note that *organisation* wants to be checked in *role*, unless it is noted."""
        row = {"organisation_id": organisation, "role": role, "asked": to_epoch(now)}
        self.connection.execute(insert_if_new(self.connection, check_request, row))

    def ready(self, organisation: OrganisationId, role: str, now: dt.datetime) -> bool:
        """Note that it is ready for that; False when it said so before."""
        self.want(organisation, role, now)
        known = check_request.c
        mine = (known.organisation_id == organisation, known.role == role, known.ready.is_(None))
        change = update(check_request).where(*mine).values(ready=to_epoch(now))
        return bool(self.connection.execute(change).rowcount)

    def of(self, organisation: OrganisationId | None = None) -> list[CheckRequest]:
        """What *organisation* wants, or everybody does: those that are ready longest first."""
        known = check_request.c
        chosen = select(check_request)
        if organisation is not None:
            chosen = chosen.where(known.organisation_id == organisation)
        order = (known.ready.is_(None), known.ready, known.asked, known.organisation_id, known.role)
        return [
            CheckRequest(
                organisation=OrganisationId(row.organisation_id),
                role=row.role,
                asked=from_epoch(row.asked),
                ready=None if row.ready is None else from_epoch(row.ready),
            )
            for row in self.connection.execute(chosen.order_by(*order))
        ]

    def answered(self, organisation: OrganisationId, role: str | None = None) -> None:
        """Delete what was decided in *role*, or in every one."""
        known = check_request.c
        mine = delete(check_request).where(known.organisation_id == organisation)
        self.connection.execute(mine if role is None else mine.where(known.role == role))


@frozen
class Origins:
    """How the addresses of contacts were obtained, in one transaction."""

    connection: Connection

    def keep(
        self,
        organisation: OrganisationId,
        contacts: Collection[str],
        how: Obtained,
        at: dt.datetime,
    ) -> None:
        """Note *how* those of *contacts* came that are new, and forget who is none any more."""
        known = contact_origin.c
        gone = (known.organisation_id == organisation, known.contact.not_in(sorted(contacts)))
        self.connection.execute(delete(contact_origin).where(*gone))
        for contact in sorted(contacts):
            known_as = {"organisation_id": organisation, "contact": contact}
            row = {**known_as, "how": how.value, "at": to_epoch(at)}
            self.connection.execute(insert_if_new(self.connection, contact_origin, row))

    def of(self, organisation: OrganisationId) -> dict[str, tuple[Obtained, dt.datetime]]:
        """Contact's mark -> how its address came, and when."""
        known = contact_origin.c
        rows = self.connection.execute(
            select(contact_origin).where(known.organisation_id == organisation)
        )
        return {row.contact: (Obtained(row.how), from_epoch(row.at)) for row in rows}
