"""T06: affordable means the whole price."""

from __future__ import annotations

import pytest
from attrs import evolve
from tests.scenarios.transport_sketch import FREE, codes, driver, network, offers, outing, vehicle

from cypn_core.matching.rules import Audience
from cypn_transport.offers import Rates

QUOTE_1 = evolve(FREE, fuel_pence=3124, insurance_pence=1200, driver_pence=1100)
QUOTE_2 = evolve(FREE, hire_pence=7800)
QUOTE_3 = Rates(hire_pence=4000, fuel_pence=0, distance_pence=0, driver_pence=0)


def test_t06_a_quote_within_the_budget_matches_with_its_lines() -> None:
    """£54.24 is a full match: fuel, insurance and the driver's expenses are lines of it."""
    sketch = network()
    sketch.offer(vehicle(comes_with_driver=True, rates=QUOTE_1))
    (plan,) = sketch.answer(sketch.need(outing(budget_pence=6000))).full
    lines = {line.label: line.pence for line in plan.legs[0].lines or ()}
    assert lines == {"fuel": 3124, "insurance": 1200, "driver's expenses": 1100}
    assert plan.pence == 5424
    assert [share.pence for share in plan.shares] == [5424]


def test_t06_a_quote_above_the_budget_is_unmet_with_the_gap() -> None:
    """£78.00 is refused for its price, £18.00 over, which the holder is not told."""
    sketch = network()
    offer = sketch.offer(vehicle(comes_with_driver=True, rates=QUOTE_2))
    answer = sketch.answer(sketch.need(outing(budget_pence=6000)))
    assert answer.outcome == "unmet"
    assert codes(answer) == {offer: ["price"]}
    (reason,) = answer.refused[0].reasons
    assert "£78.00" in reason.sentence
    assert "£18.00 over" in reason.sentence
    assert Audience.HOLDER not in reason.audience
    assert [miss.relaxed.sentence for miss in answer.near] == ["pay up to £90.00"]


@pytest.mark.parametrize("budget", [6000, None])
def test_t06_a_quote_with_an_unknown_part_is_no_match(budget: int | None) -> None:
    """From £40 with the insurance unknown is never full, and says what to ask about."""
    sketch = network()
    sketch.offer(vehicle(comes_with_driver=True, rates=QUOTE_3))
    answer = sketch.answer(sketch.need(outing(budget_pence=budget)))
    assert answer.full == ()
    (plan,) = answer.partial
    assert [lack.code for lack in plan.missing] == ["price_unknown"]
    assert "insurance" in plan.missing[0].sentence
    assert plan.pence is None
    known = evolve(QUOTE_3, insurance_pence=1900)
    sketch.offer(vehicle(comes_with_driver=True, rates=known))
    assert len(sketch.answer(sketch.need(outing(budget_pence=budget))).full) == 1


def test_t06_a_driver_can_tip_the_price_over_the_budget() -> None:
    """The budget holds vehicle and driver together."""
    sketch = network()
    c = sketch.offer(vehicle(rates=evolve(FREE, fuel_pence=5000)))
    d = sketch.offer(driver(expenses_pence=1500))
    answer = sketch.answer(sketch.need(outing(budget_pence=6000)))
    assert answer.full == ()
    assert {c, d} in offers(answer.partial)
    pair = next(plan for plan in answer.partial if len(plan.legs) == 2)
    assert [lack.sentence for lack in pair.missing] == ["£5.00 over your budget"]
