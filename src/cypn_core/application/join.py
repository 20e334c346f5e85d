"""Joining: an organisation registers, keeps its profile, and switches exchanges off and on."""

from __future__ import annotations

import unicodedata
from collections.abc import Container

from attrs import evolve

from cypn_core.application.contacts import mark
from cypn_core.application.network import Caller, Work
from cypn_core.domain.errors import Changed, Invalid
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.likeness import one_alphabet, skeleton
from cypn_core.domain.organisations import Obtained, Organisation, Profile
from cypn_core.storage.belongings import Origins


def join(
    work: Work, caller: Caller, profile: Profile, obtained: Obtained = Obtained.COORDINATOR
) -> Organisation:
    """Register a new organisation. It stands nowhere until its checks are recorded.

    Its name is kept in one form (NFKC), however it was typed; *obtained* is kept of its contacts.

    :raises Invalid: when its place is not in the region, it names an unknown exchange, or its name
        is in two alphabets or reads like that of a member.
    """
    profile = evolve(profile, name=as_kept(profile.name))
    _fits(work, profile)
    _own_name(work, profile.name)
    organisation = Organisation(id=OrganisationId(work.new_id()), profile=profile, created=work.now)
    work.organisations.add(organisation)
    _keep_origins(work, organisation, obtained)
    work.log(caller, organisation.id, "organisation_joined")
    return organisation


def revise(work: Work, caller: Caller, profile: Profile, revision: int) -> Organisation:
    """Replace the profile of the caller's organisation.

    Mail that came back before is sent to its contacts again; who wanted none still gets none. Only
    a coordinator gives another name: to be refused one would tell a member who else is there.

    :raises Changed: when it is not at *revision* any more.
    :raises Invalid: as for a new one, and when a member changes its name.
    """
    profile = evolve(profile, name=as_kept(profile.name))
    _fits(work, profile)
    known = work.organisations.get(caller.member)
    if known.revision != revision:
        raise Changed("Your profile was changed since you read it: read it again.")
    if profile.name != known.profile.name:
        if "coordinator" not in caller.scopes:
            raise Invalid({"name": ["stays as it is: ask your coordinator to change it"]})
        _own_name(work, profile.name, known.id)
    revised = evolve(known, profile=profile, revision=known.revision + 1)
    work.organisations.replace(revised)
    typed = "coordinator" in caller.scopes
    _keep_origins(work, revised, Obtained.COORDINATOR if typed else Obtained.MEMBER)
    work.mails.resume(known.id, ("bounced",))
    work.log(caller, known.id, "organisation_revised")
    return revised


def _fits(work: Work, profile: Profile) -> None:
    work.hub.region.find(profile.place)
    if unknown := sorted(profile.exchanges_off - work.hub.exchanges.keys()):
        known = ", ".join(work.hub.exchanges)
        raise Invalid({"exchanges_off": [f"{', '.join(unknown)}: there is only {known}"]})


def _keep_origins(work: Work, organisation: Organisation, how: Obtained) -> None:
    profile = organisation.profile
    contacts = (each for each in (profile.contact, profile.second_contact) if each is not None)
    marks = {mark(organisation.id, each) for each in contacts}
    Origins(work.connection).keep(organisation.id, marks, how, work.now)


def as_kept(name: str) -> str:
    r"""*name* in the one form in which it is kept.

    >>> as_kept("  \uff21mber   Lane ")
    'Amber Lane'
    """
    return " ".join(unicodedata.normalize("NFKC", name).split())


def name_problem(name: str, taken: Container[str]) -> str | None:
    """Why *name* cannot be a member's, beside those whose skeletons are *taken*; or None."""
    likeness = skeleton(name)
    if not likeness:
        return "must have letters or digits"
    if not one_alphabet(name):
        return "is in two alphabets: write all of it in one"
    if likeness in taken:
        return "reads like the name of a member: add what tells the two apart, such as the place"
    return None


def _own_name(work: Work, name: str, own: OrganisationId | None = None) -> None:
    taken = {skeleton(each) for known, each in work.organisations.names() if known != own}
    if problem := name_problem(name, taken):
        raise Invalid({"name": [problem]})
