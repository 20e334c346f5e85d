"""Identity: who the organisations are. No plugin may import this module."""

from __future__ import annotations

import datetime as dt
import re
from enum import Enum
from typing import Annotated

from annotated_types import MaxLen, MinLen
from attrs import frozen

from cypn_core.domain.constraints import Code, Name, Pattern, PlaceName, Shown, constrained
from cypn_core.domain.ids import OrganisationId

Email = Annotated[
    str,
    MaxLen(254),
    Pattern(r"[^@\s]+@[^@\s]+\.[^@\s]+", "must be an e-mail address"),
    Shown.SEALED,
]
Phone = Annotated[str, MinLen(6), MaxLen(20), Pattern(r"[+0-9 ()]+", "must be a phone number")]
RegisterNumber = Annotated[
    str,
    Pattern(
        r"GB-(CHC|COH|SC|NIC)-[A-Z0-9]{4,8}",
        "must be a register number such as GB-CHC-1234567 (charity) or GB-COH-01234567 (company)",
    ),
]


def same_number(number: str) -> str:
    """A register number as it is compared: without the zeros that only fill it up.

    Companies House writes its numbers with eight characters, many people without those zeros.

    >>> same_number("GB-COH-01234567") == same_number("GB-COH-1234567")
    True
    >>> same_number("GB-COH-SC001234"), same_number("GB-CHC-TEST0001")
    ('GB-COH-SC1234', 'GB-CHC-TEST1')
    """
    return re.sub(r"(?<=-)([A-Z]*)0+(?=[0-9])", r"\1", number)


class RunBy(Enum):
    """Who takes the daily decisions."""

    VOLUNTEERS = "volunteers"
    PAID_STAFF = "paid_staff"


@frozen(kw_only=True, field_transformer=constrained)
class Contact:
    """A person who answers for an organisation."""

    name: Name
    email: Email
    phone: Annotated[Phone | None, Shown.SEALED] = None


@frozen(kw_only=True, field_transformer=constrained)
class Profile:
    """What an organisation tells of itself on joining; six fields, four of them required."""

    name: Name
    run_by: RunBy
    place: PlaceName
    contact: Contact
    second_contact: Contact | None = None
    numbers: tuple[RegisterNumber, ...] = ()
    exchanges_off: frozenset[Code] = frozenset()


@frozen(kw_only=True)
class Organisation:
    """A member, or a holder of things that are offered to members.

    *erased*: since when it is a former member of which nothing is known any more.
    """

    id: OrganisationId
    profile: Profile
    created: dt.datetime
    revision: int = 1
    erased: dt.datetime | None = None


FORMER = "A former member"
"""What stands for the name of an organisation that was erased."""


def tombstone(profile: Profile, place: str) -> Profile:
    """What is left of *profile* after an erasure; *place* is a wider one than it had.

    Its address can never be anybody's: RFC 2606 keeps ``.invalid`` for that.
    """
    nobody = Contact(name="Nobody", email="nobody@erased.invalid")
    return Profile(name=FORMER, run_by=profile.run_by, place=place, contact=nobody)


class Obtained(Enum):
    """How the address of a contact came to the hub."""

    SELF_REGISTERED = "self_registered"
    MEMBER = "member"
    COORDINATOR = "coordinator"
    IMPORT = "import"
