"""Whose yes is given by rule, and by when everybody else has to answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.plans import Plan
from cypn_core.domain.postings import Offer, Posting
from cypn_core.domain.region import Region


def by_rule(
    plan: Plan,
    holders: Iterable[tuple[PostingId, OrganisationId]],
    postings: Mapping[PostingId, Posting],
) -> set[OrganisationId]:
    """The holders whose offers all say yes by rule; a price that is not stated needs a person."""
    if plan.pence is None:
        return set()
    holders = tuple(holders)
    by_hand = {owner for offer, owner in holders if not _auto(postings[offer])}
    return {owner for _, owner in holders} - by_hand


def _auto(posting: Posting) -> bool:
    return isinstance(posting.body, Offer) and posting.body.auto_accept


def answer_by(now: dt.datetime, region: Region) -> dt.datetime:
    """The instant by which whoever is asked has to answer, in working days of the region.

    Saturdays, Sundays and the calendar ``bank_holidays``, where the region has one, do not count.
    """
    closed = region.calendars.get("bank_holidays")
    end, left = now, region.settings.answer_days
    while left:
        end += dt.timedelta(days=1)
        day = region.today(end)
        left -= day.weekday() < 5 and (closed is None or day not in closed)  # noqa: PLR2004
    return end
