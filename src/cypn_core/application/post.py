"""Posting: a need or an offer is placed, objected to, stored, changed and withdrawn."""

from __future__ import annotations

import datetime as dt

from attrs import evolve

from cypn_core.application import settle
from cypn_core.application.fresh import fresh_until
from cypn_core.application.gate import enter, enter_as
from cypn_core.application.network import Caller, Work
from cypn_core.application.rarity import remember
from cypn_core.application.screen import gives_away
from cypn_core.application.whens import unusable
from cypn_core.domain.deals import Deal
from cypn_core.domain.errors import Changed, Conflict, Invalid, NotFound
from cypn_core.domain.ids import PostingId
from cypn_core.domain.postings import Need, Noted, Offer, Posting, PostingState
from cypn_core.domain.times import DateSpan, merged, minus
from cypn_core.hub import Hub

KEPT_DAYS = 2 * 365
"""How far ahead the hours that a holder keeps are compared when it changes them."""


def post(work: Work, caller: Caller, exchange: str, body: Need | Offer) -> Posting:
    """Store a need or an offer of the caller's organisation.

    :raises NotChecked: when it may not, with what is missing.
    :raises Invalid: naming the fields: another exchange's kind, an unknown place, times that are
        past, a text that gives its author away, a plugin's objection, or more needs in a day than
        the network allows.
    """
    enter(work, caller, exchange)
    enter_as(work, caller, body.checklist)
    _fits(work, caller, exchange, body)
    if earlier := _taken_back(work, caller, exchange, body):
        _kept(work, earlier, body)
    posting = Posting(
        id=PostingId(work.new_id()),
        organisation=caller.member,
        exchange=exchange,
        body=body,
        created=work.now,
        fresh_until=fresh_until(work),
    )
    work.postings.add(posting)
    remember(work, posting)
    work.log(caller, posting.id, f"{posting.side}_posted", exchange=exchange, kind=body.kind)
    return posting


def note(work: Work, caller: Caller, body: Noted) -> Posting:
    """Remember a need whose exchange is not installed: it is mapped and counted, never matched.

    :raises Invalid: when its text gives its author away.
    """
    _masked(work, caller, body)
    posting = Posting(
        id=PostingId(work.new_id()),
        organisation=caller.member,
        exchange="noted",
        body=body,
        created=work.now,
        fresh_until=fresh_until(work),
    )
    work.postings.add(posting)
    work.log(caller, posting.id, "need_noted", wanted=body.wanted)
    return posting


def mine(work: Work, caller: Caller, exchange: str, posting: str, side: str) -> Posting:
    """The caller's own posting of that id; a coordinator's who acts for nobody, anybody's.

    :raises NotFound: when there is none, or it is somebody else's: the two look alike.
    """
    enter(work, caller, exchange)
    found = work.postings.get(PostingId(posting))
    sees_all = "coordinator" in caller.scopes and not caller.acts_for_another
    own = found.organisation == caller.organisation or sees_all
    if not own or found.exchange != exchange or found.side != side:
        raise NotFound
    return found


def revise(
    work: Work, caller: Caller, exchange: str, posting: str, body: Need | Offer, revision: int
) -> Posting:
    """Replace the body of the caller's posting and confirm it as fresh.

    The body as it stands only confirms it, which a deal that stands on it does not forbid.

    :raises Invalid: as for a new one, and when what a holder keeps to itself would grow.
    :raises Changed: when it is not at *revision* any more.
    :raises Conflict: while a deal waits on it, when it is no longer open, or when what it closed
        would go or shrink. What is agreed stands in nobody's way where it is judged again by rules
        that last, as long as the things that are used stay the same.
    """
    side = "need" if isinstance(body, Need) else "offer"
    found = _for_change(work, caller, exchange, posting, side, revision)
    if type(body) is not type(found.body):
        raise Invalid({"kind": [f"must stay {found.body.kind}"]})
    same = body == found.body
    if not same:
        if not _judged_again(work, found, body):
            _untouched(work, caller, found)
        _still_shut(work, found, body)
        _fits(work, caller, exchange, body, found.body)
        _kept(work, [found.body], body)
    revised = evolve(found, body=body, fresh_until=fresh_until(work), revision=found.revision + 1)
    work.postings.replace(revised)
    remember(work, revised)
    confirmed = same and found.fresh_until > work.now
    work.log(
        caller, found.id, f"{side}_confirmed" if confirmed else f"{side}_revised", exchange=exchange
    )
    return revised


def withdraw(
    work: Work, caller: Caller, exchange: str, posting: str, side: str, revision: int
) -> Posting:
    """Take the caller's posting back.

    :raises Changed: when it is not at *revision* any more.
    :raises Conflict: while a deal stands on it: cancel that first, so that nobody is left standing.
    """
    found = _for_change(work, caller, exchange, posting, side, revision)
    _untouched(work, caller, found)
    gone = found.moved(PostingState.WITHDRAWN)
    work.postings.replace(gone)
    work.log(caller, found.id, f"{side}_withdrawn")
    return gone


def _for_change(
    work: Work, caller: Caller, exchange: str, posting: str, side: str, revision: int
) -> Posting:
    """The caller's posting, locked first, so that nobody makes a deal on it in the meantime."""
    (found,) = work.postings.lock([mine(work, caller, exchange, posting, side).id])
    if found.revision != revision:
        raise Changed("This was changed since you read it: read it again.")
    if found.state is not PostingState.OPEN:
        raise Conflict(f"This is {found.state.value} already: post a new one.")
    return found


def _untouched(work: Work, caller: Caller, posting: Posting) -> None:
    """Nothing stands on *posting*; what was only proposed to its group gives way."""
    settle.give_way(work, caller, posting.id)
    if work.deals.live_with(posting.id):
        raise Conflict(
            "A deal stands on this: cancel or answer it first, or say from which day an offer ends."
        )


def _judged_again(work: Work, offer: Posting, body: Need | Offer) -> bool:
    """Whether all that stands on *offer* is agreed, and is judged by lasting rules as *body*."""
    was = offer.body
    if not (isinstance(was, Offer) and isinstance(body, Offer)):
        return False
    same = (was.units(), was.buffers, was.role) == (body.units(), body.buffers, body.role)
    lasting = any(rule.lasting for rule in work.hub.rules(offer.exchange))
    live = work.deals.live_with(offer.id)
    agreed = all(each.kept_for_now and offer.id in _held(each) for each in live)
    return same and lasting and agreed


def _held(deal: Deal) -> set[PostingId]:
    return {leg.offer for leg in deal.held.legs}


def _still_shut(work: Work, offer: Posting, body: Need | Offer) -> None:
    """A closure shuts the units that were there: none of them goes or shrinks under it."""
    if not (isinstance(offer.body, Offer) and isinstance(body, Offer)):
        return
    now = {unit.key: unit.capacity for unit in body.units()}
    less = any(unit.capacity > now.get(unit.key, 0) for unit in offer.body.units())
    if less and any(each.windows[-1].end > work.now for each in work.closures.of(offer.id)):
        raise Conflict(
            "Some of this is closed: reopen that before a part goes or gets smaller, and close it "
            "again."
        )


def _taken_back(
    work: Work, caller: Caller, exchange: str, body: Need | Offer
) -> list[Need | Offer]:
    """What the caller has given before of the same thing at the same place, and withdrawn."""
    if not isinstance(body, Offer):
        return []
    own = work.postings.mine(caller.member, exchange, "offer", limit=None)
    withdrawn = [each.body for each in own if each.state is PostingState.WITHDRAWN]
    return [each for each in withdrawn if _thing(work, each) == _thing(work, body)]


def _thing(work: Work, body: Need | Offer) -> tuple[object, ...]:
    place = None if body.place is None else work.hub.region.find(body.place)
    units = body.units() if isinstance(body, Offer) else ()
    return (type(body), place, body.category, {unit.key for unit in units})


def _kept(work: Work, earlier: list[Need | Offer], body: Need | Offer) -> None:
    """What earlier users keep may shrink; more of it goes through matching (V10)."""
    if not isinstance(body, Offer):
        return
    span = DateSpan(work.today, work.today + dt.timedelta(days=KEPT_DAYS))
    region = work.hub.region
    was = [w for each in earlier if isinstance(each, Offer) for w in each.own_use(region, span)]
    if minus(body.own_use(region, span), merged(was)):
        raise Invalid({body.own_use_by: ["must not grow: post a need for more hours"]})


def _fits(
    work: Work,
    caller: Caller,
    exchange: str,
    body: Need | Offer,
    was: Need | Offer | None = None,
) -> None:
    declared = work.hub.exchange(exchange)
    if not isinstance(body, declared.kinds):
        known = ", ".join(kind.kind for kind in declared.kinds)
        raise Invalid({"kind": [f"{body.kind} is none of this exchange's: {known}"]})
    if body.place is not None:
        work.hub.region.find(body.place)
    _masked(work, caller, body)
    if unclear := unusable(body, work.hub.region):
        raise Invalid(unclear)
    if isinstance(body, Need):
        _in_time(work, body, was)
        _in_budget(work, caller)
    refuse_objections(work.hub, exchange, body)


def _masked(work: Work, caller: Caller, body: Need | Offer) -> None:
    if leaks := gives_away(work, caller.member, body):
        raise Invalid(leaks)


def refuse_objections(hub: Hub, exchange: str, body: Need | Offer) -> None:
    """Let plugins object to *body*.

    :raises Invalid: with every objection under its field.
    """
    said: dict[str, list[str]] = {}
    for objection in hub.objections(exchange, body):
        said.setdefault(objection.field, []).append(objection.sentence)
    if said:
        raise Invalid(said)


def _in_time(work: Work, body: Need, was: Need | Offer | None) -> None:
    """A need starts in the future; one that has begun may be revised while its times stay."""
    windows = body.windows(work.hub.region)
    same = isinstance(was, Need) and was.windows(work.hub.region) == windows
    if windows and not same and windows[0].start < work.now:
        raise Invalid({body.dated_by: ["must not be in the past"]})


def _in_budget(work: Work, caller: Caller) -> None:
    """A daily budget of needs and changes to them, so that nobody maps the offers by asking."""
    since, most = work.now - dt.timedelta(days=1), work.hub.region.settings.daily_needs
    if work.postings.asked_since(caller.member, since) >= most:
        raise Invalid({"posting": [f"{most} needs a day are the limit: go on tomorrow"]})
