"""Who goes with a vehicle, on how many dates: full plans, and what partial ones lack."""

from __future__ import annotations

import datetime as dt

from attrs import evolve

from cypn_core.application.sketch import Sketch
from cypn_core.domain.postings import Offer
from cypn_core.domain.times import Schedule
from cypn_core.hub import Hub
from cypn_core.matching.answer import Answer
from cypn_transport.escorts import EscortOffer
from cypn_transport.needs import Away, Every, Repeats, TripNeed
from cypn_transport.offers import (
    Access,
    Category,
    DriverOffer,
    Gearbox,
    Layout,
    Permit,
    Rates,
    VehicleOffer,
)

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
DAY = dt.date(2027, 7, 10)
LATER = dt.date(2027, 12, 31)
HOURS = (Schedule(DAY, "06:00", "23:00"),)
WEEKLY = (Schedule(DAY, "06:00", "23:00", "FREQ=WEEKLY;COUNT=3"),)
BUS = VehicleOffer(
    place="Ashby",
    layouts=(Layout(16),),
    hours=HOURS,
    access=Access.LIFT,
    gearbox=Gearbox.MANUAL,
    mass_kg=3500,
    registered=2022,
    inspections=(DAY - dt.timedelta(20), DAY + dt.timedelta(14)),
    mot_until=LATER,
    insured_until=LATER,
    permit=Permit.SECTION_22,
    permit_until=LATER,
    rates=Rates(hire_pence=6501, fuel_pence=0, distance_pence=0, insurance_pence=0, driver_pence=0),
    comes_with_driver=True,
)
DRIVER = DriverOffer(
    place="Ashby",
    hours=HOURS,
    categories=frozenset({Category.D1}),
    born=1980,
    licence_until=LATER,
    drives_minibuses_since=dt.date(2020, 1, 1),
    midas_until=LATER,
    expenses_pence=500,
)
ESCORT = EscortOffer(place="Ashby", hours=HOURS, expenses_pence=300)
TRIP = TripNeed(
    place="Ashby", destination="Brook", on=DAY, leaves="09:00", back_by="17:00",
    children=5, adults=1,
)  # fmt: skip
ALONE = evolve(BUS, comes_with_driver=False, lends_under_permit=True)


def asked(hub: Hub, need: TripNeed, *offers: Offer) -> Answer:
    sketch = Sketch(hub, "transport", NOW)
    for offer in offers:
        sketch.offer(offer)
    return sketch.answer(sketch.need(need))


def roles(answer: Answer) -> list[tuple[list[str], list[str]]]:
    """What each plan joins and what it lacks, in order."""
    plans = (*answer.full, *answer.partial)
    return sorted(([leg.role for leg in p.legs], [m.code for m in p.missing]) for p in plans)


def test_an_escort_who_is_wanted_is_a_part_of_the_plan(hub: Hub) -> None:
    """With a driver and an escort it is full; without either it says which is missing."""
    need = evolve(TRIP, needs_escort=True)
    answer = asked(hub, need, ALONE, DRIVER, ESCORT)
    assert [plan.pence for plan in answer.full] == [6501 + 500 + 300]
    assert roles(answer) == [
        (["vehicle"], ["no_driver", "no_escort"]),
        (["vehicle", "driver"], ["no_escort"]),
        (["vehicle", "driver", "escort"], []),
        (["vehicle", "escort"], ["no_driver"]),
    ]


def test_nobody_rides_along_who_is_not_wanted(hub: Hub) -> None:
    """A group that did not ask for an escort is offered none and pays for none."""
    assert roles(asked(hub, TRIP, BUS, ESCORT)) == [(["vehicle"], [])]


def test_an_escort_whose_expenses_are_unknown_makes_no_match(hub: Hub) -> None:
    """A whole price has every part of it: until all is known it is asked about."""
    answer = asked(hub, evolve(TRIP, needs_escort=True), BUS, evolve(ESCORT, expenses_pence=None))
    assert not answer.full
    assert {"price_unknown"} < {m.code for plan in answer.partial for m in plan.missing}


def test_an_outing_that_repeats_is_paid_for_date_by_date(hub: Hub) -> None:
    """Three dates cost three times as much, and each date so much of it, both ways."""
    repeats = Repeats(every=Every.WEEKLY, until=DAY + dt.timedelta(14))
    bus = evolve(BUS, hours=WEEKLY)
    (plan,) = asked(hub, evolve(TRIP, repeats=repeats), bus).full
    assert (plan.pence, plan.legs[0].each) == (3 * 6501, (6501,) * 3)
    assert plan.because[-1] == "£65.01 each time, £195.03 in all."
    both = evolve(TRIP, repeats=repeats, away=Away(arrives="10:00", back_from="16:00"))
    (plan,) = asked(hub, both, bus).full
    assert (plan.pence, plan.legs[0].each) == (3 * 6501, (3251, 3250) * 3)


def test_dates_that_are_lost_are_named_and_not_paid_for(hub: Hub) -> None:
    """Of four dates one is not given: the plan is partial, for three, at the price of three."""
    repeats = Repeats(every=Every.WEEKLY, until=DAY + dt.timedelta(21))
    bus = evolve(BUS, hours=WEEKLY, inspections=tuple(DAY + dt.timedelta(7 * n) for n in range(4)))
    (plan,) = asked(hub, evolve(TRIP, repeats=repeats), bus).partial
    assert [m.sentence for m in plan.missing] == ["3 of 4 dates; not on 31 Jul"]
    assert (plan.pence, len(plan.legs[0].windows)) == (3 * 6501, 3)
    assert [share.pence for share in plan.shares] == [3 * 6501]
