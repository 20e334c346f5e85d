"""Asking to join: what a group tells of itself before anybody has looked at it."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Annotated

from annotated_types import MaxLen, MinLen
from attrs import frozen

from cypn_core.domain.constraints import Code, Name, PlaceName, constrained
from cypn_core.domain.organisations import Contact, Profile, RunBy


@frozen(kw_only=True, field_transformer=constrained)
class Application:
    """What a group tells that registers itself: six fields, the phone of its contact beside them.

    *roles* are those that it wants to be checked for.
    """

    name: Name
    run_by: RunBy
    place: PlaceName
    contact: Contact
    roles: Annotated[frozenset[Code], MinLen(1), MaxLen(20)]

    def profile(self, name: str | None = None) -> Profile:
        """The profile that it becomes, under another *name* where one is given."""
        return Profile(
            name=name or self.name, run_by=self.run_by, place=self.place, contact=self.contact
        )


@frozen(kw_only=True)
class Registration:
    """An application that waits: for its address to be confirmed, then for the coordinator."""

    id: str
    application: Application
    created: dt.datetime
    confirmed: bool = False


class Turned(Enum):
    """Why a registration was turned away; each is told in a sentence of its own."""

    OUTSIDE = "outside"
    NOT_A_GROUP = "not_a_group"
    KNOWN_ALREADY = "known_already"
    NOT_TO_BE_CHECKED = "not_to_be_checked"
    NOT_REACHED = "not_reached"


SAID = {
    Turned.OUTSIDE: "the place that you gave is outside the area of this network",
    Turned.NOT_A_GROUP: "this network is for groups and organisations, and not for single people",
    Turned.KNOWN_ALREADY: "you are registered already; sign in with the address of your contact",
    Turned.NOT_TO_BE_CHECKED: "the checks that this network needs could not be made",
    Turned.NOT_REACHED: "we could not reach you to ask what we had to know",
}
"""The reasons in words, behind "Your registration was turned away:"."""
