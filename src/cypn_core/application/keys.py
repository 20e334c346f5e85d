"""API keys: made, shown once, kept as a digest, scoped, expiring, revocable."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from cypn_core.application.network import Caller, Work
from cypn_core.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from cypn_core.domain.ids import OrganisationId
from cypn_core.storage.members import StoredKey

SCOPES = frozenset({"member", "coordinator", "operator"})
PREFIX = "cypn_"
MOST_OWN = 10
"""How many keys one organisation may make for itself and have in force."""
OWN_DAYS = 366


def new_key(
    work: Work,
    caller: Caller,
    organisation: OrganisationId | None,
    scopes: frozenset[str],
    label: str,
    days: int,
) -> tuple[str, StoredKey]:
    """Make a key good for *days* and return it with its record. It cannot be shown again.

    :raises NotAllowed: unless the caller is an operator.
    :raises Invalid: on an unknown scope, or a member's key without an organisation.
    """
    caller.must_have("operator")
    if unknown := sorted(scopes - SCOPES):
        known = ", ".join(sorted(SCOPES))
        raise Invalid({"scopes": [f"{', '.join(unknown)}: must be among {known}"]})
    if not scopes or ("member" in scopes) is (organisation is None):
        raise Invalid(
            {"scopes": ["a key is a member's with its organisation, or has other scopes"]}
        )
    if organisation is not None:
        work.organisations.get(organisation)
    return _made(work, caller, organisation, scopes, label, days)


def new_own_key(work: Work, caller: Caller, label: str, days: int) -> tuple[str, StoredKey]:
    """Make a member's key for the organisation whose contact has signed in, good for *days*.

    :raises NotAllowed: for anybody but a contact of it: a key cannot make another one.
    :raises Invalid: for no label, or for more days than a year.
    :raises Conflict: when it has too many already.
    """
    if not caller.actor.startswith("contact:"):
        raise NotAllowed("Only a contact of the group makes its keys, signed in.")
    if not 1 <= len(label.strip()) <= 80:  # noqa: PLR2004 - as long as a label may be
        raise Invalid({"label": ["must have 1 to 80 characters"]})
    if not 1 <= days <= OWN_DAYS:
        raise Invalid({"days": [f"must be from 1 to {OWN_DAYS}"]})
    if len(own_keys(work, caller)) >= MOST_OWN:
        raise Conflict(f"{MOST_OWN} keys are the limit: revoke one that nobody uses.")
    return _made(work, caller, caller.member, frozenset({"member"}), label.strip(), days)


def own_keys(work: Work, caller: Caller) -> list[StoredKey]:
    """The keys of the caller's organisation that are in force, the oldest first."""
    return [
        each
        for each in work.members.keys()  # noqa: SIM118 - no mapping
        if each.organisation == caller.member and not each.revoked and each.expires > work.now
    ]


def revoke_own(work: Work, caller: Caller, key: str) -> None:
    """Revoke a key of the caller's organisation at once.

    :raises NotFound: when there is none in force with that id, or it is somebody else's.
    """
    if key not in {each.id for each in own_keys(work, caller)}:
        raise NotFound
    work.members.revoke(key, work.now)
    work.log(caller, key, "key_revoked")


def _made(
    work: Work,
    caller: Caller,
    organisation: OrganisationId | None,
    scopes: frozenset[str],
    label: str,
    days: int,
) -> tuple[str, StoredKey]:
    token = PREFIX + secrets.token_urlsafe(32)
    key = StoredKey(
        id=work.new_id(),
        organisation=organisation,
        digest=digest(token),
        scopes=scopes,
        label=label,
        created=work.now,
        expires=work.now + dt.timedelta(days=days),
    )
    work.members.add_key(key)
    work.log(caller, key.id, "key_made", scopes=sorted(scopes))
    return token, key


def revoke(work: Work, caller: Caller, key: str) -> None:
    """Revoke a key at once.

    :raises NotFound: when there is no such key in force.
    """
    caller.must_have("operator")
    if not work.members.revoke(key, work.now):
        raise NotFound("There is no key in force with that id: see the list of keys.")
    work.log(caller, key, "key_revoked")


def caller_with(work: Work, token: str) -> Caller | None:
    """Who comes with *token*; None when it opens nothing."""
    key = work.members.key_of(digest(token), work.now)
    if key is None:
        return None
    return Caller(actor=f"key:{key.id}", scopes=key.scopes, organisation=key.organisation)


def acting_for(work: Work, caller: Caller, for_whom: str | None) -> Caller:
    """*caller*, as a coordinator who acts for an organisation; both then stand in the log.

    :raises NotAllowed: when somebody else tries to act for another.
    :raises NotFound: when there is no such organisation.
    """
    if for_whom is None or for_whom == caller.organisation:
        return caller
    caller.must_have("coordinator")
    if work.organisations.get(OrganisationId(for_whom)).erased is not None:
        raise NotFound("That group is not a member any more.")
    return Caller(
        actor=caller.actor,
        scopes=caller.scopes,
        organisation=OrganisationId(for_whom),
        acts_for_another=True,
    )


def digest(token: str) -> str:
    """The SHA-256 of *token*. It is 256 random bits, so it needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
