"""Pools put together from all open needs: looked at by the coordinator, proposed to the members."""

from __future__ import annotations

import pytest
from tests.scenarios.test_p01_http import BUYING, PLACE, PRESENT, RETAINER
from tests.towns import ALL, NOW, matches, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ALL, NOW)


@pytest.fixture
def members(town: Town) -> list[tuple[Member, str]]:
    """P01's six, each with its need."""
    found = []
    for n, present in enumerate(PRESENT):
        member = town.member(f"Group {n}", "seeker", place=PLACE)
        body = {
            "kind": "purchase_need", "category": "hr_services", "present_unit_pence": present,
        }  # fmt: skip
        found.append((member, posted(member, "need", body, BUYING)))
    return found


def supplier(town: Town) -> Member:
    found = town.member("Cedar HR", "supplier", place=PLACE)
    posted(found, "offer", RETAINER, BUYING)
    return found


def test_the_coordinator_sees_the_pool_of_five_and_how_well_it_is_known(
    town: Town, members: list[tuple[Member, str]]
) -> None:
    """P01 by formation: five at £900, proven; who is left out is counted, not valued."""
    supplier(town)
    seen = town.coordinator().get(BUYING, "/v1/proposals").json
    (plan,) = seen["plans"]
    assert (len(plan["needs"]), plan["pence"]) == (5, 450_000)
    assert (seen["proven"], seen["gap"], seen["bound"]) == (True, 0, 139_015)
    assert "HiGHS" in seen["method"]
    (note,) = plan["notes"]
    assert note.startswith("It would fit 1 more need, which is left out")
    member, need = members[5]
    (lacking,) = matches(member, need, BUYING)["partial"][0]["missing"]
    assert "would lose £49.94" in lacking["sentence"]


def test_what_is_proposed_is_agreed_when_all_say_yes(
    town: Town, members: list[tuple[Member, str]]
) -> None:
    """Each is asked under one plan; the supplier is asked only when they have all said yes."""
    holder = supplier(town)
    made = town.coordinator().post(BUYING, "/v1/proposals").json
    (deal,) = made["deals"]
    for member, _ in members[:5]:
        (seen,) = member.get(BUYING, "/v1/deals").json["items"]
        assert seen["id"] == deal
        tag = member.get(BUYING, f"/v1/deals/{deal}").headers["ETag"]
        answer = member.post(BUYING, f"/v1/deals/{deal}/agree", If_Match=tag)
        assert answer.status_code == 200, answer.text
    assert not members[5][0].get(BUYING, "/v1/deals").json["items"]
    (asked,) = holder.get(BUYING, "/v1/deals").json["items"]
    assert asked["id"] == deal


def test_needs_without_a_day_are_put_together_every_day(
    town: Town, members: list[tuple[Member, str]]
) -> None:
    """Nobody has to look: the clock proposes, once; and again when a quote has come."""
    town.tick()
    assert not members[0][0].get(BUYING, "/v1/deals").json["items"]
    supplier(town)
    town.clock.pass_time(days=1)
    town.tick()
    (seen,) = members[0][0].get(BUYING, "/v1/deals").json["items"]
    assert seen["state"] == "gathering"
