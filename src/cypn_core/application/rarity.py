"""Rare practices: a code that few members share is shown to strangers by its wider category.

Whether it is rare is counted as of the start of the month in which the posting was made, over all
who had ever posted that code by then, and without the viewer. So the answer to one posting never
changes: nothing that anybody posts later turns a category into the code behind it, and whoever
posts the code itself to lift the count lifts it for nothing that is there already.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from cypn_core.application.network import Caller, Work
from cypn_core.domain.postings import Posting
from cypn_core.domain.views import practices
from cypn_core.storage.practices import Practices


def remember(work: Work, posting: Posting) -> None:
    """Keep that the owner of *posting* shares the codes in it, from now on and for good."""
    for field, code in practices(posting.body):
        name = _name(posting, field, code)
        Practices(work.connection).add(posting.organisation, name, work.now)


def common(work: Work, viewer: Caller, posting: Posting | None, field: str, code: Any) -> bool:
    """Whether as many members as the network asks for share *code*, beside *viewer*."""
    if posting is None:
        return False
    name, until = _name(posting, field, code), month_of(work, posting.created)
    shared = Practices(work.connection).shared(name, until, viewer.organisation)
    return shared >= work.hub.region.settings.rare_activity


def month_of(work: Work, at: dt.datetime) -> dt.datetime:
    """The start of the month of *at* on the region's clocks."""
    region = work.hub.region
    return region.midnight(region.today(at).replace(day=1))


def _name(posting: Posting, field: str, code: Any) -> str:
    return f"{posting.exchange}.{field}.{code.value}"
