"""N01 to N06 as people meet them: in the browser and in the mailbox."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.neighbours import TRUSTEE, Neighbours, address
from tests.browser.person import Person
from tests.browser.served import Served
from tests.fuzzing import ROLES
from tests.post_office import COORDINATOR, texts, write_to
from tests.towns import ALL, VENUES, Json, a_need, an_offer, asked, posted

HALL, GROUP = "Cedar Hall", "Amber Lane"
MOST = 8
SECOND, NEXT = "lee@cedar.example.org", "jo@cedar.example.org"
STORE: Json = {"kind": "storage_need", "starts_on": "2027-01-11", "months": 2, "area_m2": 6}
BUY: Json = {"kind": "purchase_need", "category": "hr_services", "present_unit_pence": 120_000}
QUOTE: Json = {
    "kind": "quote_offer",
    "category": "hr_services",
    "tiers": [
        {"from_quantity": 1, "unit_pence": 100_000},
        {"from_quantity": 2, "unit_pence": 50_000},
    ],
    "fixed_fee_pence": 0,
    "term_months": 12,
    "notice_days": 90,
    "commission_pence": 0,
}
BUYING = "procurement"


def newest(site: Served, to: str) -> str:
    """What the last letter to *to* says."""
    letters = site.letters(to)
    assert letters, to
    return texts(letters[-1])


@pytest.mark.parametrize("choice", ["yes", "no", "later"])
def test_n01_what_comes_up_is_answered_out_of_the_mailbox(
    neighbours: Neighbours, choice: str
) -> None:
    """One letter on the day, whose links need no login; who is not suited gets none."""
    site = neighbours.site
    group, large = neighbours.member(GROUP, "seeker"), neighbours.member("Large", "seeker")
    need = posted(group, "need", a_need("2027-02-02"))
    posted(large, "need", a_need("2027-02-02", headcount=90))
    assert site.letters(address(GROUP)) == []
    site.town.clock.pass_time(days=1)
    posted(neighbours.member(HALL, "holder"), "offer", an_offer())
    (letter,) = site.letters(address(GROUP))
    assert HALL not in texts(letter)
    assert site.letters(address("Large")) == []
    who = neighbours.person()
    who.opens(site.link(address(GROUP), rf"/membership/links/{choice}/\S+"))
    who.page.get_by_role("button").click()
    who.reads("Thank you")
    state = group.get(VENUES, f"/v1/needs/{need}").json["state"]  # type: ignore[index]
    assert state == ("matched" if choice == "yes" else "open")


def test_n02_the_map_withholds_what_one_group_wants(neighbours: Neighbours) -> None:
    """Four is told and one is "fewer than 3", in the table, to the desk and whoever funds."""
    town = neighbours.town
    for n, where in enumerate(["Wexbridge"] * 4 + ["Rushford"]):
        group = town.member(f"Gander {n}", "seeker", place=where)
        posted(group, "need", {**STORE, "place": where, "max_km": 5})
    town.tick()
    for who in (neighbours.coordinator(), neighbours.person(TRUSTEE)):
        who.opens("/evidence/map")
        rows = who.page.locator("main table tr", has_text="storage")
        said = {row.strip() for each in rows.all() for row in each.inner_text().split("\t")}
        assert {"4", "fewer than 3"} <= said
        assert not {"1", "5"} & said
        who.sees_no("Gander")
        who.opens("/evidence")
        who.sees_no("Gander")


def test_n03_a_posting_asks_for_eight_answers_at_most(neighbours: Neighbours) -> None:
    """The page of every kind of every exchange says how many, and the first question as well."""
    neighbours.member(GROUP, *ROLES)
    who = neighbours.contact(GROUP)
    kinds = [(exchange, kind) for exchange in ALL.exchanges.values() for kind in exchange.kinds]
    for exchange, kind in kinds:
        who.opens(f"/in/{exchange.slug}/post/{kind.kind}")
        told = re.search(r"It takes (one|\d+)", who.text())
        assert told, who.text()
        number = 1 if told[1] == "one" else int(told[1])
        assert number <= MOST, kind.kind
        who.presses("Start")
        who.reads(f"Question 1 of {number}")


def test_n03_what_is_typed_for_a_group_that_rings_is_its_own(neighbours: Neighbours) -> None:
    """The coordinator types, the group is told by letter and corrects; the log has both."""
    neighbours.member(GROUP, "seeker")
    desk = neighbours.coordinator()
    desk.opens("/desk/act-for")
    desk.chooses(GROUP)
    desk.presses("Act for it")
    desk.opens("/in/venue-bank/post/space_need")
    desk.presses("Start")
    _types_a_need(desk)
    desk.reads("both your names stand in the log")
    need = desk.page.url.split("/")[-2]
    told = [str(each["Subject"]) for each in neighbours.site.letters(address(GROUP))]
    assert "Posted for you" in told, told
    who = neighbours.contact(GROUP)
    who.opens(f"/in/venue-bank/mine/need/{need}")
    who.presses("Change it")
    who.opens(f"{who.page.url}/questions/headcount")
    who.fills("How many people will be there, helpers included?", "14")
    who.presses("Continue")
    who.presses("Save the change")
    who.opens(f"/in/venue-bank/needs/{need}")
    who.reads("14")
    desk.opens(f"/log?fact=need_posted&subject={need}")
    row = desk.page.locator("main tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(re.compile(rf"Casey for ({GROUP}|member \w{{8}})"))


def _types_a_need(who: Person) -> None:
    who.fills("Near which place do you look?", "Norchester")
    who.presses("Continue")
    for label, typed in (("Day", "2"), ("Month", "2"), ("Year", "2027")):
        who.fills(label, typed)
    who.fills("From what time?", "14:00")
    who.fills("To what time?", "16:00")
    who.chooses("No, just once")
    who.presses("Continue")
    who.fills("How many people will be there, helpers included?", "12")
    who.presses("Continue")
    who.presses("Post it")


def test_n04_a_stale_offer_is_hidden_and_comes_back(neighbours: Neighbours) -> None:
    """A reminder after 76 days, hidden after 90, not deleted; one button brings it back."""
    site = neighbours.site
    offer = posted(neighbours.member(HALL, "holder"), "offer", an_offer())
    site.town.clock.pass_time(days=76, hours=1)
    assert any("still" in texts(each) for each in site.letters(address(HALL)))
    site.town.clock.pass_time(days=14)
    site.town.tick()
    group = neighbours.member(GROUP, "seeker")
    need = posted(group, "need", a_need("2027-03-09"))
    who, host = neighbours.contact(GROUP), neighbours.contact(HALL)
    who.opens(f"/in/venue-bank/needs/{need}")
    who.reads("Nothing fits yet")
    host.opens("/mine/offer")
    host.presses("It still holds")
    who.opens(f"/in/venue-bank/needs/{need}")
    who.reads("This fits")
    who.sees_no(offer)


def test_n04_a_departed_contacts_link_is_dead_and_a_bounce_moves_on(
    neighbours: Neighbours,
) -> None:
    """Mail goes on to the second and to the desk; who has left answers nothing, and it is told."""
    site = neighbours.site
    hall = neighbours.member(HALL, "holder")
    write_to(hall, address(HALL), SECOND)
    posted(hall, "offer", an_offer(auto_accept=False))
    group = neighbours.member(GROUP, "seeker")
    assert asked(group, posted(group, "need", a_need())).status_code == 202
    desk, who = neighbours.coordinator(), neighbours.person()
    first = address(HALL)
    assert site.letters(first)
    for number, (bounced, following) in enumerate([(first, SECOND), (SECOND, COORDINATOR)]):
        desk.opens("/desk/mail")
        desk.fills("The address that it was sent to, or its Message-ID", bounced)
        desk.presses("Note it")
        assert site.letters(following)
        desk.opens("/desk/mail")
        desk.reads(HALL, ("It goes to the other contact now.", "ring them")[number])
    desk.opens("/desk")
    desk.reads("Mail that reaches nobody")
    old = site.link(SECOND, r"/membership/links/yes/\S+")
    write_to(hall, NEXT)
    who.opens(old)
    who.page.get_by_role("button").click()
    who.reads("This link cannot be used")
    who.sees_no(HALL, GROUP)
    assert "An old link was used" in newest(site, NEXT)
    (deal,) = group.get(VENUES, "/v1/deals").json["items"]  # type: ignore[index]
    assert deal["state"] == "asked"


def test_n05_no_page_of_the_venue_bank_asks_for_values(neighbours: Neighbours) -> None:
    """No question, no filter; what an address says of values changes nothing."""
    posted(neighbours.member(HALL, "holder"), "offer", an_offer())
    group = neighbours.member(GROUP, "seeker", "holder")
    need = posted(group, "need", a_need())
    who = neighbours.contact(GROUP)
    named = re.compile(r"values|belief|faith|religio|ethos|mission", re.IGNORECASE)
    for kind in ("space_need", "storage_need", "space_offer"):
        who.opens(f"/in/venue-bank/post/{kind}")
        who.presses("Start")
        draft = who.page.url.partition("/questions/")[0]
        who.opens("/post/need")
        who.opens(draft)
        assert not named.search(who.text())
    who.opens(f"/in/venue-bank/needs/{need}")
    plain = who.text()
    assert not named.search(plain)
    assert (
        who.page.locator("main form[method=get], main select, main input[type=text]").count() == 0
    )
    who.opens(f"/in/venue-bank/needs/{need}?values=faith")
    assert who.text() == plain


def test_n06_who_steps_back_from_an_exchange_sees_and_counts_nothing_of_it(
    neighbours: Neighbours,
) -> None:
    """No page, no letter, no place in others' pools; back again without new checks."""
    posted(neighbours.member("Cedar HR", "supplier"), "offer", QUOTE, BUYING)
    national, other = (neighbours.member(each, "seeker", "holder") for each in ("National", GROUP))
    posted(national, "need", BUY, BUYING)
    need = posted(other, "need", BUY, BUYING)
    who, fellow = neighbours.contact("National"), neighbours.contact(GROUP)
    fellow.opens(f"/in/procurement/needs/{need}")
    fellow.reads("£500.00")
    who.opens("/organisation/exchanges")
    who.page.get_by_label("Shared procurement").uncheck()
    who.presses("Save")
    for path in ("/post/need", "/post/offer", "/home"):
        who.opens(path)
        assert "procurement" not in who.text().lower(), path
    fellow.opens(f"/in/procurement/needs/{need}")
    fellow.reads("£1,000.00")
    fellow.sees_no("National")
    fellow.presses("Ask for this")
    assert neighbours.site.letters(address("National")) == []
    who.opens("/post/need")
    who.reads("A space for a group")
    who.opens("/organisation/exchanges")
    who.page.get_by_label("Shared procurement").check()
    who.presses("Save")
    who.opens("/post/need")
    who.follows("Something to buy together")
    expect(who.page.get_by_role("button", name="Start")).to_have_count(1)
