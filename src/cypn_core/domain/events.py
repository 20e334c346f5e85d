"""What happened, as it is remembered: one log for the audit, the messages and the listeners."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs


@attrs.frozen
class Event:
    """One thing that happened.

    *actor* is ``contact:<mark>``, ``staff:<id>``, ``key:<id>``, ``link:<id>``, ``public`` or
    ``system``; *for_whom* is the organisation on whose behalf the actor did it, if that was
    another; *subject* is the id of what changed; *fact* is the code of what happened. *body* is
    plain JSON data and never holds a name or a contact: what can be told apart by ids can be
    erased elsewhere. *seq* is the log's own number, None until the event was read from it.
    """

    id: str
    at: datetime
    actor: str
    subject: str
    fact: str
    body: Mapping[str, Any] = attrs.field(factory=dict)
    for_whom: str | None = None
    seq: int | None = None
