"""T01, T03, T06, T07 and T08 as people meet them: in the browser."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.neighbours import Neighbours
from tests.browser.person import Person
from tests.fitting import driver, outing, vehicle
from tests.towns import PLACE, posted

TRANSPORT = "transport"
GROUP = "Amber Lane"
AT = "/in/transport"


def lent(neighbours: Neighbours, name: str, **more: object) -> None:
    """The member *name* lends a minibus, and answers for it itself."""
    owner = neighbours.member(name, "holder")
    posted(owner, "offer", vehicle(auto_accept=False, **more), TRANSPORT)


def answers(neighbours: Neighbours, **wanted: object) -> Person:
    """The contact of a group that has posted an outing, before what the hub says to it."""
    group = neighbours.member(GROUP, "seeker")
    need = posted(group, "need", outing(**wanted), TRANSPORT)
    who = neighbours.contact(GROUP)
    who.opens(f"{AT}/needs/{need}")
    return who


def types_an_outing(who: Person, **typed: str) -> None:
    """Answer the questions that every outing is asked, up to the check of the answers."""
    who.opens(f"{AT}/post/trip_need")
    who.presses("Start")
    pages = (
        {"Where does the outing start?": PLACE},
        {"Where does it go?": "Rushford"},
        {"Day": "23", "Month": "11", "Year": "2026"},
        {"At what time do you leave?": "14:00"},
        {"By what time must you be back?": "17:00"},
        {"How many children and young people ride?": "14"},
        {"How many adults ride along?": "2"},
    )
    for page in pages:
        for label, value in page.items():
            who.fills(label, typed.get(label, value))
        who.presses("Continue")


def test_t01_from_the_form_to_an_agreed_outing(neighbours: Neighbours) -> None:
    """Typed, answered with vehicle and driver, asked for, agreed by both, then with names."""
    lent(neighbours, "Cedar Wheels")
    lent(neighbours, "Birch Wheels", layouts=[{"seats": 14}], comes_with_driver=True)
    drives = neighbours.member("Dale Drivers", "driver")
    posted(drives, "offer", driver(auto_accept=False), TRANSPORT)
    neighbours.member(GROUP, "seeker")
    who = neighbours.contact(GROUP)
    types_an_outing(who)
    who.presses("Post it")
    who.follows("See what fits")
    who.reads("2 seats short", "no driver")
    who.sees_no("Cedar", "Dale", "Birch", "Child seats", ".;")
    who.presses("Ask for this")
    path = who.page.url.removeprefix(neighbours.site.base)
    for name in ("Cedar Wheels", "Dale Drivers"):
        holder = neighbours.contact(name)
        holder.opens(path)
        holder.sees_no(GROUP)
        holder.presses("Yes, agree")
    who.opens(path)
    who.reads("Cedar Wheels", "Dale Drivers")


def test_t03_the_second_reads_its_place_on_the_list(neighbours: Neighbours) -> None:
    """Two ask for one minibus; when the window closes the second to post is first in line."""
    owner = neighbours.member("Cedar Wheels", "holder")
    posted(owner, "offer", vehicle(comes_with_driver=True), TRANSPORT)
    later = {"on": "2026-12-12"}
    groups = [neighbours.member(name, "seeker") for name in (GROUP, "Birch Close")]
    needs = []
    for group in groups:
        needs.append(posted(group, "need", outing(**later), TRANSPORT))
        neighbours.town.clock.pass_time(hours=1)
    for name, need in zip((GROUP, "Birch Close"), needs, strict=True):
        who = neighbours.contact(name)
        who.opens(f"{AT}/needs/{need}")
        who.presses("Ask for this")
    neighbours.town.clock.pass_time(hours=73)
    neighbours.town.tick()
    who = neighbours.contact("Birch Close")
    who.opens("/messages")
    who.reads("number 1 on the waiting list")
    who.sees_no(GROUP)


def test_t06_prices_are_whole_and_what_is_unknown_is_asked_about(neighbours: Neighbours) -> None:
    """£54.24 with its lines; £78.00 is £18.00 over; of from £40 the insurance is to be asked."""
    none = {"hire_pence": 0, "fuel_pence": 0, "distance_pence": 0, "insurance_pence": 0}
    parts = {"fuel_pence": 3124, "insurance_pence": 1200, "driver_pence": 1100}
    dear = {**none, "hire_pence": 7800, "driver_pence": 0}
    doubtful = {"hire_pence": 4000, "fuel_pence": 0, "distance_pence": 0, "driver_pence": 0}
    for name, rates in (("Alder", {**none, **parts}), ("Birch", dear), ("Cedar", doubtful)):
        lent(neighbours, name, rates=rates, comes_with_driver=True)
    who = answers(neighbours, budget_pence=6000)
    who.reads("£54.24", "£31.24", "£12.00", "£11.00", "£18.00 over", "insurance")


def test_t07_wheelchair_users_read_how_it_is_laid_out(neighbours: Neighbours) -> None:
    """Of two vehicles the one that nobody knows how to board is not proposed."""
    layouts = [{"seats": 14}, {"seats": 10, "wheelchairs": 2}]
    lent(neighbours, "Alder", layouts=layouts, comes_with_driver=True)
    lent(neighbours, "Birch", layouts=layouts, comes_with_driver=True, access=None)
    who = answers(neighbours, children=10, adults=2, wheelchair_users=2)
    who.reads("10+2")
    expect(who.page.get_by_role("button", name="Ask for this")).to_have_count(1)
    who.reads("It is not known whether wheelchair users can come aboard")


def test_t08_a_slip_is_named_beside_its_field_and_mended(neighbours: Neighbours) -> None:
    """Fourteen without an adult: the rule is named, then it is put right and posted."""
    neighbours.member(GROUP, "seeker")
    who = neighbours.contact(GROUP)
    adults = "How many adults ride along?"
    types_an_outing(who, **{adults: "0"})
    who.presses("Post it")
    who.reads("must be at least 2")
    who.opens(f"{who.page.url}/questions/adults")
    who.fills(adults, "2")
    who.presses("Continue")
    who.presses("Post it")
    who.reads("What happens next")
