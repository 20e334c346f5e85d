"""Un-masking: a coordinator who must know who somebody is says why, and that is on record.

The record is written in the transaction that reads the answer: where it cannot be written, there
is no answer. Whoever was un-masked is told, and can look it up.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum

from attrs import frozen

from cypn_core.application.network import Caller, Work
from cypn_core.domain.deals import Deal
from cypn_core.domain.errors import NotFound
from cypn_core.domain.events import Event
from cypn_core.domain.ids import DealId, PostingId
from cypn_core.domain.organisations import Organisation
from cypn_core.domain.postings import Posting
from cypn_core.storage import events

UNMASKED = "unmasked"


class Purpose(Enum):
    """What somebody may be un-masked for; each is read out to whoever it was."""

    SAFEGUARDING = "safeguarding"
    COMPLAINT = "complaint"
    MISTAKE = "mistake"
    UNREACHABLE = "unreachable"
    LEGAL_DUTY = "legal_duty"


SAID = {
    Purpose.SAFEGUARDING: "to keep people safe",
    Purpose.COMPLAINT: "to look into a complaint",
    Purpose.MISTAKE: "to mend a mistake",
    Purpose.UNREACHABLE: "because nobody could be reached",
    Purpose.LEGAL_DUTY: "because the law asks for it",
}
"""The purposes in words, after "A coordinator looked at who you are"."""


@frozen(kw_only=True)
class Unmasked:
    """Who is behind a posting or in a deal, and the postings whose sealed texts are opened."""

    organisations: tuple[Organisation, ...]
    postings: tuple[Posting, ...]


@frozen(kw_only=True)
class Looked:
    """One time that an organisation was un-masked: when, by which role, over what and why."""

    id: str
    at: dt.datetime
    role: str
    of: str
    purpose: str
    because: str


def unmask(work: Work, caller: Caller, of: str, purpose: Purpose, because: str) -> Unmasked:
    """Who is behind the need, offer or deal *of*; an event for each organisation says why.

    :raises NotAllowed: unless the caller is a coordinator.
    :raises NotFound: when there is no such thing.
    """
    caller.must_have("coordinator")
    postings = _postings(work, of)
    owners = sorted({posting.organisation for posting in postings})
    for owner in owners:
        work.log(
            caller, owner, UNMASKED,
            of=of, role="coordinator", purpose=purpose.value, because=because,
        )  # fmt: skip
    return Unmasked(
        organisations=tuple(work.organisations.get(owner) for owner in owners),
        postings=tuple(postings),
    )


def looks(work: Work, caller: Caller) -> list[Looked]:
    """Every time that the caller's organisation was un-masked, the oldest first."""
    found = events.told_of(work.connection, caller.member, UNMASKED)
    return [_looked(event) for event in found]


def seen_by(event: Event) -> str:
    """What the un-masked organisation is told of *event*, in one sentence."""
    looked = _looked(event)
    why = SAID[Purpose(looked.purpose)]
    return f"A {looked.role} looked at who you are {why}. What was said: {looked.because}"


def _looked(event: Event) -> Looked:
    said = event.body
    return Looked(
        id=event.id,
        at=event.at,
        role=said["role"],
        of=said["of"],
        purpose=said["purpose"],
        because=said["because"],
    )


def _postings(work: Work, of: str) -> list[Posting]:
    """The posting of that id, or the needs and offers of the deal of that id."""
    try:
        return [work.postings.get(PostingId(of))]
    except NotFound:
        deal = work.deals.get(DealId(of))
    return [work.postings.get(each) for each in _joined(deal)]


def _joined(deal: Deal) -> list[PostingId]:
    return sorted({*deal.plan.needs, *(leg.offer for leg in deal.plan.legs)})
