"""One date of a series is moved to another free time of the same offer, or nothing happens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.integration.test_dates import a_series, finds, send, shown
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
    posted,
)

from cypn_core.storage.engine import Store
from cypn_core.storage.restore import flaws
from cypn_core.testing.town import Member, Town

SECOND, FREE = "2027-02-09", "2027-02-11"
TO = {"on": SECOND, "to": FREE}


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


def windows(member: Member, deal: str) -> list[str]:
    """When each date of the deal begins."""
    found: Json = member.get(VENUES, f"/v1/deals/{deal}").json  # type: ignore[assignment]
    return [each["window"]["start"][:16] for each in found["dates"]]


def as_before(seeker: Member, deal: str) -> bool:
    return windows(seeker, deal) == [
        "2027-02-02T14:00", "2027-02-09T14:00", "2027-02-16T14:00",
    ]  # fmt: skip


def test_a_date_moves_and_what_it_leaves_is_free(town: Town) -> None:
    """The old time is anybody's, the new nobody's; nobody has to say yes again; both are told."""
    holder, seeker, _, deal = a_series(town)
    answer = send(seeker, deal, "move-date", {**TO, "starts": "13:30"})
    assert answer.status_code == 200, answer.text
    assert windows(holder, deal)[1] == "2027-02-11T13:30"
    assert [state for _, state, _ in shown(seeker, deal)] == ["stands"] * 3
    now: Json = seeker.get(VENUES, f"/v1/deals/{deal}").json  # type: ignore[assignment]
    assert (now["state"], now["pence"], now["waits_for_you"]) == ("agreed", 4800, False)
    assert finds(town, SECOND)
    assert not finds(town, FREE)
    town.tick()
    for member in (holder, seeker):
        (told,) = [each for each in inbox(member) if each.startswith("A date is moved")]
        assert told.endswith("Tue 9 Feb 2027, 14:00 is now Thu 11 Feb 2027, 13:30.")
    again = send(seeker, deal, "cancel-date", {"on": FREE})
    assert again.json["pence"] == 3200  # type: ignore[index]
    assert finds(town, FREE)


def test_it_moves_within_its_own_time(town: Town) -> None:
    """The time that it leaves does not stand in its way."""
    _, seeker, _, deal = a_series(town)
    answer = send(seeker, deal, "move-date", {"on": SECOND, "to": SECOND, "starts": "14:30"})
    assert answer.status_code == 200, answer.text
    assert windows(seeker, deal)[1] == "2027-02-09T14:30"


def test_a_time_that_is_taken_is_409_and_the_old_date_stands(town: Town) -> None:
    """With what is free near it, each of which can be had; outside the hours it is the same."""
    _, seeker, _, deal = a_series(town)
    other = town.member("Birch Close", "seeker", place=PLACE)
    assert asked(other, posted(other, "need", a_need(FREE))).status_code == 201
    for body in (TO, {**TO, "starts": "20:00"}):
        problem = is_problem(send(seeker, deal, "move-date", body), 409)
        assert as_before(seeker, deal)
        assert not finds(town, SECOND)
        if body is TO:
            near = problem["free"]
    assert [each["start"][:16] for each in near] == [
        "2027-02-12T14:00", "2027-02-10T14:00", "2027-02-18T14:00", "2027-02-04T14:00",
    ]  # fmt: skip
    answer = send(seeker, deal, "move-date", {"on": SECOND, "to": "2027-02-18"})
    assert answer.status_code == 200, answer.text


def test_what_others_wait_for_has_to_be_asked_for(town: Town) -> None:
    """An open need that fits the new time keeps its chance."""
    _, seeker, _, deal = a_series(town)
    other = town.member("Birch Close", "seeker", place=PLACE)
    posted(other, "need", a_need(FREE))
    said = is_problem(send(seeker, deal, "move-date", TO), 409)["detail"]
    assert said.startswith("Others wait for that time.")
    assert "ask for the other" in said
    assert as_before(seeker, deal)


def test_whoever_waits_for_the_old_time_is_woken(town: Town) -> None:
    """What the move leaves is offered to a need that it fits."""
    _, seeker, _, deal = a_series(town)
    other = town.member("Birch Close", "seeker", place=PLACE)
    posted(other, "need", a_need(SECOND))
    town.tick()
    town.clock.pass_time(days=1)
    assert send(seeker, deal, "move-date", TO).status_code == 200
    town.tick()
    assert any("Something fits" in said for said in inbox(other))


def test_a_holder_who_answers_by_hand_is_not_passed_over(town: Town) -> None:
    """Where the offer does not say yes by rule, the refusal says what to do; so for the holder."""
    holder, _, _, deal = a_series(town)
    is_problem(send(holder, deal, "move-date", TO), 403)
    second = town.member("Elder Hall", "holder", place=PLACE)
    hours = {"first": "2027-03-02", "starts": "13:00", "ends": "17:00", "rrule": "FREQ=DAILY"}
    posted(second, "offer", an_offer(hours=[hours], auto_accept=False, capacity=90))
    when = {
        "first": "2027-03-02",
        "starts": "14:00",
        "ends": "16:00",
        "rrule": "FREQ=WEEKLY;COUNT=2",
    }
    other = town.member("Birch Close", "seeker", place=PLACE)
    waits: Json = asked(other, posted(other, "need", a_need(when=when, headcount=80))).json  # type: ignore[assignment]
    assert send(second, waits["id"], "agree").status_code == 200
    body = {"on": "2027-03-09", "to": "2027-03-10"}
    said = is_problem(send(other, waits["id"], "move-date", body), 409)["detail"]
    assert "by rule" in said
    assert windows(other, waits["id"])[1] == "2027-03-09T14:00"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("on", "2027-02-03"), ("on", None), ("to", "2027-02-16"), ("to", SECOND),
        ("to", "2026-11-01"), ("to", "2031-01-01"), ("to", "9999-12-31"), ("to", "soon"),
        ("starts", "25:00"), ("starts", 14),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(town: Town, field: str, value: object) -> None:
    """422 on the field, and nothing is changed."""
    _, seeker, _, deal = a_series(town)
    answer = send(seeker, deal, "move-date", {**TO, field: value})
    assert list(is_problem(answer, 422)["errors"]) == [field]
    assert as_before(seeker, deal)


def test_a_stale_move_changes_nothing(town: Town) -> None:
    """412 for whoever read the deal before somebody else changed it."""
    _, seeker, _, deal = a_series(town)
    tag = seeker.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
    send(seeker, deal, "cancel-date", {"on": "2027-02-16"})
    stale = seeker.post(VENUES, f"/v1/deals/{deal}/move-date", TO, If_Match=tag)
    is_problem(stale, 412)
    is_problem(
        town.member("Far Away", "seeker", place=PLACE).post(
            VENUES, f"/v1/deals/{deal}/move-date", TO, If_Match=tag
        ),
        404,
    )


def test_of_six_who_move_to_one_time_at_once_one_has_it(town: Town) -> None:
    """The others keep the date that they had, whatever came first; nothing is used twice."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_offer(set_up_minutes=15))
    days = [f"2027-02-{day:02}" for day in range(2, 8)]
    groups = [town.member(f"Group {day}", "seeker", place=PLACE) for day in days]
    deals: list[str] = [
        asked(group, posted(group, "need", a_need(day))).json["id"]  # type: ignore[index]
        for group, day in zip(groups, days, strict=True)
    ]

    def moves(at: int) -> int:
        return send(groups[at], deals[at], "move-date", {"on": days[at], "to": FREE}).status_code

    with ThreadPoolExecutor(len(days)) as pool:
        statuses = list(pool.map(moves, range(len(days))))
    assert sorted(statuses) == [200] + [409] * 5
    for group, deal, day, status in zip(groups, deals, days, statuses, strict=True):
        (now,) = windows(group, deal)
        assert now[:10] == (FREE if status == 200 else day)
    with town.network.reading() as work:
        assert not list(flaws(work.connection))
    free = [day for day, status in zip(days, statuses, strict=True) if status == 200]
    assert [day for day in days if finds(town, day)] == free
