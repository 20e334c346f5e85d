"""The pages of membership, as a group, a stranger, the coordinator and a trustee meet them."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from typing import Any

import pytest
from tests.people import Mailbox
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, a_need, an_offer, asked, posted
from werkzeug.test import Client, TestResponse

from cypn_core.application import bounces, keys, sign_in, staff
from cypn_core.application.network import SYSTEM
from cypn_core.application.unmask import Purpose, unmask
from cypn_core.domain.organisations import Contact
from cypn_core.domain.people import StaffRole, StaffWanted
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_services.serving import together_app
from cypn_site.settings import SiteSettings
from cypn_site.visits import SIGNED_IN_AS

GROUP = "kim@lane.example"
SECOND = "lee@lane.example"
REGISTRATION = {
    "name": "Juniper Juniors",
    "run_by": "volunteers",
    "place": PLACE,
    "contact.name": "Sam Reed",
    "contact.email": "sam@juniper.example",
    "roles": "seeker",
}


class People:
    """A town with its site, and browsers of those who come."""

    def __init__(self, store: Store) -> None:
        self.box = Mailbox()
        self.town = Town.on(store, ONLY_VENUES, NOW, self.box.carrier())
        self.app = together_app(self.town.network, site=SiteSettings())
        contact = Contact(name="Lee Fox", email=SECOND)
        self.group = self.town.member("Amber Lane", "seeker", place=PLACE, second_contact=contact)
        _reads(self.town, self.group, GROUP)

    def stranger(self) -> Browser:
        """Somebody who is not signed in."""
        return Browser(self.app)

    def contact(self, email: str = GROUP) -> Browser:
        """A contact of the group, signed in."""
        browser = self.stranger()
        opened = self.town.network.transact(lambda work: sign_in.vouched(work, email))
        assert opened is not None
        browser.set_cookie(SIGNED_IN_AS, opened[0])
        return browser

    def staff(self, role: StaffRole) -> Browser:
        """Somebody of the hub, signed in."""
        email = f"{role.value}@hub.example"
        wanted = StaffWanted(name=role.value.title(), email=email, role=role)
        self.town.network.transact(lambda work: staff.add(work, SYSTEM, wanted))
        return self.contact(email)


def _reads(town: Town, member: Member, email: str) -> None:
    profile = member.get("membership", "/v1/organisation").json["profile"]  # type: ignore[index]
    profile["contact"]["email"] = email
    tag = member.get("membership", "/v1/organisation").headers["ETag"]
    changed = member.send("PUT", "membership", "/v1/organisation", profile, If_Match=tag)
    assert changed.status_code == 200, changed.text


class Browser(Client):
    """Follows forms as a person does."""

    def page(self, path: str) -> str:
        """The text of a page that is there."""
        answer = self.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        return unescape(answer.text)

    def fill(self, path: str, to: str | None = None, **said: Any) -> TestResponse:
        """Send the form on *path*, with its hidden fields, and follow where it leads."""
        page = self.get(path, headers={"Accept": "text/html"}).text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        data = {**hidden, **{name.replace("__", "."): value for name, value in said.items()}}
        return self.post(to or path, data=data, headers={"Accept": "text/html"})

    def send(self, path: str, to: str | None = None, **said: Any) -> str:
        """`fill`, which must go through; the text of the page that follows."""
        answer = self.fill(path, to, **said)
        assert answer.status_code == 303, (path, answer.status_code, answer.text[:2000])
        return self.page(answer.location)


@pytest.fixture
def people(store: Store) -> People:
    return People(store)


def letters(people: People, to: str) -> str:
    """All that was mailed to an address."""
    mine = [letter for letter in people.box.letters if letter["To"] == to]
    return "\n".join(str(letter.get_body(("plain",)).get_content()) for letter in mine)  # type: ignore[union-attr]


def confirmed(people: People) -> None:
    """Press the newest link that confirms an address."""
    people.town.tick()
    said = letters(people, "sam@juniper.example")
    path = re.findall(r"/membership(/links/confirm/\S+)", said)[-1]
    assert people.stranger().post(f"/membership{path}").status_code == 200


def test_a_group_registers_and_the_coordinator_lets_it_join(people: People) -> None:
    """Form, letter, confirmation, desk: it is a member with a check to be made, and can sign in."""
    stranger = people.stranger()
    assert "mailbox" in stranger.send("/register", **REGISTRATION)
    desk = people.staff(StaffRole.COORDINATOR)
    assert "Nobody waits" in desk.page("/desk/registrations")
    confirmed(people)
    page = desk.page("/desk/registrations")
    (path,) = re.findall(r"/desk/registrations/[0-9a-f]{32}", page)
    assert "sam@juniper.example" in desk.page(path)
    assert "has joined" in desk.send(path, name="Juniper Juniors")
    joined = people.contact("sam@juniper.example")
    page = joined.page("/checks")
    assert "not made yet" in page
    assert "tell the coordinator" in page


def test_a_bad_registration_says_what_to_mend_and_keeps_what_was_typed(people: People) -> None:
    """The summary and the field say it; nothing typed is lost; nothing is stored."""
    answer = people.stranger().fill("/register", **{**REGISTRATION, "place": "Nowhere at all"})
    assert answer.status_code == 422
    text = unescape(answer.text)
    assert "There is a problem" in text
    assert 'id="place-error"' in text
    assert 'value="Juniper Juniors"' in text
    assert re.search(r'value="seeker" checked|value="seeker"[^>]*checked', text)
    empty = people.stranger().fill("/register")
    assert empty.status_code == 422
    assert all(f'id="{each}"' in empty.text for each in ("name", "run-by", "roles"))


def test_registering_a_members_name_looks_the_same(people: People) -> None:
    """The page that follows is the same for a name that is taken; the desk marks it."""
    texts = []
    for name in ("Amber Lane", "Nobody Else"):
        page = people.stranger().send("/register", **{**REGISTRATION, "name": name})
        texts.append(re.sub(r'value="[^"]*"', "", page))
    assert texts[0] == texts[1]
    people.town.tick()
    confirmed(people)


def test_the_coordinator_turns_a_registration_away(people: People) -> None:
    """Without a reason nothing happens; with one the group is told and the row is gone."""
    people.stranger().send("/register", **REGISTRATION)
    confirmed(people)
    desk = people.staff(StaffRole.COORDINATOR)
    (path,) = re.findall(r"/desk/registrations/[0-9a-f]{32}", desk.page("/desk/registrations"))
    assert desk.fill(f"{path}/turn-away").status_code == 422
    assert "told why" in desk.send(f"{path}/turn-away", reason="not_a_group")
    people.town.tick()
    assert "single people" in letters(people, "sam@juniper.example")
    assert desk.get(path).status_code == 404


def test_a_group_sees_its_checks_and_says_that_it_is_ready(people: People) -> None:
    """What is passed until when, what the others ask; ready is told once."""
    group = people.contact()
    page = group.page("/checks")
    assert "passed" in page
    assert "Good until" in page
    assert "on the desk" in group.send("/checks", role="holder")
    assert group.fill("/checks", role="holder").status_code == 409


def test_a_contact_is_replaced_and_signed_out(people: People) -> None:
    """The new one stands there; the old one's session opens nothing any more."""
    group, second = people.contact(), people.contact(SECOND)
    page = group.send(
        "/organisation/contacts",
        contact__name="Kim of Amber Lane", contact__email=GROUP,
        second_contact__name="Nia Bell", second_contact__email="nia@lane.example",
    )  # fmt: skip
    assert "nia@lane.example" in page
    assert "your group gave it" in page
    assert second.get("/organisation").location == "/sign-in"


def test_stale_and_bad_profiles_are_refused(people: People) -> None:
    """An address that is none is marked at its field; a form of before a change is told so."""
    group = people.contact()
    path = "/organisation/contacts"
    bad = group.fill(path, contact__name="Kim", contact__email="kim")
    assert bad.status_code == 422
    assert 'id="contact-email-error"' in bad.text
    stale = group.fill(path, contact__name="Kim", contact__email=GROUP, revision="1")
    assert stale.status_code == 412
    assert (
        group.fill(path, contact__name="K", contact__email=GROUP, revision="x").status_code == 422
    )


def test_an_exchange_is_left_out_and_taken_up_again(people: People) -> None:
    """N06: no other check is asked for, and nothing else of the profile changes."""
    group = people.contact()
    page = group.send("/organisation/exchanges")
    assert "nothing" in page
    page = group.send("/organisation/exchanges", exchanges=VENUES)
    assert GROUP in page
    own = people.group.get("membership", "/v1/organisation").json
    assert own is not None
    assert own["profile"]["exchanges_off"] == []


def test_details_are_changed(people: People) -> None:
    """Who runs it, where it is, and its register numbers."""
    group = people.contact()
    page = group.send(
        "/organisation/details", run_by="paid_staff", place=PLACE, numbers="GB-CHC-1234567"
    )
    assert "Paid staff" in page
    assert "GB-CHC-1234567" in page
    bad = group.fill("/organisation/details", run_by="volunteers", place=PLACE, numbers="12")
    assert bad.status_code == 422


def test_mail_that_was_stopped_starts_again(people: People) -> None:
    """The page says whose mail came back, and one button starts it."""
    with people.town.network.writing() as work:
        bounces.bounce(work, SYSTEM, GROUP)
    group = people.contact()
    assert "mail came back" in group.page("/organisation")
    assert "mail came back" not in group.send("/organisation", "/organisation/mail")


def test_a_key_is_shown_once_works_and_is_revoked(people: People) -> None:
    """It opens its own group alone; whoever acts for the group, or has a key, makes none."""
    group = people.contact()
    made = group.fill("/organisation/access", "/organisation/access/key", label="our website")
    assert made.status_code == 200
    (token,) = re.findall(r"cypn_[\w-]{43}", made.text)
    client = people.stranger()
    bearer = {"Authorization": f"Bearer {token}"}
    own = client.get("/membership/v1/organisation", headers=bearer)
    assert own.json["id"] == people.group.id  # type: ignore[index]
    assert client.get("/membership/v1/checks/expiring", headers=bearer).status_code == 403
    page = group.page("/organisation/access")
    assert token not in page
    (form,) = (each for each in page.split("<form") if ">our website," in each)
    (path,) = re.findall(r"/organisation/access/key/[0-9a-f]{32}/revoke", form)
    other = people.town.member("Cedar Hall", place=PLACE)
    _reads(people.town, other, "cedar@hall.example")
    theirs = people.contact("cedar@hall.example").fill("/organisation/access", path)
    assert theirs.status_code == 404
    assert "opens nothing" in group.send("/organisation/access", path)
    assert client.get("/membership/v1/organisation", headers=bearer).status_code == 401
    empty = group.fill("/organisation/access", "/organisation/access/key", label=" ")
    assert empty.status_code == 422
    with people.town.network.writing() as work, pytest.raises(Exception, match="Only a contact"):
        keys.new_own_key(work, people.town.acting(people.group), "x", 9)


def test_a_feed_is_shown_once_and_revoked(people: People) -> None:
    """Its address gives a calendar, and nothing once it is revoked."""
    group = people.contact()
    made = group.fill("/organisation/access", "/organisation/access/feed", feed="our chair")
    (path,) = re.findall(r'value="http://[^/"]+(/membership/[^"]+)"', made.text)
    assert people.stranger().get(path).status_code == 200
    (revoke,) = re.findall(
        r"/organisation/access/feed/[0-9a-f]{32}/revoke", group.page("/organisation/access")
    )
    group.send("/organisation/access", revoke)
    assert people.stranger().get(path).status_code == 404


def test_messages_stand_there_the_newest_first(people: People) -> None:
    """An empty inbox says what will come; a message is shown with its day."""
    group = people.contact()
    assert "nothing here yet" in group.page("/messages")
    desk = people.town.coordinator()
    need = desk.post(VENUES, "/v1/needs", a_need(), Cypn_For=people.group.id)
    assert need.status_code == 201
    people.town.tick()
    assert "Posted for you" in group.page("/messages")
    assert group.get("/messages?page=99999").status_code == 200
    assert group.get("/messages?page=0").status_code == 200


def test_who_was_unmasked_reads_why(people: People) -> None:
    """When, by which role, and what was said."""
    need = posted(people.group, "need", a_need())
    with people.town.network.writing() as work:
        unmask(work, SYSTEM, need, Purpose.SAFEGUARDING, "A parent rang about the door.")
    page = people.contact().page("/organisation/looks")
    assert "to keep people safe" in page
    assert "A parent rang about the door." in page


def test_all_that_is_held_is_listed_and_taken_away(people: People) -> None:
    """Every sort with why and how long; the archive is a ZIP that nobody caches."""
    group = people.contact()
    page = group.page("/your-data")
    assert all(said in page for said in ("Your messages", "How long", "30 days"))
    answer = group.get("/your-data/archive.zip")
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("application/zip", "no-store")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as zipped:
        assert GROUP in zipped.read("everything.json").decode()


def test_a_group_is_erased_in_two_steps(people: People) -> None:
    """What is agreed stops it; the name must be typed; then nobody of it is signed in any more."""
    holder = people.town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_offer())
    deal = asked(people.group, posted(people.group, "need", a_need("2026-11-24"))).json
    assert deal is not None
    group = people.contact()
    page = group.page("/your-data/erase")
    assert deal["id"] in page
    assert "Go on" not in page
    refused = group.fill("/your-data/erase/confirm", name="Amber Lane")
    assert refused.location == "/your-data/erase"
    people.town.clock.pass_time(days=3)
    people.town.tick()
    group = people.contact()
    assert "Go on" in group.page("/your-data/erase")
    assert group.fill("/your-data/erase/confirm", name="amber lane").status_code == 422
    assert "erased" in group.send("/your-data/erase/confirm", name="Amber Lane")
    assert group.get("/home").location == "/sign-in"
    with people.town.network.reading() as work:
        assert work.organisations.get(people.group.id).erased is not None


def test_a_stranger_complains_and_the_coordinator_answers(people: People) -> None:
    """A number at once; the answer goes to the address."""
    said = {"about": "hub", "said": "Nobody answered my call for weeks."}
    stranger = people.stranger()
    assert stranger.fill("/complain", **said).status_code == 422
    page = stranger.send("/complain", **said, email="neighbour@example.net")
    assert re.search(r"number of your complaint is \d{4}-\d{4}", page)
    desk = people.staff(StaffRole.COORDINATOR)
    (path,) = re.findall(r"/desk/complaints/[0-9a-f]{32}", desk.page("/desk/complaints"))
    assert desk.fill(path, answer="no").status_code == 422
    desk.send(path, answer="We are sorry; the number is mended.")
    people.town.tick()
    assert "the number is mended" in letters(people, "neighbour@example.net")


def test_a_complaint_about_the_coordinator_is_for_trustees(people: People) -> None:
    """The coordinator's list is empty and the page of it is not there; a trustee answers."""
    group = people.contact()
    group.send("/complain", about="coordinator", said="The coordinator hung up on us.")
    desk, trustee = people.staff(StaffRole.COORDINATOR), people.staff(StaffRole.TRUSTEE)
    assert "None waits" in desk.page("/desk/complaints")
    (path,) = re.findall(r"/desk/complaints/[0-9a-f]{32}", trustee.page("/desk/complaints"))
    assert desk.get(path, headers={"Accept": "text/html"}).status_code == 404
    trustee.send(path, answer="We have talked to the coordinator.")
    assert "We have talked to the coordinator." in group.page("/complaints")


def test_a_stranger_is_sent_to_sign_in(people: People) -> None:
    """Every page of a group's own is for that group."""
    stranger = people.stranger()
    for path in ("/checks", "/organisation", "/your-data", "/messages", "/complaints"):
        assert stranger.get(path).location == "/sign-in"
