"""N01 and the messages of V04: a need is remembered, and its group is told when something fits."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.towns import (
    ONLY_VENUES,
    PLACE,
    VENUES,
    Json,
    a_need,
    an_offer,
    inbox,
    is_problem,
    posted,
)

from cypn_core.application.questions import question
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

FOUND_NOTHING = dt.datetime(2027, 1, 10, 10, tzinfo=dt.UTC)
ACTIVE = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
DAY = "2027-04-06"
OPEN = {"first": "2027-03-01", "starts": "13:00", "ends": "17:00", "rrule": "FREQ=DAILY"}


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, FOUND_NOTHING)


def seeker(town: Town, name: str, day: str = DAY, **need: object) -> tuple[Member, str]:
    """A group and its need, posted a minute after the last."""
    town.clock.pass_time(minutes=1)
    member = town.member(name, "seeker", place=PLACE)
    return member, posted(member, "need", a_need(day, **need))


def hall(town: Town, **more: object) -> tuple[Member, str]:
    """A holder whose offer becomes active on the first of March."""
    town.clock.now = ACTIVE
    member = town.member("Cedar Hall", "holder", place=PLACE)
    return member, posted(member, "offer", an_offer(hours=[OPEN], **more))


def asked(member: Member) -> list[Json]:
    """What has come up for a member."""
    answer = member.get(VENUES, "/v1/wakes")
    assert answer.status_code == 200, answer.text
    return list(answer.json["items"])  # type: ignore[index]


def says(member: Member, code: str) -> Json:
    """The member's answer to the one thing that it is asked."""
    (wake,) = [each for each in asked(member) if each["state"] == "asked"]
    answer = member.post(VENUES, f"/v1/wakes/{wake['id']}/answer", {"code": code})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json  # type: ignore[assignment]
    return found


def deal(member: Member, found: Json) -> Json:
    """The deal of an answer, as it stands now."""
    return member.get(VENUES, f"/v1/deals/{found['deal']['id']}").json  # type: ignore[return-value]


def test_v04_exactly_those_that_fit_are_told_once(town: Town) -> None:
    """Three fit and get one message each that day; two do not and get none; nobody has searched."""
    fit = [seeker(town, f"Amber {n}", day=f"2027-04-0{n}")[0] for n in range(5, 8)]
    not_fit = [
        seeker(town, "Too many", headcount=90)[0],
        seeker(town, "Too early", when={"first": DAY, "starts": "09:00", "ends": "11:00"})[0],
    ]
    town.tick()
    holder, _ = hall(town)
    for _ in range(3):
        town.tick()
    for member in fit:
        (told,) = inbox(member)
        assert "Something fits" in told
        assert "yes, no or later" in told
        assert "Cedar" not in told
        assert str(holder.id) not in member.get(VENUES, "/v1/wakes").text
    assert [inbox(member) for member in not_fit] == [[], []]
    town.clock.pass_time(days=1)
    town.tick()
    assert [len(inbox(member)) for member in fit] == [1, 1, 1]


def test_n01_yes_alone_is_agreed(town: Town) -> None:
    """Where nobody else wants it, yes is enough, and no login to search came before it."""
    group, need = seeker(town, "Amber Lane")
    hall(town)
    town.tick()
    found = says(group, "yes")
    assert found["deal"]["state"] == "agreed"
    assert found["wake"]["state"] == "yes"
    assert group.get(VENUES, f"/v1/needs/{need}").json["state"] == "matched"  # type: ignore[index]
    is_problem(group.post(VENUES, f"/v1/wakes/{found['wake']['id']}/answer", {"code": "no"}), 409)


def test_n01_yes_joins_and_does_not_win(town: Town) -> None:
    """The first yes waits for the other group that was asked; then the turn order decides."""
    early, _ = seeker(town, "Amber Lane")
    late, _ = seeker(town, "Birch Close")
    hall(town)
    town.tick()
    first = says(late, "yes")
    assert first["deal"]["state"] == "asked"
    assert first["deal"]["in_round"]
    won = says(early, "yes")
    assert won["deal"]["state"] == "agreed"
    lost = deal(late, first)
    assert lost["state"] == "declined"
    assert "asked earlier" in lost["reason"]


def test_n01_no_leaves_it_to_the_other(town: Town) -> None:
    """Once everybody who was asked has answered the round closes, long before its window."""
    early, need = seeker(town, "Amber Lane")
    late, _ = seeker(town, "Birch Close")
    hall(town)
    town.tick()
    joined = says(late, "yes")
    says(early, "no")
    assert deal(late, joined)["state"] == "agreed"
    assert early.get(VENUES, f"/v1/needs/{need}").json["state"] == "open"  # type: ignore[index]
    town.clock.pass_time(days=10)
    town.tick()
    assert len(asked(early)) == 1


def test_n01_no_answer_passes_it_on_and_says_so(town: Town) -> None:
    """After three working days the group is told, the other's round closes, and both stay open."""
    silent, need = seeker(town, "Amber Lane")
    other, _ = seeker(town, "Birch Close")
    hall(town)
    town.tick()
    joined = says(other, "yes")
    town.clock.pass_time(days=2, hours=23)
    assert town.tick().wakes_passed == 0
    town.clock.pass_time(hours=2)
    assert town.tick().wakes_passed == 1
    town.tick()
    assert deal(other, joined)["state"] == "agreed"
    told = inbox(silent)
    assert len([each for each in told if each.startswith("It was passed on")]) == 1
    assert silent.get(VENUES, f"/v1/needs/{need}").json["state"] == "open"  # type: ignore[index]
    (wake,) = asked(silent)
    is_problem(silent.post(VENUES, f"/v1/wakes/{wake['id']}/answer", {"code": "yes"}), 409)


def test_n01_later_is_asked_again(town: Town) -> None:
    """Whoever says later is asked again after three working days, if it still fits."""
    group, _ = seeker(town, "Amber Lane")
    hall(town)
    town.tick()
    assert says(group, "later")["wake"]["state"] == "noticed"
    town.clock.pass_time(days=2)
    town.tick()
    assert len(inbox(group)) == 1
    town.clock.pass_time(days=1)
    town.tick()
    assert len(inbox(group)) == 2
    assert says(group, "yes")["deal"]["state"] == "agreed"


def test_several_fits_of_one_group_make_one_message(town: Town) -> None:
    """Two needs that fit on one day are told of in one message, and answered one by one."""
    group, _ = seeker(town, "Amber Lane")
    posted(group, "need", a_need("2027-04-07"))
    hall(town)
    town.tick()
    assert len(inbox(group)) == 1
    assert len(asked(group)) == 2


def test_what_was_asked_of_somebody_else_looks_like_nothing(town: Town) -> None:
    """Another group's wake and none at all are one 404; an unknown code is named."""
    group, _ = seeker(town, "Amber Lane")
    hall(town)
    town.tick()
    nosy, _ = seeker(town, "Nosy Group", headcount=99)
    (wake,) = asked(group)
    answers = [
        nosy.post(VENUES, f"/v1/wakes/{each}/answer", {"code": "yes"}) for each in (wake["id"], "0")
    ]
    assert len({(each.status_code, each.data) for each in answers}) == 1
    is_problem(answers[0], 404)
    problem = is_problem(group.post(VENUES, f"/v1/wakes/{wake['id']}/answer", {"code": "x"}), 422)
    assert list(problem["errors"]) == ["code"]


def test_n01_the_mail_asks_the_same_question(town: Town) -> None:
    """What a one-click yes of the mail does is what the operation does; of several, none asks."""
    group, _ = seeker(town, "Amber Lane")
    busy, _ = seeker(town, "Birch Close", day="2027-04-08")
    posted(busy, "need", a_need("2027-04-09"))
    hall(town)
    town.tick()
    several = asked(busy)[0]["id"]
    (wake,) = asked(group)
    with town.network.writing() as work:
        assert question(work, "wake_asked", several, busy.id) is None
        found = question(work, "wake_asked", wake["id"], group.id)
        assert found is not None
        assert "noted" in found.yes.give(work, town.acting(group))
    assert asked(group)[0]["state"] == "yes"
    assert group.get(VENUES, "/v1/deals").json["items"][0]["state"] == "agreed"  # type: ignore[index]
