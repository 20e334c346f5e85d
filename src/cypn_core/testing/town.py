"""A small town for tests: a network on a real store, its members with keys, and HTTP to talk by.

>>> from datetime import UTC, datetime
>>> clock = Clock(datetime(2026, 11, 22, tzinfo=UTC))
>>> clock.pass_time(days=1)
>>> clock().isoformat()
'2026-11-23T00:00:00+00:00'
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import define, field, frozen
from flask import Flask
from werkzeug.test import TestResponse

from cypn_core.application import check, join, keys
from cypn_core.application.mailing import Mailing
from cypn_core.application.network import SYSTEM, Caller, Network, random_id
from cypn_core.application.tick import Ticked, tick
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.organisations import Contact, Profile, RunBy
from cypn_core.domain.standing import CheckOutcome
from cypn_core.hub import Hub
from cypn_core.matching.travel import TravelTime
from cypn_core.storage.engine import Store
from cypn_core.web import exchange_api
from cypn_core.web.link_pages import membership_service
from cypn_core.web.service import create_app

MEMBERSHIP = "membership"


@define
class Clock:
    """A clock that stands still until it is told to go on."""

    now: dt.datetime

    def __call__(self) -> dt.datetime:
        """What time it is."""
        return self.now

    def pass_time(self, **delta: float) -> None:
        """Let a ``timedelta(**delta)`` go by."""
        self.now += dt.timedelta(**delta)


@frozen(kw_only=True)
class Member:
    """An organisation with a key, and the requests that it can send to each service."""

    id: OrganisationId
    name: str
    token: str
    apps: Mapping[str, Flask]

    def get(self, service: str, path: str, **headers: str) -> TestResponse:
        """GET *path* of the exchange, or of ``membership``."""
        return self.send("GET", service, path, **headers)

    def post(self, service: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """POST *body* as JSON."""
        return self.send("POST", service, path, body, **headers)

    def send(
        self, method: str, service: str, path: str, body: Any = None, **headers: str
    ) -> TestResponse:
        """Send a request with this member's key; ``If_Match="1"`` becomes the header If-Match.

        A text is sent as it is, with the Content-Type among the headers; all else as JSON.
        """
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Authorization": f"Bearer {self.token}", **sent}
        client = self.apps[service].test_client()
        if isinstance(body, str):
            return client.open(path, method=method, data=body, headers=sent)
        return client.open(path, method=method, json=body, headers=sent)


@define
class Apps(Mapping[str, Flask]):
    """The services of a network by name, each made when somebody first asks it: that takes time."""

    network: Network
    _made: dict[str, Flask] = field(factory=dict)

    def __getitem__(self, name: str) -> Flask:
        if name not in self._made:
            self._made[name] = self._new(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter((MEMBERSHIP, *self.network.hub.exchanges))

    def __len__(self) -> int:
        return 1 + len(self.network.hub.exchanges)

    def _new(self, name: str) -> Flask:
        if name == MEMBERSHIP:
            return membership_service(self.network)
        exchange = self.network.hub.exchanges[name]
        return create_app(self.network, exchange.title, exchange_api.operations(exchange))


@define
class Town:
    """A network whose members all exist only in a test."""

    network: Network
    clock: Clock
    apps: Mapping[str, Flask] = field(factory=dict)

    @classmethod
    def on(
        cls,
        store: Store,
        hub: Hub,
        now: dt.datetime,
        mailing: Mailing | None = None,
        new_id: Callable[[], str] = random_id,
        travel: TravelTime | None = None,
    ) -> Town:
        """A town on *store* at *now*, with a service for each exchange and for membership."""
        clock = Clock(now)
        network = Network(
            hub=hub, store=store, clock=clock, mailing=mailing, new_id=new_id, travel=travel
        )
        return cls(network, clock, Apps(network))

    def member(
        self, name: str, *roles: str, place: str, until: dt.date | None = None, **profile: Any
    ) -> Member:
        """A member that has passed the checks of *roles*, in date until *until*."""
        told = Profile(
            name=name,
            run_by=RunBy.VOLUNTEERS,
            place=place,
            contact=Contact(name=f"Kim of {name}", email="kim@example.org"),
            **profile,
        )
        with self.network.writing() as work:
            joined = join.join(work, SYSTEM, told)
            for role in roles:
                check.record(work, SYSTEM, joined.id, role, CheckOutcome.PASSED, until)
        return self._with_key(joined.id, name, frozenset({"member"}))

    def coordinator(self) -> Member:
        """Somebody with a coordinator's key, which belongs to no organisation."""
        return self._with_key(None, "coordinator", frozenset({"coordinator"}))

    def acting(self, member: Member) -> Caller:
        """*member* as a caller of the use cases."""
        return Caller(actor="test", scopes=frozenset({"member"}), organisation=member.id)

    def tick(self) -> Ticked:
        """Let the hub do what is due."""
        return tick(self.network)

    def _with_key(self, owner: OrganisationId | None, name: str, scopes: frozenset[str]) -> Member:
        with self.network.writing() as work:
            token, _ = keys.new_key(work, SYSTEM, owner, scopes, name, days=366)
        return Member(id=owner or OrganisationId(""), name=name, token=token, apps=self.apps)
