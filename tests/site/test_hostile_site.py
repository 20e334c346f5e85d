"""What a careful stranger tried at the site, and must not get."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from tests.site.test_membership import GROUP, Browser, People, _reads
from tests.towns import PLACE, a_need, an_offer, posted

from cypn_core.application import erase, keys, sign_in
from cypn_core.application.network import Caller
from cypn_core.domain.errors import NotFound
from cypn_core.domain.people import StaffRole
from cypn_core.storage.engine import Store

COMPLAINT = "The coordinator let a friend go first."


@pytest.fixture
def people(store: Store) -> People:
    return People(store)


def acting(people: People) -> Browser:
    """A coordinator who acts for the group."""
    desk = people.staff(StaffRole.COORDINATOR)
    desk.fill("/desk/act-for", group=people.group.id)
    return desk


def test_who_acts_for_a_group_reads_no_complaint_about_the_coordinator(people: People) -> None:
    """Neither in the list, nor in the archive; the group's own contact reads both."""
    group = people.contact()
    group.send("/complain", about="coordinator", said=COMPLAINT)
    group.send("/complain", about="hub", said="The pages are too wide for our telephone.")
    people.town.tick()
    desk = acting(people)
    for who, reads in ((group, True), (desk, False)):
        listed = who.page("/complaints")
        assert (COMPLAINT in listed) is reads
        assert "too wide" in listed
        packed = zipfile.ZipFile(io.BytesIO(who.get("/your-data/archive.zip").data))
        assert (COMPLAINT in packed.read("everything.json").decode()) is reads
        assert ("complaint" in who.page("/messages").partition("<main")[2]) is reads


def test_who_acts_for_a_group_makes_no_feed_for_it(people: People) -> None:
    """A feed would stay with whoever made it, long after the acting."""
    desk = acting(people)
    assert (
        desk.fill("/organisation/access", "/organisation/access/feed", feed="x").status_code == 403
    )
    assert "You have none" in people.contact().page("/organisation/access")


def test_who_acts_for_a_group_does_nothing_with_anothers_things(people: People) -> None:
    """The log would say that it was for the one, and only the one would be told."""
    other = people.town.member("Cedar Hall", "seeker", "holder", place=PLACE)
    need = posted(other, "need", a_need())
    offer = posted(other, "offer", an_offer())
    desk = acting(people)
    root = f"/in/venue-bank/offers/{offer}"
    assert desk.get(f"/in/venue-bank/needs/{need}").status_code == 404
    assert desk.get(f"{root}/times").status_code == 404
    assert desk.fill("/home", f"{root}/listing", named="yes").status_code == 404


def test_a_form_of_one_group_changes_nothing_of_another(people: People) -> None:
    """Two tabs, two groups: what was typed for the first is not stored for the second."""
    other = people.town.member("Cedar Hall", "seeker", place=PLACE)
    _reads(people.town, other, "pat@cedar.example")
    desk = acting(people)
    page = desk.get("/organisation/contacts", headers={"Accept": "text/html"}).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    desk.fill("/desk/act-for", group=other.id)
    typed = {"contact.name": "Kim", "contact.email": GROUP}
    answer = desk.post("/organisation/contacts", data={**hidden, **typed})
    assert answer.status_code == 409
    opened = people.town.network.transact(lambda work: sign_in.vouched(work, GROUP))
    assert opened is not None
    assert opened[1].organisations == (people.group.id,)


def test_nobody_acts_for_a_group_that_is_erased(people: People) -> None:
    """Or a profile with names would stand again where all was taken out."""
    clerk = Caller(actor="key:clerk", scopes=frozenset({"coordinator"}))
    with people.town.network.writing() as work:
        acting = keys.acting_for(work, clerk, people.group.id)
        erase.erase(work, acting, "Amber Lane")
        with pytest.raises(NotFound):
            keys.acting_for(work, clerk, people.group.id)


NUL = "a\0b and some more words"


def test_texts_that_postgresql_cannot_hold_are_refused(people: People) -> None:
    """Never a failure of the hub: a form with a NUL is one that is to be mended."""
    group, desk = people.contact(), people.staff(StaffRole.COORDINATOR)
    access = "/organisation/access"
    tried = [
        group.fill(access, f"{access}/key", label=NUL),
        group.fill(access, f"{access}/feed", feed=NUL),
        group.fill("/complain", about="hub", said=NUL),
        group.fill("/checks", role=NUL),
        group.fill("/groups", group=NUL),
        group.fill("/organisation/contacts", contact__name=NUL, contact__email=GROUP),
        group.fill("/sign-in", email=NUL),
        people.stranger().fill("/sign-in", email="a\0b@lane.example"),
        people.stranger().fill("/complain", about="hub", said="words enough", email="a\0@b.org"),
        desk.fill("/desk/act-for", group=NUL),
        desk.fill("/desk/mail", what=NUL),
        desk.fill("/desk/mail", what="a\0b@lane.example"),
        desk.fill("/desk/unmask", of="a\0b", purpose="safeguarding", because="x" * 30),
        desk.get("/log?subject=%00&fact=%00"),
        desk.get("/desk/act-for?name=%00"),
    ]
    assert [each.status_code for each in tried if each.status_code >= 500] == []
