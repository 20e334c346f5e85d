"""Joining: an organisation registers, keeps its profile, and switches exchanges off and on."""

from __future__ import annotations

from attrs import evolve

from cypn_core.application.network import Caller, Work
from cypn_core.domain.errors import Changed, Invalid
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.organisations import Organisation, Profile


def join(work: Work, caller: Caller, profile: Profile) -> Organisation:
    """Register a new organisation. It stands nowhere until its checks are recorded.

    :raises Invalid: when its place is not in the region, or it names an unknown exchange.
    """
    _fits(work, profile)
    organisation = Organisation(id=OrganisationId(work.new_id()), profile=profile, created=work.now)
    work.organisations.add(organisation)
    work.log(caller, organisation.id, "organisation_joined")
    return organisation


def revise(work: Work, caller: Caller, profile: Profile, revision: int) -> Organisation:
    """Replace the profile of the caller's organisation.

    Mail that came back before is sent to its contacts again; who wanted none still gets none.

    :raises Changed: when it is not at *revision* any more.
    """
    _fits(work, profile)
    known = work.organisations.get(caller.member)
    if known.revision != revision:
        raise Changed("Your profile was changed since you read it: read it again.")
    revised = evolve(known, profile=profile, revision=known.revision + 1)
    work.organisations.replace(revised)
    work.mails.resume(known.id, ("bounced",))
    work.log(caller, known.id, "organisation_revised")
    return revised


def _fits(work: Work, profile: Profile) -> None:
    work.hub.region.find(profile.place)
    if unknown := sorted(profile.exchanges_off - work.hub.exchanges.keys()):
        known = ", ".join(work.hub.exchanges)
        raise Invalid({"exchanges_off": [f"{', '.join(unknown)}: there is only {known}"]})
