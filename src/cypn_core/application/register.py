"""Registering: a group asks to join, confirms its address, and the coordinator decides.

Whoever registers is told the same whatever the hub knows already: whether a name, or something
like it, is a member's is seen by the coordinator alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from attrs import evolve, frozen

from cypn_core.application import plain_letters
from cypn_core.application.join import as_kept, join, name_problem
from cypn_core.application.keys import digest
from cypn_core.application.network import PUBLIC, Caller, Work
from cypn_core.domain.errors import Invalid
from cypn_core.domain.likeness import skeleton
from cypn_core.domain.organisations import Obtained, Organisation
from cypn_core.domain.registrations import SAID, Application, Registration, Turned
from cypn_core.storage.belongings import CheckRequests
from cypn_core.storage.plain_letters import COORDINATOR
from cypn_core.storage.registrations import Registrations

MOST_AN_ADDRESS = 3
"""How many registrations of one address may wait: more are not stored, and nobody is told."""
MOST_UNCONFIRMED_DAYS = 14

CONFIRM = (
    "Somebody has registered {name} with {region} and gave this address. If it was you, confirm it "
    "with the link below, within {days} days: the coordinator then looks at it. If it was not you, "
    "do nothing: it is deleted."
)
WAITING = (
    "Thank you: the address is confirmed. The coordinator looks at your registration and writes "
    "to you. Until your checks are passed you cannot search, and nothing of you is shown."
)
TURNED = "Your registration of {name} was turned away: {reason}. Nothing of it is kept."


@frozen(kw_only=True)
class Awaiting:
    """A registration that the coordinator has to decide, and the members that its name is like."""

    registration: Registration
    alike: tuple[str, ...]


def register(work: Work, application: Application) -> None:
    """Take in a group's registration and write to its address. The answer is always the same.

    :raises Invalid: naming the field: a place that is not here, a role that has no checklist, or a
        name that nobody could have; never because of who else there is.
    """
    application = evolve(application, name=as_kept(application.name))
    work.hub.region.find(application.place)
    _roles(work, application.roles)
    if problem := name_problem(application.name, frozenset()):
        raise Invalid({"name": [problem]})
    known = _known(work)
    if known.asked_by(application.contact.email) >= MOST_AN_ADDRESS:
        return
    new = Registration(id=work.new_id(), application=application, created=work.now)
    known.add(new)
    said = CONFIRM.format(
        name=application.name, region=work.hub.region.name, days=MOST_UNCONFIRMED_DAYS
    )
    plain_letters.post(
        work, application.contact.email, "Confirm your address", said, confirms=new.id
    )
    work.log(PUBLIC, new.id, "registration_received")


def confirm(work: Work, token: str) -> str | None:
    """Confirm the address whose link holds *token*, and say what comes next; None when refused."""
    wanted, _, secret = token.partition(".")
    known = _known(work)
    if not known.confirm(wanted, digest(secret)):
        return None
    work.log(PUBLIC, wanted, "registration_confirmed")
    said = "A group has registered and confirmed its address. It waits at your desk."
    plain_letters.post(work, COORDINATOR, "Somebody wants to join", said)
    return WAITING


def awaiting(work: Work, caller: Caller) -> list[Awaiting]:
    """The registrations that are to be decided, the oldest first.

    :raises NotAllowed: unless the caller is a coordinator.
    """
    caller.must_have("coordinator")
    members = [(name, skeleton(name)) for _, name in work.organisations.names()]
    return [_awaiting(each, members) for each in _known(work).waiting()]


def accept(work: Work, caller: Caller, registration: str, name: str | None = None) -> Organisation:
    """Let a registered group join, under another *name* where its own is like a member's.

    It stands nowhere yet: the checks that it wants are listed for the coordinator.

    :raises NotAllowed: unless the caller is a coordinator.
    :raises NotFound: when no registration waits under that id.
    :raises Invalid: as `join` does, such as for a name that reads like a member's.
    """
    caller.must_have("coordinator")
    found = _known(work).get(registration)
    wanted = found.application
    joined = join(work, caller, wanted.profile(name), Obtained.SELF_REGISTERED)
    for role in sorted(wanted.roles):
        CheckRequests(work.connection).want(joined.id, role, work.now)
    _known(work).remove(found.id)
    work.log(caller, joined.id, "registration_accepted")
    return joined


def turn_away(work: Work, caller: Caller, registration: str, reason: Turned) -> None:
    """Turn a registration away for a coded *reason*, which the group is told; the row goes.

    :raises NotAllowed: unless the caller is a coordinator.
    :raises NotFound: when no registration waits under that id.
    """
    caller.must_have("coordinator")
    found = _known(work).get(registration)
    wanted = found.application
    _known(work).remove(found.id)
    said = TURNED.format(name=wanted.name, reason=SAID[reason])
    plain_letters.post(work, wanted.contact.email, "Your registration", said)
    work.log(caller, found.id, "registration_turned_away", reason=reason.value)


def purge(work: Work) -> int:
    """Delete the registrations whose address was never confirmed; how many."""
    return _known(work).purge(work.now - dt.timedelta(days=MOST_UNCONFIRMED_DAYS))


def _known(work: Work) -> Registrations:
    return Registrations(work.connection, work.organisations.converter)


def _roles(work: Work, wanted: frozenset[str]) -> None:
    known = {each.role for each in work.hub.region.checklists}
    if unknown := sorted(wanted - known):
        there = ", ".join(sorted(known))
        raise Invalid({"roles": [f"there is no checklist for {', '.join(unknown)}; use: {there}"]})


def _awaiting(registration: Registration, members: list[tuple[str, str]]) -> Awaiting:
    own = skeleton(registration.application.name)
    return Awaiting(registration=registration, alike=tuple(sorted(_alike(own, members))))


def _alike(own: str, members: list[tuple[str, str]]) -> Iterator[str]:
    """The members whose name is the same to a reader, or holds it, or lies in it."""
    for name, other in members:
        if own == other or (min(len(own), len(other)) >= 5 and (own in other or other in own)):  # noqa: PLR2004
            yield name
