"""What parties are told of a deal that is held, of who is sought for it, and of who leaves it.

Which test somebody fails is told to that one alone; the others read that the part is open again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cypn_core.application import news, settle
from cypn_core.application.network import Work
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.events import Event
from cypn_core.domain.ids import DealId, OrganisationId
from cypn_core.domain.marks import CHECKS, RULES
from cypn_core.domain.money import pounds

Told = tuple[OrganisationId, str, str]
"""To whom, under which subject, and the text."""


def says(work: Work, event: Event) -> Iterator[Told]:
    """What *event* tells, and to whom; nothing where it is about something else."""
    tells = _TELLS.get(event.fact)
    if tells is not None:
        yield from tells(work, event, work.deals.get(DealId(event.subject)))


def part_words(work: Work, exchange: str, roles: list[str] | tuple[str, ...]) -> str:
    """The parts of *roles* as people of that exchange call them."""
    known = work.hub.exchanges.get(exchange)
    words = known.words if known else {}
    return " and ".join(str(words.get(role, role)).lower() for role in roles)


def _held(work: Work, event: Event, deal: Deal) -> Iterator[Told]:
    if deal.state is not DealState.HELD or deal.deadline is None:
        return
    text = (
        f"{news.times_of(work, deal)}: everybody who is in it has said yes, and it is held. "
        f"{_sought(work, deal)} Names and contacts follow when it is agreed."
    )
    for party in sorted(deal.parties - deal.asked_to_fill):
        yield party, "It is held for you", text


def _sought(work: Work, deal: Deal) -> str:
    missing = part_words(work, deal.exchange, settle.roles_sought(work, deal))
    until = work.hub.region.local(deal.deadline) if deal.deadline else ""
    return f"What is still missing ({missing}) is sought until {until}."


def _asked(work: Work, event: Event, deal: Deal) -> Iterator[Told]:
    """To whoever is to fill it, what it is; to a seeker for whom it gets dearer, the price."""
    if deal.state is not DealState.HELD or deal.search is None:
        return
    until = deal.search.asked_until
    by = f" Please answer by {work.hub.region.local(until)}." if until else ""
    when = news.times_of(work, deal)
    filling = {dict(deal.holders)[leg.offer] for leg in deal.filling}
    for party in sorted(deal.waiting_for() & filling):
        roles = sorted({leg.role for leg in deal.filling if (leg.offer, party) in deal.holders})
        part = part_words(work, deal.exchange, roles)
        text = f"A group whose checks are passed asks for you ({part}): {when}.{by}"
        yield party, "You are asked", text
    for party in sorted(deal.waiting_for() & {owner for _, owner in deal.seekers}):
        text = (
            f"What was missing from {when} is found. With it you pay {pounds(deal.pays(party))} in "
            f"all, which is more than you have agreed to: say whether you want it.{by}"
        )
        yield party, "It is found, and costs more", text


def _dropped(work: Work, event: Event, deal: Deal) -> Iterator[Told]:
    text = f"You were asked for {news.times_of(work, deal)}: that is not open any more."
    for party in event.body["asked"]:
        if party not in deal.parties:
            yield OrganisationId(party), "You are not asked any more", text


def _unassigned(work: Work, event: Event, deal: Deal) -> Iterator[Told]:
    """To all others only that the part is open; to whoever had it, why."""
    said = event.body
    part, left = part_words(work, deal.exchange, said["roles"]), OrganisationId(said["holder"])
    when = news.times_of(work, deal)
    text = f"{when}: the {part} that was agreed is not available any more. {_now(work, deal)}"
    for party in sorted(_stayed(deal, said["roles"]) - {left}):
        yield party, f"Another {part} is sought", text
    if said["by"] == left:
        why = "you have given it up"
    elif said["reason"] == CHECKS:
        why = "your check is not in date: ask your coordinator what is missing"
    else:
        why = _why(said["tests"]) if said["reason"] == RULES else "it is closed or ends before"
    text = f"{when}: you are not the {part} there any more: {why}. Nobody else is told the reason."
    yield left, "You are not down for it any more", text


def _now(work: Work, deal: Deal) -> str:
    if deal.state is DealState.HELD:
        return f"All else is held for you. {_sought(work, deal)}"
    if deal.state is DealState.AGREED:
        return "Somebody else is found for it, and it is agreed."
    return "Your agreement says what has become of it."


def _stayed(deal: Deal, roles: list[str]) -> set[OrganisationId]:
    """The seekers, and the holders of anything but the parts of *roles*."""
    others = {leg.offer for leg in deal.held.legs if leg.role not in roles}
    seekers = {owner for _, owner in deal.seekers}
    return seekers | {owner for offer, owner in deal.holders if offer in others}


def _barred(work: Work, event: Event, deal: Deal) -> Iterator[Told]:
    text = (
        f"{news.times_of(work, deal)}: what you give cannot be used for it any more: "
        f"{_why(event.body['tests'])}. Nobody else is told the reason."
    )
    yield OrganisationId(event.body["holder"]), "It cannot be used any more", text


def _why(tests: list[list[str]]) -> str:
    said = "; ".join(sentence.rstrip(".") for _, sentence in tests if sentence)
    return said or "a rule of the network bars it; your coordinator knows which"


def _lapsed(work: Work, event: Event, deal: Deal) -> Iterator[Told]:
    if deal.search is not None:
        text = (
            f"{news.times_of(work, deal)}: nobody was found for what was still missing. "
            "It is free again."
        )
        for party in sorted({owner for _, owner in deal.holders}):
            yield party, "Nothing came of it", text


_TELLS: Mapping[str, Callable[[Work, Event, Deal], Iterator[Told]]] = {
    "deal_held": _held,
    "deal_part_asked": _asked,
    "deal_part_dropped": _dropped,
    "deal_unassigned": _unassigned,
    "deal_barred": _barred,
    "deal_lapsed": _lapsed,
}
