"""V05 through HTTP: what each side reads of a concession."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from tests.towns import (
    AREAS,
    NOW,
    VENUES,
    Area,
    Json,
    a_need,
    an_offer,
    asked,
    is_problem,
    matches,
    posted,
)

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

JUDO: Json = {"budget_pence": 2000, "activity": "judo", "headcount": 14}


@pytest.fixture(params=AREAS)
def area(request: pytest.FixtureRequest) -> Area:
    return AREAS[request.param]


@pytest.fixture
def town(store: Store, area: Area) -> Town:
    return Town.on(store, area.hub, NOW)


def hall(town: Town, area: Area, name: str, price: Json | None, **more: object) -> Member:
    holder = town.member(name, "holder", place=area.town)
    posted(holder, "offer", an_offer(place=area.town, price=price, **more))
    return holder


def hourly(pence: int, **more: object) -> Json:
    return {"basis": "per_hour", "pence": pence, **more}


def test_v05_cheapest_first_and_the_concession_is_certified(town: Town, area: Area) -> None:
    """V05: D £10.00, B £20.00; C is to be asked for; A is £6.00 over, and all are whole pence."""
    caretaker = [{"what": "caretaker", "pence": 1000}]
    hall(town, area, "A", hourly(800, charges=caretaker))
    hall(town, area, "B", hourly(1000))
    hall(town, area, "C", None)
    hall(town, area, "D", hourly(1200, concession_pence=500))
    judo = town.member("Amber Judo", "seeker", "concession", place=area.town)
    found = matches(judo, posted(judo, "need", a_need(place=area.town, **JUDO)))
    assert [plan["pence"] for plan in found["full"]] == [1000, 2000]
    assert all(type(plan["pence"]) is int for plan in found["full"])
    (to_ask,) = found["partial"]
    assert to_ask["pence"] is None
    assert [missing["code"] for missing in to_ask["missing"]] == ["ask"]
    (over,) = found["refused"]
    assert over == {
        "code": "price",
        "sentence": "It costs £26.00 a session, £6.00 over your budget.",
        "offers": 1,
    }


def test_v05_without_the_certificate_the_price_is_the_full_one(town: Town, area: Area) -> None:
    """V05: nobody certifies itself: the concession is the hub's to record."""
    hall(town, area, "D", hourly(1200, concession_pence=500))
    plain = town.member("Plain Judo", "seeker", place=area.town)
    found = matches(plain, posted(plain, "need", a_need(place=area.town, **JUDO)))
    assert not found["full"]
    record = {"role": "concession", "outcome": "passed"}
    is_problem(plain.post("membership", f"/v1/organisations/{plain.id}/checks", record), 403)


def test_v05_the_holder_reads_that_it_is_certified_and_not_whose(town: Town, area: Area) -> None:
    """V05: in the request it sees the certificate; no income, budget or name is in any byte."""
    holder = hall(town, area, "D", hourly(1200, concession_pence=500), auto_accept=False)
    judo = town.member("Amber Judo", "seeker", "concession", place=area.town)
    need = posted(judo, "need", a_need(place=area.town, note="We are poor", **JUDO))
    deal = asked(judo, need)
    assert deal.status_code == 202
    town.tick()
    answers = [holder.get(VENUES, path) for path in ("/v1/deals", deal.headers["Location"])]
    answers.append(holder.get("membership", "/v1/inbox"))
    told = "\n".join(f"{answer.headers}{answer.text}" for answer in answers)
    assert "concession certified by the hub" in told
    for secret in ("Amber", "poor", "budget_pence", "£20.00", str(judo.id)):
        assert secret not in told, secret
    assert not re.search(r"\b2000\b", told)  # as a word: an id may hold these four digits


def test_v05_a_coordinator_certifies_until_a_day_and_it_lapses_after_it(
    town: Town, area: Area
) -> None:
    """V05: from the record on the lower price; on its last day still; the day after it no more."""
    hall(town, area, "D", hourly(1200, concession_pence=500))
    judo = town.member("Amber Judo", "seeker", place=area.town)
    need = posted(judo, "need", a_need(place=area.town, **JUDO))
    assert not matches(judo, need)["full"]
    record = {"role": "concession", "outcome": "passed", "expires_on": "2026-12-31"}
    path = f"/v1/organisations/{judo.id}/checks"
    answer = town.coordinator().post("membership", path, record)
    assert (answer.status_code, answer.json) == (201, record)
    assert [plan["pence"] for plan in matches(judo, need)["full"]] == [1000]
    town.clock.now = NOW.replace(month=12, day=31)
    assert [plan["pence"] for plan in matches(judo, need)["full"]] == [1000]
    town.clock.pass_time(days=1)
    assert not matches(judo, need)["full"]
    (over,) = matches(judo, need)["refused"]
    assert over["sentence"] == "It costs £24.00 a session, £4.00 over your budget."


def test_v05_what_was_agreed_at_the_lower_price_stays_so(town: Town, area: Area) -> None:
    """V05: a certificate that lapses later changes no agreed price, and suspends nothing."""
    hall(town, area, "D", hourly(1200, concession_pence=500))
    until = dt.date(2026, 12, 31)
    judo = town.member("Amber Judo", "seeker", place=area.town)
    record = {"role": "concession", "outcome": "passed", "expires_on": until.isoformat()}
    town.coordinator().post("membership", f"/v1/organisations/{judo.id}/checks", record)
    deal = asked(judo, posted(judo, "need", a_need(place=area.town, **JUDO)))
    assert deal.status_code == 201
    town.clock.now = NOW.replace(year=2027, month=1, day=5)
    town.tick()
    later = judo.get(VENUES, deal.headers["Location"]).json
    assert (later["state"], later["pence"]) == ("agreed", 1000)  # type: ignore[index]
