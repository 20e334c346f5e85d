"""Filling: a deal that is held looks for the part that it still lacks, and is agreed with it.

What is held stays as it is, at its price; what is found comes beside it. Whoever pays no more than
it has said yes to is not asked again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve

from cypn_core.application import settle
from cypn_core.application.lose import lose
from cypn_core.application.match import boards_for
from cypn_core.application.network import SYSTEM, Caller, Network, Work
from cypn_core.application.yes import answer_by, by_rule
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import Changed, Conflict
from cypn_core.domain.failures import report
from cypn_core.domain.ids import DealId, PostingId
from cypn_core.domain.marks import UNFILLED
from cypn_core.domain.money import apportion
from cypn_core.domain.plans import Leg, Plan, Share
from cypn_core.domain.postings import Need, Offer, Posting
from cypn_core.domain.rounds import Priority
from cypn_core.domain.times import Window
from cypn_core.matching.planner import Board, Together, holds, ranked

log = logging.getLogger(__name__)

NOBODY = "Nobody was found in time for what was still sought."


def carry_on(network: Network) -> int:
    """Look once more for what each held deal lacks; how many of them were changed.

    Each is a transaction of its own: one at which somebody else is at work waits for the next tick.
    """
    with network.reading() as work:
        ids = [deal.id for deal in work.deals.held() if deal.exchange in work.hub.exchanges]
    return sum(_tried(network, each) for each in ids)


def _tried(network: Network, deal: DealId) -> bool:
    def use_case(work: Work) -> bool:
        found = work.deals.get(deal)
        return seek(work, SYSTEM, found).revision != found.revision

    try:
        return network.transact(use_case)
    except Changed:
        return False


def seek_for(work: Work, caller: Caller, offer: Posting) -> None:
    """Look whether *offer*, which is new or has changed, is what a held deal lacks."""
    for deal in work.deals.held():
        if deal.exchange == offer.exchange and _role(offer) in settle.roles_sought(work, deal):
            seek(work, caller, deal)


def seek(work: Work, caller: Caller, deal: Deal) -> Deal:
    """Look for what *deal* lacks, where it is held: it is agreed, or somebody is asked, or not yet.

    Offers that say yes by rule are taken at once; others are asked, and so is every seeker for whom
    it gets dearer than what it has agreed to.
    """
    if deal.state is not DealState.HELD or _still_asked(work, deal):
        return deal
    was, deal = deal.revision, _passed_over(work, caller, deal)
    asked = _asked(work, deal)
    if asked is None:
        return _kept(work, deal, was)
    if asked.waiting_for():
        work.deals.replace(asked, was)
        work.log(caller, asked.id, "deal_part_asked", exchange=asked.exchange)
        return asked
    try:
        return settle.complete(work, caller, asked, was)
    except Conflict:  # somebody else was first, or a check is out of date: it is sought further
        return _kept(work, deal, was)


def go_on_without(work: Work, caller: Caller, deal: Deal) -> Deal:
    """Whoever is asked to fill *deal* does not: somebody else is sought."""
    left = _without(work, caller, deal)
    work.deals.replace(left, deal.revision)
    return seek(work, caller, left)


def lapse(work: Work, deal: Deal) -> Deal:
    """Nothing was found in time: all is free again, and who had been agreed with comes first.

    Of a deal that had been agreed and has begun, what has begun stands as agreed. What was never
    whole did not take place.
    """
    named = deal.search is not None and deal.search.named
    priority = Priority.DISPLACED if named else Priority.ORDINARY
    begun = [window for window in deal.standing if window.start <= work.now]
    if not begun or not named:
        return settle.end(work, SYSTEM, deal, DealState.LAPSED, NOBODY, priority)
    ahead = [window for window in deal.standing if window not in begun]
    left = lose(work, SYSTEM, deal, ahead, UNFILLED).deal
    rest = evolve(left.moved(DealState.AGREED, sub_state=left.sub_state), deadline=None)
    work.deals.replace(evolve(rest, search=None), left.revision)
    return rest


def _still_asked(work: Work, deal: Deal) -> bool:
    until = deal.search.asked_until if deal.search else None
    return until is not None and until > work.now


def _passed_over(work: Work, caller: Caller, deal: Deal) -> Deal:
    """Without those who were asked and did not answer in time."""
    return _without(work, caller, deal) if deal.filling else deal


def _without(work: Work, caller: Caller, deal: Deal) -> Deal:
    tried = tuple(leg.offer for leg in deal.filling)
    left = settle.ask_nobody(work, caller, deal)
    return evolve(left, tried=(*left.tried, *tried))


def _kept(work: Work, deal: Deal, was: int) -> Deal:
    if deal.revision != was:
        work.deals.replace(deal, was)
    return deal


def _asked(work: Work, deal: Deal) -> Deal | None:
    """*deal*, not stored, with the best that there is and the yeses that are given by rule.

    What is found is locked, and then looked for once more: it may have changed in between.
    """
    search, found = deal.search, _best(work, deal)
    if search is None or found is None:
        return None
    offers = [leg.offer for leg in found.legs]
    postings = {each.id: each for each in work.postings.lock([*found.needs, *offers])}
    if _best(work, deal) != found:
        return None
    new = [leg.offer for leg in found.legs if leg not in search.plan.legs]
    pairs = [(offer, postings[offer].organisation) for offer in dict.fromkeys(new)]
    asked = deal.recast(found, pairs)
    for party in sorted(by_rule(found, pairs, postings)):
        asked = asked.agreed_by(party, work.now)
    until = answer_by(work.now, work.hub.region)
    until = min(until, deal.deadline or until)
    return evolve(asked, search=evolve(search, asked_until=until), revision=deal.revision + 1)


def _best(work: Work, deal: Deal) -> Plan | None:
    """The best plan that fills *deal* and overtakes nobody who waits in a round."""
    return next((plan for plan in _plans(work, deal) if not _contested(work, deal, plan)), None)


def _contested(work: Work, deal: Deal, plan: Plan) -> bool:
    return bool(work.deals.open_rounds(leg.offer for leg in plan.legs if leg not in deal.held.legs))


def _plans(work: Work, deal: Deal) -> Iterator[Plan]:
    """What is held with what the planner finds beside it, best first."""
    roles = settle.roles_sought(work, deal)
    for plan in _planned(work, deal, roles):
        if filled := _filled(work, deal, plan, frozenset(roles)):
            yield filled


def _planned(work: Work, deal: Deal, roles: Sequence[str]) -> Iterator[Plan]:
    """Nothing where one of its needs has no time ahead any more."""
    ahead = [_ahead(work, deal, work.postings.get(need)) for need in deal.plan.needs]
    needs = [need for need in ahead if need is not None]
    if len(needs) < len(ahead):
        return
    boards, declared = _boards(work, deal, needs, roles), work.hub.exchange(deal.exchange)
    if len(boards) > 1 and declared.together is not None:
        yield from _together(boards, declared.together)
    yield from ranked(boards[0], declared.planner)


def _together(boards: Sequence[Board], together: Together) -> list[Plan]:
    try:
        plans = together(boards).plans
        return [p for p in plans if boards[0].need.id in p.needs and holds(boards[0], p)]
    except Exception as error:  # noqa: BLE001 - a stranger's planner that raises fills nothing
        report(log, error, "the planner failed: nothing is filled")
        return []


def _boards(work: Work, deal: Deal, needs: Sequence[Posting], roles: Sequence[str]) -> list[Board]:
    """The boards of the *needs* of *deal*, as if nothing of what it holds were taken."""
    held = {leg.offer for leg in deal.held.legs if _lies_ahead(work, leg)}
    known = work.postings.open(deal.exchange, "offer", work.today, work.now)
    sought = [
        each for each in known if _role(each) in roles and each.id not in {*held, *deal.tried}
    ]
    offers = [*map(work.postings.get, sorted(held)), *sought]
    boards = boards_for(work, needs[0].id, needs, offers, deal.id)
    return list(_kept_open(deal, boards).values())


def _lies_ahead(work: Work, leg: Leg) -> bool:
    return not leg.windows or leg.windows[-1].start > work.now


def _role(offer: Posting) -> str:
    return offer.body.role if isinstance(offer.body, Offer) else ""


def _kept_open(deal: Deal, boards: Mapping[PostingId, Board]) -> dict[PostingId, Board]:
    """*boards* on which what *deal* holds is given, whatever its holder has closed since."""
    first = next(iter(boards.values()))
    held = {leg.offer: leg.windows for leg in deal.held.legs}
    offers = tuple(
        evolve(each, open=(*each.open, *held.get(each.id, ()))) for each in first.snapshot.offers
    )
    snapshot = evolve(first.snapshot, offers=offers)
    return {need: evolve(board, snapshot=snapshot) for need, board in boards.items()}


def _ahead(work: Work, deal: Deal, need: Posting) -> Posting | None:
    """*need* with those of its times only that lie ahead and are not lost; None without any."""
    body = need.body
    if not isinstance(body, Need):
        raise TypeError(f"{need.id} is no need")
    windows = body.windows(work.hub.region)
    lost = set(deal.windows) - set(deal.standing)
    left = [w for w in windows if w.start > work.now and not any(w.overlaps(one) for one in lost)]
    if len(left) == len(windows):
        return need
    return evolve(need, body=body.only(left, work.hub.region)) if left else None


def _filled(work: Work, deal: Deal, plan: Plan, roles: frozenset[str]) -> Plan | None:
    """What *deal* holds with what *plan* has beside it; None where it does not fill it."""
    held, sought = deal.held, work.hub.exchange(deal.exchange).sought
    ahead = {w for w in deal.standing if w.start > work.now}
    kept = [_at(leg, [w for w in leg.windows if w in ahead]) for leg in held.legs]
    kept = [part for part, leg in zip(kept, held.legs, strict=True) if part[2] or not leg.windows]
    parts = [_at(leg, leg.windows) for leg in plan.legs]
    new = tuple(leg for leg, at in zip(plan.legs, parts, strict=True) if at not in kept)
    lacks = {part.code for part in held.missing} - sought.keys()
    whole = {part.code for part in plan.missing} <= lacks
    if not whole or set(plan.needs) != set(held.needs) or not set(kept) <= set(parts):
        return None
    if not new or not {leg.role for leg in new} <= roles:
        return None
    missing = tuple(part for part in held.missing if part.code not in sought)
    return evolve(held, legs=(*held.legs, *new), missing=missing, shares=_shares(held, plan, new))


def _at(leg: Leg, windows: Sequence[Window]) -> tuple[PostingId, str, tuple[Window, ...]]:
    return leg.offer, leg.role, tuple(sorted(windows))


def _shares(held: Plan, found: Plan, new: Sequence[Leg]) -> tuple[Share, ...]:
    """Who pays what: as before for what is held, and for what is *new* as *found* shares it."""
    more = sum(leg.pence or 0 for leg in new)
    if held.pence is None or any(leg.pence is None for leg in new) or not more:
        return held.shares
    paying = {str(share.need): share.pence for share in found.shares if share.pence}
    parts = apportion(more, paying or dict.fromkeys(map(str, held.needs), 1))
    before = {share.need: share for share in held.shares}
    return tuple(
        evolve(
            before.get(need, Share(need, 0, "its part")),
            pence=(before[need].pence if need in before else 0) + parts.get(str(need), 0),
        )
        for need in held.needs
        if need in before or str(need) in parts
    )
