"""Closing a span of one's own offer to everybody, and reopening it for those who were turned away.

Nobody can turn one group away and give the time to another: what is closed is closed to all, and
when it reopens, whoever was declined or displaced there is offered it first and alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from attrs import evolve

from cypn_core.application import fill, settle, unassign, waiting
from cypn_core.application.lose import Loss, lose, told_once
from cypn_core.application.network import Caller, Work
from cypn_core.application.post import mine
from cypn_core.application.remainder import (
    take_again,
    take_closed,
    timed_resources,
    uses_any,
)
from cypn_core.domain.closures import Closure
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import Conflict, Invalid, NotFound
from cypn_core.domain.ids import PostingId, ResourceId
from cypn_core.domain.marks import CLOSED, UNAVAILABLE
from cypn_core.domain.postings import Posting, PostingState
from cypn_core.domain.times import Window, merged

LONGEST_DAYS = 366


def close(
    work: Work, caller: Caller, exchange: str, offer: str, span: Window, code: str
) -> Closure:
    """Close *span* of the caller's offer; what is agreed in it is displaced, and comes first.

    A closure that it overlaps becomes part of it. Requests that wait are declined as unavailable.

    :raises Invalid: for a span that is past or too long.
    :raises Conflict: when the offer is not open, or has no time to close.
    """
    found = _locked(work, caller, exchange, offer)
    if found.state is not PostingState.OPEN:
        raise Conflict(f"This is {found.state.value} already: it is given to nobody.")
    if span.end <= work.now:
        raise Invalid({"last": ["must not be in the past"]})
    if span.end - span.start > dt.timedelta(days=LONGEST_DAYS):
        raise Invalid({"last": [f"must be within {LONGEST_DAYS} days: close the rest apart"]})
    return _closed(work, caller, found, span, code)


def shut_from_now(
    work: Work, caller: Caller, deal: Deal, offers: Collection[PostingId], code: str
) -> None:
    """Close *offers* of *deal* from now on, whoever they are of, until their holders reopen them.

    :raises Conflict: when one of them has no time to close.
    """
    span = Window(work.now, work.now + dt.timedelta(days=LONGEST_DAYS))
    for offer in work.postings.lock(offers):
        _closed(work, caller, offer, span, code, by_deal=deal.id)


def _closed(
    work: Work, caller: Caller, offer: Posting, span: Window, code: str, **told: str
) -> Closure:
    resources = timed_resources(offer)
    if not resources:
        raise Conflict("This offer has no times: withdraw it, or say from which day it ends.")
    work.uses.queue(resources)
    ahead = Window(max(span.start, work.now), span.end)
    losses = list(_displaced(work, caller, resources, ahead))
    closure = _shut(work, caller, offer, (ahead,), code)
    work.log(
        caller, offer.id, "offer_closed", exchange=offer.exchange, closure=closure.id, code=code,
        **told, **told_once(losses),
    )  # fmt: skip
    return closure


def reopen(work: Work, caller: Caller, exchange: str, offer: str, closure: str) -> Closure:
    """Open again what *closure* closed, for those first who were turned away there.

    :raises NotFound: when the caller's offer has no such closure.
    :raises Conflict: when it is not closed any more.
    """
    found = _locked(work, caller, exchange, offer)
    closed = work.closures.get(closure)
    if closed.offer != found.id:
        raise NotFound
    if closed.state != "closed":
        raise Conflict(f"This closure is {closed.state} already.")
    work.closures.end(closed.id, "reopened")
    take_again(work, work.closures.resources(closed.id), closed.windows)
    again = evolve(found, revision=found.revision + 1)
    work.postings.replace(again)
    starts = [window.start.isoformat() for window in closed.windows]
    work.log(caller, found.id, "offer_reopened", exchange=exchange, closure=closed.id, dates=starts)
    waiting.line_up(work, closed.id, again, closed.windows)
    return evolve(closed, state="reopened")


def shut_declined(
    work: Work, caller: Caller, deal: Deal, windows: Collection[Window] | None = None
) -> None:
    """Close what the caller was asked for in *deal*, or only *windows* of it, to everybody."""
    for leg in deal.plan.legs:
        if (leg.offer, caller.member) not in deal.holders:
            continue
        wanted = tuple(w for w in leg.windows if windows is None or w in windows)
        offer = work.postings.get(leg.offer)
        if wanted and timed_resources(offer):
            _shut(work, caller, offer, merged(wanted), UNAVAILABLE)


def _locked(work: Work, caller: Caller, exchange: str, offer: str) -> Posting:
    (found,) = work.postings.lock([mine(work, caller, exchange, offer, "offer").id])
    return found


def _shut(
    work: Work, caller: Caller, offer: Posting, windows: tuple[Window, ...], code: str
) -> Closure:
    """Close *windows* and whatever closure they overlap, and turn away who asks for them."""
    _turn_away(work, caller, offer, windows)
    old = [each for each in work.closures.of(offer.id) if each.meets(windows)]
    for each in old:
        work.closures.end(each.id, "merged")
    whole = merged([*windows, *(window for each in old for window in each.windows)])
    closure = Closure(id=work.new_id(), offer=offer.id, code=code, windows=whole, created=work.now)
    resources = timed_resources(offer)
    work.closures.add(closure, resources)
    take_closed(work, closure, resources)
    return closure


def _turn_away(work: Work, caller: Caller, offer: Posting, windows: tuple[Window, ...]) -> None:
    """Decline what waits for a resource of *offer*, by any offer of its holder; buffers count."""
    resources = timed_resources(offer)
    own = work.postings.mine(offer.organisation, offer.exchange, "offer", limit=None)
    sharing = [each.id for each in own if not set(resources).isdisjoint(timed_resources(each))]
    waits = {deal.id: deal for each in sharing for deal in work.deals.live_with(each)}
    for _, deal in sorted(waits.items()):
        asked = deal.state is DealState.HELD and _asks(deal, resources)
        if (asked or not deal.state.occupies) and any(
            _used(work, deal, resources, each) for each in windows
        ):
            _end(work, caller, deal)


def _end(work: Work, caller: Caller, deal: Deal) -> None:
    if deal.state is DealState.HELD:
        fill.go_on_without(work, caller, deal)
    else:
        settle.end(work, caller, deal, DealState.DECLINED, UNAVAILABLE)


def _asks(deal: Deal, resources: Collection[ResourceId]) -> bool:
    """Whether somebody is asked for one of *resources* to fill *deal*."""
    return any(uses_any(deal, leg, resources) for leg in deal.filling)


def _displaced(
    work: Work, caller: Caller, resources: Collection[ResourceId], span: Window
) -> Iterator[Loss]:
    """Take what meets *span* from every deal on *resources*.

    Where that is all that somebody plays for whom others may be sought, they are, and nothing else
    is lost.
    """
    for each in work.uses.deals_on(resources, span):
        deal = work.deals.get(each)
        windows = _within(work, deal, resources, span)
        offers = {leg.offer for leg in deal.held.legs if uses_any(deal, leg, resources)}
        if windows and unassign.covers(work, deal, offers, windows):
            unassign.unassign(work, caller, deal, offers, CLOSED, again=False)
        elif windows and deal.kept_for_now:
            yield lose(work, caller, deal, windows, CLOSED)


def _within(
    work: Work, deal: Deal, resources: Collection[ResourceId], span: Window
) -> list[Window]:
    """What of *deal* lies ahead and uses *resources* in *span*, buffers included."""
    used = _used(work, deal, resources, span)
    return [window for window in deal.standing if window in used and window.start > work.now]


def _used(work: Work, deal: Deal, resources: Collection[ResourceId], span: Window) -> set[Window]:
    """The windows in which *deal* uses *resources* in *span*, buffers included."""
    return {
        window
        for leg in deal.plan.legs
        if uses_any(deal, leg, resources)
        for window in leg.windows
        if window.padded(*settle.buffers(work, leg.offer)).overlaps(span)
    }
