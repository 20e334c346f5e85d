"""The near misses shown are the cheapest that work, and each can be posted and agreed."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.towns import (
    NOW,
    ONLY_VENUES,
    PLACE,
    VENUES,
    Json,
    a_need,
    an_offer,
    asked,
    matches,
    posted,
)

from cypn_core.domain.ids import PostingId
from cypn_core.domain.postings import Need
from cypn_core.storage.engine import open_store
from cypn_core.testing.stores import BOTH, NewStore
from cypn_core.testing.town import Member, Town
from cypn_venue_bank.relaxations import relaxations

EXAMPLES = 10
TOMORROW = dt.date(2026, 11, 23)
"""A day or two earlier than this is over, or has begun."""
LATER = dt.date(2027, 1, 5)


@frozen
class Case:
    """Halls, and a need that they may or may not fit."""

    offers: tuple[Json, ...]
    need: Json


@st.composite
def halls(draw: st.DrawFn, week: dt.date) -> Json:
    """A hall for the days around *week* that is shut on some of them and lacks some things."""
    gone = draw(st.sets(st.integers(0, 3)))
    hours = {
        "first": str(week - dt.timedelta(days=4)),
        "starts": draw(st.sampled_from(["13:00", "14:30"])),
        "ends": draw(st.sampled_from(["15:30", "16:00", "17:00"])),
        "rrule": f"FREQ=DAILY;UNTIL={week + dt.timedelta(days=32):%Y%m%d}",
        "except_dates": [str(week + dt.timedelta(weeks=each)) for each in sorted(gone)],
    }
    facilities = draw(st.sampled_from([[], ["stage"]]))
    return an_offer(hours=[hours], facilities=facilities)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Up to three halls and a need of four weeks, with other times that would do or without."""
    week = draw(st.sampled_from([TOMORROW, LATER]))
    when = {"first": str(week), "starts": "14:00", "ends": "16:00", "rrule": "FREQ=WEEKLY;COUNT=4"}
    other = {**when, "first": str(week + dt.timedelta(days=1)), "starts": "13:30", "ends": "15:30"}
    need = a_need(
        when=when,
        must=draw(st.sampled_from([["stage"], []])),
        or_when=draw(st.sampled_from([[], [other]])),
    )
    offers = draw(st.lists(halls(week), min_size=1, max_size=3))
    return Case(tuple(offers), need)


@pytest.mark.parametrize("dialect", BOTH)
def test_near_misses_are_the_cheapest_that_work(dialect: str, new_store: NewStore) -> None:
    """Each that is shown is agreed as it stands, and of all that are declared none is cheaper."""
    tried = []

    @settings(max_examples=EXAMPLES)
    @given(case=cases())
    def holds(case: Case) -> None:
        with open_store(new_store(dialect)) as store:
            town = Town.on(store, ONLY_VENUES, NOW)
            for number, offer in enumerate(case.offers):
                holder = town.member(f"Hall {number}", "holder", place=PLACE)
                posted(holder, "offer", offer)
            seeker = town.member("Amber Lane", "seeker", place=PLACE)
            need = posted(seeker, "need", case.need)
            found = matches(seeker, need)
            shown = [(each["sentence"], each["need"]) for each in found["near"]]
            cheapest = [] if found["full"] else cheapest_that_work(town, need)
            assert [said for said, _ in shown] == cheapest
            for _, body in shown:
                is_agreed(seeker, body)
            tried.extend(shown)

    holds()
    assert len(tried) > EXAMPLES


def cheapest_that_work(town: Town, need: str) -> list[str]:
    """The sentences of the cheapest relaxations that are met in full, each tried as a need."""
    with town.network.reading() as work:
        wanted = work.postings.get(PostingId(need)).body
    assert isinstance(wanted, Need)
    region = town.network.hub.region
    prober = town.member("Birch Close", "seeker", place=PLACE)
    works = []
    for each in relaxations(wanted):
        if min(window.start for window in each.body.windows(region)) >= NOW:
            probe = posted(prober, "need", town.network.converter.write(each.body))
            if matches(prober, probe)["full"]:
                works.append((each.cost, each.sentence))
            withdrawn(prober, f"/v1/needs/{probe}")
    return [sentence for _, sentence in sorted(works)[: region.settings.near_misses]]


def is_agreed(seeker: Member, body: Json) -> None:
    """Posted and asked for, *body* is agreed at once; all of it is taken back at the end."""
    need = posted(seeker, "need", body)
    deal = asked(seeker, need)
    assert deal.status_code == 201, deal.text
    told: Json = deal.json  # type: ignore[assignment]
    assert told["state"] == "agreed"
    path = f"/v1/deals/{told['id']}"
    tag = seeker.get(VENUES, path).headers["ETag"]
    assert seeker.post(VENUES, f"{path}/cancel", If_Match=tag).status_code == 200
    withdrawn(seeker, f"/v1/needs/{need}")


def withdrawn(seeker: Member, path: str) -> None:
    """What stands at *path* is wanted no more."""
    tag = seeker.get(VENUES, path).headers["ETag"]
    gone = seeker.send("DELETE", VENUES, path, If_Match=tag)
    assert gone.status_code == 200, gone.text
