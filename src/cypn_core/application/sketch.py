"""A network in memory: try rules, planners and regions without a store or a server."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from cypn_core.application.settings import settings_of
from cypn_core.domain.ids import OrganisationId, Party, PostingId, ResourceId, fingerprint
from cypn_core.domain.postings import Need, Offer, resource_of
from cypn_core.domain.standing import Passport
from cypn_core.domain.times import DateSpan, Window
from cypn_core.hub import Hub
from cypn_core.matching.answer import Answer, answer
from cypn_core.matching.candidates import (
    Candidates,
    Offered,
    PlainScan,
    Snapshot,
    Taken,
    Wanted,
    stops_of,
)
from cypn_core.matching.near import REACH
from cypn_core.matching.planner import Board
from cypn_core.matching.rules import Context


class Sketch:
    """Needs, offers and uses of one exchange, and the answers to them.

    Everybody in a sketch has passed the checks, unless a passport says otherwise.
    """

    def __init__(
        self, hub: Hub, exchange: str, now: dt.datetime, candidates: Candidates | None = None
    ) -> None:
        self._hub, self._exchange, self._now = hub, hub.exchange(exchange), now
        self._candidates = candidates or PlainScan()
        self._needs: dict[PostingId, Wanted] = {}
        self._offers: dict[PostingId, tuple[str, Offer, Passport]] = {}
        self._uses: dict[ResourceId, list[Taken]] = defaultdict(list)

    def offer(self, body: Offer, party: str = "", passport: Passport = Passport()) -> PostingId:
        """Post an offer of *party* (by default one of its own) and return its id."""
        name = fingerprint("offer", str(len(self._offers)))
        self._offers[PostingId(name)] = (party or name, body, passport)
        return PostingId(name)

    def need(self, body: Need, party: str = "", passport: Passport = Passport()) -> PostingId:
        """Post a need of *party* (by default one of its own) and return its id."""
        name = PostingId(fingerprint("need", str(len(self._needs))))
        region = self._hub.region
        self._needs[name] = Wanted(
            id=name,
            party=Party(party or name),
            body=body,
            windows=body.windows(region),
            posted=self._now + dt.timedelta(seconds=len(self._needs)),
            spot=region.find(body.place) if body.place else None,
            stops=stops_of(body, region),
            passport=passport,
        )
        return name

    def use(self, offer: PostingId, window: Window | None, quantity: int = 1) -> None:
        """Take every unit of *offer* for *window*, as an agreed deal would."""
        party, body, _ = self._offers[offer]
        for unit in body.units():
            resource = resource_of(offer, OrganisationId(party), unit)
            self._uses[resource].append(Taken(window, quantity))

    def answer(self, need: PostingId) -> Answer:
        """Everything that the hub has to say to *need*."""
        exchange, region = self._exchange, self._hub.region
        return answer(
            self.board(need),
            exchange.planner,
            exchange.roles,
            exchange.relaxations,
            region,
            most_near=region.settings.near_misses,
        )

    def board(self, need: PostingId) -> Board:
        """What the planner is given for *need*."""
        wanted = self._needs[need]
        context = Context(
            now=self._now,
            zone=self._hub.region.zone_name,
            settings=settings_of(self._hub, self._exchange.name),
            windows=wanted.windows,
            calendars=self._hub.region.calendars,
            roads=self._hub.region.travel,
        )
        return Board(
            need=wanted,
            snapshot=self._snapshot(),
            rules=self._hub.rules(self._exchange.name),
            candidates=self._candidates,
            context=context,
        )

    def _snapshot(self) -> Snapshot:
        ends = [w for each in self._needs.values() for w in each.windows]
        today = self._now.date()
        first = min([today, *(w.start.date() for w in ends)])
        last = max([today, *(w.end.date() for w in ends)])
        span = DateSpan(first - REACH, last + REACH)
        offers = tuple(self._offered(each, span) for each in self._offers)
        return Snapshot(offers=offers, needs=tuple(self._needs.values()), uses=dict(self._uses))

    def _offered(self, offer: PostingId, span: DateSpan) -> Offered:
        party, body, passport = self._offers[offer]
        region = self._hub.region
        units = {u.key: resource_of(offer, OrganisationId(party), u) for u in body.units()}
        return Offered(
            id=offer,
            party=Party(party),
            body=body,
            open=body.given(region, span),
            resources=units,
            spot=region.find(body.place) if body.place else None,
            passport=passport,
        )
