"""The operations of un-masking: to ask who somebody is, and to see that one was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from annotated_types import MaxLen, MinLen
from attrs import frozen

from cypn_core.application import unmask
from cypn_core.application.unmask import Looked, Purpose
from cypn_core.domain.constraints import Pattern, constrained
from cypn_core.web.operations import Asked, Json, Operation, Reply

Sentence = Annotated[
    str,
    MinLen(10),
    MaxLen(200),
    Pattern(r"\S.*\S", "must be one line that says why, in 10 to 200 characters"),
]


@frozen(kw_only=True, field_transformer=constrained)
class UnmaskingAsked:
    """Whose need, offer or deal it is about, by its id, and why it must be known."""

    of: Annotated[str, Pattern(r"[0-9a-f]{32}", "must be the id of a need, an offer or a deal")]
    purpose: Purpose
    because: Sentence


def operations() -> Iterator[Operation]:
    """Un-mask somebody, and see when oneself was; part of the membership service."""
    yield Operation(
        name="unmask",
        method="POST",
        path="/v1/unmaskings",
        summary="See who is behind a need, an offer or a deal; they are told who looked and why",
        takes=UnmaskingAsked,
        scopes=frozenset({"coordinator"}),
        answers_a_secret=True,
        answers=(201,),
        run=_unmask,
    )
    yield Operation(
        name="list_unmaskings",
        method="GET",
        path="/v1/unmaskings",
        summary="When somebody looked at who you are, in which role, and why",
        run=lambda asked: Reply(
            body={"items": [_looked(each) for each in unmask.looks(asked.work, asked.caller)]}
        ),
    )


def _unmask(asked: Asked) -> Reply:
    given: UnmaskingAsked = asked.given.body
    found = unmask.unmask(asked.work, asked.caller, given.of, given.purpose, given.because)
    return Reply(body=asked.faces.unmasked(found), status=201)


def _looked(each: Looked) -> Json:
    return {
        "id": each.id,
        "at": each.at.isoformat(),
        "role": each.role,
        "of": each.of,
        "purpose": each.purpose,
        "because": each.because,
    }
