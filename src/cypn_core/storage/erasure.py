"""Erasing what the store holds on one organisation, beyond its profile and its postings.

Every table with a column ``organisation_id`` is emptied of its rows, unless it is named in `KEPT`:
so that a new table is not forgotten.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, Table, delete, or_, select, union, update

from cypn_core.domain.ids import OrganisationId
from cypn_core.storage import tables
from cypn_core.storage.people_tables import session
from cypn_core.storage.people_tables import session_contact as contact
from cypn_core.storage.tables import metadata

KEPT = frozenset(
    {"opted_out", "practice", "posting", "resource", "wake", "complaint", "session", "idempotency"}
)
"""Tables with such a column whose rows stay, without texts, or go in a way of their own."""

TEXTS: Mapping[str, tuple[str, ...]] = {"unmasked": ("because",), "deal_action": ("tells",)}
"""By fact, what in an event a person may have written; a trigger of the store knows them too."""


@frozen
class Erasure:
    """The erasure of *organisation* in one transaction."""

    connection: Connection
    organisation: OrganisationId

    def delete_rows(self) -> None:
        """Delete its inbox, mail, links, keys, feeds, checks, sessions and whatever else is its."""
        self._delete_sessions()
        own = select(tables.mail.c.id).where(tables.mail.c.organisation_id == self.organisation)
        self._do(delete(tables.mail_link).where(tables.mail_link.c.mail_id.in_(own)))
        self._do(delete(tables.standing).where(tables.standing.c.subject == self.organisation))
        for table in reversed(metadata.sorted_tables):
            if "organisation_id" in table.c and table.name not in KEPT:
                self._do(delete(table).where(table.c.organisation_id == self.organisation))

    def postings(self) -> list[tuple[str, str]]:
        """Each of its postings: its id and its exchange."""
        known = tables.posting.c
        chosen = select(known.id, known.exchange).where(self._owns(tables.posting))
        return [(row.id, row.exchange) for row in self._do(chosen.order_by(known.id))]

    def replace_names(self, said: Collection[str], closed: str, by: str) -> None:
        """Take *said*, its names and addresses, out of what others were told of its own things.

        Where they were told whom they can talk to, *closed* stands instead, because that may have
        named people who were replaced long since; in any other text *by* stands for each.
        """
        told, event = tables.message, tables.event.c
        agreed = select(event.id).where(
            event.fact == "deal_agreed", event.subject.in_(self._deals())
        )
        self._do(update(told).where(told.c.event_id.in_(agreed)).values(body=closed))
        own = told.c.event_id.in_(select(event.id).where(event.subject.in_(self._subjects())))
        named = _holds((told.c.body, told.c.subject), said)
        for row in self._do(select(told).where(own, named)):
            new = {name: _without(getattr(row, name), said, by) for name in ("subject", "body")}
            self._do(update(told).where(told.c.id == row.id).values(new))

    def forget_answers(self, said: Collection[str]) -> None:
        """Delete the kept answers to requests that hold one of *said*."""
        kept = tables.idempotency
        needles = [*said, *(json.dumps(each)[1:-1] for each in said), self.organisation]
        self._do(delete(kept).where(_holds((kept.c.body,), needles)))

    def erase_texts(self) -> int:
        """Take what people wrote out of the log, and the salt of each such event's digest.

        The digest stays, so that the chain of seals still fits. How many events had such a text.
        """
        log = tables.event
        mine = log.c.subject.in_(self._subjects())
        found = self._do(select(log).where(log.c.fact.in_(sorted(TEXTS)), mine)).all()
        return sum(self._erase_text(row) for row in found)

    def _erase_text(self, row: Any) -> bool:
        body = json.loads(row.body)
        if row.fact == "deal_action" and body.get("by") != self.organisation:
            return False
        if not any(body.get(name) for name in TEXTS[row.fact]):
            return False
        emptied = json.dumps({**body, **dict.fromkeys(TEXTS[row.fact], "")}, sort_keys=True)
        log, sealed = tables.event, tables.sealed_event
        self._do(update(sealed).where(sealed.c.event_id == row.id).values(salt=None))
        self._do(update(log).where(log.c.id == row.id).values(body=emptied))
        return True

    def _delete_sessions(self) -> None:
        """Whoever answered for it is signed out, also where that person answers for others."""
        by_contact = select(contact.c.session_id).where(
            contact.c.organisation_id == self.organisation
        )
        by_choice = select(session.c.id).where(
            or_(
                session.c.organisation_id == self.organisation,
                session.c.acts_for == self.organisation,
            )
        )
        gone = self._do(union(by_contact, by_choice)).scalars().all()
        self._do(delete(contact).where(contact.c.session_id.in_(gone)))
        self._do(delete(session).where(session.c.id.in_(gone)))

    def _owns(self, table: Table) -> ColumnElement[bool]:
        return table.c.organisation_id == self.organisation

    def _deals(self) -> Any:
        postings = select(tables.posting.c.id).where(self._owns(tables.posting))
        needs, offers = tables.deal_need.c, tables.deal_offer.c
        return union(
            select(needs.deal_id).where(needs.posting_id.in_(postings)),
            select(offers.deal_id).where(offers.posting_id.in_(postings)),
        )

    def _subjects(self) -> list[str]:
        """Whatever the log may say of it: itself, its postings and its deals."""
        postings = [posting for posting, _ in self.postings()]
        deals = self._do(self._deals()).scalars().all()
        return [self.organisation, *postings, *deals]

    def _do(self, statement: Any) -> Any:
        return self.connection.execute(statement)


def _holds(columns: Iterable[Any], said: Iterable[str]) -> ColumnElement[bool]:
    return or_(*(column.contains(each, autoescape=True) for column in columns for each in said))


def _without(text: str, said: Iterable[str], by: str) -> str:
    """*text* with *by* in the place of each of *said*, whole words only, the longest first.

    >>> _without("Amber Lane: Kim of Amber Lane", ["Amber Lane", "Kim of Amber Lane"], "X")
    'X: X'
    >>> _without("The others at Thebes", ["The"], "X")
    'X others at Thebes'
    """
    for each in sorted(said, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", lambda _: by, text)
    return text
