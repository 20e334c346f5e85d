"""What the hub has to say to one need: what fits, what nearly does, and why the rest does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response

from cypn_core.application import ask as asking
from cypn_core.application import gather, season_hold
from cypn_core.application import match as matching
from cypn_core.application import post as posting
from cypn_core.application.network import Work
from cypn_core.application.publish import published
from cypn_core.application.report_unmet import UNMET
from cypn_core.domain.errors import Conflict
from cypn_core.domain.ids import PostingId
from cypn_core.domain.postings import Need, Posting, PostingState
from cypn_site.language import marked
from cypn_site.member.telling import told_book, told_deal, told_parts, words_of
from cypn_site.pages import Page
from cypn_site.telling.values import facts
from cypn_site.visits import Visit

Json = Mapping[str, Any]


def pages() -> Iterator[Page]:
    """The page of a need, and what can be done from there."""
    yield Page(rule="/in/<exchange>/needs/<need>", name="need", show=_need)
    yield Page(rule="/in/<exchange>/needs/<need>/ask", name="ask", send=_ask)
    yield Page(rule="/in/<exchange>/needs/<need>/near", name="take_near", send=_near)
    yield Page(rule="/in/<exchange>/needs/<need>/gather", name="gather", send=_gather)
    yield Page(rule="/in/<exchange>/needs/<need>/join", name="join_gathering", send=_join)


def _need(visit: Visit) -> Response:
    return visit.show("member/need.html", **visit.read(lambda work: _found(visit, work)))


def _found(visit: Visit, work: Work) -> dict[str, Any]:
    exchange, need = visit.which, visit.path["need"]
    found = posting.mine(work, visit.caller, exchange.name, need, "need")
    words = words_of(visit, exchange)
    live = work.deals.live_with(found.id)
    deals = [(deal.proposed, told_deal(visit, work, exchange, deal)) for deal in live]
    shown = visit.faces(work).posting(found)
    open_ = found.state is PostingState.OPEN and not work.deals.binding(found.id)
    answer = _answer(visit, work, found) if open_ else None
    return {
        "need": shown,
        "title": words.of(found.body.kind),
        "facts": facts(type(found.body), shown["body"], words, frozenset({"kind"})),
        "proposed": [deal for proposed, deal in deals if proposed],
        "deals": [deal for proposed, deal in deals if not proposed],
        "answer": answer,
        "others": _others(work, found) if answer and answer["outcome"] == "unmet" else None,
        "open": found.state is PostingState.OPEN,
        "gatherings": _gatherings(visit, work, found) if open_ else None,
    }


def _gatherings(visit: Visit, work: Work, found: Posting) -> dict[str, Any] | None:
    """What the owner of the need may join or begin; None for others, and where nothing gathers."""
    exchange = visit.which
    own = found.organisation == visit.caller.organisation
    if exchange.gathering is None or not own or season_hold.holding(work, found):
        return None
    words = words_of(visit, exchange)
    begin = words.words.get("gather", marked("Begin a group that others may join"))
    return {
        "begin": visit.language.gettext(begin),
        "open": [
            {
                "id": deal.id,
                "state": words.of(deal.sub_state),
                "book": told_book(visit, exchange, gather.shown(work, deal, None)),
            }
            for deal in gather.open_to(work, visit.caller, exchange.name, found.id)
        ],
    }


def _answer(visit: Visit, work: Work, found: Posting) -> dict[str, Any]:
    exchange = visit.which
    said = matching.match(work, visit.caller, exchange.name, found.id)
    shown = visit.faces(work).answer(said)
    for plan in (*shown["full"], *shown["partial"], *(near["plan"] for near in shown["near"])):
        plan["parts"] = told_parts(visit, work, exchange, plan["legs"])
    for plan, part in zip(said.partial, shown["partial"], strict=True):
        part["askable"] = not asking.hindrances(work, exchange.name, plan)
    return shown


def _others(work: Work, found: Posting) -> Json | None:
    """The published row of those who want the same in the same area; None where none is told."""
    if not isinstance(found.body, Need):
        return None
    table = published(work, UNMET) or {"gaps": []}
    place, region = found.body.place, work.hub.region
    area = "the whole region" if place is None else region.zone_label(place)
    wanted = (found.exchange, found.body.category, area)
    rows = (row for row in table["gaps"] if _kind(row) == wanted)
    return next(rows, None)


def _kind(row: Json) -> tuple[str, str, str]:
    return (row["exchange"], row["category"], row["area"])


def _ask(visit: Visit) -> Response:
    exchange, need = visit.which.name, PostingId(visit.path["need"])
    plan, _ = visit.form.get("plan", ""), visit.language.gettext

    def ask(work: Work) -> str:
        deal = asking.ask(work, visit.caller, exchange, need, plan)
        return visit.url_in("deal", deal=deal.id)

    return visit.change(ask, str)


def _near(visit: Visit) -> Response:
    """The need becomes what would be met; then its answers are shown again."""
    exchange, need = visit.which.name, PostingId(visit.path["need"])
    sentence = visit.form.get("near", "")

    def change(work: Work) -> str:
        answer = matching.match(work, visit.caller, exchange, need)
        chosen = [near for near in answer.near if near.relaxed.sentence == sentence]
        if not chosen:
            raise Conflict(visit.language.gettext("That would not do any more: see what would."))
        was = posting.mine(work, visit.caller, exchange, need, "need")
        posting.revise(work, visit.caller, exchange, need, chosen[0].relaxed.body, was.revision)
        return visit.url_in("need", need=need)

    return visit.change(change, str, visit.language.gettext("Your need is changed."))


def _gather(visit: Visit) -> Response:
    """The need begins a deal that others may join."""
    exchange, need = visit.which.name, visit.path["need"]
    return visit.change(
        lambda work: gather.begin(work, visit.caller, exchange, need),
        lambda deal: visit.url_in("deal", deal=deal.id),
        visit.language.gettext("It has begun: others may join it now."),
    )


def _join(visit: Visit) -> Response:
    """The need joins a deal that others have begun."""
    exchange, need, deal = visit.which.name, visit.path["need"], visit.form.get("deal", "")
    return visit.change(
        lambda work: gather.join(work, visit.caller, exchange, need, deal),
        lambda joined: visit.url_in("deal", deal=joined.id),
        visit.language.gettext("You are in it now."),
    )
