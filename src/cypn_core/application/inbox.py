"""The inbox: a reader of the event log that tells the parties what concerns them, once each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping

from attrs import evolve, frozen

from cypn_core.application import news, notices, part_news
from cypn_core.application.fresh import REMINDED
from cypn_core.application.network import Caller, Network, Work
from cypn_core.application.unmask import UNMASKED, seen_by
from cypn_core.application.weekly import next_digest
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.events import Event
from cypn_core.domain.failures import report
from cypn_core.domain.ids import DealId, OrganisationId, PostingId
from cypn_core.domain.money import pounds
from cypn_core.storage import events
from cypn_core.storage.members import Message

log = logging.getLogger(__name__)

READER = "inbox"
ALL = 1_000_000
COMPLAINTS = ("complaint_received", "complaint_answered")
BATCH = 100
_OLD_LINK = (
    "Somebody pressed a link in one of our mails that is not good any more: it was used before, "
    "it expired, or it went to a former contact. Nothing was changed by it. If you do not know "
    "who it was, tell your coordinator."
)
CLOSED = "This was agreed. It is over, and names and contacts are closed again."
OPEN_AGAIN = (
    "This was agreed. A part of it is sought again: names and contacts are shown when it is agreed."
)


@frozen
class Said:
    """What one party is told. *urgent* is mailed at once; the rest waits for the weekly digest."""

    to: OrganisationId
    subject: str
    text: str
    urgent: bool = False


def deliver(network: Network) -> int:
    """Read the log up to its end; how many messages were written.

    Each batch is one transaction with its cursor, and an event tells each party once, so it may be
    stopped and run again, on several machines too. Where mail is on each goes to the outbox too.
    """
    mailed = network.mailing is not None
    total = 0
    while True:
        read, told = network.transact(lambda work: _batch(work, mailed=mailed))
        total += told
        if read < BATCH:
            return total


def inbox(work: Work, caller: Caller, after: str, limit: int) -> list[Message]:
    """The caller's messages, the oldest first; contacts stand in them while the deal is open.

    Who acts for the organisation, a coordinator, reads none about its complaints.
    """
    found = work.members.inbox(caller.member, after, ALL if caller.acts_for_another else limit)
    if caller.acts_for_another:
        found = _but_complaints(work, found)[:limit]
    agreed = events.subjects(work.connection, [each.event for each in found], "deal_agreed")
    days = work.hub.region.settings.contact_days
    deals = {event: work.deals.get(DealId(deal)) for event, deal in agreed.items()}
    closed = {
        event: OPEN_AGAIN if deal.state is DealState.HELD else CLOSED
        for event, deal in deals.items()
        if caller.member not in deal.parties or not deal.open_at(work.now, days)
    }
    return [
        evolve(each, text=closed[each.event]) if each.event in closed else each for each in found
    ]


def _but_complaints(work: Work, found: list[Message]) -> list[Message]:
    told = [each.event for each in found]
    hidden = {
        event for fact in COMPLAINTS for event in events.subjects(work.connection, told, fact)
    }
    return [each for each in found if each.event not in hidden]


def _batch(work: Work, *, mailed: bool) -> tuple[int, int]:
    found = events.read(work.connection, READER, BATCH)
    told = 0
    for logged in found:
        for said in _readable(work, logged.event):
            if work.organisations.get(said.to).erased is not None:
                continue
            message = _message(work, logged.event, said)
            if work.members.deliver(message):
                told += 1
                if mailed:
                    _queue(work, message, urgent=said.urgent)
        work.hub.tell(logged.event)
    if found:
        events.advance(work.connection, READER, found[-1].cursor)
    return len(found), told


def _readable(work: Work, event: Event) -> list[Said]:
    """What *event* says; nothing where it cannot be told, so that it stops no other."""
    try:
        return list(_says(work, event))
    except Exception as error:  # noqa: BLE001 - whatever one event lacks, the next ones are told
        report(log, error, "event %s (%s) cannot be told", event.id, event.fact)
        return []


def _queue(work: Work, message: Message, *, urgent: bool) -> None:
    due = work.now if urgent else next_digest(work.now, work.hub.region.zone_name)
    work.mails.queue(work.new_id(), message.organisation, message.id, due, week=not urgent)


def _message(work: Work, event: Event, said: Said) -> Message:
    return Message(
        id=work.new_id(),
        event=event.id,
        organisation=said.to,
        subject=said.subject,
        text=said.text,
        at=event.at,
    )


def _says(work: Work, event: Event) -> Iterator[Said]:
    tells = _TELLS.get(event.fact)
    if event.fact == "link_refused":
        yield Said(OrganisationId(event.subject), "An old link was used", _OLD_LINK, urgent=True)
    if event.fact == UNMASKED:
        yield Said(OrganisationId(event.subject), "Who you are was looked at", seen_by(event))
    if event.fact == REMINDED and event.body["exchange"] in work.hub.exchanges:
        yield _ages(work, event)
    readers = (news.says, notices.says, part_news.says)
    for to, subject, text in (told for says in readers for told in says(work, event)):
        yield Said(to, subject, text, urgent=True)
    if tells is not None:
        yield from tells(work, event, work.deals.get(DealId(event.subject)))


def _ages(work: Work, event: Event) -> Said:
    offer = work.postings.get(PostingId(event.subject))
    title = work.hub.exchanges[offer.exchange].title
    posted, hidden = (work.hub.region.local(at) for at in (offer.created, offer.fresh_until))
    text = (
        f"Is what you offer ({title}, posted {posted}) still available? Without an answer it is "
        f"hidden from {hidden}; nothing is deleted."
    )
    return Said(offer.organisation, "Is it still available?", text, urgent=True)


def _asked(work: Work, event: Event, deal: Deal) -> Iterator[Said]:
    """Nothing of who asks: that they are checked is all that counts."""
    if deal.state is DealState.HELD:
        return  # all who were asked then have said yes; who is asked since reads of that alone
    by = f" Please answer by {work.hub.region.local(deal.deadline)}." if deal.deadline else ""
    text = f"A group whose checks are passed asks for {news.times_of(work, deal)}.{by}"
    for party in sorted(deal.waiting_for()):
        yield Said(party, "You are asked", text, urgent=True)


def _proposed(work: Work, event: Event, deal: Deal) -> Iterator[Said]:
    """To each group, what it would pay; to a holder whose yes it needs, that it is asked."""
    seekers = {owner for _, owner in deal.seekers}
    by = f" by {work.hub.region.local(deal.deadline)}" if deal.deadline else ""
    when = news.times_of(work, deal)
    for party in sorted(deal.waiting_for() & seekers):
        text = (
            f"You could share {when} with others; {len(deal.plan.needs)} needs would be served "
            f"together.{_costs(deal, party)} Say yes or no{by}. It is agreed when all have said "
            "yes, and names are told then. Until you say yes you may ask for anything else."
        )
        yield Said(party, "Sharing is proposed to you", text, urgent=True)
    for party in sorted(deal.waiting_for() - seekers):
        text = f"Groups whose checks are passed would share {when}. Please answer{by}."
        yield Said(party, "You are asked", text, urgent=True)


def _costs(deal: Deal, party: OrganisationId) -> str:
    """What *party* would pay, and what it would pay alone where that is known."""
    own = {need for need, owner in deal.seekers if owner == party}
    shares = [share for share in deal.plan.shares if share.need in own]
    if not shares:
        return ""
    alone = [share.alone for share in shares if share.alone is not None]
    beside = f", and {pounds(sum(alone))} alone" if len(alone) == len(shares) else ""
    return f" You would pay {pounds(sum(share.pence for share in shares))}{beside}."


def _agreed(work: Work, event: Event, deal: Deal) -> Iterator[Said]:
    price = "" if deal.plan.pence is None else f" The price is {pounds(deal.plan.pence)} in all."
    seekers = {owner for _, owner in deal.seekers}
    for party in sorted(deal.parties):
        others = [work.organisations.get(each).profile for each in sorted(deal.parties - {party})]
        people = "; ".join(f"{p.name}: {p.contact.name}, {p.contact.email}" for p in others)
        turn = f" {deal.reason}" if deal.reason and deal.state.revealed and party in seekers else ""
        text = f"{news.times_of(work, deal)} is agreed.{turn}{price} You can talk to {people}."
        yield Said(party, "It is agreed", text, urgent=True)


def _ended(work: Work, event: Event, deal: Deal) -> Iterator[Said]:
    sentence = "" if deal.reason.startswith(("cancelled", "unavailable")) else f" {deal.reason}"
    listed = news.place_in_line(work, deal)
    text = (
        f"Nothing came of {news.times_of(work, deal)}.{sentence}{listed} "
        "Your need is remembered and waits on."
    )
    for party in sorted({owner for _, owner in deal.seekers}):
        yield Said(party, "Nothing came of it", text)


def _cancelled(work: Work, event: Event, deal: Deal) -> Iterator[Said]:
    for said in _ended(work, event, deal):
        yield evolve(said, urgent=True)
    seekers = {owner for _, owner in deal.seekers}
    for party in sorted({owner for _, owner in deal.holders} - seekers):
        yield Said(
            party, "It was cancelled", f"{news.times_of(work, deal)} is free again.", urgent=True
        )


def _acted(work: Work, event: Event, deal: Deal) -> Iterator[Said]:
    if text := event.body["tells"]:
        for party in sorted(deal.parties - {event.body["by"]}):
            yield Said(party, "News of your agreement", str(text))


def _moved_on(work: Work, event: Event, deal: Deal) -> Iterator[Said]:
    """To those who are in a deal that is gathered; at once where they are asked for a yes."""
    for party in sorted({owner for _, owner in deal.seekers} - {event.body["by"]}):
        text, asks = str(event.body["tells"]), bool(event.body["asks"])
        yield Said(party, "News of what you are in", text, urgent=asks)


def _left(work: Work, event: Event, deal: Deal) -> Iterator[Said]:
    """To those who are in a gathered deal no more, unless they went of themselves."""
    text = "It goes on without you. Your need is remembered and waits on: see what there is for it."
    owners = {work.postings.get(PostingId(need)).organisation for need in event.body["needs"]}
    for party in sorted(owners - {event.body["by"]}):
        yield Said(party, "You are in it no more", text, urgent=True)


_TELLS: Mapping[str, Callable[[Work, Event, Deal], Iterator[Said]]] = {
    "deal_asked": _asked,
    "deal_proposed": _proposed,
    "deal_agreed": _agreed,
    "deal_declined": _ended,
    "deal_lapsed": _ended,
    "deal_cancelled": _cancelled,
    "deal_action": _acted,
    "deal_moved_on": _moved_on,
    "deal_left": _left,
}
