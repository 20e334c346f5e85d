"""Closures of what two offers share, of what is being agreed, and of what changes; both stores."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from tests.towns import (
    NOW,
    ONLY_VENUES,
    PLACE,
    VENUES,
    Json,
    a_need,
    an_offer,
    asked,
    best,
    is_problem,
    posted,
)
from werkzeug.test import TestResponse

from cypn_core.application import closures
from cypn_core.storage.engine import Store, open_store
from cypn_core.testing.stores import NewStore
from cypn_core.testing.town import Member, Town

STORE = {
    "kind": "storage_offer", "place": PLACE, "divisible": True, "available_from": "2027-01-01",
}  # fmt: skip


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


def two(town: Town) -> tuple[Member, Member]:
    """A holder and a seeker."""
    return (
        town.member("Cedar Hall", "holder", place=PLACE),
        town.member("Amber Lane", "seeker", place=PLACE),
    )


def close(holder: Member, offer: str, **hours: str) -> TestResponse:
    """The holder closes the day of the need, or some hours of it."""
    body = {"first": "2027-02-02", "code": "works", **hours}
    return holder.post(VENUES, f"/v1/offers/{offer}/closures", body)


def states(member: Member) -> list[str]:
    """The states of a member's deals."""
    found: Json = member.get(VENUES, "/v1/deals").json  # type: ignore[assignment]
    return [deal["state"] for deal in found["items"]]


def test_who_waits_for_the_same_part_by_another_offer_is_turned_away(town: Town) -> None:
    """The part of a hall is closed: a request for the whole hall is declined, not left waiting."""
    holder, seeker = two(town)
    posted(holder, "offer", an_offer(parts=["left", "right"], auto_accept=False))
    need = posted(seeker, "need", a_need())
    assert asked(seeker, need).status_code == 202
    part = posted(holder, "offer", an_offer(parts=["left"], capacity=5))
    assert close(holder, part).status_code == 201
    assert states(seeker) == ["declined"]


def test_who_waits_for_the_other_part_is_not_turned_away(town: Town) -> None:
    """What is closed is one part: a request for another part goes on waiting."""
    holder, seeker = two(town)
    posted(holder, "offer", an_offer(parts=["right"], auto_accept=False))
    need = posted(seeker, "need", a_need())
    assert asked(seeker, need).status_code == 202
    part = posted(holder, "offer", an_offer(parts=["left"], capacity=5))
    assert close(holder, part).status_code == 201
    assert states(seeker) == ["asked"]


def test_a_closure_in_the_buffer_of_a_request_turns_it_away(town: Town) -> None:
    """Closed from the minute at which it would be cleared up, it could not be agreed."""
    holder, seeker = two(town)
    offer = posted(holder, "offer", an_offer(auto_accept=False, clear_up_minutes=30))
    need = posted(seeker, "need", a_need())
    assert asked(seeker, need).status_code == 202
    assert close(holder, offer, starts="16:00", ends="17:00").status_code == 201
    assert states(seeker) == ["declined"]


@pytest.mark.parametrize(
    ("was", "then"),
    [
        (an_offer(parts=["left"]), an_offer(parts=["right"])),
        ({**STORE, "area_m2": 30}, {**STORE, "area_m2": 10}),
    ],
    ids=["another part", "a smaller floor"],
)
def test_what_is_closed_stays_closed_when_its_offer_changes(
    town: Town, was: Json, then: Json
) -> None:
    """No part goes or shrinks under a closure, which would stay on the list and shut nothing."""
    holder, _ = two(town)
    offer = posted(holder, "offer", was)
    closure = close(holder, offer).json["id"]  # type: ignore[index]
    path = f"/v1/offers/{offer}"
    problem = is_problem(holder.send("PUT", VENUES, path, then, If_Match='"1"'), 409)
    assert "reopen" in problem["detail"]
    again = holder.send("DELETE", VENUES, f"{path}/closures/{closure}")
    assert again.status_code == 200
    tag = holder.get(VENUES, path).headers["ETag"]
    assert holder.send("PUT", VENUES, path, then, If_Match=tag).status_code == 200


@pytest.fixture
def postgresql(new_store: NewStore) -> Iterator[Town]:
    with open_store(new_store("postgresql")) as store:
        yield Town.on(store, ONLY_VENUES, NOW)


def test_nobody_agrees_while_it_is_being_closed(
    postgresql: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks by another offer, once the deals were looked for, waits and then finds it shut."""
    holder, seeker = two(postgresql)
    posted(holder, "offer", an_offer(parts=["left", "right"]))
    need = posted(seeker, "need", a_need())
    plan = best(seeker, need)
    part = posted(holder, "offer", an_offer(parts=["left"], capacity=5))
    answers: list[TestResponse] = []
    asking = threading.Thread(target=lambda: answers.append(asked(seeker, need, plan)))
    known = closures._turn_away

    def then(*given: object) -> None:
        known(*given)  # type: ignore[arg-type]
        asking.start()
        asking.join(timeout=1)

    monkeypatch.setattr(closures, "_turn_away", then)
    assert close(holder, part).status_code == 201
    asking.join(timeout=30)
    is_problem(answers[0], 409)
    assert states(seeker) == []
