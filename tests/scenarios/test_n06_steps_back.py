"""N06: an organisation steps back from one exchange and keeps the others."""

from __future__ import annotations

import pytest
from tests.towns import (
    ALL,
    NOW,
    PLACE,
    VENUES,
    Json,
    a_need,
    an_offer,
    asked,
    best,
    inbox,
    matches,
    posted,
)

from cypn_core.application import report
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

BUYING = "procurement"
NEED: Json = {"kind": "purchase_need", "category": "hr_services", "present_unit_pence": 120_000}
QUOTE: Json = {
    "kind": "quote_offer",
    "category": "hr_services",
    "tiers": [
        {"from_quantity": 1, "unit_pence": 100_000},
        {"from_quantity": 2, "unit_pence": 50_000},
    ],
    "fixed_fee_pence": 0,
    "term_months": 12,
    "notice_days": 90,
    "commission_pence": 0,
}


@pytest.fixture
def town(store: Store) -> Town:
    town = Town.on(store, ALL, NOW)
    posted(town.member("Cedar HR", "supplier", place=PLACE), "offer", QUOTE, BUYING)
    return town


@pytest.fixture
def affiliate(town: Town) -> Member:
    return town.member("National Affiliate", "seeker", "holder", place=PLACE)


@pytest.fixture
def other(town: Town) -> Member:
    return town.member("Amber Lane", "seeker", place=PLACE)


def switch(member: Member, *off: str) -> None:
    """Leave the exchanges *off* out, and no others."""
    known = member.get("membership", "/v1/organisation")
    profile = {**known.json["profile"], "exchanges_off": list(off)}  # type: ignore[index]
    answer = member.send(
        "PUT", "membership", "/v1/organisation", profile, If_Match=known.headers["ETag"]
    )
    assert answer.status_code == 200, answer.text


def counted(town: Town) -> int:
    """How many needs the forecasts of procurement are made of."""
    with town.network.reading() as work:
        return len(report.answers(work, BUYING))


def test_n06_it_is_counted_in_no_forecast_and_no_pool(
    town: Town, affiliate: Member, other: Member
) -> None:
    """N06: once switched off its old need is in no pool, no count, and no plan of others."""
    posted(affiliate, "need", NEED, BUYING)
    need = posted(other, "need", NEED, BUYING)
    assert matches(other, need, BUYING)["full"][0]["needs"] == 2
    assert counted(town) == 2
    switch(affiliate, BUYING)
    (plan,) = matches(other, need, BUYING)["full"]
    assert (plan["needs"], plan["pence"]) == (1, 100_000)
    assert counted(town) == 1


def test_n06_no_message_of_it_comes(town: Town, affiliate: Member, other: Member) -> None:
    """N06: others' pools ask it nothing."""
    posted(affiliate, "need", NEED, BUYING)
    need = posted(other, "need", NEED, BUYING)
    switch(affiliate, BUYING)
    asked(other, need, best(other, need, BUYING), BUYING)
    town.tick()
    assert inbox(affiliate) == []


def test_n06_its_venue_rights_stay(town: Town, affiliate: Member, other: Member) -> None:
    """N06: it still offers space and finds space."""
    switch(affiliate, BUYING)
    posted(affiliate, "offer", an_offer())
    assert matches(other, posted(other, "need", a_need()))["full"]
    hall = town.member("Cedar Hall", "holder", place=PLACE)
    posted(hall, "offer", an_offer())
    answer = asked(affiliate, posted(affiliate, "need", a_need("2027-03-02")))
    assert answer.status_code == 201, answer.text


def test_n06_switching_back_needs_no_new_checks(
    town: Town, affiliate: Member, other: Member
) -> None:
    """N06: the checks are as they were, and its need counts again."""
    posted(affiliate, "need", NEED, BUYING)
    need = posted(other, "need", NEED, BUYING)
    before = affiliate.get(BUYING, "/v1").json["missing_checks"]  # type: ignore[index]
    switch(affiliate, BUYING)
    switch(affiliate)
    assert affiliate.get(BUYING, "/v1").json["missing_checks"] == before  # type: ignore[index]
    assert matches(other, need, BUYING)["full"][0]["needs"] == 2


def test_n06_nothing_shows_others_that_it_stepped_back(
    town: Town, affiliate: Member, other: Member
) -> None:
    """N06: what others read is, to the byte, what they read where it never had that need."""
    posted(affiliate, "offer", an_offer())
    need, space = posted(other, "need", NEED, BUYING), posted(other, "need", a_need())

    def read() -> list[bytes]:
        paths = (
            (BUYING, f"/v1/needs/{need}/matches"), (BUYING, "/v1"), (BUYING, "/v1/needs"),
            (VENUES, f"/v1/needs/{space}/matches"), (VENUES, "/v1"), ("membership", "/v1"),
            ("membership", "/v1/inbox"),
        )  # fmt: skip
        return [other.get(service, path).data for service, path in paths]

    before = read()
    posted(affiliate, "need", NEED, BUYING)
    switch(affiliate, BUYING)
    town.tick()
    assert read() == before
    agreed = asked(other, space)
    assert agreed.status_code == 201
    assert BUYING not in agreed.text
    assert "exchanges_off" not in agreed.text
