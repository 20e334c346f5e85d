"""What groups are told of seasons, in plain words and without identities."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cypn_core.application.network import Work
from cypn_core.application.season_open import meaning
from cypn_core.domain.events import Event
from cypn_core.domain.ids import DealId, OrganisationId, PostingId
from cypn_core.domain.seasons import Outcome

Told = tuple[OrganisationId, str, str]
"""To whom, under which subject, and the text."""


def _opened(work: Work, event: Event) -> Iterator[Told]:
    """One message to each group that has a need in it, or a term that would go on into it."""
    means = meaning(work.seasons.get(event.subject))
    inside = {work.postings.get(PostingId(each)).organisation for each in event.body["needs"]}
    for party in sorted(inside):
        yield party, "A season has opened", f"What you need takes part. {means}"
    deals = [work.deals.get(DealId(each)) for each in event.body["terms"]]
    going_on = {owner for deal in deals for _, owner in deal.seekers} - inside
    for party in sorted(going_on):
        text = f"To go on after your term, post a need for the time after it. {means}"
        yield party, "A season has opened", text


def _lost(work: Work, event: Event) -> Iterator[Told]:
    found = _outcome(work, event)
    place = f" You are number {found.place} of those who wait." if found.place else ""
    help_ = f" What would have helped most easily: {found.would_help}." if found.would_help else ""
    text = (
        f"{found.sentence}{place}{help_} Your need is remembered, and you are told when something "
        "fits. The reasons, offer by offer, are in the season's explanations."
    )
    yield work.postings.get(found.need).organisation, "The season: nothing for you yet", text


def _waits(work: Work, event: Event) -> Iterator[Told]:
    found = _outcome(work, event)
    text = f"{found.sentence} Whoever gives it still has to say yes, and has been asked."
    yield work.postings.get(found.need).organisation, "The season: one yes is missing", text


def _outcome(work: Work, event: Event) -> Outcome:
    outcomes = work.seasons.of_need(PostingId(event.subject))
    return next(each for each in outcomes if each.season == event.body["season"])


TELLS: Mapping[str, Callable[[Work, Event], Iterator[Told]]] = {
    "season_opened": _opened,
    "season_lost": _lost,
    "season_waits": _waits,
}
