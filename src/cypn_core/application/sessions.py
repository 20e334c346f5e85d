"""Sessions: somebody is signed in, as what, and for how long.

How a page uses this::

    from cypn_core.application import sessions, sign_in

    # POST /sign-in, whoever it is: the answer is always the same.
    network.transact(lambda work: sign_in.ask(work, email))

    # POST /sign-in/<token>, the button behind the link. A GET of it looks nothing up.
    opened = network.transact(lambda work: sign_in.use(work, token))
    if opened is None:
        ...  # one refusal for every reason, 410
    secret, session = opened  # the cookie holds *secret* until session.expires

    # Every request. `current` also notes now and then that the session is in use.
    session = sessions.current(network, request.cookies.get("__Host-cypn", ""))
    caller = PUBLIC if session is None else sessions.caller(session)

    # Who answers for several groups, or is staff as well, says as what it acts.
    session = network.transact(lambda work: sessions.choose(work, session, organisation))
    session = network.transact(lambda work: sessions.act_for(work, session, organisation))
    network.transact(lambda work: sessions.end(work, session))

A session acts as one thing at a time: as staff, or as the contact of one organisation. Whatever it
rests on is looked up at every request: it ends at once when the contact is replaced, when the
organisation is gone, when the last role is taken away.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping

from attrs import frozen

from cypn_core.application.contacts import marked
from cypn_core.application.keys import digest
from cypn_core.application.network import Caller, Network, Work
from cypn_core.domain.errors import NotAllowed, NotFound
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.organisations import Contact
from cypn_core.domain.people import Session, Staff, StaffRole
from cypn_core.storage.people import Sessions, StaffList, StoredSession

SEEN_SECONDS = 300
"""How often it is noted that a session is in use; its idle time is exact to so much."""
COORDINATOR = StaffRole.COORDINATOR.value


@frozen(kw_only=True)
class Limits:
    """How long a session lasts: unused, and at all."""

    idle: dt.timedelta
    whole: dt.timedelta


MEMBERS = Limits(idle=dt.timedelta(hours=12), whole=dt.timedelta(days=30))
STAFF = Limits(idle=dt.timedelta(hours=2), whole=dt.timedelta(hours=12))


@frozen(kw_only=True)
class Person:
    """Whom an address belongs to: the contact of organisations with its marks, staff, or both."""

    address: str
    contacts: Mapping[OrganisationId, str]
    staff: Staff | None = None


def open_for(work: Work, person: Person) -> tuple[str, Session]:
    """A new session of *person*, and the token for its cookie, which is shown only now."""
    token = secrets.token_urlsafe(32)
    only = next(iter(person.contacts)) if len(person.contacts) == 1 else None
    stored = StoredSession(
        id=work.new_id(),
        digest=digest(token),
        address=person.address,
        opened=work.now,
        seen=work.now,
        staff=None if person.staff is None else person.staff.id,
        organisation=None if person.staff else only,
        contacts=person.contacts,
    )
    Sessions(work.connection).add(stored)
    session = _still_open(work, stored)
    work.log(caller(session), session.id, "session_opened")
    return token, session


def session_of(work: Work, token: str) -> Session | None:
    """Who comes with the cookie's *token*; None when it opens nothing, or nothing any more."""
    stored = Sessions(work.connection).of(_digest(token))
    return None if stored is None else _session(work, stored)


def current(network: Network, token: str) -> Session | None:
    """`session_of` in a snapshot of its own; notes now and then that the session is in use."""
    if not token:
        return None
    with network.reading() as work:
        stored = Sessions(work.connection).of(_digest(token))
        session = None if stored is None else _session(work, stored)
        now = work.now
    if stored and session and (now - stored.seen).total_seconds() >= SEEN_SECONDS:
        network.transact(lambda work: Sessions(work.connection).see(stored.id, now))
    return session


def caller(session: Session) -> Caller:
    """Whoever is signed in, as the use cases know callers."""
    return Caller(
        actor=session.actor,
        scopes=session.scopes,
        organisation=session.organisation,
        acts_for_another=session.acts_for_another,
    )


def choose(work: Work, session: Session, organisation: str) -> Session:
    """Act as the contact of *organisation* from now on; as staff again where that is empty.

    :raises NotFound: when it is none that this person answers for.
    """
    known = OrganisationId(organisation)
    may = known in session.organisations if known else bool(session.roles)
    if not may:
        raise NotFound("You do not answer for that group: choose one from the list.")
    return _acting(work, session, known or None, None)


def act_for(work: Work, session: Session, organisation: str) -> Session:
    """Act, as a coordinator, for *organisation* from now on; for nobody where that is empty.

    Both stand in the log with all that is done, and the log says that it began.

    :raises NotAllowed: unless this person is a coordinator.
    :raises NotFound: when there is no such organisation, or none any more.
    """
    if COORDINATOR not in session.roles:
        raise NotAllowed("Only a coordinator acts for a group.")
    if not organisation:
        return _acting(work, session, None, None)
    known = work.organisations.get(OrganisationId(organisation))
    if known.erased is not None:
        raise NotFound("That group is not a member any more.")
    acting = _acting(work, session, None, known.id)
    work.log(caller(acting), known.id, "acting_began")
    return acting


def listed(work: Work, session: Session) -> list[Session]:
    """The open sessions of the same person, the latest first."""
    found = (_session(work, each) for each in _mine(work, session))
    return [each for each in found if each is not None]


def end(work: Work, session: Session, which: str = "") -> None:
    """Sign out: end this session at once, or *which* other one is the same person's.

    :raises NotFound: when there is none open with that id.
    """
    wanted = which or session.id
    if wanted not in {each.id for each in _mine(work, session)}:
        raise NotFound("There is no open session with that id: see the list.")
    Sessions(work.connection).end(wanted, work.now)
    work.log(caller(session), wanted, "session_ended")


def end_all(work: Work, session: Session) -> int:
    """Sign out everywhere; how many sessions that ended."""
    mine = _mine(work, session)
    for each in mine:
        Sessions(work.connection).end(each.id, work.now)
        work.log(caller(session), each.id, "session_ended")
    return len(mine)


def _mine(work: Work, session: Session) -> list[StoredSession]:
    known = Sessions(work.connection)
    own = known.get(session.id)
    return [] if own is None else known.at(own.address)


def _acting(
    work: Work,
    session: Session,
    organisation: OrganisationId | None,
    acts_for: OrganisationId | None,
) -> Session:
    known = Sessions(work.connection)
    known.act(session.id, organisation, acts_for)
    return _still_open(work, known.get(session.id))


def _still_open(work: Work, stored: StoredSession | None) -> Session:
    found = None if stored is None else _session(work, stored)
    if found is None:
        raise NotAllowed("You are signed out: sign in again.")
    return found


def _session(work: Work, stored: StoredSession) -> Session | None:
    """*stored* as it stands now; None when its time is over or what it rests on is gone."""
    staff = None if stored.staff is None else StaffList(work.connection).get(stored.staff)
    limits = STAFF if stored.staff else MEMBERS
    over = min(stored.opened + limits.whole, stored.seen + limits.idle) <= work.now
    if over or (stored.staff and not (staff and staff.roles)):
        return None
    answers = _present(work, stored)
    if staff is None or stored.organisation is not None:
        return _as_contact(stored, answers, staff, limits)
    return _as_staff(stored, answers, staff, limits)


def _present(work: Work, stored: StoredSession) -> dict[OrganisationId, Contact]:
    """The organisations of which this person is still a contact, each with what it says of them."""
    found = {}
    for organisation, mark in stored.contacts.items():
        contact = dict(marked(work, organisation)).get(mark)
        if contact is not None:
            found[organisation] = contact
    return found


def _as_contact(
    stored: StoredSession,
    answers: Mapping[OrganisationId, Contact],
    staff: Staff | None,
    limits: Limits,
) -> Session | None:
    chosen = stored.organisation or next(iter(answers), None)
    if chosen is None or chosen not in answers:
        return None
    return Session(
        id=stored.id,
        actor=f"contact:{stored.contacts[chosen]}",
        scopes=frozenset({"member"}),
        name=answers[chosen].name,
        opened=stored.opened,
        expires=stored.opened + limits.whole,
        organisation=stored.organisation,
        organisations=tuple(answers),
        roles=_roles(staff),
    )


def _as_staff(
    stored: StoredSession,
    answers: Mapping[OrganisationId, Contact],
    staff: Staff,
    limits: Limits,
) -> Session:
    acting = stored.acts_for if StaffRole.COORDINATOR in staff.roles else None
    return Session(
        id=stored.id,
        actor=f"staff:{staff.id}",
        scopes=_roles(staff) if acting is None else frozenset({COORDINATOR, "member"}),
        name=staff.name,
        opened=stored.opened,
        expires=stored.opened + limits.whole,
        organisation=acting,
        organisations=tuple(answers),
        roles=_roles(staff),
        acts_for_another=acting is not None,
    )


def _roles(staff: Staff | None) -> frozenset[str]:
    return frozenset() if staff is None else frozenset(role.value for role in staff.roles)


def _digest(token: str) -> str:
    """Of what a stranger sends too: whatever it is, it has a digest."""
    return digest(token.encode(errors="replace").decode())
