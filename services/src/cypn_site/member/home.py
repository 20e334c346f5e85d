"""Home: what waits for the member, and where to begin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response

from cypn_core.application.gate import missing_checks
from cypn_core.application.network import Work
from cypn_core.domain.deals import DealState
from cypn_core.domain.people import OVERSEERS
from cypn_core.exchange import Exchange
from cypn_site.member.telling import told_deal
from cypn_site.member.wakes import asked_now
from cypn_site.pages import SIGNED_IN, Page
from cypn_site.posting.listing import Card, cards
from cypn_site.visits import Visit

MOST = 200
NEXT = 5
WAITING = {DealState.GATHERING.value, DealState.ASKED.value, DealState.HELD.value}


def pages() -> Iterator[Page]:
    """The page that follows signing in."""
    yield Page(rule="/home", name="home", who=SIGNED_IN, show=_home)


def _home(visit: Visit) -> Response:
    if visit.caller.organisation is None:
        return _elsewhere(visit)
    return visit.show("member/home.html", **visit.read(lambda work: _found(visit, work)))


def _elsewhere(visit: Visit) -> Response:
    """Who acts for no group begins at the desk or with the evidence, or chooses a group."""
    if not visit.roles & OVERSEERS:
        return visit.go("groups")
    return visit.go("desk" if "coordinator" in visit.roles else "evidence")


def _found(visit: Visit, work: Work) -> dict[str, Any]:
    member = visit.caller.member
    organisation = work.organisations.get(member)
    shown = [
        each
        for each in work.hub.exchanges.values()
        if each.name not in organisation.profile.exchanges_off
    ]
    missing = {each.name: missing_checks(work, member, each.name) for each in shown}
    inside = [each for each in shown if len(missing[each.name]) < len(each.checklists)]
    deals = [deal for each in inside for deal in _deals(visit, work, each)]
    now = work.now.isoformat()
    ahead = [deal for deal in deals if deal["state"] == DealState.AGREED.value]
    coming = sorted(
        (date["window"]["start"], deal["id"], deal, date)
        for deal in ahead
        for date in deal["dates"]
        if date["window"]["end"] > now[:19] + "Z" and date["state"] != "lost"
    )
    return {
        "organisation": organisation,
        "exchanges": inside,
        "outside": [(each, missing[each.name]) for each in shown if each not in inside],
        "asked": [deal for deal in deals if deal["waits_for_you"]],
        "waiting": [d for d in deals if d["state"] in WAITING and not d["waits_for_you"]],
        "wakes": [wake for each in inside for wake in asked_now(visit, work, each)],
        "coming": [(deal, date) for _, _, deal, date in coming[:NEXT]],
        "open": [card for each in inside for card in _open(visit, work, each, "need")],
        "fading": [c for each in inside for c in _open(visit, work, each, "offer") if c.fading],
    }


def _open(visit: Visit, work: Work, exchange: Exchange, side: str) -> list[Card]:
    """The member's needs that nothing was asked or agreed for, or its offers that stand open."""
    own = work.postings.mine(visit.caller.member, exchange.name, side, limit=None)
    if side == "need":
        own = [each for each in own if not work.deals.binding(each.id)]
    return [each for each in cards(visit, work, exchange, own) if each.current]


def _deals(visit: Visit, work: Work, exchange: Exchange) -> list[dict[str, Any]]:
    found = work.deals.of(visit.caller.member, exchange.name, "", MOST)
    return [told_deal(visit, work, exchange, each) for each in found]
