"""Deals that seekers put together themselves, on their pages: begun, joined, taken on and left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import define, evolve, field, frozen
from tests.browsing import Browser, as_contact, as_coordinator
from tests.sample_gathering import ENOUGH, GATHERING, Shown, together
from tests.towns import PLACE, posted

from cypn_core.exchange import DealView
from cypn_core.hub import Hub
from cypn_core.matching.rules import Context
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_region_northshire import plugin as northshire
from cypn_site.language import languages
from cypn_site.telling.books import entries
from cypn_site.telling.values import Words

NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
THINGS = "things"
WORDS = {
    "open_to_all": "open to all who want one",
    "label.mine": "Hours of yours",
    "label.many": "Many are in it",
    "gather": "Begin a circle",
}


@define
class Circle:
    """Three groups with needs that may go together, and somebody who has what they want."""

    town: Town
    groups: list[Member]
    needs: list[str]

    def visits(self, who: int) -> Browser:
        """The browser of a group, on the page of its need."""
        visitor = as_contact(self.town.network, self.groups[who].id)
        visitor.get(self.need(who))
        return visitor

    def need(self, who: int) -> str:
        """The address of a group's need."""
        return f"/in/{THINGS}/needs/{self.needs[who]}"

    def joined(self) -> list[Browser]:
        """All three are in one deal, and look at it."""
        first, *others = [self.visits(who) for who in range(3)]
        first.press("Begin a circle")
        for each in others:
            each.get(each.path)
            each.press("Join")
        return [first, *others]


def circle_with(store: Store, **changes: Any) -> Circle:
    """A town whose exchange has *changes*."""
    hub = Hub.of(together(**{"words": WORDS, **changes}), northshire)
    town = Town.on(store, hub, NOW)
    groups = [
        town.member(name, "seeker", place=PLACE) for name in ("Ash Row", "Elm Row", "Fir Row")
    ]
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", {"kind": "thing_offer", "auto_accept": True}, THINGS)
    needs = [posted(group, "need", {"kind": "thing_need"}, THINGS) for group in groups]
    return Circle(town, groups, needs)


@pytest.fixture
def circle(store: Store) -> Circle:
    return circle_with(store)


def test_one_begins_and_another_reads_the_book_and_joins(circle: Circle) -> None:
    """In the words of the exchange, and with nothing that names or counts those in it."""
    first, second = circle.visits(0), circle.visits(1)
    assert "Together with others" in second.text
    first.press("Begin a circle")
    assert "It has begun: others may join it now." in first.text
    assert "Open to all who want one." in first.text
    assert "Hours of yours" in first.text
    assert "What is given" not in first.text
    second.get(circle.need(1))
    assert all(said in second.text for said in ("Open to all who want one", "Hours of yours"))
    second.press("Join")
    assert "You are in it now." in second.text
    assert second.path == first.path
    for reader, own in ((first, "Ash Row"), (second, "Elm Row")):
        reader.get(reader.path)
        text = reader.text.replace(own, "")
        assert not any(name in text for name in ("Ash Row", "Elm Row", "Fir Row"))
        assert "Your need<" not in text


def test_the_page_offers_what_can_be_done_now(circle: Circle) -> None:
    """Steps of gathering while it is gathered, the yes where it is asked, the others after."""
    visitors = circle.joined()
    for hours, each in enumerate(visitors, 1):
        assert "Use it up" not in each.text
        assert "Yes, agree" not in each.text
        path = each.path
        each.get(f"{path}/do/put-in")
        each.press("Put hours in", hours=0)
        assert "must be at least 1" in each.text
        each.press("Put hours in", hours=hours)
        assert f">{hours}<" in each.text
    first = visitors[0]
    first.get(first.path)
    assert "Many are in it" in first.text
    first.press("Ask everybody")
    assert "Offered. You are asked: please answer by" in first.text
    assert "Your share: £3.00" in first.text
    for each in visitors:
        each.get(each.path)
        assert ">Ask everybody</button>" not in each.text
        each.press("Yes, agree")
    first.get(first.path)
    assert all(said in first.text for said in ("Shared.", "Elm Row", "Hours of yours"))
    assert "Cancel all of it" in first.text
    first.press("Use it up")
    assert "Used up." in first.text


def test_one_leaves_and_the_others_go_on(circle: Circle) -> None:
    """The page says so before; afterwards the need is open, and may join again."""
    first, second, _ = circle.joined()
    page = first.path
    second.get(f"{page}/cancel")
    assert "The others go on without you." in second.text
    assert "Cancel all of it" not in second.text
    form = second.form("Yes, leave")
    second.send(form)
    assert "You left it. Your need is open again." in second.text
    assert second.path == "/deals"
    second.send(form)
    assert second.here.status_code == 200
    first.get(page)
    assert "Open to all who want one." in first.text
    second.get(circle.need(1))
    second.press("Join")
    assert second.path == page


def test_who_is_asked_out_by_its_own_step_lands_on_a_page(circle: Circle) -> None:
    """Who put nothing in asks the two others: it is in it no more, and finds its list."""
    visitors = circle.joined()
    for each in visitors[:ENOUGH]:
        each.get(f"{each.path}/do/put-in")
        each.press("Put hours in", hours=2)
    last = visitors[-1]
    last.get(last.path)
    last.press("Ask everybody")
    assert (last.path, last.here.status_code) == ("/deals", 200)


def test_only_the_owner_is_offered_it(circle: Circle) -> None:
    """A coordinator who looks is not, one who acts for the group is; a need that waits is not."""
    circle.visits(0).press("Begin a circle")
    looks = as_coordinator(circle.town.network)
    looks.get(circle.need(1))
    assert "Begin a circle" not in looks.text
    waits = circle.visits(0)
    assert "Begin a circle" not in waits.text
    other = circle.visits(2)
    form = other.form("Join")
    form.action = form.action.replace(circle.needs[2], circle.needs[1])
    assert other.send(form).status_code == 404


def test_a_coordinator_who_acts_for_a_group_is_offered_it(circle: Circle) -> None:
    """As the group itself."""
    acts = as_coordinator(circle.town.network, circle.groups[1].id)
    acts.get(circle.need(1))
    acts.press("Begin a circle")
    assert "It has begun" in acts.text


def test_a_form_that_is_sent_twice_begins_once(circle: Circle) -> None:
    """The second sending goes where the first went."""
    visitor = circle.visits(0)
    form = visitor.form("Begin a circle")
    visitor.send(form)
    page = visitor.path
    visitor.send(form)
    assert (visitor.path, visitor.here.status_code) == (page, 200)
    seen = circle.visits(1)
    assert seen.here.text.count('name="deal"') == 1


def test_without_a_word_of_its_own_the_button_is_plain(store: Store) -> None:
    """The site's own words stand in; a forged form begins nothing."""
    plain = circle_with(store, words={})
    visitor = plain.visits(0)
    form = visitor.form("Begin a group that others may join")
    form.data["csrf_token"] = ""
    assert visitor.send(form).status_code == 403


def test_where_nothing_is_gathered_nothing_is_offered(store: Store) -> None:
    """And an address that is guessed leads nowhere."""
    none = circle_with(store, gathering=None, actions=())
    visitor = none.visits(0)
    assert "Together with others" not in visitor.text
    token = visitor.form("").data["csrf_token"]
    answer = visitor.client.post(f"{none.need(0)}/gather", data={"csrf_token": token})
    assert answer.status_code == 404


@frozen(kw_only=True)
class Change:
    """Something that was entered."""

    entered_at: dt.datetime
    cost_pence: int
    code: str = ""


@frozen(kw_only=True)
class Rich(Shown):
    """A book with all that has to be told."""

    budget_pence: int | None = None
    review_date: dt.date | None = None
    roles: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    shares: Mapping[str, int] = field(factory=dict)


def rich(view: DealView, context: Context) -> Rich:
    return Rich(
        mine=0, many=False, budget_pence=12345, review_date=dt.date(2027, 4, 1),
        roles=("lead", "odd_job"),
        changes=(Change(entered_at=NOW, cost_pence=250), Change(entered_at=NOW, cost_pence=90)),
        shares={"lead": 2},
    )  # fmt: skip


def test_a_book_is_told_as_people_write(store: Store) -> None:
    """Money in pounds, days and instants as words, codes by their words, each thing by lines."""
    gathering = evolve(GATHERING, seen=Rich, shown=rich)
    words = {**WORDS, "lead": "lead buyer", "label.changes.cost_pence": "It costs"}
    visitor = circle_with(store, gathering=gathering, words=words).visits(0)
    visitor.press("Begin a circle")
    for said in (
        "£123.45", "Thu 1 Apr 2027", "lead buyer, odd", "It costs: £2.50", "It costs: £0.90",
        "Mon 1 Mar 2027, 09:00", "lead buyer: 2",
    ):  # fmt: skip
        assert said in visitor.text, said


def test_what_a_book_does_not_say_has_no_line() -> None:
    """Empty fields and defaults are left out."""
    words = Words(words={}, language=languages()["en"])
    (told,) = entries(Rich, {"mine": 1, "roles": [], "changes": []}, words, str)
    assert (told.label, told.text, told.rows) == ("Mine", "1", ())
