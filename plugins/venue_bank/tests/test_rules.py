"""Every reason for which a space or a store does not fit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.application.sketch import Sketch
from cypn_core.domain.times import Schedule
from cypn_core.matching.answer import Answer
from cypn_core.matching.rules import Audience, Context, Finding, Verdict
from cypn_venue_bank.budget import budget_of
from cypn_venue_bank.codes import (
    AccessFeature,
    AgeGroup,
    Basis,
    BudgetPer,
    Conduct,
    Facility,
    SpaceType,
    StoreAccess,
)
from cypn_venue_bank.needs import SpaceNeed, StorageNeed
from cypn_venue_bank.offers import HouseRule, SpaceOffer, StorageOffer
from cypn_venue_bank.prices import Price
from cypn_venue_bank.rules import has_access

Make = Callable[..., Any]
WEEK_OFF = dt.date(2026, 11, 24)


def ask(sketch: Sketch, need: SpaceNeed | StorageNeed, offer: SpaceOffer | StorageOffer) -> Answer:
    """The answer to *need* where there is nothing but *offer*."""
    sketch.offer(offer)
    return sketch.answer(sketch.need(need))


def reasons(answer: Answer) -> dict[str, Verdict]:
    (refusal,) = answer.refused
    return {verdict.code: verdict for verdict in refusal.reasons}


def test_what_fits_is_a_full_plan(sketch: Sketch, space_need: Make, space_offer: Make) -> None:
    """The plain case: four sessions, priced as a whole and told by the session."""
    (plan,) = ask(sketch, space_need(), space_offer()).full
    assert len(plan.legs[0].windows) == 4
    assert plan.pence == 4 * 2000
    assert plan.because == ("up to 2 km away", "12 of its 40 places", "£20.00 a session")


SPACES = [
    ({"space_types": frozenset({SpaceType.OUTDOOR})}, {}, "space_type"),
    ({"headcount": 41}, {}, "capacity"),
    ({"must": frozenset({Facility.KITCHEN})}, {}, "facilities"),
    (
        {"must": frozenset({Facility.KITCHEN})},
        {"no_facilities": frozenset({Facility.KITCHEN})},
        "facilities",
    ),
    ({"access_needs": frozenset({AccessFeature.HOIST})}, {}, "access"),
    ({"quiet": True}, {}, "quiet"),
    ({"quiet": True}, {"quiet": False}, "quiet"),
    ({"age_group": AgeGroup.PRIMARY}, {"youngest": 11}, "age"),
    ({"age_group": AgeGroup.TEENAGE}, {"oldest": 18}, "age"),
    ({}, {"minimum_minutes": 180}, "minimum_hire"),
    ({}, {"maximum_minutes": 90}, "maximum_hire"),
    ({}, {"notice_hours": 24 * 60}, "notice"),
    ({"budget_pence": 1999}, {}, "price"),
    ({"budget_pence": 999, "budget_per": BudgetPer.HOUR}, {}, "price"),
    ({"max_km": 2}, {"place": "Ford"}, "distance"),
    (
        {"declares": frozenset({Conduct.ANIMALS})},
        {"house_rules": (HouseRule(forbids=Conduct.ANIMALS, published=dt.date(2026, 11, 1)),)},
        "rule:animals",
    ),
]


@pytest.mark.parametrize(("wants", "has", "code"), SPACES)
def test_a_space_is_refused_for_one_reason(
    wants: dict[str, Any],
    has: dict[str, Any],
    code: str,
    sketch: Sketch,
    space_need: Make,
    space_offer: Make,
) -> None:
    """Each shortcoming alone bars the pair, under its own code, in a sentence."""
    found = reasons(ask(sketch, space_need(**wants), space_offer(**has)))
    assert list(found) == [code]
    assert found[code].sentence.endswith(".")


STORES = [
    ({"access": StoreAccess.ANY_TIME}, {}, "store_access"),
    ({}, {"access": None}, "store_access"),
    ({"lockable": True}, {}, "lockable"),
    ({"lockable": True}, {"lockable": False}, "lockable"),
    ({"access_needs": frozenset({AccessFeature.STEP_FREE})}, {}, "access"),
    ({"months": 2}, {"minimum_months": 3}, "minimum_hire"),
    ({"budget_pence": 1499}, {}, "price"),
    ({"max_km": 2}, {"place": "Ford"}, "distance"),
    ({}, {"notice_hours": 24 * 60}, "notice"),
]


@pytest.mark.parametrize(("wants", "has", "code"), STORES)
def test_a_store_is_refused_for_one_reason(
    wants: dict[str, Any],
    has: dict[str, Any],
    code: str,
    sketch: Sketch,
    storage_need: Make,
    storage_offer: Make,
) -> None:
    """Each shortcoming of a store alone bars the pair, under its own code, in a sentence."""
    found = reasons(ask(sketch, storage_need(**wants), storage_offer(**has)))
    assert list(found) == [code]
    assert found[code].sentence.endswith(".")


def test_all_reasons_are_told_at_once(sketch: Sketch, space_need: Make, space_offer: Make) -> None:
    """Nobody mends one thing only to hear of the next."""
    need = space_need(headcount=41, quiet=True, declares=frozenset(Conduct))
    rules = tuple(HouseRule(forbids=each, published=WEEK_OFF) for each in (Conduct.FOOD,))
    early = tuple(
        HouseRule(forbids=each, published=dt.date(2026, 1, 1))
        for each in (Conduct.ANIMALS, Conduct.BALL_GAMES)
    )
    found = reasons(ask(sketch, need, space_offer(house_rules=rules + early)))
    assert set(found) == {"capacity", "quiet", "rule:animals", "rule:ball_games"}


def test_a_house_rule_counts_from_its_day(
    sketch: Sketch, space_need: Make, space_offer: Make
) -> None:
    """A rule that is to be published later forbids nothing yet."""
    rule = HouseRule(forbids=Conduct.FOOD, published=WEEK_OFF)
    need = space_need(declares=frozenset({Conduct.FOOD}))
    assert ask(sketch, need, space_offer(house_rules=(rule,))).full


def test_a_house_rule_leaves_others_alone(
    sketch: Sketch, space_need: Make, space_offer: Make
) -> None:
    """What the group does not bring cannot be held against it."""
    rule = HouseRule(forbids=Conduct.AMPLIFIED_MUSIC, published=dt.date(2026, 1, 1))
    need = space_need(declares=frozenset({Conduct.FOOD}))
    assert ask(sketch, need, space_offer(house_rules=(rule,))).full


def test_own_limits_are_not_for_the_holder(
    sketch: Sketch, space_need: Make, space_offer: Make
) -> None:
    """Budget and distance are for the group and the coordinator, who alone reads exact figures."""
    need = space_need(max_km=10, budget_pence=1400)
    found = reasons(ask(sketch, need, space_offer(place="Hill")))
    assert found["distance"].private == "16.0 > 10 km"
    assert found["distance"].sentence == "It is 10 to 20 km away: further than your 10 km."
    assert found["price"].sentence == "It costs £20.00 a session, £6.00 over your budget."
    assert all(Audience.HOLDER not in found[code].audience for code in ("distance", "price"))


def test_shut_on_the_only_date(sketch: Sketch, space_need: Make, space_offer: Make) -> None:
    """A published closing day is named as the reason, where an ordinary booking is not."""
    need = space_need(when=Schedule(dt.date(2027, 5, 3), "17:00", "19:00"))
    found = reasons(ask(sketch, need, space_offer(closes_on=("bank_holidays",))))
    assert found["closed"].sentence == "It is shut then: bank holidays."


def test_a_date_that_has_begun_is_too_late(
    sketch: Sketch, space_need: Make, space_offer: Make
) -> None:
    """Nothing is let in the past, whatever notice its holder asks for."""
    need = space_need(when=Schedule(dt.date(2026, 11, 20), "17:00", "19:00"))
    always = (Schedule(dt.date(2026, 1, 1), "09:00", "22:00", "FREQ=DAILY"),)
    assert "notice" in reasons(ask(sketch, need, space_offer(hours=always)))


def test_what_would_be_nice_moves_an_offer_up(
    sketch: Sketch, space_need: Make, space_offer: Make
) -> None:
    """A wish that is met outweighs a pound, and bars nobody."""
    plain = sketch.offer(space_offer())
    dearer = space_offer(
        price=Price(basis=Basis.PER_SESSION, pence=2100), facilities=frozenset({Facility.KITCHEN})
    )
    with_kitchen = sketch.offer(dearer)
    answer = sketch.answer(sketch.need(space_need(nice=frozenset({Facility.KITCHEN}))))
    assert [plan.legs[0].offer for plan in answer.full] == [with_kitchen, plain]


features = st.frozensets(st.sampled_from(AccessFeature), max_size=5)


@given(needed=features, known=features, known_not=features)
def test_unknown_accessibility_never_counts(
    needed: frozenset[AccessFeature],
    known: frozenset[AccessFeature],
    known_not: frozenset[AccessFeature],
) -> None:
    """A pair passes exactly when each access need is named as there; silence is never a yes."""
    need = StorageNeed(place="Mill", starts_on=WEEK_OFF, months=1, area_m2=1, access_needs=needed)
    offer = StorageOffer(
        place="Mill",
        area_m2=1,
        available_from=WEEK_OFF,
        access_features=known,
        no_access_features=known_not - known,
    )
    verdict = has_access(need, offer, Context(now=dt.datetime.now(dt.UTC), zone="UTC"))
    barred = verdict is not None and verdict.finding is Finding.BARS
    assert barred == any(feature not in known for feature in needed)


def test_a_budget_by_the_hour_is_rounded_down(space_need: Make) -> None:
    """A budget is never read as more than it says."""
    need = space_need(budget_pence=333, budget_per=BudgetPer.HOUR)
    assert budget_of(need, 100) == 555
