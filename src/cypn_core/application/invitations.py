"""Invitations by mail (RFC 5546): what each party of an agreement has in its calendar.

A mail about an agreement brings all of it as it stands when the mail leaves: a REQUEST of every
date that is certain, or a CANCEL once there is none. Before the agreement there is nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import frozen
from icalendar import Event, vCalAddress  # type: ignore[import-untyped]

from cypn_core.application.feeds import title
from cypn_core.application.icalendar_text import calendar_text, meeting_of
from cypn_core.application.letters import Invitation
from cypn_core.application.network import Work
from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import DealId, OrganisationId
from cypn_core.domain.times import Window
from cypn_core.domain.views import pseudonym
from cypn_core.storage import events
from cypn_core.storage.mails import Told

_OF_A_DEAL = frozenset(
    {
        "deal_agreed",
        "deal_cancelled",
        "deal_dates_lost",
        "deal_displaced",
        "deal_lapsed",
        "deal_restored",
        "deal_suspended",
        "deal_unassigned",
    }
)
_OF_MANY = frozenset({"offer_closed", "offer_leaves"})


@frozen
class Between:
    """Who invites, and whom: two addresses, and the party that is reached at the second."""

    organiser: str
    attendee: str
    party: OrganisationId


def invitations(work: Work, told: Iterable[Told], between: Between) -> Iterator[Invitation]:
    """What goes with a mail that tells all of *told*: one for each deal that it is about."""
    told = tuple(told)
    concerned = {deal for each in told for deal in _concerned(each)}
    left = {each.about for each in told if _left(each, between.party)}
    for deal in (work.deals.get(DealId(each)) for each in sorted(concerned)):
        if between.party in deal.parties or deal.id in left:
            yield from invitation(work, deal, between)


def invitation(work: Work, deal: Deal, between: Between) -> Iterator[Invitation]:
    """What the party is to have of *deal* in its calendar now, in one or no invitation.

    None while it was never agreed, and none once its names are closed because it is long over. It
    is cancelled for whoever plays no part any more, and for all while a part is sought again.
    """
    if not deal.windows or deal.exchange not in work.hub.exchanges or not _agreed(work, deal):
        return
    inside = between.party in deal.parties
    times = _certain(work, deal) if deal.state.revealed and inside else {}
    if not times:
        yield _calendar(work, "CANCEL", [_cancelled(work, deal, between)])
    elif deal.open_at(work.now, work.hub.region.settings.contact_days):
        told = {**_told(work, deal, between), **_sure(work, deal, between.party)}
        zone, uid = work.hub.region.zone_name, _uid(work, deal, between.party)
        yield _calendar(work, "REQUEST", meeting_of(times, zone, uid, told))


def _agreed(work: Work, deal: Deal) -> bool:
    return bool(events.told_of(work.connection, deal.id, "deal_agreed"))


def _concerned(told: Told) -> Iterable[str]:
    if told.fact in _OF_A_DEAL:
        return (told.about,)
    return told.body.get("deals", {}).values() if told.fact in _OF_MANY else ()


def _left(told: Told, party: OrganisationId) -> bool:
    return told.fact == "deal_unassigned" and told.body.get("holder") == party


def _certain(work: Work, deal: Deal) -> dict[Window, str]:
    """The windows that are neither lost nor suspended, with their places.

    What overlaps is one time at all its places: nobody can be at two parts of one meeting.
    """
    held = set(deal.suspended)
    found = [
        (window, work.postings.get(leg.offer).body.place)
        for leg in deal.kept.legs
        for window in leg.windows
        if window not in held
    ]
    return {
        time: "; ".join(
            sorted({place for window, place in found if place and window.overlaps(time)})
        )
        for time in _joined(window for window, _ in found)
    }


def _joined(windows: Iterable[Window]) -> list[Window]:
    """*windows* in order, those that overlap as one; what only touches stays apart."""
    times: list[Window] = []
    for window in sorted(windows):
        if times and window.overlaps(times[-1]):
            before = times.pop()
            times.append(Window(before.start, max(before.end, window.end)))
        else:
            times.append(window)
    return times


def _cancelled(work: Work, deal: Deal, between: Between) -> Event:
    """All of it, by its UID alone: nothing of the others, whose names are closed again."""
    uid, zone = _uid(work, deal, between.party), work.hub.region.zone_name
    more = {"status": "CANCELLED", "summary": work.hub.exchange(deal.exchange).title}
    (event,) = meeting_of({deal.windows[0]: ""}, zone, uid, {**_told(work, deal, between), **more})
    return event


def _told(work: Work, deal: Deal, between: Between) -> dict[str, Any]:
    """It is agreed already: no answer is asked for, and nobody reads one."""
    attendee = vCalAddress(f"mailto:{between.attendee}")
    attendee.params["PARTSTAT"] = "ACCEPTED"
    attendee.params["RSVP"] = "FALSE"
    return {
        "dtstamp": work.now,
        "sequence": deal.revision,
        "organizer": vCalAddress(f"mailto:{between.organiser}"),
        "attendee": attendee,
    }


def _sure(work: Work, deal: Deal, party: OrganisationId) -> dict[str, str]:
    return {"status": "CONFIRMED", "summary": title(work, deal, party)}


def _uid(work: Work, deal: Deal, party: OrganisationId) -> str:
    return f"{pseudonym(work.pseudonym_key, 'invitation', deal.id, party)}@cypn"


def _calendar(work: Work, method: str, listed: Iterable[Event]) -> Invitation:
    text = calendar_text(work.hub.region.zone_name, listed, {"method": method})
    return Invitation(method=method, text=text.decode())
