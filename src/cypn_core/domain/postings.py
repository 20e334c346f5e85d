"""What is asked for and what is given: the bodies that exchanges subclass, and their envelope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from enum import Enum
from typing import Annotated, ClassVar

from annotated_types import MaxLen
from attrs import evolve, field, frozen

from cypn_core.domain.constraints import Code, Note, PlaceName, Quantity, constrained
from cypn_core.domain.ids import OrganisationId, PostingId, ResourceId, fingerprint
from cypn_core.domain.region import Region
from cypn_core.domain.rounds import Priority
from cypn_core.domain.times import DateSpan, Window


@frozen(kw_only=True, field_transformer=constrained)
class Need:
    """The body of a need. An exchange subclasses it and adds its own fields.

    A subclass declares ``kind`` (its tag on the wire) and ``checklist`` (the role in which its
    owner must have passed the checks).
    """

    kind: ClassVar[str]
    checklist: ClassVar[str]
    dated_by: ClassVar[str] = "when"
    """The field that says when, to be named when it lies in the past."""

    place: PlaceName | None = None
    note: Note = ""

    def windows(self, region: Region) -> tuple[Window, ...]:
        """The instants wanted, in order; empty where the need has no time."""
        return ()

    def resumed(self, region: Region, after: dt.date) -> Need | None:
        """The same need for the term that begins after that day; None when it wants no more."""
        return None

    def alternatives(self) -> tuple[Need, ...]:
        """The same need at the other times that its owner named as possible, as liked."""
        return ()

    def only(self, windows: Collection[Window], region: Region) -> Need:
        """The same need for nothing but *windows*, one at least; all else as it was.

        A need that has only one window, or none, stays what it is.
        """
        return self

    def stops(self) -> tuple[str, ...]:
        """Further places that it names, in order; they may lie outside the region."""
        return ()

    @property
    def category(self) -> str:
        """What is wanted, as a code that evidence of unmet need is counted by."""
        return self.kind

    @property
    def people(self) -> int:
        """How many it is for each time; 0 where it does not say."""
        return 0


@frozen(kw_only=True, field_transformer=constrained)
class Unit:
    """One thing of an offer that can run out.

    *code* names it among its holder's things, so that two offers of one holder can share it;
    without a code it belongs to its offer alone, which tells several such things by *part*. *timed*
    things are used for an interval, others are used up.
    """

    code: Annotated[Code | None, MaxLen(40)] = None
    capacity: Quantity = 1
    timed: bool = True
    part: Annotated[Code | None, MaxLen(40)] = field(default=None, repr=False)
    # not in the repr, of which consents given before there were parts hold a digest

    def __attrs_post_init__(self) -> None:
        if self.code is not None and self.part is not None:
            raise ValueError("part is for things without a code: name each by its own code")

    @property
    def key(self) -> str | None:
        """What tells it from the other things of its offer; None where it is the only one."""
        return self.code if self.part is None else f":{self.part}"


@frozen
class Claim:
    """How much of a unit one use takes."""

    unit: Unit
    quantity: int = 1


@frozen(kw_only=True, field_transformer=constrained)
class Offer:
    """The body of an offer. An exchange subclasses it and adds its own fields.

    A subclass declares ``kind``, ``checklist`` and ``role``: the part that it plays in a plan.
    """

    kind: ClassVar[str]
    checklist: ClassVar[str]
    role: ClassVar[str]

    own_use_by: ClassVar[str] = "own_use"
    """The field that says what its holder keeps, to be named when that grows."""

    place: PlaceName | None = None
    note: Note = ""
    auto_accept: bool = True
    named_listing: bool = False
    """Its holder agrees to be listed by name, to checked members and to the public."""

    def units(self) -> tuple[Unit, ...]:
        """The things that this offer gives; by default one, used for an interval by one at once."""
        return (Unit(),)

    def claims(self, need: Need) -> tuple[Claim, ...]:
        """What *need* would take of the units; by default one of each."""
        return tuple(Claim(unit) for unit in self.units())

    def given(self, region: Region, span: DateSpan) -> tuple[Window, ...]:
        """The hours given to the hub between two dates. Only these are ever offered."""
        return ()

    def own_use(self, region: Region, span: DateSpan) -> tuple[Window, ...]:
        """The hours between two dates that its holder keeps, such as for earlier users."""
        return ()

    def term_end(self, region: Region, today: dt.date) -> dt.date | None:
        """The last day of hours that may be renewed for the term after; None where none are."""
        return None

    def renewed(self, region: Region, today: dt.date) -> Offer | None:
        """The same offer with its hours for the next term as well; None where there is none.

        A next term is given once this one has begun, so that asking twice gives one.
        """
        return None

    @property
    def buffers(self) -> tuple[int, int]:
        """Minutes kept free before and after each use."""
        return (0, 0)

    @property
    def category(self) -> str:
        """What is given, as a code of the same list as a need's where there is one."""
        return self.kind


@frozen(kw_only=True, field_transformer=constrained)
class Noted(Need):
    """A need whose exchange is not installed: remembered, mapped and counted, never matched."""

    kind: ClassVar[str] = "noted"
    checklist: ClassVar[str] = ""

    wanted: Code
    groups: Quantity = 1

    @property
    def category(self) -> str:
        """The code that was asked for."""
        return self.wanted


class PostingState(Enum):
    """Where a posting stands. Every need ends matched, withdrawn, expired or counted as unmet."""

    OPEN = "open"
    MATCHED = "matched"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@frozen(kw_only=True)
class Posting:
    """The envelope of a need or an offer as the hub keeps it."""

    id: PostingId
    organisation: OrganisationId
    exchange: str
    body: Need | Offer
    created: dt.datetime
    fresh_until: dt.datetime
    state: PostingState = PostingState.OPEN
    priority: Priority = Priority.ORDINARY
    """Its class in the turn order: a need that lost what was agreed comes first."""
    leaves_on: dt.date | None = None
    """The first local day on which an offer is given no more; None while no end is known."""
    revision: int = 1

    @property
    def side(self) -> str:
        """``need``, ``offer`` or ``noted``."""
        if isinstance(self.body, Noted):
            return "noted"
        return "need" if isinstance(self.body, Need) else "offer"

    def moved(self, state: PostingState) -> Posting:
        """The same posting, one revision later, in *state*."""
        return evolve(self, state=state, revision=self.revision + 1)


def resource_of(posting: PostingId, organisation: OrganisationId, unit: Unit) -> ResourceId:
    """The id of the resource behind *unit*: shared among a holder's offers by its code."""
    if unit.code is None:
        part = () if unit.part is None else (unit.part,)
        return ResourceId(fingerprint("posting", posting, *part))
    return ResourceId(fingerprint("unit", organisation, unit.code))
