"""Complaints: a number at once, an answer within thirty days, and who reads which."""

from __future__ import annotations

from typing import Any

import pytest
from tests.post_office import COORDINATOR as COORDINATOR_MAIL
from tests.post_office import PostOffice, texts
from tests.towns import NOW, ONLY_VENUES, PLACE, inbox, is_problem

from cypn_core.application import complain
from cypn_core.application.network import Caller
from cypn_core.domain.errors import NotAllowed, NotFound
from cypn_core.storage.engine import Store
from cypn_core.testing.town import MEMBERSHIP, Town

PATH = "/v1/complaints"
TRUSTEE = Caller(actor="staff:1", scopes=frozenset({"trustee"}))
COORDINATOR = Caller(actor="staff:2", scopes=frozenset({"coordinator"}))


@pytest.fixture
def town(store: Store, office: PostOffice) -> Town:
    return Town.on(store, ONLY_VENUES, NOW, office.carrier())


def a_complaint(about: str = "hub", **more: str) -> dict[str, Any]:
    """A complaint in one sentence."""
    return {"about": about, "said": "Nobody answered my call for two weeks.", **more}


def test_a_member_gets_a_number_a_day_and_the_answer(town: Town) -> None:
    """It is due in thirty days, stands in the inbox at once, and so does what was answered."""
    group, desk = town.member("Amber Lane", place=PLACE), town.coordinator()
    made = group.post(MEMBERSHIP, PATH, a_complaint()).json
    assert made is not None
    assert (made["state"], made["due"]) == ("open", "2026-12-22")
    town.tick()
    assert any(made["number"] in said and "22 December 2026" in said for said in inbox(group))
    answer = f"{PATH}/{made['id']}/answer"
    is_problem(desk.post(MEMBERSHIP, answer, {"answer": "no"}), 422)
    said = {"answer": "We have another number now; sorry."}
    assert desk.post(MEMBERSHIP, answer, said).status_code == 200
    is_problem(desk.post(MEMBERSHIP, answer, said), 409)
    town.tick()
    assert any("We have another number now" in said for said in inbox(group))
    (own,) = group.get(MEMBERSHIP, "/v1/organisation/complaints").json["items"]  # type: ignore[index]
    assert (own["state"], own["answer"]) == ("answered", said["answer"])


def test_the_public_complains_by_mail_address(town: Town, office: PostOffice) -> None:
    """Whoever has no key gets the number and the answer by mail."""
    client = town.apps[MEMBERSHIP].test_client()
    body = a_complaint(email="Neighbour@example.net")
    answer = client.post("/v1/public-complaints", json=body)
    assert answer.status_code == 201
    number = answer.json["number"]  # type: ignore[index]
    town.tick()
    (acknowledged,) = office.letters("neighbour@example.net")
    assert number in texts(acknowledged)
    desk = town.coordinator()
    (found,) = desk.get(MEMBERSHIP, PATH).json["items"]  # type: ignore[index]
    desk.post(MEMBERSHIP, f"{PATH}/{found['id']}/answer", {"answer": "Thank you, it is mended."})
    town.tick()
    assert "it is mended" in texts(office.letters("neighbour@example.net")[-1])
    is_problem(client.post("/v1/public-complaints", json=a_complaint()), 422)


def test_a_complaint_about_the_coordinator_goes_past_the_coordinator(
    town: Town, office: PostOffice
) -> None:
    """It is in no list of the coordinator's, who cannot answer it either; a trustee can."""
    group, desk = town.member("Amber Lane", place=PLACE), town.coordinator()
    made = group.post(MEMBERSHIP, PATH, a_complaint("coordinator")).json
    assert made is not None
    assert desk.get(MEMBERSHIP, PATH).json["items"] == []  # type: ignore[index]
    answer = {"answer": "All is well, believe me."}
    is_problem(desk.post(MEMBERSHIP, f"{PATH}/{made['id']}/answer", answer), 404)
    town.tick()
    assert office.letters(COORDINATOR_MAIL) == []
    with town.network.writing() as work:
        (found,) = complain.complaints(work, TRUSTEE)
        assert complain.answer(work, TRUSTEE, found.id, "The trustees have looked.").answered
    with town.network.reading() as work, pytest.raises(NotFound):
        complain.answer(work, COORDINATOR, found.id, "It was not so at all.")


def test_nobody_else_reads_complaints(town: Town) -> None:
    """A member reads its own and no other's."""
    group, other = town.member("Amber Lane", place=PLACE), town.member("Cedar Hall", place=PLACE)
    group.post(MEMBERSHIP, PATH, a_complaint())
    assert other.get(MEMBERSHIP, "/v1/organisation/complaints").json["items"] == []  # type: ignore[index]
    is_problem(other.get(MEMBERSHIP, PATH), 403)
    with town.network.reading() as work, pytest.raises(NotAllowed):
        complain.complaints(work, town.acting(group))


def test_an_answered_complaint_is_deleted_after_its_time(town: Town) -> None:
    """Two years on it is gone; one that was never answered is not."""
    group, desk = town.member("Amber Lane", place=PLACE), town.coordinator()
    first, _ = (group.post(MEMBERSHIP, PATH, a_complaint()).json for _ in range(2))
    assert first is not None
    desk.post(MEMBERSHIP, f"{PATH}/{first['id']}/answer", {"answer": "We have mended it now."})
    town.tick()
    town.clock.pass_time(days=731)
    town.tick()
    with town.network.reading() as work:
        (left,) = complain.own_complaints(work, town.acting(group))
    assert left.state == "open"
