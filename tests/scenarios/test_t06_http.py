"""T06 through HTTP: affordable means the whole price, and what was too dear is counted."""

from __future__ import annotations

import pytest
from tests.fitting import outing, vehicle
from tests.towns import ALL, NOW, PLACE, Json, asked, inbox, matches, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

TRANSPORT = "transport"
NONE = {"hire_pence": 0, "fuel_pence": 0, "distance_pence": 0, "insurance_pence": 0}
QUOTE_1 = {**NONE, "fuel_pence": 3124, "insurance_pence": 1200, "driver_pence": 1100}
QUOTE_2 = {**NONE, "hire_pence": 7800, "driver_pence": 0}
QUOTE_3 = {"hire_pence": 4000, "fuel_pence": 0, "distance_pence": 0, "driver_pence": 0}


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ALL, NOW)


def quoted(town: Town, name: str, rates: Json) -> tuple[Member, str]:
    """Somebody who lends a minibus with its driver at *rates*, and the offer."""
    owner = town.member(name, "holder", place=PLACE)
    body = vehicle(comes_with_driver=True, rates=rates)
    return owner, posted(owner, "offer", body, TRANSPORT)


def wanted(town: Town, name: str = "Amber Lane") -> tuple[Member, str]:
    """A group with £60.00, and its outing."""
    group = town.member(name, "seeker", place=PLACE)
    return group, posted(group, "need", outing(budget_pence=6000), TRANSPORT)


def test_t06_of_three_quotes_the_one_that_is_whole_and_within_the_budget(town: Town) -> None:
    """£54.24 is agreed with its lines; £78.00 is £18.00 over; from £40 says what to ask about."""
    owner, one = quoted(town, "Alder", QUOTE_1)
    quoted(town, "Birch", QUOTE_2)
    _, three = quoted(town, "Cedar", QUOTE_3)
    group, need = wanted(town)
    found = matches(group, need, TRANSPORT)
    (plan,) = found["full"]
    lines = {line["label"]: line["pence"] for line in plan["legs"][0]["lines"]}
    assert (plan["legs"][0]["offer"], plan["pence"]) == (one, 5424)
    assert lines == {"fuel": 3124, "insurance": 1200, "driver's expenses": 1100}
    (unknown,) = found["partial"]
    assert (unknown["legs"][0]["offer"], unknown["pence"]) == (three, None)
    assert "insurance" in unknown["missing"][0]["sentence"]
    (dear,) = [each for each in found["refused"] if each["code"] == "price"]
    assert "£18.00 over" in dear["sentence"]
    deal = asked(group, need, plan["key"], TRANSPORT)
    assert deal.status_code == 201, deal.text
    shown = owner.get(TRANSPORT, f"/v1/deals/{deal.json['id']}").json  # type: ignore[index]
    assert shown["pence"] == 5424  # type: ignore[index]


def test_t06_the_holder_does_not_read_what_the_group_has(town: Town) -> None:
    """Neither its offers, its deals nor its inbox hold the budget or the gap."""
    owner, offer = quoted(town, "Birch", QUOTE_2)
    wanted(town)
    town.tick()
    pages = [owner.get(TRANSPORT, path).text for path in (f"/v1/offers/{offer}", "/v1/deals")]
    assert not any(said in each for each in [*pages, *inbox(owner)] for said in ("budget", "18.00"))


def test_t06_what_was_too_dear_is_evidence(town: Town) -> None:
    """Three groups who cannot pay it are in the report; the desk reads of each why and by what."""
    quoted(town, "Birch", QUOTE_2)
    needs = [wanted(town, name)[1] for name in ("Amber Lane", "Dale Street", "Elm Row")]
    town.tick()
    desk = town.coordinator()
    (gap,) = desk.get("membership", "/v1/reports/unmet").json["gaps"]  # type: ignore[index]
    assert (gap["category"], gap["groups"]) == ("trip", 3)
    report = desk.get("membership", "/v1/reports/unmet").json
    (dear,) = report["priced_out"]  # type: ignore[index]
    assert (dear["category"], dear["groups"]) == ("trip", 3)
    rows = desk.get("membership", "/v1/reports/coordinator").json["unmet"]  # type: ignore[index]
    assert [row["over_pence"] for row in rows] == [1800] * 3
    for need in needs:
        found: Json = desk.get(TRANSPORT, f"/v1/needs/{need}/matches").json  # type: ignore[assignment]
        (reason,) = found["refused"][0]["reasons"]
        assert (found["outcome"], reason["code"]) == ("unmet", "price")
        assert "£78.00 in all is £18.00 over" in reason["sentence"]
