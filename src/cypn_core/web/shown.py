"""JSON Schemas of what the services answer, as far as one answer is like the next.

The bodies inside are the exchanges' own, masked for whoever reads: of those only that they are
objects with a ``kind``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Json = dict[str, Any]

TEXT: Final[Json] = {"type": "string"}
WHOLE: Final[Json] = {"type": "integer"}
TRUTH: Final[Json] = {"type": "boolean"}
OBJECT: Final[Json] = {"type": "object"}
PERHAPS_TEXT: Final[Json] = {"type": ["string", "null"]}
PERHAPS_WHOLE: Final[Json] = {"type": ["integer", "null"]}


def exactly(**fields: Json) -> Json:
    """An object with these fields, all of them there, and no other."""
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def listed(what: Json) -> Json:
    """A list of *what*."""
    return {"type": "array", "items": what}


def ref(name: str) -> Json:
    """A reference to the component of that name."""
    return {"$ref": f"#/components/schemas/{name}"}


def pages(item: Json) -> Json:
    """A page of a list, and the cursor to the next one."""
    return exactly(items=listed(item), next=PERHAPS_TEXT)


_BODY: Final[Json] = {"type": "object", "required": ["kind"], "properties": {"kind": TEXT}}
_SHARE: Final = exactly(need=TEXT, pence=WHOLE, because=TEXT, alone=PERHAPS_WHOLE)
_LEG: Final = exactly(
    offer=TEXT,
    role=TEXT,
    windows=listed(OBJECT),
    pence=PERHAPS_WHOLE,
    lines={"type": ["array", "null"]},
    body=_BODY,
)
_NEAR: Final = exactly(sentence=TEXT, need=_BODY, plan=ref("Plan"))

SHOWN: Final[Mapping[str, Json]] = {
    "Posting": exactly(
        id=TEXT,
        revision=WHOLE,
        state=TEXT,
        created=TEXT,
        fresh_until=PERHAPS_TEXT,
        leaves_on=PERHAPS_TEXT,
        body=_BODY,
        season=PERHAPS_TEXT,
    ),
    "Plan": exactly(
        key=TEXT,
        complete=TRUTH,
        pence=PERHAPS_WHOLE,
        needs=WHOLE,
        shares=listed(_SHARE),
        legs=listed(_LEG),
        missing=listed(OBJECT),
        because=listed(TEXT),
    ),
    "Answer": exactly(
        outcome=TEXT,
        full=listed(ref("Plan")),
        partial=listed(ref("Plan")),
        near=listed(_NEAR),
        refused=listed(OBJECT),
    ),
    "Deal": exactly(
        id=TEXT,
        revision=WHOLE,
        exchange=TEXT,
        state=TEXT,
        sub_state=TEXT,
        reason=TEXT,
        created=TEXT,
        deadline=PERHAPS_TEXT,
        in_round=TRUTH,
        waits_for_you=TRUTH,
        pence=PERHAPS_WHOLE,
        shares=listed(_SHARE),
        needs=listed(exactly(id=TEXT, body=_BODY)),
        legs=listed(_LEG),
        missing=listed(OBJECT),
        sought=listed(TEXT),
        dates=listed(exactly(window=OBJECT, state=TEXT, reason=TEXT, until=PERHAPS_TEXT)),
        parties=listed(OBJECT),
        book={"type": ["object", "null"]},
        records=listed(exactly(at=TEXT, action=TEXT, facts=OBJECT)),
        due=listed(exactly(action=TEXT, by=TEXT, overdue=TRUTH, yours=TRUTH)),
    ),
    "Closure": exactly(
        id=TEXT, offer=TEXT, code=TEXT, state=TEXT, created=TEXT, windows=listed(OBJECT)
    ),
    "Diary": exactly(
        offer=TEXT, state=TEXT, revision=WHOLE, at=PERHAPS_TEXT, events=WHOLE, dates=WHOLE
    ),
    "DiaryImport": exactly(
        offer=TEXT,
        state=TEXT,
        revision=WHOLE,
        at=PERHAPS_TEXT,
        events=WHOLE,
        dates=WHOLE,
        left_out=listed(exactly(code=TEXT, because=TEXT, events=listed(WHOLE))),
        agreed=listed(exactly(start=TEXT, end=TEXT)),
    ),
    "Season": exactly(
        id=TEXT,
        exchange=TEXT,
        first=TEXT,
        until=TEXT,
        opens_on=TEXT,
        closes_on=TEXT,
        state=TEXT,
        means=TEXT,
        proof={"type": ["object", "null"]},
    ),
    "SeasonOutcome": exactly(
        id=TEXT,
        need=TEXT,
        won=TRUTH,
        dates=WHOLE,
        sentence=TEXT,
        deal=PERHAPS_TEXT,
        place=PERHAPS_WHOLE,
        offers=listed(OBJECT),
        would_help=PERHAPS_TEXT,
    ),
}
"""What an operation names in ``shows``."""
