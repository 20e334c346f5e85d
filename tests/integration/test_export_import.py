"""A whole hub goes out of one store and into another: the same rows, answers and totals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from attrs import evolve, frozen
from tests.integration.test_reports import report
from tests.towns import (
    NOW,
    ONLY_VENUES,
    PLACE,
    VENUES,
    Json,
    a_need,
    an_offer,
    asked,
    matches,
    posted,
)

from cypn_core.application import keys
from cypn_core.application.network import SYSTEM
from cypn_core.domain.errors import Conflict, Invalid
from cypn_core.storage import events, export, tables
from cypn_core.storage.engine import Store, open_store
from cypn_core.storage.restore import flaws, restore
from cypn_core.testing.stores import NewStore
from cypn_core.testing.town import Member, Town

Open = Callable[[str], Store]


@pytest.fixture
def opened(new_store: NewStore) -> Iterator[Open]:
    """Opens a fresh store of the dialect."""
    with ExitStack() as stack:
        yield lambda dialect: stack.enter_context(open_store(new_store(dialect)))


def exported(store: Store) -> list[Json]:
    """The rows, as they stand in the file."""
    with store.reading() as connection:
        return [json.loads(json.dumps(row)) for row in export.rows(connection)]


def moved(rows: list[Json], to: Store) -> None:
    to.transact(lambda connection: restore(connection, rows))


@frozen
class Hub:
    """A hub in use: some of everything that has a table."""

    town: Town
    holder: Member
    waiting: Member
    need: str


@pytest.fixture
def hub(opened: Open) -> Hub:
    """Agreed, declined and cancelled deals, a round, rooms of parts, messages read by a reader."""
    return in_use(opened("sqlite"))


def in_use(store: Store) -> Hub:
    town = Town.on(store, ONLY_VENUES, NOW)
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    posted(holder, "offer", an_offer(parts=["front", "back"], clear_up_minutes=15))
    by_hand = town.member("Birch Barn", "holder", place="Wexbridge")
    posted(by_hand, "offer", an_offer(place="Wexbridge", auto_accept=False, space_type="kitchen"))
    assert asked(seeker, posted(seeker, "need", a_need())).status_code == 201
    waiting = town.member("Ümlaut Zoë \U0001f3d3", "seeker", place="Wexbridge")
    kitchen = {"space_types": ["kitchen"], "place": "Wexbridge"}
    declined = asked(waiting, posted(waiting, "need", a_need("2027-02-09", **kitchen))).json
    path = f"/v1/deals/{declined['id']}/decline"  # type: ignore[index]
    tag = f'"{declined["revision"]}"'  # type: ignore[index]
    assert by_hand.post(VENUES, path, {"code": "unavailable"}, If_Match=tag).status_code == 200
    need = posted(waiting, "need", a_need("2027-02-02"))
    town.tick()
    posted(waiting, "need", a_need("2027-03-02", max_km=1, space_types=["office"]))
    return Hub(town, holder, waiting, need)


def again(hub: Hub, store: Store, member: Member) -> Member:
    """*member* of the hub that now is on *store*, with a new key: keys are not exported."""
    town = Town.on(store, ONLY_VENUES, hub.town.clock.now)
    with town.network.writing() as work:
        token, _ = keys.new_key(work, SYSTEM, member.id, frozenset({"member"}), "new", days=9)
    return evolve(member, token=token, apps=town.apps)


def desk(store: Store, hub: Hub) -> Json:
    """The coordinator's report."""
    town = Town.on(store, ONLY_VENUES, hub.town.clock.now)
    found = report(town.coordinator(), "coordinator")
    assert found["declines"]
    return found


def test_there_and_back_again_every_row_is_the_same(hub: Hub, opened: Open) -> None:
    """SQLite → PostgreSQL → SQLite: three equal exports, and totals with them."""
    first = exported(hub.town.network.store)
    there, back = opened("postgresql"), opened("sqlite")
    moved(first, there)
    assert exported(there) == first
    moved(exported(there), back)
    assert exported(back) == first
    assert {row["table"] for row in first} >= {"deal", "use", "event", "message", "cursor"}


def test_what_postgresql_held_comes_out_of_sqlite(opened: Open) -> None:
    """The other way round: only the server's own transaction numbers are left behind."""
    first = exported(in_use(opened("postgresql")).town.network.store)
    there = opened("sqlite")
    moved(first, there)
    assert [_plain(row) for row in exported(there)] == [_plain(row) for row in first]


def _plain(row: Json) -> Json:
    numbers = ("xid", "seq") if row["table"] == "cursor" else ("xid",)
    return {name: value for name, value in row.items() if name not in numbers}


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_same_questions_have_the_same_answers(hub: Hub, opened: Open, dialect: str) -> None:
    """Matches, deals, reports and messages are those of before, to the byte but for aliases."""
    there = opened(dialect)
    moved(exported(hub.town.network.store), there)
    waiting, holder = again(hub, there, hub.waiting), again(hub, there, hub.holder)
    assert matches(waiting, hub.need) == matches(hub.waiting, hub.need)
    assert report(holder, "holder") == report(hub.holder, "holder")
    assert desk(there, hub) == desk(hub.town.network.store, hub)
    for path in ("/v1/needs", "/v1/offers"):
        for now, before in ((waiting, hub.waiting), (holder, hub.holder)):
            assert now.get(VENUES, path).data == before.get(VENUES, path).data
    assert (
        holder.get("membership", "/v1/inbox").data == hub.holder.get("membership", "/v1/inbox").data
    )


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_life_goes_on_where_it_stopped(hub: Hub, opened: Open, dialect: str) -> None:
    """Nothing is told twice, what was unread is read, and the next event has the next number."""
    there = opened(dialect)
    moved(exported(hub.town.network.store), there)
    town = Town.on(there, ONLY_VENUES, hub.town.clock.now)
    before = len(hub.holder.get("membership", "/v1/inbox").json["items"])  # type: ignore[index]
    town.tick()
    holder, waiting = again(hub, there, hub.holder), again(hub, there, hub.waiting)
    assert len(holder.get("membership", "/v1/inbox").json["items"]) == before  # type: ignore[index]
    posted(waiting, "need", a_need("2027-03-09"))
    with there.reading() as connection:
        assert events.read(connection, "a new reader", 1)
        assert list(flaws(connection)) == []


def test_only_an_empty_store_takes_an_import(hub: Hub, opened: Open) -> None:
    """A second import, or one over what is there, changes nothing."""
    rows, there = exported(hub.town.network.store), opened("postgresql")
    moved(rows, there)
    with pytest.raises(Conflict, match="not empty"):
        moved(rows, there)
    assert exported(there) == rows


def _without_owner(rows: list[Json]) -> list[Json]:
    return [row for row in rows if row["table"] != "organisation"]


def _doubled(rows: list[Json]) -> list[Json]:
    uses = [row for row in rows if row["table"] == "use" and row["status"] == "confirmed"]
    return [*rows, {**uses[0], "id": "another"}]


def _twice(rows: list[Json]) -> list[Json]:
    return [*rows, rows[0]]


def _ended(rows: list[Json]) -> list[Json]:
    return [_changed(row, "cancelled") if row["table"] == "deal" else row for row in rows]


def _changed(row: Json, state: str) -> Json:
    return {**row, "state": state, "body": {**row["body"], "state": state}}


def _unlike(rows: list[Json]) -> list[Json]:
    return [{**row, "state": "cancelled"} if row["table"] == "deal" else row for row in rows]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_without_owner, "does not fit"),
        (_doubled, "does not fit"),
        (_twice, "does not fit"),
        (_ended, "although its deal is cancelled"),
        (_unlike, "says something else of itself"),
    ],
)
def test_what_contradicts_itself_is_refused_whole(
    hub: Hub, opened: Open, dialect: str, spoil: Callable[[list[Json]], list[Json]], said: str
) -> None:
    """A lost owner, a double booking, a row twice, a deal ended in part: nothing is stored."""
    there = opened(dialect)
    with pytest.raises(Conflict, match=said):
        moved(spoil(exported(hub.town.network.store)), there)
    assert exported(there) == []


@pytest.mark.parametrize(
    "row", [{}, {"table": "api_key"}, {"table": "use", "id": "x"}, {"table": ["use"]}]
)
def test_a_row_of_another_version_is_named_by_its_line(opened: Open, row: dict[str, Any]) -> None:
    """Unknown tables and other columns are refused before anything is written."""
    good = {"table": "opted_out", "organisation_id": "a", "exchange": "b"}
    with pytest.raises(Invalid, match="line 2"):
        moved([good, row], opened("sqlite"))


def test_flaws_sees_what_was_written_around_the_guard(opened: Open) -> None:
    """The control of the invariants: with the triggers dropped, a double booking is found."""
    hub = in_use(opened("sqlite"))
    rows = _doubled(exported(hub.town.network.store))
    extra = {name: value for name, value in rows[-1].items() if name != "table"}
    with hub.town.network.store.writing() as connection:
        assert list(flaws(connection)) == []
        connection.exec_driver_sql("DROP TRIGGER use_guard_insert")
        connection.execute(tables.use.insert().values(**extra))
        assert "beyond its capacity" in " ".join(flaws(connection))


def test_each_table_is_exported_or_left_out_on_purpose() -> None:
    """A new table is in the export, unless it holds secrets, unfinished work or machines' own."""
    secrets = {"api_key", "mail_link", "calendar_feed", "hub_setting", "registration_link"}
    secrets |= {"sign_in_link", "session", "session_contact"}
    machines, unfinished = {"lease", "idempotency", "rate"}, {"draft"}
    left_out = secrets | machines | unfinished
    assert set(tables.metadata.tables) - left_out == set(export.EXPORTED)
