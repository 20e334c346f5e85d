"""Overrides of the gate: one person proposes, another confirms, and it lapses by itself.

Both must be signed in as staff. A key is no person: whoever holds one may be the other one too.
"""

from __future__ import annotations

import datetime as dt

from cypn_core.application.network import Caller, Work
from cypn_core.application.review import review_all
from cypn_core.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.overrides import SAID, Override, OverrideWanted, Reason
from cypn_core.domain.people import ACCOUNTABLE, OVERSEERS
from cypn_core.storage.overrides import Overrides
from cypn_core.storage.people import StaffList

__all__ = ["SAID", "Reason", "confirm", "end", "fail", "listed", "propose"]


def propose(
    work: Work, caller: Caller, organisation: OrganisationId, wanted: OverrideWanted
) -> Override:
    """Propose to let *organisation* take part in a role for some days, without a check in date.

    Nothing is let through until somebody else confirms it.

    :raises NotAllowed: unless the caller is signed in as a coordinator, and no contact of it.
    :raises Invalid: when the region has no checklist for that role.
    :raises Conflict: when one waits or is in force already.
    """
    _person(work, caller, frozenset({"coordinator"}), organisation)
    if work.hub.region.checklist(wanted.role) is None:
        raise Invalid({"role": ["must be a role that has a checklist here"]})
    known = Overrides(work.connection)
    for each in known.of(organisation, wanted.role):
        if each.waits(work.now) or each.in_force(work.today):
            raise Conflict("One waits or is in force already: confirm it, or end it first.")
    new = Override(
        id=work.new_id(),
        organisation=organisation,
        role=wanted.role,
        reason=wanted.reason,
        days=wanted.days,
        proposed_by=caller.actor,
        proposed=work.now,
    )
    known.add(new)
    _log(work, caller, new, "override_proposed")
    return new


def confirm(work: Work, caller: Caller, override: str) -> Override:
    """Confirm, as the second person, what another one proposed: it is in force from today on.

    :raises NotAllowed: unless the caller is signed in as another coordinator or as a trustee.
    :raises NotFound: when there is no such override.
    :raises Conflict: when it does not wait any more.
    """
    known = Overrides(work.connection)
    found = _found(work, caller, override)
    if found.proposed_by == caller.actor:
        raise NotAllowed("You proposed it: somebody else must confirm it.")
    last = work.today + dt.timedelta(days=found.days - 1)
    if not found.waits(work.now) or not known.confirm(found.id, caller.actor, work.today, last):
        raise Conflict("It does not wait any more: propose it again if it is still needed.")
    confirmed = _found(work, caller, override)
    _log(work, caller, confirmed, "override_confirmed", last=last.isoformat())
    review_all(work, confirmed.organisation)
    return confirmed


def end(work: Work, caller: Caller, override: str) -> Override:
    """End an override, or a proposal, at once: one person is enough to be strict.

    :raises NotAllowed: unless the caller is signed in as a coordinator or a trustee.
    :raises NotFound: when there is no such override.
    :raises Conflict: when it is over already.
    """
    found = _found(work, caller, override)
    if not (found.waits(work.now) or found.in_force(work.today)):
        raise Conflict("It is over already.")
    _end(work, caller, found)
    review_all(work, found.organisation)
    return _found(work, caller, override)


def fail(work: Work, caller: Caller, organisation: OrganisationId, role: str) -> None:
    """End what is in force or waits, because the check itself has failed."""
    for each in Overrides(work.connection).of(organisation, role):
        if each.waits(work.now) or each.in_force(work.today):
            _end(work, caller, each)


def listed(work: Work, caller: Caller) -> list[Override]:
    """Every override there ever was, the latest first.

    :raises NotAllowed: unless the caller is a coordinator, an auditor or a trustee.
    """
    if not caller.scopes & OVERSEERS:
        raise NotAllowed("This is for coordinators, auditors and trustees.")
    return Overrides(work.connection).all()


def _end(work: Work, caller: Caller, found: Override) -> None:
    if Overrides(work.connection).end(found.id, work.now):
        was = "override_ended" if found.confirmed_by else "override_dropped"
        _log(work, caller, found, was)


def _found(work: Work, caller: Caller, override: str) -> Override:
    _person(work, caller, ACCOUNTABLE, None)
    found = Overrides(work.connection).get(override)
    if found is None:
        raise NotFound("There is no override with that id.")
    _person(work, caller, ACCOUNTABLE, found.organisation)
    return found


def _person(
    work: Work, caller: Caller, roles: frozenset[str], organisation: OrganisationId | None
) -> None:
    """Only a person who is signed in, in one of *roles*, and has no part in *organisation*."""
    kind, _, own = caller.actor.partition(":")
    staff = StaffList(work.connection).get(own) if kind == "staff" else None
    if staff is None or not caller.scopes & roles:
        raise NotAllowed(
            f"This needs somebody who is signed in as {' or '.join(sorted(roles))}: an override "
            "takes two people, and a key is none."
        )
    if organisation is None:
        return
    profile = work.organisations.get(organisation).profile
    contacts = (profile.contact, profile.second_contact)
    if any(each and each.email.casefold() == staff.email for each in contacts):
        raise NotAllowed("You are a contact of that group: somebody else must decide this.")


def _log(work: Work, caller: Caller, about: Override, fact: str, **more: str) -> None:
    work.log(
        caller, about.organisation, fact,
        override=about.id, role=about.role, reason=about.reason.value, days=about.days, **more,
    )  # fmt: skip
