"""What parties are told as time passes over what they agreed, posted or had checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

from cypn_core.application import complain, override
from cypn_core.application.match import answer_to
from cypn_core.application.network import Work
from cypn_core.application.suspend import lapsed
from cypn_core.domain.deals import Deal
from cypn_core.domain.events import Event
from cypn_core.domain.ids import DealId, OrganisationId, PostingId
from cypn_core.domain.marks import CHECKS, CLOSED, UNAVAILABLE, WITHDRAWN
from cypn_core.domain.money import pounds
from cypn_core.domain.postings import Posting, PostingState

Told = tuple[OrganisationId, str, str]
"""To whom, under which subject, and the text."""


TOLD_ONCE = frozenset({WITHDRAWN, CLOSED})


def says(work: Work, event: Event) -> Iterator[Told]:
    """What *event* says to whom; nothing, when it is none of those known here."""
    tells = _TELLS.get(event.fact)
    if tells is not None:
        yield from tells(work, event)


def _suspended(work: Work, event: Event) -> Iterator[Told]:
    """To whoever's check it is, what to do; to the others only that it is so (V07)."""
    deal = work.deals.get(DealId(event.subject))
    when = _days(work, event.body["dates"])
    limit = work.hub.region.settings.suspension_days
    out = lapsed(work, deal)
    for party in sorted(deal.parties):
        text = f"{when}: suspended: {CHECKS}. The time is kept for {limit} days at most."
        if party in out:
            text += " Your check is out of date: have it renewed, and all is as it was."
        yield party, "Suspended", text


def _restored(work: Work, event: Event) -> Iterator[Told]:
    deal = work.deals.get(DealId(event.subject))
    text = f"{_days(work, event.body['dates'])}: not suspended any more; it stands as agreed."
    for party in sorted(deal.parties):
        yield party, "It stands again", text


def _dates_lost(work: Work, event: Event) -> Iterator[Told]:
    """To groups, an offer's end and a closure are told once for all their deals, and not here."""
    reason, by = event.body["reason"], event.body["by"]
    deal, when = work.deals.get(DealId(event.subject)), _days(work, event.body["dates"])
    costs = _costs(event.body.get("price"))
    if reason in TOLD_ONCE:
        yield from _lost_to_holders(deal, f"{when}: not agreed any more.{costs}")
    else:
        yield from _lost(work, deal, when, reason, by, costs)


def _displaced(work: Work, event: Event) -> Iterator[Told]:
    """To groups, an offer's end and a closure are told once for all their deals, and not here."""
    deal = work.deals.get(DealId(event.subject))
    when = _days(work, [w.start.isoformat() for w in deal.windows])
    if deal.reason in TOLD_ONCE:
        yield from _lost_to_holders(deal, f"{when}: not agreed any more.")
    else:
        yield from _lost(work, deal, when, deal.reason, None)


def _lost(
    work: Work, deal: Deal, when: str, reason: str, by: OrganisationId | None, costs: str = ""
) -> Iterator[Told]:
    because = {CHECKS: f" ({CHECKS})", UNAVAILABLE: f" ({UNAVAILABLE})"}.get(reason, "")
    seekers = {owner for _, owner in deal.seekers}
    for party in sorted(seekers - {by}):
        text = f"{when}: not to be had any more{because}. Your need for it is remembered.{costs}"
        yield party, "Dates that are lost", text
    for party in sorted(seekers & {by}):
        yield party, "A date less", f"{when}: given up, as you said. The rest stands.{costs}"
    yield from _lost_to_holders(deal, f"{when}: not agreed any more{because}.{costs}")


def _moved(work: Work, event: Event) -> Iterator[Told]:
    deal = work.deals.get(DealId(event.subject))
    was, to = (_days(work, [event.body[each]]) for each in ("was", "to"))
    for party in sorted(deal.parties):
        yield party, "A date is moved", f"{was} is now {to}.{_costs(event.body['price'])}"


def _lost_to_holders(deal: Deal, text: str) -> Iterator[Told]:
    seekers = {owner for _, owner in deal.seekers}
    for party in sorted({owner for _, owner in deal.holders} - seekers):
        yield party, "Dates that are lost", text


def _costs(price: Sequence[int | None] | None) -> str:
    """The sentence about a *price* in pence, before and now, or nothing where it is the same."""
    was, now = price or (None, None)
    if was is None or now is None or was == now:
        return ""
    return f" What stands of it costs {pounds(now)} in all now; it was {pounds(was)}."


def _offer_leaves(work: Work, event: Event) -> Iterator[Told]:
    return _told_once(work, event, "An offer ends", "the offer ends before")


def _offer_closed(work: Work, event: Event) -> Iterator[Told]:
    """To the groups that lose something, and to a holder whose offer another party has closed."""
    if "by_deal" in event.body:
        offer = work.postings.get(PostingId(event.subject))
        words = work.hub.exchange(offer.exchange).words
        code = event.body["code"]
        text = (
            f"What you offer is closed to everybody from now on: {words.get(code, code)}. What was "
            "agreed on it ahead is not agreed any more. Reopen it on its page once it can be used."
        )
        yield offer.organisation, "Your offer is closed", text
    yield from _told_once(work, event, "Closed", "it is closed to everybody then")


def _told_once(work: Work, event: Event, subject: str, because: str) -> Iterator[Told]:
    """One message to each group, however much it loses, with what there is instead (V13)."""
    dates: dict[OrganisationId, list[str]] = {}
    needs: dict[OrganisationId, list[Posting]] = {}
    prices = event.body.get("prices", {})
    for need, lost in event.body["displaced"].items():
        posting = work.postings.get(PostingId(need))
        dates.setdefault(posting.organisation, []).extend(lost)
        needs.setdefault(posting.organisation, []).append(posting)
    for party in sorted(needs):
        text = (
            f"{_days(work, dates[party])}: {because}. Your needs for it are "
            f"remembered and come first. Found instead: {_instead(work, needs[party])}."
            f"{''.join(_costs(prices.get(need.id)) for need in needs[party])}"
        )
        yield party, subject, text


def _instead(work: Work, needs: list[Posting]) -> str:
    """The alternatives that there are now, need by need, or "none yet"."""
    found = []
    for need in needs:
        waits = need.state is PostingState.OPEN and need.exchange in work.hub.exchanges
        answer = answer_to(work, need) if waits else None
        if answer and answer.full:
            found.append(f"{len(answer.full)} for the whole of need {need.id}")
        elif answer and answer.partial:
            found.append(f"{len(answer.partial)} for a part of need {need.id}")
    return "; ".join(found) or "none yet"


def _fades(work: Work, event: Event) -> Iterator[Told]:
    posting = work.postings.get(PostingId(event.subject))
    last = work.hub.region.local(dt.datetime.fromisoformat(event.body["until"]))
    text = (
        f"Your {posting.side} {posting.id} has not been confirmed for long. Confirm it if it still "
        f"holds: from {last} it is shown to nobody. Nothing is deleted."
    )
    yield posting.organisation, "Is this still so?", text


def _hours_end(work: Work, event: Event) -> Iterator[Told]:
    offer = work.postings.get(PostingId(event.subject))
    text = (
        f"The hours that you give end with the term, on {event.body['last']}. Say yes, and they "
        "are given for the next term too; what is agreed stays as it is. Without a yes they end."
    )
    yield offer.organisation, "Your hours end with the term", text


def _typed(work: Work, event: Event) -> Iterator[Told]:
    """Only where somebody else typed it: who posts by itself knows that."""
    if event.for_whom is not None:
        posting = work.postings.get(PostingId(event.subject))
        text = (
            f"Your coordinator has posted a {posting.side} for you ({posting.id}). It is yours: "
            "look whether it is right; you can change it or take it back."
        )
        yield posting.organisation, "Posted for you", text


def _expired(work: Work, event: Event) -> Iterator[Told]:
    posting = work.postings.get(PostingId(event.subject))
    text = f"Nothing was agreed for your need {posting.id} in its time. It counts as unmet."
    yield posting.organisation, "A need has run out", text


def _check_expires(work: Work, event: Event) -> Iterator[Told]:
    text = (
        f"Your check as {event.body['role']} is good until {event.body['last']}. Have it renewed "
        f"before: what is agreed for later days is suspended otherwise."
    )
    yield OrganisationId(event.subject), "A check runs out", text


def _accepted(work: Work, event: Event) -> Iterator[Told]:
    text = (
        "The coordinator has let you join. You cannot search yet, and nothing of you is shown: "
        "first your checks are made. Sign in to see what is asked, and say when you are ready."
    )
    yield OrganisationId(event.subject), "Welcome", text


def _let_through(work: Work, event: Event) -> Iterator[Told]:
    said = event.body
    text = (
        f"Two people of the hub let you take part as {said['role']} up to {said['last']}, though "
        f"no check of yours is in date: {override.SAID[override.Reason(said['reason'])]}. From "
        "the day after, your check counts again; without one, what is agreed is suspended."
    )
    yield OrganisationId(event.subject), "You may take part for now", text


def _let_through_no_more(work: Work, event: Event) -> Iterator[Told]:
    text = (
        f"You were let take part as {event.body['role']} for some days without a check. That has "
        "ended: your check counts again. Ask your coordinator what is missing."
    )
    yield OrganisationId(event.subject), "Your check counts again", text


def _acted_for(work: Work, event: Event) -> Iterator[Told]:
    text = (
        "A coordinator has begun to act for you on the website. What is done is yours: look "
        "whether it is right; you can change it or take it back."
    )
    yield OrganisationId(event.subject), "A coordinator acts for you", text


def _complained(work: Work, event: Event) -> Iterator[Told]:
    if (found := complain.owner_of(work, event.subject)) is not None:
        yield found[0], "Your complaint has arrived", complain.received(found[1])


def _answered(work: Work, event: Event) -> Iterator[Told]:
    if (found := complain.owner_of(work, event.subject)) is not None:
        text = f"This is the answer to your complaint {found[1].number}: {found[1].answer}"
        yield found[0], "The answer to your complaint", text


def _days(work: Work, starts: list[str]) -> str:
    """The first of *starts*, ISO instants, as people write it, and how many more there are."""
    instants = sorted(dt.datetime.fromisoformat(start) for start in starts)
    if not instants:
        return "What was agreed"
    more = f" and {len(instants) - 1} more" if len(instants) > 1 else ""
    return f"{work.hub.region.local(instants[0])}{more}"


_TELLS: Mapping[str, Callable[[Work, Event], Iterator[Told]]] = {
    "deal_suspended": _suspended,
    "deal_restored": _restored,
    "deal_dates_lost": _dates_lost,
    "deal_displaced": _displaced,
    "deal_date_moved": _moved,
    "offer_leaves": _offer_leaves,
    "offer_closed": _offer_closed,
    "posting_fades": _fades,
    "need_expired": _expired,
    "need_posted": _typed,
    "offer_posted": _typed,
    "offer_term_ends": _hours_end,
    "check_expires": _check_expires,
    "override_confirmed": _let_through,
    "override_ended": _let_through_no_more,
    "acting_began": _acted_for,
    "registration_accepted": _accepted,
    "complaint_received": _complained,
    "complaint_answered": _answered,
}
