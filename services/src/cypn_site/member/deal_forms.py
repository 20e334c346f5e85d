"""What is done with a deal and needs more than a button: another day, and what an exchange asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import frozen
from flask import Response

from cypn_core.application import actions, consent, move
from cypn_core.application.network import Work
from cypn_core.domain.deals import Deal
from cypn_core.domain.errors import Invalid, NotFound, Taken
from cypn_core.exchange import Action
from cypn_core.web.deal_api import DateMoved
from cypn_site.language import marked
from cypn_site.member.deal import changed, found_in
from cypn_site.pages import Page
from cypn_site.revisions import revision_in
from cypn_site.visits import Visit
from cypn_site.whole_form import form_page, sent

MOVING = {
    "on": marked("Which day do you want to move?"),
    "to": marked("To which day?"),
    "starts": marked("At what time does it start then? Leave it out to keep the time"),
}


@frozen
class Nothing:
    """What an action takes that asks for nothing: its page has a button alone."""


def pages() -> Iterator[Page]:
    """The forms of a deal."""
    root = "/in/<exchange>/deals/<deal>"
    yield Page(rule=f"{root}/move", name="move_date", show=_moving, send=_move)
    yield Page(rule=f"{root}/do/<action>", name="act", show=_asked, send=_act)


def _moving(visit: Visit) -> Response:
    found = visit.read(lambda work: found_in(visit, work))
    return form_page(visit, DateMoved, MOVING, "member/move.html", **found)


def _move(visit: Visit) -> Response:
    wanted, deal = sent(visit, DateMoved, MOVING), visit.path["deal"]

    def moved(work: Work) -> Deal:
        where = (wanted.on, wanted.to, wanted.starts)
        return consent.move_date(
            work, visit.caller, visit.which.name, deal, where, revision_in(visit)
        )

    try:
        return changed(visit, moved, marked("Moved. The others are told."))
    except Taken as error:
        raise Invalid({"to": [f"{error} {_near(visit, wanted)}".strip()]}) from None


def _near(visit: Visit, wanted: DateMoved) -> str:
    """Which times near the one that was wanted are free."""

    def look(work: Work) -> list[Any]:
        deal = consent.deal_of(work, visit.caller, visit.which.name, visit.path["deal"])
        return list(move.free_near(work, deal, wanted.on, wanted.to, wanted.starts))

    free = [visit.when(window.start.isoformat()) for window in visit.read(look)]
    said = visit.language.gettext("Free near it: %(times)s.", times="; ".join(free))
    return said if free else ""


def _asked(visit: Visit) -> Response:
    action = _action(visit)
    takes = action.takes or Nothing
    found = visit.read(lambda work: found_in(visit, work))
    words = visit.which.words
    return form_page(visit, takes, words, "member/act.html", action=action, **found)


def _act(visit: Visit) -> Response:
    action, deal = _action(visit), visit.path["deal"]
    body = None if action.takes is None else sent(visit, action.takes, visit.which.words)

    def act(work: Work) -> Deal:
        exchange = visit.which.name
        return actions.act(work, visit.caller, exchange, deal, action, body, revision_in(visit))

    return changed(visit, act, marked("Done."))


def _action(visit: Visit) -> Action:
    named = (each for each in visit.which.actions if each.name == visit.path["action"])
    found = next(named, None)
    if found is None:
        raise NotFound
    return found
