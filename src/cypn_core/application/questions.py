"""What a message asks of its reader, and what a click on yes or no then does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from attrs import frozen

from cypn_core.application import consent, fresh, post, renew, tenure, wake
from cypn_core.application.network import Caller, Work
from cypn_core.domain.deals import Deal, terms
from cypn_core.domain.ids import DealId, OrganisationId, PostingId, fingerprint
from cypn_core.domain.marks import UNAVAILABLE
from cypn_core.domain.postings import PostingState
from cypn_core.domain.wakes import RenewalState, WakeState

LINK_DAYS = 14
"""How long a link is good where the question itself has no end."""


@frozen(kw_only=True)
class Choice:
    """One answer: its words in the mail, and what giving it does and says."""

    words: str
    give: Callable[[Work, Caller], str]


@frozen(kw_only=True)
class Question:
    """What stands to be answered: until when, and a digest of exactly what.

    "Later" is an answer to every question: it is asked again.
    """

    until: dt.datetime
    terms: str
    yes: Choice
    no: Choice


Asks = Callable[[Work, str, OrganisationId], Question | None]
"""From the event's subject and a reader to the question; None when nothing stands open."""


def question(work: Work, fact: str, about: str, reader: OrganisationId) -> Question | None:
    """What the event *fact* about *about* still asks *reader*."""
    asks = _ASKS.get(fact)
    return None if asks is None else asks(work, about, reader)


def _of_deal(work: Work, about: str, reader: OrganisationId) -> Question | None:
    deal = work.deals.get(DealId(about))
    waits = consent.waits_for(deal, reader)
    if not waits or deal.exchange not in work.hub.exchanges:
        return None
    holds = reader in {owner for _, owner in deal.holders}
    return Question(
        until=_asked_until(deal) or work.now + dt.timedelta(days=LINK_DAYS),
        terms=fingerprint(terms(deal, reader), str(deal.pays(reader))),
        yes=Choice(words="Yes, we agree", give=lambda work, caller: _yes(work, caller, deal)),
        no=_decline(deal) if holds else _leave(deal),
    )


def _asked_until(deal: Deal) -> dt.datetime | None:
    filling = deal.search.asked_until if deal.search else None
    return filling or deal.deadline


def _yes(work: Work, caller: Caller, deal: Deal) -> str:
    agreed = consent.agree(work, caller, deal.exchange, deal.id, deal.revision)
    if agreed.state.revealed:
        return "It is agreed. A message with names and contacts is on its way to you."
    return "Your yes is noted. You get a message when everybody has answered."


def _decline(deal: Deal) -> Choice:
    def give(work: Work, caller: Caller) -> str:
        consent.decline(work, caller, deal.exchange, deal.id, UNAVAILABLE, deal.revision)
        return "You said no. This time is now closed for everybody."

    return Choice(words="No: it is not available then, and closes for everybody", give=give)


def _leave(deal: Deal) -> Choice:
    def give(work: Work, caller: Caller) -> str:
        consent.cancel(work, caller, deal.exchange, deal.id, deal.revision)
        return "You said no. Your need is remembered and waits on."

    return Choice(words="No, not this", give=give)


def _of_wake(work: Work, about: str, reader: OrganisationId) -> Question | None:
    """None where the message told of several things: those are answered one by one."""
    found = work.wakes.get(about)
    told = [each for each in work.wakes.told_to(found.owner, limit=None) if each.told == found.told]
    if found.state is not WakeState.ASKED or len(told) > 1 or found.due <= work.now:
        return None
    if found.exchange not in work.hub.exchanges:
        return None

    def give(code: str, said: str) -> Callable[[Work, Caller], str]:
        def answer(work: Work, caller: Caller) -> str:
            wake.answer(work, caller, found.exchange, found.id, code)
            return said

        return answer

    yes = give("yes", "Your yes is noted. A message tells you what comes of it.")
    no = give("no", "You said no. Your need is remembered and waits on.")
    return Question(
        until=found.due,
        terms=fingerprint(found.id, str(work.postings.get(found.offer).revision)),
        yes=Choice(words="Yes, we ask for it", give=yes),
        no=Choice(words="No, not this", give=no),
    )


def _of_term(work: Work, about: str, reader: OrganisationId) -> Question | None:
    deal, renewal = work.deals.get(DealId(about)), work.wakes.renewal(about)
    if renewal is None or renewal.state is not RenewalState.OFFERED or renewal.ends <= work.now:
        return None
    if deal.exchange not in work.hub.exchanges:
        return None

    def renew(work: Work, caller: Caller) -> str:
        tenure.renew(work, caller, deal.exchange, deal.id)
        return "You go on for another term. A message with the times is on its way to you."

    def let_go(work: Work, caller: Caller) -> str:
        tenure.let_go(work, caller, deal.exchange, deal.id)
        return "You leave at the end of the term. Thank you for saying so."

    return Question(
        until=renewal.ends,
        terms=fingerprint("renewal", deal.id),
        yes=Choice(words="Yes, we go on", give=renew),
        no=Choice(words="No, we leave then", give=let_go),
    )


def _of_offer(work: Work, about: str, reader: OrganisationId) -> Question | None:
    """Good for a while after the offer is hidden, too: one tap shows it again."""
    offer = work.postings.get(PostingId(about))
    days = dt.timedelta(days=work.hub.region.settings.reminder_days)
    asked = offer.state is PostingState.OPEN and offer.fresh_until <= work.now + days
    if not asked or offer.exchange not in work.hub.exchanges:
        return None

    def confirm(work: Work, caller: Caller) -> str:
        fresh.confirm(work, caller, post.mine(work, caller, offer.exchange, offer.id, "offer"))
        return "Thank you: your offer is shown for another while."

    def withdraw(work: Work, caller: Caller) -> str:
        post.withdraw(work, caller, offer.exchange, offer.id, "offer", offer.revision)
        return "Your offer is taken back. Thank you for saying so."

    return Question(
        until=offer.fresh_until + days,
        terms=fingerprint("fresh", offer.id, str(offer.revision)),
        yes=Choice(words="Yes, still available", give=confirm),
        no=Choice(words="No, take it back", give=withdraw),
    )


def _of_hours(work: Work, about: str, reader: OrganisationId) -> Question | None:
    """Good for a while after the term, too: one tap gives the next one."""
    offer = work.postings.get(PostingId(about))
    ends = renew.ends(work, offer)
    if ends is None:
        return None

    def give(work: Work, caller: Caller) -> str:
        renew.renew(work, caller, offer.exchange, offer.id)
        return "Thank you: your hours are given for the next term too."

    def end(work: Work, caller: Caller) -> str:
        renew.let_end(work, caller, offer)
        return "Your hours end with the term. Thank you for saying so."

    days = dt.timedelta(days=1 + work.hub.region.settings.reminder_days)
    return Question(
        until=work.hub.region.midnight(ends + days),
        terms=fingerprint("hours", offer.id, ends.isoformat()),
        yes=Choice(words="Yes, for the next term too", give=give),
        no=Choice(words="No, they end with the term", give=end),
    )


_ASKS: Mapping[str, Asks] = {
    "deal_asked": _of_deal,
    "deal_part_asked": _of_deal,
    fresh.REMINDED: _of_offer,
    renew.ASKED: _of_hours,
    "wake_asked": _of_wake,
    "renewal_offered": _of_term,
}
