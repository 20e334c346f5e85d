"""A group registers itself: nothing of who else is here shows, and nothing counts unconfirmed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.post_office import PostOffice, links, texts
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, a_need, inbox, is_problem

from cypn_core.storage.engine import Store
from cypn_core.testing.town import MEMBERSHIP, Member, Town

Json = dict[str, Any]
REGISTRATIONS = "/v1/registrations"


@pytest.fixture
def town(store: Store, office: PostOffice) -> Town:
    return Town.on(store, ONLY_VENUES, NOW, office.carrier())


def application(**more: object) -> Json:
    """The six fields that a group fills in."""
    return {
        "name": "Juniper Juniors",
        "run_by": "volunteers",
        "place": PLACE,
        "contact": {"name": "Sam Reed", "email": "sam@juniper.example"},
        "roles": ["seeker"],
        **more,
    }


def public(town: Town, path: str, body: Json) -> Any:
    """POST *body* without a key."""
    return town.apps[MEMBERSHIP].test_client().post(path, json=body)


def registered(town: Town, office: PostOffice, **more: object) -> str:
    """Register and press the mailed link; what the page then says."""
    answer = public(town, REGISTRATIONS, application(**more))
    assert answer.status_code == 202, answer.text
    town.tick()
    return pressed(town, confirmation(office))


def confirmation(office: PostOffice) -> str:
    """The path of the newest link that confirms an address."""
    newest = [each for each in office.letters() if "confirm" in links(each)][-1]
    return links(newest)["confirm"]


def pressed(town: Town, path: str) -> str:
    """Open the page of a link, press its button, and read what it says."""
    client = town.apps[MEMBERSHIP].test_client()
    assert "<button>" in client.get(path).text
    answer = client.post(path)
    assert answer.status_code in {200, 410}
    return str(answer.text)


def waiting(coordinator: Member) -> list[Json]:
    """What waits at the coordinator's desk."""
    found: list[Json] = coordinator.get(MEMBERSHIP, REGISTRATIONS).json["items"]  # type: ignore[index]
    return found


def test_the_coordinator_sees_a_registration_once_its_address_is_confirmed(
    town: Town, office: PostOffice
) -> None:
    """Before the link is pressed nothing waits; a second press of it is refused."""
    desk = town.coordinator()
    public(town, REGISTRATIONS, application())
    town.tick()
    assert waiting(desk) == []
    link = confirmation(office)
    assert "address is confirmed" in pressed(town, link)
    (one,) = waiting(desk)
    assert one["application"]["name"] == "Juniper Juniors"
    assert one["application"]["roles"] == ["seeker"]
    assert "cannot be used" in pressed(town, link)


def test_a_link_that_nobody_mailed_confirms_nothing(town: Town, office: PostOffice) -> None:
    """A wrong secret is refused as an unknown registration is, to the byte."""
    public(town, REGISTRATIONS, application())
    town.tick()
    good = confirmation(office)
    wrong = pressed(town, good[:-4] + "AAAA")
    assert wrong == pressed(town, f"/links/confirm/{'0' * 32}.abc")
    assert waiting(town.coordinator()) == []


def test_a_group_that_joins_stands_nowhere_until_it_is_checked(
    town: Town, office: PostOffice
) -> None:
    """Accepting makes a member with a wish to be checked; the gate stays shut, and it is told."""
    desk = town.coordinator()
    registered(town, office)
    (one,) = waiting(desk)
    answer = desk.post(MEMBERSHIP, f"{REGISTRATIONS}/{one['id']}/accept", {})
    assert answer.status_code == 201, answer.text
    assert waiting(desk) == []
    joined = Member(
        id=answer.json["id"], name="Juniper Juniors", token=_key(town, answer.json["id"]),  # type: ignore[index]
        apps=town.apps,
    )  # fmt: skip
    town.tick()
    assert any("Welcome" in said for said in inbox(joined))
    refused = joined.post(VENUES, "/v1/needs", a_need())
    assert is_problem(refused, 403)["missing"] == [
        "holder: not checked yet",
        "seeker: not checked yet",
    ]
    (wish,) = desk.get(MEMBERSHIP, "/v1/checks/wanted").json["items"]  # type: ignore[index]
    assert (wish["role"], wish["ready"]) == ("seeker", False)


def _key(town: Town, organisation: str) -> str:
    return town._with_key(organisation, "key", frozenset({"member"})).token  # type: ignore[arg-type]


def test_whoever_registers_cannot_tell_who_is_a_member(town: Town, office: PostOffice) -> None:
    """The name and the address of a member get the same answer as new ones, to the byte."""
    town.member("Amber Lane", "seeker", place=PLACE)
    new = public(town, REGISTRATIONS, application())
    same = public(
        town,
        REGISTRATIONS,
        application(name="Amber Lane", contact={"name": "Kim", "email": "kim@example.org"}),
    )
    assert (same.status_code, same.data, dict(same.headers)) == (
        new.status_code, new.data, dict(new.headers),
    )  # fmt: skip


def test_the_coordinator_sees_the_likeness_and_gives_another_name(
    town: Town, office: PostOffice
) -> None:
    """A name like a member's is marked at the desk, and cannot be taken as it stands."""
    desk = town.coordinator()
    town.member("Amber Lane", "seeker", place=PLACE)
    registered(town, office, name="AMBER LANE")
    (one,) = waiting(desk)
    assert one["alike"] == ["Amber Lane"]
    accept = f"{REGISTRATIONS}/{one['id']}/accept"
    assert "name" in is_problem(desk.post(MEMBERSHIP, accept, {}), 422)["errors"]
    answer = desk.post(MEMBERSHIP, accept, {"name": "Amber Lane of Sallow"})
    assert answer.status_code == 201, answer.text


def test_whoever_is_turned_away_is_told_why_in_words(town: Town, office: PostOffice) -> None:
    """The reason is one of the codes; the letter says it; nothing is kept."""
    desk = town.coordinator()
    registered(town, office)
    (one,) = waiting(desk)
    away = f"{REGISTRATIONS}/{one['id']}/turn-away"
    assert is_problem(desk.post(MEMBERSHIP, away, {"reason": "dislike"}), 422)
    assert desk.post(MEMBERSHIP, away, {"reason": "outside"}).status_code == 200
    town.tick()
    assert "outside the area" in texts(office.letters("sam@juniper.example")[-1])
    assert waiting(desk) == []
    is_problem(desk.post(MEMBERSHIP, away, {"reason": "outside"}), 404)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": "Аmber Lane"}, "name"),  # noqa: RUF001 - the first letter is Cyrillic
        ({"place": "Nowhere at all"}, "place"),
        ({"roles": ["pilot"]}, "roles"),
        ({"roles": []}, "roles"),
        ({"contact": {"name": "Sam", "email": "sam"}}, "contact.email"),
        ({"website": "https://juniper.example"}, "website"),
    ],
)
def test_bad_registrations_are_refused_with_the_field(town: Town, more: Json, field: str) -> None:
    """What cannot be right is refused, and nothing is stored."""
    answer = public(town, REGISTRATIONS, application(**more))
    assert field in is_problem(answer, 422)["errors"]
    assert waiting(town.coordinator()) == []


def test_an_unconfirmed_registration_goes_after_a_fortnight(town: Town, office: PostOffice) -> None:
    """Its link then opens nothing; a confirmed one waits on."""
    public(town, REGISTRATIONS, application())
    town.tick()
    link = confirmation(office)
    registered(town, office, name="Poplar Players")
    town.clock.pass_time(days=15)
    town.tick()
    assert "cannot be used" in pressed(town, link)
    assert [each["application"]["name"] for each in waiting(town.coordinator())] == [
        "Poplar Players"
    ]


def test_one_address_gets_no_more_than_three_letters(town: Town, office: PostOffice) -> None:
    """Whoever registers somebody else's address over and over gets the same answer and no mail."""
    answers = {public(town, REGISTRATIONS, application()).data for _ in range(5)}
    town.tick()
    assert len(answers) == 1
    assert len(office.letters()) == 3


def test_a_group_says_that_it_is_ready_and_the_desk_lists_it(town: Town) -> None:
    """Ready once; listed until the check is recorded; the checklist then says until when."""
    desk, group = town.coordinator(), town.member("Amber Lane", place=PLACE)
    path = "/v1/organisation/checklists"
    states = {each["role"]: each["state"] for each in group.get(MEMBERSHIP, path).json["items"]}  # type: ignore[index]
    assert states["seeker"] == "missing"
    assert group.post(MEMBERSHIP, path, {"role": "seeker"}).status_code == 202
    is_problem(group.post(MEMBERSHIP, path, {"role": "seeker"}), 409)
    is_problem(group.post(MEMBERSHIP, path, {"role": "pilot"}), 422)
    (wish,) = desk.get(MEMBERSHIP, "/v1/checks/wanted").json["items"]  # type: ignore[index]
    assert (wish["name"], wish["ready"]) == ("Amber Lane", True)
    passed = {"role": "seeker", "outcome": "passed", "expires_on": "2026-12-10"}
    checks = f"/v1/organisations/{group.id}/checks"
    assert desk.post(MEMBERSHIP, checks, passed).status_code == 201
    assert desk.get(MEMBERSHIP, "/v1/checks/wanted").json["items"] == []  # type: ignore[index]
    found = {each["role"]: each for each in group.get(MEMBERSHIP, path).json["items"]}  # type: ignore[index]
    assert (found["seeker"]["state"], found["seeker"]["until"]) == ("runs_out", "2026-12-10")
    town.clock.pass_time(days=30)
    found = {each["role"]: each for each in group.get(MEMBERSHIP, path).json["items"]}  # type: ignore[index]
    assert found["seeker"]["state"] == "out_of_date"
    assert dt.date.fromisoformat(found["seeker"]["decided_on"]) == NOW.date()
