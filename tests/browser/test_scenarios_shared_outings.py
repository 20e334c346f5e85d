"""T02 and T04 as people meet them: a substitute for the driver, and a shared minibus."""

from __future__ import annotations

from tests.browser.neighbours import Neighbours
from tests.fitting import driver, outing, vehicle
from tests.towns import posted

from cypn_core.application.network import SYSTEM
from cypn_core.application.propose import propose

TRANSPORT = "transport"
AT = "/in/transport"
SHARED = {"may_share": True, "ages": ["8_to_10"], "leaves": "09:00", "back_by": "17:00"}


def test_t02_a_driver_whose_paper_lapses_is_replaced(neighbours: Neighbours) -> None:
    """The group reads who drives now, and nothing of which paper it was."""
    owner = neighbours.member("Cedar Wheels", "holder")
    posted(owner, "offer", vehicle(), TRANSPORT)
    drives = neighbours.member("Dale Drivers", "driver")
    first = posted(drives, "offer", driver(), TRANSPORT)
    group = neighbours.member("Amber Lane", "seeker")
    need = posted(group, "need", outing(), TRANSPORT)
    who = neighbours.contact("Amber Lane")
    who.opens(f"{AT}/needs/{need}")
    who.presses("Ask for this")
    path = who.page.url.removeprefix(neighbours.site.base)
    who.reads("Dale Drivers")
    posted(neighbours.member("Elm Drivers", "driver"), "offer", driver(), TRANSPORT)
    told = drives.get(TRANSPORT, f"/v1/offers/{first}")
    late = driver(midas_until="2026-11-20")
    tag = told.headers["ETag"]
    changed = drives.send("PUT", TRANSPORT, f"/v1/offers/{first}", late, If_Match=tag)
    assert changed.status_code == 200, changed.text
    neighbours.town.tick()
    who.opens(path)
    who.reads("Elm Drivers")
    who.opens("/messages")
    who.sees_no("MiDAS", "midas")


def test_t04_two_groups_are_proposed_one_minibus(neighbours: Neighbours) -> None:
    """Each reads its own price beside what it would pay alone; names come after both yes."""
    owner = neighbours.member("Cedar Wheels", "holder")
    none = dict.fromkeys(("fuel_pence", "distance_pence", "insurance_pence", "driver_pence"), 0)
    rates = {**none, "hire_pence": 6500}
    posted(owner, "offer", vehicle(comes_with_driver=True, rates=rates), TRANSPORT)
    names = ("Amber Lane", "Birch Close")
    for name, children in zip(names, (6, 5), strict=True):
        group = neighbours.member(name, "seeker")
        posted(group, "need", outing(children=children, adults=1, **SHARED), TRANSPORT)
    (_, deals) = propose(neighbours.town.network, SYSTEM, TRANSPORT)
    path = f"{AT}/deals/{deals[0]}"
    for name, other in (names, names[::-1]):
        who = neighbours.contact(name)
        who.opens(path)
        who.reads("£32.50", "alone £65.00", "Picked up at 09:")
        who.sees_no(other)
        who.presses("Yes, agree")
    who.opens(path)
    who.reads(names[0], "Cedar Wheels")
