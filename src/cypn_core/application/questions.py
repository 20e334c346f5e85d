"""What a message asks of its reader, and what a click on yes or no then does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from attrs import frozen

from cypn_core.application import consent
from cypn_core.application.network import Caller, Work
from cypn_core.domain.deals import Deal, terms
from cypn_core.domain.ids import DealId, OrganisationId, fingerprint

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


def asks(fact: str) -> bool:
    """Whether what is told of *fact* wants an answer at all."""
    return fact in _ASKS


def _of_deal(work: Work, about: str, reader: OrganisationId) -> Question | None:
    deal = work.deals.get(DealId(about))
    waits = deal.state in consent.WAITING and reader in deal.waiting_for()
    if not waits or deal.exchange not in work.hub.exchanges:
        return None
    holds = reader in {owner for _, owner in deal.holders}
    return Question(
        until=deal.deadline or work.now + dt.timedelta(days=LINK_DAYS),
        terms=fingerprint(terms(deal, reader), str(deal.pays(reader))),
        yes=Choice(words="Yes, we agree", give=lambda work, caller: _yes(work, caller, deal)),
        no=_decline(deal) if holds else _leave(deal),
    )


def _yes(work: Work, caller: Caller, deal: Deal) -> str:
    agreed = consent.agree(work, caller, deal.exchange, deal.id, deal.revision)
    if agreed.state.revealed:
        return "It is agreed. A message with names and contacts is on its way to you."
    return "Your yes is noted. You get a message when everybody has answered."


def _decline(deal: Deal) -> Choice:
    def give(work: Work, caller: Caller) -> str:
        consent.decline(work, caller, deal.exchange, deal.id, consent.UNAVAILABLE, deal.revision)
        return "You said no. This time is now closed for everybody."

    return Choice(words="No: it is not available then, and closes for everybody", give=give)


def _leave(deal: Deal) -> Choice:
    def give(work: Work, caller: Caller) -> str:
        consent.cancel(work, caller, deal.exchange, deal.id, deal.revision)
        return "You said no. Your need is remembered and waits on."

    return Choice(words="No, not this", give=give)


_ASKS: Mapping[str, Asks] = {"deal_asked": _of_deal}
