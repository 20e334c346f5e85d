"""Needs put together: what could be proposed to groups that would share, and a button to do so."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from cypn_core.application import propose
from cypn_core.application.network import Work
from cypn_core.domain.errors import Invalid
from cypn_core.web.operations import Json
from cypn_core.web.proposal_api import shown
from cypn_site.pages import COORDINATOR, Page
from cypn_site.visits import Visit


def pages() -> Iterator[Page]:
    """One page for all exchanges that put needs together."""
    rule = "/desk/proposals"
    yield Page(rule=rule, name="desk_proposals", who=COORDINATOR, show=_seen, send=_made)


def _seen(visit: Visit) -> Response:
    names = [name for name, each in visit.network.hub.exchanges.items() if each.together]
    found = visit.read(lambda work: [_sketched(visit, work, name) for name in names])
    return visit.show("desk/proposals.html", found=found)


def _sketched(visit: Visit, work: Work, exchange: str) -> Json:
    title = visit.language.gettext(work.hub.exchange(exchange).title)
    return {**shown(propose.preview(work, visit.caller, exchange)), "title": title}


def _made(visit: Visit) -> Response:
    """Sent again it finds the needs in proposals already, so that it needs no other guard."""
    exchange = visit.form.get("exchange", "")
    known = visit.network.hub.exchanges.get(exchange)
    if known is None or known.together is None:
        raise Invalid({"exchange": ["choose one of this page"]})
    deals = propose.propose(visit.network, visit.caller, exchange)[1]
    said = visit.language.gettext("Proposed: %(count)s. The groups are told.", count=len(deals))
    return visit.go("desk_proposals", said)
