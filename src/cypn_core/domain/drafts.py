"""Drafts: what somebody has answered so far of a need or an offer that is not posted yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NewType

from attrs import field, frozen

from cypn_core.domain.ids import OrganisationId, PostingId

DraftId = NewType("DraftId", str)


@frozen(kw_only=True)
class Draft:
    """The answers, JSON by field, of one person for one organisation.

    With *posting* it is a change to that, as it stood at *revision*; without, it is a new one.
    """

    id: DraftId
    actor: str
    organisation: OrganisationId
    exchange: str
    kind: str
    changed: dt.datetime
    answers: Mapping[str, Any] = field(factory=dict)
    posting: PostingId | None = None
    revision: int | None = None
