"""What a rule refers to the coordinator waits for it, and for nobody else's hurry."""

from __future__ import annotations

import pytest
from tests.towns import (
    NOW,
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

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


def referred(town: Town, **offer: object) -> tuple[Member, Member, str, str]:
    """A playgroup that asks for a space beside adults: holder, group, its need and the deal."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    group = town.member("Amber Lane", "seeker", place=PLACE)
    posted(holder, "offer", an_offer(beside=["adults_only"], **offer))
    need = posted(group, "need", a_need(age_group="pre_school"))
    (plan,) = matches(group, need)["partial"]
    assert [each["code"] for each in plan["missing"]] == ["coordinator"]
    answer = asked(group, need, plan["key"])
    assert answer.status_code == 202, answer.text
    return holder, group, need, str(answer.json["id"])  # type: ignore[index]


def clears(town: Town, deal: str, code: str) -> Json:
    """The coordinator's word."""
    coordinator = town.coordinator()
    tag = coordinator.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
    answer = coordinator.post(VENUES, f"/v1/deals/{deal}/clearance", {"code": code}, If_Match=tag)
    assert answer.status_code == 200, answer.text
    return answer.json  # type: ignore[return-value]


def to_clear(town: Town) -> list[Json]:
    """What stands before the coordinator."""
    report = town.coordinator().get("membership", "/v1/reports/coordinator").json
    return list(report["to_clear"])  # type: ignore[index]


def test_a_yes_agrees_what_the_holder_accepts_by_rule(town: Town) -> None:
    """It waits although the offer says yes by itself; the coordinator's yes is the last."""
    _, group, need, deal = referred(town)
    (waits,) = to_clear(town)
    assert (waits["deal"], "toilets" in waits["reasons"][0]) == (deal, True)
    assert clears(town, deal, "yes")["state"] == "agreed"
    assert group.get(VENUES, f"/v1/needs/{need}").json["state"] == "matched"  # type: ignore[index]
    assert to_clear(town) == []


def test_a_no_ends_it_and_tells_the_holder_nothing(town: Town) -> None:
    """The group reads that the coordinator said no; its need waits on; the holder hears nothing."""
    holder, group, need, deal = referred(town)
    assert clears(town, deal, "no")["state"] == "declined"
    town.tick()
    assert any("coordinator did not agree" in text for text in inbox(group))
    assert inbox(holder) == []
    assert group.get(VENUES, f"/v1/needs/{need}").json["state"] == "open"  # type: ignore[index]


def test_after_a_yes_a_holder_who_answers_by_hand_still_answers(town: Town) -> None:
    """Either may be first; it is agreed when both have said yes."""
    holder, _, _, deal = referred(town, auto_accept=False)
    tag = holder.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
    agreed = holder.post(VENUES, f"/v1/deals/{deal}/agree", If_Match=tag)
    assert agreed.json["state"] == "asked"  # type: ignore[index]
    assert clears(town, deal, "yes")["state"] == "agreed"


def test_only_a_coordinator_clears_and_only_once(town: Town) -> None:
    """A party cannot; what is cleared, or was never referred, cannot be cleared again."""
    holder, group, _, deal = referred(town)
    for member in (holder, group):
        tag = member.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
        refused = member.post(VENUES, f"/v1/deals/{deal}/clearance", {"code": "yes"}, If_Match=tag)
        is_problem(refused, 403)
    clears(town, deal, "yes")
    coordinator = town.coordinator()
    tag = coordinator.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
    again = coordinator.post(VENUES, f"/v1/deals/{deal}/clearance", {"code": "no"}, If_Match=tag)
    is_problem(again, 409)


@pytest.mark.parametrize(
    ("offer", "need"),
    [
        ({"beside": ["adults_only"], "shared_toilets": False}, {"age_group": "pre_school"}),
        ({"beside": ["adults_only"]}, {"age_group": "teenage"}),
        ({"beside": ["young_children", "others"]}, {"age_group": "pre_school"}),
    ],
)
def test_where_nobody_is_mixed_nothing_is_referred(town: Town, offer: Json, need: Json) -> None:
    """Toilets apart, older children, or children beside children: the plan is whole."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    group = town.member("Amber Lane", "seeker", place=PLACE)
    posted(holder, "offer", an_offer(**offer))
    assert matches(group, posted(group, "need", a_need(**need)))["full"]
