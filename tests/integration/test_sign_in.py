"""Signing in by a mailed link: once, for half an hour, and nobody learns who is a member."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import event, func, select
from tests.people import (
    ANN,
    BEN,
    ZOE,
    Mailbox,
    group,
    hired,
    linked,
    replaced,
    signed_in,
    town_with,
)

from cypn_core.application import sessions, sign_in, staff
from cypn_core.application.network import SYSTEM, Network
from cypn_core.domain.errors import Invalid
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.people import StaffRole
from cypn_core.storage.engine import Store
from cypn_core.storage.people_tables import session, sign_in_link
from cypn_core.storage.sign_in_links import SignInLinks
from cypn_core.storage.tables import metadata
from cypn_core.testing.town import Town

AT_ONCE = 16
STRANGER = "nobody@elsewhere.example.org"


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def town(store: Store, box: Mailbox) -> Town:
    return town_with(store, box)


def used(network: Network, token: str) -> bool:
    """Whether the link with *token* signs anybody in."""
    return network.transact(lambda work: sign_in.use(work, token)) is not None


def rows(store: Store) -> dict[str, int]:
    """How many rows each table has."""
    with store.reading() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }


def test_a_mailed_link_signs_the_contact_in(town: Town, box: Mailbox) -> None:
    """Whoever reads the address of a contact gets a session as that organisation."""
    lane = group(town.network, "Amber Lane", ANN, BEN)
    secret, opened = signed_in(town.network, box, " Ben@LANE.example.org ")
    assert opened.organisation == lane
    assert opened.scopes == {"member"}
    assert sessions.current(town.network, secret) == opened
    assert box.letters[-1]["To"] == BEN


def test_a_letter_goes_to_the_address_on_record(town: Town, box: Mailbox) -> None:
    """However somebody spells it who asks: the letter goes to what the group has told us."""
    group(town.network, "Amber Lane", "Ann@Lane.example.org")
    linked(town.network, box, "ANN@lane.EXAMPLE.org")
    assert box.letters[-1]["To"] == "Ann@Lane.example.org"


def _spent(town: Town, box: Mailbox, lane: OrganisationId, token: str) -> str:
    assert used(town.network, token)
    return token


def _expired(town: Town, box: Mailbox, lane: OrganisationId, token: str) -> str:
    town.clock.pass_time(minutes=30)
    return token


def _of_a_replaced_contact(town: Town, box: Mailbox, lane: OrganisationId, token: str) -> str:
    replaced(town.network, lane, "Jo Fen", "jo@lane.example.org")
    return token


def _of_another_at_the_address(town: Town, box: Mailbox, lane: OrganisationId, token: str) -> str:
    replaced(town.network, lane, "Jo Fen", ANN)
    return token


def _with_anothers_secret(town: Town, box: Mailbox, lane: OrganisationId, token: str) -> str:
    group(town.network, "Birch Barn", BEN)
    other = linked(town.network, box, BEN)
    return f"{token.partition('.')[0]}.{other.partition('.')[2]}"


def _cut(town: Town, box: Mailbox, lane: OrganisationId, token: str) -> str:
    return token[:-1]


def _made_up(town: Town, box: Mailbox, lane: OrganisationId, token: str) -> str:
    return f"{'0' * 32}.{'x' * 32}"


def _nonsense(town: Town, box: Mailbox, lane: OrganisationId, token: str) -> str:
    return "\x00.\udc80"


def _without_a_letter(town: Town, box: Mailbox, lane: OrganisationId, token: str) -> str:
    """The row of a link whose letter was never written has no secret that anybody could say."""
    town.network.transact(lambda work: sign_in.ask(work, STRANGER))
    with town.network.reading() as work:
        waiting = sign_in_link.c.digest == ""
        row = work.connection.execute(select(sign_in_link.c.id).where(waiting)).scalar_one()
    return f"{row}."


@pytest.mark.parametrize(
    "spoilt",
    [
        _spent,
        _expired,
        _of_a_replaced_contact,
        _of_another_at_the_address,
        _with_anothers_secret,
        _cut,
        _made_up,
        _nonsense,
        _without_a_letter,
    ],
)
def test_a_link_that_is_not_good_is_refused(
    town: Town, box: Mailbox, spoilt: Callable[[Town, Mailbox, OrganisationId, str], str]
) -> None:
    """Spent, expired, foreign, made up, or of somebody who is replaced: no session, no row."""
    lane = group(town.network, "Amber Lane", ANN)
    token = spoilt(town, box, lane, linked(town.network, box, ANN))
    before = rows(town.network.store)
    assert not used(town.network, token)
    assert rows(town.network.store) == before


def test_a_link_dies_with_the_role_of_staff(town: Town, box: Mailbox) -> None:
    """Whoever is no staff any more cannot use a link that was mailed before, nor get one."""
    hired(town.network, StaffRole.COORDINATOR)
    token = linked(town.network, box, ZOE)
    town.network.transact(lambda work: staff.remove(work, SYSTEM, ZOE))
    assert not used(town.network, token)
    town.network.transact(lambda work: sign_in.ask(work, ZOE))
    assert sign_in.send(town.network) == 0


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """The SQL that runs inside, without its values."""
    said: list[str] = []

    def hear(*heard: Any) -> None:
        said.append(str(heard[2]))

    event.listen(store.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(store.engine, "before_cursor_execute", hear)


def test_whether_an_address_is_known_changes_nothing_that_is_done(town: Town) -> None:
    """A contact's, a stranger's and a former member's: the same SQL and the same rows."""
    group(town.network, "Amber Lane", ANN)
    seen = []
    for email in (ANN, STRANGER, "nobody@erased.invalid"):
        before = rows(town.network.store)
        with statements(town.network.store) as said:
            town.network.transact(lambda work, email=email: sign_in.ask(work, email))  # type: ignore[misc]
        after = rows(town.network.store)
        seen.append((said, {name: after[name] - before[name] for name in after}))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][1]["sign_in_link"] == 1


def test_what_a_stranger_types_is_not_stored(town: Town) -> None:
    """No column holds the address, so that the store is no list of who was asked about."""
    town.network.transact(lambda work: sign_in.ask(work, STRANGER))
    with town.network.reading() as work:
        kept = work.connection.execute(select(sign_in_link)).all()
    assert len(kept) == 1
    assert "elsewhere" not in repr(kept).casefold()


def test_nobody_who_was_erased_can_be_reached(town: Town, box: Mailbox) -> None:
    """The address that stands for a former member opens nothing."""
    for email in (STRANGER, "nobody@erased.invalid"):
        town.network.transact(lambda work, email=email: sign_in.ask(work, email))  # type: ignore[misc]
    assert sign_in.send(town.network) == 0
    assert box.letters == []


@pytest.mark.parametrize(
    "said", ["", "ann", "ann@lane", "a b@lane.org", "a\x00@lane.org", "\udc80@a.org", "x@y.z" * 99]
)
def test_what_is_no_address_is_said_so(town: Town, said: str) -> None:
    """A typing error is told; it says nothing about who is known."""
    with pytest.raises(Invalid):
        town.network.transact(lambda work: sign_in.ask(work, said))


def test_one_address_gets_five_links_an_hour(town: Town, box: Mailbox) -> None:
    """The sixth is asked for in vain, and nobody else's; after an hour there are more."""
    group(town.network, "Amber Lane", ANN, BEN)
    for _ in range(7):
        town.network.transact(lambda work: sign_in.ask(work, ANN))
        sign_in.send(town.network)
    town.network.transact(lambda work: sign_in.ask(work, BEN))
    sign_in.send(town.network)
    assert (len(box.tokens(ANN)), len(box.tokens(BEN))) == (5, 1)
    town.clock.pass_time(minutes=59)
    town.network.transact(lambda work: sign_in.ask(work, ANN))
    assert sign_in.send(town.network) == 0
    town.clock.pass_time(minutes=1)
    town.network.transact(lambda work: sign_in.ask(work, ANN))
    assert sign_in.send(town.network) == 1


def test_many_who_ask_at_once_get_five(town: Town, box: Mailbox) -> None:
    """The limit holds among writers too."""
    group(town.network, "Amber Lane", ANN)
    together = Barrier(AT_ONCE)

    def ask(_: int) -> None:
        together.wait()
        town.network.transact(lambda work: sign_in.ask(work, ANN))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(ask, range(AT_ONCE)))
    assert sign_in.send(town.network) == 5


def sessions_of_a_race(town: Town, box: Mailbox) -> int:
    """How many sessions come of sixteen uses of one link at the same time."""
    group(town.network, "Amber Lane", ANN)
    token, together = linked(town.network, box, ANN), Barrier(AT_ONCE)

    def use(_: int) -> bool:
        together.wait()
        return used(town.network, token)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        opened = sum(pool.map(use, range(AT_ONCE)))
    with town.network.reading() as work:
        assert len(work.connection.execute(select(session.c.id)).all()) == opened
    return opened


def test_sixteen_uses_at_once_open_one_session(town: Town, box: Mailbox) -> None:
    """Exactly one of them signs in."""
    assert sessions_of_a_race(town, box) == 1


def test_the_race_would_show_a_link_that_is_not_used_up(
    town: Town, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: where nothing uses the link up, the same race opens many."""
    monkeypatch.setattr(SignInLinks, "use", lambda *_: True)
    assert sessions_of_a_race(town, box) > 1


def test_a_letter_is_tried_again_with_a_fresh_link(town: Town, box: Mailbox) -> None:
    """While the carrier is away it waits a minute; after half an hour it is not sent any more."""
    group(town.network, "Amber Lane", ANN)
    box.broken = True
    town.network.transact(lambda work: sign_in.ask(work, ANN))
    assert sign_in.send(town.network) == 0
    box.broken = False
    assert sign_in.send(town.network) == 0
    town.clock.pass_time(minutes=1)
    assert sign_in.send(town.network) == 1
    assert used(town.network, box.tokens()[-1])
    box.broken = True
    town.network.transact(lambda work: sign_in.ask(work, ANN))
    sign_in.send(town.network)
    box.broken = False
    town.clock.pass_time(minutes=30)
    assert sign_in.send(town.network) == 0


def test_the_letter_names_nobody(town: Town, box: Mailbox) -> None:
    """Neither the group nor the person stand in it; its link leads to the website."""
    group(town.network, "Amber Lane", ANN)
    linked(town.network, box, ANN)
    said = box.letters[-1].as_string()
    assert "Amber" not in said
    assert "Kim" not in said
    assert "https://hub.example.org/sign-in/" in said


def test_the_tick_sends_it_too_and_the_purge_forgets_it(town: Town, box: Mailbox) -> None:
    """Where nobody serves, the timer's tick sends; after a day the row is gone."""
    group(town.network, "Amber Lane", ANN)
    town.tick()
    town.network.transact(lambda work: sign_in.ask(work, ANN))
    assert town.tick().mails == 1
    town.clock.pass_time(days=1, minutes=1)
    town.tick()
    assert rows(town.network.store)["sign_in_link"] == 0


def test_somebody_vouched_for_is_the_same_person(town: Town, box: Mailbox) -> None:
    """What a mailed link opens, an address opens that another has verified; a stranger does not."""
    group(town.network, "Amber Lane", ANN)
    _, by_mail = signed_in(town.network, box, ANN)
    found = town.network.transact(lambda work: sign_in.vouched(work, "ANN@lane.example.org"))
    assert found is not None
    assert evolve(found[1], id=by_mail.id) == by_mail
    assert town.network.transact(lambda work: sign_in.vouched(work, STRANGER)) is None
