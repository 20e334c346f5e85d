"""The event log for those who oversee: filtered, paged, and with whoever acted.

A coordinator reads the names of staff and of the groups that somebody acted for, and of a group
that changes its own membership. Who posted or asked for something stays a pseudonym, as on every
other page: a name is another, audited question. Auditors and trustees read pseudonyms only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from attrs import define, frozen

from cypn_core.application.contacts import mark
from cypn_core.application.network import Caller, Work
from cypn_core.domain.errors import NotAllowed
from cypn_core.domain.events import Event
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.people import ACCOUNTABLE, OVERSEERS
from cypn_core.domain.views import pseudonym
from cypn_core.storage import events
from cypn_core.storage.people import StaffList

THREAD = "log"


@frozen(kw_only=True)
class Asked:
    """Which part of the log is wanted; *before* is the number behind which the page begins."""

    fact: str = ""
    subject: str = ""
    day: dt.date | None = None
    before: int = 0
    limit: int = 50


@frozen(kw_only=True)
class Line:
    """One event as an overseer reads it.

    *actor* and *for_whom* are names or pseudonyms; *subject* is an id, a pseudonym where it would
    be an organisation's to somebody who reads pseudonyms only.
    """

    seq: int
    id: str
    at: dt.datetime
    fact: str
    actor: str
    for_whom: str | None
    subject: str
    details: Mapping[str, Any]


def journal(work: Work, caller: Caller, asked: Asked) -> list[Line]:
    """The latest events that *asked* narrows, the newest first.

    :raises NotAllowed: unless the caller is a coordinator, an auditor or a trustee.
    """
    _must_oversee(caller)
    found = events.page(
        work.connection,
        asked.fact,
        asked.subject,
        _span(work, asked.day),
        asked.before,
        asked.limit,
    )
    names = _Names(work, caller)
    return [_line(event, names) for event in found]


def known_facts(work: Work, caller: Caller) -> list[str]:
    """Every fact that the log tells of, by name.

    :raises NotAllowed: as `journal` does.
    """
    _must_oversee(caller)
    return events.facts(work.connection)


def staff_names(work: Work, caller: Caller) -> Mapping[str, str]:
    """Actor -> name of everybody who works for the hub or ever did.

    :raises NotAllowed: unless the caller is a coordinator or a trustee.
    """
    if not caller.scopes & ACCOUNTABLE:
        raise NotAllowed("Only coordinators and trustees read who acted.")
    return {f"staff:{each.id}": each.name for each in StaffList(work.connection).all()}


def _must_oversee(caller: Caller) -> None:
    if not caller.scopes & OVERSEERS:
        raise NotAllowed("Only coordinators, auditors and trustees read the log.")


def _span(work: Work, day: dt.date | None) -> tuple[dt.datetime, dt.datetime] | None:
    if day is None:
        return None
    region = work.hub.region
    return region.midnight(day), region.midnight(day + dt.timedelta(days=1))


def _line(event: Event, names: _Names) -> Line:
    return Line(
        seq=event.seq or 0,
        id=event.id,
        at=event.at,
        fact=event.fact,
        actor=names.actor(event),
        for_whom=None if event.for_whom is None else names.organisation(event.for_whom, event),
        subject=_told(event.subject, event, names),
        details={key: _told(said, event, names) for key, said in event.body.items()},
    )


def _told(said: Any, event: Event, names: _Names) -> Any:
    """*said*, with a pseudonym or name in the place of every organisation's id in it."""
    if isinstance(said, str):
        own = said == event.subject
        return names.organisation(said, event, own=own) if said in names.members else said
    if isinstance(said, list):
        return [_told(each, event, names) for each in said]
    if isinstance(said, dict):
        return {key: _told(each, event, names) for key, each in said.items()}
    return said


@define(slots=False)
class _Names:
    """Who stands behind ids, as far as *caller* may read it; each list is read once."""

    work: Work
    caller: Caller

    @property
    def _named(self) -> bool:
        return "coordinator" in self.caller.scopes

    @cached_property
    def members(self) -> Mapping[str, str]:
        """Organisation -> name."""
        return {str(each.id): each.profile.name for each in self.work.organisations.all()}

    @cached_property
    def _staff(self) -> Mapping[str, str]:
        return {each.id: each.name for each in StaffList(self.work.connection).all()}

    @cached_property
    def _contacts(self) -> Mapping[str, str]:
        """Mark of a contact -> its organisation."""
        return {
            mark(each.id, contact): str(each.id)
            for each in self.work.organisations.all()
            for contact in (each.profile.contact, each.profile.second_contact)
            if contact is not None
        }

    @cached_property
    def _keys(self) -> Mapping[str, str | None]:
        """API key -> its organisation."""
        stored = self.work.members.keys()
        return {each.id: each.organisation for each in stored}

    def actor(self, event: Event) -> str:
        """Who did it."""
        sort, _, known = event.actor.partition(":")
        if sort == "staff":
            return self._staff.get(known, known) if self._named else self._alias(sort, known, event)
        owner = self._owner(sort, known)
        if owner is None:
            return event.actor if self._named else sort
        return self.organisation(owner, event, own=owner == event.subject)

    def _owner(self, sort: str, known: str) -> str | None:
        if sort == "contact":
            return self._contacts.get(known, known)
        return self._keys.get(known) if sort == "key" else None

    def organisation(self, organisation: str, event: Event, *, own: bool = True) -> str:
        """A member: by its name to a coordinator where the event is about its *own* membership."""
        if self._named and own and organisation in self.members:
            return self.members[organisation]
        return self._alias("member", organisation, event)

    def _alias(self, sort: str, known: str, event: Event) -> str:
        """The same in the whole log to an auditor, and about one subject to a coordinator.

        Who reads names beside pseudonyms can so follow nobody from one thing to another.
        """
        thread = event.subject if self._named else THREAD
        alias = pseudonym(self.work.pseudonym_key, THREAD, thread, OrganisationId(known))
        return f"{sort} {alias[:8]}"
