"""A hub that is served, and people who come to it in browsers without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import frozen
from tests.browser.axe import NARROW
from tests.browser.person import Person
from tests.browser.served import Served, mailing_at, served
from tests.browser.watching import Visiting
from tests.post_office import COORDINATOR, PostOffice, write_to
from tests.towns import ALL, NOW, PLACE

from cypn_core.application import sign_in, staff
from cypn_core.application.network import SYSTEM
from cypn_core.domain.people import StaffRole, StaffWanted
from cypn_core.hub import Hub
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_services.serving import together_app
from cypn_site.visits import SIGNED_IN_AS

TRUSTEE = "trustee@hub.example.org"


@frozen
class Neighbours:
    """The site and its visitors, all on phones."""

    site: Served
    visiting: Visiting

    @property
    def town(self) -> Town:
        """The town that is served."""
        return self.site.town

    def member(self, name: str, *roles: str, place: str = PLACE, **profile: Any) -> Member:
        """A group that has passed the checks of *roles*."""
        made = self.town.member(name, *roles, place=place, **profile)
        write_to(made, address(name))
        return made

    def person(self, email: str = "") -> Person:
        """Somebody with a browser, signed in if there is an address."""
        context = self.visiting.at(self.site.base, NARROW, scripts=False)
        if email:
            with self.town.network.writing() as work:
                opened = sign_in.vouched(work, email)
            assert opened is not None, email
            cookie = {"name": SIGNED_IN_AS, "value": opened[0], "url": self.site.base}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return Person(context.new_page())

    def contact(self, name: str) -> Person:
        """The contact of the group of that name."""
        return self.person(address(name))

    def coordinator(self) -> Person:
        """Who sits at the desk."""
        return self.person(COORDINATOR)


def address(name: str) -> str:
    """Where the contact of the group of that name reads mail."""
    return f"kim@{name.lower().replace(' ', '-')}.example.org"


@contextmanager
def neighbourhood(
    store: Store, office: PostOffice, visiting: Visiting, hub: Hub = ALL
) -> Iterator[Neighbours]:
    """*hub* on *store*, by default with every exchange; a coordinator and a trustee."""

    def town_of(base: str, letters: PostOffice) -> Town:
        town = Town.on(store, hub, NOW, mailing_at(base, letters))
        with town.network.writing() as work:
            for name, email, role in (
                ("Casey", COORDINATOR, StaffRole.COORDINATOR),
                ("Terry", TRUSTEE, StaffRole.TRUSTEE),
            ):
                staff.add(work, SYSTEM, StaffWanted(name=name, email=email, role=role))
        return town

    with served(office, town_of, lambda town: together_app(town.network)) as running:
        yield Neighbours(running, visiting)
