"""The coordinator's desk as pages: what is done there, by whom, and who finds nothing there."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.people import hired
from tests.post_office import write_to
from tests.site.visitors import (
    ACTING,
    HOLDER,
    NOBODY,
    OTHER,
    OWNER,
    STAFF,
    UNCHECKED,
    Browser,
    Site,
    form_token,
    peopled,
)
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, a_need, an_offer, asked, inbox, posted
from werkzeug.test import TestResponse

from cypn_core.application import bounces, check
from cypn_core.application.network import SYSTEM
from cypn_core.domain.people import StaffRole
from cypn_core.domain.standing import CheckOutcome, stands
from cypn_core.storage import events, tables
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_site.desk import pages as desk_pages
from cypn_site.pages import Page

PAGES = tuple(desk_pages.pages())
NAMES = [page.name for page in PAGES]
ALSO = {
    **dict.fromkeys(("overrides", "override_confirm", "override_end"), ("trustee",)),
    **dict.fromkeys(("log", "seals"), ("auditor", "trustee")),
}
"""Who may open a page besides coordinators."""
GOOD = """organisation,role,outcome,expires_on
Cedar Hall,holder,passed,2027-09-30
Amber Lane,seeker,passed,
"""


@pytest.fixture
def site(store: Store) -> Site:
    return peopled(Site(Town.on(store, ONLY_VENUES, NOW)))


@pytest.fixture
def desk(site: Site) -> Browser:
    return site.visitor("coordinator")


def shown(page: TestResponse, *said: str) -> str:
    """The text of a page that opened and says all that."""
    assert page.status_code == 200, page.text[:1500]
    for each in said:
        assert each in page.text, (each, page.text)
    return page.text


def sent(visitor: Browser, path: str, seen: str | None = None, **form: Any) -> TestResponse:
    """Send the form of the page *path*, or of *seen* where that shows it."""
    token = form_token(visitor.get(seen or path))
    return visitor.post(path, data={"csrf_token": token, **form})


def followed(visitor: Browser, page: TestResponse) -> TestResponse:
    """Where *page* leads on to."""
    assert page.status_code == 303, page.text[:1500]
    return visitor.get(page.headers["Location"])


def pending(site: Site, name: str, *roles: str) -> Member:
    hall = site.town.member(name, place=PLACE)
    for role in roles:
        with site.town.network.writing() as work:
            check.record(work, SYSTEM, hall.id, role, CheckOutcome.PENDING, None)
    return hall


def path_of(page: Page) -> str:
    """An address of *page*, with ids that nothing has."""
    known = {"exchange": "venue-bank", "role": "holder"}
    return re.sub(r"<(\w+)>", lambda m: known.get(m[1], "0" * 32), page.rule)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_no_page_of_the_desk_opens_for_others(site: Site, page: Page) -> None:
    """Members, the unchecked, and staff in another role get what is not there; others sign in."""
    for who in (NOBODY, UNCHECKED, OTHER, OWNER, *STAFF):
        if who in ALSO.get(page.name, ()) or who == "coordinator":
            continue
        visitor = site.visitor(who)
        for method in page.methods:
            data = {"csrf_token": form_token(visitor.get("/sign-in"))} if method == "POST" else None
            got = visitor.open(path_of(page), method=method, data=data)
            if who == NOBODY:
                assert (got.status_code, "/sign-in" in got.headers["Location"]) == (303, True)
            else:
                assert got.status_code == 404, (who, method, got.status_code)


def test_an_empty_desk_says_that_nothing_waits(desk: Browser) -> None:
    """And where else to go; every page that it leads to opens."""
    text = shown(desk.get("/desk"), "Nothing waits for you")
    links = set(re.findall(r'href="(/(?:desk|log)[^"]*)"', text))
    assert len(links) > 9
    for link in sorted(links):
        shown(desk.get(link), "<h1")


def test_the_desk_shows_what_most_groups_wait_for_first(site: Site, desk: Browser) -> None:
    """Each item with its sentence, what it unlocks, and a link to where it is done."""
    hall = site.town.member("Cedar Hall", "holder", place=PLACE)
    posted(hall, "offer", an_offer())
    with site.town.network.writing() as work:
        check.record(work, SYSTEM, hall.id, "holder", CheckOutcome.PENDING, None)
    pending(site, "Elm Rooms", "holder")
    for who in (OWNER, OTHER):
        posted(site.members[who], "need", a_need())
    text = shown(desk.get("/desk"), "Groups that wait for what it offers: 2")
    assert text.index("Cedar Hall") < text.index("Elm Rooms")
    link = re.search(rf'href="(/desk/checks/{hall.id}/holder)"', text)
    assert link is not None
    shown(desk.get(link[1]), "Cedar Hall", "What to look at")
    only = shown(desk.get("/desk?kind=check_pending"), "Cedar Hall")
    assert 'aria-current="true"' in only


def test_a_check_is_recorded_with_its_checklist_in_sight(site: Site, desk: Browser) -> None:
    """What was found and until when; then the gate is open, and the item is gone."""
    hall = pending(site, "Cedar Hall", "holder")
    site.town.clock.pass_time(days=1)
    path = f"/desk/checks/{hall.id}/holder"
    desk = site.visitor("coordinator")
    page = shown(desk.get(path), "On record", "begun")
    checklist = site.town.network.hub.region.checklist("holder")
    assert checklist is not None
    assert all(item in page.replace("&#39;", "'") for item in checklist.items)
    form = {"version": checklist.version, "outcome": "passed", "expires_on": "2027-09-30"}
    shown(followed(desk, sent(desk, path, **form)), "The check is recorded")
    with site.town.network.reading() as work:
        checks = work.organisations.checks([hall.id])[hall.id]
        assert stands(checks, "holder", work.today) is None
    assert "Cedar Hall" not in shown(desk.get("/desk"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"outcome": ""}, "choose what was found"),
        ({"expires_on": "soon"}, "such as 2027-09-30"),
        ({"expires_on": "2020-01-01"}, "must not be before today"),
        ({"version": "older"}, "has changed"),
    ],
)
def test_a_check_that_cannot_be_is_mended_on_the_page(
    site: Site, desk: Browser, changed: dict[str, str], said: str
) -> None:
    """The error and its mend; nothing is recorded."""
    hall = pending(site, "Cedar Hall", "holder")
    checklist = site.town.network.hub.region.checklist("holder")
    assert checklist is not None
    form = {"version": checklist.version, "outcome": "passed", **changed}
    refused = sent(desk, f"/desk/checks/{hall.id}/holder", **form)
    assert (refused.status_code, said in refused.text) == (422, True)
    assert checks_stored(site, hall) == 1


def checks_stored(site: Site, member: Member) -> int:
    known = tables.standing
    with site.town.network.store.reading() as connection:
        mine = known.c.subject == member.id
        return connection.scalar(select(func.count()).select_from(known).where(mine)) or 0


def upload(desk: Browser, content: str | bytes, name: str = "checks.csv") -> TestResponse:
    body = content.encode() if isinstance(content, str) else content
    return sent(desk, "/desk/checks/list", file=(io.BytesIO(body), name))


def test_a_list_is_looked_at_confirmed_and_recorded_whole(site: Site, desk: Browser) -> None:
    """The page shows what the file says; only the button under it records anything."""
    halls = [site.town.member(name, place=PLACE) for name in ("Cedar Hall", "Amber Lane")]
    page = upload(desk, GOOD)
    text = shown(page, "Record these 2 checks?", "Cedar Hall", "the usual time")
    assert [checks_stored(site, hall) for hall in halls] == [0, 0]
    found = re.search(r'<textarea[^>]*name="content"[^>]*>([^<]*)</textarea>', text)
    assert found is not None
    done = sent(desk, "/desk/checks/list/record", "/desk/checks/list", content=found[1])
    shown(followed(desk, done), "2 checks are recorded")
    assert [checks_stored(site, hall) for hall in halls] == [1, 1]


def test_a_list_with_bad_cells_is_told_cell_by_cell_and_nothing_is_stored(
    site: Site, desk: Browser
) -> None:
    """Row, column and mend of each; sending the second form by hand records nothing either."""
    hall = site.town.member("Cedar Hall", place=PLACE)
    bad = (
        "organisation,role,outcome,expires_on\nCedar Hall,holder,passed,\nNobody,pilot,maybe,soon\n"
    )
    page = upload(desk, bad)
    assert page.status_code == 422
    for said in ("4 things to mend", "no checklist for pilot", "such as 2027-09-30"):
        assert said in page.text
    refused = sent(desk, "/desk/checks/list/record", "/desk/checks/list", content=bad)
    assert refused.status_code == 422
    assert checks_stored(site, hall) == 0


def test_what_is_no_list_is_refused_on_the_page(desk: Browser) -> None:
    """No file, another file, and one that is too long."""
    for content, said in (("colour\nred\n", "lacks"), (b"\xff\xfe", "is not UTF-8")):
        refused = upload(desk, content)
        assert (refused.status_code, said in refused.text) == (422, True)
    assert "choose a file first" in sent(desk, "/desk/checks/list").text
    assert upload(desk, b"x" * 300_000).status_code == 413


def test_the_list_to_fill_in_is_read_again(site: Site, desk: Browser) -> None:
    """Its columns are those that are read; its rows say what is still to be filled in."""
    page = desk.get("/desk/checks/list/template.csv")
    assert page.headers["Content-Type"].startswith("text/csv")
    assert "Owner Lane" in page.text
    assert "there is no checklist for nothing" in upload(desk, page.data).text.lower()


def test_n03_a_need_is_typed_in_by_telephone(site: Site, desk: Browser) -> None:
    """N03: the banner names the group; the need is its own; it is told; both stand in the log."""
    group = site.members[OWNER]
    shown(desk.get("/desk/act-for?name=owner"), "Owner Lane")
    home = followed(desk, sent(desk, "/desk/act-for", group=group.id))
    shown(home, "You are acting for Owner Lane")
    need = site.town.coordinator().post(VENUES, "/v1/needs", a_need(), Cypn_For=group.id)
    site.town.tick()
    assert any("has posted a need for you" in text for text in inbox(group))
    mine = group.get(VENUES, f"/v1/needs/{need.json['id']}")  # type: ignore[index]
    assert mine.status_code == 200
    stopped = sent(desk, "/desk/act-for/stop", "/desk/act-for")
    assert "You are acting for" not in shown(followed(desk, stopped))
    lines = shown(desk.get("/log?fact=acting_began"), "Coordinator", "Owner Lane")
    assert "for Owner Lane" in lines


def test_what_is_typed_on_the_pages_while_acting_is_the_groups(site: Site) -> None:
    """Confirming a need on the group's own page: the coordinator's name and the group's."""
    group, acting = site.members[OWNER], site.visitor(ACTING)
    need = posted(group, "need", a_need())
    path = f"/in/venue-bank/mine/need/{need}/confirm"
    tag = group.get(VENUES, f"/v1/needs/{need}").headers["ETag"].strip('"')
    done = sent(acting, path, "/mine/need", revision=tag)
    assert done.status_code == 303, done.text[:800]
    with site.town.network.reading() as work:
        (event,) = events.told_of(work.connection, need, "need_confirmed")
    assert (event.actor.partition(":")[0], event.for_whom) == ("staff", group.id)


def test_n04_the_chain_of_bounces_is_shown(site: Site, desk: Browser) -> None:
    """N04: one contact, then the other, then the desk says that nobody is reached."""
    hall = site.town.member("Cedar Hall", "holder", place=PLACE)
    write_to(hall, "ada@hall.example.org", "jo@hall.example.org")
    shown(
        followed(desk, sent(desk, "/desk/mail", what="ada@hall.example.org")), "the other contact"
    )
    assert "Cedar Hall" not in shown(desk.get("/desk"))
    with site.town.network.writing() as work:
        bounces.bounce(work, SYSTEM, "jo@hall.example.org")
    shown(desk.get("/desk"), "No mail reaches Cedar Hall")
    shown(desk.get("/desk/mail"), "nobody there is reached", "ring them")
    refused = sent(desk, "/desk/mail", what="nobody@example.org")
    assert (refused.status_code, "no contact of a member" in refused.text) == (422, True)


def test_v09_the_flag_is_shown_and_names_nobody(site: Site, desk: Browser) -> None:
    """V09: three declines; the requests are there to look at, the holder only by un-masking."""
    holder = site.members[HOLDER]
    posted(holder, "offer", an_offer(auto_accept=False))
    for number in (1, 2, 3):
        group = site.town.member(f"Group {number}", "seeker", place=PLACE)
        need = posted(group, "need", a_need(f"2027-02-0{number}"))
        deal = asked(group, need).json["id"]  # type: ignore[index]
        tag = holder.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
        holder.post(VENUES, f"/v1/deals/{deal}/decline", {"code": "unavailable"}, If_Match=tag)
    shown(desk.get("/desk"), "3 times in 90 days")
    text = shown(desk.get("/desk/flags"), ">flag<", "3 times")
    assert "Holder Lane" not in text
    (link,) = re.findall(r'href="(/desk/unmask\?of=\w+)"', text)
    form = {"of": link.rpartition("=")[2], "purpose": "complaint", "because": "Three groups rang."}
    text = shown(sent(desk, "/desk/unmask", **form), "Holder Lane")
    assert "Group 3" not in text


def test_a_request_is_cleared_on_its_page(site: Site, desk: Browser) -> None:
    """With the reason in sight and no name; a yes agrees it, and it waits no more."""
    holder, group = site.members[HOLDER], site.members[OWNER]
    posted(holder, "offer", an_offer(beside=["adults_only"]))
    need = posted(group, "need", a_need(age_group="pre_school"))
    plan = group.get(VENUES, f"/v1/needs/{need}/matches").json["partial"][0]["key"]  # type: ignore[index]
    deal = asked(group, need, plan).json["id"]  # type: ignore[index]
    path = f"/desk/in/venue-bank/deals/{deal}"
    assert path in shown(desk.get("/desk"))
    text = shown(desk.get(path), "Do you agree to this?", "toilets")
    assert not [name for name in ("Owner Lane", "Holder Lane") if name in text]
    revision = re.findall(r'name="revision" value="(\d+)"', text)[0]
    refused = sent(desk, path, revision=revision, code="maybe")
    assert refused.status_code == 422
    shown(followed(desk, sent(desk, path, revision=revision, code="yes")), "Your answer is given")
    assert group.get(VENUES, f"/v1/needs/{need}").json["state"] == "matched"  # type: ignore[index]


def test_a_round_that_is_stuck_shows_who_waits_in_it(site: Site) -> None:
    """The requests in it, without names; the way to the hub's clock."""
    posted(site.members[HOLDER], "offer", an_offer())
    groups = [site.members[who] for who in (OWNER, OTHER)]
    needs = [posted(group, "need", a_need()) for group in groups]
    for group, need in zip(groups, needs, strict=True):
        assert asked(group, need).status_code == 202
    site.town.clock.pass_time(days=9)
    desk = site.visitor("coordinator")
    (link,) = re.findall(r'href="(/desk/rounds/\w+)"', shown(desk.get("/desk?kind=round")))
    text = shown(desk.get(link), "Who waits in it", "/desk/running")
    assert text.count("/desk/in/venue-bank/deals/") == 2
    assert not [name for name in ("Owner Lane", "Other Lane") if name in text]


def test_a_displaced_need_is_shown_with_its_alternatives(site: Site, desk: Browser) -> None:
    """What would meet it, why others do not, and nobody's name."""
    holder, group = site.members[HOLDER], site.members[OWNER]
    offer, need = posted(holder, "offer", an_offer()), posted(group, "need", a_need())
    assert asked(group, need).status_code == 201
    tag = holder.get(VENUES, f"/v1/offers/{offer}").headers["ETag"]
    leaves = {"leaves_on": "2027-01-04"}
    holder.post(VENUES, f"/v1/offers/{offer}/leave", leaves, If_Match=tag)
    posted(site.town.member("Elm Rooms", "holder", place=PLACE), "offer", an_offer())
    small = an_offer(capacity=2)
    posted(site.town.member("Fir Rooms", "holder", place=PLACE), "offer", small)
    path = f"/desk/needs/{need}"
    assert path in shown(desk.get("/desk"))
    text = shown(desk.get(path), "comes first", "What would meet it wholly", "Why the others")
    names = ("Owner Lane", "Holder Lane", "Elm Rooms", "Fir Rooms")
    assert not [name for name in names if name in text]
    assert asked(group, need).status_code == 201
    shown(desk.get(path), "It waits no more")


def test_somebody_is_unmasked_for_a_purpose_and_told(site: Site, desk: Browser) -> None:
    """Not without a purpose and a sentence; then the names, and a message to each."""
    group = site.members[OWNER]
    need = posted(group, "need", a_need(note="We sing in parts"))
    refused = sent(desk, "/desk/unmask", of=need, because="A parent rang about the door.")
    assert refused.status_code == 422
    form = {"of": need, "purpose": "safeguarding", "because": "A parent rang about the door."}
    shown(sent(desk, "/desk/unmask", **form), "Owner Lane", "We sing in parts")
    site.town.tick()
    assert any("A parent rang about the door." in text for text in inbox(group))
    lost = sent(desk, "/desk/unmask", **{**form, "of": "0" * 32})
    assert (lost.status_code, "is not the id" in lost.text) == (422, True)


def test_an_override_takes_two_people_on_the_pages(site: Site, desk: Browser) -> None:
    """Who proposed it is offered no button, and is refused without one; a trustee confirms."""
    hall = site.town.member("Cedar Hall", place=PLACE)
    path = f"/desk/overrides/new/{hall.id}/holder"
    assert sent(desk, path, days="99", reason="emergency").status_code == 422
    page = followed(desk, sent(desk, path, days="3", reason="checker_away"))
    text = shown(page, "Cedar Hall", "somebody else must confirm it")
    (end,) = re.findall(r'action="(/desk/overrides/\w+/end)"', text)
    confirm = end.replace("/end", "/confirm")
    assert confirm not in text
    assert sent(desk, confirm, "/desk/overrides").status_code == 403
    shown(desk.get("/desk"), "waits for another person")
    trustee = site.visitor("trustee")
    shown(trustee.get("/desk/overrides"), "Confirm it")
    shown(followed(trustee, sent(trustee, confirm, "/desk/overrides")), "in force until")
    with site.town.network.reading() as work:
        checks = work.organisations.checks([hall.id])[hall.id]
        assert stands(checks, "holder", work.today) is None
    shown(followed(desk, sent(desk, end, "/desk/overrides")), ">over<")


def test_a_season_is_opened_previewed_closed_and_explained(site: Site, desk: Browser) -> None:
    """From the form to what came of each need; closing asks to be sure first."""
    holder, group = site.members[HOLDER], site.members[OWNER]
    posted(holder, "offer", an_offer())
    wrong = {"exchange": VENUES, "first": "2027-01-04", "until": "2026-01-01", "closes_on": "x"}
    assert sent(desk, "/desk/seasons/new", **wrong).status_code == 422
    form = {
        "exchange": VENUES,
        "first": "2027-01-04",
        "until": "2027-03-01",
        "closes_on": "2026-12-14",
    }
    opened = sent(desk, "/desk/seasons/new", **form)
    shown(followed(desk, opened), "It is open", "Takes needs")
    path = opened.headers["Location"].partition("?")[0]
    when = {
        "first": "2027-01-05",
        "starts": "14:00",
        "ends": "16:00",
        "rrule": "FREQ=WEEKLY;COUNT=5",
    }
    posted(group, "need", a_need(when=when))
    shown(desk.get(f"{path}/preview"), "Would get something", "5 of 5")
    site.town.clock.pass_time(days=23)
    desk = site.visitor("coordinator")
    shown(desk.get("/desk"), "A season waits to be closed", "outcome: 1")
    assert sent(desk, f"{path}/close").status_code == 422
    closed = followed(desk, sent(desk, f"{path}/close", sure="yes"))
    shown(closed, "It is closed", "5 dates", "What came of each need")


def test_the_log_is_read_by_those_who_oversee(site: Site, desk: Browser) -> None:
    """A coordinator reads names of staff; an auditor pseudonyms; a day that is none is mended."""
    hired(site.town.network, StaffRole.COORDINATOR)
    hall = pending(site, "Cedar Hall", "holder")
    shown(desk.get("/log?fact=check_recorded"), "Cedar Hall")
    auditor = site.visitor("auditor")
    text = shown(auditor.get(f"/log?subject={hall.id}"), "Check recorded", "member ")
    assert "Cedar Hall" not in text.replace(hall.id, "")
    for bad in ("/log?day=soon", "/log?before=x", "/log?fact=nothing_like_that"):
        assert desk.get(bad).status_code in {200, 422}
    assert "Nothing like that" in desk.get("/log?fact=nothing_like_that").text


def test_the_log_is_paged(site: Site, desk: Browser) -> None:
    """Fifty lines, then the earlier ones; none twice."""
    with site.town.network.writing() as work:
        for _ in range(60):
            work.log(SYSTEM, "x", "thing_done")
    text = shown(desk.get("/log?fact=thing_done"), "Earlier")
    (more,) = re.findall(r'href="(/log\?[^"]*before[^"]*)"', text)
    rest = shown(desk.get(more.replace("&amp;", "&")))
    assert text.count("Thing done</td>") == 50
    assert rest.count("Thing done</td>") == 10


def test_the_clock_the_mail_and_the_seals_are_shown(site: Site, desk: Browser) -> None:
    """Late until time has passed once, and again when it has not for a while."""
    shown(desk.get("/desk/running"), "Time has never passed")
    site.town.tick()
    shown(desk.get("/desk/running"), ">running<", "Mail is off")
    shown(desk.get("/log/seals"), "Nothing is sealed yet")
    site.town.clock.now += dt.timedelta(days=1)
    desk = site.visitor("coordinator")
    shown(desk.get("/desk/running"), ">late<")
    site.town.tick()
    shown(desk.get("/log/seals"), "Yes.", "as they were sealed")
