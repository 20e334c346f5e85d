"""Who is to be told when something fits: first the waiting list in its order, else everybody.

Whoever was displaced, wrongly turned away or lost this very thing in a round is offered it first
and alone; the others stand behind, and move up when the answer is no or does not come.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

from attrs import evolve, frozen

from cypn_core.application.match import board_for
from cypn_core.application.network import Work
from cypn_core.application.season_hold import holding
from cypn_core.application.turns import contender, list_place, meet, times
from cypn_core.domain.ids import PostingId
from cypn_core.domain.plans import Plan
from cypn_core.domain.postings import Need, Posting, PostingState
from cypn_core.domain.rounds import Contender, Priority
from cypn_core.domain.times import Window
from cypn_core.domain.wakes import Wake, WakeState
from cypn_core.matching.planner import ranked
from cypn_core.matching.turn import in_turn


@frozen(kw_only=True)
class Waiting:
    """A remembered need that fits wholly, where it stands in turn, and the times it would take."""

    need: Posting
    contender: Contender
    windows: tuple[Window, ...]


def plan_with(work: Work, need: Posting, offer: PostingId) -> Plan | None:
    """The best plan that meets *need* wholly and has *offer* in it, or None."""
    plans = ranked(board_for(work, need), work.hub.exchange(need.exchange).planner)
    with_it = (plan for plan in plans if offer in {leg.offer for leg in plan.legs})
    return next((plan for plan in with_it if plan.full), None)


def wanted_by(
    work: Work, need: Posting, offer: PostingId, after: dt.date | None
) -> tuple[Posting, Plan] | None:
    """*need* with the plan that fits wholly: as it is, at another time that it names, or later.

    Later is what is left of it for the term after that day.
    """
    later = resumed(work, need, after) if after else None
    for version in (need, *_otherwise(need), *((later,) if later else ())):
        plan = plan_with(work, version, offer)
        if plan is not None:
            return version, plan
    return None


def _otherwise(need: Posting) -> Iterator[Posting]:
    """*need* at each of the other times that it names, one revision later."""
    if isinstance(need.body, Need):
        for body in need.body.alternatives():
            yield evolve(need, body=body, revision=need.revision + 1)


def resumed(work: Work, need: Posting, after: dt.date) -> Posting | None:
    """*need* as it goes on after that day, one revision later; None when it does not."""
    body = need.body.resumed(work.hub.region, after) if isinstance(need.body, Need) else None
    return None if body is None else evolve(need, body=body, revision=need.revision + 1)


def still_fits(work: Work, wake: Wake) -> tuple[Posting, Plan] | None:
    """The need of *wake* and its plan, as long as it is open, waits on nothing else, and fits."""
    need = work.postings.get(wake.need)
    if need.state is not PostingState.OPEN or work.deals.binding(need.id):
        return None
    if holding(work, need):
        return None
    return wanted_by(work, need, wake.offer, wake.after)


def line_up(
    work: Work,
    occasion: str,
    offer: Posting,
    around: Sequence[Window] = (),
    without: Collection[PostingId] = (),
) -> None:
    """Wake the remembered needs that fit *offer* wholly, those that meet *around* only.

    The needs in *without*, and those that are being asked or said no to the offer as it stands, are
    left alone.
    """
    if offer.side != "offer" or offer.state is not PostingState.OPEN:
        return
    known = work.wakes.for_offer(offer.id)
    left_alone = {each.need for each in known if _settled(each, offer)} | set(without)
    found = _in_line(work, offer, _fitting(work, offer, around, left_alone))
    _drop_queued(work, known, {each.need.id for each in found})
    heads: list[Sequence[Window]] = []
    for place, each in enumerate(found):
        behind = any(meet(head, each.windows) for head in heads)
        first = each.contender.priority is not Priority.ORDINARY
        if first and not behind:
            heads.append(each.windows)
        state = WakeState.QUEUED if behind else WakeState.NOTICED
        work.wakes.add(wake_for(work, occasion, offer, each, state, place))


def wake_for(
    work: Work, occasion: str, offer: Posting, each: Waiting, state: WakeState, place: int
) -> Wake:
    """The wake of one need in line."""
    return Wake(
        id=work.new_id(),
        exchange=offer.exchange,
        need=each.need.id,
        offer=offer.id,
        owner=each.need.organisation,
        occasion=occasion,
        state=state,
        due=work.now,
        place=place,
        priority=each.contender.priority,
        offer_revision=offer.revision,
    )


def move_up(work: Work, occasion: str) -> bool:
    """Let those in line be told who stand behind nobody any more; False when nobody is left.

    Somebody with a class of its own stands before all who would take the same time, as long as it
    is asked, and after a yes as long as something may come of that.
    """
    line = work.wakes.of_occasion(occasion)
    heads = [claimed for each in line if (claimed := _claimed(work, each)) is not None]
    left = bool(heads) or any(_asking(work, each) for each in line)
    for wake in (each for each in line if each.state is WakeState.QUEUED):
        fits = still_fits(work, wake)
        windows = _taken_of(fits[1], wake.offer) if fits else ()
        if fits and any(meet(head, windows) for head in heads):
            left = True
            continue
        state = WakeState.NOTICED if fits else WakeState.GONE
        work.wakes.move(evolve(wake, state=state, due=work.now), wake.state)
        left = left or fits is not None
        if fits and wake.priority is not Priority.ORDINARY:
            heads.append(windows)
    return left


def survivors(
    work: Work, offer: Posting, needs: Sequence[Posting]
) -> Iterator[tuple[Posting, tuple[Window, ...]]]:
    """Those of *needs* that *offer* survives for, wholly or in part, with the times it is free."""
    by_id = {need.id: need for need in needs}
    if not needs:
        return
    board = board_for(work, needs[0], [offer])
    for wanted in board.snapshot.needs:
        for survivor in board.survivors(offer.body.role, wanted):  # type: ignore[union-attr]
            if wanted.id in by_id:
                yield by_id[wanted.id], survivor.free


def _claimed(work: Work, wake: Wake) -> Sequence[Window] | None:
    """The times for which *wake* stands before others; None when it stands before nobody."""
    if wake.priority is Priority.ORDINARY:
        return None
    if wake.state is WakeState.YES and wake.deal is not None:
        deal = work.deals.get(wake.deal)
        return times(deal) if deal.state.live else None
    fits = still_fits(work, wake) if _asking(work, wake) else None
    return _taken_of(fits[1], wake.offer) if fits else None


def _taken_of(plan: Plan, offer: PostingId) -> tuple[Window, ...]:
    """The windows in which *plan* would take *offer*."""
    return tuple(window for leg in plan.legs if leg.offer == offer for window in leg.windows)


def _asking(work: Work, wake: Wake) -> bool:
    told = wake.state is WakeState.NOTICED and wake.due <= work.now
    return told or wake.state is WakeState.ASKED


def _settled(wake: Wake, offer: Posting) -> bool:
    if wake.state is WakeState.NO:
        return wake.offer_revision == offer.revision
    return wake.state in {WakeState.NOTICED, WakeState.ASKED}


def _drop_queued(work: Work, known: Sequence[Wake], now: Collection[PostingId]) -> None:
    """Who stands in a newer line leaves the older; the lines of terms that end stay."""
    for wake in known:
        if wake.state is WakeState.QUEUED and wake.need in now and wake.after is None:
            work.wakes.move(evolve(wake, state=WakeState.GONE), wake.state)


def _fitting(
    work: Work, offer: Posting, around: Sequence[Window], left_alone: Collection[PostingId]
) -> Iterator[Waiting]:
    needs = work.postings.open(offer.exchange, "need", work.today, work.now)
    for need, free in (*survivors(work, offer, needs), *_at_other_times(work, offer, needs)):
        if need.id in left_alone or not meet(around, free) or work.deals.binding(need.id):
            continue
        if holding(work, need):
            continue
        plan = plan_with(work, need, offer.id)
        if plan is not None:
            windows = _taken_of(plan, offer.id)
            turn = contender(work, need, {offer.id}, windows)
            yield Waiting(need=need, contender=turn, windows=windows)


def _at_other_times(
    work: Work, offer: Posting, needs: Sequence[Posting]
) -> Iterator[tuple[Posting, tuple[Window, ...]]]:
    """As `survivors`, for the other times that needs name."""
    for need in needs:
        for version in _otherwise(need):
            yield from survivors(work, offer, [version])


def _in_line(work: Work, offer: Posting, found: Iterator[Waiting]) -> list[Waiting]:
    """By class, then by the waiting list of the round that was lost, then in turn."""
    by_need: dict[PostingId, Waiting] = {}
    for each in found:  # the time that a need would rather have comes first
        by_need.setdefault(each.need.id, each)
    turn = in_turn(each.contender for each in by_need.values())
    order = sorted(turn, key=lambda each: (each.priority.value, _place(work, offer, each)))
    return [by_need[each.need] for each in order]


def _place(work: Work, offer: Posting, each: Contender) -> int:
    waited = each.priority is Priority.WAITED
    return list_place(work, each.need, {offer.id}) if waited else 0
