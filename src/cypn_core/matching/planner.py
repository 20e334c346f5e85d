"""Planners put survivors together; core then checks that what they say is so."""

from __future__ import annotations

import logging
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import permutations

from attrs import evolve, field, frozen

from cypn_core.domain.failures import report
from cypn_core.domain.ids import PostingId, fingerprint
from cypn_core.domain.plans import Leg, Plan, PriceLine, Share
from cypn_core.domain.times import Window, merged
from cypn_core.matching.candidates import (
    UNAVAILABLE,
    Candidates,
    Refusal,
    Snapshot,
    Survivor,
    Taken,
    Wanted,
    fits_beside,
    pair_context,
)
from cypn_core.matching.rules import Context, Finding, Rule, Verdict, judged

log = logging.getLogger(__name__)


@frozen(kw_only=True)
class Board:
    """What a planner looks at: one need, the other open needs, and the survivors for each."""

    need: Wanted
    snapshot: Snapshot
    rules: tuple[Rule, ...]
    candidates: Candidates
    context: Context
    _found: dict[tuple[PostingId, str], tuple[tuple[Survivor, ...], tuple[Refusal, ...]]] = field(
        factory=dict, init=False, eq=False
    )

    @property
    def others(self) -> tuple[Wanted, ...]:
        """The other open needs of the exchange."""
        return tuple(each for each in self.snapshot.needs if each.id != self.need.id)

    def survivors(self, role: str, need: Wanted | None = None) -> tuple[Survivor, ...]:
        """The offers that survive in *role*, for this board's need or for *need*."""
        return self._look(role, need or self.need)[0]

    def refused(self, role: str, need: Wanted | None = None) -> tuple[Refusal, ...]:
        """The offers refused in *role*, with their reasons."""
        return self._look(role, need or self.need)[1]

    def between(self, first: Survivor, second: Survivor) -> list[Verdict]:
        """What the rules say of two offers together, such as two parts of one answer."""
        pair = (first.offer.body.role, second.offer.body.role)
        rules = [rule for rule in self.rules if rule.between == pair]
        context = evolve(self.context, windows=self.need.windows)
        context = pair_context(context, first.offer, second.offer)
        return judged(rules, first.offer.body, second.offer.body, context)

    def _look(self, role: str, need: Wanted) -> tuple[tuple[Survivor, ...], tuple[Refusal, ...]]:
        if (need.id, role) not in self._found:
            self._found[need.id, role] = self.candidates.find(
                need, role, self.snapshot, self.rules, self.context
            )
        return self._found[need.id, role]


Planner = Callable[[Board], Iterable[Plan]]
"""Gives whole and partial plans for the board's need, in any order; core ranks them."""


@frozen(kw_only=True)
class Proposal:
    """What a planner over many needs puts together, and how well it knows that.

    *plans* share no need. *method* names how they were found; *bound* is the most that any choice
    could be worth, in the measure of the method, *gap* how far below it these may lie at most, as a
    part of 1, and *proven* tells that no choice is worth more. *notes* are lines for the
    coordinator only, by the key of the plan.
    """

    plans: tuple[Plan, ...]
    method: str
    bound: float
    gap: float
    seconds: float
    proven: bool
    notes: Mapping[str, tuple[str, ...]] = field(factory=dict)


Together = Callable[[Sequence[Board]], Proposal]
"""Puts many needs together at once: one board for each of them, over one snapshot."""

Pricing = Callable[[Wanted, Survivor, Context], "tuple[PriceLine, ...] | None"]
"""The price of one offer for one need, line by line; None where it is not stated."""


Each = Callable[[Wanted, Survivor, Context], "tuple[int, ...] | None"]
"""What each free date costs by itself, in pence, where a price is the sum of that; else None."""


def unpriced(wanted: Wanted, survivor: Survivor, context: Context) -> None:
    """No price is stated."""


def leg_for(
    board: Board,
    survivor: Survivor,
    pricing: Pricing = unpriced,
    need: Wanted | None = None,
    *,
    each: Each = unpriced,
) -> Leg:
    """The leg that *survivor* would play for the board's need, or for *need*.

    With *each*, a date that is lost after the agreement is not paid for; without, the price stays.
    """
    wanted = need or board.need
    return Leg(
        offer=survivor.offer.id,
        role=survivor.offer.body.role,
        windows=survivor.free,
        claims=survivor.offer.body.claims(wanted.body),
        lines=pricing(wanted, survivor, board.context),
        each=each(wanted, survivor, board.context),
    )


def one_leg(role: str, pricing: Pricing = unpriced, *, each: Each = unpriced) -> Planner:
    """The default planner: each survivor in *role* is a plan of its own."""

    def plan(board: Board) -> Iterable[Plan]:
        for survivor in board.survivors(role):
            leg = leg_for(board, survivor, pricing, each=each)
            shares = () if leg.pence is None else (Share(board.need.id, leg.pence, "its price"),)
            yield Plan(
                needs=(board.need.id,),
                legs=(leg,),
                shares=shares,
                missing=survivor.missing,
                because=tuple(
                    v.sentence for v in survivor.verdicts if v.sentence and not _lacks(v)
                ),
                score=survivor.score,
            )

    return plan


def ranked(board: Board, planner: Planner) -> tuple[Plan, ...]:
    """The plans of *planner* that hold true, full before partial, best first.

    A planner that raises gives no plan; one that names what is not there loses that plan. Ties go
    by a hash of need and offers, never by who they belong to.
    """
    order = sorted(_asked(board, planner), key=lambda p: (len(p.missing), -p.score, _tie(board, p)))
    return tuple({plan.key: plan for plan in order}.values())


def holds(board: Board, plan: Plan) -> bool:
    """True when every leg is a survivor's while it is free, all go together, and shares add up."""
    needs = {board.need.id: board.need} | {each.id: each for each in board.others}
    known = board.need.id in plan.needs and set(plan.needs) <= needs.keys()
    if not known or not plan.legs or math.isnan(plan.score):
        log.warning("a planner named a need or score that is not there: its plan is dropped")
        return False
    if wrong := _wrong(board, plan, [needs[need] for need in plan.needs]):
        log.warning("a planner %s: its plan is dropped", wrong)
        return False
    paid = sum(share.pence for share in plan.shares)
    return not plan.shares or (plan.pence is not None and paid == plan.pence)


def _wrong(board: Board, plan: Plan, wanted: Sequence[Wanted]) -> str:
    """What of *plan* cannot be so, or nothing."""
    if not all(_leg_holds(board, leg, wanted) for leg in plan.legs):
        return "named an offer that does not survive"
    if len(wanted) > 1 and not _all_fit(board, plan, wanted):
        return "serves a need with nothing, or takes more than there is"
    if not _go_together(board, plan, wanted):
        return "put together what a rule bars"
    if not all(leg.adds_up for leg in plan.legs):
        return "named dates that do not add up to its price"
    if {share.need for share in plan.shares} - set(plan.needs):
        return "let a need pay that is not in its plan"
    return ""


def _leg_holds(board: Board, leg: Leg, wanted: Sequence[Wanted]) -> bool:
    """True when *leg* takes free windows only, and something of units that there are.

    What several needs share may last as long as their times together: it lies inside the windows
    that are free for them, merged.
    """
    behind = _behind(board, leg, wanted)
    if not behind or any(_barred(board, leg, each) for each in wanted):
        return False
    if not _of_its_units(behind[0], leg):
        return False
    if any(set(leg.windows) <= set(survivor.free) for survivor in behind):
        return True
    if len(wanted) == 1:
        return False
    free = merged(window for survivor in behind for window in survivor.free)
    return all(any(f.start <= w.start and w.end <= f.end for f in free) for w in leg.windows)


def _barred(board: Board, leg: Leg, need: Wanted) -> bool:
    """True when a rule keeps the offer of *leg* from *need*; that it is not free then is no rule.

    What is shared is shared by all: whom it may not serve alone, it may not serve with others.
    """
    return any(
        reason.code != UNAVAILABLE
        for refusal in board.refused(leg.role, need)
        if refusal.offer == leg.offer
        for reason in refusal.reasons
    )


def _all_fit(board: Board, plan: Plan, wanted: Sequence[Wanted]) -> bool:
    """True when all claims fit beside each other, and each need's times have a part in the plan."""
    taken = [window for leg in plan.legs for window in leg.windows]
    if not all(_served(need, taken) for need in wanted):
        return False
    uses = defaultdict(list, {key: list(live) for key, live in board.snapshot.uses.items()})
    for leg in plan.legs:
        offered = _behind(board, leg, wanted)[0].offer
        for claim in leg.claims:
            windows = leg.windows if claim.unit.timed else (None,)
            if not all(fits_beside(claim, offered, window, uses) for window in windows):
                return False
            resource = offered.resources[claim.unit.key]
            uses[resource] += [Taken(window, claim.quantity) for window in windows]
    return True


def _served(need: Wanted, taken: Sequence[Window]) -> bool:
    """True when *need* has no times, or one of them is among what is *taken*."""
    return not need.windows or any(w.overlaps(each) for w in need.windows for each in taken)


def _behind(board: Board, leg: Leg, wanted: Sequence[Wanted]) -> list[Survivor]:
    """The offer of *leg* as it survived for each of the needs *wanted*."""
    return [
        s for each in wanted for s in board.survivors(leg.role, each) if s.offer.id == leg.offer
    ]


def _go_together(board: Board, plan: Plan, wanted: Sequence[Wanted]) -> bool:
    """True when no rule between two roles bars two of the legs from being in one plan."""
    parts = [_behind(board, leg, wanted)[0] for leg in plan.legs]
    return not any(
        verdict.finding is Finding.BARS
        for first, second in permutations(parts, 2)
        for verdict in board.between(first, second)
    )


def _of_its_units(survivor: Survivor, leg: Leg) -> bool:
    units = survivor.offer.body.units()
    return all(claim.unit in units and claim.quantity >= 1 for claim in leg.claims)


def _asked(board: Board, planner: Planner) -> list[Plan]:
    try:
        return [plan for plan in planner(board) if holds(board, plan)]
    except Exception as error:  # noqa: BLE001 - a stranger's planner that raises answers nothing
        report(log, error, "the planner failed: no plans")
        return []


def _tie(board: Board, plan: Plan) -> str:
    return fingerprint(board.need.id, *sorted(leg.offer for leg in plan.legs))


def _lacks(verdict: Verdict) -> bool:
    return verdict.finding is Finding.LACKS
