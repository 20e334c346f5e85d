"""Signing in: a link is mailed, works once, and dies when the contact is replaced.

Nobody learns who is a member. `ask` does the same for every address and looks nobody up; `send`
does that later, and then writes to the address that is on record, never to the one that was typed.
"""

from __future__ import annotations

import datetime as dt
import hmac
from hashlib import sha256

from attrs import evolve, frozen

from cypn_core.application import tokens
from cypn_core.application.contacts import marked, marked_in
from cypn_core.application.letters import Letter, written
from cypn_core.application.mailing import Mailing, NotSent
from cypn_core.application.network import Network, Work
from cypn_core.application.sessions import Person, open_for
from cypn_core.domain.people import Session, address
from cypn_core.storage.people import StaffList
from cypn_core.storage.sign_in_links import SignInLinks, StoredSignIn

GOOD_FOR = dt.timedelta(minutes=30)
RETRY = dt.timedelta(minutes=1)
MOST_A_RUN = 50
ASKED = (
    "Somebody asked to sign in to {region} with this address. If it was you, open the link and "
    "press the button. It works once, within {minutes} minutes."
)
NOT_YOU = "If it was not you, do nothing: without this letter nobody gets in."
WORDS = "Sign in"


@frozen
class _Claimed:
    link: str
    letter: Letter | None


def ask(work: Work, email: str) -> None:
    """Let a link be mailed to *email*, if it is somebody's; whether it is, this does not tell.

    At most five an hour for one address; more are asked for in vain, and nobody is told.

    :raises Invalid: when *email* is no address.
    """
    SignInLinks(work.connection).ask(work.new_id(), _mark(work, address(email)), work.now)


def use(work: Work, token: str) -> tuple[str, Session] | None:
    """Sign in with the link that holds *token*: the cookie's token and the session.

    None when it is refused, and for which of all reasons is not told.
    """
    known = SignInLinks(work.connection)
    row = tokens.row_of(token)
    link = tokens.opened(known.get(row) if row else None, token)
    if link is None or link.expires <= work.now:
        return None
    person = _still(_person(work, link.address), link.people)
    if person is None or not known.use(link.id, work.now):
        return None
    return open_for(work, person)


def vouched(work: Work, email: str) -> tuple[str, Session] | None:
    """Sign in whoever is known, by somebody that we trust, to read *email*; None for a stranger.

    :raises Invalid: when *email* is no address.
    """
    person = _person(work, _mark(work, address(email)))
    return None if person is None else open_for(work, person)


def send(network: Network) -> int:
    """Send the letters that wait; how many were handed over. Nothing where mail is off."""
    mailing, sent = network.mailing, 0
    if mailing is None:
        return 0
    for _ in range(MOST_A_RUN):
        claimed = network.transact(lambda work: _claim(work, mailing))
        if claimed is None:
            break
        if claimed.letter is None:
            continue
        try:
            mailing.delivery.send(written(claimed.letter, mailing.sender, network.clock()))
        except NotSent as failure:
            if not failure.refused:
                break
        else:
            sent += 1
        done = claimed.link
        network.transact(lambda work, done=done: SignInLinks(work.connection).gone(done))  # type: ignore[misc]
    return sent


def _claim(work: Work, mailing: Mailing) -> _Claimed | None:
    """The next link that waits, with its letter; without one where the address is nobody's.

    The secret is made as late as this, so that no store ever holds it.
    """
    known = SignInLinks(work.connection)
    link = known.claim(work.now, RETRY, GOOD_FOR)
    if link is None:
        return None
    person = _person(work, link.address)
    email = None if person is None else _email(work, person)
    if person is None or email is None:
        known.gone(link.id)
        return _Claimed(link.id, None)
    secret = tokens.made()
    made = evolve(
        link,
        people=_marks(person),
        salt=secret.salt,
        digest=secret.digest,
        expires=work.now + GOOD_FOR,
    )
    known.make(made)
    target = f"{mailing.site_url}/sign-in/{link.id}.{secret.said}"
    return _Claimed(link.id, _letter(work, made, email, target))


def _letter(work: Work, link: StoredSignIn, email: str, target: str) -> Letter:
    minutes = int(GOOD_FOR.total_seconds() // 60)
    region = work.hub.region.name
    return Letter(
        id=f"{link.id}.{link.attempts}",
        to=email,
        subject=f"Sign in to {region}",
        paragraphs=(ASKED.format(region=region, minutes=minutes), NOT_YOU),
        links=((WORDS, target),),
    )


def _mark(work: Work, email: str) -> str:
    """Tells one address from another, and tells nobody which it is who lacks the hub's secret."""
    said = f"sign-in\x1f{email}".encode()
    return hmac.new(work.pseudonym_key, said, sha256).hexdigest()


def _person(work: Work, wanted: str) -> Person | None:
    """Whose address has the mark *wanted*; None when it is nobody's."""
    contacts = {
        organisation.id: mark
        for organisation in work.organisations.all()
        for mark, contact in marked_in(organisation)
        if _mark(work, contact.email.casefold()) == wanted
    }
    people = (each for each in StaffList(work.connection).all() if each.roles)
    staff = next((each for each in people if _mark(work, each.email) == wanted), None)
    if not contacts and staff is None:
        return None
    return Person(address=wanted, contacts=contacts, staff=staff)


def _still(person: Person | None, sent_to: frozenset[str]) -> Person | None:
    """*person* as those whom the letter was sent to; None when none of them is left."""
    if person is None:
        return None
    contacts = {each: mark for each, mark in person.contacts.items() if mark in sent_to}
    staff = person.staff if person.staff and person.staff.id in sent_to else None
    if not contacts and staff is None:
        return None
    return evolve(person, contacts=contacts, staff=staff)


def _marks(person: Person) -> frozenset[str]:
    own = {person.staff.id} if person.staff else set()
    return frozenset(person.contacts.values()) | own


def _email(work: Work, person: Person) -> str | None:
    """The address as it is on record."""
    if person.staff is not None:
        return person.staff.email
    found = (
        contact.email
        for organisation, mark in person.contacts.items()
        for known, contact in marked(work, organisation)
        if known == mark
    )
    return next(found, None)
