"""When time last passed for the hub, what was done then, and what mail is in trouble."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping

from attrs import frozen

from cypn_core.application.network import Caller, Work
from cypn_core.domain.ids import OrganisationId
from cypn_core.storage.mails import Troubled

KEY = "last_tick"
RECENT = dt.timedelta(days=30)
MOST_TROUBLED = 50


@frozen(kw_only=True)
class LastTick:
    """The last tick: when, how much each step did, and which steps failed."""

    at: dt.datetime
    did: Mapping[str, int]
    failed: tuple[str, ...]


@frozen(kw_only=True)
class Running:
    """How the hub runs: its last tick, how many mails are in each state, and those in trouble."""

    tick: LastTick | None
    mails: Mapping[str, int]
    troubled: tuple[Troubled, ...]
    names: Mapping[OrganisationId, str]


def keep(work: Work, did: Mapping[str, int], failed: Collection[str]) -> int:
    """Note that a tick has just ended; 0, for nothing was due."""
    told = {"at": work.now.isoformat(), "did": dict(did), "failed": list(failed)}
    work.members.keep(KEY, json.dumps(told))
    return 0


def running(work: Work, caller: Caller) -> Running:
    """How the hub runs.

    :raises NotAllowed: unless the caller is a coordinator.
    """
    caller.must_have("coordinator")
    troubled = tuple(work.mails.troubled(MOST_TROUBLED))
    return Running(
        tick=_last(work),
        mails=work.mails.counts(work.now - RECENT),
        troubled=troubled,
        names=dict(work.organisations.names()) if troubled else {},
    )


def _last(work: Work) -> LastTick | None:
    kept = work.members.kept(KEY)
    if kept is None:
        return None
    told = json.loads(kept)
    at = dt.datetime.fromisoformat(told["at"])
    return LastTick(at=at, did=told["did"], failed=tuple(told["failed"]))
