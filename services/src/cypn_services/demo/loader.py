"""Loads the demo into a store, through the same use cases as any other caller."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from itertools import count
from typing import TypeVar

from attrs import evolve, frozen

from cypn_core.application import check, join, post
from cypn_core.application.network import SYSTEM, Caller, Network, Work
from cypn_core.domain.errors import Conflict, Invalid
from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.organisations import Contact, Organisation, Profile, RunBy
from cypn_core.domain.postings import Need, Noted, Offer
from cypn_core.domain.standing import CheckOutcome
from cypn_services.demo.data import REGION, Demo, Entry, Member, demo
from cypn_services.demo.dates import Today

T = TypeVar("T", Need, Offer)
Step = Callable[[], None]

_JOINED_DAYS_AGO, _LAPSED_DAYS_AGO = 90, 15
_MEMBER = frozenset({"member"})


def organisation_id(ref: str) -> OrganisationId:
    """The id that the member *ref* has in every demo."""
    return OrganisationId(next(_ids(ref)))


def posting_id(ref: str) -> PostingId:
    """The id that the need or offer *ref* has in every demo."""
    return PostingId(next(_ids(ref)))


def email_of(ref: str) -> str:
    """Where the first contact of the member *ref* would be reached."""
    return _address(next(each for each in demo().members if each.ref == ref), 0)


def load_demo(network: Network, now: dt.datetime | None = None, step: Step = lambda: None) -> None:
    """Fill an empty, migrated store with the demo, all of it or nothing; *step* is called for each.

    Nothing happens when the demo is there already. Ids come from the entries' own references, so
    two loads of one day are alike. *now* is the moment from which its dates count.

    :raises Conflict: when the store holds organisations that are not the demo's.
    :raises Invalid: when the network is in another region than the demo.
    """
    if network.hub.region.code != REGION:
        raise Invalid(
            {"region": [f"the demo is set in {REGION}: install that region and choose it"]}
        )
    network.transact(lambda work: _load(work, network, now or work.now, step))


def steps() -> int:
    """How often :func:`load_demo` calls *step*."""
    return len(demo().members) + len(demo().needs) + len(demo().offers)


def loaded_on(work: Work) -> dt.date | None:
    """The day from which the dates of the demo in this store count; None where there is none."""
    known = _known(work)
    joined = next((each.created for each in known if each.id == _first_id()), None)
    return None if joined is None else work.hub.region.today(joined + _days(_JOINED_DAYS_AGO))


def _load(work: Work, network: Network, now: dt.datetime, step: Step) -> None:
    known = {each.id for each in _known(work)}
    if strangers := known - {organisation_id(member.ref) for member in demo().members}:
        raise Conflict(
            f"This store holds {len(strangers)} organisations of its own, and the demo is not to "
            "be mixed with them: point CYPN_DATABASE_URL at a new file."
        )
    if not known:
        _Loading(work=work, network=network, now=now, demo=demo()).run(step)


def _known(work: Work) -> list[Organisation]:
    return work.organisations.all()


def _first_id() -> OrganisationId:
    return organisation_id(demo().members[0].ref)


def _ids(ref: str) -> Iterator[str]:
    return (hashlib.sha256(f"demo {ref} {n}".encode()).hexdigest()[:32] for n in count())


def _days(days: int) -> dt.timedelta:
    return dt.timedelta(days=days)


@frozen(kw_only=True)
class _Loading:
    """One load: the transaction, the moment *now* it counts from, and what is loaded."""

    work: Work
    network: Network
    now: dt.datetime
    demo: Demo

    def run(self, step: Step) -> None:
        for at, member in enumerate(self.demo.members):
            self.join(member, at)
            step()
        for entry in (*self.demo.offers, *self.demo.needs):
            self.post(entry)
            step()

    def on(self, ref: str, days_ago: int) -> Work:
        """The same transaction so many days ago, with ids that follow from *ref*."""
        ids = _ids(ref)
        return evolve(self.work, now=self.now - _days(days_ago), new_id=lambda: next(ids))

    def join(self, member: Member, at: int) -> None:
        """The member joins, and the coordinator records its checks."""
        then = self.on(member.ref, _JOINED_DAYS_AGO)
        known = join.join(then, SYSTEM, _profile(member, at))
        today = self.work.hub.region.today(self.now)
        for role in member.checks:
            end = today + _days(member.ends_in.get(role, self.demo.checked_days))
            check.record(then, SYSTEM, known.id, role, CheckOutcome.PASSED, end)
        for role in member.pending:
            check.record(then, SYSTEM, known.id, role, CheckOutcome.PENDING, None)
        for role in member.lapsed:
            end = today - _days(_LAPSED_DAYS_AGO)
            check.record(then, SYSTEM, known.id, role, CheckOutcome.PASSED, end)

    def post(self, entry: Entry) -> None:
        """The owner posts it; what no installed exchange takes is noted, if it is a need."""
        work = self.on(entry.ref, entry.posted_days_ago)
        caller = Caller(actor="demo", scopes=_MEMBER, organisation=organisation_id(entry.by))
        if entry.body is None or entry.exchange not in work.hub.exchanges:
            if entry in self.demo.needs:
                post.note(work, caller, _noted(entry))
            return
        kind = work.hub.kinds()[entry.body["kind"]]
        today = Today(work.hub.region.today(self.now), work.hub.region)
        body = self.network.converter.read(today.resolved(entry.body), kind)
        post.post(work, caller, entry.exchange, body)


def _noted(entry: Entry) -> Noted:
    place = entry.place if entry.body is None else entry.body.get("place")
    return Noted(wanted=entry.wanted or entry.exchange, place=place)


def _profile(member: Member, at: int) -> Profile:
    first, second = (_contact(member, at, n) for n in (0, 1))
    return Profile(
        name=member.name,
        run_by=RunBy(member.run_by),
        place=member.place,
        contact=first,
        second_contact=second,
        numbers=member.numbers,
    )


def _contact(member: Member, at: int, which: int) -> Contact:
    """An address that no mail reaches, and a number that Ofcom keeps free for fiction."""
    name, phone = member.contacts[which], f"01632 960{2 * at + which:03}"
    return Contact(name=name, email=_address(member, which), phone=phone)


def _address(member: Member, which: int) -> str:
    first = member.contacts[which].split()[0].lower()
    return f"{first}@{member.ref}.example.org"
