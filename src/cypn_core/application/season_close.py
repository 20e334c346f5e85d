"""Closing a season: decide once, then agree deal by deal.

Deciding stores what each need comes out with, in one transaction that only one can win. Everything
after that is done need by need, each in a transaction of its own that marks its outcome: whoever is
stopped in between loses nothing, and closing again, or `tick`, goes on where it stopped. Two who
close at once do each need once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import evolve

from cypn_core.application import ask, season_decision, season_input, season_reasons, settle
from cypn_core.application.match import boards_for
from cypn_core.application.network import SYSTEM, Caller, Network, Work
from cypn_core.application.seasons import allocator
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import Conflict, Taken
from cypn_core.domain.ids import PostingId
from cypn_core.domain.plans import Plan
from cypn_core.domain.postings import Posting, PostingState
from cypn_core.domain.seasons import Outcome, Phase, Season, SeasonState
from cypn_core.matching.leximin import SeasonAllocator

GONE = "It was to be yours, but it was closed, used or changed while the season closed."
WITHDRAWN = "This need was withdrawn or agreed elsewhere before the season closed."
Progress = Callable[[str, int, int], None]
"""Told of each step: in which words, how many are done, and of how many."""


def quiet(step: str, done: int, total: int) -> None:
    """Tell nobody."""


def close(
    network: Network,
    caller: Caller,
    season: str,
    chosen: SeasonAllocator | None = None,
    told: Progress = quiet,
) -> Season:
    """Close *season*: who gets what is decided, agreed and told. Again, nothing changes.

    :raises Conflict: while it still takes needs, or when its dates began before it was closed.
    """
    with network.reading() as work:
        caller.must_have("coordinator")
        found = work.seasons.get(season)
        _may_close(work, found)
        open_ = found.state is SeasonState.OPEN
        told("Reading needs and offers", 0, 1)
        entries = season_input.entries(work, found) if open_ else ()
    if open_:
        limit = network.hub.region.settings.season_seconds
        _decided(network, caller, found, entries, chosen or allocator(limit), told)
    return settle_all(network, found, told)


def carry_on(network: Network) -> int:
    """Finish the seasons that were stopped while they closed; how many."""
    with network.reading() as work:
        stopped = [
            each for each in work.seasons.closing() if each.exchange in network.hub.exchanges
        ]
    for season in stopped:
        settle_all(network, season)
    return len(stopped)


def settle_all(network: Network, season: Season, told: Progress = quiet) -> Season:
    """Agree or tell what is decided and not done yet, need by need, and close the season."""
    with network.reading() as work:
        left = work.seasons.unsettled(season.id)
    for n, outcome in enumerate(left):
        told("Agreeing", n, len(left))
        network.transact(lambda work, each=outcome: _settle(work, season, each))  # type: ignore[misc]
    network.transact(lambda work: _finish(work, season))
    with network.reading() as work:
        return work.seasons.get(season.id)


def _may_close(work: Work, season: Season) -> None:
    phase = season.phase(work.today)
    if phase in {Phase.PLANNED, Phase.OPEN}:
        raise Conflict(
            f"It takes needs up to {season.closes_on}: close it on that day or later. You can look "
            "at a preview now."
        )
    if phase is Phase.LAPSED:
        raise Conflict(
            "Its dates have begun, and they are asked for one by one again: open a season for "
            "later dates."
        )


def _decided(
    network: Network,
    caller: Caller,
    season: Season,
    entries: Sequence[season_input.Entry],
    chosen: SeasonAllocator,
    told: Progress,
) -> None:
    declared = network.hub.exchange(season.exchange)
    told("Deciding", 0, 1)
    decision = season_decision.decide(entries, declared.planner, chosen)
    outcomes = []
    for n, each in enumerate(entries):
        told("Explaining", n, len(entries))
        outcomes.append(_outcome(network, season, each, decision))

    def store(work: Work) -> None:
        if work.seasons.decide(season.id, decision.proof, outcomes):
            won = len(decision.given)
            work.log(
                caller, season.id, "season_decided", exchange=season.exchange, won=won,
                needs=len(outcomes), proven=decision.proof.proven,
            )  # fmt: skip

    network.transact(store)


def _outcome(
    network: Network,
    season: Season,
    each: season_input.Entry,
    decision: season_decision.Decision,
) -> Outcome:
    given = decision.given.get(each.need)
    known = Outcome(
        season=season.id,
        need=each.need,
        plan=given.plan if given else None,
        half=given.half if given else None,
        sentence=decision.sentences[each.need],
        wanted=season_reasons.wanted(each),
    )
    if given:
        return known
    declared = network.hub.exchange(season.exchange)
    left = decision.boards[each.need]
    return evolve(
        known,
        place=decision.waiting.index(each.need) + 1,
        removed=season_reasons.removed(each, declared.roles),
        would_help=season_reasons.would_help(left, declared, network.hub.region),
    )


def _settle(work: Work, season: Season, outcome: Outcome) -> None:
    """Agree what *outcome* gives, or tell that it gives nothing; once."""
    if not work.seasons.begin(outcome):
        return
    done = evolve(outcome, settled=True)
    if outcome.plan is None and work.postings.get(outcome.need).state is not PostingState.OPEN:
        done = evolve(done, sentence=WITHDRAWN, place=0)
    elif outcome.plan is None:
        work.log(SYSTEM, outcome.need, "season_lost", season=season.id, exchange=season.exchange)
    else:
        done = _agreed(work, season, done, outcome.plan)
    work.seasons.settle(done)


def _agreed(work: Work, season: Season, outcome: Outcome, plan: Plan) -> Outcome:
    """The deal of a winner, through the guard; what is not to be had any more is remembered."""
    postings = {
        each.id: each
        for each in work.postings.lock([outcome.need, *(leg.offer for leg in plan.legs)])
    }
    need = postings[outcome.need]
    if need.state is not PostingState.OPEN or work.deals.binding(need.id):
        return evolve(outcome, plan=None, sentence=WITHDRAWN)
    same = _same(work, season, outcome, plan, postings)
    if same is None:
        work.log(SYSTEM, need.id, "season_lost", season=season.id, exchange=season.exchange)
        return evolve(outcome, plan=None, sentence=GONE, place=1)
    owner = evolve(SYSTEM, organisation=need.organisation)
    deal = ask.drafted(work, owner, season.exchange, same, postings)
    work.deals.add(deal)
    if deal.waiting_for():
        return _waits(work, season, deal, outcome)
    try:
        settle.agree(work, SYSTEM, deal, deal.revision, outcome.sentence)
    except Conflict as refused:
        reason = GONE if isinstance(refused, Taken) else str(refused)
        settle.end(work, SYSTEM, deal, DealState.DECLINED, reason)
        return evolve(outcome, plan=None, sentence=reason, place=1)
    return evolve(outcome, deal=deal.id)


def _waits(work: Work, season: Season, deal: Deal, outcome: Outcome) -> Outcome:
    """It waits for a person who gives it, as it does when a group asks by itself."""
    work.log(SYSTEM, deal.id, "deal_asked", exchange=season.exchange, needs=list(deal.plan.needs))
    work.log(SYSTEM, outcome.need, "season_waits", season=season.id, exchange=season.exchange)
    return evolve(outcome, deal=deal.id)


def _same(
    work: Work,
    season: Season,
    outcome: Outcome,
    plan: Plan,
    postings: dict[PostingId, Posting],
) -> Plan | None:
    """*plan*, made anew from what is locked now; None when it would not be the same any more."""
    offers = {leg.offer for leg in plan.legs}
    need = postings[outcome.need]
    known = work.postings.open(season.exchange, "offer", work.today, work.now, offers)
    board = boards_for(work, season.id, [need], known)[need.id]
    planner = work.hub.exchange(season.exchange).planner
    plans = season_input.enough_plans(season_input.halved(board, outcome.half), planner)
    return next((each for each in plans if each.key == plan.key), None)


def _finish(work: Work, season: Season) -> None:
    if work.seasons.finish(season.id):
        work.log(SYSTEM, season.id, "season_closed", exchange=season.exchange)
