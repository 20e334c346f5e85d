"""What must hold of the rows after whatever happened, counted by brute force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from attrs import define, field, frozen
from sqlalchemy import select

from cypn_core.application.network import Network, Work
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.postings import Need, Posting
from cypn_core.domain.times import Window
from cypn_core.storage import tables

ENDS = {"open", "matched", "withdrawn", "expired"}


@frozen
class Row:
    """A live use."""

    resource: str
    deal: str | None
    span: tuple[int, int] | None
    quantity: int
    held: bool
    purpose: str


def live(work: Work) -> list[Row]:
    """Every use that occupies."""
    known = tables.use.c
    rows = work.connection.execute(
        select(
            known.resource_id, known.deal_id, known.start_ts, known.end_ts, known.qty,
            known.status, known.purpose,
        ).where(known.status.in_(tables.LIVE))
    )  # fmt: skip
    return [
        Row(resource, deal, None if start is None else (start, end), qty, status == "held", why)
        for resource, deal, start, end, qty, status, why in rows
    ]


def within_capacity(work: Work, uses: Iterable[Row]) -> None:
    """At no instant is more of a thing in use than there is."""
    known = tables.resource.c
    capacity = {
        row.id: row.capacity for row in work.connection.execute(select(known.id, known.capacity))
    }
    of: dict[str, list[Row]] = defaultdict(list)
    for use in uses:
        of[use.resource].append(use)
    for resource, mine in of.items():
        for at in {use.span[0] if use.span else 0 for use in mine}:
            there = [u for u in mine if u.span is None or u.span[0] <= at < u.span[1]]
            assert sum(use.quantity for use in there) <= capacity[resource], there


def deals_have_their_uses(work: Work, deals: Iterable[Deal], uses: Iterable[Row]) -> None:
    """What stands is confirmed, what is suspended is held, and nothing else is."""
    of: dict[str, list[Row]] = defaultdict(list)
    for use in uses:
        of[use.deal or ""].append(use)
    for deal in deals:
        mine = [use for use in of.pop(deal.id, []) if use.purpose == "deal"]
        timed = {(int(w.start.timestamp()), int(w.end.timestamp())): w for w in deal.windows}
        suspended = set(deal.suspended) if deal.state.occupies else set()
        standing = set(deal.standing) - suspended if deal.state.occupies else set()
        assert {timed[use.span] for use in mine if use.span and not use.held} == standing, deal
        held = {use.span for use in mine if use.held}
        assert {timed[span] for span in held if span in timed} == suspended, deal
        if any(span not in timed for span in held):
            renewal = work.wakes.renewal(deal.id)
            assert renewal is not None, deal
            assert renewal.state.value == "offered", deal
        _once_for_each_leg(deal, mine, standing | suspended)
    assert set(of) <= {""}, "a use of a deal that is not there"


def _once_for_each_leg(deal: Deal, mine: list[Row], kept: set[object]) -> None:
    claimed = sum(
        1 for leg in deal.held.legs for window in leg.windows if window in kept for _ in leg.claims
    )
    known = {(int(w.start.timestamp()), int(w.end.timestamp())) for w in deal.windows}
    assert len([use for use in mine if use.span in known]) == claimed, deal


def shares_add_up(deals: Iterable[Deal]) -> None:
    """What the groups pay is what the plan costs, and that is what its legs cost."""
    for plan in (deal.plan for deal in deals if deal.plan.pence is not None):
        assert sum(share.pence for share in plan.shares) == plan.pence
        assert sum(leg.pence or 0 for leg in plan.legs) == plan.pence


def needs_are_somewhere(work: Work, deals: Iterable[Deal], needs: Iterable[Posting]) -> None:
    """A need is in one of its four states, and its deals say the same of it."""
    of: dict[str, list[Deal]] = defaultdict(list)
    for deal in deals:
        for each in deal.plan.needs:
            of[each].append(deal)
    for need in needs:
        state, mine = need.state.value, of[need.id]
        assert state in ENDS, need
        assert sum(deal.state.live for deal in mine) <= 1, need
        kept = any(deal.state.occupies for deal in mine)
        assert not kept or state == "matched", need
        assert state != "matched" or kept or not _left(work, need, mine), need


def _left(work: Work, need: Posting, deals: Iterable[Deal]) -> list[Window]:
    """What of *need* lies ahead and is not remembered as lost."""
    assert isinstance(need.body, Need)
    lost = {mark.window for deal in deals for mark in deal.marks if mark.lost}
    wanted = need.body.windows(work.hub.region)
    return [w for w in wanted if w.start > work.now and w not in lost]


@define
class Revisions:
    """What was last seen of each posting and deal."""

    seen: dict[str, tuple[int, object]] = field(factory=dict)

    def rise(self, deals: Iterable[Deal], postings: Iterable[Posting]) -> bool:
        """Whether anything changed. Whatever changed has a higher revision, and nothing is gone."""
        now: dict[str, tuple[int, object]] = {each.id: (each.revision, each) for each in deals}
        now |= {each.id: (each.revision, each) for each in postings}
        assert set(self.seen) <= set(now), "something was lost"
        for key, (revision, was) in self.seen.items():
            again, found = now[key]
            assert again > revision or (again, found) == (revision, was), found
        changed, self.seen = now != self.seen, now
        return changed


def hold(network: Network, revisions: Revisions) -> tuple[list[Deal], bool]:
    """All of the above holds now; the deals, and whether anything changed since the last time."""
    with network.reading() as work:
        deals, uses = work.deals.all(), live(work)
        sides = ("need", "offer")
        postings = [p for each in sides for p in work.postings.all(each, work.hub.exchanges)]
        within_capacity(work, uses)
        deals_have_their_uses(work, deals, uses)
        needs_are_somewhere(work, deals, [each for each in postings if each.side == "need"])
    shares_add_up(deals)
    return deals, revisions.rise(deals, postings)


def nobody_is_named_early(deals: Iterable[Any]) -> None:
    """None of the *deals*, as one of their parties reads them, names another before it may."""
    for shown in deals:
        named = [p for p in shown["parties"] if not p["you"] and "name" in p]
        assert DealState(shown["state"]).revealed or not named, shown
