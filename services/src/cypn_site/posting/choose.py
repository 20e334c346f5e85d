"""Choosing what to post."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import frozen
from flask import Response

from cypn_core.application import drafts
from cypn_core.application.gate import enter_as
from cypn_core.application.network import Work
from cypn_core.domain.errors import NotChecked, NotFound
from cypn_core.domain.postings import Need, Offer, Posting
from cypn_core.exchange import Exchange
from cypn_site.forms import questions
from cypn_site.forms.wording import Wording
from cypn_site.member.telling import words_of
from cypn_site.pages import Page
from cypn_site.posting.asking import kind_of, side_of
from cypn_site.posting.listing import Card, cards
from cypn_site.visits import Visit

SIDES = ("need", "offer")
MOST_COPIES = 10


@frozen(kw_only=True)
class Kind:
    """Something that can be posted; *missing* are the checks that are in the way."""

    exchange: Exchange
    kind: str
    title: str
    hint: str
    missing: tuple[str, ...]


def pages() -> Iterator[Page]:
    """From "post something" to the first question."""
    yield Page(rule="/post/<side>", name="post_new", show=_kinds)
    yield Page(rule="/in/<exchange>/post/<kind>", name="post_kind", show=_kind, send=_start)


def side_in(visit: Visit) -> str:
    """The side that the page's address names.

    :raises NotFound: when it names none.
    """
    if visit.path["side"] not in SIDES:
        raise NotFound
    return visit.path["side"]


def _kinds(visit: Visit) -> Response:
    side = side_in(visit)

    def read(work: Work) -> dict[str, Any]:
        unfinished = [
            each
            for each in drafts.listed(work, visit.caller)
            if _is_on(side, visit, each.exchange, each.kind)
        ]
        return {
            "kinds": [_told(visit, work, *each) for each in _offered(visit, work, side)],
            "drafts": [
                {
                    "draft": each,
                    "exchange": visit.network.hub.exchanges[each.exchange],
                    "title": _title(visit, visit.network.hub.exchanges[each.exchange], each.kind),
                }
                for each in unfinished
            ],
        }

    return visit.show("posting/kinds.html", side=side, **visit.read(read))


def _is_on(side: str, visit: Visit, exchange: str, kind: str) -> bool:
    declared = visit.network.hub.exchanges.get(exchange)
    return any(
        each.kind == kind and side_of(each) == side for each in (declared.kinds if declared else ())
    )


def _offered(visit: Visit, work: Work, side: str) -> Iterator[tuple[Exchange, type[Need | Offer]]]:
    """Kinds of the exchanges that the group takes part in."""
    left_out = work.organisations.get(visit.caller.member).profile.exchanges_off
    for exchange in visit.network.hub.exchanges.values():
        for kind in exchange.kinds:
            if side_of(kind) == side and exchange.name not in left_out:
                yield exchange, kind


def _told(visit: Visit, work: Work, exchange: Exchange, kind: type[Need | Offer]) -> Kind:
    return Kind(
        exchange=exchange,
        kind=kind.kind,
        title=_title(visit, exchange, kind.kind),
        hint=Wording(words=exchange.words).hint(kind.kind),
        missing=_missing(visit, work, kind.checklist),
    )


def _title(visit: Visit, exchange: Exchange, kind: str) -> str:
    said = words_of(visit, exchange).of(kind)
    return said[:1].upper() + said[1:]


def _missing(visit: Visit, work: Work, role: str) -> tuple[str, ...]:
    try:
        enter_as(work, visit.caller, role)
    except NotChecked as refused:
        return tuple(refused.missing)
    return ()


def _kind(visit: Visit) -> Response:
    kind = kind_of(visit.which, visit.path["kind"])

    def read(work: Work) -> dict[str, Any]:
        asked = questions(kind, visit.which.words, visit.region, work.today)
        return {
            "told": _told(visit, work, visit.which, kind),
            "required": [each for each in asked if each.required],
            "copies": _copies(visit, work, kind),
        }

    return visit.show("posting/kind.html", side=side_of(kind), **visit.read(read))


def _copies(visit: Visit, work: Work, kind: type[Need | Offer]) -> list[Card]:
    """One's own earlier ones of the kind, the latest first."""
    exchange, side = visit.which, side_of(kind)
    own: list[Posting] = work.postings.mine(visit.caller.member, exchange.name, side, limit=None)
    same = [each for each in own if each.body.kind == kind.kind]
    same.sort(key=lambda each: (each.created, each.id), reverse=True)
    return cards(visit, work, exchange, same[:MOST_COPIES])


def _start(visit: Visit) -> Response:
    exchange, kind = visit.which, kind_of(visit.which, visit.path["kind"])

    def start(work: Work) -> str:
        draft = drafts.start(work, visit.caller, exchange.name, kind.kind)
        return visit.url_in("draft", draft=draft.id)

    return visit.change(start, str)
