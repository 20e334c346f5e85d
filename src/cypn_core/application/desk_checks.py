"""The checks on the desk: those that are asked for, and those that pend, lapse or have lapsed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from attrs import frozen

from cypn_core.application.desk_items import Item, Kind
from cypn_core.application.desk_reach import Pair, reaches
from cypn_core.application.desk_seen import Reach, Seen
from cypn_core.application.network import Caller
from cypn_core.domain.standing import CheckOutcome, latest
from cypn_core.storage.belongings import CheckRequests

SAYS = {
    Kind.CHECK_READY: "%(name)s is ready to be checked as %(role)s, and has waited since %(day)s.",
    Kind.CHECK_WANTED: "%(name)s wants to take part as %(role)s and has not said it is ready.",
    Kind.CHECK_PENDING: "The check of %(name)s as %(role)s was begun on %(day)s and not decided.",
    Kind.CHECK_LAPSED: "The check of %(name)s as %(role)s is out of date since %(day)s.",
    Kind.CHECK_EXPIRING: "The check of %(name)s as %(role)s runs out on %(day)s.",
}
OPENS = "Groups that wait for what it offers: %(others)s. Needs of its own that wait: %(own)s."
OPENS_NOTHING_YET = "It can then search and post; nothing waits for it yet."
KEEPS = "Until it is renewed, what was agreed for later days is put on hold."


@frozen
class Found:
    """A check that is to be seen to, and the day that counts."""

    kind: Kind
    day: dt.date


def items(seen: Seen, _caller: Caller) -> Iterator[Item]:
    """One item for each organisation and role, the most pressing that holds of it."""
    found = {**_on_record(seen), **_asked_for(seen)}
    opens = reaches(seen, found.keys())
    return (_item(seen, pair, each, opens[pair]) for pair, each in found.items())


def _on_record(seen: Seen) -> dict[Pair, Found]:
    """What the checks on record ask for today; who was found wanting is not asked again."""
    roles = sorted(checklist.role for checklist in seen.work.hub.region.checklists)
    pairs = [(member, role) for member in seen.members for role in roles]
    return {pair: found for pair in pairs if (found := _state(seen, *pair)) is not None}


def _state(seen: Seen, member: str, role: str) -> Found | None:
    today, settings = seen.work.today, seen.work.hub.region.settings
    check = latest(seen.checks[member], role, today)
    if check is None or check.outcome is CheckOutcome.FAILED:
        return None
    if check.outcome is CheckOutcome.PENDING:
        return Found(Kind.CHECK_PENDING, check.decided_on)
    until = check.expires_on
    if until is None or until > today + dt.timedelta(days=settings.lapse_warning_days):
        return None
    return Found(Kind.CHECK_LAPSED if until < today else Kind.CHECK_EXPIRING, until)


def _asked_for(seen: Seen) -> dict[Pair, Found]:
    """What organisations ask for themselves, which says more than what is on record."""
    today = seen.work.hub.region.today
    return {
        (each.organisation, each.role): Found(
            Kind.CHECK_WANTED if each.ready is None else Kind.CHECK_READY,
            today(each.ready or each.asked),
        )
        for each in CheckRequests(seen.work.connection).of()
        if each.organisation in seen.members
    }


def _item(seen: Seen, pair: Pair, found: Found, opens: Reach) -> Item:
    organisation, role = pair
    facts: dict[str, str | int] = {
        "name": seen.name(organisation),
        "role": role,
        "day": found.day.isoformat(),
        "others": opens.groups,
        "own": opens.own,
    }
    return Item(
        kind=found.kind,
        about=organisation,
        says=SAYS[found.kind],
        opens=_opens(found.kind, opens),
        groups=opens.waits,
        facts=facts,
        role=role,
        day=found.day,
    )


def _opens(kind: Kind, opens: Reach) -> str:
    if opens.waits:
        return OPENS
    return KEEPS if kind in {Kind.CHECK_LAPSED, Kind.CHECK_EXPIRING} else OPENS_NOTHING_YET
