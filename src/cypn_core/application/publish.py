"""Publishing: what leaves the hub is made once a week and then stays as it is.

So asking twice around a change tells nothing of it. From one publication to the next a number
moves by a whole step or not at all (`cypn_core.domain.disclosure.steady`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from cypn_core.application.network import Caller, Work
from cypn_core.application.report_unmet import UNMET, holders_table, unmet_table
from cypn_core.application.report_use import USE, use_table
from cypn_core.domain.errors import NotAllowed, NotFound
from cypn_core.domain.people import OVERSEERS
from cypn_core.storage.publications import Publication, Publications

Json = dict[str, Any]

HOLDERS = "holders"
TABLES: Mapping[str, Callable[[Work, Json | None], Json]] = {
    UNMET: unmet_table,
    HOLDERS: holders_table,
    USE: use_table,
}


def publish(work: Work) -> int:
    """Make what is due since the last Monday began here, from what is there now; how many."""
    publications, day = Publications(work.connection), _monday(work)
    made = 0
    for name, table in TABLES.items():
        last = publications.last(name)
        if last is None or last.day < day:
            body = {"on": day.isoformat(), **table(work, last.body if last else None)}
            made += publications.add(Publication(name=name, day=day, body=body), work.now)
    return made


def published(work: Work, name: str) -> Json | None:
    """The last publication of that name; None when there was none yet."""
    last = Publications(work.connection).last(name)
    return None if last is None else dict(last.body)


def unmet(work: Work, caller: Caller) -> Json:
    """The gaps and overlaps that may be passed on, as they were last published.

    :raises NotAllowed: unless the caller reads reports.
    :raises NotFound: when nothing was published yet.
    """
    return _passed_on(work, caller, UNMET)


def use(work: Work, caller: Caller) -> Json:
    """What was used, who had how much and how fast answers came, as it was last published.

    :raises NotAllowed: unless the caller reads reports.
    :raises NotFound: when nothing was published yet.
    """
    return _passed_on(work, caller, USE)


def _passed_on(work: Work, caller: Caller, name: str) -> Json:
    if not caller.scopes & OVERSEERS:
        raise NotAllowed("Only a coordinator, an auditor or a trustee reads reports.")
    found = published(work, name)
    if found is None:
        raise NotFound("Nothing was published yet: the first tick of this hub does it.")
    return found


def _monday(work: Work) -> dt.date:
    return work.today - dt.timedelta(days=work.today.weekday())
