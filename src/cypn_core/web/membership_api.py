"""The operations of membership: joining, one's own profile, checks, keys and the inbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import evolve, frozen

from cypn_core.application import check, join, keys
from cypn_core.application.gate import missing_checks
from cypn_core.application.inbox import inbox
from cypn_core.application.suspend import endings
from cypn_core.domain.constraints import Code, constrained
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.organisations import Organisation, Profile
from cypn_core.domain.people import OVERSEERS
from cypn_core.domain.standing import CheckOutcome
from cypn_core.storage.members import Message
from cypn_core.web import (
    calendar_api,
    listing_api,
    mail_api,
    override_api,
    own_data_api,
    register_api,
    report_api,
    season_api,
    unmask_api,
)
from cypn_core.web.operations import Asked, Json, Operation, Reply, page

COORDINATOR = frozenset({"coordinator"})
OPERATOR = frozenset({"operator"})


@frozen(kw_only=True, field_transformer=constrained)
class CheckRecorded:
    """The outcome of a checklist: never a certificate's number or text."""

    role: Code
    outcome: CheckOutcome
    expires_on: dt.date | None = None


@frozen(kw_only=True, field_transformer=constrained)
class KeyWanted:
    """A new API key: whose it is, what it opens, and for how many days."""

    label: Annotated[str, MinLen(1), MaxLen(80)]
    scopes: frozenset[Code]
    organisation: Annotated[str, MaxLen(32)] | None = None
    days: Annotated[int, Ge(1), Le(366)] = 90


def operations() -> Iterator[Operation]:
    """Every operation of the membership service."""
    yield Operation(
        name="capabilities",
        method="GET",
        path="/v1",
        summary="Which exchanges this network has, and your checks for them",
        run=lambda asked: Reply(body=_capabilities(asked)),
        scopes=frozenset({"member", "coordinator", "operator"}),
    )
    yield from _organisation_operations()
    yield from mail_api.operations()
    yield from calendar_api.operations()
    yield Operation(
        name="record_check",
        method="POST",
        path="/v1/organisations/{organisation}/checks",
        summary="Record what was found on an organisation's checklist",
        takes=CheckRecorded,
        scopes=COORDINATOR,
        answers=(201,),
        run=_record,
    )
    yield Operation(
        name="expiring_checks",
        method="GET",
        path="/v1/checks/expiring",
        summary="The checks that will soon be out of date; their owners are warned once",
        scopes=OVERSEERS,
        run=_expiring,
    )
    yield Operation(
        name="make_key",
        method="POST",
        path="/v1/keys",
        summary="Make an API key; it is shown this once",
        takes=KeyWanted,
        scopes=OPERATOR,
        answers_a_secret=True,
        answers=(201,),
        run=_make_key,
    )
    yield Operation(
        name="revoke_key",
        method="DELETE",
        path="/v1/keys/{key}",
        summary="Revoke an API key at once",
        scopes=OPERATOR,
        run=_revoke_key,
    )
    yield Operation(
        name="inbox",
        method="GET",
        path="/v1/inbox",
        summary="Your messages, the oldest first",
        paged=True,
        run=_inbox,
    )
    yield from report_api.operations()
    yield from unmask_api.operations()
    yield from listing_api.public_operations()
    yield from season_api.operations()
    yield from register_api.operations()
    yield from override_api.operations()
    yield from own_data_api.operations()


def _organisation_operations() -> Iterator[Operation]:
    yield Operation(
        name="join",
        method="POST",
        path="/v1/organisations",
        summary="Register an organisation",
        takes=Profile,
        scopes=COORDINATOR,
        answers=(201,),
        run=_join,
    )
    yield Operation(
        name="read_organisation",
        method="GET",
        path="/v1/organisation",
        summary="What the hub holds on your organisation",
        run=lambda asked: _told(asked, asked.work.organisations.get(asked.caller.member)),
    )
    yield Operation(
        name="revise_organisation",
        method="PUT",
        path="/v1/organisation",
        summary="Replace your profile, your contacts and the exchanges that you leave out",
        takes=Profile,
        revises=True,
        run=lambda asked: _told(
            asked,
            join.revise(asked.work, asked.caller, asked.given.body, asked.given.revision),
        ),
    )


def _capabilities(asked: Asked) -> Json:
    hub, member = asked.work.hub, asked.caller.organisation
    return {
        "region": hub.region.name,
        "exchanges": [
            {
                "name": each.name,
                "title": each.title,
                "summary": each.summary,
                "missing_checks": missing_checks(asked.work, member, each.name) if member else [],
            }
            for each in hub.exchanges.values()
        ],
    }


def _join(asked: Asked) -> Reply:
    joined = join.join(asked.work, asked.caller, asked.given.body)
    return evolve(_told(asked, joined), status=201, location="/v1/organisation")


def _told(asked: Asked, organisation: Organisation) -> Reply:
    return Reply(body=asked.faces.organisation(organisation), revision=organisation.revision)


def _record(asked: Asked) -> Reply:
    given: CheckRecorded = asked.given.body
    recorded = check.record(
        asked.work,
        asked.caller,
        OrganisationId(asked.given.path["organisation"]),
        given.role,
        given.outcome,
        given.expires_on,
    )
    expires = recorded.expires_on and recorded.expires_on.isoformat()
    body = {"role": recorded.role, "outcome": recorded.outcome.value, "expires_on": expires}
    return Reply(body=body, status=201)


def _expiring(asked: Asked) -> Reply:
    found = [
        {"organisation": each.organisation, "role": each.role, "last": each.last.isoformat()}
        for each in endings(asked.work)
    ]
    return Reply(body={"items": found})


def _make_key(asked: Asked) -> Reply:
    given: KeyWanted = asked.given.body
    owner = None if given.organisation is None else OrganisationId(given.organisation)
    token, key = keys.new_key(
        asked.work, asked.caller, owner, given.scopes, given.label, given.days
    )
    body = {"id": key.id, "key": token, "expires": key.expires.isoformat()}
    return Reply(body=body, status=201)


def _revoke_key(asked: Asked) -> Reply:
    keys.revoke(asked.work, asked.caller, asked.given.path["key"])
    return Reply(body={"revoked": True})


def _inbox(asked: Asked) -> Reply:
    given = asked.given
    found = inbox(asked.work, asked.caller, given.after, given.limit + 1)
    return Reply(body=page(found, given.limit, _message))


def _message(message: Message) -> Json:
    return {
        "id": message.id,
        "subject": message.subject,
        "text": message.text,
        "at": message.at.isoformat(),
    }
