"""What groups are told of wake-ups and of terms that end, in plain words and without identities."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cypn_core.application import actions, season_news
from cypn_core.application.network import Work
from cypn_core.application.waiting import still_fits
from cypn_core.domain.deals import Deal
from cypn_core.domain.events import Event
from cypn_core.domain.ids import DealId, OrganisationId
from cypn_core.domain.plans import Plan
from cypn_core.domain.wakes import Wake, WakeState

Told = tuple[OrganisationId, str, str]
"""To whom, under which subject, and the text."""


def says(work: Work, event: Event) -> Iterator[Told]:
    """What *event* tells, and to whom; nothing where it is about something else."""
    tells = _TELLS.get(event.fact)
    if tells is not None:
        yield from tells(work, event)


def place_in_line(work: Work, deal: Deal) -> str:
    """The sentence that tells the loser of a round its place on the waiting list, or nothing."""
    if deal.round is None:
        return ""
    waiting = work.deals.round(deal.round).waiting
    places = [waiting.index(need) + 1 for need in deal.plan.needs if need in waiting]
    return f" You are number {min(places)} on the waiting list." if places else ""


def times_of(work: Work, deal: Deal) -> str:
    """Which exchange, when first, and how often."""
    return _when(work, deal.exchange, deal.plan)


def _when(work: Work, exchange: str, plan: Plan | None) -> str:
    windows = [window for leg in plan.legs for window in leg.windows] if plan else []
    known = work.hub.exchanges.get(exchange)
    title = known.title if known else exchange
    if not windows:
        return title
    more = f" and {len(windows) - 1} more" if len(windows) > 1 else ""
    return f"{title}, {work.hub.region.local(min(w.start for w in windows))}{more}"


def _woken(work: Work, event: Event) -> Iterator[Told]:
    wakes = [work.wakes.get(each) for each in event.body["wakes"]]
    lines = [_fits(work, wake) for wake in wakes if wake.state is WakeState.ASKED]
    if lines:
        text = (
            f"What you asked for has come up: {'; '.join(lines)}. Say yes, no or later. Yes asks "
            "for it; where several groups do, the published order decides."
        )
        yield wakes[0].owner, "Something fits", text


def _fits(work: Work, wake: Wake) -> str:
    fits = still_fits(work, wake)
    by = work.hub.region.local(wake.due)
    return f"{_when(work, wake.exchange, fits[1] if fits else None)} (please answer by {by})"


def _passed(work: Work, event: Event) -> Iterator[Told]:
    wake = work.wakes.get(event.subject)
    text = (
        f"You gave no answer by {work.hub.region.local(wake.due)}, so what had come up was passed "
        "on. Your need is remembered and waits on."
    )
    yield wake.owner, "It was passed on", text


def _offered(work: Work, event: Event) -> Iterator[Told]:
    deal = work.deals.get(DealId(event.subject))
    text = (
        f"Your term of {times_of(work, deal)} ends on {_end(work, deal)}. It is nobody else's "
        "turn: say yes before then and you go on for another term."
    )
    yield from _to_seekers(deal, "Will you go on?", text)


def _noticed(work: Work, event: Event) -> Iterator[Told]:
    deal = work.deals.get(DealId(event.subject))
    text = (
        f"Your term of {times_of(work, deal)} ends on {_end(work, deal)}, and what comes after it "
        "goes by the published order first to whoever has been served less. What you need then is "
        f"remembered as a need of its own. The nearest else: {'; '.join(event.body['nearest'])}."
    )
    yield from _to_seekers(deal, "Notice: your term ends", text)


def _over(work: Work, event: Event) -> Iterator[Told]:
    deal = work.deals.get(DealId(event.subject))
    text = f"You did not go on after {_end(work, deal)}: the time is free for others."
    yield from _to_seekers(deal, "Your term has ended", text)


def _to_seekers(deal: Deal, subject: str, text: str) -> Iterator[Told]:
    for party in sorted({owner for _, owner in deal.seekers}):
        yield party, subject, text


def _end(work: Work, deal: Deal) -> str:
    return work.hub.region.local(max(w.end for leg in deal.plan.legs for w in leg.windows))


_TELLS: Mapping[str, Callable[[Work, Event], Iterator[Told]]] = {
    "wake_asked": _woken,
    "wake_passed": _passed,
    "renewal_offered": _offered,
    "renewal_notice": _noticed,
    "renewal_ended": _over,
    actions.OVERDUE: actions.reminds,
    **season_news.TELLS,
}
