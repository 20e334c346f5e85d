"""Signing in tells nobody who is a member: what is asked, and whatever is wrong with a link."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.people import ANN, BEN, Mailbox, group, linked, replaced, town_with
from tests.site.visitors import NOBODY, Browser, Seen, Site, form_token, plain

from cypn_core.application import sign_in
from cypn_core.domain.ids import OrganisationId
from cypn_core.storage.engine import Store

STRANGER = "nobody@elsewhere.example.org"
MADE_UP = f"{'0' * 32}.{'x' * 32}"


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def site(store: Store, box: Mailbox) -> Site:
    return Site(town_with(store, box))


def pressed(site: Site, token: str) -> Seen:
    """What a fresh browser gets that opens the link with *token* and presses its button."""
    visitor = site.visitor(NOBODY)
    path = f"/sign-in/{token}"
    form = {"csrf_token": form_token(visitor.get(path))}
    status, headers, text = plain(visitor.post(path, data=form))
    return status, headers, text.replace(path, "/sign-in/")


def _used(site: Site, box: Mailbox, lane: OrganisationId) -> str:
    token = linked(site.town.network, box, ANN)
    assert pressed(site, token)[0] == 303
    return token


def _expired(site: Site, box: Mailbox, lane: OrganisationId) -> str:
    token = linked(site.town.network, box, ANN)
    site.town.clock.pass_time(minutes=31)
    return token


def _of_a_replaced_contact(site: Site, box: Mailbox, lane: OrganisationId) -> str:
    token = linked(site.town.network, box, ANN)
    replaced(site.town.network, lane, "Jo Fen", "jo@lane.example.org")
    return token


def _with_anothers_secret(site: Site, box: Mailbox, lane: OrganisationId) -> str:
    group(site.town.network, "Birch Barn", BEN)
    own, other = (linked(site.town.network, box, each) for each in (ANN, BEN))
    return f"{own.partition('.')[0]}.{other.partition('.')[2]}"


def _of_another_hub(site: Site, box: Mailbox, lane: OrganisationId) -> str:
    """A link has this form wherever it comes from."""
    return f"{'5e' * 16}.{linked(site.town.network, box, ANN).partition('.')[2]}"


def _nonsense(site: Site, box: Mailbox, lane: OrganisationId) -> str:
    return "nonsense"


DEAD = (
    _used, _expired, _of_a_replaced_contact, _with_anothers_secret, _of_another_hub, _nonsense,
)  # fmt: skip


@pytest.mark.parametrize("dead", DEAD)
def test_whatever_is_wrong_with_a_link_the_page_is_the_same(
    site: Site, box: Mailbox, dead: Callable[[Site, Mailbox, OrganisationId], str]
) -> None:
    """Status, headers and every byte but the tokens are those of a link that was made up."""
    lane = group(site.town.network, "Amber Lane", ANN)
    token = dead(site, box, lane)
    refused = pressed(site, token)
    assert refused == pressed(site, MADE_UP)
    assert refused[0] == 410
    assert "Amber" not in refused[2]


def test_a_living_link_signs_in(site: Site, box: Mailbox) -> None:
    """The control: the same way with a link that is good leads home."""
    group(site.town.network, "Amber Lane", ANN)
    status, headers, _ = pressed(site, linked(site.town.network, box, ANN))
    assert (status, dict(headers)["Location"]) == (303, "/home")


def _sent(site: Site, email: str) -> list[Seen]:
    """What a fresh browser gets that asks for a link for *email*, and the page it leads to."""
    visitor: Browser = site.visitor(NOBODY)
    form = {"csrf_token": form_token(visitor.get("/sign-in")), "email": email}
    answer = visitor.post("/sign-in", data=form)
    return [plain(answer), plain(visitor.get(answer.headers["Location"]))]


def test_a_known_and_an_unknown_address_get_the_same_answer(site: Site, box: Mailbox) -> None:
    """Same bytes, same headers; the one difference is the letter."""
    group(site.town.network, "Amber Lane", ANN)
    known, unknown = _sent(site, ANN), _sent(site, STRANGER)
    assert known == unknown
    assert [each[0] for each in known] == [303, 200]
    sign_in.send(site.town.network)
    assert [each["To"] for each in box.letters] == [ANN]
