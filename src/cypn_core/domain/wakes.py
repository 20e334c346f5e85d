"""Wake-ups and renewals: what a remembered need is told, and what becomes of a term that ends."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from attrs import frozen

from cypn_core.domain.ids import DealId, OrganisationId, PostingId
from cypn_core.domain.rounds import Priority


class WakeState(Enum):
    """Where a wake-up stands.

    *queued* waits behind others for the same thing, *noticed* for the day on which its group may
    be told again, *asked* for the group's answer. *gone*: nothing fits any more.
    """

    QUEUED = "queued"
    NOTICED = "noticed"
    ASKED = "asked"
    YES = "yes"
    NO = "no"
    PASSED = "passed"
    GONE = "gone"

    @property
    def open(self) -> bool:
        """True while the group may still be asked, or has still to answer."""
        return self in {WakeState.QUEUED, WakeState.NOTICED, WakeState.ASKED}

    @property
    def counts(self) -> bool:
        """True while its class counts in a round: the group is asked, or has said yes."""
        return self.open or self is WakeState.YES


@frozen(kw_only=True)
class Wake:
    """A remembered need that an offer fits now.

    *occasion* is the id of what made it fit: an event, or the deal whose term ends. *due* is when
    the group may be told, and once it is asked, by when it has to answer. *offer_revision* is what
    a no was said to. *after*: the need is meant for the term that begins after that day.
    """

    id: str
    exchange: str
    need: PostingId
    offer: PostingId
    owner: OrganisationId
    occasion: str
    state: WakeState
    due: dt.datetime
    place: int = 0
    """Its place in the line of its occasion."""
    priority: Priority = Priority.ORDINARY
    offer_revision: int = 1
    told: dt.datetime | None = None
    after: dt.date | None = None
    deal: DealId | None = None


class RenewalState(Enum):
    """What becomes of a term: *offered* again, or given *notice*; then *renewed* or *ended*."""

    OFFERED = "offered"
    NOTICE = "notice"
    RENEWED = "renewed"
    ENDED = "ended"


@frozen(kw_only=True)
class Renewal:
    """The end of one deal's term; *need* is the need for the next one, once it is posted."""

    deal: DealId
    exchange: str
    state: RenewalState
    ends: dt.datetime
    need: PostingId | None = None
