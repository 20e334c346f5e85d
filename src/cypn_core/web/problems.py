"""What a caller reads when something cannot be done: RFC 9457 problems, one table of them.

>>> problem_for(NotFound()).status
404
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import attrs

from cypn_core.domain.errors import (
    Changed,
    Conflict,
    CypnError,
    Invalid,
    NotAllowed,
    NotChecked,
    NotFound,
    Taken,
)
from cypn_core.domain.failures import report

__all__ = [
    "CODES",
    "MEDIA_TYPE",
    "Code",
    "Problem",
    "Refused",
    "problem",
    "problem_for",
    "problem_for_status",
    "refuse",
]

MEDIA_TYPE: Final = "application/problem+json"
_log = logging.getLogger(__name__)


@attrs.frozen
class Code:
    """One sort of problem: *help* is what its ``type`` address says to a person."""

    status: int
    title: str
    help: str


CODES: Final[Mapping[str, Code]] = {
    "invalid": Code(
        422,
        "Some of what you sent cannot be used.",
        'Each entry of "errors" names a field and says what to mend. Mend them all and send the '
        "whole again; nothing was stored.",
    ),
    "malformed": Code(
        400,
        "The body could not be read.",
        "Send one JSON object in UTF-8: each key once, no NaN or Infinity, whole numbers below "
        "2^63, at most 64 levels deep. Nothing was stored.",
    ),
    "wrong-content-type": Code(
        415,
        "The body is not of the type that is taken here.",
        "Send the header Content-Type that the detail names: application/json nearly everywhere. "
        "Forms are not accepted here.",
    ),
    "too-large": Code(
        413,
        "The body is too large.",
        "Send less at once: one need or offer fits easily. Nothing was stored.",
    ),
    "key-needed": Code(
        401,
        "A valid key is needed.",
        "Send the header Authorization: Bearer YOUR-KEY. If your key has expired or was revoked, "
        "ask your coordinator for a new one.",
    ),
    "foreign-page": Code(
        403,
        "This was not sent by a page of the hub.",
        "Whoever is signed in by a cookie changes something only from the hub's own pages, as "
        "application/json: the browser must say the same Origin. From elsewhere use a key. "
        "Nothing was stored.",
    ),
    "not-allowed": Code(
        403,
        "This is not yours to do.",
        "Your key is known, but this belongs to somebody else or needs a wider key. Ask your "
        "coordinator if you think that it should be possible.",
    ),
    "not-checked": Code(
        403,
        "Your checks are not complete yet.",
        'The list "missing" says which checks your organisation still needs. Your coordinator '
        "records them; once they are in date you can go on.",
    ),
    "not-found": Code(
        404,
        "There is nothing here.",
        "The address may be mistyped, the thing may be gone, or it is not yours to see.",
    ),
    "method-not-allowed": Code(
        405,
        "This address does not do that.",
        'The header "Allow" lists what it does.',
    ),
    "conflict": Code(
        409,
        "This cannot be done in the present state.",
        "Read the thing again to see how it stands now, then decide afresh.",
    ),
    "taken": Code(
        409,
        "Somebody else was first.",
        'What you asked for is no longer free. Where there are "alternatives", ask for one of '
        "them; your need stays open.",
    ),
    "changed": Code(
        412,
        "It was changed since you read it.",
        "Read it again, look at what changed, and repeat your change with the new ETag in the "
        "header If-Match.",
    ),
    "if-match-needed": Code(
        428,
        "Say which version you are changing.",
        "Send the header If-Match with the ETag that you got when you read it, so that nobody's "
        "change is lost.",
    ),
    "too-often": Code(
        429,
        "You came too often in a short time.",
        'Wait as many seconds as the header "Retry-After" says, then try again. Nothing was '
        "stored. If you did not come often yourself, somebody who shares your connection did.",
    ),
    "unexpected": Code(
        500,
        "Something went wrong on our side.",
        'It is logged under the number in "incident": tell your coordinator that number. You can '
        "try again; what was not confirmed was not stored.",
    ),
}

_ERRORS: Final[Mapping[type[CypnError], str]] = {
    Invalid: "invalid",
    NotFound: "not-found",
    NotChecked: "not-checked",
    NotAllowed: "not-allowed",
    Taken: "taken",
    Conflict: "conflict",
    Changed: "changed",
}


@attrs.frozen
class Problem:
    """One refusal, ready to be told.

    *code* is a key of :data:`CODES`, or ``about:blank`` where the status says it all. *fields* are
    the complaints by dotted path; *extra* are further members of the body; *headers* go with it.
    """

    status: int
    code: str
    title: str
    detail: str = ""
    fields: Mapping[str, Sequence[str]] = attrs.field(factory=dict[str, Sequence[str]])
    extra: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])

    def body(self, root: str = "") -> dict[str, Any]:
        """The members of the problem document; *root* is where the service is mounted."""
        named = self.code if self.code not in CODES else f"{root}/problems/{self.code}"
        found: dict[str, Any] = {"type": named, "title": self.title, "status": self.status}
        if self.detail:
            found["detail"] = self.detail
        if self.fields:
            found["errors"] = {name: list(said) for name, said in self.fields.items()}
        return {**self.extra, **found}


class Refused(Exception):
    """Ends a request with *problem*."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(f"{problem.title} {problem.detail}".rstrip())


def problem(
    code: str,
    detail: str = "",
    *,
    fields: Mapping[str, Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
    **extra: Any,
) -> Problem:
    """The problem of the given *code* of :data:`CODES`."""
    known = CODES[code]
    implied = {"WWW-Authenticate": 'Bearer realm="cypn"'} if code == "key-needed" else {}
    return Problem(
        known.status, code, known.title, detail, fields or {}, extra, {**implied, **(headers or {})}
    )


def refuse(
    code: str, detail: str = "", *, fields: Mapping[str, Sequence[str]] | None = None, **extra: Any
) -> Refused:
    """The exception to raise so that a request ends with the problem *code*."""
    return Refused(problem(code, detail, fields=fields, **extra))


def problem_for(error: BaseException) -> Problem:
    """What to tell about *error*. What nobody foresaw is logged and told without its text."""
    match error:
        case Refused():
            return error.problem
        case Invalid():
            return problem("invalid", fields=error.fields)
        case NotChecked():
            return problem("not-checked", missing=error.missing)
    for cls, code in _ERRORS.items():
        if isinstance(error, cls):
            return problem(code, str(error))
    incident = secrets.token_hex(6)
    report(_log, error, "incident %s", incident)
    return problem("unexpected", incident=incident)


def problem_for_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """What to tell about a refusal by the web framework itself."""
    code = _BY_STATUS.get(status)
    if code is None:
        return Problem(status, "about:blank", HTTPStatus(status).phrase, headers=headers or {})
    return problem(code, headers=headers)


_BY_STATUS: Final[Mapping[int, str]] = {
    CODES[code].status: code
    for code in (
        "malformed", "key-needed", "not-allowed", "not-found", "method-not-allowed", "conflict",
        "changed", "too-large", "wrong-content-type", "if-match-needed", "invalid", "too-often",
    )
}  # fmt: skip
