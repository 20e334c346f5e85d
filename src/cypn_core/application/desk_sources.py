"""What stands on the desk besides checks; each source is a query or two for the whole network."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from cypn_core.application import actions, bounces, complain, override, register
from cypn_core.application.desk_items import Item, Kind
from cypn_core.application.desk_seen import Seen
from cypn_core.application.network import Caller
from cypn_core.application.report_coordinator import turned_away
from cypn_core.application.season_input import lies_in
from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import OrganisationId, RoundId
from cypn_core.domain.postings import Posting
from cypn_core.domain.rounds import Priority
from cypn_core.domain.seasons import Phase, Season

STUCK_AFTER = dt.timedelta(days=1)
"""How long after its time a round may stay open before a person should look at it."""
SOON = dt.timedelta(days=7)
"""An offer that is hidden so soon was not confirmed after the reminder."""


def clearances(seen: Seen, _caller: Caller) -> Iterator[Item]:
    """The requests that a rule has referred to the coordinator."""
    for deal in seen.asked:
        if deal.referred:
            yield Item(
                kind=Kind.CLEARANCE,
                about=deal.id,
                says="A request waits for your yes or no since %(day)s.",
                opens="Groups that wait for your answer: %(groups)s.",
                groups=len(_seekers(deal)),
                facts={"day": seen.work.hub.region.today(deal.created).isoformat()},
                exchange=deal.exchange,
                day=seen.work.hub.region.today(deal.created),
            )


def displaced(seen: Seen, _caller: Caller) -> Iterator[Item]:
    """The needs that lost what was agreed, and have found nothing since."""
    for need in seen.waiting:
        if need.priority is Priority.DISPLACED and seen.takes_part(need):
            since = seen.work.hub.region.today(need.created)
            yield Item(
                kind=Kind.DISPLACED,
                about=need.id,
                says="A group lost what had been agreed for it, and its need waits again.",
                opens="See the nearest alternatives, and ask around for it.",
                groups=1,
                exchange=need.exchange,
                day=since,
            )


def rounds(seen: Seen, _caller: Caller) -> Iterator[Item]:
    """The rounds that should have closed a day ago."""
    work = seen.work
    inside: dict[RoundId, set[OrganisationId]] = defaultdict(set)
    for deal in seen.asked:
        if deal.round is not None:
            inside[deal.round] |= _seekers(deal)
    for each in work.deals.due_rounds(work.now - STUCK_AFTER):
        due = work.hub.region.today(each.closes_at)
        yield Item(
            kind=Kind.ROUND,
            about=each.id,
            says="A round was to be decided on %(day)s and is still open: somebody who comes first "
            "has not answered, or the hub's clock stands still.",
            opens="Groups that wait for its outcome: %(groups)s.",
            groups=len(inside[each.id]),
            facts={"day": due.isoformat()},
            exchange=each.exchange,
            day=due,
        )


def flags(seen: Seen, _caller: Caller) -> Iterator[Item]:
    """The holders that said no as often as the region calls often."""
    found = turned_away(seen.work)
    settings, counts = seen.work.hub.region.settings, Counter(holder for holder, _ in found)
    for holder, count in counts.items():
        deals = [deal for by, deal in found if by == holder]
        waiting = {o for deal in deals for need, o in deal.seekers if need in seen.waiting_owners}
        if count >= settings.decline_flag:
            yield Item(
                kind=Kind.FLAG,
                about=holder,
                says="A holder has turned requests away %(declines)s times in %(days)s days.",
                opens="Groups that were turned away and still wait: %(groups)s.",
                groups=len(waiting),
                facts={"declines": count, "days": settings.decline_days},
                exchange=deals[-1].exchange,
                day=seen.work.hub.region.today(max(deal.created for deal in deals)),
            )


def unreached(seen: Seen, caller: Caller) -> Iterator[Item]:
    """The members none of whose contacts gets any mail."""
    lost = {
        each.organisation: each for each in bounces.unreached(seen.work, caller) if not each.by_mail
    }
    for organisation, each in lost.items():
        yield Item(
            kind=Kind.UNREACHED,
            about=organisation,
            says="No mail reaches %(name)s: it came back, or was stopped, from every contact.",
            opens="It learns again what is asked of it and what has come up for it.",
            groups=1,
            facts={"name": each.name},
            day=seen.work.hub.region.today(each.since),
        )


def stale(seen: Seen, _caller: Caller) -> Iterator[Item]:
    """The holders whose offers are hidden in a week, and who did not answer the reminder."""
    work = seen.work
    owners: dict[OrganisationId, list[Posting]] = defaultdict(list)
    for offer in work.postings.aging(work.hub.exchanges, work.now, work.now + SOON):
        if seen.takes_part(offer):
            owners[offer.organisation].append(offer)
    for offers in owners.values():
        first = min(offers, key=lambda offer: (offer.fresh_until, offer.id))
        day = work.hub.region.today(first.fresh_until)
        yield Item(
            kind=Kind.STALE,
            about=first.id,
            says="Offers of one holder that nobody has confirmed: %(offers)s, hidden from %(day)s.",
            opens="Ring its holder, and confirm them for it: they stay where groups find them.",
            facts={"offers": len(offers), "day": day.isoformat()},
            exchange=first.exchange,
            day=day,
        )


def registrations(seen: Seen, caller: Caller) -> Iterator[Item]:
    """The groups that want to join."""
    for each in register.awaiting(seen.work, caller):
        day = seen.work.hub.region.today(each.registration.created)
        yield Item(
            kind=Kind.REGISTRATION,
            about=each.registration.id,
            says="%(name)s wants to join, since %(day)s.",
            opens="It can then be checked and take part.",
            groups=1,
            facts={"name": each.registration.application.name, "day": day.isoformat()},
            day=day,
        )


def complaints(seen: Seen, caller: Caller) -> Iterator[Item]:
    """The complaints that have no answer yet."""
    for each in complain.complaints(seen.work, caller):
        if each.state == "open":
            yield Item(
                kind=Kind.COMPLAINT,
                about=each.id,
                says="Complaint %(number)s is to be answered by %(day)s.",
                opens="Somebody gets the answer that was promised.",
                groups=1,
                facts={"number": each.number, "day": each.due.isoformat()},
                day=each.due,
            )


def seasons(seen: Seen, _caller: Caller) -> Iterator[Item]:
    """The seasons that take no more needs and are to be closed."""
    for exchange in sorted(seen.work.hub.exchanges):
        for season in seen.work.seasons.unclosed(exchange):
            if season.phase(seen.work.today) is Phase.DUE:
                yield Item(
                    kind=Kind.SEASON,
                    about=season.id,
                    says="A season waits to be closed since %(day)s, before its dates begin on "
                    "%(first)s.",
                    opens="Groups that wait for its outcome: %(groups)s.",
                    groups=len(_in_season(seen, season)),
                    facts={"day": season.closes_on.isoformat(), "first": season.first.isoformat()},
                    exchange=exchange,
                    day=season.closes_on,
                )


def overrides(seen: Seen, caller: Caller) -> Iterator[Item]:
    """The overrides that one person has proposed and another has still to confirm."""
    for each in override.listed(seen.work, caller):
        if each.waits(seen.work.now) and each.organisation in seen.members:
            day = seen.work.hub.region.today(each.proposed)
            yield Item(
                kind=Kind.OVERRIDE,
                about=each.id,
                says="An override for %(name)s as %(role)s waits for another person since %(day)s.",
                opens="It lets the group take part for %(days)s days at most.",
                groups=1,
                facts={
                    "name": seen.name(each.organisation),
                    "role": each.role,
                    "day": day.isoformat(),
                    "days": each.days,
                },
                role=each.role,
                day=day,
            )


def overdue(seen: Seen, _caller: Caller) -> Iterator[Item]:
    """What the parties of deals that are over should have done by now, and have not."""
    for each in actions.overdue(seen.work):
        day = seen.work.hub.region.today(each.by)
        yield Item(
            kind=Kind.OVERDUE,
            about=each.deal.id,
            says="%(action)s: due since %(day)s, and not done though a reminder was sent.",
            opens="Ring whoever has to do it: the record of what took place is whole again.",
            facts={"action": each.action.title, "day": day.isoformat()},
            exchange=each.deal.exchange,
            day=day,
        )


SOURCES: tuple[Callable[[Seen, Caller], Iterator[Item]], ...] = (
    clearances,
    displaced,
    rounds,
    flags,
    unreached,
    stale,
    registrations,
    complaints,
    seasons,
    overrides,
    overdue,
)


def _seekers(deal: Deal) -> set[OrganisationId]:
    return {owner for _, owner in deal.seekers}


def _in_season(seen: Seen, season: Season) -> set[OrganisationId]:
    """The groups whose needs that wait lie in the season's span."""
    needs = (need for need in seen.may_be_served if need.exchange == season.exchange)
    return {need.organisation for need in needs if lies_in(seen.work, season, need)}
