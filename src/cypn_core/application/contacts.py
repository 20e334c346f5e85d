"""Whom mail goes to: the contact, then the second contact, then the coordinator."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from hashlib import sha256

from cypn_core.application.network import Work
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.organisations import Contact, Organisation


def reached(work: Work, organisation: OrganisationId) -> Contact | None:
    """The first contact of *organisation* whom mail reaches; None when there is none left."""
    stopped = {stop.contact for stop in work.mails.stops(organisation)}
    left = (contact for known, contact in marked(work, organisation) if known not in stopped)
    return next(left, None)


def marked(work: Work, organisation: OrganisationId) -> Iterator[tuple[str, Contact]]:
    """The present contacts of *organisation*, each with its mark; none once it was erased."""
    return marked_in(work.organisations.get(organisation))


def marked_in(known: Organisation) -> Iterator[tuple[str, Contact]]:
    """The contacts that stand in *known*, each with its mark; none once it was erased."""
    if known.erased is not None:
        return
    profile = known.profile
    for contact in (profile.contact, profile.second_contact):
        if contact is not None:
            yield mark(known.id, contact), contact


def mark(organisation: OrganisationId, contact: Contact) -> str:
    """Tells one person at one address from another, and tells no stranger who it is.

    It is keyed by the organisation's own id and not by a secret of the store: who asked for no
    more mail must be known after an import too, and secrets are not exported.
    """
    said = f"{contact.name}\x1f{contact.email}".encode()
    return hmac.new(organisation.encode(), said, sha256).hexdigest()
