"""Random networks of each installed exchange, drawn from what it declares.

Bodies come from the derived strategies; the fields narrowed below are those on which needs and
offers would otherwise meet once in a thousand draws.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

import cypn_region_northshire.plugin as northshire
from cypn_core.application.sketch import Sketch
from cypn_core.domain.ids import PostingId
from cypn_core.domain.postings import Need, Offer
from cypn_core.domain.times import Schedule, Window
from cypn_core.hub import Hub
from cypn_core.testing.strategies import strategy_for
from cypn_exchange_starter import model as training
from cypn_exchange_starter import plugin as exchange_starter
from cypn_procurement import model as buying
from cypn_procurement import plugin as procurement
from cypn_transport import escorts
from cypn_transport import needs as trips
from cypn_transport import offers as rides
from cypn_transport import plugin as transport
from cypn_venue_bank import codes, needs, offers, prices
from cypn_venue_bank import plugin as venue_bank

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
PLUGINS = (venue_bank, transport, procurement, exchange_starter)
HUB = Hub.of(*PLUGINS, northshire)
EXCHANGES = tuple(HUB.exchanges)
KINDS: Mapping[str, type[Need | Offer]] = HUB.kinds()

Narrowed = dict[str, st.SearchStrategy[Any]]

places = st.sampled_from(["Norchester", "Wexbridge", "Sallow", "Rushford"])
_perhaps_place: Narrowed = {"place": st.none() | places}
_whole_year = Schedule(dt.date(2027, 1, 1), "08:00", "23:00", "FREQ=DAILY")
_weekly = Schedule(dt.date(2027, 1, 5), "10:00", "12:00", "FREQ=WEEKLY")
_hours = st.sampled_from([(_whole_year,)] * 5 + [(_weekly,)])
_when = st.sampled_from(
    [
        Schedule(dt.date(2027, 2, 2), "10:00", "12:00"),
        Schedule(dt.date(2027, 2, 2), "11:30", "13:00"),
        Schedule(dt.date(2027, 1, 26), "10:00", "11:00", "FREQ=WEEKLY;COUNT=3"),
        Schedule(dt.date(2027, 3, 28), "00:30", "03:30"),
    ]
)
_days = st.dates(dt.date(2027, 1, 11), dt.date(2027, 1, 14))
_valid_until = st.sampled_from([dt.date(2029, 1, 1)] * 6 + [dt.date(2027, 1, 1)])
_pence = st.integers(0, 20_000)
_perhaps_pence = st.none() | st.none() | _pence


_NOTHING = st.just(frozenset[Any]())


def _few(choices: type[Enum], most: int = 1) -> st.SearchStrategy[Any]:
    return st.frozensets(st.sampled_from(list(choices)), max_size=most)


def _seldom(choices: type[Enum]) -> st.SearchStrategy[Any]:
    return _NOTHING | _NOTHING | _few(choices)


def _all_or(choices: type[Enum]) -> st.SearchStrategy[Any]:
    every = st.just(frozenset(choices))
    return every | every | _few(choices, 2)


_price = st.none() | strategy_for(
    prices.Price,
    basis=st.sampled_from([codes.Basis.FREE, codes.Basis.PER_SESSION, codes.Basis.PER_HOUR]),
    pence=st.sampled_from([0, 700, 1250]),
    concession_pence=st.none() | st.just(500),
    charges=st.just(()),
)
_charge = st.sampled_from([0, 0, 60, 500])
_rates = strategy_for(rides.Rates) | strategy_for(
    rides.Rates,
    hire_pence=_charge,
    fuel_pence=_charge,
    distance_pence=_charge,
    insurance_pence=_charge,
    driver_pence=_charge,
)
_month_price = st.none() | strategy_for(
    prices.Price,
    basis=st.just(codes.Basis.PER_MONTH),
    pence=st.integers(500, 3000),
    concession_pence=st.none(),
    charges=st.just(()),
)

NARROWED: Mapping[type[Any], Narrowed] = {
    needs.SpaceNeed: {
        "place": places,
        "when": _when,
        "headcount": st.integers(1, 40),
        "space_types": st.just(needs.ROOMS),
        "age_group": st.sampled_from([codes.AgeGroup.PRIMARY] * 3 + [codes.AgeGroup.MIXED]),
        "must": _seldom(codes.Facility),
        "access_needs": _seldom(codes.AccessFeature),
        "quiet": st.sampled_from([False] * 4 + [True]),
        "declares": _seldom(codes.Conduct),
        "max_km": st.integers(5, 40),
        "budget_pence": _perhaps_pence,
    },
    needs.StorageNeed: {
        "place": places,
        "starts_on": _days,
        "months": st.integers(1, 3),
        "area_m2": st.integers(1, 20),
        "access": st.sampled_from([codes.StoreAccess.WEEKLY, codes.StoreAccess.DAILY]),
        "lockable": st.sampled_from([False] * 3 + [True]),
        "access_needs": _seldom(codes.AccessFeature),
        "max_km": st.integers(5, 40),
        "budget_pence": _perhaps_pence,
    },
    offers.SpaceOffer: {
        "place": places,
        "space_type": st.sampled_from(sorted(needs.ROOMS, key=lambda each: each.value)),
        "capacity": st.integers(10, 60),
        "hours": _hours,
        "parts": st.sampled_from([(), (), ("main",), ("main", "side")]),
        "closes_on": st.sampled_from([(), ("bank_holidays",)]),
        "existing_hours": st.sampled_from([(), (), (_weekly,)]),
        "facilities": _all_or(codes.Facility),
        "no_facilities": _NOTHING,
        "access_features": _all_or(codes.AccessFeature),
        "no_access_features": _NOTHING,
        "youngest": st.none() | st.integers(0, 5),
        "quiet": st.sampled_from([True, True, False, None]),
        "oldest": st.none() | st.integers(18, 99),
        "price": _price,
        "minimum_minutes": st.sampled_from([0, 0, 0, 90]),
        "maximum_minutes": st.none() | st.just(180),
        "notice_hours": st.sampled_from([0, 48]),
        "set_up_minutes": st.sampled_from([0, 30]),
        "clear_up_minutes": st.sampled_from([0, 30]),
    },
    offers.StorageOffer: {
        "place": places,
        "area_m2": st.integers(1, 30),
        "access": st.sampled_from([codes.StoreAccess.ANY_TIME] * 3 + [None]),
        "available_from": st.sampled_from([dt.date(2026, 1, 1), dt.date(2027, 2, 1)]),
        "available_until": st.none() | st.just(dt.date(2027, 12, 31)),
        "access_features": _all_or(codes.AccessFeature),
        "no_access_features": _NOTHING,
        "price": _month_price,
        "minimum_months": st.integers(1, 2),
        "notice_hours": st.just(0),
    },
    trips.TripNeed: {
        "place": places,
        "destination": places | st.just("Easthaven"),
        "on": _days,
        "leaves": st.sampled_from(["09:00", "10:00"]),
        "back_by": st.sampled_from(["15:00", "17:00"]),
        "nights": st.sampled_from([0, 0, 0, 1]),
        "away": st.none(),
        "repeats": st.none(),
        "child_seats": st.just(rides.ChildSeats()),
        "needs_escort": st.sampled_from([False]),
        "open_to_public": st.sampled_from([False]),
        "children": st.integers(0, 10),
        "adults": st.integers(1, 4),
        "wheelchair_users": st.sampled_from([0, 0, 0, 0, 1, 2]),
        "classes": st.just(frozenset({rides.PassengerClass.BENEFICIARIES})),
        "budget_pence": st.none() | st.none() | st.integers(0, 60_000),
        "distance_km": st.none() | st.integers(5, 80),
    },
    rides.VehicleOffer: {
        "place": places,
        "layouts": st.just((rides.Layout(14, 0), rides.Layout(12, 1), rides.Layout(10, 2))),
        "hours": _hours,
        "access": st.sampled_from([rides.Access.LIFT] * 3 + [rides.Access.NONE, None]),
        "registered": st.none() | st.just(2020),
        "inspections": st.just((dt.date(2026, 12, 20),)),
        "mot_until": _valid_until,
        "insured_until": _valid_until,
        "permit": st.just(rides.Permit.SECTION_19),
        "permit_until": _valid_until,
        "classes": st.just(frozenset({rides.PassengerClass.BENEFICIARIES})),
        "lends_under_permit": st.sampled_from([True]),
        "tows_trailer": st.sampled_from([False]),
        "rates": _rates,
    },
    escorts.EscortOffer: {
        "place": places,
        "hours": _hours,
        "skills": st.just(frozenset(escorts.Skill)),
        "furthest_km": st.integers(5, 60),
    },
    rides.DriverOffer: {
        "place": places,
        "hours": _hours,
        "categories": st.just(frozenset({rides.Category.D1})) | _few(rides.Category, 2),
        "born": st.integers(1950, 2006),
        "automatic_only": st.sampled_from([False, False, True]),
        "licence_until": _valid_until,
        "drives_minibuses_since": st.sampled_from([dt.date(2020, 1, 1)] * 4 + [None]),
        "midas_until": _valid_until,
        "midas_accessible_until": st.none() | _valid_until,
        "furthest_km": st.integers(0, 60),
        "expenses_pence": st.sampled_from([0, 1000, 2500, None]),
    },
    buying.PurchaseNeed: {
        **_perhaps_place,
        "category": st.sampled_from([buying.Category.LEGAL] * 4 + [buying.Category.ENERGY]),
        "unit": st.sampled_from([buying.MEMBER] * 4 + ["line"]),
        "quantity": st.integers(1, 5),
        "present_unit_pence": _perhaps_pence,
        "limit_unit_pence": _perhaps_pence,
        "wanted_by": st.none() | _days,
        "contract_ends": st.none() | _days,
        "longest_term_months": st.none() | st.integers(1, 36),
    },
    buying.QuoteOffer: {
        **_perhaps_place,
        "category": st.sampled_from([buying.Category.LEGAL] * 4 + [buying.Category.ENERGY]),
        "unit": st.sampled_from([buying.MEMBER] * 4 + ["line"]),
        "tiers": st.sampled_from(
            [
                (),
                (buying.Tier(1, 9000),),
                (buying.Tier(1, 12_000), buying.Tier(3, 8000), buying.Tier(8, 5000)),
                (buying.Tier(4, 7001),),
            ]
        ),
        "fixed_fee_pence": st.sampled_from([0, 0, 1000, None]),
        "minimum_order": st.integers(1, 3),
        "capacity": st.none() | st.integers(3, 15),
        "available_from": st.none() | _days,
        "valid_until": st.sampled_from([None, None, dt.date(2027, 6, 1), dt.date(2026, 1, 1)]),
        "term_months": st.none() | st.integers(1, 36),
    },
    training.TrainingNeed: {
        **_perhaps_place,
        "subject": st.sampled_from(list(training.Subject)[:2]),
        "learners": st.integers(1, 18),
    },
    training.TeachingOffer: {
        **_perhaps_place,
        "subject": st.sampled_from(list(training.Subject)[:2]),
    },
    training.CourseOffer: {
        **_perhaps_place,
        "subject": st.sampled_from(list(training.Subject)[:2]),
        "seats": st.integers(1, 24),
    },
}


@frozen(kw_only=True)
class Drawn:
    """A network as plain data; a party is a number, a use takes one of an offer for a window."""

    exchange: str
    needs: tuple[tuple[Need, int], ...]
    offers: tuple[tuple[Offer, int], ...]
    uses: tuple[tuple[int, Window | None], ...] = ()


@frozen
class Sketched:
    """A network in memory, and the ids that its postings were given there."""

    sketch: Sketch
    needs: tuple[PostingId, ...]
    offers: tuple[PostingId, ...]


def bodies(*kinds: type[Any]) -> st.SearchStrategy[Any]:
    """Bodies of *kinds* that have a good chance to meet."""
    return st.one_of(*(strategy_for(kind, **NARROWED[kind]) for kind in kinds))


def _taken(offer: Offer) -> st.SearchStrategy[Window | None]:
    if not any(unit.timed for unit in offer.units()):
        return st.none()
    first = dt.datetime(2027, 1, 12, tzinfo=dt.UTC)
    hours = st.integers(0, 22 * 24).map(lambda passed: first + dt.timedelta(hours=passed))
    return hours.map(lambda start: Window(start, start + dt.timedelta(hours=5)))


@st.composite
def networks(draw: st.DrawFn, exchange: str, *, most_needs: int = 3, most_offers: int = 3) -> Drawn:
    """A few needs, offers and uses of *exchange*."""
    declared = HUB.exchange(exchange)
    party = st.integers(0, 4)
    wanted = st.tuples(bodies(*declared.needs), party)
    wants = draw(st.lists(wanted, min_size=1, max_size=most_needs))
    one_of_each = [(draw(bodies(kind)), draw(party)) for kind in declared.offers]
    more = st.lists(st.tuples(bodies(*declared.offers), party), max_size=most_offers)
    gives = one_of_each + draw(more)
    uses = [
        (at, draw(_taken(body)))
        for at, (body, _) in enumerate(gives)
        if draw(st.sampled_from([False, False, True]))
    ]
    return Drawn(exchange=exchange, needs=tuple(wants), offers=tuple(gives), uses=tuple(uses))


def sketched(drawn: Drawn, named: Callable[[int], str] = str, hub: Hub = HUB) -> Sketched:
    """*drawn* in memory; *named* gives each party its id."""
    sketch = Sketch(hub, drawn.exchange, NOW)
    wants = tuple(sketch.need(body, party=named(party)) for body, party in drawn.needs)
    gives = tuple(sketch.offer(body, party=named(party)) for body, party in drawn.offers)
    for at, window in drawn.uses:
        sketch.use(gives[at], window)
    return Sketched(sketch, wants, gives)
