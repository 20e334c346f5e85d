"""The work list: all that waits for a coordinator, what most groups wait for first."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

from flask import Response, request

from cypn_core.application.desk import desk
from cypn_core.application.desk_items import Item, Kind
from cypn_site.language import marked
from cypn_site.pages import COORDINATOR, Page
from cypn_site.visits import Visit

MOST = 100
HEADINGS = {
    Kind.OVERRIDE: marked("Overrides to confirm"),
    Kind.CLEARANCE: marked("Requests for your yes or no"),
    Kind.HELD: marked("Agreements that lack a part"),
    Kind.UNJUDGED: marked("Rules that failed"),
    Kind.CHECK_READY: marked("Ready to be checked"),
    Kind.CHECK_LAPSED: marked("Checks out of date"),
    Kind.CHECK_PENDING: marked("Checks begun"),
    Kind.CHECK_EXPIRING: marked("Checks that run out"),
    Kind.CHECK_WANTED: marked("Checks wanted"),
    Kind.SEASON: marked("Seasons to close"),
    Kind.DISPLACED: marked("Displaced needs"),
    Kind.ROUND: marked("Rounds that are stuck"),
    Kind.COMPLAINT: marked("Complaints"),
    Kind.REGISTRATION: marked("Registrations"),
    Kind.UNREACHED: marked("Mail that reaches nobody"),
    Kind.OVERDUE: marked("Not done in time"),
    Kind.FLAG: marked("Flags"),
    Kind.STALE: marked("Offers about to be hidden"),
}
CHECKS = {
    Kind.CHECK_READY, Kind.CHECK_LAPSED, Kind.CHECK_PENDING, Kind.CHECK_EXPIRING,
    Kind.CHECK_WANTED,
}  # fmt: skip
ONE = {
    Kind.DISPLACED: ("desk_need", "need"),
    Kind.ROUND: ("desk_round", "round"),
    Kind.SEASON: ("desk_season", "season"),
    Kind.STALE: ("unmask", "of"),
}
"""The page of one item, and by what its address names it."""
LISTS = {
    Kind.OVERRIDE: "overrides",
    Kind.COMPLAINT: "complaints",
    Kind.REGISTRATION: "registrations",
    Kind.UNREACHED: "desk_mail",
    Kind.FLAG: "desk_flags",
}
"""The pages that show all items of a kind."""


def pages() -> Iterator[Page]:
    """The desk itself."""
    yield Page(rule="/desk", name="desk", who=COORDINATOR, show=_desk)


def _desk(visit: Visit) -> Response:
    items = visit.read(lambda work: desk(work, visit.caller))
    counts = Counter(item.kind for item in items)
    chosen = next((kind for kind in Kind if kind.value == request.args.get("kind")), None)
    shown = [item for item in items if chosen in (None, item.kind)]
    return visit.show(
        "desk/desk.html",
        items=[told(visit, item) for item in shown[:MOST]],
        more=len(shown) - MOST,
        kinds=[(kind.value, HEADINGS[kind], counts[kind]) for kind in Kind if counts[kind]],
        chosen=chosen and chosen.value,
    )


def told(visit: Visit, item: Item) -> dict[str, Any]:
    """An item in the visitor's language, with the page on which it is done."""
    say = visit.language.gettext
    facts = {name: _fact(visit, name, said) for name, said in item.facts.items()}
    exchange = visit.network.hub.exchanges.get(item.exchange)
    return {
        "kind": say(HEADINGS[item.kind]),
        "sentence": say(item.says, **facts) if facts else say(item.says),
        "unlocks": say(item.opens, **{**facts, "groups": item.groups}),
        "groups": item.groups,
        "exchange": "" if exchange is None else say(exchange.title),
        "url": _url(visit, item),
    }


def _fact(visit: Visit, name: str, said: str | int) -> str | int:
    if name in {"day", "first"}:
        return visit.language.day(dt.date.fromisoformat(str(said)))
    if name == "action":
        return visit.language.gettext(str(said))
    return role_words(visit, str(said)) if name == "role" else said


def role_words(visit: Visit, role: str) -> str:
    """The plain words of a role."""
    known = visit.region.words.get(role)
    return visit.language.gettext(known) if known else role.replace("_", " ")


def _url(visit: Visit, item: Item) -> str:
    """The page on which *item* is done."""
    if item.kind in CHECKS:
        return visit.url("desk_check", organisation=item.about, role=item.role)
    if item.kind in {Kind.CLEARANCE, Kind.HELD, Kind.UNJUDGED, Kind.OVERDUE}:
        slug = visit.network.hub.exchange(item.exchange).slug
        return visit.url("desk_deal", exchange=slug, deal=item.about)
    if item.kind in ONE:
        page, named = ONE[item.kind]
        return visit.url(page, **{named: item.about})
    return visit.url(LISTS[item.kind])
