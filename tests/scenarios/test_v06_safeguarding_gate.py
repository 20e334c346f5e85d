"""V06: who has not passed the checks learns nothing, not even what there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from tests.towns import AREAS, VENUES, Area, a_need, an_offer, is_problem, matches, posted, stored
from werkzeug.test import TestResponse

from cypn_core.domain.standing import CheckOutcome
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
NONE = "0" * 32
NOWHERE = (
    "/v1/calendar.ics", "/v1/feed", "/v1/counts", "/v1/statistics", "/v1/map", "/v1/search?q=hall",
    "/v1/autocomplete?q=ced", "/v1/places", "/v1/listings", "/v1/organisations",
)  # fmt: skip


@pytest.fixture(params=AREAS)
def area(request: pytest.FixtureRequest) -> Area:
    return AREAS[request.param]


@pytest.fixture
def town(store: Store, area: Area) -> Town:
    return Town.on(store, area.hub, NOW)


def everything(member: Member, area: Area, offer: str, need: str) -> Iterator[TestResponse]:
    """Every call there is, on a thing that exists and on one that does not."""
    for path in ("/v1/needs", "/v1/offers", "/v1/deals", "/v1/needs?limit=1", *NOWHERE):
        yield member.get(VENUES, path)
    yield member.get(VENUES, "/v1/needs?after=x&unknown=1")
    yield member.post(VENUES, "/v1/offers", an_offer(place=area.town))
    yield member.post(VENUES, "/v1/needs", a_need(place=area.town))
    yield member.post(VENUES, "/v1/needs", {"kind": "nonsense"}, Idempotency_Key="one")
    yield member.post(VENUES, "/v1/calendar", {})
    for each in (offer, need, NONE, "x"):
        for path in (f"/v1/offers/{each}", f"/v1/needs/{each}", f"/v1/deals/{each}"):
            yield member.get(VENUES, path)
            yield member.send("DELETE", VENUES, path, If_Match='"1"')
        yield member.get(VENUES, f"/v1/needs/{each}/matches")
        yield member.get(VENUES, f"/v1/offers/{each}/calendar.ics")
        yield member.post(VENUES, f"/v1/needs/{each}/asks", {"plan": NONE})
        yield member.send("PUT", VENUES, f"/v1/offers/{each}", an_offer(), If_Match='"1"')
        yield member.post(VENUES, f"/v1/deals/{each}/agree", If_Match='"1"')
        yield member.post(VENUES, f"/v1/deals/{each}/decline", {"code": "x"}, If_Match='"1"')


@pytest.mark.parametrize("outcome", [None, CheckOutcome.PENDING, CheckOutcome.FAILED])
def test_v06_every_call_gets_one_answer(
    town: Town, area: Area, outcome: CheckOutcome | None
) -> None:
    """V06: 403 with one body and one set of headers, whatever is asked for and whatever exists."""
    known = town.member("Cedar Hall", "holder", "seeker", place=area.town)
    offer = posted(known, "offer", an_offer(place=area.town))
    need = posted(known, "need", a_need(place=area.town))
    unchecked = town.member("Unchecked Group", place=area.town)
    if outcome is not None:
        record(town, unchecked, outcome)
    before = stored(town.network.store)
    answers = list(everything(unchecked, area, offer, need))
    assert {(a.status_code, a.data, str(a.headers)) for a in answers} == {
        (answers[0].status_code, answers[0].data, str(answers[0].headers))
    }, [(a.request.path, a.status_code) for a in answers if a.data != answers[0].data]
    problem = is_problem(answers[0], 403)
    assert len(problem["missing"]) == 2
    assert all(any(role in said for role in ("seeker", "holder")) for said in problem["missing"])
    assert stored(town.network.store) == before


def record(town: Town, member: Member, outcome: CheckOutcome) -> None:
    """Record *outcome* on both checklists of *member*."""
    for role in ("seeker", "holder"):
        answer = town.coordinator().post(
            "membership",
            f"/v1/organisations/{member.id}/checks",
            {"role": role, "outcome": outcome.value},
        )
        assert answer.status_code == 201, answer.text


def test_v06_nothing_of_the_unchecked_is_found(town: Town, area: Area) -> None:
    """V06: its offer is not stored, nobody finds it, and nothing reaches its inbox."""
    unchecked = town.member("Unchecked Group", place=area.town)
    is_problem(unchecked.post(VENUES, "/v1/offers", an_offer(place=area.town)), 403)
    checked = town.member("Amber Lane", "seeker", place=area.town)
    need = posted(checked, "need", a_need(place=area.town))
    assert matches(checked, need)["outcome"] == "unmet"
    town.tick()
    assert unchecked.get("membership", "/v1/inbox").json == {"items": [], "next": None}


def test_v06_what_was_posted_is_hidden_once_the_check_lapses(town: Town, area: Area) -> None:
    """V06: the gate is read at every use: after the check's last day nobody finds it."""
    holder = town.member("Cedar Hall", "holder", place=area.town, until=dt.date(2026, 12, 1))
    posted(holder, "offer", an_offer(place=area.town))
    seeker = town.member("Amber Lane", "seeker", place=area.town)
    need = posted(seeker, "need", a_need("2026-11-25", place=area.town))
    assert matches(seeker, need)["full"]
    town.clock.pass_time(days=10)
    need = posted(seeker, "need", a_need("2026-12-09", place=area.town))
    assert matches(seeker, need)["outcome"] == "unmet"
    is_problem(holder.get(VENUES, "/v1/offers"), 403)


def test_v06_its_own_record_stays_open(town: Town, area: Area) -> None:
    """V06: membership still shows the unchecked what the hub holds on it, and what is missing."""
    unchecked = town.member("Unchecked Group", place=area.town)
    assert unchecked.get("membership", "/v1/organisation").status_code == 200
    (about,) = (
        each
        for each in unchecked.get("membership", "/v1").json["exchanges"]  # type: ignore[index]
        if each["name"] == VENUES
    )
    assert len(about["missing_checks"]) == 2
