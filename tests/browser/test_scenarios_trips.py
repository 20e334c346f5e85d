"""T05 in the browser, and an outing on its own pages: keys, walk-round check, defect, logbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from attrs import evolve
from tests.browser.neighbours import Neighbours, neighbourhood
from tests.browser.person import Person
from tests.browser.watching import Visiting
from tests.fitting import driver, outing, vehicle
from tests.post_office import PostOffice
from tests.towns import asked, posted

from cypn_core import hookimpl
from cypn_core.domain.region import Region
from cypn_core.domain.roads import Roads
from cypn_core.hub import Hub
from cypn_core.storage.engine import open_store
from cypn_core.testing.stores import NewStore
from cypn_region_banes import plugin as banes
from cypn_transport import plugin as transport

TRANSPORT = "transport"
AT = "/in/transport"
OWNER, DRIVES, GROUP = "Cedar Wheels", "Dale Drivers", "Amber Lane"


class Levelled:
    """A region with straight roads in which empty running is levelled."""

    @hookimpl
    def cypn_region(self) -> Region:
        """See the hook."""
        straight = Roads(factor_low=1.0, factor_high=1.0)
        exchanges = {TRANSPORT: {"rural_levelling": True}}
        return evolve(banes.cypn_region(), travel=straight, exchanges=exchanges)


@pytest.fixture
def rural(new_store: NewStore, office: PostOffice, visiting: Visiting) -> Iterator[Neighbours]:
    """A hub of that region."""
    hub = Hub.of(transport, Levelled())
    with (
        open_store(new_store("sqlite")) as store,
        neighbourhood(store, office, visiting, hub) as found,
    ):
        yield found


def test_t05_near_and_far_read_the_same_price(rural: Neighbours) -> None:
    """Empty running is a line of its own, the same for both; then both have agreed to the same."""
    none = dict.fromkeys(("hire_pence", "fuel_pence", "insurance_pence", "driver_pence"), 0)
    rates = {**none, "distance_pence": 60}
    owner = rural.member(OWNER, "holder", place="Bath")
    lent = vehicle(place="Bath", comes_with_driver=True, permit="section_22", rates=rates)
    posted(owner, "offer", lent, TRANSPORT)
    days = {"Paulton": "2026-11-23", "Twerton": "2026-11-25"}
    wanted = {}
    for place, on in days.items():
        group = rural.member(f"Group of {place}", "seeker", place=place)
        to = {"destination": "Lake of Nowhere", "distance_km": 15}
        wanted[place] = posted(group, "need", outing(place=place, on=on, **to), TRANSPORT)
    prices = []
    for place, need in wanted.items():
        who = rural.contact(f"Group of {place}")
        who.opens(f"{AT}/needs/{need}")
        who.reads("£18.00", "equal share of empty running")
        prices.append(_price(who))
        who.presses("Ask for this")
        who.reads(OWNER)
        assert prices[-1] in who.text()
    assert len(set(prices)) == 1


def _price(who: Person) -> str:
    return str(who.page.locator("main strong", has_text="£").first.inner_text())


@pytest.fixture
def trip(neighbours: Neighbours) -> tuple[str, str]:
    """An agreed outing: the address of its page, and the vehicle."""
    owner = neighbours.member(OWNER, "holder")
    lent = posted(owner, "offer", vehicle(tank_litres=80), TRANSPORT)
    drives = neighbours.member(DRIVES, "driver")
    posted(drives, "offer", driver(), TRANSPORT)
    group = neighbours.member(GROUP, "seeker")
    deal = asked(group, posted(group, "need", outing(), TRANSPORT), service=TRANSPORT)
    return f"{AT}/deals/{deal.json['id']}", lent  # type: ignore[index]


def _checks(who: Person, path: str, *defects: str) -> None:
    """Walk round the vehicle on the page, look at every point, and tick where there is a defect."""
    who.opens(f"{path}/do/check-vehicle")
    boxes = who.page.locator("input[type=checkbox][name=looked_at]")
    for at in range(boxes.count()):
        boxes.nth(at).check()
    for defect in defects:
        who.page.locator(f"input[type=checkbox][name=defects][value={defect}]").check()
    who.presses("Check the vehicle before use")


def test_an_outing_from_the_keys_to_the_logbook(
    neighbours: Neighbours, trip: tuple[str, str]
) -> None:
    """Each presses its own buttons; what a logbook cannot hold is named beside the field."""
    path, _ = trip
    neighbours.town.clock.pass_time(hours=24)
    owner, drives = neighbours.contact(OWNER), neighbours.contact(DRIVES)
    owner.opens(path)
    owner.presses("Hand over the keys")
    owner.reads("the keys are handed over")
    _checks(drives, path)
    drives.reads("the vehicle is checked and has no defect")
    neighbours.town.clock.pass_time(hours=9)
    drives.opens(f"{path}/do/return-keys")
    drives.fills("How many passengers went?", "99")
    drives.presses("Return the keys")
    drives.reads("must be at most")
    drives.fills("How many passengers went?", "9")
    drives.presses("Return the keys")
    drives.reads("Passengers who went")
    start, end = "What did the odometer show at the start?", "What does it show now?"
    drives.opens(f"{path}/do/record-mileage")
    for label, value in ((start, "-1"), (end, "41236")):
        drives.fills(label, value)
    drives.presses("Record mileage and fuel")
    drives.reads("There is a problem")
    litres = "How many litres of fuel did you fill in?"
    for label, value in ((start, "41200"), (end, "41236"), (litres, "80.1")):
        drives.fills(label, value)
    drives.presses("Record mileage and fuel")
    drives.reads("must be at most 80")
    drives.fills(litres, "7.5")
    drives.presses("Record mileage and fuel")
    drives.reads("41,236", "7.5")
    group = neighbours.contact(GROUP)
    group.opens(path)
    group.reads("Odometer at the end")


def test_a_defect_closes_the_vehicle_until_its_holder_opens_it_again(
    neighbours: Neighbours, trip: tuple[str, str]
) -> None:
    """The group reads that its outing is lost; the holder sees why, mends and opens it."""
    path, lent = trip
    neighbours.town.clock.now = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
    drives, group, owner = map(neighbours.contact, (DRIVES, GROUP, OWNER))
    drives.opens(path)
    drives.presses("Take the keys")
    _checks(drives, path, "brakes")
    drives.reads("Brakes")
    group.opens(path)
    group.reads("comes first when it is free again")
    owner.opens(f"{AT}/offers/{lent}/times")
    owner.reads("A defect is to be mended")
    owner.presses("Open it again")
    owner.reads("Nothing is closed")
