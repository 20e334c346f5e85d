"""Actions of an agreed deal on its pages: who is shown what, what is due, what leaving counts."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.acting import HUB
from tests.browsing import as_contact
from tests.fitting import driver, outing, vehicle
from tests.sites import HUB as EVERYTHING
from tests.towns import NOW, PLACE, VENUES, asked, pair, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town
from cypn_transport.running import CheckPoint

NEXT_DAY = dt.datetime(2027, 2, 2, tzinfo=dt.UTC)


def test_the_page_shows_what_is_due_and_what_was_done(store: Store) -> None:
    """Each party has the buttons of its side; facts stand there in plain words for both."""
    town = Town.on(store, HUB, NOW)
    holder, seeker, _, need = pair(town)
    deal = asked(seeker, need).json["id"]  # type: ignore[index]
    page = f"/in/venue-bank/deals/{deal}"
    gives, wants = (as_contact(town.network, each.id) for each in (holder, seeker))
    gives.get(page)
    wants.get(page)
    assert ("Open up" in gives.text, "Open up" in wants.text) == (True, False)
    assert ("Report a fault" in gives.text, "Report a fault" in wants.text) == (False, True)
    assert "Due by" in wants.text
    town.clock.now = NEXT_DAY.replace(hour=15)
    gives, wants = (as_contact(town.network, each.id) for each in (holder, seeker))
    wants.get(page)
    wants.press("Report a fault")
    assert all(said in wants.text for said in ("What was done", "Points", "Heating"))
    gives.get(page)
    assert "Heating" in gives.text
    town.clock.now = NEXT_DAY + dt.timedelta(days=3)
    town.tick()
    wants = as_contact(town.network, seeker.id)
    wants.get(page)
    assert "Overdue since" in wants.text
    wants.get(f"{page}/do/count")
    wants.press("Say how many came", people="11")
    assert "Overdue since" not in wants.text
    assert "Who came" in wants.text


@pytest.mark.parametrize(("hour", "told"), [(13, True), (-48, False)])
def test_leaving_late_says_what_it_counts_before(store: Store, hour: int, *, told: bool) -> None:
    """The sentence stands where it is decided, and only for whoever it counts for."""
    town = Town.on(store, HUB, NOW)
    holder, seeker, _, need = pair(town)
    deal = asked(seeker, need).json["id"]  # type: ignore[index]
    town.clock.now = NEXT_DAY + dt.timedelta(hours=hour)
    said = "counts as a hundred minutes in the turn order"
    for path in ("cancel", "dates/2027-02-02/cancel"):
        for member, reads in ((seeker, told), (holder, False)):
            visitor = as_contact(town.network, member.id)
            visitor.get(f"/in/{VENUES.replace('_', '-')}/deals/{deal}/{path}")
            assert (said in visitor.text) is reads, (path, member.name)


def test_a_walk_round_check_is_ticked_on_a_form(store: Store) -> None:
    """All points as boxes; one left out is named beside the field; the group reads the outcome."""
    town = Town.on(store, EVERYTHING, NOW)
    owner = town.member("Cedar Wheels", "holder", "driver", place=PLACE)
    posted(owner, "offer", vehicle(), "transport")
    posted(owner, "offer", driver(), "transport")
    group = town.member("Amber Lane", "seeker", place=PLACE)
    deal = asked(group, posted(group, "need", outing(), "transport"), service="transport")
    page = f"/in/transport/deals/{deal.json['id']}"  # type: ignore[index]
    town.clock.pass_time(hours=24)
    drives = as_contact(town.network, owner.id)
    drives.get(f"{page}/do/check-vehicle")
    assert "Tyres and wheels" in drives.text
    points = [point.value for point in CheckPoint]
    drives.press("Check the vehicle before use", looked_at=points[1:])
    assert "brakes" in drives.text
    assert "Done." not in drives.text
    drives.press("Check the vehicle before use", looked_at=points)
    assert "the vehicle is checked and has no defect" in drives.text
    rides = as_contact(town.network, group.id)
    rides.get(page)
    assert "Check the vehicle before use" in rides.text
