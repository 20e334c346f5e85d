"""The operations of overrides: one person proposes, another confirms, anybody of them ends it."""

from __future__ import annotations

from collections.abc import Iterator

from cypn_core.application import override
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.overrides import Override, OverrideWanted
from cypn_core.domain.people import ACCOUNTABLE, OVERSEERS
from cypn_core.web.operations import Asked, Json, Operation, Reply


def operations() -> Iterator[Operation]:
    """Propose, confirm, end and list overrides; part of the membership service."""
    yield Operation(
        name="propose_override",
        method="POST",
        path="/v1/organisations/{organisation}/overrides",
        summary="Propose to let an organisation take part for some days without a check in date",
        takes=OverrideWanted,
        scopes=frozenset({"coordinator"}),
        signed_in=True,
        answers=(201,),
        run=_propose,
    )
    yield Operation(
        name="confirm_override",
        method="POST",
        path="/v1/overrides/{override}/confirm",
        summary="Confirm, as the second person, what another one proposed",
        scopes=ACCOUNTABLE,
        signed_in=True,
        run=lambda asked: _reply(override.confirm(asked.work, asked.caller, _id(asked))),
    )
    yield Operation(
        name="end_override",
        method="DELETE",
        path="/v1/overrides/{override}",
        summary="End an override or a proposal at once",
        scopes=ACCOUNTABLE,
        signed_in=True,
        run=lambda asked: _reply(override.end(asked.work, asked.caller, _id(asked))),
    )
    yield Operation(
        name="list_overrides",
        method="GET",
        path="/v1/overrides",
        summary="Every override there ever was, the latest first",
        scopes=OVERSEERS,
        run=lambda asked: Reply(
            body={"items": [_told(each) for each in override.listed(asked.work, asked.caller)]}
        ),
    )


def _propose(asked: Asked) -> Reply:
    organisation = OrganisationId(asked.given.path["organisation"])
    made = override.propose(asked.work, asked.caller, organisation, asked.given.body)
    return Reply(body=_told(made), status=201)


def _id(asked: Asked) -> str:
    return asked.given.path["override"]


def _reply(changed: Override) -> Reply:
    return Reply(body=_told(changed))


def _told(each: Override) -> Json:
    return {
        "id": each.id,
        "organisation": each.organisation,
        "role": each.role,
        "reason": each.reason.value,
        "days": each.days,
        "proposed_by": each.proposed_by,
        "proposed": each.proposed.isoformat(),
        "confirmed_by": each.confirmed_by,
        "first": each.first and each.first.isoformat(),
        "last": each.last and each.last.isoformat(),
        "ended": each.ended and each.ended.isoformat(),
    }
