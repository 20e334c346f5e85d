"""What one has posted: the lists, and what can be done with each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Response

from cypn_core.application import drafts, fresh, post
from cypn_core.application.gate import enter
from cypn_core.application.network import Work
from cypn_core.domain.drafts import Draft
from cypn_core.domain.errors import NotChecked, NotFound
from cypn_core.domain.postings import Posting
from cypn_site.pages import Page
from cypn_site.posting.choose import side_in
from cypn_site.posting.listing import Card, card, cards
from cypn_site.revisions import seen_revision
from cypn_site.visits import Visit

Begin = Callable[[Work, Any, str, str, str], Draft]


def pages() -> Iterator[Page]:
    """The lists, one posting, and what is done with it."""
    root = "/in/<exchange>/mine/<side>/<posting>"
    yield Page(rule="/mine/<side>", name="postings", show=_all)
    yield Page(rule=root, name="posting_change", show=_one("posting/posting.html"))
    yield Page(rule=f"{root}/posted", name="posted", show=_one("posting/posted.html"))
    yield Page(rule=f"{root}/edit", name="posting_edit", send=_begin(drafts.change))
    yield Page(rule=f"{root}/copy", name="posting_copy", send=_begin(drafts.copy))
    yield Page(rule=f"{root}/confirm", name="posting_confirm", send=_confirm)
    yield Page(
        rule=f"{root}/withdraw",
        name="posting_withdraw",
        show=_one("posting/withdraw.html"),
        send=_withdraw,
    )


def _all(visit: Visit) -> Response:
    side = side_in(visit)

    def read(work: Work) -> dict[str, Any]:
        found = [each for name in visit.network.hub.exchanges for each in _in(visit, work, name)]
        found.sort(key=lambda each: (each.shown["created"], each.id), reverse=True)
        return {
            "current": [each for each in found if each.current],
            "past": [each for each in found if not each.current],
        }

    return visit.show("posting/mine.html", side=side, **visit.read(read))


def _in(visit: Visit, work: Work, name: str) -> list[Card]:
    """Those of one exchange, as far as its gate lets one see them."""
    try:
        enter(work, visit.caller, name)
    except NotChecked:
        return []
    own = work.postings.mine(visit.caller.member, name, side_in(visit), limit=None)
    return cards(visit, work, visit.network.hub.exchanges[name], own)


def _own(visit: Visit, work: Work) -> Posting:
    """The posting that the page's address names, if it is that of the organisation acted for."""
    side = side_in(visit)
    found = post.mine(work, visit.caller, visit.which.name, visit.path["posting"], side)
    if found.organisation != visit.caller.member:
        raise NotFound
    return found


def _one(template: str) -> Callable[[Visit], Response]:
    def show(visit: Visit) -> Response:
        found = visit.read(lambda work: card(visit, work, visit.which, _own(visit, work)))
        return visit.show(template, card=found, side=side_in(visit))

    return show


def _begin(begin: Begin) -> Callable[[Visit], Response]:
    def send(visit: Visit) -> Response:
        def start(work: Work) -> str:
            found = _own(visit, work)
            draft = begin(work, visit.caller, visit.which.name, found.id, found.side)
            return visit.url_in("draft", draft=draft.id)

        return visit.change(start, str)

    return send


def _confirm(visit: Visit) -> Response:
    def confirm(work: Work) -> str:
        found = fresh.confirm(work, visit.caller, _own(visit, work))
        return visit.url_in("posting_change", side=found.side, posting=found.id)

    return visit.change(confirm, str, visit.language.gettext("Thank you: it is shown again."))


def _withdraw(visit: Visit) -> Response:
    exchange = visit.which.name

    def withdraw(work: Work) -> str:
        found = _own(visit, work)
        revision = seen_revision(visit) or 0
        post.withdraw(work, visit.caller, exchange, found.id, found.side, revision)
        return visit.url("postings", side=found.side)

    return visit.change(withdraw, str, visit.language.gettext("It is taken back."))
