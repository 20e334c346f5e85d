"""The audit: each past day of the log is sealed, its digest goes to the trustees, and is verified.

A chain alone does not show that its end was cut off or that all of it was written anew; a digest
that left the house does.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Iterator, Mapping

from attrs import frozen

from cypn_core.application.letters import Letter, written
from cypn_core.application.mailing import Mailing, NotSent
from cypn_core.application.network import Caller, Network, Work
from cypn_core.domain.events import Event
from cypn_core.domain.people import OVERSEERS
from cypn_core.domain.seals import START, Seal, Sealed, day_digest, event_digest
from cypn_core.storage.seals import Seals

log = logging.getLogger(__name__)

DAY = dt.timedelta(days=1)
RETRY = dt.timedelta(minutes=10)
"""How long after a letter that could not be handed over it is tried again."""

KEEP = (
    "These are the digests of what was logged on each day. Keep this mail: with it the operator "
    "can show at any time that nothing of it was changed, removed or cut off "
    "(cypn audit verify --mailed DAY=DIGEST)."
)


@frozen(kw_only=True)
class Audit:
    """What an audit found: how much is sealed, how the chain ends, and what is wrong with it."""

    days: int
    events: int
    last: Seal | None
    flaws: tuple[str, ...]


def seal(work: Work) -> int:
    """Seal each past day that has no seal yet, empty ones too; how many were sealed.

    Days are the region's. The other machines wait, and find nothing left to do.
    """
    seals = Seals(work.connection)
    if next(_due(work, seals), None) is None:
        return 0
    seals.lock(work.new_id(), work.now)
    due = list(_due(work, seals))
    for day in due:
        _seal_day(work, seals, day)
    return len(due)


def mail_seals(network: Network) -> int:
    """Mail the digests of the sealed days to each trustee; how many days were mailed.

    At least once: whoever is stopped in between sends them again under the same Message-ID.
    """
    mailing = network.mailing
    if mailing is None or not mailing.trustees:
        return 0
    due = network.transact(lambda work: Seals(work.connection).to_mail(work.now, work.now + RETRY))
    if not due:
        return 0
    try:
        taken = _handed_over(mailing, network, due)
    except NotSent:
        return 0
    if not taken:
        return 0
    network.transact(lambda work: Seals(work.connection).mailed(due, work.now))
    return len(due)


def _handed_over(mailing: Mailing, network: Network, due: list[Seal]) -> int:
    """Mail each trustee; how many letters were taken. One bad address keeps no other from it.

    :raises NotSent: when it is not the address, so that all are to be tried again.
    """
    taken = 0
    for place, letter in enumerate(_letters(mailing, network, due), 1):
        try:
            mailing.delivery.send(written(letter, mailing.sender, network.clock()))
        except NotSent as failure:
            if not failure.refused:
                raise
            log.error("the address of trustee %d is refused: %s", place, failure.code)  # noqa: TRY400 - where it was raised says nothing
        else:
            taken += 1
    return taken


def verify(work: Work, caller: Caller, mailed: Mapping[dt.date, str]) -> Audit:
    """Look whether what was sealed is still as it was; *mailed* are digests as trustees have them.

    :raises NotAllowed: unless the caller is a coordinator, an auditor or a trustee.
    """
    caller.must_have(*sorted(OVERSEERS))
    seals = Seals(work.connection)
    found = seals.all()
    flaws = [
        *_broken_chain(found),
        *(flaw for each in found for flaw in _broken_day(each, seals.under(each.day))),
        *_unlike_mailed({each.day: each.digest for each in found}, mailed),
    ]
    return Audit(
        days=len(found),
        events=sum(each.events for each in found),
        last=found[-1] if found else None,
        flaws=tuple(flaws),
    )


def _due(work: Work, seals: Seals) -> Iterator[dt.date]:
    newest, first = seals.newest(), seals.first_event()
    if newest is None and first is None:
        return
    day = newest.day + DAY if newest else work.hub.region.today(first or work.now)
    while day < work.today:
        yield day
        day += DAY


def _seal_day(work: Work, seals: Seals, day: dt.date) -> None:
    newest = seals.newest()
    previous = newest.digest if newest else START
    sealed = [_sealed(event) for event in seals.unsealed(work.hub.region.midnight(day + DAY))]
    digest = day_digest(previous, day, (each.digest for each in sealed))
    made = Seal(day=day, events=len(sealed), previous=previous, digest=digest, at=work.now)
    seals.add(made, sealed)


def _sealed(event: Event) -> Sealed:
    salt = secrets.token_hex(16)
    return Sealed(event=event.id, salt=salt, digest=event_digest(salt, event))


def _letters(mailing: Mailing, network: Network, due: list[Seal]) -> Iterator[Letter]:
    lines = (f"{each.day}={each.digest} ({each.events} events)" for each in due)
    said = (KEEP, *lines)
    subject = f"Keep this: the log of {network.hub.region.name} up to {due[-1].day}"
    for at, trustee in enumerate(mailing.trustees):
        letter = f"{due[-1].digest[:32]}.{at}"
        yield Letter(id=letter, to=trustee, subject=subject, paragraphs=said)


def _broken_chain(found: list[Seal]) -> Iterator[str]:
    previous: Seal | None = None
    for each in found:
        if previous and each.day != previous.day + DAY:
            yield f"{previous.day + DAY}: the seal is missing"
        if each.previous != (previous.digest if previous else START):
            yield f"{each.day}: the seal does not hang on the day before"
        previous = each


def _broken_day(day: Seal, under: list[tuple[Sealed, Event | None]]) -> Iterator[str]:
    """A removed event, a changed one, and a seal that does not fit what lies under it."""
    if removed := sum(event is None for _, event in under):
        yield f"{day.day}: {removed} of {day.events} events were removed"
    if changed := [event for each, event in under if _changed(each, event)]:
        yield f"{day.day}: changed: {', '.join(event.id for event in changed if event)}"
    if day_digest(day.previous, day.day, (each.digest for each, _ in under)) != day.digest:
        yield f"{day.day}: the seal does not fit the {len(under)} events under it"


def _changed(sealed: Sealed, event: Event | None) -> bool:
    """Never one whose details were erased: its digest stays, and nobody can tell it any more."""
    if sealed.salt is None or event is None:
        return False
    return event_digest(sealed.salt, event) != sealed.digest


def _unlike_mailed(known: Mapping[dt.date, str], mailed: Mapping[dt.date, str]) -> Iterator[str]:
    for day, digest in sorted(mailed.items()):
        if day not in known:
            yield f"{day}: was mailed and has no seal: the log was cut"
        elif known[day] != digest:
            yield f"{day}: is not what was mailed: the log was written anew"
