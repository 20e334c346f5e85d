"""Wake-up: a need that found nothing is remembered, and its group is told when something fits.

A reader of the event log finds what became free or was offered; each group is told once a day of
all that fits then. A yes joins: it asks for the plan, and the turn order decides among several.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from attrs import evolve

from cypn_core.application import ask as asking
from cypn_core.application import contest, tenure, waiting
from cypn_core.application.gate import enter
from cypn_core.application.network import SYSTEM, Caller, Network, Work
from cypn_core.application.season_hold import span_of
from cypn_core.application.turns import times
from cypn_core.application.yes import answer_by
from cypn_core.domain.deals import Deal
from cypn_core.domain.errors import Conflict, NotFound, Taken
from cypn_core.domain.events import Event
from cypn_core.domain.ids import DealId, PostingId
from cypn_core.domain.postings import PostingState
from cypn_core.domain.times import Window
from cypn_core.domain.wakes import Wake, WakeState
from cypn_core.storage import events

READER = "wakes"
BATCH = 50
OFFERED = frozenset({"offer_posted", "offer_revised"})
"""What is reopened lines up those whom it concerns at once, so that nobody slips in before."""


def notice(network: Network) -> int:
    """Read the log up to its end and line up whom it concerns; how many events were read.

    Each batch is one transaction with its cursor, so it may be stopped and run again, on several
    machines too.
    """
    total = 0
    while read := network.transact(_batch):
        total += read
    return total


def tell(work: Work) -> int:
    """Ask the groups whose wakes are due, each once a day for all of them; how many groups."""
    due = [each for each in work.wakes.due(WakeState.NOTICED, work.now) if _known(work, each)]
    owners = sorted({each.owner for each in due})
    return sum(
        _tell_one(work, [each for each in due if each.owner == owner])
        for owner in owners
        if not _told_today(work, work.wakes.last_told(owner))
    )


def pass_on(work: Work) -> int:
    """Pass on what was not answered in time; how many wakes that were."""
    due = [each for each in work.wakes.due(WakeState.ASKED, work.now) if _known(work, each)]
    for wake in due:
        open_ = work.postings.get(wake.need).state is PostingState.OPEN
        waits = open_ and not work.deals.binding(wake.need)
        state = WakeState.PASSED if waits else WakeState.GONE
        work.wakes.move(evolve(wake, state=state), wake.state)
        if waits:
            work.log(SYSTEM, wake.id, "wake_passed", exchange=wake.exchange)
        _carry_on(work, wake)
    return len(due)


def mine(work: Work, caller: Caller, exchange: str, wake: str) -> Wake:
    """What the caller's organisation was asked under that id.

    :raises NotFound: when there is no such thing, or it is somebody else's: the two look alike.
    """
    enter(work, caller, exchange)
    found = work.wakes.get(wake)
    if found.owner != caller.organisation or found.exchange != exchange or found.told is None:
        raise NotFound
    return found


def answer(
    work: Work, caller: Caller, exchange: str, wake: str, code: str
) -> tuple[Wake, Deal | None]:
    """Answer ``yes``, ``no`` or ``later``; the deal that a yes asked for.

    Yes joins the round, or is agreed where nobody else is in it. Later asks again after as many
    working days as there are to answer. Whoever stands behind moves up after no and later.

    :raises Conflict: when it was answered, or passed on, before.
    :raises Taken: when it does not fit any more.
    """
    found = mine(work, caller, exchange, wake)
    if found.state is not WakeState.ASKED or found.due <= work.now:
        raise Conflict("This was answered or passed on before: look at your need's matches.")
    if code == "yes":
        return _yes(work, caller, found)
    again = answer_by(work.now, work.hub.region)
    moved = {
        "no": evolve(found, state=WakeState.NO),
        "later": evolve(found, state=WakeState.NOTICED, due=again),
    }[code]
    work.wakes.move(moved, found.state)
    work.log(caller, found.id, "wake_answered", exchange=exchange, code=code)
    _carry_on(work, moved)
    return moved, None


def _yes(work: Work, caller: Caller, wake: Wake) -> tuple[Wake, Deal]:
    fits = waiting.still_fits(work, wake)
    if fits is None:
        raise Taken("That is no longer available: see what is now.")
    need, plan = fits
    if need.revision > work.postings.get(need.id).revision:
        work.postings.replace(need)
        work.log(caller, need.id, "need_revised")
    deal = asking.ask(work, caller, wake.exchange, need.id, plan.key)
    joined = evolve(wake, state=WakeState.YES, deal=deal.id)
    work.wakes.move(joined, wake.state)
    work.log(caller, wake.id, "wake_answered", exchange=wake.exchange, code="yes")
    waiting.move_up(work, wake.occasion)
    contest.close_answered(work, {leg.offer for leg in deal.plan.legs})
    return joined, work.deals.get(deal.id)


def _carry_on(work: Work, wake: Wake) -> None:
    """After one group is out: the next in line, and the round that may have waited for it."""
    if not waiting.move_up(work, wake.occasion):
        tenure.nobody_left(work, wake.occasion)
    contest.close_answered(work, [wake.offer])


def _batch(work: Work) -> int:
    found = events.read(work.connection, READER, BATCH)
    for logged in found:
        _heard(work, logged.event)
    if found:
        events.advance(work.connection, READER, found[-1].cursor)
    return len(found)


def _heard(work: Work, event: Event) -> None:
    if event.body.get("exchange", "") not in {"", *work.hub.exchanges}:
        return
    if event.fact in OFFERED:
        _line_up(work, event, [PostingId(event.subject)])
    elif event.fact == "season_closed":
        _after_season(work, event)
    elif "freed" in event.body:
        deal = work.deals.get(DealId(event.subject))
        if event.body["freed"]:
            offers = sorted({leg.offer for leg in deal.plan.legs})
            _line_up(work, event, offers, [*times(deal), *_left(event)], deal.plan.needs)
        else:
            for wake in work.wakes.behind([deal.id]):
                _carry_on(work, wake)


def _left(event: Event) -> list[Window]:
    """The time that a deal has left by moving, and that is in it no more."""
    left = event.body.get("left")
    return [Window(*map(dt.datetime.fromisoformat, left))] if left else []


def _after_season(work: Work, event: Event) -> None:
    """What a season left over goes to those who had to wait for it; it decided on its own needs."""
    season = work.seasons.get(event.subject)
    if season.exchange in work.hub.exchanges:
        offers = work.postings.open(season.exchange, "offer", work.today, work.now)
        decided = [each.need for each in work.seasons.outcomes(season.id, limit=None)]
        _line_up(work, event, [each.id for each in offers], [span_of(work, season)], decided)


def _line_up(
    work: Work,
    event: Event,
    offers: Iterable[PostingId],
    around: Iterable[Window] = (),
    without: Iterable[PostingId] = (),
) -> None:
    """The needs that were posted after *event* are left alone: it stood in their first answer."""
    found = [work.postings.get(offer) for offer in offers]
    newer = {
        need.id
        for exchange in {offer.exchange for offer in found}
        for need in work.postings.open(exchange, "need", work.today, work.now)
        if need.created >= event.at
    }
    for offer in found:
        waiting.line_up(work, event.id, offer, tuple(around), newer | set(without))


def _tell_one(work: Work, due: list[Wake]) -> int:
    """Tell one group of all that fits it still; 1 when something did."""
    asked = [told for wake in due if (told := _ask(work, wake))]
    if asked:
        ids = [wake.id for wake in asked]
        work.log(SYSTEM, asked[0].id, "wake_asked", wakes=ids)
    return bool(asked)


def _ask(work: Work, wake: Wake) -> Wake | None:
    fits = waiting.still_fits(work, wake)
    if fits is None:
        gone = evolve(wake, state=WakeState.GONE)
        work.wakes.move(gone, wake.state)
        _carry_on(work, gone)
        return None
    windows = [window.start for leg in fits[1].legs for window in leg.windows]
    by = answer_by(work.now, work.hub.region)
    asked = evolve(wake, state=WakeState.ASKED, told=work.now, due=min([by, *windows]))
    work.wakes.move(asked, wake.state)
    return asked


def _told_today(work: Work, told: dt.datetime | None) -> bool:
    return told is not None and work.hub.region.today(told) == work.today


def _known(work: Work, wake: Wake) -> bool:
    """What belongs to an exchange that is not installed is left until that comes back."""
    return wake.exchange in work.hub.exchanges
