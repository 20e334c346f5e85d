"""Proposing: open needs are put together by the exchange's planner, and each group is asked.

Nobody has asked for a proposal: it occupies nothing, holds nobody back, and ends as soon as one of
its groups does something else. The planner works outside every transaction that writes; what it
says is checked once more, plan by plan, before a group reads of it.
"""

from __future__ import annotations

import datetime as dt
import logging
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import evolve, frozen

from cypn_core.application.ask import ASKABLE_WITHOUT, consented, untold
from cypn_core.application.match import boards_for
from cypn_core.application.network import SYSTEM, Caller, Network, Work
from cypn_core.application.season_hold import holding
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import Changed, NotFound
from cypn_core.domain.failures import report
from cypn_core.domain.ids import DealId, PostingId
from cypn_core.domain.plans import Plan
from cypn_core.domain.postings import Need, Posting, PostingState
from cypn_core.matching.planner import Board, Proposal, Together, holds
from cypn_core.storage import events

log = logging.getLogger(__name__)

PUT_TOGETHER = "needs_put_together"
LOOKED = "needs_looked_at"


@frozen(kw_only=True)
class Sketched:
    """What a planner over the open *needs* of *exchange* came to; None where it failed.

    *shared* are the plans of several needs that hold true and may be proposed.
    """

    exchange: str
    needs: int
    found: Proposal | None
    shared: tuple[Plan, ...] = ()

    @property
    def alone(self) -> int:
        """How many needs the planner would serve by themselves."""
        plans = self.found.plans if self.found else ()
        return len({need for plan in plans if len(plan.needs) == 1 for need in plan.needs})

    @property
    def together(self) -> int:
        """How many needs are in a plan with others."""
        return sum(len(plan.needs) for plan in self.shared)


def preview(work: Work, caller: Caller, exchange: str) -> Sketched:
    """What would be proposed now. Nothing is stored.

    :raises NotFound: where the exchange puts no needs together.
    """
    caller.must_have("coordinator")
    return _sketched(work, exchange, _gathered(work, exchange))


def propose(network: Network, caller: Caller, exchange: str) -> tuple[Sketched, tuple[DealId, ...]]:
    """Put all open needs of *exchange* together that wait on nothing, and ask their groups.

    :raises NotFound: where the exchange puts no needs together.
    """
    caller.must_have("coordinator")
    return _propose(network, caller, exchange, None)


def daily(network: Network) -> int:
    """Propose, once a day in each exchange, for the needs that begin soon; how many proposals."""
    return sum(_today(network, each) for each in _planners(network))


def _planners(network: Network) -> list[str]:
    days = network.hub.region.settings.together_days
    return [name for name, each in network.hub.exchanges.items() if each.together and days]


def _today(network: Network, exchange: str) -> int:
    """One process does it, whoever is first to note the day."""
    if not network.transact(
        lambda work: work.log_once(SYSTEM, exchange, LOOKED, work.today.isoformat())
    ):
        return 0
    within = dt.timedelta(days=network.hub.region.settings.together_days)
    return len(_propose(network, SYSTEM, exchange, within)[1])


def _propose(
    network: Network, caller: Caller, exchange: str, within: dt.timedelta | None
) -> tuple[Sketched, tuple[DealId, ...]]:
    with network.reading() as work:
        sketched = _sketched(work, exchange, _gathered(work, exchange, within))
    made = [_stored(network, caller, exchange, plan) for plan in sketched.shared]
    deals = tuple(each for each in made if each is not None)
    network.transact(
        lambda work: work.log(caller, exchange, PUT_TOGETHER, **figures(sketched), deals=[*deals])
    )
    return sketched, deals


def figures(sketched: Sketched) -> dict[str, object]:
    """What the event log keeps of it, and what the coordinator reads: plain JSON values."""
    found = sketched.found
    return {
        "exchange": sketched.exchange,
        "needs": sketched.needs,
        "alone": sketched.alone,
        "together": sketched.together,
        "method": found.method if found else None,
        "bound": _finite(found.bound) if found else None,
        "gap": _finite(found.gap) if found else None,
        "seconds": _finite(found.seconds) if found else None,
        "proven": found.proven if found else False,
        "failed": found is None,
    }


def latest(work: Work, caller: Caller, exchange: str) -> dict[str, object]:
    """The figures of the last time that needs of *exchange* were put together, and its deals."""
    caller.must_have("coordinator")
    told = events.told_of(work.connection, exchange, PUT_TOGETHER)
    if not told:
        raise NotFound
    return dict(told[-1].body)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _gathered(work: Work, exchange: str, within: dt.timedelta | None = None) -> list[Posting]:
    """The open needs that wait on nothing, whose first time lies ahead, and *within* so long.

    A need of no particular time is always among them.
    """
    known = work.postings.open(exchange, "need", work.today, work.now)
    return [each for each in known if _soon(work, each, within) and _waits_on_nothing(work, each)]


def _soon(work: Work, need: Posting, within: dt.timedelta | None) -> bool:
    windows = need.body.windows(work.hub.region) if isinstance(need.body, Need) else ()
    first = min((window.start for window in windows), default=None)
    return first is None or (first > work.now and (within is None or first <= work.now + within))


def _waits_on_nothing(work: Work, need: Posting) -> bool:
    return not work.deals.live_with(need.id) and holding(work, need) is None


def _sketched(work: Work, exchange: str, needs: Sequence[Posting]) -> Sketched:
    """What the planner makes of *needs*.

    Where it puts the same together that came to nothing before, it is asked once more, without the
    groups that did not say yes then.
    """
    together = _together(work, exchange)
    boards = _boards(work, exchange, needs)
    found = _asked(together, tuple(boards.values()))
    left = _still_willing(work, found, boards)
    if found is not None and len(left) < len(boards):
        found = _asked(together, tuple(_seeing(left).values()))
        boards = _seeing(left)
    shared = tuple(_shared(work, exchange, found, boards)) if found else ()
    return Sketched(exchange=exchange, needs=len(needs), found=found, shared=shared)


def _together(work: Work, exchange: str) -> Together:
    known = work.hub.exchanges.get(exchange)
    if known is None or known.together is None:
        raise NotFound
    return known.together


def _boards(work: Work, exchange: str, needs: Sequence[Posting]) -> dict[PostingId, Board]:
    offers = work.postings.open(exchange, "offer", work.today, work.now)
    thread = f"together {exchange} {work.today.isoformat()}"
    return dict(boards_for(work, thread, needs, offers))


def _seeing(boards: Mapping[PostingId, Board]) -> dict[PostingId, Board]:
    """*boards* on which no needs stand but their own."""
    if not boards:
        return {}
    snapshot = next(iter(boards.values())).snapshot
    left = evolve(snapshot, needs=tuple(need for need in snapshot.needs if need.id in boards))
    return {need: evolve(board, snapshot=left) for need, board in boards.items()}


def _asked(together: Together, boards: Sequence[Board]) -> Proposal | None:
    """What the planner says; None where it fails. It is not asked about less than two needs."""
    if len(boards) < 2:  # noqa: PLR2004
        return Proposal(plans=(), method="none", bound=0, gap=0, seconds=0, proven=True)
    try:
        return _sound(together(boards))
    except Exception as error:  # noqa: BLE001 - a stranger's planner that raises proposes nothing
        report(log, error, "the planner over many needs failed: nothing is proposed")
        return None


def _sound(found: Proposal) -> Proposal:
    """*found*, where it is made of plans and numbers.

    :raises TypeError: where it is not.
    """
    figures_ = (found.bound, found.gap, found.seconds)
    whole = all(isinstance(each, Plan) for each in found.plans)
    if not whole or not all(isinstance(each, int | float) for each in figures_):
        raise TypeError("a proposal is made of plans, and its bound, gap and seconds are numbers")
    return found


def _still_willing(
    work: Work, found: Proposal | None, boards: Mapping[PostingId, Board]
) -> dict[PostingId, Board]:
    """*boards* without the needs whose groups let an earlier proposal of the same set end."""
    said_no = {
        need
        for plan in (found.plans if found else ())
        for deal in _earlier(work, plan)
        for need, owner in deal.seekers
        if not any(each.organisation == owner for each in deal.consents)
    }
    return {need: board for need, board in boards.items() if need not in said_no}


def _earlier(work: Work, plan: Plan) -> Iterator[Deal]:
    """The proposals of just the needs of *plan* that there were."""
    for deal in work.deals.of_need(plan.needs[0]) if len(plan.needs) > 1 else ():
        if deal.proposed and set(deal.plan.needs) == set(plan.needs):
            yield deal


def _shared(
    work: Work, exchange: str, found: Proposal, boards: Mapping[PostingId, Board]
) -> Iterator[Plan]:
    """The plans of several needs that hold true, are new, and share no need with another."""
    seen: set[PostingId] = set()
    for plan in found.plans:
        new = len(plan.needs) > 1 and seen.isdisjoint(plan.needs) and boards.keys() >= {*plan.needs}
        if new and _proposable(work, exchange, boards[plan.needs[0]], plan):
            seen |= {*plan.needs}
            yield plan


def _proposable(work: Work, exchange: str, board: Board, plan: Plan) -> bool:
    may_lack = ASKABLE_WITHOUT | work.hub.exchange(exchange).sought.keys()
    whole = all(part.code in may_lack for part in plan.missing)
    distinct = len({*plan.needs}) == len(plan.needs)
    return whole and distinct and holds(board, plan) and not any(_earlier(work, plan))


def _stored(network: Network, caller: Caller, exchange: str, plan: Plan) -> DealId | None:
    """Keep *plan* as a deal that waits for its groups; None where it is not so any more."""
    try:
        return network.transact(lambda work: _drafted(work, caller, exchange, plan))
    except Changed:
        return None


def _drafted(work: Work, caller: Caller, exchange: str, plan: Plan) -> DealId | None:
    """Its postings are locked first, so that two processes never propose for one need."""
    ids = [*plan.needs, *(leg.offer for leg in plan.legs)]
    postings = {each.id: each for each in work.postings.lock(ids)}
    needs = [postings[need] for need in plan.needs]
    if not all(n.state is PostingState.OPEN and _waits_on_nothing(work, n) for n in needs):
        return None
    board = _boards(work, exchange, needs)[plan.needs[0]]
    if not _proposable(work, exchange, board, plan):
        return None
    deal = untold(work, exchange, plan, postings)
    until = _answer_by(work, deal)
    if until <= work.now:
        return None
    deal = consented(work, evolve(deal, proposed=True, deadline=until), postings)
    deal = evolve(deal, state=DealState.GATHERING)
    work.deals.add(deal)
    work.log(caller, deal.id, "deal_proposed", exchange=exchange, needs=list(plan.needs))
    return deal.id


def _answer_by(work: Work, deal: Deal) -> dt.datetime:
    """As whoever is asked has to, and some hours before it begins at the latest."""
    hours = dt.timedelta(hours=work.hub.region.settings.instant_hours)
    starts: Iterable[dt.datetime] = (window.start for window in deal.windows)
    first = min(starts, default=None)
    until = deal.deadline or work.now
    if first is None:
        return until
    return min(until, max(first - hours, work.now + (first - work.now) / 2))
