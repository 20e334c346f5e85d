"""V11: two groups, one slot; the published turn order, its waiting list, and what is freed."""

from __future__ import annotations

import pytest
from tests.towns import (
    NOW,
    VENUES,
    Area,
    Json,
    a_need,
    an_offer,
    area_of,
    asked,
    inbox,
    posted,
)

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

DAY = "2027-02-02"
SERVED = [f"2026-12-{day:02d}" for day in range(1, 11)]


@pytest.fixture
def town(store: Store, area: Area) -> Town:
    return Town.on(store, area.hub, NOW)


def read(member: Member, found: Json) -> Json:
    """A deal as it stands now."""
    return member.get(VENUES, f"/v1/deals/{found['id']}").json  # type: ignore[return-value]


def cancelled(member: Member, found: Json) -> None:
    """The member leaves the deal."""
    tag = member.get(VENUES, f"/v1/deals/{found['id']}").headers["ETag"]
    answer = member.post(VENUES, f"/v1/deals/{found['id']}/cancel", If_Match=tag)
    assert answer.status_code == 200, answer.text


def woken(member: Member) -> list[Json]:
    """What a member is being asked."""
    items = member.get(VENUES, "/v1/wakes").json["items"]  # type: ignore[index]
    return [each for each in items if each["state"] == "asked"]


def says(member: Member, code: str) -> Json:
    """The member's answer to the one thing that it is asked."""
    (wake,) = woken(member)
    answer = member.post(VENUES, f"/v1/wakes/{wake['id']}/answer", {"code": code})
    assert answer.status_code == 200, answer.text
    return answer.json  # type: ignore[return-value]


def contest(town: Town, *names: str, served: int = 0) -> tuple[list[Member], list[Json]]:
    """A hall, and groups that ask for one slot of it a while apart; the first was served before."""
    holder = town.member("Cedar Hall", "holder", place=area_of(town).city)
    posted(holder, "offer", an_offer(place=area_of(town).city))
    groups = [town.member(name, "seeker", place=area_of(town).city) for name in names]
    for day in SERVED[:served]:
        assert (
            asked(
                groups[0], posted(groups[0], "need", a_need(day, place=area_of(town).city))
            ).status_code
            == 201
        )
    needs = []
    for group in groups:
        town.clock.pass_time(hours=2)
        needs.append(posted(group, "need", a_need(DAY, place=area_of(town).city)))
    deals = [asked(group, need) for group, need in zip(groups, needs, strict=True)]
    assert {deal.status_code for deal in deals} == {202}
    return groups, [deal.json for deal in deals]  # type: ignore[misc]


def closed(town: Town) -> None:
    """The window goes by."""
    town.clock.pass_time(hours=73)
    assert town.tick().rounds_closed == 1


def test_v11_the_one_served_less_has_it(town: Town) -> None:
    """P asked first and had 20 hours, Q had none: Q gets it, P is first in line, both read why."""
    (p, q), (first, second) = contest(town, "Amber Lane", "Birch Close", served=10)
    closed(town)
    won, lost = read(q, second), read(p, first)
    assert (won["state"], lost["state"]) == ("agreed", "declined")
    assert won["reason"].count(".") == 1
    assert "your turn" in won["reason"]
    assert lost["reason"].count(".") == 1
    assert "served less" in lost["reason"]
    (told,) = [each for each in inbox(p) if each.startswith("Nothing came of it")]
    assert "number 1 on the waiting list" in told
    assert any("your turn" in each for each in inbox(q))
    assert "Birch" not in told


def test_v11_with_equal_hours_the_earlier_request(town: Town) -> None:
    """Neither was served nor refused: the earlier need has it; a second close changes nothing."""
    (p, q), (first, second) = contest(town, "Amber Lane", "Birch Close")
    closed(town)
    assert (read(p, first)["state"], read(q, second)["state"]) == ("agreed", "declined")
    assert town.tick().rounds_closed == 0
    assert (read(p, first)["state"], read(q, second)["state"]) == ("agreed", "declined")


def test_v11_with_equal_hours_the_one_refused_before(town: Town) -> None:
    """Whoever lost an earlier round comes before an earlier request."""
    (_, q), _ = contest(town, "Amber Lane", "Birch Close")
    closed(town)
    again = "2027-02-09"
    before = town.member("Dale Street", "seeker", place=area_of(town).city)
    early = posted(before, "need", a_need(again, place=area_of(town).city))
    town.clock.pass_time(hours=1)
    late = posted(q, "need", a_need(again, place=area_of(town).city))
    ones = [asked(before, early).json, asked(q, late).json]
    closed(town)
    assert read(q, ones[1])["state"] == "agreed"  # type: ignore[arg-type]
    assert "refused more often" in read(before, ones[0])["reason"]  # type: ignore[arg-type]


def test_the_winner_leaves_and_the_first_in_line_is_asked(town: Town) -> None:
    """Only the first is told, with time to answer; after its no the second is; nobody else."""
    (p, q, r), (first, *_) = contest(town, "Amber Lane", "Birch Close", "Dale Street")
    closed(town)
    cancelled(p, first)
    town.tick()
    assert [len(woken(each)) for each in (p, q, r)] == [0, 1, 0]
    says(q, "no")
    town.tick()
    assert [len(woken(each)) for each in (p, q, r)] == [0, 0, 1]
    assert says(r, "yes")["deal"]["state"] == "agreed"
    town.tick()
    assert woken(q) == []


def test_silence_passes_a_freed_slot_to_the_next(town: Town) -> None:
    """The first in line does not answer in three working days: the second is asked that day."""
    (p, q, r), (first, *_) = contest(town, "Amber Lane", "Birch Close", "Dale Street")
    closed(town)
    cancelled(p, first)
    town.tick()
    town.clock.pass_time(days=5)
    town.tick()
    assert [len(woken(each)) for each in (p, q, r)] == [0, 0, 1]
    assert any(each.startswith("It was passed on") for each in inbox(q))


def test_the_first_in_line_comes_before_whoever_asks_meanwhile(town: Town) -> None:
    """An outsider who was served less asks for the freed slot; the one who waited has it."""
    (p, q), (first, _) = contest(town, "Amber Lane", "Birch Close")
    other_day = posted(q, "need", a_need("2027-03-02", place=area_of(town).city))
    assert asked(q, other_day).status_code == 201
    closed(town)
    cancelled(p, first)
    town.tick()
    newcomer = town.member("Elm Row", "seeker", place=area_of(town).city)
    late = asked(newcomer, posted(newcomer, "need", a_need(DAY, place=area_of(town).city)))
    assert late.status_code == 202
    assert says(q, "yes")["deal"]["state"] == "agreed"
    lost = read(newcomer, late.json)  # type: ignore[arg-type]
    assert lost["state"] == "declined"
    assert "waiting list" in lost["reason"]
