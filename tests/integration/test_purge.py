"""Purging: what served its time goes once a day, and nothing that is still needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import func, select
from tests.post_office import PostOffice, links, post_office, press
from tests.towns import NOW, ONLY_VENUES, VENUES, a_need, asked, pair

from cypn_core.application.purge import purge
from cypn_core.domain.region import Settings
from cypn_core.storage import tables
from cypn_core.storage.engine import Store
from cypn_core.testing.town import MEMBERSHIP, Town


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


@pytest.fixture
def town(store: Store, office: PostOffice) -> Town:
    return Town.on(store, ONLY_VENUES, NOW, office.carrier())


def count(town: Town, table: Any, *where: Any) -> int:
    with town.network.reading() as work:
        chosen = select(func.count()).select_from(table).where(*where)
        return int(work.connection.scalar(chosen) or 0)


def later(town: Town, **delta: float) -> int:
    """Let time pass; how much the next tick then purges."""
    town.clock.pass_time(**delta)
    return town.tick().rows_purged


def test_an_answer_is_kept_for_repeats_and_then_forgotten(town: Town) -> None:
    """After thirty days to the second it still answers again; a day later the row is gone."""
    _, seeker, _, _ = pair(town)
    town.tick()
    key = {"Idempotency_Key": "once"}
    first = seeker.post(VENUES, "/v1/needs", a_need("2027-02-05"), **key)
    later(town, days=30)
    again = seeker.post(VENUES, "/v1/needs", a_need("2027-02-05"), **key)
    assert (again.status_code, again.json) == (201, first.json)
    assert count(town, tables.idempotency) == 1
    later(town, days=1)
    assert count(town, tables.idempotency) == 0
    assert seeker.get(VENUES, f"/v1/needs/{first.json['id']}").status_code == 200  # type: ignore[index]


def test_a_revoked_feed_goes_and_one_in_force_stays(town: Town) -> None:
    """Ninety days after it was revoked."""
    holder, _, _, _ = pair(town)
    made = [
        holder.post(MEMBERSHIP, "/v1/calendar-feeds", {"label": label}).json
        for label in ("old", "new")
    ]
    gone = holder.send("DELETE", MEMBERSHIP, f"/v1/calendar-feeds/{made[0]['id']}")  # type: ignore[index]
    assert gone.status_code == 200
    later(town, days=90)
    assert count(town, tables.calendar_feed) == 2
    later(town, days=1)
    assert count(town, tables.calendar_feed) == 1
    assert town.apps[MEMBERSHIP].test_client().get(made[1]["path"]).status_code == 200  # type: ignore[index]


def test_mail_goes_with_its_last_link_and_the_inbox_stays(town: Town, office: PostOffice) -> None:
    """Not while its link of "no more mail" is good; digests go with what was folded into them."""
    _, seeker, _, need = pair(town, auto_accept=False)
    asked(seeker, need)
    town.tick()
    for _ in range(3):
        later(town, days=4)
    assert count(town, tables.mail, tables.mail.c.state == "folded") > 0
    mailed, told = count(town, tables.mail), count(town, tables.message)
    first = links(office.letters("kim@example.org")[0])
    later(town, days=200)
    assert count(town, tables.mail) >= mailed
    assert press(town, first["unsubscribe"]).status_code == 200
    for _ in range(30):
        later(town, days=20)
    last = NOW + dt.timedelta(days=12)
    old = tables.mail.c.due < int((last - dt.timedelta(days=1)).timestamp())
    assert count(town, tables.mail, old, tables.mail.c.state != "waiting") == 0
    assert count(town, tables.message) >= told > 0


def test_mail_that_waits_is_not_purged(town: Town, office: PostOffice) -> None:
    """What could not be handed over, and what waits for Monday, is there however old it is."""
    office.broken = True
    _, seeker, _, need = pair(town, auto_accept=False)
    asked(seeker, need)
    town.tick()
    waiting = count(town, tables.mail, tables.mail.c.state == "waiting")
    assert waiting > 0
    assert later(town, days=0) == 0
    with town.network.writing() as work:
        work.connection.execute(tables.mail.update().values(due=0))
    with town.network.writing() as work:
        work.connection.execute(tables.lease.delete())
    town.network.transact(purge)
    assert count(town, tables.mail, tables.mail.c.state == "waiting") == waiting


def test_it_is_done_once_a_day_on_one_machine(town: Town) -> None:
    """A second tick of the day, on any machine, looks for nothing; the next day's does."""
    _, seeker, _, _ = pair(town)
    seeker.post(VENUES, "/v1/needs", a_need("2027-02-05"), Idempotency_Key="once")
    town.clock.pass_time(days=31)
    town.tick()
    assert count(town, tables.idempotency) == 0
    seeker.post(VENUES, "/v1/needs", a_need("2027-02-06"), Idempotency_Key="twice")
    assert town.tick().rows_purged == 0


def test_a_region_says_how_long(store: Store) -> None:
    """Two days for answers, where it is so set."""
    region = evolve(ONLY_VENUES.region, settings=Settings(keep_requests_days=2))
    town = Town.on(store, evolve(ONLY_VENUES, region=region), NOW)
    _, seeker, _, _ = pair(town)
    seeker.post(VENUES, "/v1/needs", a_need("2027-02-05"), Idempotency_Key="once")
    assert later(town, days=3) == 1
