"""Letters to whoever has no inbox: written with what they tell of, sent by the tick."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Iterator

from attrs import frozen

from cypn_core.application.keys import digest
from cypn_core.application.letters import Letter, written
from cypn_core.application.mailing import Mailing, NotSent
from cypn_core.application.network import Network, Work
from cypn_core.storage.plain_letters import COORDINATOR, TRUSTEES, PlainLetters, StoredLetter
from cypn_core.storage.registrations import Registrations

log = logging.getLogger(__name__)

RETRY = dt.timedelta(minutes=10)
MOST_A_RUN = 200
CONFIRM = "confirm"
CONFIRM_WORDS = "Yes, this is our address"


@frozen
class _Claimed:
    waiting: StoredLetter
    letters: tuple[Letter, ...]


def post(work: Work, address: str, subject: str, said: str, confirms: str | None = None) -> None:
    """Send *said* to an e-mail address, or to `COORDINATOR` or `TRUSTEES`.

    With the registration that it *confirms* goes a link that confirms it.
    """
    new = StoredLetter(
        id=work.new_id(), address=address, subject=subject, said=said, confirms=confirms
    )
    PlainLetters(work.connection).add(new, work.now)


def send(network: Network) -> int:
    """Send what is due; how many letters were handed over. Nothing where mail is off."""
    mailing, sent = network.mailing, 0
    if mailing is None:
        return 0
    for _ in range(MOST_A_RUN):
        claimed = network.transact(lambda work: _claim(work, mailing))
        if claimed is None:
            break
        try:
            sent += _handed_over(mailing, network, claimed)
        except NotSent:
            break
        waiting = claimed.waiting.id
        network.transact(lambda work, done=waiting: PlainLetters(work.connection).done(done))  # type: ignore[misc]
    return sent


def _handed_over(mailing: Mailing, network: Network, claimed: _Claimed) -> int:
    """How many were taken; an address that is refused is not tried again.

    :raises NotSent: when it is not the address, so that it is tried later.
    """
    taken = 0
    for each in claimed.letters:
        try:
            mailing.delivery.send(written(each, mailing.sender, network.clock()))
        except NotSent as failure:
            if not failure.refused:
                raise
            log.warning("a letter was refused: %s", failure.code)
        else:
            taken += 1
    return taken


def _claim(work: Work, mailing: Mailing) -> _Claimed | None:
    waiting = PlainLetters(work.connection).claim(work.now, RETRY)
    if waiting is None:
        return None
    links = ((CONFIRM_WORDS, mailing.public_url + link),) if (link := _link(work, waiting)) else ()
    return _Claimed(waiting, tuple(_letters(mailing, waiting, links)))


def _letters(
    mailing: Mailing, waiting: StoredLetter, links: tuple[tuple[str, str], ...]
) -> Iterator[Letter]:
    known = {COORDINATOR: (mailing.coordinator,), TRUSTEES: mailing.trustees}
    for at, to in enumerate(known.get(waiting.address, (waiting.address,))):
        yield Letter(
            id=f"{waiting.id}-{at}",
            to=to,
            subject=waiting.subject,
            paragraphs=tuple(waiting.said.split("\n\n")),
            links=links,
        )


def _link(work: Work, waiting: StoredLetter) -> str:
    """The path of a new link, made as late as this, so that no store ever holds it."""
    if waiting.confirms is None:
        return ""
    secret = secrets.token_urlsafe(32)
    known = Registrations(work.connection, work.organisations.converter)
    known.link(waiting.confirms, digest(secret))
    return f"/links/{CONFIRM}/{waiting.confirms}.{secret}"
