"""Who signs in: contacts of organisations, and staff. No plugin may import this module."""

from __future__ import annotations

import datetime as dt
import re
from enum import Enum

from attrs import frozen

from cypn_core.domain.constraints import Name, constrained
from cypn_core.domain.errors import Invalid
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.organisations import Email

ADDRESS_CHARACTERS = 254
_ADDRESS = re.compile(
    r"[^@\s\x00-\x20\x7f\ud800-\udfff]+@[^@\s\x00-\x20\x7f\ud800-\udfff]+\.[^@\s]+"
)


class StaffRole(Enum):
    """What somebody may do who works for the hub and not for one organisation."""

    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    TRUSTEE = "trustee"


OVERSEERS = frozenset(each.value for each in StaffRole)
"""Those who may read reports and the log."""
ACCOUNTABLE = OVERSEERS - {StaffRole.AUDITOR.value}
"""Those who answer complaints and let an override through."""


@frozen(kw_only=True, field_transformer=constrained)
class StaffWanted:
    """Somebody to be let in as staff."""

    name: Name
    email: Email
    role: StaffRole


@frozen(kw_only=True)
class Staff:
    """Somebody who works for the hub; without any *roles* it is somebody who did."""

    id: str
    name: str
    email: str
    roles: frozenset[StaffRole]
    since: dt.datetime


@frozen(kw_only=True)
class Session:
    """Somebody who is signed in, as what they act now.

    *actor* is what the log says: ``contact:<mark>`` or ``staff:<id>``, never a name. *scopes* are
    those of `Caller`. *organisation* is the one that is acted for now, *organisations* are those
    that this person answers for, and *roles* what it may be for the hub; it acts as one of these
    at a time. *expires* is when the session ends however busy it is.
    """

    id: str
    actor: str
    scopes: frozenset[str]
    name: str
    opened: dt.datetime
    expires: dt.datetime
    organisation: OrganisationId | None = None
    organisations: tuple[OrganisationId, ...] = ()
    roles: frozenset[str] = frozenset()
    acts_for_another: bool = False


def address(said: str) -> str:
    """*said* as an e-mail address is compared: without blanks around it, in small letters.

    >>> address(" Ann.Lee@Example.ORG ")
    'ann.lee@example.org'

    :raises Invalid: when it is none.
    """
    found = said.strip()
    if len(found) > ADDRESS_CHARACTERS or not _ADDRESS.fullmatch(found):
        raise Invalid({"email": ["must be an e-mail address, such as name@example.org"]})
    return found.casefold()
