"""An activity that few share is shown to holders by its category, and no trial turns it around."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, a_need, an_offer, asked, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_venue_bank.codes import Activity, category_of

ENOUGH = 3


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


@pytest.fixture
def holder(town: Town) -> Member:
    holder = town.member("Cedar Hall", "holder", "seeker", place=PLACE)
    posted(holder, "offer", an_offer(auto_accept=False))
    return holder


@pytest.fixture
def judo(town: Town) -> Member:
    return town.member("Amber Judo", "seeker", place=PLACE)


def runs_judo(town: Town, *names: str) -> None:
    """Each of these groups posts a need for judo."""
    for name in names:
        group = town.member(name, "seeker", place=PLACE)
        posted(group, "need", a_need("2027-06-01", activity="judo"))


def asks(judo: Member, day: str, activity: str = "judo") -> str:
    """The group asks for that day: the deal."""
    need = posted(judo, "need", a_need(day, activity=activity))
    return str(asked(judo, need).json["id"])  # type: ignore[index]


def shown(holder: Member, deal: str) -> str:
    """The activity as the holder reads it."""
    found = holder.get(VENUES, f"/v1/deals/{deal}").json
    return str(found["needs"][0]["body"]["activity"])  # type: ignore[index]


def next_month(town: Town) -> None:
    town.clock.now = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)


def test_alone_it_is_sport_and_after_the_yes_judo(town: Town, holder: Member, judo: Member) -> None:
    """The holder reads the category, the group and the coordinator its own code."""
    deal = asks(judo, "2027-02-02")
    assert shown(holder, deal) == "sport"
    assert shown(judo, deal) == shown(town.coordinator(), deal) == "judo"
    agreed = holder.post(VENUES, f"/v1/deals/{deal}/agree", None, If_Match='"2"')
    assert agreed.json["needs"][0]["body"]["activity"] == "judo"  # type: ignore[index]


def test_shared_by_enough_since_last_month_it_is_shown(
    town: Town, holder: Member, judo: Member
) -> None:
    """Three others ran it when the month began; two would not do."""
    runs_judo(town, "Oak", "Elm")
    next_month(town)
    assert shown(holder, asks(judo, "2027-02-02")) == "sport"
    runs_judo(town, "Ash")
    town.clock.now = dt.datetime(2027, 1, 2, 9, tzinfo=dt.UTC)
    assert shown(holder, asks(judo, "2027-02-09")) == "judo"


def test_no_posting_turns_the_category_of_another_into_its_code(
    town: Town, holder: Member, judo: Member
) -> None:
    """However many post judo after it, this month or later: what was shown stays as it was."""
    deal = asks(judo, "2027-02-02")
    runs_judo(town, "Oak", "Elm", "Ash", "Yew")
    assert shown(holder, deal) == "sport"
    assert shown(holder, asks(judo, "2027-02-09")) == "sport"
    next_month(town)
    assert shown(holder, deal) == "sport"
    assert shown(holder, asks(judo, "2027-02-16")) == "judo"


def test_what_enough_shared_stays_shown_when_they_go(
    town: Town, holder: Member, judo: Member
) -> None:
    """Nor does anybody's leaving turn a code into its category: that would tell who left."""
    runs_judo(town, "Oak", "Elm")
    group = town.member("Ash", "seeker", place=PLACE)
    need = posted(group, "need", a_need("2027-06-01", activity="judo"))
    next_month(town)
    deal = asks(judo, "2027-02-02")
    path = f"/v1/needs/{need}"
    group.send("PUT", VENUES, path, a_need("2027-06-01", activity="sport"), If_Match='"1"')
    assert group.send("DELETE", VENUES, path, If_Match='"2"').status_code == 200
    assert shown(holder, deal) == "judo"


def test_the_viewer_does_not_count_itself(town: Town, holder: Member, judo: Member) -> None:
    """A holder that posts the code too is one of those from whom it is hidden."""
    runs_judo(town, "Oak", "Elm")
    posted(holder, "need", a_need("2027-06-01", activity="judo"))
    next_month(town)
    assert shown(holder, asks(judo, "2027-02-02")) == "sport"


def test_the_category_itself_tells_of_nothing_hidden(
    town: Town, holder: Member, judo: Member
) -> None:
    """Who posts the category is shown alike, so that to read it is no sign of anything."""
    assert shown(holder, asks(judo, "2027-02-02")) == "sport"
    assert shown(holder, asks(judo, "2027-02-09", "sport")) == "sport"


@pytest.mark.parametrize("activity", Activity)
def test_a_category_is_an_activity_and_its_own_category(activity: Activity) -> None:
    """There is one step from a code to its category, and each has at least three kinds in it."""
    wider = category_of(activity)
    assert category_of(wider) is wider
    kinds = [each for each in Activity if category_of(each) is wider]
    assert len(kinds) >= ENOUGH
