"""The outbox: sends what is due, at least once each; and sees to what comes back."""

from __future__ import annotations

import datetime as dt
import logging
from email.message import EmailMessage

from attrs import frozen

from cypn_core.application import links
from cypn_core.application.bounces import bounced
from cypn_core.application.contacts import mark, reached
from cypn_core.application.invitations import Between, invitations
from cypn_core.application.letters import Letter, written
from cypn_core.application.mailing import Mailing, NotSent
from cypn_core.application.network import Network, Work
from cypn_core.application.questions import question
from cypn_core.domain.failures import report
from cypn_core.domain.organisations import Contact
from cypn_core.storage.mails import StoredMail, Told

log = logging.getLogger(__name__)

RETRY = dt.timedelta(minutes=10)
"""After the first failure; twice as long after each further one: over eight, a day."""
MOST_A_RUN = 200
UNREACHED = (
    "A message of the hub reaches no contact of one of your members: what was sent came back, or "
    "was stopped. The desk lists which member it is; please ring them."
)


@frozen
class _Claimed:
    mail: StoredMail
    letter: EmailMessage


def send(network: Network) -> int:
    """Send what is due; how many letters were handed over. Nothing where mail is off.

    Whoever is stopped in between sends a letter twice rather than never; its Message-ID is the
    same then. After a failure of the carrier the rest waits for the next run.
    """
    mailing = network.mailing
    if mailing is None:
        return 0
    while network.transact(lambda work: work.mails.fold(work.now, work.new_id())):
        pass
    sent = 0
    for _ in range(MOST_A_RUN):
        claimed = network.transact(lambda work: _claim(work, mailing))
        if claimed is None:
            break
        try:
            mailing.delivery.send(claimed.letter)
        except NotSent as failure:
            if not _came_back(network, claimed.mail, failure):
                break
        else:
            mail = claimed.mail
            network.transact(lambda work, mail=mail: work.mails.sent(mail.id, work.now))  # type: ignore[misc]
            sent += 1
    return sent


def _claim(work: Work, mailing: Mailing) -> _Claimed | None:
    """The next mail that has still something to say, with its letter."""
    while (mail := work.mails.claim(work.now, RETRY)) is not None:
        try:
            claimed = _written(work, mailing, mail)
        except Exception as error:  # noqa: BLE001 - whatever one mail lacks, the next ones go out
            report(log, error, "mail %s cannot be written", mail.id)
            work.mails.failed(mail, "unwritable")
            continue
        if claimed is not None:
            return claimed
    return None


def _written(work: Work, mailing: Mailing, mail: StoredMail) -> _Claimed | None:
    """*mail* with its letter; None, and it is dropped, where nothing of it waits any more."""
    told = work.mails.says(mail)
    if _over(work, mail, told):
        work.mails.drop(mail.id)
        return None
    contact = reached(work, mail.organisation)
    letter = _to(work, mailing, mail, told, contact)
    return _Claimed(mail, written(letter, mailing.sender, work.now))


def _over(work: Work, mail: StoredMail, told: list[Told]) -> bool:
    """True when it has asked before, and there is nothing left to answer."""
    open_ = (question(work, each.fact, each.about, mail.organisation) for each in told)
    return work.links.asked(mail.id) and not any(open_)


def _to(
    work: Work, mailing: Mailing, mail: StoredMail, told: list[Told], contact: Contact | None
) -> Letter:
    letter_id = f"{mail.id}.{mail.issue}"
    known = None if contact is None else mark(mail.organisation, contact)
    work.mails.addressed(mail.id, known)
    if contact is None or known is None:
        return Letter(
            id=letter_id,
            to=mailing.coordinator,
            subject="A member cannot be reached by mail",
            paragraphs=(UNREACHED,),
        )
    return Letter(
        id=letter_id,
        to=contact.email,
        subject=told[0].subject if mail.message else f"Your week: {work.hub.region.name}",
        paragraphs=_paragraphs(mail, told),
        links=tuple(
            (words, mailing.public_url + path) for words, path in _links(work, mail, known, told)
        ),
        unsubscribe=mailing.public_url + links.unsubscribe(work, mail, known),
        invitations=tuple(
            invitations(work, told, Between(mailing.sender, contact.email, mail.organisation))
        ),
    )


def _paragraphs(mail: StoredMail, told: list[Told]) -> tuple[str, ...]:
    if mail.message:
        return tuple(each.text for each in told)
    return tuple(f"{each.subject}. {each.text}" for each in told)


def _links(
    work: Work, mail: StoredMail, contact: str, told: list[Told]
) -> tuple[tuple[str, str], ...]:
    if not mail.message:
        return ()
    asked = question(work, told[0].fact, told[0].about, mail.organisation)
    return () if asked is None else tuple(links.answers(work, mail, contact, asked))


def _came_back(network: Network, mail: StoredMail, failure: NotSent) -> bool:
    """Note the failure; True when it was the address, so that the next mail may be tried."""

    def note(work: Work) -> None:
        work.mails.failed(mail, failure.code)
        if failure.refused:
            bounced(work, mail.id, mail.issue)

    network.transact(note)
    return failure.refused
