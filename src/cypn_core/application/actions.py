"""An exchange's own actions on its deals: who may do them, what they do, and which are due.

What was done is told by the event log alone: each event ``deal_action`` keeps the facts of one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from cypn_core.application import closures, gather
from cypn_core.application.consent import at_revision, deal_of
from cypn_core.application.network import SYSTEM, Caller, Work
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.errors import Conflict, NotAllowed
from cypn_core.domain.events import Event
from cypn_core.domain.ids import DealId, OrganisationId
from cypn_core.exchange import Action, Exchange, Outcome
from cypn_core.storage import events

ACTED, OVERDUE = "deal_action", "deal_action_due"
STEP = "deal_step"
"""A step that tells nobody anything: the others do not read that it was taken, nor when."""
LOOKS_BACK = dt.timedelta(days=90)
"""For how long after a deal's end what is missing of it is asked for, and stands on the desk."""


@frozen(kw_only=True)
class Record:
    """One thing that was done with a deal: when, and the facts that the parties read of it."""

    at: dt.datetime
    action: str
    facts: Mapping[str, Any]


@frozen(kw_only=True)
class Due:
    """An action that has still to be done by *by*, and the parties that may do it."""

    deal: Deal
    action: Action
    by: dt.datetime
    doers: frozenset[OrganisationId]


def act(
    work: Work, caller: Caller, exchange: str, deal: str, action: Action, given: Any, revision: int
) -> Deal:
    """Do *action* with the caller's deal; the deal as it is then.

    :raises NotAllowed: when it is for others to do.
    :raises Conflict: when the deal is not in a state from which it can be done.
    """
    found = at_revision(deal_of(work, caller, exchange, deal), revision)
    if caller.member not in doers(found, action):
        raise NotAllowed(f"Only the {_whose(found, action)} can do this.")
    if not possible(found, action):
        raise Conflict(
            f"This cannot be done while the deal is {found.sub_state or found.state.value}."
        )
    own = {each for each, owner in (*found.seekers, *found.holders) if owner == caller.member}
    view = gather.view_of(work, found, own)
    outcome = action.handler(view, given, work.context(exchange))
    if action.gathering:
        moved = gather.applied(work, caller, found, outcome)
    else:
        moved = _stored(work, found, outcome)
    kept = action.gathering and not (outcome.tells or outcome.fact)
    work.log(
        caller, found.id, STEP if kept else ACTED, exchange=exchange, action=action.name,
        by=caller.member,
        facts=dict(outcome.fact), tells="" if action.gathering else outcome.tells,
    )  # fmt: skip
    offers = [leg.offer for leg in found.plan.legs if leg.role in outcome.closes]
    if not offers:
        return moved
    closures.shut_from_now(work, caller, found, offers, outcome.closes_as)
    return work.deals.get(found.id)


def doers(deal: Deal, action: Action) -> frozenset[OrganisationId]:
    """The parties of *deal* whose side, and role in its plan, *action* is for."""
    if action.who == "seeker":
        return frozenset(owner for _, owner in deal.seekers)
    holders, role = dict(deal.holders), _role(deal, action)
    legs = deal.plan.legs
    return frozenset(holders[leg.offer] for leg in legs if not action.roles or leg.role == role)


def possible(deal: Deal, action: Action) -> bool:
    """Whether *deal* is where *action* can be done."""
    if action.gathering:
        return deal.gathered and deal.sub_state in action.from_states
    on = deal.state is DealState.AGREED or (action.after_end and deal.state is DealState.DONE)
    return on and deal.sub_state in action.from_states


def records(work: Work, deal: Deal) -> list[Record]:
    """What was done with *deal*, the oldest first."""
    if not _known(work, deal).actions:
        return []
    return list(map(_record, events.told_of(work.connection, deal.id, ACTED)))


def due(work: Work, deal: Deal, done: list[Record]) -> list[Due]:
    """What has still to be done with *deal*, of which *done* was, the earliest first.

    What was done before the last window began was about an earlier one.
    """
    windows = deal.standing
    if not windows or deal.state not in {DealState.AGREED, DealState.DONE}:
        return []
    last = max(windows, key=lambda window: (window.end, window.start))
    told = {each.action for each in done if each.at >= last.start}
    found = [
        Due(deal=deal, action=each, by=last.end + each.within, doers=doers(deal, each))
        for each in _known(work, deal).actions
        if each.within is not None and each.name not in told
    ]
    missing = [each for each in found if each.doers and deal.sub_state in each.action.from_states]
    return sorted(missing, key=lambda each: (each.by, each.action.name))


def overdue(work: Work) -> list[Due]:
    """All that should have been done by now with deals that were over in the last 90 days."""
    waited = {name: _longest(each) for name, each in work.hub.exchanges.items()}
    longest = max((each for each in waited.values() if each is not None), default=None)
    if longest is None:
        return []
    ended = events.happened(work.connection, work.now - longest - LOOKS_BACK, "deal_done")
    deals = {DealId(each.subject) for each in ended if waited.get(each.body["exchange"])}
    done = _records_of(work, deals)
    missing = (each for deal in work.deals.some(deals) for each in due(work, deal, done[deal.id]))
    return [each for each in missing if each.by <= work.now]


def remind(work: Work) -> int:
    """Ask, once for each action that is overdue, whoever may do it; how many were asked for."""
    return sum(
        work.log_once(
            SYSTEM, each.deal.id, OVERDUE, f"{each.action.name} {each.by.isoformat()}",
            exchange=each.deal.exchange, action=each.action.name, by=each.by.isoformat(),
        )
        for each in overdue(work)
    )  # fmt: skip


def reminds(work: Work, event: Event) -> Iterator[tuple[OrganisationId, str, str]]:
    """What the reminder of *event* says, and to whom."""
    deal = work.deals.get(DealId(event.subject))
    known = {each.name: each for each in _known(work, deal).actions}
    action = known.get(event.body["action"])
    if action is not None:
        by = work.hub.region.local(dt.datetime.fromisoformat(event.body["by"]))
        text = f"{action.title}: this was due by {by}. Please do it now, on the agreement's page."
        for party in sorted(doers(deal, action)):
            yield party, "Something is still to be done", text


def _stored(work: Work, found: Deal, outcome: Outcome) -> Deal:
    moved = found.moved(found.state, sub_state=outcome.sub_state)
    if outcome.book is not None:
        moved = evolve(moved, book=work.deals.converter.dumps(outcome.book).decode())
    if outcome.sub_state == work.hub.exchange(found.exchange).settles_as:
        moved = evolve(moved, deadline=None)
    work.deals.replace(moved, found.revision)
    return moved


def _role(deal: Deal, action: Action) -> str | None:
    """The first of the roles of *action* that the plan has."""
    given = {leg.role for leg in deal.plan.legs}
    return next((role for role in action.roles if role in given), None)


def _whose(deal: Deal, action: Action) -> str:
    role = _role(deal, action)
    return f"{action.who} of the {role.replace('_', ' ')}" if role else action.who


def _known(work: Work, deal: Deal) -> Exchange:
    return work.hub.exchange(deal.exchange)


def _longest(exchange: Exchange) -> dt.timedelta | None:
    return max((each.within for each in exchange.actions if each.within is not None), default=None)


def _records_of(work: Work, deals: set[DealId]) -> Mapping[str, list[Record]]:
    found: dict[str, list[Record]] = {deal: [] for deal in deals}
    for event in events.told_of_all(work.connection, deals, ACTED):
        found[event.subject].append(_record(event))
    return found


def _record(event: Event) -> Record:
    return Record(at=event.at, action=event.body["action"], facts=event.body.get("facts", {}))
