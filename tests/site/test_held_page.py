"""Pages of a deal that lacks a part: what its parties read, and what each may do."""

from __future__ import annotations

from tests.browsing import as_contact, as_coordinator
from tests.fitting import driver, outing, vehicle
from tests.sites import HUB
from tests.towns import NOW, PLACE, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town

TRIPS = "transport"


def test_a_held_deal_says_what_is_sought_until_when_and_names_nobody(store: Store) -> None:
    """The group asks for what lacks a part; who could play it is asked, and it is agreed."""
    town = Town.on(store, HUB, NOW)
    group = town.member("Amber Lane", "seeker", place=PLACE)
    owner = town.member("Cedar Wheels", "holder", place=PLACE)
    posted(owner, "offer", vehicle(), TRIPS)
    need = posted(group, "need", outing(), TRIPS)
    seeker = as_contact(town.network, group.id)
    seeker.get(f"/in/transport/needs/{need}")
    seeker.press("Ask for this")
    assert "Held for you: Driver is still sought, until" in seeker.text
    assert "Cedar Wheels" not in seeker.text
    page = seeker.path
    seeker.get("/home")
    assert "Held for you" in seeker.text
    lender = as_contact(town.network, owner.id)
    lender.get(page)
    assert "Held for you: Driver is still sought" in lender.text
    assert "Amber" not in lender.text
    lender.get(f"{page}?lang=cy")
    assert "i gadw i chi: mae Gyrrwr" in lender.text
    desk = as_coordinator(town.network)
    desk.get("/desk")
    assert "An agreement is held and lacks a part" in desk.text
    drives = town.member("Rowan Lane", "driver", place=PLACE)
    posted(drives, "offer", driver(auto_accept=False), TRIPS)
    asked = as_contact(town.network, drives.id)
    asked.get(page)
    assert "You are asked: please answer by" in asked.text
    asked.press("Yes, agree")
    assert "Amber Lane" in asked.text
    seeker.get(page)
    assert "Cedar Wheels" in seeker.text
    assert "Rowan Lane" in seeker.text
