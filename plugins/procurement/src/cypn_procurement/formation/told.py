"""What comes of a formation in words: to each member left out, and as advice to a coordinator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum

from attrs import frozen

from cypn_core.domain.money import pounds
from cypn_procurement.clearing import Member, Step, cleared, next_step, pooled
from cypn_procurement.formation.values import Formation, Pools, Problem
from cypn_procurement.model import MEMBER
from cypn_procurement.sentences import CAPACITY, loss, progress

NOTHING_FITS = "No quote fits it."


def left_out(problem: Problem, found: Formation, unit: str = MEMBER) -> Mapping[str, str]:
    """A sentence for each member that is in no pool, by its id; *unit* is what is counted.

    What it would lose by joining, how near a pool is that it gains from, or what else is lacking.
    A member's cap is taken as what it pays now.
    """
    inside = {member for pool in found.pools.values() for member in pool.shares}
    return {
        member.id: " ".join(_reasons(problem, found.pools, member, unit))
        for member in problem.members
        if member.id not in inside
    }


def _reasons(problem: Problem, pools: Pools, member: Member, unit: str) -> Iterator[str]:
    fitting = sorted(problem.fits[member.id])
    if not fitting:
        yield NOTHING_FITS
        return
    if any(_does_not_pay(problem, pools, quote, member) for quote in fitting):
        yield f"A pool would save less than the {pounds(problem.coordination)} it costs to run."
        return
    losses = [lost for quote in fitting if (lost := _lost(problem, pools, quote, member)) > 0]
    steps = [step for quote in fitting for step in _steps(problem, pools, quote, member)]
    if losses and member.cap is not None:
        yield loss(member, member.cap * member.quantity + min(losses), member.cap).sentence
    if steps:
        yield from progress(min(steps, key=lambda step: step.more), unit)
    if not losses and not steps:
        yield CAPACITY.sentence


def _does_not_pay(problem: Problem, pools: Pools, quote: str, member: Member) -> bool:
    """Whether *member* would gain in a pool of *quote* that is not worth its coordination."""
    bidding = [each for each in problem.bidding[quote] if _free(pools, quote, each)]
    pool = None if quote in pools else cleared(problem.quotes[quote], bidding)
    if pool is None or member.id not in pool.shares:
        return False
    return problem.opening(quote, len(pool.shares)) > 0


def _lost(problem: Problem, pools: Pools, quote: str, member: Member) -> int:
    """What *member* would lose in the pool of *quote* as it is, in pence; 0 or less: nothing."""
    others = [problem.by_id[each] for each in pools[quote].shares] if quote in pools else []
    joined = pooled(problem.quotes[quote], [*others, member])
    return 0 if joined is None else -member.saving(joined.shares[member.id])


def _steps(problem: Problem, pools: Pools, quote: str, member: Member) -> Iterator[Step]:
    """The next lower price of *quote*, where *member* would gain from it."""
    bidding = [each for each in problem.bidding[quote] if _free(pools, quote, each)]
    step = next_step(problem.quotes[quote], bidding, pools.get(quote))
    if step and member.gains(step.unit_pence, 1):
        yield step


def _free(pools: Pools, quote: str, member: Member) -> bool:
    return not any(member.id in pool.shares for name, pool in pools.items() if name != quote)


class Move(StrEnum):
    """What to do about one quote's pool."""

    FORM = "form"
    EXTEND = "extend"
    KEEP = "keep"
    MERGE = "merge"
    SPLIT = "split"
    CLOSE = "close"


@frozen(kw_only=True)
class Advice:
    """Of the pool on *quote*: what to do, who is in it then, and on which quotes the others are."""

    move: Move
    quote: str
    members: frozenset[str] = frozenset()
    others_on: frozenset[str] = frozenset()


def advice(problem: Problem, found: Formation) -> tuple[Advice, ...]:
    """One line for each pool there is or is to be, in the order of the quotes' ids."""
    return tuple(
        _advice(problem, found.pools, quote)
        for quote in sorted(found.pools.keys() | problem.seated.keys())
    )


def _advice(problem: Problem, pools: Pools, quote: str) -> Advice:
    inside = frozenset(pools[quote].shares) if quote in pools else frozenset[str]()
    seated = problem.seated.get(quote, frozenset())
    away = frozenset(
        other for other, pool in pools.items() if other != quote and pool.shares.keys() & seated
    )
    return Advice(move=_move(inside, seated, away), quote=quote, members=inside, others_on=away)


def _move(inside: AbstractSet[str], seated: AbstractSet[str], away: AbstractSet[str]) -> Move:
    if not seated:
        return Move.FORM
    if not inside:
        return {0: Move.CLOSE, 1: Move.MERGE}.get(len(away), Move.SPLIT)
    if away:
        return Move.SPLIT
    return Move.EXTEND if inside - seated else Move.KEEP
