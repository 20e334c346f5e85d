"""Time passes: rounds close, deadlines lapse, what is over is done, messages go out.

What belongs to an exchange that is not installed is left as it is until that comes back.
Everything here may be run as often as one likes, on several machines: each step looks for what is
due and does it once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from attrs import evolve, frozen

from cypn_core.application import (
    actions,
    audit,
    contest,
    fill,
    fresh,
    gather,
    last_tick,
    leave,
    plain_letters,
    propose,
    publish,
    purge,
    renew,
    review,
    season_close,
    settle,
    sign_in,
    suspend,
    tenure,
    wake,
)
from cypn_core.application.inbox import deliver
from cypn_core.application.network import SYSTEM, Network, Work
from cypn_core.application.outbox import send
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.failures import report
from cypn_core.domain.postings import Need, Posting, PostingState

log = logging.getLogger(__name__)

Step = Callable[[Network], int]


@frozen(kw_only=True)
class Ticked:
    """What one tick did, as counts."""

    rounds_closed: int
    seasons_closed: int
    deals_filled: int
    deals_lapsed: int
    deals_gathered: int
    deals_done: int
    needs_expired: int
    deals_reviewed: int
    deals_proposed: int
    deals_settled: int
    offers_ended: int
    reminders: int
    terms_reviewed: int
    wakes_passed: int
    groups_woken: int
    offers_reminded: int
    messages: int
    mails: int
    days_sealed: int
    days_mailed: int
    tables_published: int
    rows_purged: int


def tick(network: Network) -> Ticked:
    """Do what is due now. A step that fails stops no other.

    :raises Exception: the first failure, once all else is done; each is logged.
    """
    failures: list[tuple[str, Exception]] = []
    done = {
        name: sum(_tried(network, name, step, failures) for step in steps)
        for name, steps in _steps().items()
    }
    failed = [name for name, _ in failures]
    _tried(network, "last_tick", _stored(lambda work: last_tick.keep(work, done, failed)), failures)
    if failures:
        raise failures[0][1]
    return Ticked(**done)


def _tried(network: Network, name: str, step: Step, failures: list[tuple[str, Exception]]) -> int:
    try:
        return step(network)
    except Exception as error:  # noqa: BLE001 - what is due elsewhere must not wait for it
        report(log, error, "a step of the tick failed: %s", name)
        failures.append((name, error))
        return 0


def _steps() -> Mapping[str, tuple[Step, ...]]:
    """What a tick does, in order, by the count that tells of it."""
    return {
        "rounds_closed": (_stored(_close_rounds),),
        "seasons_closed": (season_close.carry_on,),
        "deals_filled": (fill.carry_on,),
        "deals_lapsed": (_stored(_lapse),),
        "deals_gathered": (_stored(gather.clock),),
        "deals_reviewed": (_stored(review.review_all),),
        "deals_done": (_stored(_finish),),
        "needs_expired": (_stored(_expire),),
        "deals_proposed": (propose.daily,),
        "deals_settled": (_stored(_settle),),
        "offers_ended": (_stored(leave.gone),),
        "reminders": (
            _stored(fresh.remind_seekers),
            _stored(suspend.warn),
            _stored(actions.remind),
        ),
        "terms_reviewed": (_stored(tenure.review),),
        "wakes_passed": (_stored(wake.pass_on),),
        "groups_woken": (_wake,),
        "offers_reminded": (_stored(fresh.remind_holders), _stored(renew.remind)),
        "messages": (deliver,),
        "mails": (send, plain_letters.send, sign_in.send),
        "days_sealed": (_stored(audit.seal),),
        "days_mailed": (audit.mail_seals,),
        "tables_published": (_stored(publish.publish),),
        "rows_purged": (_purge,),
    }


def _stored(use_case: Callable[[Work], int]) -> Step:
    """A step that is one transaction."""
    return lambda network: network.transact(use_case)


def _purge(network: Network) -> int:
    """Delete what served its time, and leave no copy behind, nor of what was erased since."""
    purged = network.transact(purge.purge)
    if network.transact(purge.overwrites):
        network.store.overwrite()
    return purged


def _wake(network: Network) -> int:
    """Line up whom the log concerns, then tell whoever is due."""
    wake.notice(network)
    return network.transact(wake.tell)


def _close_rounds(work: Work) -> int:
    due = [each for each in work.deals.due_rounds(work.now) if each.exchange in work.hub.exchanges]
    closing = [round_ for round_ in due if contest.may_close(work, round_)]
    for round_ in closing:
        contest.close(work, round_)
    return len(closing)


def _lapse(work: Work) -> int:
    due = [each for each in work.deals.overdue(work.now) if each.exchange in work.hub.exchanges]
    for deal in due:
        if deal.state is DealState.HELD:
            fill.lapse(work, deal)
        elif deal.gathered:
            gather.silent(work, deal)
        else:
            settle.end(work, SYSTEM, deal, DealState.LAPSED, "Nobody answered in time.")
    return len(due)


def _finish(work: Work) -> int:
    over = [deal for deal in work.deals.agreed() if _over(work, deal)]
    for deal in over:
        done = deal.moved(DealState.DONE, sub_state=deal.sub_state)
        work.deals.replace(done, deal.revision)
        work.log(SYSTEM, deal.id, "deal_done", exchange=deal.exchange)
    return len(over)


def _settle(work: Work) -> int:
    """The days in which the asker might leave freely are over: the agreement is confirmed."""
    due = [deal for deal in work.deals.agreed() if deal.deadline and deal.deadline <= work.now]
    mine = [deal for deal in due if deal.exchange in work.hub.exchanges]
    for deal in mine:
        comes_to = work.hub.exchange(deal.exchange).settles_as
        settled = evolve(deal.moved(deal.state, sub_state=comes_to), deadline=None)
        work.deals.replace(settled, deal.revision)
        work.log(SYSTEM, deal.id, "deal_settled", exchange=deal.exchange)
    return len(mine)


def _over(work: Work, deal: Deal) -> bool:
    ends = [window.end for window in deal.standing]
    return bool(ends) and max(ends) <= work.now


def _expire(work: Work) -> int:
    """A need that is past or unconfirmed counts as unmet; it is never just gone (law 7)."""
    past = [need for need in work.postings.unanswered(work.hub.exchanges) if _past(work, need)]
    for need in past:
        work.postings.replace(need.moved(PostingState.EXPIRED))
        work.log(SYSTEM, need.id, "need_expired", exchange=need.exchange)
    return len(past)


def _past(work: Work, need: Posting) -> bool:
    if not isinstance(need.body, Need) or work.deals.live_with(need.id):
        return False
    if need.fresh_until <= work.now:
        return True
    windows = need.body.windows(work.hub.region)
    return bool(windows) and max(window.end for window in windows) <= work.now
