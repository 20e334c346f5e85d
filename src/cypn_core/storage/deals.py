"""Deals and rounds. The columns of a deal are what it is found by; the deal itself is its body."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, Table, and_, delete, insert, or_, select, true, union, update

from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import NotFound
from cypn_core.domain.ids import DealId, OrganisationId, PostingId, RoundId
from cypn_core.domain.marks import CHECKS
from cypn_core.domain.plans import Leg
from cypn_core.domain.rounds import Round
from cypn_core.storage import revisions, tables
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.wire.converter import Converter

_PENDING = [state.value for state in DealState if state.live and state is not DealState.DONE]
"""The states of deals of which something may still come."""
_FORMER = "former"
"""In the place of a role: the offer plays no part in the deal any more."""


@frozen
class Deals:
    """The deals and rounds of one transaction."""

    connection: Connection
    converter: Converter

    def add(self, deal: Deal) -> None:
        """Store a new deal and what it joins."""
        row = {"id": deal.id, "exchange": deal.exchange, "created": to_epoch(deal.created)}
        self.connection.execute(insert(tables.deal).values(**row, **self._told(deal)))
        self._join(deal)

    def get(self, deal: DealId, *, locked: bool = False) -> Deal:
        """The deal of that id; *locked*, nobody else changes it until the transaction ends.

        :raises NotFound: when there is none.
        """
        if locked:
            mine = select(tables.deal.c.id).where(tables.deal.c.id == deal)
            self.connection.execute(mine.with_for_update()).all()
        found = self._where(tables.deal.c.id == deal)
        if not found:
            raise NotFound
        return found[0]

    def replace(self, deal: Deal, was: int) -> None:
        """Store a later revision of the deal that was read at revision *was*.

        :raises Changed: when somebody else stored one since then.
        """
        revisions.replace(self.connection, tables.deal, deal.id, was, self._told(deal))
        self._join(deal)

    def _join(self, deal: Deal) -> None:
        """Join *deal* to its needs, and to the offers that play a part in it or did so before.

        Of a former one, what its parties were told of its holder is found by it, when they are to
        forget that.
        """
        self._join_needs(deal)
        known = tables.deal_offer.c
        mine = select(known.posting_id, known.role).where(known.deal_id == deal.id)
        stored = {(offer, role) for offer, role in self.connection.execute(mine)}
        legs = {(leg.offer, leg.role) for leg in deal.plan.legs}
        gone = {each for each in stored - legs if each[1] != _FORMER}
        for offer, role in sorted(gone):
            row = and_(known.deal_id == deal.id, known.posting_id == offer, known.role == role)
            self.connection.execute(delete(tables.deal_offer).where(row))
        if new := sorted((legs | {(offer, _FORMER) for offer, _ in gone}) - stored):
            rows = [{"deal_id": deal.id, "posting_id": o, "role": r} for o, r in new]
            self.connection.execute(insert(tables.deal_offer), rows)

    def _join_needs(self, deal: Deal) -> None:
        known = tables.deal_need.c
        mine = known.deal_id == deal.id
        stored = set(self.connection.execute(select(known.posting_id).where(mine)).scalars())
        needs = {need for need, _ in deal.seekers}
        if gone := sorted(stored - needs):
            left = and_(mine, known.posting_id.in_(gone))
            self.connection.execute(delete(tables.deal_need).where(left))
        if new := sorted(needs - stored):
            rows = [{"deal_id": deal.id, "posting_id": need} for need in new]
            self.connection.execute(insert(tables.deal_need), rows)

    def of(
        self, party: OrganisationId, exchange: str, after: str = "", limit: int | None = 50
    ) -> list[Deal]:
        """The deals of *exchange* that *party* is in, by id, from behind *after*."""
        known = tables.deal.c
        mine = and_(known.exchange == exchange, known.id > after, or_(_wants(party), _gives(party)))
        return self._where(mine, limit)

    def all(self) -> list[Deal]:
        """Every deal, by id; for reports and exports."""
        return self._where(true())

    def agreed(self, party: OrganisationId | None = None) -> list[Deal]:
        """Every deal that is agreed and not done, or those that *party* is in."""
        return self._in([DealState.AGREED], party)

    def held(self) -> list[Deal]:
        """Every deal that is held while somebody is sought for a part of it."""
        return self._in([DealState.HELD])

    def kept(self, party: OrganisationId | None = None) -> list[Deal]:
        """Every deal that is agreed or held, or those that *party* is in."""
        return self._in([DealState.AGREED, DealState.HELD], party)

    def _in(self, states: list[DealState], party: OrganisationId | None = None) -> list[Deal]:
        mine = true() if party is None else or_(_wants(party), _gives(party))
        return self._where(and_(tables.deal.c.state.in_([s.value for s in states]), mine))

    def gathering(self, exchanges: Iterable[str]) -> list[Deal]:
        """The deals of *exchanges* that their seekers put together, and that bind nobody yet."""
        known = tables.deal.c
        mine = known.exchange.in_(sorted(exchanges))
        found = self._where(and_(mine, known.state == DealState.GATHERING.value))
        return [deal for deal in found if deal.book]

    def waiting(self) -> list[Deal]:
        """Every deal that waits for somebody's yes, in rounds too."""
        states = [DealState.GATHERING.value, DealState.ASKED.value]
        return self._where(tables.deal.c.state.in_(states))

    def served(self, party: OrganisationId, exchange: str, since: dt.datetime) -> list[Deal]:
        """The deals in which *party* was given something since *since*."""
        known = tables.deal.c
        states = [state.value for state in DealState if state.revealed]
        recent = and_(known.created >= to_epoch(since), known.state.in_(states))
        return self._where(and_(recent, known.exchange == exchange, _wants(party)))

    def refused(self, party: OrganisationId, exchange: str, since: dt.datetime) -> int:
        """How often *party* asked since *since* and did not get it, for no lapse of checks."""
        known = tables.deal.c
        states = [DealState.DECLINED.value, DealState.LAPSED.value, DealState.DISPLACED.value]
        recent = and_(known.created >= to_epoch(since), known.state.in_(states))
        found = self._where(and_(recent, known.exchange == exchange, _wants(party)))
        return sum(deal.reason != CHECKS and deal.wanted_by(party) for deal in found)

    def of_need(self, need: PostingId) -> list[Deal]:
        """Every deal that *need* was ever in."""
        joins = select(tables.deal_need.c.deal_id).where(tables.deal_need.c.posting_id == need)
        return self._where(tables.deal.c.id.in_(joins))

    def live_with(self, posting: PostingId) -> list[Deal]:
        """The deals with that need or offer of which something may still come."""
        needs, offers, known = tables.deal_need.c, tables.deal_offer.c, tables.deal.c
        joins = union(
            select(needs.deal_id).where(needs.posting_id == posting),
            select(offers.deal_id).where(offers.posting_id == posting, offers.role != _FORMER),
        )
        return self._where(and_(known.state.in_(_PENDING), known.id.in_(joins)))

    def binding(self, need: PostingId) -> list[Deal]:
        """Those deals of which something may come, but for what was only proposed to its group."""
        return [deal for deal in self.live_with(need) if deal.binds(need)]

    def proposed_to(self, need: PostingId) -> list[Deal]:
        """The deals that were only proposed to the group of *need*, and wait for its answer."""
        return [deal for deal in self.live_with(need) if not deal.binds(need)]

    def legs_on(
        self, offers: Collection[PostingId], but: DealId | None = None
    ) -> dict[PostingId, list[Leg]]:
        """What is agreed or held of *offers* and not done, by offer, in other deals than *but*."""
        joins, known = tables.deal_offer.c, tables.deal.c
        states = [DealState.AGREED.value, DealState.HELD.value]
        mine = select(joins.deal_id).where(joins.posting_id.in_(sorted(offers)))
        found: dict[PostingId, list[Leg]] = {}
        others = and_(known.state.in_(states), known.id.in_(mine), known.id != (but or ""))
        for deal in self._where(others):
            for leg in deal.held.on(deal.standing).legs:
                found.setdefault(leg.offer, []).append(leg)
        return {offer: found.get(offer, []) for offer in offers}

    def some(self, deals: Iterable[DealId]) -> list[Deal]:
        """Those deals, by id; one that is not there is left out."""
        return self._where(tables.deal.c.id.in_(sorted(set(deals))))

    def taken_needs(self) -> frozenset[PostingId]:
        """The needs that are in a deal of which something may still come."""
        joins, known = tables.deal_need.c, tables.deal.c
        chosen = (
            select(joins.posting_id)
            .join(tables.deal, known.id == joins.deal_id)
            .where(known.state.in_(_PENDING))
        )
        return frozenset(PostingId(need) for need in self.connection.execute(chosen).scalars())

    def overdue(self, now: dt.datetime) -> list[Deal]:
        """The deals that still wait for somebody although their deadline has passed."""
        known, rounds = tables.deal.c, tables.exchange_round.c
        waiting = [DealState.GATHERING.value, DealState.ASKED.value, DealState.HELD.value]
        open_rounds = select(rounds.id).where(rounds.state == "open")
        alone = or_(known.round_id.is_(None), known.round_id.not_in(open_rounds))
        return self._where(and_(known.state.in_(waiting), alone, known.deadline <= to_epoch(now)))

    def open_rounds(self, offers: Iterable[PostingId]) -> list[Round]:
        """The open rounds that cover one of *offers*, the earliest to close first.

        A round covers what it was opened for and all that its deals ask. None of them closes before
        the transaction ends. One that was merged into another while this waited for it leads there,
        so they are looked up until all that are found are held.
        """
        mine = _covering(sorted(set(offers)))
        round_ = tables.exchange_round.c.id
        lock = select(round_).where(mine).order_by(round_).with_for_update()
        while True:
            held = set(self.connection.execute(lock).scalars())
            found = self._rounds(mine)
            if {each.id for each in found} <= held:
                return found

    def bring_forward(self, round_: RoundId, closes_at: dt.datetime) -> None:
        """Let an open round close at *closes_at*."""
        known = tables.exchange_round
        change = update(known).where(known.c.id == round_)
        self.connection.execute(change.values(closes_at=to_epoch(closes_at)))

    def add_round(self, round_: Round) -> None:
        """Open a round."""
        self.connection.execute(
            insert(tables.exchange_round).values(
                id=round_.id,
                exchange=round_.exchange,
                offer_id=round_.offer,
                state="open",
                closes_at=to_epoch(round_.closes_at),
                body="{}",
            )
        )

    def due_rounds(self, now: dt.datetime) -> list[Round]:
        """The open rounds whose time has come, the earliest first."""
        known = tables.exchange_round.c
        return self._rounds(and_(known.state == "open", known.closes_at <= to_epoch(now)))

    def round(self, round_: RoundId) -> Round:
        """The round of that id.

        :raises NotFound: when there is none.
        """
        found = self._rounds(tables.exchange_round.c.id == round_)
        if not found:
            raise NotFound
        return found[0]

    def keep_waiting(self, round_: RoundId, waiting: Sequence[PostingId]) -> None:
        """Keep the needs that lost a round, in turn: its waiting list."""
        known = tables.exchange_round
        body = json.dumps({"waiting": list(waiting)})
        self.connection.execute(update(known).where(known.c.id == round_).values(body=body))

    def close_round(self, round_: RoundId) -> bool:
        """Close a round; False when somebody else has closed it."""
        known = tables.exchange_round
        still = and_(known.c.id == round_, known.c.state == "open")
        change = update(known).where(still).values(state="closed")
        return bool(self.connection.execute(change).rowcount)

    def in_round(self, round_: RoundId) -> list[Deal]:
        """The deals that wait for a round to close."""
        known = tables.deal.c
        return self._where(and_(known.round_id == round_, known.state == DealState.ASKED.value))

    def _rounds(self, condition: Any) -> list[Round]:
        known = tables.exchange_round
        rows = self.connection.execute(
            select(known).where(condition).order_by(known.c.closes_at, known.c.id)
        )
        return [
            Round(
                id=RoundId(row.id),
                exchange=row.exchange,
                offer=PostingId(row.offer_id),
                closes_at=from_epoch(row.closes_at),
                closed=row.state == "closed",
                waiting=tuple(map(PostingId, json.loads(row.body).get("waiting", ()))),
            )
            for row in rows
        ]

    def _where(self, condition: Any, limit: int | None = None) -> list[Deal]:
        known = tables.deal.c
        rows = self.connection.execute(
            select(known.body).where(condition).order_by(known.id).limit(limit)
        )
        return [self.converter.loads(row.body, Deal) for row in rows]

    def _told(self, deal: Deal) -> dict[str, object]:
        return {
            "state": deal.state.value,
            "sub_state": deal.sub_state,
            "deadline": None if deal.deadline is None else to_epoch(deal.deadline),
            "round_id": deal.round,
            "rev": deal.revision,
            "body": self.converter.dumps(deal).decode(),
        }


def _covering(offers: Sequence[PostingId]) -> Any:
    """The open rounds for one of *offers*, or with a deal that waits in them and asks for one."""
    known, deal, asks = tables.exchange_round.c, tables.deal.c, tables.deal_offer.c
    waiting = (
        select(deal.round_id)
        .join(tables.deal_offer, asks.deal_id == deal.id)
        .where(deal.state == DealState.ASKED.value, asks.posting_id.in_(offers))
        .where(deal.round_id.is_not(None), asks.role != _FORMER)
    )
    return and_(known.state == "open", or_(known.offer_id.in_(offers), known.id.in_(waiting)))


def _wants(party: OrganisationId) -> Any:
    return _through(tables.deal_need, party)


def _gives(party: OrganisationId) -> Any:
    return _through(tables.deal_offer, party, tables.deal_offer.c.role != _FORMER)


def _through(joined: Table, party: OrganisationId, still: Any = None) -> Any:
    """The deals that a posting of *party* is in by the table *joined*, where *still* holds."""
    postings = select(tables.posting.c.id).where(tables.posting.c.organisation_id == party)
    deals = select(joined.c.deal_id).where(joined.c.posting_id.in_(postings))
    deals = deals if still is None else deals.where(still)
    return tables.deal.c.id.in_(deals)
