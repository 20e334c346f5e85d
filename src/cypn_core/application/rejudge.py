"""Judging again: what is agreed or held against the rules that have to last until the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

from attrs import evolve, field, frozen

from cypn_core.application import unassign
from cypn_core.application.lose import lose
from cypn_core.application.match import boards_for
from cypn_core.application.network import SYSTEM, Work
from cypn_core.application.unassign import Test
from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import PostingId
from cypn_core.domain.marks import RULES
from cypn_core.domain.times import Window
from cypn_core.matching.candidates import Offered, pair_context
from cypn_core.matching.planner import Board
from cypn_core.matching.rules import (
    NEED,
    RULE_FAILED,
    Audience,
    Finding,
    Rule,
    Verdict,
    judged,
)


@frozen
class Judged:
    """What the lasting rules say of a deal: what bars which offer, and which could not judge."""

    barred: Mapping[PostingId, Sequence[Verdict]] = field(factory=dict)
    unjudged: Sequence[str] = ()


def review(work: Work, deal: Deal) -> Deal:
    """Hold *deal* against the rules that last; who may not play a part any more plays it no longer.

    Somebody else is sought for a part that may be sought; the dates of any other are lost, and
    whoever loses them comes first. What has begun stands. A rule that raises takes nothing away
    from anybody: it is told to the coordinator, once for each rule and deal, and nobody is newly
    assigned by it.
    """
    if not deal.kept_for_now or not _legs(work, deal):
        return deal
    found = judge(work, deal)
    for code in found.unjudged:
        work.log_once(SYSTEM, deal.id, "deal_not_judged", code, exchange=deal.exchange, rule=code)
    for offer in sorted(found.barred):
        if deal.kept_for_now:
            deal = _removed(work, deal, offer, found.barred[offer])
    return deal


def judge(work: Work, deal: Deal) -> Judged:
    """What the rules that last say now of the parts of *deal* that lie ahead."""
    rules = [rule for rule in work.hub.rules(deal.exchange) if rule.lasting]
    if not rules:
        return Judged()
    needs = [work.postings.get(need) for need in deal.plan.needs]
    offers = [work.postings.get(offer) for offer in sorted({leg.offer for leg in deal.plan.legs})]
    boards = boards_for(work, needs[0].id, needs, offers, deal.id)
    legs = _legs(work, deal)
    barred: dict[PostingId, list[Verdict]] = defaultdict(list)
    unjudged = set()
    for board in boards.values():
        for offer, rule, verdict in _verdicts(work, deal, board, rules):
            if verdict.code == RULE_FAILED:
                unjudged.add(rule.code)
            elif verdict.finding is Finding.BARS and offer in legs:
                barred[offer] += [verdict] if verdict not in barred[offer] else []
    return Judged(barred, sorted(unjudged))


def _verdicts(
    work: Work, deal: Deal, board: Board, rules: Sequence[Rule]
) -> Iterator[tuple[PostingId, Rule, Verdict]]:
    offered = {each.id: each for each in board.snapshot.offers}
    context = evolve(board.context, windows=board.need.windows)
    for rule in rules:
        for each in offered.values():
            if rule.between == (NEED, each.body.role):
                at = pair_context(context, board.need, each)
                for verdict in judged([rule], board.need.body, each.body, at):
                    yield each.id, rule, verdict
        for first, second in permutations(offered.values(), 2):
            if rule.between == (first.body.role, second.body.role):
                at = pair_context(context, first, second)
                for verdict in judged([rule], first.body, second.body, at):
                    yield _at_fault(work, deal, first, second), rule, verdict


def _at_fault(work: Work, deal: Deal, first: Offered, second: Offered) -> PostingId:
    """Which of the two has to go: the one for whom somebody else may be sought."""
    only_first = unassign.replaceable(work, deal, first.id)
    return first.id if only_first and not unassign.replaceable(work, deal, second.id) else second.id


def _legs(work: Work, deal: Deal) -> dict[PostingId, list[Window]]:
    """The offers of *deal* that have times ahead which stand, with those times."""
    ahead = {w for w in deal.standing if w.start > work.now}
    found: dict[PostingId, list[Window]] = defaultdict(list)
    for leg in deal.plan.legs:
        if mine := [window for window in leg.windows if window in ahead]:
            found[leg.offer] += mine
    return found


def _removed(work: Work, deal: Deal, offer: PostingId, why: Sequence[Verdict]) -> Deal:
    tests = [_test(verdict) for verdict in why]
    if unassign.replaceable(work, deal, offer):
        return unassign.unassign(work, SYSTEM, deal, [offer], RULES, tests)
    work.log(
        SYSTEM, deal.id, "deal_barred", exchange=deal.exchange, offer=offer,
        holder=dict(deal.holders)[offer], tests=[list(test) for test in tests],
        dates=[window.start.isoformat() for window in _legs(work, deal)[offer]],
    )  # fmt: skip
    own = _legs(work, deal)[offer]
    windows = [w for w in deal.standing if any(w.overlaps(each) for each in own)]
    return lose(work, SYSTEM, deal, windows, RULES).deal


def _test(verdict: Verdict) -> Test:
    """What the holder may read of *verdict*: nothing but that it is so, where it may not."""
    open_ = Audience.HOLDER in verdict.audience
    return (verdict.code, verdict.sentence) if open_ else ("", "")
