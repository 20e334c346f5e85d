"""P01 through HTTP: a pool is shown to its members without what any of them pays now."""

from __future__ import annotations

import re

import pytest
from tests.towns import ALL, NOW, Json, asked, best, matches, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

BUYING = "procurement"
PLACE = "Norchester"
PRESENT = (150_001, 130_002, 120_003, 100_004, 95_005, 85_006)
"""P01's costs, each told apart by its pence, so that any of them can be found in a byte."""
RETAINER: Json = {
    "kind": "quote_offer",
    "category": "hr_services",
    "tiers": [
        {"from_quantity": 1, "unit_pence": 120_000},
        {"from_quantity": 4, "unit_pence": 90_000},
        {"from_quantity": 8, "unit_pence": 70_000},
    ],
    "fixed_fee_pence": 0,
    "term_months": 12,
    "notice_days": 90,
    "commission_pence": 0,
}


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ALL, NOW)


@pytest.fixture
def pool(town: Town) -> list[tuple[Member, str]]:
    """Six members, each with its need; and a supplier's quote."""
    posted(town.member("Cedar HR", "supplier", place=PLACE), "offer", RETAINER, BUYING)
    found = []
    for n, present in enumerate(PRESENT):
        member = town.member(f"Secretive {n}", "seeker", place=PLACE)
        body = {
            "kind": "purchase_need", "category": "hr_services", "present_unit_pence": present,
        }  # fmt: skip
        found.append((member, posted(member, "need", body, BUYING)))
    return found


def test_p01_each_of_five_reads_the_plan_and_its_own_share(pool: list[tuple[Member, str]]) -> None:
    """P01: one plan for five at £900; a member is shown its share and nobody else's."""
    keys = set()
    for member, need in pool[:5]:
        (plan,) = matches(member, need, BUYING)["full"]
        keys.add(plan["key"])
        assert (plan["needs"], plan["pence"]) == (5, 450_000)
        assert [(share["need"], share["pence"]) for share in plan["shares"]] == [(need, 90_000)]
        said = "2 more members, with 1 not in yet, bring everybody to £700.00."
        assert said in plan["because"]
    assert len(keys) == 1


def test_p01_the_sixth_is_told_what_it_would_lose(pool: list[tuple[Member, str]]) -> None:
    """P01: £49.94 here; it is left out unless it insists."""
    member, need = pool[5]
    found = matches(member, need, BUYING)
    assert found["outcome"] == "partial"
    assert "would lose £49.94" in found["partial"][0]["missing"][0]["sentence"]


def secrets_of(pool: list[tuple[Member, str]], but: int) -> set[str]:
    """What only the others may know, as whole words: an id made by chance may hold any digits."""
    found: set[str] = set()
    for n, (member, _) in enumerate(pool):
        if n != but:
            found |= {str(PRESENT[n]), f"{PRESENT[n] / 100:,.2f}", member.name, member.id}
    return found


def test_p01_nothing_of_the_others_is_in_any_byte(
    town: Town, pool: list[tuple[Member, str]]
) -> None:
    """P01: neither in the answers, nor while the pool gathers yeses, are others' costs or names."""
    deal = asked(*pool[0], best(*pool[0], BUYING), BUYING)
    assert deal.status_code == 202, deal.text
    town.tick()
    for n, (member, need) in enumerate(pool):
        answers = [
            member.get(BUYING, path)
            for path in ("/v1/needs", f"/v1/needs/{need}/matches", "/v1/deals")
        ]
        answers.append(member.get("membership", "/v1/inbox"))
        told = "\n".join(f"{answer.headers}{answer.text}" for answer in answers)
        assert {answer.status_code for answer in answers} == {200}
        leaked = {each for each in secrets_of(pool, n) if re.search(rf"\b{each}\b", told)}
        assert not leaked, (n, leaked)


def test_p01_the_pool_is_agreed_when_all_five_have_said_yes(
    town: Town, pool: list[tuple[Member, str]]
) -> None:
    """P01: each yes is the member's own; after the fifth it is committed, present costs unshown."""
    path = asked(*pool[0], best(*pool[0], BUYING), BUYING).headers["Location"]
    for member, _ in pool[1:5]:
        tag = member.get(BUYING, path).headers["ETag"]
        last = member.post(BUYING, f"{path}/agree", If_Match=tag)
        assert last.status_code == 200, last.text
    agreed: Json = last.json  # type: ignore[assignment]
    assert (agreed["state"], agreed["sub_state"]) == ("agreed", "committed")
    told = last.text
    assert not [p for n, p in enumerate(PRESENT) if n != 4 and str(p) in told]
    assert [share["pence"] for share in agreed["shares"]] == [90_000]
