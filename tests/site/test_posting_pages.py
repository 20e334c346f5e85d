"""Posting on the pages: one question a screen for every kind, and what one has posted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import frozen
from tests.browsing import Browser, as_contact, as_coordinator
from tests.fitting import ALWAYS, driver, escort, outing, purchase, quote, vehicle
from tests.sites import EXCHANGES, HUB, KINDS, REGION
from tests.towns import NOW, PLACE, a_need, an_offer, inbox, posted

from cypn_core.domain.ids import PostingId
from cypn_core.domain.leaks import SENTENCES, Leak
from cypn_core.domain.postings import Posting
from cypn_core.storage import events
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_core.web.schemas import load_one_of
from cypn_core.wire.converter import converter_for
from cypn_site.forms import inputs, questions

ROLES = tuple(sorted({role for each in HUB.exchanges.values() for role in each.checklists}))
NAME = "Amber Lane Youth Club"
LEAKY = "Contact Amber Lane Youth Club 01632 960001, amber@example.org, amberlane.example"
MOST_QUESTIONS = 8
CONVERTER = converter_for(HUB.kinds())
WEEKLY = {"first": "2027-02-02", "starts": "14:00", "ends": "16:00", "rrule": "FREQ=WEEKLY;COUNT=3"}

BODIES: Mapping[str, dict[str, Any]] = {
    str(each["kind"]): each
    for each in (
        a_need(
            when=WEEKLY, note='"Sing" & <script>', must=["kitchen"], budget_pence=1250, quiet=True,
            or_when=[{**WEEKLY, "first": "2027-02-03"}],
        ),
        {"kind": "storage_need", "place": PLACE, "starts_on": "2027-01-11", "months": 6,
         "area_m2": 4},
        an_offer(
            facilities=["kitchen"], closes_on=["bank_holidays"], parts=["upper", "lower"],
            house_rules=[{"forbids": "loud_music", "published": "2026-01-31"}],
            price={"basis": "per_hour", "pence": 805,
                   "charges": [{"what": "caretaker", "pence": 1000}]},
        ),
        {"kind": "storage_offer", "place": PLACE, "area_m2": 10, "available_from": "2027-01-01"},
        outing(
            away={"arrives": "14:45", "back_from": "16:00"}, child_seats={"booster": 2},
            repeats={"every": "fortnightly", "until": "2027-02-28",
                     "except_dates": ["2026-12-07"]},
        ),
        vehicle(layouts=[{"seats": 14}, {"seats": 8, "wheelchairs": 2}]),
        driver(),
        escort(),
        purchase(),
        quote(),
        {"kind": "training_need", "subject": "first_aid", "learners": 4},
        {"kind": "teaching_offer", "subject": "first_aid", "groups": 2},
        {"kind": "course_offer", "subject": "fundraising", "seats": 9, "auto_accept": False},
    )
}  # fmt: skip


@frozen
class Setting:
    """A town with one checked group, and the browser of its contact."""

    town: Town
    group: Member
    browser: Browser

    def stored(self, posting: str) -> Posting:
        """The posting as it is stored."""
        with self.town.network.reading() as work:
            return work.postings.get(PostingId(posting))


@pytest.fixture
def at(store: Store) -> Setting:
    town = Town.on(store, HUB, NOW)
    group = town.member(NAME, *ROLES, place=PLACE)
    return Setting(town, group, as_contact(town.network, group.id))


def fill(
    browser: Browser, name: str, said: Mapping[str, list[str]], button: str = "Continue"
) -> int:
    """Answer the open question with *said* and nothing else; the status."""
    form = browser.form(button)
    for each in list(form.data):
        if re.fullmatch(re.escape(name) + r"([.\[].*)?", each):
            form.data.setlist(each, [])
    for each, values in said.items():
        form.data.setlist(each, values)
    return browser.send(form).status_code


def begin(browser: Browser, kind: str) -> str:
    """Start a draft of *kind*; the address of the draft."""
    exchange = next(each for cls, each in EXCHANGES.items() if cls.kind == kind)
    browser.get(f"/in/{exchange.slug}/post/{kind}")
    assert browser.here.status_code == 200, browser.text
    browser.press("Start")
    return browser.path.partition("/questions/")[0]


def answered(browser: Browser, body: Mapping[str, Any]) -> tuple[str, int]:
    """Answer all that *body* says on the pages: the draft's address, how many had to be."""
    kind = next(cls for cls in KINDS if cls.kind == body["kind"])
    asked = {each.name: each for each in questions(kind, EXCHANGES[kind].words, REGION)}
    draft, seen = begin(browser, body["kind"]), list[str]()
    while "/questions/" in browser.path:
        name = browser.path.rpartition("/")[2]
        seen.append(name)
        assert fill(browser, name, inputs(asked[name], whole(kind, body)[name])) == 200, (
            browser.text
        )
    for name in set(body) - set(seen) - {"kind"}:
        browser.get(f"{draft}/questions/{name}")
        said = inputs(asked[name], whole(kind, body)[name])
        assert fill(browser, name, said) == 200, browser.text
    assert browser.path == draft
    return draft, len(seen)


def whole(kind: type[Any], body: Mapping[str, Any]) -> Any:
    """*body* with all that it has by default, as the hub writes it."""
    return CONVERTER.write(load_one_of(EXCHANGES[kind].kinds, body))


@pytest.mark.parametrize("kind", [each.kind for each in KINDS])
def test_n03_every_kind_is_posted_page_by_page(at: Setting, kind: str) -> None:
    """N03: at most eight questions must be answered; what is stored is what was typed."""
    body = BODIES[kind]
    _, screens = answered(at.browser, body)
    assert screens <= MOST_QUESTIONS
    at.browser.press("Post it")
    assert at.browser.here.status_code == 200, at.browser.text
    assert "What happens next" in at.browser.text
    posting = at.stored(at.browser.path.split("/")[-2])
    assert posting.organisation == at.group.id
    assert posting.body == load_one_of(EXCHANGES[type(posting.body)].kinds, body)


def test_v08_leaks_are_named_beside_the_note(at: Setting) -> None:
    """V08: 422 with four leaks by the field and in the summary, linked; nothing is kept of them."""
    draft = begin(at.browser, "space_need")
    at.browser.get(f"{draft}/questions/note")
    assert fill(at.browser, "note", {"note": [LEAKY]}) == 422
    message = at.browser.here.text.split('id="note-error"')[1].split("</p>")[0]
    summary = at.browser.here.text.split("govuk-error-summary__list")[1].split("</ul>")[0]
    for leak in (Leak.MAIL, Leak.PHONE, Leak.URL, Leak.NAME):
        assert SENTENCES[leak] in message
        assert SENTENCES[leak] in summary
    assert 'href="#note"' in summary
    assert 'id="note"' in at.browser.here.text
    at.browser.get(f"{draft}/questions/note")
    assert "960001" not in at.browser.text


def test_t08_an_objection_lands_beside_its_answer(at: Setting) -> None:
    """What a plugin objects to once all is known is told at the answer and links to its input."""
    draft, _ = answered(at.browser, outing(children=40, adults=1))
    at.browser.press("Post it")
    assert at.browser.here.status_code == 422
    row = at.browser.here.text.split('id="adults"')[1].split("</div>")[0]
    assert "must be at least" in row
    assert f'{draft}/questions/adults#adults"' in at.browser.here.text
    at.browser.get(f"{draft}/questions/adults")
    fill(at.browser, "adults", {"adults": ["10"]})
    at.browser.press("Post it")
    assert "What happens next" in at.browser.text


def test_what_contradicts_another_answer_is_told_on_the_last_page(at: Setting) -> None:
    """The constructor's complaint about a part of a field stands at that field."""
    body = an_offer(facilities=["kitchen"], no_facilities=["kitchen"])
    with pytest.raises(Exception, match="no_facilities"):
        load_one_of(HUB.exchange("venue_bank").kinds, body)
    draft, _ = answered(at.browser, an_offer(facilities=["kitchen"]))
    at.browser.get(f"{draft}/questions/no_facilities")
    fill(at.browser, "no_facilities", {"no_facilities": ["kitchen"]})
    at.browser.press("Post it")
    assert at.browser.here.status_code == 422
    assert "must not name what facilities names" in at.browser.text


@pytest.mark.parametrize(
    ("name", "said", "anchor"),
    [
        ("place", {"place": ["Atlantis"]}, "place"),
        ("place", {"place": [""]}, "place"),
        ("headcount", {"headcount": ["1" + "0" * 40]}, "headcount"),
        ("note", {"note": ["\0"]}, "note"),
        ("budget_pence", {"budget_pence": ["1,50"]}, "budget-pence"),
        ("when", {"when.first.day": ["31"], "when.first.month": ["2"], "when.first.year": ["2027"],
                  "when.starts": ["25:99"], "when.ends": ["16:00"], "when.repeats": ["once"]},
         "when-first"),
    ],
)  # fmt: skip
def test_bad_input_is_shown_again_with_what_to_mend(
    at: Setting, name: str, said: dict[str, list[str]], anchor: str
) -> None:
    """422, the summary links to an input that is there, and what was typed is still there."""
    draft = begin(at.browser, "space_need")
    at.browser.get(f"{draft}/questions/{name}")
    assert fill(at.browser, name, said) == 422
    page = at.browser.here.text
    assert f'href="#{anchor}"' in page
    assert f'id="{anchor}"' in page
    assert "govuk-error-message" in page
    kept = at.browser.form("Continue").data
    assert all(
        kept.getlist(each) == values for each, values in said.items() if "\0" not in values[0]
    )


def test_lists_grow_and_shrink_without_a_script(at: Setting) -> None:
    """One more keeps what was typed, one less takes a row away, and empty rows say nothing."""
    draft = begin(at.browser, "vehicle_offer")
    at.browser.get(f"{draft}/questions/layouts")
    form = at.browser.form("Add another")
    form.data["layouts[0].seats"] = "14"
    form.data["add"] = "layouts"
    assert at.browser.send(form).status_code == 200
    form = at.browser.form("Add another")
    assert form.data["layouts[0].seats"] == "14"
    form.data["layouts[1].seats"], form.data["add"] = "8", "layouts"
    at.browser.send(form)
    form = at.browser.form("Remove this one")
    assert "layouts[2].seats" in form.data
    form.data["remove"] = "layouts[0]"
    at.browser.send(form)
    at.browser.press("Continue")
    at.browser.get(f"{draft}/questions/layouts")
    form = at.browser.form("Continue")
    assert [form.data[f"layouts[{n}].seats"] for n in (0,)] == ["8"]
    assert "layouts[1].seats" not in form.data


def test_an_optional_answer_can_be_left_out_again(at: Setting) -> None:
    """Then the default counts, whatever was said before."""
    draft, _ = answered(at.browser, a_need(space_types=["hall"]))
    at.browser.get(f"{draft}/questions/space_types")
    form = at.browser.form("Leave it out")
    form.data["leave_out"] = "1"
    at.browser.send(form)
    at.browser.press("Post it")
    body = at.stored(at.browser.path.split("/")[-2]).body
    assert len(body.space_types) > 1  # type: ignore[union-attr]


def test_a_draft_waits_while_the_phone_is_away(at: Setting) -> None:
    """It is found again where one posts, and thrown away with one tap."""
    draft = begin(at.browser, "space_need")
    fill(at.browser, "place", {"place": [PLACE]})
    again = as_contact(at.town.network, at.group.id)
    again.get("/post/need")
    assert draft in again.text
    again.get(draft)
    assert again.path == f"{draft}/questions/when"
    at.browser.get(f"{draft}/questions/place")
    assert f'value="{PLACE}"' in at.browser.text


def test_nobody_else_opens_a_draft(at: Setting) -> None:
    """Another group, and a coordinator who acts for this one, find nothing there."""
    draft, _ = answered(at.browser, a_need())
    other = at.town.member("Cedar Hall", *ROLES, place=PLACE)
    for someone in (
        as_contact(at.town.network, other.id),
        as_coordinator(at.town.network, at.group.id),
    ):
        for path in (draft, f"{draft}/questions/place"):
            assert someone.get(path).status_code == 404
            assert PLACE not in someone.text


def test_the_gate_stands_before_the_first_question(at: Setting) -> None:
    """Who is not checked sees what is missing, and no question; a partly checked group too."""
    nobody = at.town.member("Elm Row", place=PLACE)
    browser = as_contact(at.town.network, nobody.id)
    assert browser.get("/in/venue-bank/post/space_need").status_code == 403
    assert browser.get("/post/need").status_code == 200
    assert "Not yet" in browser.text
    holder = at.town.member("Fir Hall", "holder", place=PLACE)
    browser = as_contact(at.town.network, holder.id)
    browser.get("/in/venue-bank/post/space_offer")
    form = browser.form("Start")
    form.action = "/in/venue-bank/post/space_need"
    assert browser.send(form).status_code == 403


def test_the_same_form_sent_twice_posts_once(at: Setting) -> None:
    """A second tap on "Post it" leads to the same page and makes nothing new."""
    answered(at.browser, a_need())
    form = at.browser.form("Post it")
    at.browser.send(form)
    first = at.browser.path
    at.browser.send(form)
    assert at.browser.path == first
    with at.town.network.reading() as work:
        assert len(work.postings.mine(at.group.id, "venue_bank", "need")) == 1


def test_a_token_that_no_form_has_is_no_token(at: Setting) -> None:
    """What is not made by the site is not looked up: no traceback on either store."""
    answered(at.browser, a_need())
    form = at.browser.form("Post it")
    form.data["once"] = "\0"
    form.data["revision"] = "9" * 5000
    assert at.browser.send(form).status_code == 200
    assert "What happens next" in at.browser.text


def test_markup_is_inert(at: Setting) -> None:
    """A script in a note is shown as it was typed, on every page that shows it."""
    script = "<script>alert(1)</script>"
    draft, _ = answered(at.browser, a_need(note=script))
    assert script not in at.browser.here.text
    assert script in at.browser.text
    at.browser.get(f"{draft}/questions/note")
    assert script not in at.browser.here.text
    at.browser.get(draft)
    at.browser.press("Post it")
    need = at.browser.path.split("/")[-2]
    for path in (f"/in/venue-bank/mine/need/{need}", "/mine/need"):
        at.browser.get(path)
        assert at.browser.here.status_code == 200
        assert "<script" not in at.browser.here.text


def test_a_change_saves_what_was_changed(at: Setting) -> None:
    """One answer changed, the others as they were; the list says where it stands."""
    need = posted(at.group, "need", a_need(note="We sing"))
    at.browser.get(f"/in/venue-bank/mine/need/{need}")
    at.browser.press("Change it")
    draft = at.browser.path
    at.browser.get(f"{draft}/questions/headcount")
    fill(at.browser, "headcount", {"headcount": ["14"]})
    at.browser.press("Save the change")
    stored = at.stored(need)
    assert (stored.revision, stored.body.note, stored.body.people) == (2, "We sing", 14)  # type: ignore[union-attr]
    at.browser.get("/mine/need")
    assert "Open until" in at.browser.text


def test_a_conflict_shows_what_differs_and_loses_nothing(at: Setting) -> None:
    """409 with both versions; sending once more is a choice made knowingly."""
    need = posted(at.group, "need", a_need())
    at.browser.get(f"/in/venue-bank/mine/need/{need}")
    at.browser.press("Change it")
    draft = at.browser.path
    at.browser.get(f"{draft}/questions/headcount")
    fill(at.browser, "headcount", {"headcount": ["14"]})
    path = f"/v1/needs/{need}"
    put = at.group.send("PUT", "venue_bank", path, a_need(headcount=19), If_Match='"1"')
    assert put.status_code == 200
    at.browser.press("Save the change")
    assert at.browser.here.status_code == 409
    table = at.browser.here.text.split("<table")[1].split("</table>")[0]
    assert ">19<" in table
    assert ">14<" in table
    assert at.stored(need).revision == 2
    at.browser.press("Save the change")
    assert at.stored(need).body.people == 14  # type: ignore[union-attr]


def test_last_terms_offer_is_copied(at: Setting) -> None:
    """The hours lie in the next term, everything is shown, and nothing is posted by itself."""
    hours = {"first": "2026-09-08", "starts": "10:00", "ends": "12:00", "rrule": "FREQ=WEEKLY",
             "during": ["term_autumn_2026"]}  # fmt: skip
    offer = posted(at.group, "offer", an_offer(hours=[hours]))
    at.browser.get("/in/venue-bank/post/space_offer")
    at.browser.press("Copy this one")
    assert "Spring term 2027" in at.browser.text
    with at.town.network.reading() as work:
        assert len(work.postings.mine(at.group.id, "venue_bank", "offer")) == 1
    at.browser.press("Post it")
    copy = at.stored(at.browser.path.split("/")[-2])
    assert copy.id != offer
    assert copy.body.hours[0].during == ("term_spring_2027",)  # type: ignore[union-attr]


def test_taken_back_and_still_available(at: Setting) -> None:
    """One tap says that it still holds; taking back asks first and minds the revision."""
    offer = posted(at.group, "offer", an_offer())
    at.town.clock.pass_time(days=91)
    browser = as_contact(at.town.network, at.group.id)
    browser.get("/mine/offer")
    assert "Hidden" in browser.text
    browser.press("It still holds")
    assert at.stored(offer).fresh_until > at.town.clock()
    browser.get(f"/in/venue-bank/mine/offer/{offer}/withdraw")
    stale = browser.form("Take it back")
    stale.data["revision"] = "1"
    assert browser.send(stale).status_code == 412
    browser.get(f"/in/venue-bank/mine/offer/{offer}/withdraw")
    browser.press("Take it back")
    assert "Taken back" in browser.text
    assert at.stored(offer).state.value == "withdrawn"


def test_n03_a_coordinator_posts_for_a_group(at: Setting) -> None:
    """N03: the group owns it, is told, and mends it by itself; the log has both."""
    desk = as_coordinator(at.town.network, at.group.id)
    answered(desk, a_need())
    assert "You are acting for" in desk.text
    desk.press("Post it")
    assert "both your names stand in the log" in desk.text
    need = desk.path.split("/")[-2]
    at.town.tick()
    assert any(each.startswith("Posted for you") for each in inbox(at.group))
    with at.town.network.reading() as work:
        (event,) = events.told_of(work.connection, need, "need_posted")
    assert event.actor.startswith("staff:")
    assert event.for_whom == at.group.id
    at.browser.get(f"/in/venue-bank/mine/need/{need}")
    at.browser.press("Change it")
    at.browser.get(f"{at.browser.path}/questions/headcount")
    fill(at.browser, "headcount", {"headcount": ["9"]})
    at.browser.press("Save the change")
    assert at.stored(need).body.people == 9  # type: ignore[union-attr]


def test_a_coordinator_who_acts_for_nobody_posts_nothing(at: Setting) -> None:
    """These pages are for members, and for who acts for one."""
    desk = as_coordinator(at.town.network)
    assert desk.get("/post/need").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/post/neither", "/mine/neither", "/in/venue-bank/post/nothing", "/in/nowhere/post/x",
        "/in/venue-bank/drafts/none", "/in/venue-bank/drafts/none/questions/place",
        "/in/venue-bank/mine/need/none", "/in/venue-bank/mine/offer/%00", "/mine/need%ed%a0%80",
    ],
)  # fmt: skip
def test_what_is_not_there_is_404(at: Setting, path: str) -> None:
    """No traceback, whatever the address says."""
    assert at.browser.get(path).status_code == 404


def test_hours_that_hold_always_are_kept(at: Setting) -> None:
    """A body from the API is shown and saved without a change, which only confirms it."""
    offer = posted(at.group, "offer", an_offer(hours=ALWAYS))
    before = at.stored(offer)
    at.browser.get(f"/in/venue-bank/mine/offer/{offer}")
    at.browser.press("Change it")
    at.browser.press("Save the change")
    after = at.stored(offer)
    assert (after.body, after.revision) == (before.body, 2)
