"""Signing in by a mailed link: once, for half an hour, and nobody learns who is a member."""

from __future__ import annotations

import pytest
from tests.people import ANN, BEN, Mailbox, group, linked, signed_in, town_with

from cypn_core.application import sessions, sign_in
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def town(store: Store, box: Mailbox) -> Town:
    return town_with(store, box)


def test_a_mailed_link_signs_the_contact_in(town: Town, box: Mailbox) -> None:
    """Whoever reads the address of a contact gets a session as that organisation."""
    lane = group(town.network, "Amber Lane", ANN, BEN)
    secret, session = signed_in(town.network, box, " Ben@LANE.example.org ")
    assert session.organisation == lane
    assert session.scopes == {"member"}
    assert sessions.current(town.network, secret) == session
    assert box.letters[-1]["To"] == BEN


def test_a_link_works_once(town: Town, box: Mailbox) -> None:
    """The second use of a link is refused."""
    group(town.network, "Amber Lane", ANN)
    token = linked(town.network, box, ANN)
    assert town.network.transact(lambda work: sign_in.use(work, token))
    assert town.network.transact(lambda work: sign_in.use(work, token)) is None
