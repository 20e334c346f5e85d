"""Sealing the log: a digest for each day that hangs on the day before and on every event of it.

Each event has a salted digest of its own, and a day's digest is made of these. So an event's
details can be erased together with its salt while the chain still fits, and nobody can guess from
a digest what was erased.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from hashlib import sha256

from attrs import frozen

from cypn_core.domain.events import Event

START = "0" * 64
"""What the first day hangs on."""


@frozen(kw_only=True)
class Seal:
    """A day's seal: *digest* is 64 hexadecimal characters, *events* how many it covers."""

    day: dt.date
    events: int
    previous: str
    digest: str
    at: dt.datetime


@frozen(kw_only=True)
class Sealed:
    """One event under a day's seal. *salt* is None where its details were erased."""

    event: str
    salt: str | None
    digest: str


def event_digest(salt: str, event: Event) -> str:
    """The salted SHA-256 of all that the log holds of *event*."""
    said = [
        salt,
        event.seq,
        event.id,
        int(event.at.timestamp()),
        event.actor,
        event.for_whom,
        event.subject,
        event.fact,
        event.body,
    ]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def day_digest(previous: str, day: dt.date, digests: Iterable[str]) -> str:
    """The SHA-256 of a day: of the digest of the day before, the date and its events' digests.

    >>> day_digest(START, dt.date(2027, 1, 4), []) == day_digest(START, dt.date(2027, 1, 5), [])
    False
    """
    return sha256("\n".join([previous, day.isoformat(), *digests]).encode()).hexdigest()
