"""Whether somebody is a suitably experienced driver for a group, and for a vehicle.

Who fails which test is told to the driver and the coordinator, never to the group.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from dateutil.relativedelta import relativedelta

from cypn_core.matching.rules import Audience, Context, Verdict, bars, passes
from cypn_transport.needs import TripNeed
from cypn_transport.offers import Access, Category, DriverOffer, Gearbox, VehicleOffer
from cypn_transport.pack import last_day
from cypn_transport.travel import one_way
from cypn_transport.vehicles import SMALL_BUS

OWN = frozenset({Audience.HOLDER, Audience.COORDINATOR})
LIGHT_KG, LIGHT_ADAPTED_KG = 3_500, 4_250
RENEWAL_AGE = 70
MOST_HOURS = 10


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
    if youngest(driver, last_day(context)) >= least:
        return None
    return _fails("minimum_age", f"Drivers here are at least {least}, by their year of birth.")


def experience(need: TripNeed, driver: DriverOffer, context: Context) -> Verdict | None:
    """The driver has driven minibuses for long enough."""
    months, since = context.settings.experience_months, driver.drives_minibuses_since
    if since is not None and since + relativedelta(months=months) <= last_day(context):
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
    return _trained("midas_accessible", "Accessible MiDAS", until, context)


def _trained(code: str, name: str, until: dt.date | None, context: Context) -> Verdict | None:
    if until is not None and last_day(context) <= until:
        return None
    return _fails(code, f"{name} must be in date at the return.")


def driving_time(need: TripNeed, driver: DriverOffer, context: Context) -> Verdict | None:
    """The driving with the group aboard keeps to the daily limit, on one day as on two."""
    way = one_way(need, context)
    if way is None:
        return None  # then the price is not known either, and the plan says so
    ways = 2 if need.returns_on == need.on else 1
    if ways * way.minutes <= MOST_HOURS * 60:
        return None
    return _fails("driving_time", f"It is more than {MOST_HOURS} hours at the wheel in a day.")


def reach(vehicle: VehicleOffer, driver: DriverOffer, context: Context) -> Verdict | None:
    """The vehicle stands no farther away than the driver will go."""
    if context.km is not None and context.km <= driver.furthest_km:
        return None
    figure = "" if context.km is None else f"{context.km:.1f} > {driver.furthest_km} km"
    return _fails("reach", "The vehicle stands too far from the driver.", figure)


def entitlement(vehicle: VehicleOffer, driver: DriverOffer, context: Context) -> Verdict:
    """One licence category entitles the driver to this vehicle at the return; else every why not.

    >>> sorted(category.value for category in WAYS)
    ['b', 'd', 'd1', 'd1_101']
    """
    day = last_day(context)
    if problem := _always(vehicle, driver, day):
        return _fails("entitlement", problem)
    held = [category for category in WAYS if category in driver.categories]
    problems = [WAYS[category](vehicle, driver, day) for category in held]
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


def _always(vehicle: VehicleOffer, driver: DriverOffer, day: dt.date) -> str | None:
    """What no category mends."""
    if driver.licence_until is None or driver.licence_until < day:
        return "The licence must be in date at the return."
    if driver.automatic_only and vehicle.gearbox is not Gearbox.AUTOMATIC:
        return "The licence is for automatics only."
    return None


def _d(vehicle: VehicleOffer, driver: DriverOffer, day: dt.date) -> str | None:
    return None


def _d1(vehicle: VehicleOffer, driver: DriverOffer, day: dt.date) -> str | None:
    too_big = vehicle.most > SMALL_BUS
    return f"more than {SMALL_BUS} passengers need category D" if too_big else None


def _d1_101(vehicle: VehicleOffer, driver: DriverOffer, day: dt.date) -> str | None:
    if oldest(driver, day) >= RENEWAL_AGE and not driver.medical_at_70:
        return "it ends at 70 unless it was renewed with a D1 medical"
    return _d1(vehicle, driver, day)


def _b(vehicle: VehicleOffer, driver: DriverOffer, day: dt.date) -> str | None:
    """What keeps a holder of a car licence alone from driving a small bus, or None."""
    since = driver.b_since
    if youngest(driver, day) < 21:  # noqa: PLR2004 - the age that the regulation names
        return "with a car licence alone the driver must be 21"
    if since is None or since + relativedelta(years=2) > day:
        return "the car licence must have been held for two years"
    if driver.paid:
        return "with a car licence alone the driver may take expenses only"
    if vehicle.mass_kg is None or vehicle.mass_kg > light_kg(vehicle):
        return f"with a car licence alone the vehicle may weigh {light_kg(vehicle):,} kg at most"
    if oldest(driver, day) >= RENEWAL_AGE and not driver.medical_at_70:
        return "from 70 on a D1 medical is needed"
    return _d1(vehicle, driver, day)


def light_kg(vehicle: VehicleOffer) -> int:
    """The maximum mass for a car licence: more where there is equipment for disabled people."""
    adapted = vehicle.access in {Access.LIFT, Access.RAMP}
    return LIGHT_ADAPTED_KG if adapted else LIGHT_KG


WAYS: Mapping[Category, Callable[[VehicleOffer, DriverOffer, dt.date], str | None]] = {
    Category.D: _d,
    Category.D1: _d1,
    Category.D1_101: _d1_101,
    Category.B: _b,
}
"""What keeps a holder of each category from driving a vehicle, None where nothing does."""
