"""Hours given for a term: asked about in time, renewed by one tap, ended without one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from attrs import evolve, frozen
from tests.post_office import PostOffice, links, post_office, press, write_to
from tests.towns import (
    ONLY_VENUES,
    PLACE,
    VENUES,
    Json,
    a_need,
    an_offer,
    asked,
    inbox,
    is_problem,
    matches,
    posted,
)
from werkzeug.test import TestResponse

from cypn_core.domain.errors import BadRegion
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

START = dt.datetime(2027, 1, 5, 9, tzinfo=dt.UTC)
ASKED = dt.datetime(2027, 3, 5, 9, tzinfo=dt.UTC)
"""Fourteen days before the last day of the spring term, 19 March."""
SPRING_DAY, SUMMER_DAY, AUTUMN_DAY = "2027-03-16", "2027-04-13", "2027-09-07"
SUBJECT = "Your hours end with the term"
ADDRESS = "ada@hall.example.org"


def hours(*terms: str, rule: str = "FREQ=DAILY") -> Json:
    daily = {"first": "2027-01-05", "starts": "13:00", "ends": "17:00", "rrule": rule}
    return {**daily, "during": list(terms)}


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


@frozen
class Hall:
    """A hall that gives its afternoons for the spring term."""

    town: Town
    office: PostOffice
    holder: Member
    seeker: Member
    offer: str

    def on(self, now: dt.datetime) -> None:
        """Let the hub do what is due at *now*."""
        self.town.clock.now = now
        self.town.tick()

    def renew(self, who: Member | None = None) -> TestResponse:
        """The holder, or *who*, renews it by a key."""
        return (who or self.holder).post(VENUES, f"/v1/offers/{self.offer}/renew")

    def mails(self) -> list[dict[str, str]]:
        """The links of each mail that asked."""
        return [links(each) for each in self.office.letters(ADDRESS) if each["Subject"] == SUBJECT]

    def found(self, day: str) -> bool:
        """Whether the hall is found for that day."""
        need = posted(self.seeker, "need", a_need(day))
        return bool(matches(self.seeker, need)["full"])


@pytest.fixture
def hall(store: Store, office: PostOffice) -> Hall:
    town = Town.on(store, ONLY_VENUES, START, office.carrier())
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    write_to(holder, ADDRESS)
    body = an_offer(hours=[hours("term_spring_2027")])
    return Hall(town, office, holder, seeker, posted(holder, "offer", body))


def test_asked_in_time_and_given_for_the_next_term_by_one_tap(hall: Hall) -> None:
    """One mail fourteen days before, none sooner; yes gives the summer term, and works once."""
    hall.on(ASKED - dt.timedelta(days=1))
    assert hall.mails() == []
    hall.on(ASKED)
    hall.on(ASKED + dt.timedelta(days=1))
    (mail,) = hall.mails()
    assert set(mail) >= {"yes", "no", "later"}
    assert not hall.found(SUMMER_DAY)
    assert "for the next term too" in press(hall.town, mail["yes"]).text
    assert hall.found(SUMMER_DAY)
    assert hall.found(SPRING_DAY)
    assert not hall.found(AUTUMN_DAY)
    assert press(hall.town, mail["yes"]).status_code == 410
    told = hall.holder.get(VENUES, f"/v1/offers/{hall.offer}").json["body"]["hours"]  # type: ignore[index]
    assert [each["during"] for each in told] == [["term_spring_2027", "term_summer_2027"]]


def test_without_an_answer_and_after_a_no_the_hours_end(hall: Hall) -> None:
    """Nothing is given that nobody gave; a no is thanked for and not asked again."""
    hall.on(ASKED)
    (mail,) = hall.mails()
    assert "end with the term" in press(hall.town, mail["no"]).text
    hall.on(dt.datetime(2027, 4, 6, 9, tzinfo=dt.UTC))
    assert len(hall.mails()) == 1
    assert not hall.found(SUMMER_DAY)


def test_a_tap_after_the_term_still_renews(hall: Hall) -> None:
    """For as many days as it was asked before; the term that is over is dropped."""
    hall.on(ASKED)
    (mail,) = hall.mails()
    hall.town.clock.now = dt.datetime(2027, 3, 25, 9, tzinfo=dt.UTC)
    assert press(hall.town, mail["yes"]).status_code == 200
    assert hall.found(SUMMER_DAY)
    told = hall.holder.get(VENUES, f"/v1/offers/{hall.offer}").json["body"]["hours"]  # type: ignore[index]
    assert [each["during"] for each in told] == [["term_summer_2027"]]


def test_one_request_renews_and_a_second_one_gives_no_further_term(hall: Hall) -> None:
    """Without waiting to be asked; the next term has to begin before the one after is given."""
    answer = hall.renew()
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert hall.found(SUMMER_DAY)
    is_problem(hall.renew(), 409)
    assert not hall.found(AUTUMN_DAY)
    hall.on(ASKED)
    assert hall.mails() == []
    hall.town.clock.now = dt.datetime(2027, 4, 6, 9, tzinfo=dt.UTC)
    assert hall.renew().status_code == 200
    assert hall.found(AUTUMN_DAY)


def test_what_is_agreed_stays_as_it_is(hall: Hall) -> None:
    """An offer that cannot be revised while a deal stands on it can still be renewed."""
    deal = asked(hall.seeker, posted(hall.seeker, "need", a_need(SPRING_DAY)))
    assert deal.status_code == 201
    before = hall.seeker.get(VENUES, deal.headers["Location"]).json
    assert hall.renew().status_code == 200
    after = hall.seeker.get(VENUES, deal.headers["Location"]).json
    assert (after["state"], after["dates"]) == (before["state"], before["dates"])  # type: ignore[index]


def test_a_remembered_need_is_woken_by_the_next_term(hall: Hall) -> None:
    """Whoever waits for a day of the summer term is told once the hours are there."""
    posted(hall.seeker, "need", a_need(SUMMER_DAY))
    hall.on(START + dt.timedelta(days=1))
    hall.renew()
    hall.town.tick()
    assert any("What you asked for has come up" in each for each in inbox(hall.seeker))


@pytest.mark.parametrize(
    "given",
    [
        hours(),
        hours("terms"),
        hours("term_autumn_2029"),
        hours("term_spring_2027", rule="FREQ=WEEKLY;UNTIL=20270319"),
    ],
)
def test_hours_without_a_next_term_cannot_be_renewed(hall: Hall, given: Json) -> None:
    """For no term, for all, for the last that is known, by a rule that ends: 409, nobody asked."""
    body = an_offer(hours=[given])
    answer = hall.holder.send("PUT", VENUES, f"/v1/offers/{hall.offer}", body, If_Match='"1"')
    assert answer.status_code == 200, answer.text
    told = is_problem(hall.renew(), 409)
    assert "You can revise its hours" in told["detail"]
    hall.on(ASKED)
    assert hall.mails() == []


def test_only_its_holder_renews_an_offer(hall: Hall) -> None:
    """Somebody else's is 404, a withdrawn one 409."""
    is_problem(hall.renew(hall.seeker), 404)
    gone = hall.holder.send("DELETE", VENUES, f"/v1/offers/{hall.offer}", If_Match='"1"')
    assert gone.status_code == 200
    is_problem(hall.renew(), 409)


@pytest.mark.parametrize(
    ("code", "said"),
    [("nowhere", "there is no calendar nowhere"), ("term_spring_2026", "does not come after it")],
)
def test_a_region_whose_terms_do_not_follow_is_refused(code: str, said: str) -> None:
    """The field of the region's file is named."""
    region = ONLY_VENUES.region
    wrong = evolve(region.calendars["term_spring_2027"], followed_by=code)
    with pytest.raises(BadRegion, match=said) as refused:
        evolve(region, calendars={**region.calendars, wrong.code: wrong})
    assert "followed_by" in str(refused.value)
