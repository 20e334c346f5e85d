"""One running network: its plugins, its store, its clock; and the unit of work inside it."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from attrs import field, frozen

from cypn_core.application.mailing import Mailing
from cypn_core.application.roadbook import Roadbook, Unasked
from cypn_core.application.settings import settings_of
from cypn_core.domain.errors import NotAllowed
from cypn_core.domain.events import Event
from cypn_core.domain.ids import OrganisationId, fingerprint
from cypn_core.domain.times import Window
from cypn_core.hub import Hub
from cypn_core.matching.candidates import Candidates, PlainScan
from cypn_core.matching.rules import Context
from cypn_core.matching.travel import Pair, TravelTime, Way
from cypn_core.storage import events
from cypn_core.storage.closures import Closures
from cypn_core.storage.deals import Deals
from cypn_core.storage.diaries import Diaries
from cypn_core.storage.engine import Store
from cypn_core.storage.mail_links import MailLinks
from cypn_core.storage.mails import Mails
from cypn_core.storage.members import Members
from cypn_core.storage.organisations import Organisations
from cypn_core.storage.postings import Postings
from cypn_core.storage.seasons import Seasons
from cypn_core.storage.uses import Uses
from cypn_core.storage.wakes import Wakes
from cypn_core.wire.converter import Converter, converter_for

DECISIONS = frozenset({"deal_asked", "deal_held", "deal_proposed", "deal_agreed"})
"""The facts that tell by which version of the rules they came to be."""

T = TypeVar("T")
Ways = Callable[[Collection[Pair]], Mapping[Pair, Way]]

ASKED = 5
"""So often a transaction begins anew to ask for ways by road; then it goes by the estimate."""


def utc_now() -> dt.datetime:
    """The clock on the wall."""
    return dt.datetime.now(dt.UTC)


def random_id() -> str:
    """128 random bits as 32 hexadecimal characters."""
    return secrets.token_hex(16)


@frozen(kw_only=True)
class Caller:
    """Who asks: the organisation that is acted for, and the key, person or system that acts.

    *scopes*: ``member`` acts for its own organisation; ``coordinator`` sees all and may act for
    any; ``auditor`` and ``trustee`` read what was done, under pseudonyms; ``operator`` runs the
    hub.
    """

    actor: str
    scopes: frozenset[str]
    organisation: OrganisationId | None = None
    acts_for_another: bool = False

    @property
    def member(self) -> OrganisationId:
        """The organisation that is acted for.

        :raises NotAllowed: when the caller acts for none.
        """
        if self.organisation is None:
            raise NotAllowed("Say for which organisation: this key belongs to none.")
        return self.organisation

    def must_have(self, *scopes: str) -> None:
        """Refuse whoever has none of *scopes*.

        :raises NotAllowed: in a plain sentence.
        """
        if self.scopes.isdisjoint(scopes):
            raise NotAllowed(f"This needs a key with the scope {' or '.join(scopes)}.")


PUBLIC = Caller(actor="public", scopes=frozenset())
"""Whoever comes without a key, where none is asked for."""
SYSTEM = Caller(actor="system", scopes=frozenset({"member", "coordinator", "operator"}))


@frozen(kw_only=True)
class Work:
    """A unit of work: everything that one use case touches, in one transaction."""

    hub: Hub
    connection: Any
    """The open transaction; only storage looks into it."""
    now: dt.datetime
    new_id: Callable[[], str]
    pseudonym_key: bytes
    organisations: Organisations
    postings: Postings
    deals: Deals
    members: Members
    mails: Mails
    links: MailLinks
    uses: Uses
    closures: Closures
    diaries: Diaries
    wakes: Wakes
    seasons: Seasons
    candidates: Candidates
    settings: Mapping[str, Any]
    ways: Ways | None
    """The ways by road that are known, or can be asked for without holding up a writer.

    None where nobody is to be asked.
    """

    @property
    def today(self) -> dt.date:
        """The date in the region."""
        return self.hub.region.today(self.now)

    def context(self, exchange: str, windows: tuple[Window, ...] = ()) -> Context:
        """What rules, planners and actions of *exchange* may know besides what they are given."""
        return Context(
            now=self.now,
            zone=self.hub.region.zone_name,
            settings=self.settings[exchange],
            windows=windows,
            calendars=self.hub.region.calendars,
            roads=self.hub.region.travel,
        )

    def log(self, caller: Caller, subject: str, fact: str, **body: Any) -> None:
        """Append an event; it counts when the transaction does. *body* never holds a name."""
        events.append(self.connection, self._event(self.new_id(), caller, subject, fact, body))

    def log_once(self, caller: Caller, subject: str, fact: str, about: str, **body: Any) -> bool:
        """Append an event unless *fact* was told of *subject* and *about* before; whether it was.

        Its id is made of these three, so that two machines cannot tell it twice.
        """
        once = fingerprint("once", fact, subject, about)
        event = self._event(once, caller, subject, fact, body)
        return events.append_once(self.connection, event)

    def _event(
        self, event: str, caller: Caller, subject: str, fact: str, body: Mapping[str, Any]
    ) -> Event:
        return Event(
            id=event,
            at=self.now,
            actor=caller.actor,
            for_whom=caller.organisation if caller.acts_for_another else None,
            subject=subject,
            fact=fact,
            body={**body, **self._judged_by(fact, body)},
        )

    def _judged_by(self, fact: str, body: Mapping[str, Any]) -> Mapping[str, str]:
        exchange = body.get("exchange") if fact in DECISIONS else None
        known = exchange in self.hub.exchanges
        return {"rules": self.hub.rules_version(str(exchange))} if known else {}


@frozen(kw_only=True)
class Network:
    """A hub on a store. Make it once a process; it is safe to share between threads."""

    hub: Hub
    store: Store
    clock: Callable[[], dt.datetime] = utc_now
    new_id: Callable[[], str] = random_id
    candidates: Candidates = field(factory=PlainScan)
    mailing: Mailing | None = None
    """How mail leaves; None where it is off."""
    travel: TravelTime | None = None
    """Who is asked for ways by road; None where they are estimated."""
    roads: Roadbook = field(init=False, repr=False)
    converter: Converter = field(init=False)
    settings: Mapping[str, Any] = field(init=False)
    pseudonym_key: bytes = field(init=False, repr=False)

    @converter.default
    def _converter(self) -> Converter:
        return converter_for(self.hub.kinds())

    @roads.default
    def _roads(self) -> Roadbook:
        return Roadbook(travel=self.travel)

    @settings.default
    def _settings(self) -> Mapping[str, Any]:
        """Read at once, so that a bad region file stops the start and not the tenth request."""
        return {name: settings_of(self.hub, name) for name in self.hub.exchanges}

    @pseudonym_key.default
    def _pseudonym_key(self) -> bytes:
        """One secret for all processes of a hub, made by whichever is the first."""
        fresh = secrets.token_hex(32)
        found = self.store.transact(lambda c: Members(c).setting("pseudonym_key", fresh))
        return bytes.fromhex(found)

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """Work on one snapshot of the store; it cannot write."""
        with self.store.reading() as connection:
            yield self._work(connection, self.roads.asked)

    @contextmanager
    def writing(self) -> Iterator[Work]:
        """Work in one transaction: all of the block happens, or nothing."""
        with self.store.writing() as connection:
            yield self._work(connection, self.roads.known)

    def transact(self, use_case: Callable[[Work], T]) -> T:
        """Run *use_case* in one transaction, again where another transaction got in its way.

        Nobody else waits while ways by road are asked for: it is rolled back before, and begins
        anew.
        """
        for _ in range(ASKED):
            try:
                return self._transacted(use_case, self.roads.known_or_raise)
            except Unasked as wanted:
                self.roads.ask(wanted.pairs)
        return self._transacted(use_case, self.roads.known)

    def _transacted(self, use_case: Callable[[Work], T], ways: Ways) -> T:
        return self.store.transact(lambda connection: use_case(self._work(connection, ways)))

    def _work(self, connection: Any, ways: Ways) -> Work:
        return Work(
            hub=self.hub,
            connection=connection,
            now=self.clock().replace(microsecond=0),
            new_id=self.new_id,
            pseudonym_key=self.pseudonym_key,
            organisations=Organisations(connection, self.converter),
            postings=Postings(connection, self.converter),
            deals=Deals(connection, self.converter),
            members=Members(connection),
            mails=Mails(connection),
            links=MailLinks(connection),
            uses=Uses(connection),
            closures=Closures(connection),
            diaries=Diaries(connection),
            wakes=Wakes(connection),
            seasons=Seasons(connection, self.converter),
            candidates=self.candidates,
            settings=self.settings,
            ways=None if self.travel is None else ways,
        )
