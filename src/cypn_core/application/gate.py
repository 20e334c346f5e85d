"""The gate, as a caller meets it: who may take part in an exchange, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable

from cypn_core.application.network import Caller, Work
from cypn_core.domain.errors import NotChecked
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.standing import Passport, stands


def enter(work: Work, caller: Caller, exchange: str) -> None:
    """Let nobody in who has not passed at least one of the exchange's checklists.

    Nothing that is answered before this depends on what the exchange holds (law 1).

    :raises NotChecked: with what is missing, the same for every request.
    """
    if caller.organisation is None:
        caller.must_have("coordinator")
        return
    missing = missing_checks(work, caller.member, exchange)
    if len(missing) == len(work.hub.exchange(exchange).checklists):
        raise NotChecked(missing)


def enter_as(work: Work, caller: Caller, role: str) -> None:
    """Let nobody post in *role* who has not passed its checklist.

    :raises NotChecked: with what is missing.
    """
    checks = work.organisations.checks([caller.member])[caller.member]
    if missing := stands(checks, role, work.today):
        raise NotChecked([missing])


def missing_checks(work: Work, organisation: OrganisationId, exchange: str) -> list[str]:
    """What *organisation* lacks of the exchange's checklists today, in plain words."""
    checks = work.organisations.checks([organisation])[organisation]
    roles = sorted(work.hub.exchange(exchange).checklists)
    return [said for role in roles if (said := stands(checks, role, work.today))]


def passports(
    work: Work, members: Iterable[tuple[OrganisationId, str]]
) -> dict[tuple[OrganisationId, str], Passport]:
    """For each (organisation, role), what strangers may know of its standing today."""
    wanted = set(members)
    checks = work.organisations.checks(owner for owner, _ in wanted)
    return {(owner, role): Passport.of(checks[owner], role, work.today) for owner, role in wanted}
