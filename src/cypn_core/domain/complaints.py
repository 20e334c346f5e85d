"""Complaints: anybody may complain, and each is answered by a day that is told at once."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Annotated

from annotated_types import MaxLen, MinLen
from attrs import frozen

from cypn_core.domain.ids import OrganisationId

Said = Annotated[str, MinLen(10), MaxLen(4000)]


class About(Enum):
    """What a complaint is about. One about the coordinator goes to the trustees alone."""

    HUB = "hub"
    MEMBER = "member"
    DATA = "data"
    COORDINATOR = "coordinator"


@frozen(kw_only=True)
class Complaint:
    """A complaint of an organisation, or of whoever gave an *email*.

    *number* is what it goes by in letters and on the telephone. *answer* is empty until there is
    one; of an erased one the texts are gone.
    """

    id: str
    number: str
    about: About
    said: str
    created: dt.datetime
    due: dt.date
    organisation: OrganisationId | None = None
    email: str | None = None
    state: str = "open"
    answered: dt.datetime | None = None
    answer: str = ""


def number_of(complaint: str) -> str:
    """Eight digits for the complaint with that id; they do not tell how many there are.

    >>> number_of("0000002a" + "0" * 24)
    '0000-0042'
    """
    digits = f"{int(complaint[:8], 16) % 10**8:08}"
    return f"{digits[:4]}-{digits[4:]}"
