"""What has come up for a remembered need: yes, no or later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response

from cypn_core.application import wake as waking
from cypn_core.application.network import Work
from cypn_core.domain.errors import Invalid
from cypn_core.domain.wakes import WakeState
from cypn_core.exchange import Exchange
from cypn_site.language import marked
from cypn_site.pages import Page
from cypn_site.visits import Visit

MOST = 200
SAID = {
    "yes": marked("Thank you: your yes is in."),
    "no": marked("Thank you: it goes to the next group."),
    "later": marked("You will be asked again."),
}


def pages() -> Iterator[Page]:
    """The answer to what has come up."""
    yield Page(rule="/in/<exchange>/wakes/<wake>", name="answer_wake", send=_answered)


def asked_now(visit: Visit, work: Work, exchange: Exchange) -> list[dict[str, Any]]:
    """What the member is asked in *exchange* now."""
    found = work.wakes.told_to(visit.caller.member, "", MOST, exchange.name)
    return [
        {"id": each.id, "need": each.need, "exchange": exchange, "due": each.due}
        for each in found
        if each.state is WakeState.ASKED
    ]


def _answered(visit: Visit) -> Response:
    code, wake = visit.form.get("code", ""), visit.path["wake"]
    if code not in SAID:
        raise Invalid({"code": ["must be yes, no or later"]})
    exchange = visit.which

    def answer(work: Work) -> str:
        _, deal = waking.answer(work, visit.caller, exchange.name, wake, code)
        return visit.url("home") if deal is None else visit.url_in("deal", deal=deal.id)

    return visit.change(answer, str, visit.language.gettext(SAID[code]))
