"""A holder's own calendar, imported over HTTP on both stores: its hours are given to nobody."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from tests.towns import (
    NOW,
    ONLY_VENUES,
    PLACE,
    VENUES,
    Json,
    a_need,
    an_offer,
    asked,
    inbox,
    is_problem,
    matches,
    pair,
    posted,
    stored,
)
from werkzeug.test import TestResponse

from cypn_core.storage import tables
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

DAY = "DTSTART:20270202T143000\r\nDTEND:20270202T150000"
ABOUT = "Counselling of Robin Quill"


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


def calendar(*events: str) -> bytes:
    """A calendar of *events*, each given by its lines about time."""
    told = "".join(
        f"BEGIN:VEVENT\r\nUID:{at}@elsewhere\r\nSUMMARY:{ABOUT}\r\n{each}\r\nEND:VEVENT\r\n"
        for at, each in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{told}END:VCALENDAR\r\n".encode()


def send(
    member: Member,
    offer: str,
    raw: bytes,
    revision: int = 0,
    kind: str = "text/calendar",
    key: str = "",
) -> TestResponse:
    """The member puts *raw* as the calendar of *offer*."""
    headers = {"Authorization": f"Bearer {member.token}", "If-Match": f'"{revision}"'}
    headers |= {"Idempotency-Key": key} if key else {}
    return (
        member.apps[VENUES]
        .test_client()
        .put(f"/v1/offers/{offer}/calendar", data=raw, content_type=kind, headers=headers)
    )


def imported(member: Member, offer: str, *events: str, revision: int = 0) -> Json:
    """What came of the import of *events*."""
    answer = send(member, offer, calendar(*events), revision)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json  # type: ignore[assignment]
    return found


def ended(member: Member, offer: str, revision: int) -> TestResponse:
    """The member ends its calendar."""
    path = f"/v1/offers/{offer}/calendar"
    return member.send("DELETE", VENUES, path, If_Match=f'"{revision}"')


def live(store: Store, purpose: str = "existing") -> list[tuple[int, int, int]]:
    """Start, end and quantity of the live uses of that *purpose*."""
    known = tables.use.c
    wanted = select(known.start_ts, known.end_ts, known.qty).where(
        known.purpose == purpose, known.status.in_(tables.LIVE)
    )
    with store.reading() as connection:
        return sorted(tuple(row) for row in connection.execute(wanted))


def test_busy_hours_are_not_offered_until_the_calendar_ends(town: Town) -> None:
    """What the calendar says is busy is in no plan, and is again once the calendar is ended."""
    holder, seeker, offer, need = pair(town)
    assert matches(seeker, need)["full"]
    told = imported(holder, offer, DAY)
    assert (told["events"], told["dates"], told["state"]) == (1, 1, "imported")
    assert not matches(seeker, need)["full"]
    assert len(live(town.network.store)) == 1
    seen = holder.get(VENUES, f"/v1/offers/{offer}/calendar")
    assert seen.json == {name: told[name] for name in seen.json}  # type: ignore[union-attr]
    assert seen.headers["ETag"] == '"1"'
    assert ended(holder, offer, 1).status_code == 200
    assert matches(seeker, need)["full"]
    assert live(town.network.store) == []


def test_an_import_replaces_exactly_the_one_before(town: Town) -> None:
    """A second import frees what it does not say, of this offer and of no other."""
    holder, seeker, offer, need = pair(town)
    other = posted(holder, "offer", an_offer(note="The other one"))
    imported(holder, other, DAY)
    imported(holder, offer, DAY, "DTSTART;VALUE=DATE:20270203")
    assert len(live(town.network.store)) == 3
    told = imported(holder, offer, "DTSTART;VALUE=DATE:20270204", revision=1)
    assert told["revision"] == 2
    assert len(live(town.network.store)) == 2
    assert {leg["offer"] for plan in matches(seeker, need)["full"] for leg in plan["legs"]} == {
        offer
    }


def test_hours_freed_by_an_import_are_told_to_whoever_waits(town: Town) -> None:
    """A need that a calendar stood against is woken when the next import leaves its hours free."""
    holder, seeker, offer, _ = pair(town)
    imported(holder, offer, DAY)
    town.tick()
    before = len(seeker.get(VENUES, "/v1/wakes").json["items"])  # type: ignore[index]
    imported(holder, offer, "DTSTART;VALUE=DATE:20270204", revision=1)
    town.clock.pass_time(days=1)
    town.tick()
    woken = seeker.get(VENUES, "/v1/wakes").json["items"]  # type: ignore[index]
    assert len(woken) == before + 1, inbox(seeker)


def test_an_agreed_deal_stays_and_is_told(town: Town) -> None:
    """A calendar over an agreed time names it and takes only what is beside it."""
    holder, seeker, offer, need = pair(town)
    deal = asked(seeker, need).json
    told = imported(holder, offer, "DTSTART;VALUE=DATE:20270202")
    assert told["agreed"] == [
        {"start": "2027-02-02T14:00:00+00:00", "end": "2027-02-02T16:00:00+00:00"}
    ]
    now = seeker.get(VENUES, f"/v1/deals/{deal['id']}").json  # type: ignore[index]
    assert now["state"] == "agreed"  # type: ignore[index]
    midnight = int(dt.datetime(2027, 2, 2, tzinfo=dt.UTC).timestamp())
    hours = [((start - midnight) / 3600, (end - midnight) / 3600) for start, end, _ in live(
        town.network.store
    )]  # fmt: skip
    assert hours[0][0] == 0
    assert hours[-1][1] == 24
    assert all(end <= 14 or start >= 16 for start, end in hours)


def test_what_is_cancelled_in_busy_time_is_not_offered_again(town: Town) -> None:
    """The calendar stands behind an agreed time too, for when that ends; until it ends itself."""
    holder, seeker, offer, need = pair(town)
    deal: Json = asked(seeker, need).json  # type: ignore[assignment]
    imported(holder, offer, "DTSTART;VALUE=DATE:20270202")
    path = f"/v1/deals/{deal['id']}"
    tag = seeker.get(VENUES, path).headers["ETag"]
    gone = seeker.post(VENUES, f"{path}/cancel", If_Match=tag)
    assert gone.status_code == 200, gone.text
    again = posted(seeker, "need", a_need(headcount=11))
    assert not matches(seeker, again)["full"]
    assert ended(holder, offer, 1).status_code == 200
    assert matches(seeker, again)["full"]


def test_a_calendar_and_a_closure_stand_for_each_other(town: Town) -> None:
    """Whichever of the two ends first, what the other shuts stays taken in the store."""
    holder, _, offer, _ = pair(town)
    path = f"/v1/offers/{offer}/closures"
    closure = holder.post(VENUES, path, {"first": "2027-02-02", "code": "works"}).json
    imported(holder, offer, DAY)
    assert live(town.network.store) == []
    holder.send("DELETE", VENUES, f"{path}/{closure['id']}")  # type: ignore[index]
    assert len(live(town.network.store)) == 1
    holder.post(VENUES, path, {"first": "2027-02-02", "code": "works"})
    assert ended(holder, offer, 1).status_code == 200
    spans = live(town.network.store, "closure")
    assert sum(end - start for start, end, _ in spans) == 24 * 3600


def test_weeks_on_end_are_taken_in_uses_of_a_month(town: Town) -> None:
    """A busy time of more than 31 days is taken whole."""
    holder, _, offer, _ = pair(town)
    imported(holder, offer, "DTSTART;VALUE=DATE:20270101\r\nDTEND;VALUE=DATE:20270315")
    spans = live(town.network.store)
    assert len(spans) == 3
    assert sum(end - start for start, end, _ in spans) == 73 * 86400


def test_nothing_of_what_events_are_about_is_kept(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """No summary, description or attendee is in any row of the store, in the answer or a log."""
    holder, _, offer, _ = pair(town)
    more = f"{DAY}\r\nDESCRIPTION:{ABOUT}\r\nATTENDEE:mailto:robin@quill.example"
    answer = send(holder, offer, calendar(more), key="one")
    refused = send(holder, offer, calendar(f"{more}\r\nRRULE:FREQ=YEARLY"), 1)
    assert (answer.status_code, refused.status_code) == (200, 422)
    assert "uill" not in answer.text + refused.text + caplog.text
    with town.network.store.reading() as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                assert "uill" not in str(row), table.name


def test_it_is_the_holders_alone_and_of_one_revision(town: Town) -> None:
    """Another member sees nothing there; a stale revision is refused; a key answers once."""
    holder, seeker, offer, _ = pair(town)
    stranger = town.member("Elder Row", "holder", place=PLACE)
    before = stored(town.network.store)
    is_problem(send(stranger, offer, calendar(DAY)), 404)
    is_problem(stranger.get(VENUES, f"/v1/offers/{offer}/calendar"), 404)
    is_problem(send(holder, offer, calendar(DAY), 7), 412)
    path = f"/v1/offers/{offer}/calendar"
    is_problem(ended(holder, offer, 0), 404)
    is_problem(holder.send("DELETE", VENUES, path), 428)
    assert stored(town.network.store) == before
    first = send(holder, offer, calendar(DAY), key="k1")
    again = send(holder, offer, calendar(DAY), key="k1")
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert len(live(town.network.store)) == 1
    assert "calendar" not in " ".join(inbox(seeker))


def test_other_types_and_sizes_are_refused(town: Town) -> None:
    """A calendar that is said to be JSON, or is too large, is not read."""
    holder, _, offer, _ = pair(town)
    assert (
        "text/calendar"
        in is_problem(send(holder, offer, b"{}", kind="application/json"), 415)["detail"]
    )
    is_problem(send(holder, offer, b"x" * (256 * 1024 + 1)), 413)
    is_problem(send(holder, offer, calendar(f"{DAY}\r\nRRULE:FREQ=SECONDLY")), 422)


def test_the_document_tells_of_the_media_type(town: Town) -> None:
    """OpenAPI says that the body is a calendar and needs If-Match."""
    document = town.apps[VENUES].test_client().get("/openapi.json").json
    put = document["paths"]["/v1/offers/{offer}/calendar"]["put"]  # type: ignore[index]
    assert list(put["requestBody"]["content"]) == ["text/calendar"]
    assert "If-Match" in {each["name"] for each in put["parameters"]}
