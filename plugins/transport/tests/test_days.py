"""Random small days: every plan passes a verifier that shares no code with the rules."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.application.sketch import Sketch
from cypn_core.domain.plans import Plan
from cypn_core.domain.postings import Offer
from cypn_core.domain.times import Schedule, Window
from cypn_core.hub import Hub
from cypn_core.matching.answer import Answer
from cypn_transport.needs import Away, TripNeed
from cypn_transport.offers import (
    Access,
    Category,
    DriverOffer,
    Gearbox,
    Layout,
    PassengerClass,
    Permit,
    Rates,
    VehicleOffer,
)

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
DAY = dt.date(2027, 7, 10)
ZONE = ZoneInfo("Europe/London")
PLACES = st.sampled_from(["Ashby", "Brook", "Coombe"])
FAR = dt.date(2031, 12, 1)
"""Farther ahead than any certificate or permit lasts."""
NEAR_DAY = st.sampled_from([DAY, DAY, FAR, DAY + dt.timedelta(1), DAY - dt.timedelta(1), None])
PENCE = st.sampled_from([0, 0, 60, 2500, None])
HOURS = st.sampled_from(
    [
        (Schedule(DAY, "06:00", "23:00"),),
        (Schedule(DAY, "06:00", "12:00"),),
        (Schedule(DAY, "00:00", "24:00"), Schedule(DAY + dt.timedelta(1), "00:00", "24:00")),
    ]
)
RATES = st.builds(
    Rates,
    hire_pence=PENCE,
    fuel_pence=PENCE,
    distance_pence=PENCE,
    insurance_pence=PENCE,
    driver_pence=PENCE,
)
SEATS = [(Layout(16),), (Layout(8),), (Layout(14), Layout(10, 2)), (Layout(20),)]
VEHICLES = st.builds(
    VehicleOffer,
    place=PLACES,
    layouts=st.sampled_from(SEATS),
    hours=HOURS,
    comes_with_driver=st.booleans(),
    access=st.sampled_from([Access.LIFT, Access.NONE, None]),
    gearbox=st.sampled_from(Gearbox) | st.none(),
    mass_kg=st.sampled_from([3500, 4000, 5000, None]),
    registered=st.sampled_from([2010, 2022, None]),
    inspections=st.sampled_from([(DAY - dt.timedelta(50),), (DAY - dt.timedelta(20),), ()]),
    mot_until=NEAR_DAY,
    insured_until=NEAR_DAY,
    permit=st.sampled_from([*Permit, None]),
    permit_until=NEAR_DAY,
    classes=st.frozensets(st.sampled_from(PassengerClass)),
    lends_under_permit=st.booleans(),
    tows_trailer=st.booleans(),
    rates=RATES,
)
DRIVERS = st.builds(
    DriverOffer,
    place=PLACES,
    hours=HOURS,
    categories=st.frozensets(st.sampled_from(Category), min_size=1),
    born=st.sampled_from([1950, 1957, 1980, 2005, 2006]),
    licence_until=NEAR_DAY,
    b_since=st.sampled_from([None, dt.date(2025, 7, 10), dt.date(2025, 7, 11)]),
    automatic_only=st.booleans(),
    medical_at_70=st.booleans(),
    drives_minibuses_since=st.sampled_from([None, dt.date(2020, 1, 1), dt.date(2027, 1, 1)]),
    midas_until=NEAR_DAY,
    midas_accessible_until=NEAR_DAY,
    paid=st.booleans(),
    expenses_pence=PENCE,
    claims_mileage=st.booleans(),
    furthest_km=st.sampled_from([5, 15, 30]),
)
GOOD_VEHICLE = VehicleOffer(
    place="Ashby",
    layouts=(Layout(16), Layout(10, 2)),
    hours=(Schedule(DAY, "06:00", "23:00"),),
    access=Access.LIFT,
    gearbox=Gearbox.MANUAL,
    mass_kg=3500,
    registered=2022,
    inspections=(DAY - dt.timedelta(50),),
    mot_until=DAY,
    insured_until=DAY,
    permit=Permit.SECTION_22,
    permit_until=DAY,
    lends_under_permit=True,
    rates=Rates(hire_pence=0, fuel_pence=0, distance_pence=60, insurance_pence=700, driver_pence=0),
)
GOOD_DRIVER = DriverOffer(
    place="Brook",
    hours=GOOD_VEHICLE.hours,
    categories=frozenset({Category.D1}),
    born=1980,
    licence_until=DAY,
    drives_minibuses_since=dt.date(2020, 1, 1),
    midas_until=DAY,
    midas_accessible_until=DAY,
    expenses_pence=500,
    claims_mileage=True,
)

GOOD_B_DRIVER = evolve(
    GOOD_DRIVER, categories=frozenset({Category.B}), b_since=dt.date(2025, 7, 10)
)


@st.composite
def spoilt(draw: st.DrawFn, good: Offer, wild: st.SearchStrategy[Offer]) -> Offer:
    """A good offer with up to one field of a wild one, or the wild one itself."""
    other = draw(wild)
    names = draw(
        st.lists(st.sampled_from([a.name for a in type(good).__attrs_attrs__]), max_size=2)
    )
    mixed = evolve(good, **{name: getattr(other, name) for name in names})
    return draw(st.sampled_from([mixed, mixed, mixed, other]))


NEEDS = st.builds(
    TripNeed,
    place=PLACES,
    destination=PLACES,
    on=st.just(DAY),
    leaves=st.just("09:00"),
    back_by=st.just("17:00"),
    children=st.integers(1, 14),
    adults=st.integers(2, 4),
    wheelchair_users=st.sampled_from([0, 0, 2]),
    needs_driver=st.sampled_from([True, True, False]),
    passengers_pay=st.booleans(),
    own_permit=st.sampled_from([False, False, True]),
    open_to_public=st.sampled_from([False, False, False, True]),
    classes=st.sampled_from(
        [
            frozenset({PassengerClass.BENEFICIARIES}),
            frozenset({PassengerClass.BENEFICIARIES, PassengerClass.PUPILS}),
        ]
    ),
    budget_pence=st.sampled_from([None, None, 0, 6000]),
    nights=st.sampled_from([0, 0, 0, 1]),
)
CARS = spoilt(GOOD_VEHICLE, VEHICLES)
PEOPLE = spoilt(GOOD_DRIVER, DRIVERS) | spoilt(GOOD_B_DRIVER, DRIVERS)
OFFERS = st.tuples(CARS, PEOPLE, st.lists(PEOPLE, max_size=2), st.lists(CARS, max_size=1)).map(
    lambda drawn: [drawn[0], drawn[1], *drawn[2], *drawn[3]]
)


def asked(hub: Hub, need: TripNeed, offers: list[Offer], names: str = "") -> tuple[Answer, Sketch]:
    """The answer to *need* among *offers*, whose owners are called by *names*."""
    sketch = Sketch(hub, "transport", NOW)
    for at, offer in enumerate(offers):
        sketch.offer(offer, party=f"{names}{at}" if names else "")
    return sketch.answer(sketch.need(need)), sketch


def bodies(sketch: Sketch, plan: Plan) -> dict[str, Offer]:
    return {leg.role: sketch._offers[leg.offer][1] for leg in plan.legs}


def vehicle_faults(need: TripNeed, v: VehicleOffer, back: dt.date) -> list[str]:
    """What the law and the hub ask of a vehicle, said once more and differently."""
    faults = []
    short_check = v.registered is None or back.year - v.registered >= 12
    limit = dt.timedelta(weeks=6 if short_check else 10)
    if not any(dt.timedelta(0) <= back - done <= limit for done in v.inspections):
        faults.append("inspection")
    faults += [n for n in ("mot_until", "insured_until") if (getattr(v, n) or dt.date.min) < back]
    if need.wheelchair_users and v.access not in {Access.LIFT, Access.RAMP}:
        faults.append("access")
    r = v.rates
    money = [r.hire_pence, r.fuel_pence, r.distance_pence, r.insurance_pence]
    if v.comes_with_driver:
        money.append(r.driver_pence)
    if any(money) or None in money or need.passengers_pay:
        faults += permit_faults(need, v, back)
    return faults


def permit_faults(need: TripNeed, v: VehicleOffer, back: dt.date) -> list[str]:
    """Whose permit it is, how long it lasts, and whom it covers; somebody pays."""
    big = max(x.seats + x.wheelchairs for x in v.layouts) > 16
    if need.own_permit:
        return ["own permit"] if big or need.open_to_public else []
    section_19 = v.permit in {Permit.SECTION_19, Permit.SECTION_19_LARGE}
    until = v.permit_until or dt.date.min
    faults = []
    if v.permit not in {Permit.SECTION_22, Permit.PSV} and not section_19:
        faults.append("none")
    if until < back or (v.permit is not Permit.PSV and until > dt.date(2031, 11, 22)):
        faults.append("dates")
    if big and v.permit is Permit.SECTION_19:
        faults.append("size")
    if section_19 and (need.open_to_public or any(c not in v.classes for c in need.classes)):
        faults.append("whom")
    if not v.comes_with_driver and (v.permit is Permit.PSV or not v.lends_under_permit):
        faults.append("borrowed")
    return faults


def driver_faults(need: TripNeed, v: VehicleOffer, d: DriverOffer, back: dt.date) -> list[str]:
    """What is asked of a driver for that vehicle."""
    faults = [n for n in ("licence_until", "midas_until") if (getattr(d, n) or dt.date.min) < back]
    certificates = [d.midas_until]
    if need.wheelchair_users:
        certificates.append(d.midas_accessible_until)
    if any(each is None or not back <= each <= dt.date(2030, 11, 22) for each in certificates):
        faults.append("midas")
    if d.born > need.on.year - 22:
        faults.append("age")
    since = d.drives_minibuses_since
    if since is None or since.replace(year=since.year + 1) > need.on:
        faults.append("experience")
    if d.automatic_only and v.gearbox is not Gearbox.AUTOMATIC:
        faults.append("gearbox")
    apart = 10 * abs("ABC".index(v.place[0]) - "ABC".index(d.place[0]))
    if apart > d.furthest_km:
        faults.append("reach")
    big = max(x.seats + x.wheelchairs for x in v.layouts) > 16
    fit_at_70 = d.medical_at_70 or back.year - d.born < 70
    light = v.mass_kg is not None and v.mass_kg <= (4250 if v.access is Access.LIFT else 3500)
    two_years = d.b_since is not None and d.b_since.replace(year=d.b_since.year + 2) <= need.on
    unpaid = not d.paid and not v.tows_trailer
    amateur = not big and v.permit is not Permit.PSV
    car = max(x.seats + x.wheelchairs for x in v.layouts) <= 8 and (v.mass_kg or 9999) <= 3500
    may = {
        Category.D: True,
        Category.D1: not big,
        Category.D1_101: amateur and fit_at_70,
        Category.B: car or (amateur and fit_at_70 and light and two_years and unpaid),
    }
    if not any(may[category] for category in d.categories):
        faults.append("entitlement")
    return faults


def hours_of(offer: VehicleOffer | DriverOffer) -> list[Window]:
    return [w for s in offer.hours for w in s.windows("Europe/London", {})]


@given(need=NEEDS, offers=OFFERS)
def test_every_full_plan_passes_an_independent_verifier(
    hub: Hub, need: TripNeed, offers: list[Offer]
) -> None:
    """Seats, access, papers, permit, licence, hours and price hold on every full plan."""
    answer, sketch = asked(hub, need, offers)
    back = need.on + dt.timedelta(need.nights)
    for plan in answer.full:
        parts = bodies(sketch, plan)
        car, person = parts["vehicle"], parts.get("driver")
        assert isinstance(car, VehicleOffer)
        assert vehicle_faults(need, car, back) == []
        seated = need.children + need.adults - need.wheelchair_users
        assert any(
            x.seats >= seated and x.wheelchairs >= need.wheelchair_users for x in car.layouts
        )
        assert isinstance(person, DriverOffer) or car.comes_with_driver or not need.needs_driver
        if isinstance(person, DriverOffer):
            assert driver_faults(need, car, person, back) == []
        assert plan.pence is not None
        assert plan.pence == sum(share.pence for share in plan.shares)
        assert need.budget_pence is None or plan.pence <= need.budget_pence
        start = dt.datetime.combine(need.on, dt.time(9), ZONE)
        for leg in plan.legs:
            assert leg.windows[0].start == start
            given_hours = hours_of(sketch._offers[leg.offer][1])  # type: ignore[arg-type]
            assert min(w.start for w in given_hours) <= start
            assert max(w.end for w in given_hours) >= leg.windows[-1].end


@given(need=NEEDS, offers=OFFERS)
def test_every_partial_plan_and_every_refusal_says_why(
    hub: Hub, need: TripNeed, offers: list[Offer]
) -> None:
    """No vehicle is dropped silently, and nothing is partial or refused without a sentence."""
    answer, sketch = asked(hub, need, offers)
    assert all(m.code and m.sentence for plan in answer.partial for m in plan.missing)
    assert all(r.code and r.sentence for each in answer.refused for r in each.reasons)
    plans = (*answer.full, *answer.partial)
    told = {leg.offer for p in plans for leg in p.legs} | {each.offer for each in answer.refused}
    cars = {i for i, (_, body, _) in sketch._offers.items() if isinstance(body, VehicleOffer)}
    assert cars <= told


@given(need=NEEDS, offers=OFFERS)
def test_who_owns_an_offer_changes_no_answer(hub: Hub, need: TripNeed, offers: list[Offer]) -> None:
    """Blindness: with every owner renamed the answer is the same."""
    first, second = asked(hub, need, offers, "amber")[0], asked(hub, need, offers, "zebra")[0]
    assert [p.key for p in first.full] == [p.key for p in second.full]
    assert [p.key for p in first.partial] == [p.key for p in second.partial]
    assert first.refused == second.refused


@given(need=NEEDS, offers=OFFERS)
def test_the_order_of_offers_changes_no_answer(
    hub: Hub, need: TripNeed, offers: list[Offer]
) -> None:
    """Order: the same offers in reverse give the same plans, told by what they join."""

    def told(given: list[Offer]) -> list[str]:
        answer, sketch = asked(hub, need, given)
        plans = (*answer.full, *answer.partial)
        found = [(bodies(sketch, p), p.missing, p.pence, p.full) for p in plans]
        return sorted(repr(each) for each in found)

    assert told(offers) == told(offers[::-1])


@pytest.mark.parametrize("ways", [("out",), ("back",)])
def test_a_vehicle_that_is_free_one_way_only_is_partial(hub: Hub, ways: tuple[str, ...]) -> None:
    """With two ways each is looked at: a plan for one names the other as missing."""
    hours = {"out": ("06:00", "12:00"), "back": ("12:00", "23:00")}
    car = evolve(
        GOOD_VEHICLE,
        comes_with_driver=True,
        hours=tuple(Schedule(DAY, *hours[way]) for way in ways),
    )
    need = TripNeed(
        place="Ashby",
        destination="Brook",
        on=DAY,
        leaves="09:00",
        away=Away(arrives="10:00", back_from="16:00"),
        back_by="17:00",
        children=5,
        adults=1,
    )
    (plan,) = asked(hub, need, [car])[0].partial
    other = "back" if ways == ("out",) else "there"
    assert [m.code for m in plan.missing] == [f"way_{other}"]


def test_a_vehicle_that_does_not_wait_runs_empty_four_times(hub: Hub) -> None:
    """Base to group and destination to base, there and back: 20 km aboard, 60 km empty."""
    car = evolve(GOOD_VEHICLE, place="Coombe", comes_with_driver=True)
    stays = TripNeed(
        place="Ashby", destination="Brook", on=DAY, leaves="09:00", back_by="17:00",
        children=5, adults=1,
    )  # fmt: skip
    leaves = evolve(stays, away=Away(arrives="10:00", back_from="16:00"))
    lines = [
        {line.label: line.pence for line in asked(hub, need, [car])[0].full[0].legs[0].lines or ()}
        for need in (stays, leaves)
    ]
    assert [each["mileage with the group aboard"] for each in lines] == [1200, 1200]
    assert [each["empty running"] for each in lines] == [2400, 3600]


def test_near_misses_move_the_hour_the_day_or_the_money_and_never_access(hub: Hub) -> None:
    """A vehicle of the next day is found as a near miss; one without a lift never is."""
    car = evolve(GOOD_VEHICLE, comes_with_driver=True)
    need = TripNeed(
        place="Ashby", destination="Brook", on=DAY - dt.timedelta(1), leaves="09:00",
        back_by="17:00", children=5, adults=2, wheelchair_users=2,
    )  # fmt: skip
    near = asked(hub, need, [car])[0].near
    assert [miss.relaxed.sentence for miss in near] == ["go on Sat 10 Jul instead"]
    assert asked(hub, need, [evolve(car, access=None)])[0].near == ()


def test_a_driver_without_any_vehicle_is_partial(hub: Hub) -> None:
    """The part that there is, is shown, with the part that is missing."""
    need = TripNeed(
        place="Ashby", destination="Brook", on=DAY, leaves="09:00", back_by="17:00",
        children=5, adults=2,
    )  # fmt: skip
    answer = asked(hub, need, [GOOD_DRIVER])[0]
    assert [m.sentence for plan in answer.partial for m in plan.missing] == ["no vehicle"]


@pytest.mark.parametrize(
    "changes",
    [
        {"paid": True},
        {"b_since": None},
        {"b_since": dt.date(2025, 7, 11)},
        {"born": 1957},
        {"born": 2006},
    ],
)
def test_a_car_licence_alone_needs_every_condition(hub: Hub, changes: dict[str, object]) -> None:
    """Unpaid, held two years, not 70 without a medical, 21: each alone keeps the driver off."""
    need = TripNeed(
        place="Ashby", destination="Brook", on=DAY, leaves="09:00", back_by="17:00",
        children=5, adults=2,
    )  # fmt: skip
    assert asked(hub, need, [GOOD_VEHICLE, GOOD_B_DRIVER])[0].full
    assert not asked(hub, need, [GOOD_VEHICLE, evolve(GOOD_B_DRIVER, **changes)])[0].full
