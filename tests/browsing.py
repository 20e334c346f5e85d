"""A browser for the website's tests: signs in, reads forms as they stand, fills and sends them."""

from __future__ import annotations

import html
from html.parser import HTMLParser
from urllib.parse import urljoin

from attrs import define, field
from werkzeug.datastructures import MultiDict
from werkzeug.test import Client, TestResponse

from cypn_core.application import sessions, staff
from cypn_core.application.contacts import marked
from cypn_core.application.network import SYSTEM, Network, Work
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.people import StaffRole, StaffWanted
from cypn_site.app import site_app
from cypn_site.settings import SiteSettings

SETTINGS = SiteSettings()


@define
class Form:
    """A form as it stands on the page: where it goes, what it holds, its buttons' words."""

    action: str
    data: MultiDict[str, str] = field(factory=MultiDict)
    buttons: list[str] = field(factory=list)


class _Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms = path, list[Form]()
        self.inside: Form | None = None
        self.area = self.select = ""
        self.button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = Form(action=urljoin(self.path, told.get("action") or self.path))
            self.forms.append(self.inside)
        if self.inside is None:
            return
        name = told.get("name", "")
        if tag == "input" and name:
            chosen = told.get("type") not in {"radio", "checkbox"} or "checked" in told
            if chosen:
                self.inside.data.add(name, told.get("value", ""))
        elif tag == "textarea":
            self.area = name
            self.inside.data.add(name, "")
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in told:
            self.inside.data.add(self.select, told.get("value", ""))
        elif tag == "button":
            self.button = True
            self.inside.buttons.append("")

    def handle_data(self, data: str) -> None:
        if self.inside is None:
            return
        if self.area:
            self.inside.data[self.area] = (self.inside.data[self.area] + data).removeprefix("\n")
        if self.button:
            self.inside.buttons[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        if tag == "textarea":
            self.area = ""
        if tag == "button":
            self.button = False


@define
class Browser:
    """One person's browser; it follows what a form answers with."""

    client: Client
    page: TestResponse | None = None

    def get(self, path: str) -> TestResponse:
        """Open *path*, and what it leads to."""
        self.page = self.client.get(path, follow_redirects=True)
        return self.page

    @property
    def here(self) -> TestResponse:
        """The page that is open."""
        assert self.page is not None
        return self.page

    @property
    def path(self) -> str:
        """Where the browser is."""
        return str(self.here.request.path)

    @property
    def text(self) -> str:
        """What the page says, tags included and entities read."""
        return html.unescape(self.here.text)

    def form(self, button: str) -> Form:
        """The first form with a button that says *button*."""
        reader = _Forms(self.path)
        reader.feed(self.here.text)
        found = [each for each in reader.forms if any(button in said for said in each.buttons)]
        assert found, (button, [each.buttons for each in reader.forms], self.here.text[:3000])
        return found[0]

    def press(self, button: str, **filled: object) -> TestResponse:
        """Fill in the form of *button* and send it; a dot in a name is written ``__``."""
        form = self.form(button)
        for name, value in filled.items():
            said = value if isinstance(value, list) else [value]
            form.data.setlist(name.replace("__", "."), [str(each) for each in said])
        return self.send(form)

    def send(self, form: Form) -> TestResponse:
        """Send *form*."""
        self.page = self.client.post(form.action, data=form.data, follow_redirects=True)
        return self.page


def browser(network: Network, token: str = "") -> Browser:
    """A browser at the site of *network*, with the session of *token* if there is one."""
    client = Client(site_app(network, SETTINGS, list(network.hub.exchanges.values())), TestResponse)
    if token:
        client.set_cookie(SETTINGS.cookie("cypn"), token)
    return Browser(client)


def as_contact(network: Network, organisation: OrganisationId) -> Browser:
    """The browser of the contact of *organisation*, signed in."""
    return browser(network, network.transact(lambda work: session_for(work, organisation)))


def session_for(work: Work, organisation: OrganisationId) -> str:
    """The token of a new session of the contact of *organisation*."""
    mark = next(iter(marked(work, organisation)))[0]
    person = sessions.Person(address=f"{mark}@example.org", contacts={organisation: mark})
    return sessions.open_for(work, person)[0]


def as_coordinator(network: Network, acting_for: OrganisationId | None = None) -> Browser:
    """A coordinator's browser, acting for a group if one is named."""

    def sign_in(work: Work) -> str:
        wanted = StaffWanted(name="Zoe Reed", email="zoe@example.org", role=StaffRole.COORDINATOR)
        hired = staff.add(work, SYSTEM, wanted)
        person = sessions.Person(address="zoe@example.org", contacts={}, staff=hired)
        token, session = sessions.open_for(work, person)
        if acting_for is not None:
            sessions.act_for(work, session, acting_for)
        return token

    return browser(network, network.transact(sign_in))
