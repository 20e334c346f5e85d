"""The log for those who oversee: who may read it, what narrows it, and whose names stand in it."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, a_need, posted

from cypn_core.application import last_tick, purge, staff
from cypn_core.application.journal import Asked, Line, journal, known_facts
from cypn_core.application.network import SYSTEM, Caller
from cypn_core.domain.errors import NotAllowed
from cypn_core.domain.people import StaffRole, StaffWanted
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

CLERK = Caller(actor="key:clerk", scopes=frozenset({"coordinator"}))
AUDITOR = Caller(actor="staff:a", scopes=frozenset({"auditor"}))


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


def read(town: Town, caller: Caller = CLERK, **asked: object) -> list[Line]:
    with town.network.reading() as work:
        return journal(work, caller, Asked(**asked))  # type: ignore[arg-type]


def typed(town: Town) -> tuple[Member, str, str]:
    """A group, the need that somebody of the staff typed in for it, and that person's id."""
    group = town.member("Amber Lane", "seeker", place=PLACE)
    wanted = StaffWanted(name="Robin Clerk", email="robin@hub.example", role=StaffRole.COORDINATOR)
    clerk = town.network.transact(lambda work: staff.add(work, SYSTEM, wanted))
    answer = town.coordinator().post(VENUES, "/v1/needs", a_need(), Cypn_For=group.id)
    return group, str(answer.json["id"]), clerk.id  # type: ignore[index]


def test_n03_both_names_stand_in_the_log(town: Town) -> None:
    """N03: who typed it, and the group that it was typed for."""
    group, _, clerk = typed(town)
    acting = Caller(
        actor=f"staff:{clerk}",
        scopes=frozenset({"coordinator", "member"}),
        organisation=group.id,
        acts_for_another=True,
    )
    town.network.transact(lambda work: work.log(acting, "x", "need_confirmed"))
    (line,) = read(town, fact="need_confirmed")
    assert (line.actor, line.for_whom) == ("Robin Clerk", "Amber Lane")


def test_who_posted_by_itself_stays_a_pseudonym_to_a_coordinator(town: Town) -> None:
    """A name is another, audited question; the group's own membership is not."""
    group = town.member("Amber Lane", "seeker", place=PLACE)
    need = posted(group, "need", a_need())
    (line,) = read(town, subject=need, fact="need_posted")
    assert line.actor.startswith("member ")
    assert "Amber" not in f"{line}"
    assert group.id not in f"{line}"
    (checked,) = read(town, fact="check_recorded")
    assert checked.subject == "Amber Lane"


def test_an_auditor_reads_pseudonyms_only_and_the_same_ones_everywhere(town: Town) -> None:
    """No name of a member or of staff, and no id of an organisation, in any line."""
    group, need, _ = typed(town)
    posted(group, "need", a_need("2027-02-03"))
    lines = read(town, AUDITOR, limit=200)
    told = f"{lines}"
    assert not [word for word in ("Amber", "Robin", group.id) if word in told]
    by_fact = {line.fact: line for line in lines}
    assert by_fact["check_recorded"].subject == read(town, AUDITOR, subject=need)[-1].for_whom


def test_the_log_is_narrowed_by_fact_subject_and_day_and_read_on_in_pages(town: Town) -> None:
    """The newest first; each page begins where the last one ended."""
    group = town.member("Amber Lane", "seeker", place=PLACE)
    need = posted(group, "need", a_need())
    town.clock.pass_time(days=1)
    posted(group, "need", a_need("2027-02-03"))
    today = (NOW + dt.timedelta(days=1)).date()
    assert [line.fact for line in read(town, day=today)] == ["need_posted"]
    assert [line.subject for line in read(town, subject=need)] == [need]
    assert {line.fact for line in read(town, fact="check_recorded")} == {"check_recorded"}
    whole = [line.seq for line in read(town, limit=200)]
    assert whole == sorted(whole, reverse=True)
    first = read(town, limit=2)
    then = read(town, limit=200, before=first[-1].seq)
    assert [line.seq for line in (*first, *then)] == whole
    with town.network.reading() as work:
        assert "need_posted" in known_facts(work, CLERK)


def test_nobody_else_reads_the_log(town: Town) -> None:
    """Neither a member, nor the public, nor a key that only operates."""
    for scopes in ({"member"}, {"operator"}, set[str]()):
        caller = Caller(actor="key:x", scopes=frozenset(scopes))
        with pytest.raises(NotAllowed):
            read(town, caller)
        with town.network.reading() as work, pytest.raises(NotAllowed):
            known_facts(work, caller)


def test_the_last_tick_is_known_with_what_it_did(town: Town) -> None:
    """None before the first; each puts itself in the place of the one before."""
    with town.network.reading() as work:
        assert last_tick.running(work, CLERK).tick is None
    for _ in range(2):
        town.clock.pass_time(days=100)
        posted(
            town.member(f"Group {town.clock.now.day}", "seeker", place=PLACE),
            "need",
            a_need("2028-02-03"),
        )
        ticked = town.tick()
    with town.network.reading() as work:
        last = last_tick.running(work, CLERK).tick
    assert last is not None
    assert (last.at, last.failed) == (town.clock.now, ())
    assert last.did["messages"] == ticked.messages


def test_a_step_that_fails_is_named_in_the_last_tick(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other steps are done, and the coordinator sees which one was not."""

    def broken(work: object) -> int:
        raise RuntimeError("no")

    monkeypatch.setattr(purge, "purge", broken)
    with pytest.raises(RuntimeError):
        town.tick()
    with town.network.reading() as work:
        last = last_tick.running(work, CLERK).tick
    assert last is not None
    assert last.failed == ("rows_purged",)
