"""Where a deal stands, for one of its sides, in a sentence that says what happens next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from cypn_core.domain.deals import DealState
from cypn_site.language import marked
from cypn_site.telling.values import Words

Json = Mapping[str, Any]
When = Callable[[str], str]
"""How an instant, as JSON clients get it, is written for people here."""


def my_sides(deal: Json) -> frozenset[str]:
    """``seeker``, ``holder`` or both: what the viewer is in *deal*."""
    return frozenset(side for party in deal["parties"] if party["you"] for side in party["sides"])


def standing(deal: Json, words: Words, now: dt.datetime, when: When) -> str:
    """Where *deal*, as JSON clients get it, stands at *now*."""
    state = DealState(deal["state"])
    if gathered(deal):
        return _gathered(deal, words, now, when)
    if state is DealState.HELD and not deal["waits_for_you"]:
        return _held(deal, words, when)
    if state in {DealState.GATHERING, DealState.ASKED, DealState.HELD}:
        return _waiting(deal, words, now, when)
    if state is DealState.AGREED:
        return _agreed(deal, words)
    _ = words.language.gettext
    told = _(_OVER[state])
    if not deal["reason"]:
        return told
    return " ".join([told, _("Reason:"), f"{words.of(deal['reason'])}."])


def gathered(deal: Json) -> bool:
    """Whether its seekers still put *deal* together, before anybody is bound."""
    return deal["state"] == DealState.GATHERING.value and deal["book"] is not None


def _gathered(deal: Json, words: Words, now: dt.datetime, when: When) -> str:
    """In the words of its exchange; whoever is asked for a yes reads that as well."""
    asked = [_waiting(deal, words, now, when)] if deal["waits_for_you"] else []
    return " ".join([_agreed(deal, words), *asked])


def _agreed(deal: Json, words: Words) -> str:
    told = words.of(deal["sub_state"]) if deal["sub_state"] else words.language.gettext("agreed")
    return told[:1].upper() + told[1:] + "."


def _held(deal: Json, words: Words, when: When) -> str:
    _ = words.language.gettext
    part = ", ".join(words.of(role) for role in deal["sought"])
    said = marked("Held for you: %(part)s is still sought, until %(due)s.")
    return _(said, part=part[:1].upper() + part[1:], due=when(deal["deadline"]))


A_MINUTE = dt.timedelta(minutes=1)


def _waiting(deal: Json, words: Words, now: dt.datetime, when: When) -> str:
    _ = words.language.gettext
    due = when(deal["deadline"]) if deal["deadline"] else ""
    if deal["waits_for_you"]:
        return (
            _("You are asked: please answer by %(due)s.", due=due) if due else _("You are asked.")
        )
    if deal["in_round"]:
        said = marked("Others may want it too: on %(due)s the published turn order decides.")
        return _(said, due=due)
    passed = now - dt.datetime.fromisoformat(deal["created"])
    ago = words.language.span(max(passed, A_MINUTE))
    if not due:
        return _("Asked %(ago)s ago.", ago=ago)
    if deal["state"] == DealState.GATHERING.value:
        return _("Others may join until %(due)s.", due=due)
    return _("Asked %(ago)s ago; a reply is due by %(due)s.", ago=ago, due=due)


_OVER: Mapping[DealState, str] = {
    DealState.DONE: marked("It has taken place."),
    DealState.DECLINED: marked("That time is not available any more. Your need is open again."),
    DealState.LAPSED: marked("It was not decided in time. Your need is open again."),
    DealState.SUSPENDED: marked("It is held until the checks are renewed."),
    DealState.DISPLACED: marked(
        "Its time was lost. Whoever lost it comes first when it is free again."
    ),
    DealState.CANCELLED: marked("It was cancelled."),
}
