"""From registering to a visit: three people, their browsers and their mailboxes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import frozen
from tests.browser.axe import NARROW, WIDE
from tests.browser.person import Person
from tests.browser.served import Served, mailing_at, served
from tests.browser.watching import Visiting
from tests.post_office import COORDINATOR, PostOffice, texts, write_to
from tests.towns import NOW, ONLY_VENUES, PLACE, an_offer, posted

from cypn_core.application import staff
from cypn_core.application.network import SYSTEM
from cypn_core.domain.people import StaffRole, StaffWanted
from cypn_core.storage.engine import open_store
from cypn_core.testing.stores import NewStore
from cypn_core.testing.town import Town
from cypn_services.serving import together_app

GROUP, SEEKER = "Amber Lane Singers", "kim@amber.example.org"
HALL, HOLDER = "Cedar Hall", "robin@cedar.example.org"
MONTHS_AHEAD = 3


@frozen(kw_only=True)
class Way:
    """How the three go: on what store, how wide a screen, with scripts or not, by which hand."""

    store: str
    wide: int
    scripts: bool = True
    keyboard: bool = False


WAYS = {
    "phone": Way(store="sqlite", wide=NARROW),
    "desk, no scripts": Way(store="postgresql", wide=WIDE, scripts=False),
    "keyboard": Way(store="sqlite", wide=WIDE, keyboard=True),
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    return WAYS[request.param]


@pytest.fixture
def site(new_store: NewStore, office: PostOffice, way: Way) -> Iterator[Served]:
    """A hub with a coordinator and one hall that is offered, and is asked before it is given."""
    with open_store(new_store(way.store)) as store:

        def town_of(base: str, letters: PostOffice) -> Town:
            return Town.on(store, ONLY_VENUES, NOW, mailing_at(base, letters))

        with served(office, town_of, lambda town: together_app(town.network)) as running:
            _inhabited(running.town)
            yield running


def _inhabited(town: Town) -> None:
    holder = town.member(HALL, "holder", place=PLACE)
    write_to(holder, HOLDER)
    posted(holder, "offer", an_offer(auto_accept=False))
    wanted = StaffWanted(name="Casey", email=COORDINATOR, role=StaffRole.COORDINATOR)
    with town.network.writing() as work:
        staff.add(work, SYSTEM, wanted)


@pytest.fixture
def person(visiting: Visiting, site: Served, way: Way) -> Callable[[], Person]:
    """Makes people with browsers of their own."""

    def arrives() -> Person:
        context = visiting.at(site.base, way.wide, scripts=way.scripts)
        return Person(context.new_page(), keyboard=way.keyboard, examined=way.scripts)

    return arrives


def _signs_in(who: Person, site: Served, address: str) -> None:
    """By the link in the newest letter, and the button behind it."""
    who.opens("/sign-in")
    who.fills("Your e-mail address", address)
    who.presses("Send me the link")
    who.reads("Look in your mailbox")
    who.opens(site.link(address, r"/sign-in/\S+"))
    who.presses("Sign in")


def _registers(who: Person, site: Served) -> None:
    who.opens("/")
    who.follows("Register")
    who.fills("What is your group called?", GROUP)
    who.chooses("Volunteers")
    who.fills("Where is it?", PLACE)
    who.fills("Name", "Kim Amber")
    who.fills("E-mail", SEEKER)
    who.chooses("Seeker")
    who.presses("Register")
    who.reads("Look into your mailbox")
    who.opens(site.link(SEEKER, r"/membership/links/\S+"))
    who.presses("")


def _lets_join(who: Person, site: Served) -> None:
    who.opens("/desk/registrations")
    who.follows(GROUP)
    who.presses("Let it join")


def _checks(who: Person) -> None:
    who.opens("/desk/checks")
    who.follows(GROUP)
    who.chooses("Passed")
    who.presses("Record it")


def _needs(who: Person) -> None:
    who.follows("Say what you need")
    who.follows("A space for a group")
    who.presses("Start")
    who.fills("Near which place do you look?", PLACE)
    who.presses("Continue")
    who.fills("Day", "2")
    who.fills("Month", "2")
    who.fills("Year", "2027")
    who.fills("From what time?", "14:00")
    who.fills("To what time?", "16:00")
    who.chooses("No, just once")
    who.presses("Continue")
    who.fills("How many people will be there, helpers included?", "12")
    who.presses("Continue")
    who.reads("Check your answers")
    who.presses("Post it")
    who.reads("What happens next")
    who.follows("See what fits")


def _asks(who: Person) -> None:
    who.sees_no(HALL, "Robin")
    who.presses("Ask for this")
    who.reads("a reply is due by", "Who offers stays unknown until both have agreed.")
    who.sees_no(HALL, "Robin")


def _agrees(who: Person, site: Served) -> None:
    """The holder reads what is asked, and not who asks, and says yes by the link in the letter."""
    letters = [texts(each) for each in site.letters(HOLDER)]
    assert letters
    assert not any(GROUP in each or SEEKER in each for each in letters)
    who.opens(site.link(HOLDER, r"/membership/links/yes/\S+"))
    who.presses("Yes")
    who.reads("It is agreed.")


def _visits(who: Person, site: Served) -> None:
    """The group now reads with whom it has to do, looks at the place, and confirms."""
    assert any(HALL in texts(each) for each in site.letters(SEEKER))
    who.opens("/home")
    who.follows("Agreements")
    who.follows("Hall, Norchester")
    who.reads("Agreed; the visit is still to come.", HALL, HOLDER)
    who.presses("Confirm after the visit")
    who.reads("Agreed and confirmed after the visit.")
    who.follows("Calendar")
    for _ in range(MONTHS_AHEAD):
        who.follows("Month after")
    who.reads("February 2027", "hall")


def test_from_registering_to_the_visit(
    site: Served,
    person: Callable[[], Person],
    record_property: Callable[[str, Any], None],
) -> None:
    """The group, the coordinator and the holder, each by links, buttons and letters alone."""
    group, desk, hall = person(), person(), person()
    _registers(group, site)
    _signs_in(desk, site, COORDINATOR)
    _lets_join(desk, site)
    _checks(desk)
    _signs_in(group, site, SEEKER)
    _needs(group)
    _asks(group)
    _agrees(hall, site)
    _visits(group, site)
    _signs_in(hall, site, HOLDER)
    hall.follows("Agreements")
    hall.follows("Hall, Norchester")
    hall.reads(GROUP, SEEKER)
    people = (group, desk, hall)
    record_property("journeys", 1)
    record_property("pages", sum(each.pages for each in people))
    record_property("axe runs", sum(each.runs for each in people))
