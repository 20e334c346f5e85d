# ruff: noqa: RUF001 - letters that pass for others are what V08 is about
"""V02, V05, V06, V08 and V09 as people meet them: in the browser and in the mailbox."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Response, expect
from tests.browser.neighbours import Neighbours, address
from tests.browser.person import Person
from tests.post_office import texts
from tests.towns import VENUES, Json, a_need, an_offer, asked, posted

from cypn_core.testing.town import Member

HALL = "Cedar Hall"
TELLING = re.compile(r"refugee|immigra|kurd|syria|ukrain|lantern|nationality", re.IGNORECASE)
NOTHING = "0" * 32
TOKENS = re.compile(r'(name="(?:csrf_token|once)" value=")[^"]*')


def waiting(member: Member, **need: Any) -> str:
    """The address of the deal of *member*, which waits for the holder's answer."""
    answer = asked(member, posted(member, "need", a_need(**need)))
    assert answer.status_code == 202, answer.text
    return f"/in/venue-bank/deals/{answer.json['id']}"  # type: ignore[index]


def test_v02_the_holder_reads_what_the_space_needs_and_no_more(neighbours: Neighbours) -> None:
    """Twelve teenagers, quietly; neither the pages nor the letter say who or what they are."""
    holder = neighbours.member(HALL, "holder")
    posted(holder, "offer", an_offer(quiet=True, auto_accept=False))
    group = neighbours.member("Kurdish Lantern Class", "seeker")
    shown: Json = {"age_group": "teenage", "activity": "group_class", "quiet": True}
    path = waiting(group, note="Refugee teenagers learn about immigration", **shown)
    who, sent = neighbours.contact(HALL), list[Response]()
    who.page.on("response", lambda answer: sent.append(answer))  # noqa: PLW0108 - needs a function
    for each in ("/home", "/deals", "/calendar", "/messages", path, f"{path}/decline"):
        who.opens(each)
        assert not TELLING.search(who.page.content())
        who.sees_no(str(group.id))
    who.opens(path)
    who.reads("12", "teenage", "group class", "quiet place", "2 Feb 2027", "Checks passed.")
    assert not any(TELLING.search(str(each.headers)) for each in sent)
    letters = [texts(each) for each in neighbours.site.letters(address(HALL))]
    assert letters
    assert not any(TELLING.search(each) or group.id in each for each in letters)
    who.presses("Yes, agree")
    who.reads("Kurdish Lantern Class", "Refugee teenagers learn about immigration")


def test_v05_whole_prices_cheapest_first_and_the_concession(neighbours: Neighbours) -> None:
    """D £10.00, B £20.00; C is to be asked; A is £6.00 over; D reads of a certificate only."""
    caretaker = [{"what": "caretaker", "pence": 1000}]
    for name, price in (
        ("Alder Hall", {"basis": "per_hour", "pence": 800, "charges": caretaker}),
        ("Birch Hall", {"basis": "per_hour", "pence": 1000}),
        ("Cherry Hall", None),
        ("Damson Hall", {"basis": "per_hour", "pence": 1200, "concession_pence": 500}),
    ):
        holder = neighbours.member(name, "holder")
        posted(holder, "offer", an_offer(price=price, auto_accept=False))
    judo = neighbours.member("Amber Judo", "seeker", "concession")
    need = posted(judo, "need", a_need(budget_pence=2000, activity="judo"))
    who = neighbours.contact("Amber Judo")
    who.opens(f"/in/venue-bank/needs/{need}")
    prices = who.page.locator(".cypn-card > p:has-text('£'), .cypn-card > p:has-text('ask')")
    said = " ".join(prices.all_inner_texts())
    assert said.index("£10.00") < said.index("£20.00") < said.index("ask")
    expect(who.page.locator("details").last).to_contain_text("£26.00 a session, £6.00 over")
    assert "£0" not in who.text()
    who.presses("Ask for this")
    path = who.page.url.removeprefix(neighbours.site.base)
    host = neighbours.contact("Damson Hall")
    host.opens(path)
    host.reads("concession certified by the hub", "£10.00")
    host.sees_no("Amber", "low income", "£20.00")


def refusal(who: Person, path: str) -> tuple[int, str]:
    """How *path* is refused, less its tokens, what was typed, and where the menu is."""
    answer = who.page.goto(path)
    assert answer is not None
    said = TOKENS.sub(r"\1", who.page.content()).replace(path, "")
    return answer.status, said.replace(' aria-current="page"', "")


def test_v06_the_unchecked_get_one_refusal_that_says_what_is_missing(
    neighbours: Neighbours,
) -> None:
    """Every page of an exchange, of things that exist and that do not, answers alike."""
    holder = neighbours.member(HALL, "holder")
    offer = posted(holder, "offer", an_offer(auto_accept=False))
    group = neighbours.member("Amber Lane", "seeker")
    need = posted(group, "need", a_need())
    deal = waiting(group)
    neighbours.member("Unchecked Group")
    who = neighbours.contact("Unchecked Group")
    root, deals = "/in/venue-bank", deal.rpartition("/")[0]
    paths = [
        f"{root}/{what}/{each}{more}"
        for what, known, more in (
            ("needs", need, ""), ("mine/offer", offer, ""), ("mine/need", need, ""),
        )
        for each in (known, NOTHING)
    ]  # fmt: skip
    paths += [deal, f"{deal}/decline", f"{deals}/{NOTHING}", f"{deals}/{NOTHING}/decline"]
    refusals = {path: refusal(who, path) for path in paths}
    assert len(set(refusals.values())) == 1
    assert refusals[deal][0] == 403
    who.reads("What is still missing:", "seeker: not checked yet", "holder: not checked yet")
    for path in ("/home", "/post/need", "/post/offer", "/deals", "/calendar", "/listings"):
        who.opens(path)
        who.sees_no(offer, need, HALL, "Amber")
    who.opens("/post/offer")
    who.reads("Not yet", "holder: not checked yet")
    assert who.page.locator("a[href*='/post/space_offer']").count() == 0
    assert neighbours.site.letters(address("Unchecked Group")) == []


def test_v08_leaks_are_refused_beside_the_note_in_any_writing(neighbours: Neighbours) -> None:
    """Four leaks are named where the note is typed; with a Cyrillic A it is caught as well."""
    name = "Amber Lane Youth Club"
    club = neighbours.member(name, "seeker")
    need = posted(club, "need", a_need(note="We sing"))
    who = neighbours.contact(name)
    who.opens(f"/in/venue-bank/mine/need/{need}")
    who.presses("Change it")
    draft = who.page.url
    for typed, leaks in (
        (f"Contact {name} 01632 960001, amber@example.org, amberlane.example", 4),
        ("Contact Аmber Lane Youth Club, oh one six three two, nine six oh oh oh one", 3),
    ):
        who.opens(f"{draft}/questions/note")
        note = who.page.locator("textarea")
        note.fill(typed)
        who.presses("Continue")
        expect(who.page.locator(".govuk-error-summary a")).to_have_count(leaks)
        expect(who.page.locator(".govuk-form-group--error textarea")).to_have_value(typed)
    assert club.get(VENUES, f"/v1/needs/{need}").json["body"]["note"] == "We sing"  # type: ignore[index]


def test_v09_a_holder_has_one_reason_and_three_noes_raise_a_flag(neighbours: Neighbours) -> None:
    """Without the reason nothing is declined, no words can be typed; the desk sees the third."""
    posted(neighbours.member(HALL, "holder"), "offer", an_offer(auto_accept=False))
    who, desk = neighbours.contact(HALL), neighbours.coordinator()
    for number, day in enumerate(("2027-02-02", "2027-02-03", "2027-02-04"), start=1):
        group = neighbours.member(f"Group {'ABC'[number - 1]}", "seeker")
        who.opens(waiting(group, day=day))
        who.follows("That time is not available")
        form = who.page.locator("main form")
        assert form.locator("textarea, select, input[type=text]").count() == 0
        assert form.locator("input[type=radio]").count() == 1
        who.presses("Decline")
        expect(who.page.locator(".govuk-error-summary")).to_be_visible()
        who.chooses("That time is not available to anybody")
        who.presses("Decline")
        expect(who.page.locator(".govuk-error-summary")).to_have_count(0)
        desk.opens("/desk/flags")
        expect(desk.page.locator("main .govuk-tag", has_text="flag")).to_have_count(number // 3)
        desk.sees_no(HALL, "Group A")
    desk.opens("/desk")
    desk.follows("Holders that often say no")
    desk.reads("3 times")
