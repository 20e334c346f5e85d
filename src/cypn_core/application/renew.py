"""Hours given for a term: their holder is asked in time, and one tap gives them for the next."""

from __future__ import annotations

import datetime as dt

from attrs import evolve

from cypn_core.application.fresh import fresh_until
from cypn_core.application.gate import enter_as
from cypn_core.application.network import SYSTEM, Caller, Work
from cypn_core.application.post import mine, refuse_objections
from cypn_core.domain.errors import Conflict
from cypn_core.domain.postings import Offer, Posting, PostingState

ASKED = "offer_term_ends"
DECLINED = "offer_not_renewed"


def renew(work: Work, caller: Caller, exchange: str, offer: str) -> Posting:
    """Give the caller's offer for the next term too; what is agreed on it is not touched.

    :raises NotFound: when the caller has no such offer.
    :raises NotChecked: when it may not post such a thing any more.
    :raises Conflict: when it is not open, is for no term, is given for the next one already, or
        the region does not name that one yet.
    """
    (found,) = work.postings.lock([mine(work, caller, exchange, offer, "offer").id])
    if caller.organisation is not None:
        enter_as(work, caller, found.body.checklist)
    if found.state is not PostingState.OPEN:
        raise Conflict(f"This is {found.state.value} already: post a new one.")
    body = _renewed(work, found)
    if body is None:
        raise Conflict(
            "There is no next term for this: it has hours for no term, is given for the next one "
            "already, or the region has not named it yet. You can revise its hours."
        )
    refuse_objections(work.hub, exchange, body)
    given = evolve(found, body=body, fresh_until=fresh_until(work), revision=found.revision + 1)
    work.postings.replace(given)
    work.log(caller, found.id, "offer_revised", exchange=exchange)
    return given


def let_end(work: Work, caller: Caller, offer: Posting) -> None:
    """Note that its holder lets the hours of *offer* end with the term."""
    work.log(caller, offer.id, DECLINED, exchange=offer.exchange)


def ends(work: Work, offer: Posting) -> dt.date | None:
    """The last day of the term of *offer* that may be renewed; None where there is none."""
    installed = offer.exchange in work.hub.exchanges
    if offer.state is not PostingState.OPEN or not installed or not isinstance(offer.body, Offer):
        return None
    leaves = offer.leaves_on
    last = offer.body.term_end(work.hub.region, work.today)
    return None if last is None or (leaves is not None and leaves <= last) else last


def remind(work: Work) -> int:
    """Ask each holder once about each term that ends soon; how many were asked."""
    soon = work.today + dt.timedelta(days=work.hub.region.settings.reminder_days)
    asked = 0
    if not _any_term_ends(work, soon):
        return asked
    for exchange in sorted(work.hub.exchanges):
        for offer in work.postings.open(exchange, "offer", work.today, work.now):
            last = ends(work, offer)
            if last is not None and work.today <= last <= soon:
                asked += work.log_once(
                    SYSTEM, offer.id, ASKED, last.isoformat(),
                    exchange=exchange, last=last.isoformat(),
                )  # fmt: skip
    return asked


def _any_term_ends(work: Work, soon: dt.date) -> bool:
    """Most days none does, and then no offer has to be read."""
    terms = (each for each in work.hub.region.calendars.values() if each.followed_by)
    return any(work.today <= each.last <= soon for each in terms)


def _renewed(work: Work, offer: Posting) -> Offer | None:
    if ends(work, offer) is None or not isinstance(offer.body, Offer):
        return None
    return offer.body.renewed(work.hub.region, work.today)
