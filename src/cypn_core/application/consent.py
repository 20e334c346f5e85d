"""Answering: a party says yes, a holder declines, a party leaves."""

from __future__ import annotations

import datetime as dt

from attrs import evolve

from cypn_core.application import (
    closures,
    contest,
    dates,
    fill,
    gather,
    given_up,
    move,
    settle,
    stand_down,
)
from cypn_core.application.ask import carry_on
from cypn_core.application.gate import enter
from cypn_core.application.network import Caller, Work
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import Changed, Conflict, Invalid, NotAllowed, NotFound
from cypn_core.domain.ids import DealId, OrganisationId
from cypn_core.domain.marks import UNAVAILABLE

WAITING = (DealState.GATHERING, DealState.ASKED)
NOT_CLEARED = "The coordinator did not agree to it."


def deal_of(work: Work, caller: Caller, exchange: str, deal: str) -> Deal:
    """The deal of that id that the caller is a party to.

    :raises NotFound: when there is none, or it is other people's: the two look alike.
    """
    enter(work, caller, exchange)
    found = work.deals.get(DealId(deal))
    party = caller.organisation in found.parties or "coordinator" in caller.scopes
    if not party or found.exchange != exchange:
        raise NotFound
    return found


def agree(work: Work, caller: Caller, exchange: str, deal: str, revision: int) -> Deal:
    """Say yes to the deal as it stands. It is agreed when everybody has.

    :raises Changed: when it is not at *revision* any more.
    :raises Conflict: when it waits for nobody's yes, or the time to answer is over, whether or
        not the hub has noted that yet.
    :raises Taken: when the guard refuses: somebody else was first.
    """
    found = at_revision(deal_of(work, caller, exchange, deal), revision)
    if not waits_for(found, caller.member):
        raise Conflict("Nothing waits for your yes here.")
    if found.round is None and found.deadline is not None and found.deadline <= work.now:
        raise Conflict("The time to answer is over: who asked may ask again.")
    work.postings.lock([*found.plan.needs, *(leg.offer for leg in found.plan.legs)])
    agreed = found.agreed_by(caller.member, work.now)
    work.deals.replace(agreed, found.revision)
    work.log(caller, found.id, "deal_consented", exchange=exchange)
    if agreed.waiting_for() or agreed.referred:
        return agreed
    if found.state is DealState.HELD:
        return settle.complete(work, caller, agreed, agreed.revision)
    if found.book:
        return settle.agree(work, caller, agreed, agreed.revision)
    everybody_asked = found.state is DealState.GATHERING
    if closes_at := (contest.window if everybody_asked else contest.after_others)(work, agreed):
        waiting = evolve(agreed, state=DealState.ASKED)
        return contest.join(work, caller, waiting, closes_at)
    return fill.seek(work, caller, settle.agree(work, caller, agreed, agreed.revision))


def waits_for(deal: Deal, party: OrganisationId) -> bool:
    """Whether *deal* waits for *party*'s yes."""
    return deal.state in {*WAITING, DealState.HELD} and party in deal.waiting_for()


def clear(work: Work, caller: Caller, exchange: str, deal: str, code: str, revision: int) -> Deal:
    """The coordinator's ``yes`` or ``no`` to what a rule has referred to it.

    :raises Conflict: when nothing waits for the coordinator.
    :raises Taken: when the guard refuses: somebody else was first.
    """
    caller.must_have("coordinator")
    found = at_revision(deal_of(work, caller, exchange, deal), revision)
    if found.state not in WAITING or not found.referred:
        raise Conflict("Nothing waits for the coordinator here.")
    if code == "no":
        return settle.end(work, caller, found, DealState.DECLINED, NOT_CLEARED)
    work.postings.lock([*found.plan.needs, *(leg.offer for leg in found.plan.legs)])
    cleared = evolve(found, cleared=work.now, revision=found.revision + 1)
    work.deals.replace(cleared, found.revision)
    work.log(caller, found.id, "deal_cleared", exchange=exchange)
    return carry_on(work, caller, cleared)


def decline(work: Work, caller: Caller, exchange: str, deal: str, code: str, revision: int) -> Deal:
    """A holder turns the request away as ``unavailable``, which closes the time for everybody.

    So it may after agreeing too; the group is then the first to be served elsewhere.

    A need that breaks a published house rule never becomes a request: the rules bar it before.

    :raises Invalid: for any other reason (no group is turned away on preference).
    """
    found = at_revision(deal_of(work, caller, exchange, deal), revision)
    if "holder" not in sides_of(found, caller.member):
        raise NotAllowed("Only the holder can decline; you can cancel.")
    if found.state not in WAITING and not found.kept_for_now:
        raise Conflict(f"This is {found.state.value}: there is nothing to decline.")
    _must_be_unavailable(code)
    if found.gathered:
        return gather.without(work, caller, found, frozenset())
    work.postings.lock([leg.offer for leg in found.plan.legs])
    if stand_down.possible(work, found, caller.member):
        return stand_down.stand_down(work, caller, found, UNAVAILABLE)
    if found.kept_for_now:
        return dates.close(work, caller, found)
    ended = settle.end(work, caller, found, DealState.DECLINED, UNAVAILABLE)
    closures.shut_declined(work, caller, found)
    return ended


def cancel(work: Work, caller: Caller, exchange: str, deal: str, revision: int) -> Deal:
    """A party leaves; what was occupied is free again and the needs wait again.

    A holder's leaving after the names were opened is counted and coded; while the group may
    still leave freely, the holder may not. Where somebody else may be sought for all that a holder
    plays, the others stay, and it is.
    """
    found = at_revision(deal_of(work, caller, exchange, deal), revision)
    if not found.state.live or found.state is DealState.DONE:
        raise Conflict(f"This is {found.state.value}: there is nothing to cancel.")
    if found.gathered and caller.member in {owner for _, owner in found.seekers}:
        return gather.leave(work, caller, found)
    sides = sides_of(found, caller.member)
    side = "seeker" if "seeker" in sides else "holder"
    if side == "holder" and found.state is DealState.AGREED and found.deadline:
        raise Conflict(
            f"The group may still leave, and you may not: if it cannot be given to anybody, "
            f"decline it as {UNAVAILABLE}."
        )
    if found.gathered:
        return gather.without(work, caller, found, frozenset())
    if stand_down.possible(work, found, caller.member):
        return stand_down.stand_down(work, caller, found, stand_down.LEFT)
    if side == "seeker":
        given_up.note(work, caller, found)
    return settle.end(work, caller, found, DealState.CANCELLED, f"cancelled_by_{side}")


def cancel_date(
    work: Work, caller: Caller, exchange: str, deal: str, on: dt.date, code: str, revision: int
) -> Deal:
    """A party leaves one local day of an agreed deal; the others stand.

    :raises Invalid: for a day that does not stand, or when a holder's *code* is not
        ``unavailable``: only what is closed for everybody may be taken from one group.
    """
    found = at_revision(deal_of(work, caller, exchange, deal), revision)
    if not found.kept_for_now or caller.member in found.asked_to_fill:
        raise Conflict(f"This is {found.state.value}: it has no dates to cancel.")
    if "seeker" in sides_of(found, caller.member):
        return dates.give_up(work, caller, found, on)
    _must_be_unavailable(code)
    return dates.close(work, caller, found, on)


def move_date(
    work: Work,
    caller: Caller,
    exchange: str,
    deal: str,
    to: tuple[dt.date, dt.date, str | None],
    revision: int,
) -> Deal:
    """A seeker moves one local day of an agreed deal: see :func:`cypn_core.application.move.move`.

    *to* is the day that it leaves, the day that it takes, and its start there or None.
    """
    found = at_revision(deal_of(work, caller, exchange, deal), revision)
    return move.move(work, caller, found, *to)


def _must_be_unavailable(code: str) -> None:
    """No group is turned away on preference, and none that asks breaks a published rule."""
    if code.startswith("rule:"):
        said = (
            "is no reason here: whoever breaks a house rule that was published before cannot ask, "
            "and one that is published now does not count"
        )
        raise Invalid({"code": [said]})
    if code != UNAVAILABLE:
        raise Invalid({"code": [f"must be {UNAVAILABLE}: it closes this time for everybody"]})


def at_revision(deal: Deal, revision: int) -> Deal:
    """*deal*, where it is at *revision*.

    :raises Changed: when it is not any more.
    """
    if deal.revision != revision:
        raise Changed("This deal was changed since you read it: read it again.")
    return deal


def sides_of(deal: Deal, party: OrganisationId) -> frozenset[str]:
    """The sides on which *party* is: one of them, or both where each gives and takes.

    :raises NotAllowed: when it is on none.
    """
    sides = {"seeker": deal.seekers, "holder": deal.holders}
    mine = frozenset(side for side, pairs in sides.items() if party in {who for _, who in pairs})
    if not mine:
        raise NotAllowed("This is a deal of other organisations.")
    return mine
