"""Whether somebody is a suitably experienced driver for a group, and for a vehicle.

Who fails which test is told to the driver and the coordinator, never to the group.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from dateutil.relativedelta import relativedelta

from cypn_core.domain.times import DateSpan
from cypn_core.matching.rules import Audience, Context, Verdict, bars, passes
from cypn_transport.limits import breaks_due, too_long_at_the_wheel
from cypn_transport.needs import TripNeed
from cypn_transport.offers import Access, Category, DriverOffer, Gearbox, Permit, VehicleOffer
from cypn_transport.pack import first_day, last_day
from cypn_transport.permits import SMALL_BUS
from cypn_transport.travel import one_way

OWN = frozenset({Audience.HOLDER, Audience.COORDINATOR})
LIGHT_KG, LIGHT_ADAPTED_KG = 3_500, 4_250
RENEWAL_AGE = 70
B_AGE, CAR_PASSENGERS = 21, 8


def _fails(code: str, sentence: str, private: str = "") -> Verdict:
    return bars(code, sentence, private=private, audience=OWN)


def safeguarding(need: TripNeed, driver: DriverOffer, context: Context) -> Verdict | None:
    """The driver's checks, as the hub recorded them, are in date at the return."""
    if context.second.covers(last_day(context)):
        return None
    return _fails("safeguarding", "The driver's safeguarding checks end before the return.")


def minimum_age(need: TripNeed, driver: DriverOffer, context: Context) -> Verdict | None:
    """The driver is old enough, at the youngest that the year of birth allows."""
    least = context.settings.driver_minimum_age
    if youngest(driver, first_day(context)) >= least:
        return None
    return _fails("minimum_age", f"Drivers here are at least {least}, by their year of birth.")


def experience(need: TripNeed, driver: DriverOffer, context: Context) -> Verdict | None:
    """The driver has driven minibuses for long enough."""
    months, since = context.settings.experience_months, driver.drives_minibuses_since
    if since is not None and since + relativedelta(months=months) <= first_day(context):
        return None
    return _fails("experience", f"Drivers here have driven minibuses for {months} months.")


def training(need: TripNeed, driver: DriverOffer, context: Context) -> Verdict | None:
    """MiDAS, or what the region takes for it, is in date at the return."""
    if not context.settings.midas_required:
        return None
    return _trained("midas", "MiDAS", driver.midas_until, context)


def accessible_training(need: TripNeed, driver: DriverOffer, context: Context) -> Verdict | None:
    """Whoever drives wheelchair users has the accessible module, in date at the return."""
    if not (need.wheelchair_users and context.settings.accessible_midas_required):
        return None
    until = driver.midas_accessible_until
    if failed := _trained("midas_accessible", "Accessible MiDAS", until, context):
        return failed
    return _trained("midas_accessible", "MiDAS, on which it rests,", driver.midas_until, context)


def _trained(code: str, name: str, until: dt.date | None, context: Context) -> Verdict | None:
    if until is None or until < last_day(context):
        return _fails(code, f"{name} must be in date at the return.")
    years = context.settings.midas_years
    if until <= context.now.date() + relativedelta(years=years):
        return None
    return _fails(code, f"{name} lasts {years} years: the date stated lies farther ahead.")


def driving_time(need: TripNeed, driver: DriverOffer, context: Context) -> Verdict | None:
    """The driving with the group aboard keeps to the daily limit, on one day as on two."""
    way = one_way(need, context)
    if way is None:
        return None  # then the price is not known either, and the plan says so
    ways = 1 if need.nights else 2
    if too_long_at_the_wheel([ways * way.minutes], context.settings) is None:
        return None
    hours = context.settings.driving_hours
    return _fails("driving_time", f"It is more than {hours} hours at the wheel in a day.")


def driving_break(need: TripNeed, driver: DriverOffer, context: Context) -> Verdict | None:
    """The times leave room for the break that a long ride calls for, each way."""
    way = one_way(need, context)
    if way is None or 2 * way.minutes <= context.settings.exempt_hours * 60:
        return None
    rest = breaks_due(way.minutes, context.settings)
    ways = 2 if need.waits else 1
    if not rest or all(w.minutes >= ways * (way.minutes + rest) for w in context.windows):
        return None
    after = context.settings.unbroken_minutes
    return _fails("driving_break", f"The times leave no break after {after} minutes at the wheel.")


def reach(vehicle: VehicleOffer, driver: DriverOffer, context: Context) -> Verdict | None:
    """The vehicle stands no farther away than the driver will go."""
    if context.km is not None and context.km <= driver.furthest_km:
        return None
    figure = "" if context.km is None else f"{context.km:.1f} > {driver.furthest_km} km"
    return _fails("reach", "The vehicle stands too far from the driver.", figure)


def entitlement(vehicle: VehicleOffer, driver: DriverOffer, context: Context) -> Verdict:
    """One licence category entitles the driver to this vehicle all the time; else every why not.

    What has to have begun is judged at the first departure, what ends at the last return.

    >>> sorted(category.value for category in WAYS)
    ['b', 'd', 'd1', 'd1_101']
    """
    span = DateSpan(first_day(context), last_day(context))
    if problem := _always(vehicle, driver, span):
        return _fails("entitlement", problem)
    held = [category for category in WAYS if category in driver.categories]
    problems = [WAYS[category](vehicle, driver, span) for category in held]
    if None in problems:
        return passes("entitlement", sentence="The driver may drive it on that day.")
    said = "; ".join(f"{c.value.upper()}: {why}" for c, why in zip(held, problems, strict=True))
    return _fails("entitlement", "The licence does not cover this vehicle on that day.", said)


def youngest(driver: DriverOffer, day: dt.date) -> int:
    """The age on *day* of somebody whose birthday is still to come that year."""
    return day.year - driver.born - 1


def oldest(driver: DriverOffer, day: dt.date) -> int:
    """The age on *day* of somebody whose birthday has been that year."""
    return day.year - driver.born


def _always(vehicle: VehicleOffer, driver: DriverOffer, span: DateSpan) -> str | None:
    """What no category mends."""
    if driver.licence_until is None or driver.licence_until < span.last:
        return "The licence must be in date at the return."
    if driver.automatic_only and vehicle.gearbox is not Gearbox.AUTOMATIC:
        return "The licence is for automatics only."
    return None


def _d(vehicle: VehicleOffer, driver: DriverOffer, span: DateSpan) -> str | None:
    return None


def _d1(vehicle: VehicleOffer, driver: DriverOffer, span: DateSpan) -> str | None:
    too_big = vehicle.most > SMALL_BUS
    return f"more than {SMALL_BUS} passengers need category D" if too_big else None


def _d1_101(vehicle: VehicleOffer, driver: DriverOffer, span: DateSpan) -> str | None:
    if oldest(driver, span.last) >= RENEWAL_AGE and not driver.medical_at_70:
        return "it ends at 70 unless it was renewed with a D1 medical"
    return _small(vehicle)


def _b(vehicle: VehicleOffer, driver: DriverOffer, span: DateSpan) -> str | None:
    """What keeps a holder of a car licence alone from driving a small bus, or None."""
    if _is_car(vehicle):
        return None
    since, weight = driver.b_since, light_kg(vehicle)
    conditions = (
        (youngest(driver, span.first) >= B_AGE, f"the driver must be {B_AGE}"),
        (since is not None and since + relativedelta(years=2) <= span.first,
         "it must have been held for two years"),
        (not driver.paid, "the driver may take expenses only"),
        (vehicle.mass_kg is not None and vehicle.mass_kg <= weight,
         f"the vehicle may weigh {weight:,} kg at most"),
        (not vehicle.tows_trailer, "the vehicle may tow no trailer"),
        (oldest(driver, span.last) < RENEWAL_AGE or driver.medical_at_70,
         "a D1 medical is needed from 70 on"),
    )  # fmt: skip
    failed = (why for met, why in conditions if not met)
    return next((f"with a car licence alone {why}" for why in failed), None) or _small(vehicle)


def _is_car(vehicle: VehicleOffer) -> bool:
    """Whether it is no bus at all, but what the car test was about."""
    light = vehicle.mass_kg is not None and vehicle.mass_kg <= LIGHT_KG
    return light and vehicle.most <= CAR_PASSENGERS


def _small(vehicle: VehicleOffer) -> str | None:
    """What keeps a licence that is not for commercial transport from a vehicle, or None."""
    if vehicle.permit is Permit.PSV:
        return "under a PSV operator's licence a full D1 or D is needed"
    too_big = vehicle.most > SMALL_BUS
    return f"more than {SMALL_BUS} passengers need category D" if too_big else None


def light_kg(vehicle: VehicleOffer) -> int:
    """The maximum mass for a car licence: more where there is equipment for disabled people."""
    adapted = vehicle.access in {Access.LIFT, Access.RAMP}
    return LIGHT_ADAPTED_KG if adapted else LIGHT_KG


WAYS: Mapping[Category, Callable[[VehicleOffer, DriverOffer, DateSpan], str | None]] = {
    Category.D: _d,
    Category.D1: _d1,
    Category.D1_101: _d1_101,
    Category.B: _b,
}
"""What keeps a holder of each category from driving a vehicle, None where nothing does."""
