"""A member's agreed deals as iCalendar: private feeds that can be revoked."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from typing import Any

from icalendar import vDuration  # type: ignore[import-untyped]

from cypn_core.application.gate import missing_checks
from cypn_core.application.icalendar_text import calendar_text, events_of
from cypn_core.application.keys import digest
from cypn_core.application.network import Caller, Work
from cypn_core.domain.deals import Deal
from cypn_core.domain.errors import Conflict, NotAllowed, NotFound
from cypn_core.domain.ids import OrganisationId
from cypn_core.storage.feeds import Feeds, StoredFeed

MOST_FEEDS = 20
"""How many feeds one organisation may have in force."""
REFRESH = dt.timedelta(hours=6)


def new_feed(work: Work, caller: Caller, label: str) -> tuple[str, StoredFeed]:
    """Make a feed of the caller's deals for one subscriber: its token, shown this once.

    An operator makes one too, for a group that rings: whoever runs the hub has the store anyway.

    :raises NotAllowed: for a coordinator who acts for the organisation, with whom it would stay.
    :raises Conflict: when the organisation has too many already.
    """
    if caller.acts_for_another and "operator" not in caller.scopes:
        raise NotAllowed("Only the group itself makes its feeds.")
    if len(Feeds(work.connection).of(caller.member)) >= MOST_FEEDS:
        raise Conflict(f"{MOST_FEEDS} feeds are the limit: revoke one that nobody reads.")
    token = secrets.token_urlsafe(32)
    feed = StoredFeed(
        id=work.new_id(),
        organisation=caller.member,
        digest=digest(token),
        label=label,
        created=work.now,
    )
    Feeds(work.connection).add(feed)
    work.log(caller, feed.id, "feed_made")
    return token, feed


def revoke_feed(work: Work, caller: Caller, feed: str) -> None:
    """Revoke one of the caller's feeds at once.

    :raises NotFound: when there is none in force with that id, or it is somebody else's.
    """
    if not Feeds(work.connection).revoke(caller.member, feed, work.now):
        raise NotFound
    work.log(caller, feed, "feed_revoked")


def feeds(work: Work, caller: Caller) -> list[StoredFeed]:
    """The caller's feeds that are in force."""
    return Feeds(work.connection).of(caller.member)


def read_feed(work: Work, token: str) -> bytes:
    """The calendar behind *token*; the store as it is gives the same bytes at any time of a day.

    :raises NotFound: alike for a token that never was and for one that was revoked.
    """
    feed = Feeds(work.connection).with_digest(digest(token))
    if feed is None:
        raise NotFound
    own = (event for deal in _shown(work, feed.organisation) for event in _events(work, deal, feed))
    refresh = vDuration(REFRESH)
    refresh.params["VALUE"] = "DURATION"
    header = {"refresh-interval": refresh, "x-wr-calname": work.hub.region.name}
    return calendar_text(work.hub.region.zone_name, own, header)


def _shown(work: Work, owner: OrganisationId) -> Iterator[Deal]:
    """The deals of *owner* that its feeds hold, where it has passed the gate."""
    days = work.hub.region.settings.contact_days
    for name, exchange in sorted(work.hub.exchanges.items()):
        if len(missing_checks(work, owner, name)) == len(exchange.checklists):
            continue
        for deal in work.deals.of(owner, name, limit=None):
            if deal.windows and deal.open_at(work.now, days):
                yield deal


def _events(work: Work, deal: Deal, feed: StoredFeed) -> Iterator[Any]:
    """What stands of *deal*, and apart from it, as tentative, what is suspended."""
    held = set(deal.suspended)
    for leg in deal.kept.legs:
        place = work.postings.get(leg.offer).body.place
        told = {**_told(work, deal, feed.organisation), **({"location": place} if place else {})}
        uid = f"{deal.id}:{leg.offer}:{leg.role}"
        for status in ("CONFIRMED", "TENTATIVE"):
            windows = tuple(w for w in leg.windows if (w in held) is (status == "TENTATIVE"))
            if windows:
                of = uid if status == "CONFIRMED" else f"{uid}:{status.lower()}"
                yield from events_of(
                    windows, work.hub.region.zone_name, of, {**told, "status": status}
                )


def _told(work: Work, deal: Deal, reader: OrganisationId) -> dict[str, Any]:
    return {
        "dtstamp": max([deal.created, *(consent.at for consent in deal.consents)]),
        "sequence": deal.revision,
        "summary": title(work, deal, reader),
    }


def title(work: Work, deal: Deal, reader: OrganisationId) -> str:
    """What *deal* is called in the calendar of *reader*, which may know the others' names."""
    others = [work.organisations.get(each).profile.name for each in sorted(deal.parties - {reader})]
    return f"{work.hub.exchange(deal.exchange).title}: {', '.join(sorted(others))}"
