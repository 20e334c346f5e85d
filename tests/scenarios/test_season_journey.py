"""A season from opening to its last message: fair, blind, once, and through HTTP."""

from __future__ import annotations

import pytest
from tests.seasons import (
    an_evening_hall,
    closing,
    deals,
    explained,
    opened,
    seeker,
    until_closing,
    weekly,
)
from tests.towns import (
    NOW,
    ONLY_VENUES,
    PLACE,
    VENUES,
    Json,
    a_need,
    asked,
    best,
    inbox,
    is_problem,
    posted,
    stored,
)

from cypn_core.storage.engine import Store
from cypn_core.testing.town import MEMBERSHIP, Member, Town

NAMES = ("Amber Lane", "Birch Close", "Cedar Hall", "Dale Street", "Kim of")


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


@pytest.fixture
def coordinator(town: Town) -> Member:
    return town.coordinator()


@pytest.fixture
def hall(town: Town) -> Member:
    """A hall that is to be had on Tuesdays and Wednesdays only, from two to four."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_evening_hall("TU,WE"))
    return holder


def rows(store: Store) -> dict[str, int]:
    return {name: n for name, n in stored(store).items() if name != "idempotency"}


def test_a_season_serves_more_groups_than_first_come(
    town: Town, coordinator: Member, hall: Member
) -> None:
    """The example of docs/seasons.md: whoever asks first for both days gets one of them."""
    season = opened(coordinator)
    amber, (tuesdays, _) = seeker(town, "Amber Lane", weekly(), weekly("2027-01-06"))
    birch, _ = seeker(town, "Birch Close", weekly("2027-01-06"))
    dale, _ = seeker(town, "Dale Street", weekly())
    until_closing(town)
    answer = closing(coordinator, season)
    assert answer.status_code == 200, answer.text
    told: Json = answer.json  # type: ignore[assignment]
    assert told["state"] == "closed"
    assert told["proof"]["levels"][0] == {"sessions_a_week": 1, "groups": 2, "bound": 2}
    assert (told["proof"]["proven"], told["proof"]["gap"]) == (True, 0.0)
    assert [len(deals(each)) for each in (amber, birch, dale, hall)] == [1, 1, 0, 2]
    assert [each["need"] for each in explained(amber, season) if each["won"]] == [tuesdays]
    (nothing,) = explained(dale, season)
    assert nothing["sentence"] == "Another group asked earlier, and all else was equal."
    assert {deal["state"] for deal in deals(hall)} == {"agreed"}
    assert [len(deal["dates"]) for deal in deals(birch)] == [10]


def test_everybody_reads_one_sentence_that_names_nobody(
    town: Town, coordinator: Member, hall: Member
) -> None:
    """Winners and losers read their own outcome only; the coordinator reads all of them."""
    season = opened(coordinator)
    groups = [
        seeker(town, name, weekly(max_km=40))[0]
        for name in ("Amber Lane", "Birch Close", "Dale Street")
    ]
    until_closing(town)
    assert closing(coordinator, season).status_code == 200
    found = [explained(group, season) for group in groups]
    assert [len(each) for each in found] == [1, 1, 1]
    assert [each[0]["won"] for each in found] == [True, False, False]
    assert [each[0]["place"] for each in found] == [None, 1, 2]
    assert "yours" in found[0][0]["sentence"]
    assert "asked earlier" in found[1][0]["sentence"]
    assert found[1][0]["would_help"] == "Wednesdays instead of Tuesdays"
    assert found[1][0]["offers"] == [
        {"code": "season", "sentence": "Other groups got it in this season.", "offers": 1}
    ]
    for group, (own,) in zip(groups, found, strict=True):
        told = str(own) + "".join(m for m in inbox(group) if "It is agreed" not in m)
        assert not [name for name in NAMES if name in told]
    everything = explained(coordinator, season)
    assert sorted(each["need"] for each in everything) == [each["need"] for each in everything]
    assert len(everything) == 3
    assert not [name for name in NAMES if name in str(everything)]


def test_whoever_loses_gets_one_message_and_a_place_in_line(
    town: Town, coordinator: Member, hall: Member
) -> None:
    """The winner leaves; the first of those who lost is asked alone, and only then the next."""
    season = opened(coordinator)
    groups = [
        seeker(town, name, weekly())[0] for name in ("Amber Lane", "Birch Close", "Dale Street")
    ]
    until_closing(town)
    closing(coordinator, season)
    town.tick()
    town.tick()
    lost = [[m for m in inbox(each) if "nothing for you yet" in m] for each in groups]
    assert [len(each) for each in lost] == [0, 1, 1]
    assert "number 1 of those who wait" in lost[1][0]
    (deal,) = deals(groups[0])
    tag = groups[0].get(VENUES, f"/v1/deals/{deal['id']}").headers["ETag"]
    left = groups[0].post(VENUES, f"/v1/deals/{deal['id']}/cancel", If_Match=tag)
    assert left.status_code == 200
    town.tick()
    wakes = [each.get(VENUES, "/v1/wakes").json["items"] for each in groups]  # type: ignore[index]
    assert [len(each) for each in wakes] == [0, 1, 0]


def test_while_it_is_open_nothing_in_it_is_asked_for(
    town: Town, coordinator: Member, hall: Member
) -> None:
    """A need in the span is refused with the reason; one outside is agreed; after it all are."""
    season = opened(coordinator)
    amber, (inside, outside, once) = seeker(
        town, "Amber Lane", weekly(), a_need("2026-12-15"), a_need("2027-01-06")
    )
    assert amber.get(VENUES, f"/v1/needs/{inside}").json["season"] == season  # type: ignore[index]
    assert amber.get(VENUES, f"/v1/needs/{outside}").json["season"] is None  # type: ignore[index]
    for held in (inside, once):
        told = is_problem(asked(amber, held), 409)
        assert "given out together" in told["detail"]
        assert "13 Dec 2026" in told["detail"]
    assert asked(amber, outside).status_code == 201
    until_closing(town)
    is_problem(asked(amber, once), 409)
    closing(coordinator, season)
    assert asked(amber, once).status_code == 201


def test_members_see_that_a_season_is_open_and_what_it_means(
    town: Town, coordinator: Member, hall: Member
) -> None:
    """The list, the exchange's own page and one message tell it in plain words."""
    early, _ = seeker(town, "Amber Lane", weekly())
    season = opened(coordinator)
    town.tick()
    listed = early.get(MEMBERSHIP, "/v1/seasons").json["items"]  # type: ignore[index]
    assert [(each["id"], each["state"]) for each in listed] == [(season, "open")]
    assert "as many groups as possible" in listed[0]["means"]
    about = early.get(VENUES, "/v1").json["seasons"]  # type: ignore[index]
    assert [each["id"] for each in about] == [season]
    (message,) = [each for each in inbox(early) if "A season has opened" in each]
    assert "What you need takes part." in message
    stranger = town.member("Elm Row", place=PLACE)
    assert stranger.get(MEMBERSHIP, "/v1/seasons").json["items"] == []  # type: ignore[index]
    is_problem(stranger.get(MEMBERSHIP, f"/v1/seasons/{season}"), 403)


def test_a_preview_stores_nothing_names_nobody_and_comes_true(
    town: Town, coordinator: Member, hall: Member, store: Store
) -> None:
    """It shows aliases, gap, bound and seconds; the close gives what it foretold."""
    season = opened(coordinator)
    amber, needs = seeker(town, "Amber Lane", weekly(), weekly("2027-01-06"))
    seeker(town, "Birch Close", weekly())
    before = rows(store)
    seen = coordinator.get(MEMBERSHIP, f"/v1/seasons/{season}/preview")
    assert seen.status_code == 200, seen.text
    assert rows(store) == before
    found: Json = seen.json  # type: ignore[assignment]
    assert (found["needs"], found["groups"], found["groups_with_nothing"]) == (3, 2, 0)
    assert {"proven", "gap", "seconds", "levels", "method"} == set(found["proof"])
    assert not [name for name in NAMES if name in seen.text]
    assert not [each for each in (amber.id, *needs) if each in seen.text]
    is_problem(amber.get(MEMBERSHIP, f"/v1/seasons/{season}/preview"), 403)
    until_closing(town)
    closing(coordinator, season)
    won = sum(each["won"] for each in explained(coordinator, season))
    assert won == len(found["winners"])
    is_problem(coordinator.get(MEMBERSHIP, f"/v1/seasons/{season}/preview"), 409)


def test_closing_twice_changes_nothing(
    town: Town, coordinator: Member, hall: Member, store: Store
) -> None:
    """The second close answers as the first and stores nothing; so does one under the same key."""
    season = opened(coordinator)
    for name in ("Amber Lane", "Birch Close"):
        seeker(town, name, weekly())
    until_closing(town)
    first = closing(coordinator, season, Idempotency_Key="close")
    after = rows(store)
    assert closing(coordinator, season).json == first.json
    assert closing(coordinator, season, Idempotency_Key="close").json == first.json
    assert rows(store) == after


def test_every_second_week_is_a_second_phase(town: Town, coordinator: Member) -> None:
    """Half the weeks are taken already; who declares that enough gets the other half."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_evening_hall())
    fortnightly = {
        "first": "2027-01-05", "starts": "14:00", "ends": "16:00",
        "rrule": "FREQ=WEEKLY;INTERVAL=2;COUNT=5",
    }  # fmt: skip
    early, (need,) = seeker(town, "Amber Lane", a_need(when=fortnightly))
    assert asked(early, need).status_code == 201
    season = opened(coordinator)
    all_or_nothing, _ = seeker(town, "Birch Close", weekly())
    flexible, _ = seeker(town, "Dale Street", weekly(alternate_weeks=True))
    until_closing(town)
    closing(coordinator, season)
    (got,), (nothing,) = explained(flexible, season), explained(all_or_nothing, season)
    assert (got["won"], got["dates"]) == (True, 5)
    assert "5 of 10 of your dates" in got["sentence"]
    assert not nothing["won"]
    assert any("dates" in each["code"] for each in nothing["offers"])


def test_a_holder_who_decides_by_hand_is_asked(town: Town, coordinator: Member) -> None:
    """The winner is told that a yes is missing; the holder's yes agrees it."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_evening_hall(auto_accept=False))
    season = opened(coordinator)
    amber, _ = seeker(town, "Amber Lane", weekly())
    until_closing(town)
    closing(coordinator, season)
    town.tick()
    assert any("one yes is missing" in each for each in inbox(amber))
    (waits,) = deals(holder)
    assert (waits["state"], waits["waits_for_you"]) == ("asked", True)
    tag = f'"{waits["revision"]}"'
    agreed = holder.post(VENUES, f"/v1/deals/{waits['id']}/agree", If_Match=tag)
    assert agreed.status_code == 200, agreed.text
    assert deals(amber)[0]["state"] == "agreed"


def test_what_was_agreed_before_stays_and_is_not_doubled(
    town: Town, coordinator: Member, hall: Member
) -> None:
    """A Tuesday that was agreed before the season opened is nobody else's."""
    early, (need,) = seeker(town, "Amber Lane", weekly())
    assert asked(early, need, best(early, need)).status_code == 201
    season = opened(coordinator)
    late, _ = seeker(town, "Birch Close", weekly())
    until_closing(town)
    closing(coordinator, season)
    (told,) = explained(late, season)
    assert not told["won"]
    assert len(deals(hall)) == 1
