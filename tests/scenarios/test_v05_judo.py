"""V05: judo on a shoestring."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.scenarios.venue_bank_sketch import NETWORKS, Network, hall, refusals

from cypn_core.domain.standing import Passport
from cypn_core.domain.times import Schedule
from cypn_core.matching.rules import Audience
from cypn_venue_bank.codes import Activity, Basis, ChargeFor
from cypn_venue_bank.needs import SpaceNeed
from cypn_venue_bank.prices import Charge, Price

CERTIFIED = Passport(roles=frozenset({"seeker", "concession"}))


def hourly(pence: int, concession: int | None = None, caretaker: int = 0) -> Price:
    charges = (Charge(what=ChargeFor.CARETAKER, pence=caretaker),) if caretaker else ()
    return Price(basis=Basis.PER_HOUR, pence=pence, concession_pence=concession, charges=charges)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.town)
def test_v05_all_in_price_and_a_concession(network: Network) -> None:
    """V05: cheapest first, all charges counted; over budget is refused, not stated is asked for."""
    sketch = network.sketch()
    a = sketch.offer(hall(network.town, price=hourly(800, caretaker=1000)))
    b = sketch.offer(hall(network.town, price=hourly(1000)))
    c = sketch.offer(hall(network.town))
    d = sketch.offer(hall(network.town, price=hourly(1200, concession=500)))
    weekly = Schedule(dt.date(2027, 1, 5), "17:00", "19:00", "FREQ=WEEKLY;COUNT=10")
    need = SpaceNeed(
        place=network.town, when=weekly, headcount=14, activity=Activity.JUDO, budget_pence=2000
    )

    answer = sketch.answer(sketch.need(need, passport=CERTIFIED))

    assert [(plan.legs[0].offer, plan.pence) for plan in answer.full] == [(d, 10_000), (b, 20_000)]
    assert [plan.because[-1] for plan in answer.full] == [
        "£10.00 a session, concession certified by the hub",
        "£20.00 a session",
    ]
    (asked,) = answer.partial
    assert asked.legs[0].offer == c
    assert asked.pence is None
    assert asked.legs[0].lines is None
    assert [missing.code for missing in asked.missing] == ["ask"]
    assert refusals(answer) == {a: ["price"]}
    (over,) = answer.refused[0].reasons
    assert over.sentence == "It costs £26.00 a session, £6.00 over your budget."
    assert Audience.HOLDER not in over.audience


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.town)
def test_v05_the_holder_reads_that_there_is_a_certificate(network: Network) -> None:
    """V05: the price line says that a concession is certified; amounts are whole pence."""
    sketch = network.sketch()
    sketch.offer(hall(network.town, price=hourly(1200, concession=500)))
    once = Schedule(dt.date(2027, 1, 5), "17:00", "19:00")
    need = SpaceNeed(place=network.town, when=once, headcount=14)
    (plan,) = sketch.answer(sketch.need(need, passport=CERTIFIED)).full
    assert plan.legs[0].lines is not None
    (line,) = plan.legs[0].lines
    assert line.label == "2 h at £5.00 an hour, concession certified by the hub"
    assert (line.pence, type(line.pence)) == (1000, int)
