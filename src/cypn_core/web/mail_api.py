"""The operations of mail: what came back, whom it does not reach, and trying again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from annotated_types import MaxLen, MinLen
from attrs import frozen

from cypn_core.application import bounces
from cypn_core.domain.constraints import constrained
from cypn_core.web.operations import Asked, Json, Operation, Reply


@frozen(kw_only=True, field_transformer=constrained)
class BounceReported:
    """The address that mail came back from, or the Message-ID of what came back."""

    what: Annotated[str, MinLen(3), MaxLen(320)]


def operations() -> Iterator[Operation]:
    """Every operation of mail; part of the membership service."""
    yield Operation(
        name="report_bounce",
        method="POST",
        path="/v1/bounces",
        summary="Say that mail came back; it goes out again to the next in line",
        takes=BounceReported,
        scopes=frozenset({"coordinator", "operator"}),
        run=_bounce,
    )
    yield Operation(
        name="unreached_members",
        method="GET",
        path="/v1/bounces",
        summary="The members one of whose contacts gets no mail",
        scopes=frozenset({"coordinator"}),
        run=lambda asked: Reply(
            body={"items": list(map(_told, bounces.unreached(asked.work, asked.caller)))}
        ),
    )
    yield Operation(
        name="resume_mail",
        method="POST",
        path="/v1/organisation/mail",
        summary="Get mail again at the addresses of your contacts",
        run=_resume,
    )


def _bounce(asked: Asked) -> Reply:
    again = bounces.bounce(asked.work, asked.caller, asked.given.body.what)
    return Reply(body={"sent_again": again})


def _resume(asked: Asked) -> Reply:
    bounces.resume(asked.work, asked.caller)
    return Reply(body={"resumed": True})


def _told(each: bounces.Unreached) -> Json:
    return {
        "organisation": each.organisation,
        "name": each.name,
        "reason": each.reason,
        "since": each.since.isoformat(),
        "by_mail": each.by_mail,
    }
