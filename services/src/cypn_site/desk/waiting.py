"""What waits in an exchange: a need with its alternatives, referred requests, who says no."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response

from cypn_core.application import consent
from cypn_core.application.desk_needs import need_with_answer
from cypn_core.application.network import Work
from cypn_core.application.report_coordinator import declines, turned_away
from cypn_core.domain.errors import Invalid
from cypn_core.domain.ids import RoundId
from cypn_core.domain.plans import REFERRED
from cypn_core.exchange import Exchange
from cypn_site.member.telling import told_deal, told_parts, words_of
from cypn_site.pages import COORDINATOR, Page
from cypn_site.revisions import revision_in
from cypn_site.telling.records import told_due, told_record
from cypn_site.telling.values import facts
from cypn_site.visits import Visit

Json = dict[str, Any]
MOST = 5
"""So many plans of each sort are shown for a need."""
HIDDEN = frozenset({"kind"})


def pages() -> Iterator[Page]:
    """Needs, referred requests and flags."""
    yield Page(rule="/desk/needs/<need>", name="desk_need", who=COORDINATOR, show=_need)
    yield Page(
        rule="/desk/in/<exchange>/deals/<deal>",
        name="desk_deal",
        who=COORDINATOR,
        gated=False,
        show=_deal,
        send=_cleared,
    )
    yield Page(rule="/desk/rounds/<round>", name="desk_round", who=COORDINATOR, show=_round)
    yield Page(rule="/desk/flags", name="desk_flags", who=COORDINATOR, show=_flags)


def _need(visit: Visit) -> Response:
    return visit.show("desk/need.html", **visit.read(lambda work: _found(visit, work)))


def _found(visit: Visit, work: Work) -> Json:
    need, answer = need_with_answer(work, visit.caller, visit.path["need"])
    exchange, faces = work.hub.exchange(need.exchange), visit.faces(work)
    words, body = words_of(visit, exchange), faces.posting(need)["body"]
    shown = {} if answer is None else faces.answer(answer)
    return {
        "need": need,
        "exchange": exchange,
        "facts": facts(work.hub.kinds()[body["kind"]], body, words, HIDDEN),
        "waits": answer is not None,
        "full": [_plan(visit, work, exchange, each) for each in shown.get("full", [])[:MOST]],
        "partial": [_plan(visit, work, exchange, p) for p in shown.get("partial", [])[:MOST]],
        "near": [
            {"sentence": each["sentence"], **_plan(visit, work, exchange, each["plan"])}
            for each in shown.get("near", [])[:MOST]
        ],
        "refused": _reasons(shown.get("refused", [])),
    }


def _plan(visit: Visit, work: Work, exchange: Exchange, plan: Json) -> Json:
    return {**plan, "parts": told_parts(visit, work, exchange, plan["legs"])}


def _reasons(refused: list[Json]) -> list[tuple[str, int]]:
    """Each exact reason, with how many offers it bars, the most first."""
    counts: dict[str, int] = {}
    for offer in refused:
        for said in {reason["sentence"] for reason in offer["reasons"]}:
            counts[said] = counts.get(said, 0) + 1
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _deal(visit: Visit) -> Response:
    return visit.show("desk/deal.html", **visit.read(lambda work: _request(visit, work)))


def _request(visit: Visit, work: Work) -> Json:
    exchange = visit.which
    found = consent.deal_of(work, visit.caller, exchange.name, visit.path["deal"])
    deal = told_deal(visit, work, exchange, found)
    kinds, words = work.hub.kinds(), words_of(visit, exchange)
    waits = found.referred and found.state in consent.WAITING
    return {
        "deal": deal,
        "needs": [
            facts(kinds[need["body"]["kind"]], need["body"], words, HIDDEN)
            for need in deal["needs"]
        ],
        "records": [told_record(each, exchange, words) for each in deal["records"]],
        "due": [told_due(each, exchange, words) for each in deal["due"]],
        "waits": waits,
        "reasons": [each.sentence for each in found.plan.missing if each.code == REFERRED],
    }


def _cleared(visit: Visit) -> Response:
    code, revision = visit.form.get("code", ""), revision_in(visit)
    if code not in {"yes", "no"}:
        raise Invalid({"code": ["choose yes or no"]})
    return visit.change(
        lambda work: consent.clear(
            work, visit.caller, visit.which.name, visit.path["deal"], code, revision
        ),
        lambda _: visit.url("desk"),
        visit.language.gettext("Your answer is given, and the group is told."),
    )


def _round(visit: Visit) -> Response:
    return visit.show("desk/round.html", **visit.read(lambda work: _inside(visit, work)))


def _inside(visit: Visit, work: Work) -> Json:
    round_ = work.deals.round(RoundId(visit.path["round"]))
    exchange = work.hub.exchange(round_.exchange)
    found = [told_deal(visit, work, exchange, deal) for deal in work.deals.in_round(round_.id)]
    return {"exchange": exchange, "closes": round_.closes_at, "deals": found}


def _flags(visit: Visit) -> Response:
    return visit.show("desk/flags.html", **visit.read(_holders))


def _holders(work: Work) -> Json:
    deals: dict[str, list[Json]] = {}
    for holder, deal in turned_away(work):
        exchange = work.hub.exchanges.get(deal.exchange)
        given = next(offer for offer, owner in deal.holders if owner == holder)
        slug = exchange and exchange.slug
        line = {"id": deal.id, "slug": slug, "at": deal.created, "offer": given}
        deals.setdefault(holder, []).append(line)
    settings = work.hub.region.settings
    return {
        "holders": [{**each, "deals": deals[each["organisation"]]} for each in declines(work)],
        "often": settings.decline_flag,
        "days": settings.decline_days,
    }
