"""Offers as they come in and change: what was agreed, and what is sought, is looked at at once."""

from __future__ import annotations

from cypn_core.application import fill, post, review
from cypn_core.application.network import SYSTEM, Caller, Work
from cypn_core.domain.postings import Need, Offer, Posting


def posted(work: Work, caller: Caller, exchange: str, body: Need | Offer) -> Posting:
    """Store a need or an offer, as :func:`cypn_core.application.post.post` does.

    A new offer is taken, or asked, where a deal is held for want of it.
    """
    made = post.post(work, caller, exchange, body)
    if isinstance(body, Offer):
        fill.seek_for(work, SYSTEM, made)
    return made


def revised(
    work: Work, caller: Caller, exchange: str, posting: str, body: Need | Offer, revision: int
) -> Posting:
    """Replace the body of a posting, as :func:`cypn_core.application.post.revise` does.

    What is agreed on an offer is judged again by the rules that last, and an offer that now fits
    what is sought is found.
    """
    changed = post.revise(work, caller, exchange, posting, body, revision)
    if isinstance(body, Offer):
        review.review_offer(work, changed.id)
        fill.seek_for(work, SYSTEM, changed)
    return changed
