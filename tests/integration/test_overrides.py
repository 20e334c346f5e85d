"""Overrides of the gate: two people, at most a fortnight, in the log, and the group is told."""

from __future__ import annotations

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from tests.people import ZOE, Mailbox, group, hired, signed_in
from tests.towns import (
    NOW,
    ONLY_VENUES,
    PLACE,
    VENUES,
    a_need,
    an_offer,
    asked,
    inbox,
    matches,
    posted,
)

from cypn_core.application import check, override, sessions
from cypn_core.application.network import SYSTEM, Caller
from cypn_core.domain.errors import Conflict, Invalid, NotAllowed
from cypn_core.domain.overrides import Override, OverrideWanted, Reason
from cypn_core.domain.people import StaffRole
from cypn_core.domain.standing import CheckOutcome
from cypn_core.storage import events
from cypn_core.storage.engine import Store
from cypn_core.storage.people_tables import gate_override
from cypn_core.testing.town import Member, Town

FIRST, SECOND, TRUSTEE = ZOE, "yan@hub.example.org", "tia@hub.example.org"
WANTED = OverrideWanted(role="seeker", reason=Reason.CHECKER_AWAY)


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def town(store: Store, box: Mailbox) -> Town:
    made = Town.on(store, ONLY_VENUES, NOW, mailing=box.carrier())
    hired(made.network, StaffRole.COORDINATOR, FIRST, "Zoe Reed")
    hired(made.network, StaffRole.COORDINATOR, SECOND, "Yan Hill")
    hired(made.network, StaffRole.TRUSTEE, TRUSTEE, "Tia Moss")
    return made


def staff(town: Town, box: Mailbox, email: str) -> Caller:
    """Somebody of the staff, who has signed in by mail."""
    return sessions.caller(signed_in(town.network, box, email)[1])


def proposed(town: Town, by: Caller, to: Member, wanted: OverrideWanted = WANTED) -> Override:
    return town.network.transact(lambda work: override.propose(work, by, to.id, wanted))


def confirmed(town: Town, by: Caller, which: Override) -> Override:
    return town.network.transact(lambda work: override.confirm(work, by, which.id))


def gate(member: Member) -> int:
    """What the gate answers."""
    return member.get(VENUES, "/v1/needs").status_code


@pytest.mark.parametrize("second", [SECOND, TRUSTEE])
def test_two_people_let_a_group_through(town: Town, box: Mailbox, second: str) -> None:
    """A proposal opens nothing; confirmed by another coordinator or a trustee it does."""
    lane = town.member("Amber Lane", place=PLACE)
    waiting = proposed(town, staff(town, box, FIRST), lane)
    assert gate(lane) == 403
    confirmed(town, staff(town, box, second), waiting)
    assert gate(lane) == 200


def test_it_lapses_after_a_fortnight(town: Town, box: Mailbox) -> None:
    """It is good on the fourteenth day and no more on the fifteenth."""
    lane = town.member("Amber Lane", place=PLACE)
    made = proposed(town, staff(town, box, FIRST), lane)
    confirmed(town, staff(town, box, SECOND), made)
    town.clock.pass_time(days=13)
    assert gate(lane) == 200
    town.clock.pass_time(days=1)
    assert gate(lane) == 403


def test_nobody_confirms_what_they_proposed(town: Town, box: Mailbox, store: Store) -> None:
    """Not by another session either; and the store itself refuses such a row."""
    lane = town.member("Amber Lane", place=PLACE)
    made = proposed(town, staff(town, box, FIRST), lane)
    with pytest.raises(NotAllowed, match="somebody else"):
        confirmed(town, staff(town, box, FIRST), made)
    row = {"id": "x", "organisation_id": lane.id, "role": "seeker", "reason": "emergency"}
    days = {"days": 1, "proposed": 0, "first": "2026-01-01", "last": "2026-01-01"}
    one = {"proposed_by": "staff:a", "confirmed_by": "staff:a"}
    alone = insert(gate_override).values(**row, **days, **one)
    with pytest.raises(IntegrityError), store.writing() as connection:
        connection.execute(alone)


def test_a_key_is_no_person(town: Town, box: Mailbox) -> None:
    """A coordinator's key neither proposes nor confirms, nor does the operator."""
    lane = town.member("Amber Lane", place=PLACE)
    desk = town.coordinator()
    body = {"role": "seeker", "reason": "emergency", "days": 3}
    path = f"/v1/organisations/{lane.id}/overrides"
    assert desk.post("membership", path, body).status_code == 403
    made = proposed(town, staff(town, box, FIRST), lane)
    answer = desk.post("membership", f"/v1/overrides/{made.id}/confirm")
    assert answer.status_code == 403
    with pytest.raises(NotAllowed, match="key is none"):
        confirmed(town, SYSTEM, made)
    assert gate(lane) == 403


def test_a_contact_of_the_group_has_no_say_in_it(town: Town, box: Mailbox) -> None:
    """Staff who answer for the group themselves neither propose nor confirm."""
    lane = group(town.network, "Amber Lane", FIRST.upper())
    own = Member(id=lane, name="Amber Lane", token="", apps={})
    with pytest.raises(NotAllowed, match="contact of that group"):
        proposed(town, staff(town, box, FIRST), own)


def test_both_stand_in_the_log_and_the_group_is_told(town: Town, box: Mailbox) -> None:
    """The log names both people by id and why; the group reads it in its inbox."""
    lane = town.member("Amber Lane", place=PLACE)
    first, second = staff(town, box, FIRST), staff(town, box, SECOND)
    confirmed(town, second, proposed(town, first, lane))
    with town.network.reading() as work:
        said = {
            fact: events.told_of(work.connection, lane.id, fact)
            for fact in ("override_proposed", "override_confirmed")
        }
    assert [each.actor for each in said["override_proposed"]] == [first.actor]
    assert [each.actor for each in said["override_confirmed"]] == [second.actor]
    assert said["override_confirmed"][0].body["reason"] == "checker_away"
    town.tick()
    assert any("up to 2026-12-05" in text for text in inbox(lane))


def test_a_failed_check_ends_it(town: Town, box: Mailbox) -> None:
    """Whoever fails the check itself is out at once; a pending one changes nothing."""
    lane = town.member("Amber Lane", place=PLACE)
    confirmed(town, staff(town, box, SECOND), proposed(town, staff(town, box, FIRST), lane))
    for outcome, answers in ((CheckOutcome.PENDING, 200), (CheckOutcome.FAILED, 403)):
        with town.network.writing() as work:
            check.record(work, SYSTEM, lane.id, "seeker", outcome, None)
        assert gate(lane) == answers


def test_one_person_ends_it(town: Town, box: Mailbox) -> None:
    """To be strict one is enough; the group is told, and a second end is refused."""
    lane = town.member("Amber Lane", place=PLACE)
    made = confirmed(town, staff(town, box, SECOND), proposed(town, staff(town, box, FIRST), lane))
    trustee = staff(town, box, TRUSTEE)
    town.network.transact(lambda work: override.end(work, trustee, made.id))
    assert gate(lane) == 403
    town.tick()
    assert any("check counts again" in text for text in inbox(lane))
    with pytest.raises(Conflict):
        town.network.transact(lambda work: override.end(work, trustee, made.id))


def test_a_proposal_waits_a_week(town: Town, box: Mailbox) -> None:
    """After a week nobody can confirm it any more, and meanwhile there is no second one."""
    lane = town.member("Amber Lane", place=PLACE)
    made = proposed(town, staff(town, box, FIRST), lane)
    with pytest.raises(Conflict):
        proposed(town, staff(town, box, SECOND), lane)
    town.clock.pass_time(days=7)
    with pytest.raises(Conflict):
        confirmed(town, staff(town, box, SECOND), made)


def test_a_role_that_nobody_checks_cannot_be_overridden(town: Town, box: Mailbox) -> None:
    """The role must have a checklist in the region."""
    lane = town.member("Amber Lane", place=PLACE)
    with pytest.raises(Invalid):
        proposed(
            town,
            staff(town, box, FIRST),
            lane,
            OverrideWanted(role="king", reason=Reason.EMERGENCY),
        )


def test_what_an_override_holds_up_is_suspended_when_it_lapses(town: Town, box: Mailbox) -> None:
    """A holder let through is found by others; when it lapses, what was agreed is suspended."""
    hall = town.member("Cedar Hall", place=PLACE)
    lane = town.member("Amber Lane", "seeker", place=PLACE)
    wanted = OverrideWanted(role="holder", reason=Reason.RENEWAL_UNDER_WAY, days=10)
    made = proposed(town, staff(town, box, FIRST), hall, wanted)
    confirmed(town, staff(town, box, SECOND), made)
    posted(hall, "offer", an_offer())
    need = posted(lane, "need", a_need("2026-12-20"))
    assert matches(lane, need)["full"]
    deal = asked(lane, need).json["id"]  # type: ignore[index]
    town.clock.pass_time(days=10)
    town.tick()
    told = lane.get(VENUES, f"/v1/deals/{deal}").json
    assert [each["state"] for each in told["dates"]] == ["suspended"], told  # type: ignore[index]
    other = posted(lane, "need", a_need("2026-12-21"))
    assert not matches(lane, other)["full"]


def test_the_query_and_the_rule_agree_on_every_day(town: Town, box: Mailbox) -> None:
    """On each day around an override the offer is found just when its owner stands."""
    hall = town.member("Cedar Hall", place=PLACE)
    lane = town.member("Amber Lane", "seeker", place=PLACE)
    wanted = OverrideWanted(role="holder", reason=Reason.EMERGENCY, days=2)
    made = proposed(town, staff(town, box, FIRST), hall, wanted)
    confirmed(town, staff(town, box, SECOND), made)
    posted(hall, "offer", an_offer())
    need = posted(lane, "need", a_need("2026-12-20"))
    found = []
    for _ in range(4):
        found.append((gate(hall) == 200, bool(matches(lane, need)["full"])))
        town.clock.pass_time(days=1)
    assert found == [(True, True), (True, True), (False, False), (False, False)]
