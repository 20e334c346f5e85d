"""Wake-ups and renewals, all in columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, Row, and_, func, or_, select, update

from cypn_core.domain.errors import Changed, NotFound
from cypn_core.domain.ids import DealId, OrganisationId, PostingId
from cypn_core.domain.rounds import Priority
from cypn_core.domain.wakes import Renewal, RenewalState, Wake, WakeState
from cypn_core.storage import tables
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.storage.upserts import insert_if_new, upsert


@frozen
class Wakes:
    """The wake-ups and renewals of one transaction."""

    connection: Connection

    def add(self, wake: Wake) -> None:
        """Store a wake; nothing happens where its occasion has woken that need already."""
        self.connection.execute(insert_if_new(self.connection, tables.wake, _told(wake)))

    def get(self, wake: str) -> Wake:
        """The wake of that id.

        :raises NotFound: when there is none.
        """
        found = self._where(tables.wake.c.id == wake)
        if not found:
            raise NotFound
        return found[0]

    def move(self, wake: Wake, was: WakeState) -> None:
        """Store *wake*, which was read in the state *was*.

        :raises Changed: when somebody else has moved it since.
        """
        known = tables.wake
        same = and_(known.c.id == wake.id, known.c.state == was.value)
        change = update(known).where(same).values(**_told(wake))
        if not self.connection.execute(change).rowcount:
            raise Changed("This was answered in the meantime: read it again.")

    def told_to(
        self,
        owner: OrganisationId,
        after: str = "",
        limit: int | None = 50,
        exchange: str | None = None,
    ) -> list[Wake]:
        """What *owner* was ever asked, by id, from behind *after*.

        All of it without a *limit*, and of all exchanges without an *exchange*.
        """
        known = tables.wake.c
        mine = and_(known.organisation_id == owner, known.told.is_not(None), known.id > after)
        here = mine if exchange is None else and_(mine, known.exchange == exchange)
        return self._where(here, limit, by_id=True)

    def due(self, state: WakeState, now: dt.datetime) -> list[Wake]:
        """The wakes in *state* whose time has come."""
        known = tables.wake.c
        return self._where(and_(known.state == state.value, known.due <= to_epoch(now)))

    def last_told(self, owner: OrganisationId) -> dt.datetime | None:
        """When *owner* was last told of anything."""
        known = tables.wake.c
        last = select(func.max(known.told)).where(known.organisation_id == owner)
        told = self.connection.scalar(last)
        return None if told is None else from_epoch(told)

    def for_offer(self, offer: PostingId) -> list[Wake]:
        """Every wake for *offer*, of any state."""
        return self._where(tables.wake.c.offer_id == offer)

    def outstanding(self, offers: Iterable[PostingId], now: dt.datetime) -> list[Wake]:
        """Those for *offers* whose groups are asked, or to be told; not who said later."""
        known = tables.wake.c
        told = and_(known.state == WakeState.NOTICED.value, known.due <= to_epoch(now))
        asked = or_(known.state == WakeState.ASKED.value, told)
        return self._where(and_(known.offer_id.in_(sorted(offers)), asked))

    def of_occasion(self, occasion: str) -> list[Wake]:
        """The line of one occasion, in order."""
        return self._where(tables.wake.c.occasion == occasion)

    def behind(self, deals: Iterable[DealId]) -> list[Wake]:
        """The wakes that led to *deals*."""
        return self._where(tables.wake.c.deal_id.in_(sorted(deals)))

    def add_renewal(self, renewal: Renewal) -> None:
        """Store a renewal, or its later state."""
        values = {
            "deal_id": renewal.deal,
            "exchange": renewal.exchange,
            "state": renewal.state.value,
            "ends": to_epoch(renewal.ends),
            "need_id": renewal.need,
        }
        self.connection.execute(upsert(self.connection, tables.renewal, values))

    def renewal(self, deal: str) -> Renewal | None:
        """The renewal of *deal*, once it is decided; None before, and for any other id."""
        found = self._renewals(tables.renewal.c.deal_id == deal)
        return found[0] if found else None

    def past_renewals(self, now: dt.datetime) -> list[Renewal]:
        """The renewals that are still offered although their term has ended."""
        known = tables.renewal.c
        offered = known.state == RenewalState.OFFERED.value
        return self._renewals(and_(offered, known.ends <= to_epoch(now)))

    def _renewals(self, condition: Any) -> list[Renewal]:
        known = tables.renewal
        rows = self.connection.execute(select(known).where(condition).order_by(known.c.deal_id))
        return [_renewal(row) for row in rows]

    def _where(
        self, condition: Any, limit: int | None = None, *, by_id: bool = False
    ) -> list[Wake]:
        known = tables.wake.c
        order = (known.id,) if by_id else (known.place, known.due, known.id)
        rows = self.connection.execute(
            select(tables.wake).where(condition).order_by(*order).limit(limit)
        )
        return [_wake(row) for row in rows]


def _told(wake: Wake) -> dict[str, object]:
    return {
        "id": wake.id,
        "exchange": wake.exchange,
        "need_id": wake.need,
        "offer_id": wake.offer,
        "organisation_id": wake.owner,
        "occasion": wake.occasion,
        "state": wake.state.value,
        "due": to_epoch(wake.due),
        "place": wake.place,
        "priority": wake.priority.value,
        "offer_revision": wake.offer_revision,
        "told": None if wake.told is None else to_epoch(wake.told),
        "after": None if wake.after is None else wake.after.isoformat(),
        "deal_id": wake.deal,
    }


def _wake(row: Row[Any]) -> Wake:
    return Wake(
        id=row.id,
        exchange=row.exchange,
        need=PostingId(row.need_id),
        offer=PostingId(row.offer_id),
        owner=OrganisationId(row.organisation_id),
        occasion=row.occasion,
        state=WakeState(row.state),
        due=from_epoch(row.due),
        place=row.place,
        priority=Priority(row.priority),
        offer_revision=row.offer_revision,
        told=None if row.told is None else from_epoch(row.told),
        after=None if row.after is None else dt.date.fromisoformat(row.after),
        deal=None if row.deal_id is None else DealId(row.deal_id),
    )


def _renewal(row: Row[Any]) -> Renewal:
    return Renewal(
        deal=DealId(row.deal_id),
        exchange=row.exchange,
        state=RenewalState(row.state),
        ends=from_epoch(row.ends),
        need=None if row.need_id is None else PostingId(row.need_id),
    )
