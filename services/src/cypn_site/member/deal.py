"""One deal: what it is, where it stands, and what its side may do with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from typing import Any

from flask import Response

from cypn_core.application import actions, consent, given_up, tenure
from cypn_core.application.network import Caller, Work
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import NotFound
from cypn_core.domain.times import Window
from cypn_core.domain.wakes import RenewalState
from cypn_core.exchange import Action
from cypn_site.language import marked
from cypn_site.member.telling import told_deal, words_of
from cypn_site.pages import Page
from cypn_site.revisions import revision_in
from cypn_site.telling.records import told_counts, told_due, told_record
from cypn_site.telling.values import facts
from cypn_site.visits import Visit

Verb = Callable[[Work, Caller, str, str, int], Deal]
Terms = Callable[[Work, Caller, str, str], Deal]
UNAVAILABLE = "unavailable"


def pages() -> Iterator[Page]:
    """The page of a deal, and each thing that can be done there."""
    root = "/in/<exchange>/deals/<deal>"
    date = f"{root}/dates/<day>/cancel"
    agree = _verb(consent.agree, marked("Agreed."))
    renew = _term(tenure.renew, marked("You go on for another term."))
    let_go = _term(tenure.let_go, marked("You leave at the end of the term."))
    yield Page(rule=root, name="deal", show=_deal)
    yield Page(rule=f"{root}/agree", name="agree", send=agree)
    yield Page(rule=f"{root}/cancel", name="cancel", show=_sure, send=_cancel)
    yield Page(rule=f"{root}/decline", name="decline", show=_why, send=_decline)
    yield Page(rule=date, name="cancel_date", show=_sure_date, send=_cancel_date)
    yield Page(rule=f"{root}/renew", name="renew", send=renew)
    yield Page(rule=f"{root}/let-go", name="let_go", send=let_go)


def _deal(visit: Visit) -> Response:
    return visit.show("member/deal.html", **visit.read(lambda work: found_in(visit, work)))


def found_in(visit: Visit, work: Work) -> dict[str, Any]:
    """All that the pages of one deal tell of it."""
    exchange = visit.which
    found = consent.deal_of(work, visit.caller, exchange.name, visit.path["deal"])
    deal = told_deal(visit, work, exchange, found)
    kinds, words = work.hub.kinds(), words_of(visit, exchange)
    needs = [
        (
            _whose(visit, found, need["id"]) if len(deal["needs"]) > 1 else "",
            facts(kinds[need["body"]["kind"]], need["body"], words, frozenset({"kind"})),
        )
        for need in deal["needs"]
    ]
    renewal = work.wakes.renewal(found.id)
    offered = renewal is not None and renewal.state is RenewalState.OFFERED
    return {
        "deal": deal,
        "need_facts": needs,
        "actions": [each for each in exchange.actions if _mine(visit, each, found)],
        "records": [told_record(each, exchange, words) for each in deal["records"]],
        "due": [told_due(each, exchange, words) for each in deal["due"]],
        "counts": _counts(visit, work, found),
        "renewal": renewal if offered and "seeker" in deal["sides"] else None,
        "live": found.state.live and found.state is not DealState.DONE,
        "now": work.now,
    }


def _whose(visit: Visit, deal: Deal, need: str) -> str:
    """The head above a need, where several are shown: the viewer's own, or another group's."""
    owner = next((each for known, each in deal.seekers if known == need), None)
    mine = owner == visit.caller.organisation
    return marked("Your need") if mine else marked("Another group's need")


def _mine(visit: Visit, action: Action, deal: Deal) -> bool:
    return actions.possible(deal, action) and visit.caller.organisation in actions.doers(
        deal, action
    )


def _verb(verb: Verb, said: str) -> Callable[[Visit], Response]:
    def send(visit: Visit) -> Response:
        return changed(
            visit,
            lambda work: verb(
                work, visit.caller, visit.which.name, visit.path["deal"], revision_in(visit)
            ),
            said,
        )

    return send


def changed(visit: Visit, use_case: Callable[[Work], Deal], said: str) -> Response:
    """Do it, and go on to the deal, which tells *said*; whoever is out of it, to those it has."""

    def then(deal: Deal) -> str:
        if visit.caller.member not in deal.parties:
            return visit.url("deals")
        return visit.url_in("deal", deal=deal.id)

    return visit.change(use_case, then, visit.language.gettext(said))


def _cancel(visit: Visit) -> Response:
    left = marked("You left it. Your need is open again.")
    said = left if visit.form.get("leaves") else marked("Cancelled.")
    return _verb(consent.cancel, said)(visit)


def _sure(visit: Visit) -> Response:
    return visit.show("member/cancel.html", **visit.read(lambda work: found_in(visit, work)))


def _why(visit: Visit) -> Response:
    return visit.show("member/decline.html", **visit.read(lambda work: found_in(visit, work)))


def _decline(visit: Visit) -> Response:
    code, deal = visit.form.get("code", ""), visit.path["deal"]
    return changed(
        visit,
        lambda work: consent.decline(
            work, visit.caller, visit.which.name, deal, code, revision_in(visit)
        ),
        marked("Declined. That time is closed for everybody until you open it again."),
    )


def _sure_date(visit: Visit) -> Response:
    day = _day(visit)

    def look(work: Work) -> dict[str, Any]:
        found = consent.deal_of(work, visit.caller, visit.which.name, visit.path["deal"])
        left = [window for window in found.standing if visit.region.today(window.start) == day]
        return {**found_in(visit, work), "counts": _counts(visit, work, found, left)}

    return visit.show("member/cancel_date.html", day=day, **visit.read(look))


def _counts(visit: Visit, work: Work, deal: Deal, windows: Collection[Window] | None = None) -> str:
    """What it counts for the visitor to give up *deal* now, or *windows* of it, in a sentence."""
    if visit.caller.organisation not in {owner for _, owner in deal.seekers}:
        return ""
    words = words_of(visit, visit.which)
    return told_counts(given_up.would_count(work, deal, windows), words)


def _cancel_date(visit: Visit) -> Response:
    day, code, deal = _day(visit), visit.form.get("code", ""), visit.path["deal"]
    return changed(
        visit,
        lambda work: consent.cancel_date(
            work, visit.caller, visit.which.name, deal, day, code, revision_in(visit)
        ),
        marked("That date is given up; the others stand."),
    )


def _day(visit: Visit) -> dt.date:
    try:
        return dt.date.fromisoformat(visit.path["day"])
    except ValueError:
        raise NotFound from None


def _term(verb: Terms, said: str) -> Callable[[Visit], Response]:
    def send(visit: Visit) -> Response:
        return visit.change(
            lambda work: verb(work, visit.caller, visit.which.name, visit.path["deal"]),
            lambda deal: visit.url_in("deal", deal=deal.id),
            visit.language.gettext(said),
        )

    return send
