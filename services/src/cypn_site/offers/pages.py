"""The times of one offer, and what its holder does with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from attrs import frozen
from flask import Response, request

from cypn_core.application import closures, diary, leave, listings, renew
from cypn_core.application import post as posting
from cypn_core.application.diary_worker import read_apart
from cypn_core.application.network import Work
from cypn_core.domain.errors import Invalid
from cypn_core.domain.ids import PostingId
from cypn_core.domain.postings import Offer
from cypn_core.web.closure_api import ToClose, span_of
from cypn_core.web.diary_api import shown_import
from cypn_core.web.posting_api import Leaves
from cypn_site.language import marked
from cypn_site.member.telling import words_of
from cypn_site.pages import Page
from cypn_site.visits import Visit
from cypn_site.whole_form import form_page, sent

MOST = 200
CLOSING = {
    "first": marked("From which day?"),
    "last": marked("Until which day, that day included? Leave it out for one day"),
    "starts": marked("From what time on the first day?"),
    "ends": marked("Until what time on the last day?"),
    "code": marked("Why, in one word? For example: repairs, own_use, holiday"),
}
LEAVING = {"leaves_on": marked("From which day on is it given no more?")}


@frozen(kw_only=True)
class _Times:
    offer: Any
    title: str
    named: bool
    closures: list[Any]
    diary: Any


def pages() -> Iterator[Page]:
    """The page of an offer's times, and each thing that is done there."""
    root = "/in/<exchange>/offers/<offer>"
    reopen = f"{root}/closures/<closure>/reopen"
    yield Page(rule=f"{root}/times", name="offer_times", show=_times)
    yield Page(rule=f"{root}/close", name="offer_close", show=_closing, send=_close)
    yield Page(rule=reopen, name="offer_reopen", send=_reopen)
    yield Page(rule=f"{root}/renew", name="offer_renew", send=_renew)
    yield Page(rule=f"{root}/leave", name="offer_leave", show=_leaving, send=_leave)
    yield Page(rule=f"{root}/listing", name="offer_listing", send=_listing)
    yield Page(rule=f"{root}/calendar", name="offer_calendar", show=_calendar, send=_import)
    yield Page(rule=f"{root}/calendar/end", name="offer_calendar_end", send=_forget)


def _found(visit: Visit, work: Work) -> _Times:
    exchange = visit.which
    offer = posting.mine(work, visit.caller, exchange.name, visit.path["offer"], "offer")
    body = offer.body
    return _Times(
        offer=visit.faces(work).posting(offer),
        title=words_of(visit, exchange).of(body.kind),
        named=isinstance(body, Offer) and body.named_listing,
        closures=[each for each in work.closures.of(offer.id, "", MOST) if each.state == "closed"],
        diary=diary.diary_of(work, visit.caller, exchange.name, offer.id),
    )


def _times(visit: Visit) -> Response:
    return visit.show("offers/times.html", found=visit.read(lambda work: _found(visit, work)))


def _closing(visit: Visit) -> Response:
    found = visit.read(lambda work: _found(visit, work))
    return form_page(visit, ToClose, CLOSING, "offers/close.html", found=found)


def _close(visit: Visit) -> Response:
    wanted = sent(visit, ToClose, CLOSING)
    span = span_of(visit.region, wanted)
    return _done(
        visit,
        lambda work: closures.close(
            work, visit.caller, _exchange(visit), _offer(visit), span, wanted.code
        ),
        marked("Closed. Whoever had that time is told."),
    )


def _reopen(visit: Visit) -> Response:
    closure = visit.path["closure"]
    return _done(
        visit,
        lambda work: closures.reopen(work, visit.caller, _exchange(visit), _offer(visit), closure),
        marked("Open again. Whoever was turned away is offered it first."),
    )


def _renew(visit: Visit) -> Response:
    return _done(
        visit,
        lambda work: renew.renew(work, visit.caller, _exchange(visit), _offer(visit)),
        marked("Its hours are given for the next term too."),
    )


def _leaving(visit: Visit) -> Response:
    found = visit.read(lambda work: _found(visit, work))
    return form_page(visit, Leaves, LEAVING, "offers/leave.html", found=found)


def _leave(visit: Visit) -> Response:
    wanted = sent(visit, Leaves, LEAVING)

    def end(work: Work) -> object:
        offer = posting.mine(work, visit.caller, _exchange(visit), _offer(visit), "offer")
        return leave.leave(
            work, visit.caller, _exchange(visit), offer.id, wanted.leaves_on, offer.revision
        )

    return _done(visit, end, marked("It ends on that day. Whoever had it for later is told."))


def _listing(visit: Visit) -> Response:
    named = visit.form.get("named")
    if named not in {"yes", "no"}:
        raise Invalid({"named": ["must be yes or no"]})
    return _done(
        visit,
        lambda work: listings.choose(
            work, visit.caller, _exchange(visit), _offer(visit), named=named == "yes"
        ),
        marked("It is listed by name.") if named == "yes" else marked("It is not listed any more."),
    )


def _calendar(visit: Visit) -> Response:
    found = visit.read(lambda work: _found(visit, work))
    return visit.show("offers/calendar.html", found=found, imported=None)


def _import(visit: Visit) -> Response:
    """The file is read in a process of its own, before any transaction."""
    file = request.files.get("calendar")
    if file is None or not file.filename:
        raise Invalid({"calendar": ["is missing: choose the .ics file that your calendar exports"]})
    now = visit.network.clock().replace(microsecond=0)
    read = read_apart(file.read(), visit.region.zone_name, now)

    def take(work: Work) -> Any:
        visit.admit(work)
        known = diary.diary_of(work, visit.caller, _exchange(visit), _offer(visit))
        return diary.import_(
            work, visit.caller, _exchange(visit), _offer(visit), read, known.revision
        )

    imported = shown_import(visit.network.transact(take))
    found = visit.read(lambda work: _found(visit, work))
    return visit.show("offers/calendar.html", found=found, imported=imported)


def _forget(visit: Visit) -> Response:
    def end(work: Work) -> object:
        known = diary.diary_of(work, visit.caller, _exchange(visit), _offer(visit))
        return diary.end(work, visit.caller, _exchange(visit), _offer(visit), known.revision)

    return _done(visit, end, marked("Your calendar is forgotten; its hours are free again."))


def _done(visit: Visit, use_case: Callable[[Work], object], said: str) -> Response:
    there = visit.url_in("offer_times", offer=_offer(visit))
    return visit.change(use_case, lambda _: there, visit.language.gettext(said))


def _exchange(visit: Visit) -> str:
    return visit.which.name


def _offer(visit: Visit) -> PostingId:
    return PostingId(visit.path["offer"])
