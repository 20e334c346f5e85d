"""Law 7: each need ends matched, withdrawn, expired or counted as unmet; none is just gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, Json, a_need, an_offer, posted

from cypn_core.domain.times import Window
from cypn_core.storage import events, tables
from cypn_core.storage.engine import open_store
from cypn_core.storage.instants import from_epoch
from cypn_core.testing.stores import BOTH, NewStore
from cypn_core.testing.town import Member, Town

WEEKLY = {"first": "2027-01-05", "starts": "14:00", "ends": "16:00", "rrule": "FREQ=WEEKLY;COUNT=4"}
ENDED = {"matched", "withdrawn", "expired"}
Step = Callable[[Town, Member, Member], None]


def tagged(member: Member, method: str, path: str, below: str = "", body: object = None) -> None:
    """Send it with the present ETag; what is refused changes nothing."""
    tag = member.get(VENUES, path).headers.get("ETag", '"0"')
    member.send(method, VENUES, path + below, body, If_Match=tag)


def items(member: Member, what: str, state: str = "") -> list[Json]:
    found: list[Json] = member.get(VENUES, f"/v1/{what}?limit=100").json.get("items", [])  # type: ignore[union-attr]
    return [each for each in found if not state or each["state"] == state]


def ask(town: Town, holder: Member, seeker: Member) -> None:
    for need in items(seeker, "needs", "open"):
        found = seeker.get(VENUES, f"/v1/needs/{need['id']}/matches").json or {}
        for plan in [*found["full"], *found["partial"]][:1]:
            seeker.post(VENUES, f"/v1/needs/{need['id']}/asks", {"plan": plan["key"]})


def post_need(town: Town, holder: Member, seeker: Member) -> None:
    seeker.post(VENUES, "/v1/needs", a_need(when=WEEKLY))


def post_offer(town: Town, holder: Member, seeker: Member) -> None:
    holder.post(VENUES, "/v1/offers", an_offer())


def cancel(town: Town, holder: Member, seeker: Member) -> None:
    for deal in items(seeker, "deals", "agreed")[:1]:
        tagged(seeker, "POST", f"/v1/deals/{deal['id']}", "/cancel")


def cancel_date(town: Town, holder: Member, seeker: Member) -> None:
    for deal in items(seeker, "deals", "agreed"):
        days = [d["window"]["start"][:10] for d in deal["dates"] if d["state"] == "stands"]
        if days:
            body = {"on": days[-1]}
            tagged(seeker, "POST", f"/v1/deals/{deal['id']}", "/cancel-date", body)


def close(town: Town, holder: Member, seeker: Member) -> None:
    for deal in items(holder, "deals", "agreed")[:1]:
        path = f"/v1/deals/{deal['id']}"
        tagged(holder, "POST", path, "/decline", {"code": "unavailable"})


def leave(town: Town, holder: Member, seeker: Member) -> None:
    for offer in items(holder, "offers", "open")[:1]:
        day = max(town.clock().date(), dt.date(2027, 1, 15)).isoformat()
        tagged(holder, "POST", f"/v1/offers/{offer['id']}", "/leave", {"leaves_on": day})


def withdraw(town: Town, holder: Member, seeker: Member) -> None:
    for need in items(seeker, "needs", "open")[:1]:
        tagged(seeker, "DELETE", f"/v1/needs/{need['id']}")


def check(member: int, outcome: str) -> Step:
    """A coordinator finds that of the seeker's (1) or the holder's (0) check."""

    def step(town: Town, holder: Member, seeker: Member) -> None:
        party, role = ((holder, "holder"), (seeker, "seeker"))[member]
        body = {"role": role, "outcome": outcome, "expires_on": "2028-01-01"}
        town.coordinator().post("membership", f"/v1/organisations/{party.id}/checks", body)

    return step


def days(number: int) -> Step:
    """Time passes, and the hub does what is due."""

    def step(town: Town, holder: Member, seeker: Member) -> None:
        town.clock.pass_time(days=number)
        town.tick()

    return step


STEPS: list[Step] = [
    ask, ask, post_need, post_offer, cancel, cancel_date, close, leave, withdraw,
    check(0, "failed"), check(1, "failed"), check(0, "passed"), check(1, "passed"),
    days(1), days(9), days(33),
]  # fmt: skip


@pytest.mark.parametrize("dialect", BOTH)
def test_law_07_every_need_ends(dialect: str, new_store: NewStore) -> None:
    """Whatever happens to it, a year later none is open, and every one that expired was logged."""

    @settings(max_examples=12)
    @given(steps=st.lists(st.sampled_from(STEPS), max_size=10))
    def holds(steps: list[Step]) -> None:
        with open_store(new_store(dialect)) as store:
            town = Town.on(store, ONLY_VENUES, NOW)
            holder = town.member("Cedar Hall", "holder", place=PLACE)
            seeker = town.member("Amber Lane", "seeker", place=PLACE)
            posted(holder, "offer", an_offer())
            posted(seeker, "need", a_need(when=WEEKLY))
            for step in (ask, *steps):
                step(town, holder, seeker)
                _adds_up(town)
            for _ in range(3):
                days(120)(town, holder, seeker)
            _all_ended(town)

    holds()


def _adds_up(town: Town) -> None:
    """At every moment an agreed deal occupies exactly what of it stands and is held."""
    with town.network.reading() as work:
        for deal in work.deals.agreed():
            live = _live(work.connection, deal.id)
            confirmed = set(deal.standing) - set(deal.suspended)
            assert {window for window, held in live if not held} == confirmed
            assert {window for window, held in live if held} == set(deal.suspended)


def _live(connection: Connection, deal: str) -> list[tuple[Window, bool]]:
    """The windows that *deal* occupies, without buffers, and whether each is only held."""
    known = tables.use.c
    rows = connection.execute(
        select(known.start_ts, known.end_ts, known.status).where(
            known.deal_id == deal, known.purpose == "deal", known.status.in_(tables.LIVE)
        )
    )
    return [(Window(from_epoch(a), from_epoch(b)), status == "held") for a, b, status in rows]


def _all_ended(town: Town) -> None:
    with town.network.reading() as work:
        needs = work.postings.all("need", work.hub.exchanges)
        log = [logged.event for logged in events.read(work.connection, "test", 10_000)]
    told = {event.subject for event in log if event.fact == "need_expired"}
    assert {need.state.value for need in needs} <= ENDED
    assert {need.id for need in needs if need.state.value == "expired"} == told
