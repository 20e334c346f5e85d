"""Un-masking: a coordinator says why, and without a record of it there is no answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from tests.towns import (
    NOW,
    ONLY_VENUES,
    VENUES,
    Json,
    a_need,
    asked,
    inbox,
    is_problem,
    matches,
    pair,
    stored,
)

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

SEALED = "We sing in parts"
WHY = {"purpose": "complaint", "because": "A neighbour rang about noise on Tuesday."}


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


@contextmanager
def breaking(store: Store, name: str, breaks: Callable[..., None]) -> Iterator[None]:
    event.listen(store.engine, name, breaks)
    try:
        yield
    finally:
        event.remove(store.engine, name, breaks)


def unmasked(desk: Member, of: str) -> Json:
    answer = desk.post("membership", "/v1/unmaskings", {"of": of, **WHY})
    assert answer.status_code == 201, answer.text
    found: Json = answer.json  # type: ignore[assignment]
    return found


def looks(member: Member) -> list[Json]:
    answer = member.get("membership", "/v1/unmaskings")
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json["items"]  # type: ignore[index]
    return found


def test_a_coordinator_reads_no_sealed_text_before_there_is_an_agreement(town: Town) -> None:
    """Neither of a need nor of a deal, nor when it acts for the group; the group itself does."""
    _, seeker, _, need = pair(town, auto_accept=False)
    deal = asked(seeker, need).json["id"]  # type: ignore[index]
    desk = town.coordinator()
    for headers in ({}, {"Cypn_For": seeker.id}):
        for path in (f"/v1/needs/{need}", f"/v1/needs/{need}/matches", f"/v1/deals/{deal}"):
            answer = desk.get(VENUES, path, **headers)
            assert answer.status_code == 200, answer.text
            assert SEALED not in answer.text
            assert headers or "Amber Lane" not in answer.text
    assert SEALED in seeker.get(VENUES, f"/v1/needs/{need}").text


def test_a_near_miss_does_not_open_what_is_sealed(town: Town) -> None:
    """The need that would be met is shown to a coordinator without its note."""
    _, seeker, _, _ = pair(town)
    missed = a_need(note=SEALED, must=["stage"])
    need = seeker.post(VENUES, "/v1/needs", missed).json["id"]  # type: ignore[index]
    assert matches(seeker, need)["near"][0]["need"]["note"] == SEALED
    shown = matches(town.coordinator(), need)["near"][0]["need"]
    assert shown["kind"] == "space_need"
    assert "note" not in shown


def test_after_the_agreement_a_coordinator_reads_what_the_parties_do(town: Town) -> None:
    """The names and the note are open then, so there is nothing to un-mask."""
    _, seeker, _, need = pair(town)
    deal = asked(seeker, need).json["id"]  # type: ignore[index]
    told = town.coordinator().get(VENUES, f"/v1/deals/{deal}")
    assert SEALED in told.text
    assert {party["name"] for party in told.json["parties"]} == {"Cedar Hall", "Amber Lane"}  # type: ignore[index]


def test_with_a_purpose_a_coordinator_learns_who_it_is_and_they_learn_that(town: Town) -> None:
    """Both parties of a deal, with the sealed note; each sees when, by which role and why."""
    holder, seeker, _, need = pair(town, auto_accept=False)
    deal = asked(seeker, need).json["id"]  # type: ignore[index]
    found = unmasked(town.coordinator(), deal)
    assert {o["profile"]["name"] for o in found["organisations"]} == {"Cedar Hall", "Amber Lane"}
    assert SEALED in [posting["body"].get("note") for posting in found["postings"]]
    for member in (holder, seeker):
        (look,) = looks(member)
        assert (look["at"], look["role"]) == (NOW.isoformat(), "coordinator")
        assert (look["of"], look["purpose"], look["because"]) == (deal, *WHY.values())
    town.tick()
    (told,) = [text for text in inbox(seeker) if text.startswith("Who you are was looked at")]
    assert "A coordinator" in told
    assert "to look into a complaint" in told
    assert WHY["because"] in told


def test_only_who_was_looked_at_is_told(town: Town) -> None:
    """Un-masking a need says nothing to the holder, nor the other way round."""
    holder, seeker, _, need = pair(town, auto_accept=False)
    (found,) = unmasked(town.coordinator(), need)["organisations"]
    assert found["id"] == seeker.id
    assert len(looks(seeker)) == 1
    assert looks(holder) == []


@pytest.mark.parametrize("moment", ["the event", "the commit"])
def test_without_its_record_there_is_no_answer(town: Town, store: Store, moment: str) -> None:
    """Where the event cannot be written, or not be committed, no name and no note is given."""
    _, seeker, _, need = pair(town)
    desk, before = town.coordinator(), stored(store)

    def on_event(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO event"):
            raise OSError("disk full")

    def on_commit(_connection: object) -> None:
        if moment == "the commit" and wrote:
            raise OSError("disk full")

    wrote: list[str] = []

    def noted(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO event"):
            wrote.append(statement)

    name = "before_cursor_execute"
    first = on_event if moment == "the event" else noted
    with breaking(store, name, first), breaking(store, "commit", on_commit):
        answer = desk.post("membership", "/v1/unmaskings", {"of": need, **WHY})
    is_problem(answer, 500)
    assert "Amber" not in answer.text
    assert looks(seeker) == []
    assert stored(store) == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"purpose": "curiosity"}, "purpose"),
        ({"because": "why not"}, "because"),
        ({"because": "one line\nand another one"}, "because"),
        ({"of": "everybody"}, "of"),
        ({"who": "x"}, "who"),
    ],
)
def test_a_purpose_and_a_sentence_are_needed(town: Town, change: Json, field: str) -> None:
    """What does not say why is refused with the field, and nothing is on record."""
    _, seeker, _, need = pair(town)
    answer = town.coordinator().post("membership", "/v1/unmaskings", {"of": need, **WHY, **change})
    assert set(is_problem(answer, 422)["errors"]) == {field}
    assert looks(seeker) == []


def test_only_a_coordinator_may_and_only_of_what_there_is(town: Town) -> None:
    """A member gets 403 and writes no record; an id of nothing is 404; the answer is never kept."""
    holder, seeker, _, need = pair(town)
    body = {"of": need, **WHY}
    is_problem(holder.post("membership", "/v1/unmaskings", body), 403)
    assert looks(seeker) == []
    desk = town.coordinator()
    is_problem(desk.post("membership", "/v1/unmaskings", {**body, "of": "0" * 32}), 404)
    kept = desk.post("membership", "/v1/unmaskings", body, Idempotency_Key="once")
    assert set(is_problem(kept, 422)["errors"]) == {"Idempotency-Key"}
