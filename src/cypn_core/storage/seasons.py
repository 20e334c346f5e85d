"""Seasons and what each need came out of them with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, Row, and_, insert, select, update

from cypn_core.domain.errors import NotFound
from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.seasons import Outcome, Proof, Season, SeasonState
from cypn_core.storage import leases, tables
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.wire.converter import Converter


@frozen
class Seasons:
    """The seasons of one transaction."""

    connection: Connection
    converter: Converter

    def only_me(self, exchange: str, now: dt.datetime) -> None:
        """Let nobody else open a season of *exchange* until this transaction ends."""
        leases.take(self.connection, f"season {exchange}", "opening", to_epoch(now), 1)

    def add(self, season: Season) -> None:
        """Store a new season."""
        self.connection.execute(
            insert(tables.season).values(
                id=season.id,
                exchange=season.exchange,
                state=season.state.value,
                first=season.first.isoformat(),
                until=season.until.isoformat(),
                opens_on=season.opens_on.isoformat(),
                closes_on=season.closes_on.isoformat(),
                created=to_epoch(season.created),
            )
        )

    def get(self, season: str) -> Season:
        """The season of that id.

        :raises NotFound: when there is none.
        """
        found = self._where(tables.season.c.id == season)
        if not found:
            raise NotFound
        return found[0]

    def page(self, exchanges: Iterable[str], after: str = "", limit: int = 50) -> list[Season]:
        """The seasons of *exchanges*, by id, from behind *after*."""
        known = tables.season.c
        here = and_(known.exchange.in_(sorted(exchanges)), known.id > after)
        return self._where(here, limit, by_id=True)

    def unclosed(self, exchange: str) -> list[Season]:
        """The seasons of *exchange* that are not closed, the earliest dates first."""
        known = tables.season.c
        closed = SeasonState.CLOSED.value
        return self._where(and_(known.exchange == exchange, known.state != closed))

    def closing(self) -> list[Season]:
        """The seasons that are decided, and of which something is still to be agreed."""
        return self._where(tables.season.c.state == SeasonState.CLOSING.value)

    def decide(self, season: str, proof: Proof, outcomes: Iterable[Outcome]) -> bool:
        """Store what was decided; False, and nothing is stored, when somebody else has."""
        known = tables.season
        still = and_(known.c.id == season, known.c.state == SeasonState.OPEN.value)
        said = self.converter.dumps(proof).decode()
        change = update(known).where(still)
        done = change.values(state=SeasonState.CLOSING.value, proof=said)
        if not self.connection.execute(done).rowcount:
            return False
        if rows := [self._told(each) for each in outcomes]:
            self.connection.execute(insert(tables.season_outcome), rows)
        return True

    def finish(self, season: str) -> bool:
        """Close a season of which nothing is to be done any more; False when that was done."""
        known = tables.season
        still = and_(known.c.id == season, known.c.state == SeasonState.CLOSING.value)
        change = update(known).where(still).values(state=SeasonState.CLOSED.value)
        return bool(self.connection.execute(change).rowcount)

    def unsettled(self, season: str) -> list[Outcome]:
        """What is still to be agreed or told: winners first, then those who lost, in turn."""
        known = tables.season_outcome.c
        return self._outcomes(
            and_(known.season_id == season, known.settled == 0), (known.place, known.need_id)
        )

    def begin(self, outcome: Outcome) -> bool:
        """Mark *outcome* as settled; False when it is, or somebody else is about to commit it."""
        known = tables.season_outcome
        mine = and_(known.c.season_id == outcome.season, known.c.need_id == outcome.need)
        change = update(known).where(mine, known.c.settled == 0).values(settled=1)
        return bool(self.connection.execute(change).rowcount)

    def settle(self, outcome: Outcome) -> None:
        """Store what became of *outcome*."""
        known = tables.season_outcome
        mine = and_(known.c.season_id == outcome.season, known.c.need_id == outcome.need)
        self.connection.execute(update(known).where(mine).values(**self._told(outcome)))

    def outcomes(
        self,
        season: str,
        owner: OrganisationId | None = None,
        after: str = "",
        limit: int | None = 50,
    ) -> list[Outcome]:
        """What needs came out with, of *owner* or of all, by id, from behind *after*."""
        known = tables.season_outcome.c
        mine = and_(known.season_id == season, known.need_id > after)
        if owner is not None:
            own = select(tables.posting.c.id).where(tables.posting.c.organisation_id == owner)
            mine = and_(mine, known.need_id.in_(own))
        return self._outcomes(mine, (known.need_id,), limit)

    def of_need(self, need: PostingId) -> list[Outcome]:
        """What *need* came out of every season with."""
        known = tables.season_outcome.c
        return self._outcomes(known.need_id == need, (known.season_id,))

    def _where(
        self, condition: Any, limit: int | None = None, *, by_id: bool = False
    ) -> list[Season]:
        known = tables.season.c
        order = (known.id,) if by_id else (known.first, known.id)
        rows = self.connection.execute(
            select(tables.season).where(condition).order_by(*order).limit(limit)
        )
        return [self._season(row) for row in rows]

    def _season(self, row: Row[Any]) -> Season:
        return Season(
            id=row.id,
            exchange=row.exchange,
            first=dt.date.fromisoformat(row.first),
            until=dt.date.fromisoformat(row.until),
            opens_on=dt.date.fromisoformat(row.opens_on),
            closes_on=dt.date.fromisoformat(row.closes_on),
            created=from_epoch(row.created),
            state=SeasonState(row.state),
            proof=None if row.proof is None else self.converter.loads(row.proof, Proof),
        )

    def _outcomes(
        self, condition: Any, order: tuple[Any, ...], limit: int | None = None
    ) -> list[Outcome]:
        known = tables.season_outcome
        rows = self.connection.execute(
            select(known.c.body).where(condition).order_by(*order).limit(limit)
        )
        return [self.converter.loads(row.body, Outcome) for row in rows]

    def _told(self, outcome: Outcome) -> dict[str, object]:
        return {
            "season_id": outcome.season,
            "need_id": outcome.need,
            "deal_id": outcome.deal,
            "place": outcome.place,
            "settled": int(outcome.settled),
            "body": self.converter.dumps(outcome).decode(),
        }
