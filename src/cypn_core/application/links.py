"""One-click links: made for one mail, good once, and dead when the contact is replaced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cypn_core.application import plain_letters, register, tokens
from cypn_core.application.contacts import marked
from cypn_core.application.network import SYSTEM, Caller, Work
from cypn_core.application.questions import Question, question
from cypn_core.domain.ids import OrganisationId
from cypn_core.storage.mail_links import StoredLink
from cypn_core.storage.mails import Stop, StoredMail

LATER = "Later: ask me again tomorrow"
LATER_DAYS = 1
UNSUBSCRIBE = "unsubscribe"
UNSUBSCRIBE_DAYS = 366
WORDS = {
    "yes": "Yes",
    "no": "No",
    "later": "Later",
    UNSUBSCRIBE: "No more mail to this address",
    plain_letters.CONFIRM: plain_letters.CONFIRM_WORDS,
}
"""The choices that there are, as the page behind a link calls them."""


def answers(
    work: Work, mail: StoredMail, contact: str, asked: Question
) -> Iterator[tuple[str, str]]:
    """New links for the answers to *asked*: the words and the path of each."""
    offered = {"yes": asked.yes.words, "no": asked.no.words, "later": LATER}
    for choice, words in offered.items():
        yield words, _made(work, mail, contact, choice, asked.until, asked.terms)


def unsubscribe(work: Work, mail: StoredMail, contact: str) -> str:
    """The path of a new link by which this contact gets no more mail."""
    until = work.now + dt.timedelta(days=UNSUBSCRIBE_DAYS)
    return _made(work, mail, contact, UNSUBSCRIBE, until, "")


def use(work: Work, choice: str, token: str) -> str | None:
    """Do what the link stands for, and say so; None when it is refused.

    Why it is refused is not told to whoever holds it. The present contact is told that it was
    tried, once a link.

    :raises CypnError: when the link is good and what it asks for cannot be done; it stays good.
    """
    if choice == plain_letters.CONFIRM:
        return register.confirm(work, token)
    link = _known(work, choice, token)
    mail = work.mails.get(link.mail) if link else None
    if link is None or mail is None:
        return None
    done = _done(work, link, mail) if _good(work, link, mail.organisation) else None
    if done is None and work.links.tell(link.id):
        work.log(SYSTEM, mail.organisation, "link_refused")
    return done


def _done(work: Work, link: StoredLink, mail: StoredMail) -> str | None:
    if link.choice == UNSUBSCRIBE:
        return _stop(work, link, mail.organisation)
    asked = _asked(work, mail)
    if asked is None or asked.terms != link.terms or not work.links.use(link, work.now):
        return None
    caller = Caller(
        actor=f"link:{link.id}", scopes=frozenset({"member"}), organisation=mail.organisation
    )
    if link.choice == "later":
        work.mails.again(mail, work.now + dt.timedelta(days=LATER_DAYS))
        return "You will be asked again tomorrow, if it still waits for you then."
    return (asked.yes if link.choice == "yes" else asked.no).give(work, caller)


def _asked(work: Work, mail: StoredMail) -> Question | None:
    (told,) = work.mails.says(mail)
    return question(work, told.fact, told.about, mail.organisation)


def _stop(work: Work, link: StoredLink, organisation: OrganisationId) -> str:
    stop = Stop(organisation=organisation, contact=link.contact, reason="unsubscribed", at=work.now)
    if work.mails.stop(stop):
        work.log(SYSTEM, organisation, "mail_stopped", reason=stop.reason)
    return "No more mail goes to this address. Your messages are kept in your inbox."


def _good(work: Work, link: StoredLink, organisation: OrganisationId) -> bool:
    present = {known for known, _ in marked(work, organisation)}
    return link.contact in present and not link.used and link.expires > work.now


def _known(work: Work, choice: str, token: str) -> StoredLink | None:
    """The link whose secret *token* holds, for that choice. An unknown one takes as long."""
    row = tokens.row_of(token)
    link = tokens.opened(work.links.get(row) if row else None, token)
    return link if link and link.choice == choice else None


def _made(
    work: Work, mail: StoredMail, contact: str, choice: str, expires: dt.datetime, terms: str
) -> str:
    secret = tokens.made()
    link = StoredLink(
        id=work.new_id(),
        mail=mail.id,
        choice=choice,
        salt=secret.salt,
        digest=secret.digest,
        contact=contact,
        terms=terms,
        expires=expires,
    )
    work.links.add(link)
    return f"/links/{choice}/{link.id}.{secret.said}"
