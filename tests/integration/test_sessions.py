"""Sessions: how long they last, what ends them, and as what somebody acts."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from tests.people import ANN, BEN, ZOE, Mailbox, group, hired, replaced, signed_in, town_with
from tests.towns import PLACE, inbox

from cypn_core.application import sessions, staff
from cypn_core.application.network import SYSTEM
from cypn_core.domain.errors import NotAllowed, NotFound
from cypn_core.domain.people import Session, StaffRole
from cypn_core.storage import events
from cypn_core.storage.engine import Store
from cypn_core.storage.people_tables import session as table
from cypn_core.testing.town import Town


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def town(store: Store, box: Mailbox) -> Town:
    return town_with(store, box)


def chosen(town: Town, session: Session, organisation: str) -> Session:
    return town.network.transact(lambda work: sessions.choose(work, session, organisation))


def acting(town: Town, session: Session, organisation: str) -> Session:
    return town.network.transact(lambda work: sessions.act_for(work, session, organisation))


def open_(town: Town, secret: str) -> bool:
    return sessions.current(town.network, secret) is not None


def test_a_members_session_ends_after_half_a_day_unused(town: Town, box: Mailbox) -> None:
    """Twelve hours unused are too long; in use it goes on for thirty days and no more."""
    group(town.network, "Amber Lane", ANN)
    secret, _ = signed_in(town.network, box, ANN)
    for _ in range(65):
        town.clock.pass_time(hours=11)
        assert open_(town, secret)
    town.clock.pass_time(hours=5)
    assert not open_(town, secret)
    unused, _ = signed_in(town.network, box, ANN)
    town.clock.pass_time(hours=12)
    assert not open_(town, unused)


def test_a_session_of_staff_ends_sooner(town: Town, box: Mailbox) -> None:
    """Two hours unused, or twelve hours in all."""
    hired(town.network, StaffRole.COORDINATOR)
    secret, _ = signed_in(town.network, box, ZOE)
    for _ in range(11):
        town.clock.pass_time(minutes=65)
        assert open_(town, secret)
    town.clock.pass_time(minutes=5)
    assert not open_(town, secret)
    unused, _ = signed_in(town.network, box, ZOE)
    town.clock.pass_time(hours=2)
    assert not open_(town, unused)


def test_only_a_digest_is_kept(town: Town, box: Mailbox) -> None:
    """Nobody reads a cookie or an address out of the store."""
    group(town.network, "Amber Lane", ANN)
    secret, _ = signed_in(town.network, box, ANN)
    with town.network.reading() as work:
        kept = repr(work.connection.execute(select(table)).all())
    assert secret not in kept
    assert "lane.example" not in kept


@pytest.mark.parametrize("token", ["", "x", "\x00", "\udc80", "ü" * 500])
def test_what_is_no_token_opens_nothing(town: Town, token: str) -> None:
    """Whatever a stranger sends as a cookie, it is nobody's."""
    assert not open_(town, token)


@pytest.mark.parametrize("email", ["jo@lane.example.org", ANN])
def test_a_replaced_contact_is_out_at_once(town: Town, box: Mailbox, email: str) -> None:
    """Also where somebody else reads the same address; the second contact stays signed in."""
    lane = group(town.network, "Amber Lane", ANN, BEN)
    first, _ = signed_in(town.network, box, ANN)
    second, _ = signed_in(town.network, box, BEN)
    replaced(town.network, lane, "Jo Fen", email)
    assert (open_(town, first), open_(town, second)) == (False, True)


def test_staff_without_a_role_are_out_at_once(town: Town, box: Mailbox) -> None:
    """One role less narrows the session, the last one ends it."""
    hired(town.network, StaffRole.COORDINATOR)
    hired(town.network, StaffRole.TRUSTEE)
    secret, opened = signed_in(town.network, box, ZOE)
    assert opened.scopes == {"coordinator", "trustee"}
    for role, left in ((StaffRole.COORDINATOR, {"trustee"}), (StaffRole.TRUSTEE, None)):
        town.network.transact(lambda work, gone=role: staff.remove(work, SYSTEM, ZOE, gone))  # type: ignore[misc]
        now = sessions.current(town.network, secret)
        assert (None if now is None else now.scopes) == left


def test_whoever_answers_for_two_chooses(town: Town, box: Mailbox) -> None:
    """Before that they act for none; the log tells the one person's groups apart."""
    lane, barn = (group(town.network, name, ANN) for name in ("Amber Lane", "Birch Barn"))
    secret, opened = signed_in(town.network, box, ANN)
    assert opened.organisation is None
    assert set(opened.organisations) == {lane, barn}
    with pytest.raises(NotAllowed):
        _ = sessions.caller(opened).member
    one, other = chosen(town, opened, lane), chosen(town, opened, barn)
    assert (one.organisation, other.organisation) == (lane, barn)
    assert one.actor != other.actor
    assert sessions.current(town.network, secret) == other
    replaced(town.network, barn, "Jo Fen", "jo@barn.example.org")
    assert not open_(town, secret)


def test_nobody_chooses_what_is_not_theirs(town: Town, box: Mailbox) -> None:
    """Another's group, one that is not there, and staff's desk are refused alike."""
    group(town.network, "Amber Lane", ANN)
    barn = group(town.network, "Birch Barn", BEN)
    _, opened = signed_in(town.network, box, ANN)
    for other in (barn, "0" * 32, ""):
        with pytest.raises(NotFound):
            chosen(town, opened, other)


def test_staff_who_are_contacts_act_as_one_at_a_time(town: Town, box: Mailbox) -> None:
    """At the desk as staff, with the group's hat on as its contact, and back."""
    lane = group(town.network, "Amber Lane", ZOE)
    person = hired(town.network, StaffRole.COORDINATOR)
    _, opened = signed_in(town.network, box, ZOE)
    assert opened.actor == f"staff:{person.id}"
    assert opened.scopes == {"coordinator"}
    as_contact = chosen(town, opened, lane)
    assert as_contact.actor.startswith("contact:")
    assert as_contact.scopes == {"member"}
    assert not as_contact.acts_for_another
    assert chosen(town, as_contact, "") == opened


def test_a_coordinator_acts_for_a_group_and_both_are_known(town: Town, box: Mailbox) -> None:
    """The log has who acted and for whom; the group is told that it began."""
    lane = town.member("Amber Lane", "seeker", place=PLACE)
    person = hired(town.network, StaffRole.COORDINATOR)
    _, opened = signed_in(town.network, box, ZOE)
    for_lane = acting(town, opened, lane.id)
    assert (for_lane.organisation, for_lane.acts_for_another) == (lane.id, True)
    with town.network.reading() as work:
        (began,) = events.told_of(work.connection, lane.id, "acting_began")
    assert (began.actor, began.for_whom) == (f"staff:{person.id}", lane.id)
    town.tick()
    assert any("A coordinator acts for you" in text for text in inbox(lane))
    assert acting(town, for_lane, "") == opened


def test_only_coordinators_act_for_others(town: Town, box: Mailbox) -> None:
    """Neither a member nor a trustee; and nobody for a group that is not there."""
    lane = group(town.network, "Amber Lane", ANN)
    hired(town.network, StaffRole.TRUSTEE)
    hired(town.network, StaffRole.COORDINATOR, "yan@hub.example.org", "Yan Hill")
    for email in (ANN, ZOE):
        _, opened = signed_in(town.network, box, email)
        with pytest.raises(NotAllowed):
            acting(town, opened, lane)
    _, desk = signed_in(town.network, box, "yan@hub.example.org")
    with pytest.raises(NotFound):
        acting(town, desk, "0" * 32)


def test_sessions_are_ended_one_by_one_and_all(town: Town, box: Mailbox) -> None:
    """One's own by itself, another of one's own by its id, never somebody else's, and all."""
    group(town.network, "Amber Lane", ANN, BEN)
    opened = [signed_in(town.network, box, ANN) for _ in range(3)]
    secrets, (one, two, three) = [each[0] for each in opened], [each[1] for each in opened]
    other, foreign = signed_in(town.network, box, BEN)
    with town.network.reading() as work:
        assert {each.id for each in sessions.listed(work, one)} == {one.id, two.id, three.id}
    with pytest.raises(NotFound):
        town.network.transact(lambda work: sessions.end(work, one, foreign.id))
    town.network.transact(lambda work: sessions.end(work, one, two.id))
    assert [open_(town, each) for each in secrets] == [True, False, True]
    assert town.network.transact(lambda work: sessions.end_all(work, one)) == 2
    assert not any(open_(town, each) for each in secrets)
    assert open_(town, other)


def test_signing_in_and_out_is_in_the_log_without_a_name(town: Town, box: Mailbox) -> None:
    """Who came and went can be audited; no event holds an address or a name."""
    group(town.network, "Amber Lane", ANN)
    _, opened = signed_in(town.network, box, ANN)
    town.network.transact(lambda work: sessions.end(work, opened))
    with town.network.reading() as work:
        found = events.read(work.connection, "a test", 100)
    mine = [each.event for each in found if each.event.subject == opened.id]
    assert [each.fact for each in mine] == ["session_opened", "session_ended"]
    assert "ann" not in repr(mine)
    assert "Kim" not in repr(mine)


def test_the_purge_deletes_old_sessions(town: Town, box: Mailbox) -> None:
    """What was ended is kept for the region's days, and then gone."""
    group(town.network, "Amber Lane", ANN)
    _, opened = signed_in(town.network, box, ANN)
    town.network.transact(lambda work: sessions.end(work, opened))
    for days, left in ((80, 1), (11, 0)):
        town.clock.pass_time(days=days)
        town.tick()
        with town.network.reading() as work:
            assert len(work.connection.execute(select(table.c.id)).all()) == left
