"""Needs and offers, their resources and the live uses of these."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, true

from cypn_core.domain.errors import Conflict, NotFound
from cypn_core.domain.ids import DealId, OrganisationId, PostingId, ResourceId
from cypn_core.domain.postings import Need, Offer, Posting, PostingState, Unit, resource_of
from cypn_core.domain.rounds import Priority
from cypn_core.domain.times import Window
from cypn_core.matching.candidates import Taken
from cypn_core.storage import guard, revisions, tables
from cypn_core.storage.instants import from_epoch, to_epoch
from cypn_core.storage.organisations import in_good_standing, takes_part
from cypn_core.storage.upserts import insert_if_new
from cypn_core.wire.converter import Converter


@frozen
class Postings:
    """The postings of one transaction."""

    connection: Connection
    converter: Converter

    def add(self, posting: Posting) -> None:
        """Store a new posting and, of an offer, the resources behind its units."""
        row = {
            "id": posting.id,
            "organisation_id": posting.organisation,
            "exchange": posting.exchange,
            "kind": posting.body.kind,
            "side": posting.side,
            "role": posting.body.checklist,
            "created": to_epoch(posting.created),
        }
        self.connection.execute(insert(tables.posting).values(**row, **self._told(posting)))
        self._keep_resources(posting)

    def get(self, posting: PostingId) -> Posting:
        """The posting of that id.

        :raises NotFound: when there is none.
        """
        known = tables.posting
        row = self.connection.execute(select(known).where(known.c.id == posting)).one_or_none()
        if row is None:
            raise NotFound
        return self._read(row)

    def lock(self, postings: Iterable[PostingId]) -> list[Posting]:
        """These postings as they are now, kept from changing until the transaction ends."""
        known = tables.posting
        wanted = select(known).where(known.c.id.in_(sorted(set(postings)))).order_by(known.c.id)
        return [self._read(row) for row in self.connection.execute(wanted.with_for_update())]

    def replace(self, posting: Posting) -> None:
        """Store the next revision.

        :raises Changed: when somebody else stored one since this was read.
        """
        was = posting.revision - 1
        revisions.replace(self.connection, tables.posting, posting.id, was, self._told(posting))
        self._keep_resources(posting)

    def mine(
        self,
        owner: OrganisationId,
        exchange: str,
        side: str,
        after: str = "",
        limit: int | None = 50,
    ) -> list[Posting]:
        """The postings of *owner*, by id, from behind *after*; all of them without a *limit*."""
        known = tables.posting.c
        same = and_(known.organisation_id == owner, known.exchange == exchange, known.side == side)
        return self._page(and_(same, known.id > after), limit)

    def asked_since(self, owner: OrganisationId, since: dt.datetime) -> int:
        """How many needs the owner has posted or revised since *since*."""
        told, known = tables.event.c, tables.posting.c
        asked = told.fact.in_(["need_posted", "need_revised"])
        counted = (
            select(func.count())
            .select_from(tables.event.join(tables.posting, known.id == told.subject))
            .where(known.organisation_id == owner, asked, told.at >= to_epoch(since))
        )
        return self.connection.execute(counted).scalar_one()

    def open(
        self,
        exchange: str,
        side: str,
        day: dt.date,
        now: dt.datetime,
        among: Iterable[PostingId] | None = None,
    ) -> list[Posting]:
        """What the gate lets through: open, fresh, its owner checked on *day* and taking part.

        *among*: only these are looked at.
        """
        known = tables.posting.c
        these = true() if among is None else known.id.in_(sorted(among))
        return self._page(
            and_(
                these,
                or_(known.leaves_on.is_(None), known.leaves_on > day.isoformat()),
                known.exchange == exchange,
                known.side == side,
                known.state == PostingState.OPEN.value,
                known.fresh_until > to_epoch(now),
                in_good_standing(day),
                takes_part(),
            ),
            None,
        )

    def aging(
        self, exchanges: Iterable[str], now: dt.datetime, until: dt.datetime
    ) -> list[Posting]:
        """The open offers of *exchanges* that are shown now and will be hidden by then."""
        known = tables.posting.c
        soon = and_(known.fresh_until > to_epoch(now), known.fresh_until <= to_epoch(until))
        offers = and_(known.side == "offer", known.state == PostingState.OPEN.value)
        return self._page(and_(offers, soon, known.exchange.in_(sorted(exchanges))), None)

    def offers_of(
        self, owners: Iterable[OrganisationId], exchanges: Iterable[str], now: dt.datetime
    ) -> list[Posting]:
        """The open, fresh offers of *owners* in *exchanges*, whether their checks stand or not."""
        known = tables.posting.c
        offers = and_(known.side == "offer", known.state == PostingState.OPEN.value)
        theirs = and_(
            known.organisation_id.in_(sorted(owners)), known.exchange.in_(sorted(exchanges))
        )
        return self._page(and_(offers, theirs, known.fresh_until > to_epoch(now)), None)

    def unanswered(self, exchanges: Iterable[str]) -> list[Posting]:
        """Every need of *exchanges* that is still open, its owner checked or not."""
        known = tables.posting.c
        waits = and_(known.side == "need", known.state == PostingState.OPEN.value)
        return self._page(and_(waits, known.exchange.in_(sorted(exchanges))), None)

    def stale_by(
        self, exchanges: Iterable[str], now: dt.datetime, then: dt.datetime
    ) -> list[Posting]:
        """The open needs of *exchanges* that are fresh at *now* and will not be at *then*."""
        known = tables.posting.c
        fades = and_(known.fresh_until > to_epoch(now), known.fresh_until <= to_epoch(then))
        needs = and_(known.side == "need", known.state == PostingState.OPEN.value)
        return self._page(and_(needs, fades, known.exchange.in_(sorted(exchanges))), None)

    def expired(self, exchanges: Iterable[str], since: dt.datetime) -> list[Posting]:
        """The needs of *exchanges*, posted since then, whose times went by unmet."""
        known = tables.posting.c
        past = and_(known.side == "need", known.state == PostingState.EXPIRED.value)
        recent = and_(known.created >= to_epoch(since), known.exchange.in_(sorted(exchanges)))
        return self._page(and_(past, recent), None)

    def leaving(self, exchanges: Iterable[str], day: dt.date) -> list[Posting]:
        """The open offers of *exchanges* whose end has come by *day*."""
        known = tables.posting.c
        ended = and_(known.leaves_on.is_not(None), known.leaves_on <= day.isoformat())
        here = and_(known.state == PostingState.OPEN.value, known.exchange.in_(sorted(exchanges)))
        return self._page(and_(ended, here), None)

    def all(self, side: str, exchanges: Iterable[str]) -> list[Posting]:
        """Every posting of that side of *exchanges* in any state, by id; for reports."""
        known = tables.posting.c
        mine = and_(known.side == side, known.exchange.in_(sorted(exchanges)))
        return self._page(mine, None)

    def noted(self) -> list[Posting]:
        """The needs that were kept although their exchange is not installed, by id."""
        return self._page(tables.posting.c.side == "noted", None)

    def uses(
        self, resources: Iterable[ResourceId], span: Window | None, but: DealId | None = None
    ) -> Mapping[ResourceId, Sequence[Taken]]:
        """The live uses of *resources*: those without time, and those that meet *span*.

        Those of the deal *but* are left out.
        """
        known = tables.use.c
        wanted = sorted(set(resources))
        meets: ColumnElement[bool] = known.start_ts.is_(None)
        if span is not None:
            timed = and_(known.start_ts < to_epoch(span.end), known.end_ts > to_epoch(span.start))
            meets = or_(meets, timed)
        if but is not None:
            meets = and_(meets, or_(known.deal_id.is_(None), known.deal_id != but))
        found: dict[ResourceId, list[Taken]] = defaultdict(list)
        rows = self.connection.execute(
            select(known.resource_id, known.start_ts, known.end_ts, known.qty)
            .where(known.resource_id.in_(wanted), known.status.in_(tables.LIVE), meets)
            .order_by(known.resource_id, known.start_ts, known.id)
        )
        for resource, start, end, quantity in rows:
            found[ResourceId(resource)].append(Taken(_window(start, end), quantity))
        return found

    def capacity(self, resource: ResourceId) -> int:
        """How much there is of *resource*.

        :raises NotFound: when there is no such thing.
        """
        known = tables.resource.c
        found = self.connection.scalar(select(known.capacity).where(known.id == resource))
        if found is None:
            raise NotFound
        return int(found)

    def _page(self, condition: Any, limit: int | None) -> list[Posting]:
        known = tables.posting
        chosen = select(known).where(condition).order_by(known.c.id).limit(limit)
        return [self._read(row) for row in self.connection.execute(chosen)]

    def _told(self, posting: Posting) -> dict[str, object]:
        return {
            "state": posting.state.value,
            "fresh_until": to_epoch(posting.fresh_until),
            "rev": posting.revision,
            "priority": posting.priority.name.lower(),
            "leaves_on": posting.leaves_on and posting.leaves_on.isoformat(),
            "body": self.converter.dumps(posting.body).decode(),
        }

    def _keep_resources(self, posting: Posting) -> None:
        """Make the resources of an offer, or fit their capacity to what it says now."""
        units = posting.body.units() if isinstance(posting.body, Offer) else ()
        known = tables.resource
        for unit in units:
            resource = resource_of(posting.id, posting.organisation, unit)
            same = select(known.c.capacity, known.c.timed).where(known.c.id == resource)
            stored = self.connection.execute(same).one_or_none()
            if stored is None:  # two offers may name a new unit at the same moment
                row = _resource(posting, unit, resource)
                self.connection.execute(insert_if_new(self.connection, known, row))
                stored = self.connection.execute(same).one()
            if bool(stored.timed) is not unit.timed:
                raise Conflict("Another offer uses a unit of this code in another way: rename one.")
            if stored.capacity != unit.capacity:
                guard.set_capacity(self.connection, resource, unit.capacity)

    def _read(self, row: Row[Any]) -> Posting:
        stored = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
        body: Need | Offer = self.converter.loads(stored["body"], Need | Offer)  # type: ignore[arg-type]
        return Posting(
            id=PostingId(stored["id"]),
            organisation=OrganisationId(stored["organisation_id"]),
            exchange=stored["exchange"],
            body=body,
            created=from_epoch(stored["created"]),
            fresh_until=from_epoch(stored["fresh_until"]),
            state=PostingState(stored["state"]),
            priority=Priority[stored["priority"].upper()],
            leaves_on=_day(stored["leaves_on"]),
            revision=stored["rev"],
        )


def _day(said: str | None) -> dt.date | None:
    return None if said is None else dt.date.fromisoformat(said)


def _resource(posting: Posting, unit: Unit, resource: ResourceId) -> dict[str, object]:
    return {
        "id": resource,
        "posting_id": posting.id if unit.code is None else None,
        "organisation_id": posting.organisation,
        "capacity": unit.capacity,
        "timed": int(unit.timed),
    }


def _window(start: int | None, end: int | None) -> Window | None:
    return None if start is None or end is None else Window(from_epoch(start), from_epoch(end))
