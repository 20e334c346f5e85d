"""Under what a vehicle may carry a group for hire or reward: whose permit, and whom it covers."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve
from dateutil.relativedelta import relativedelta

from cypn_core.matching.rules import Audience, Context, Finding, Verdict, bars, passes
from cypn_transport.needs import TripNeed
from cypn_transport.offers import Permit, VehicleOffer
from cypn_transport.pack import last_day

SMALL_BUS = 16
"""Passengers up to whom a vehicle is a small bus."""
_PUBLIC = frozenset({Permit.SECTION_22, Permit.PSV})
_LARGE = frozenset({Permit.SECTION_19_LARGE, *_PUBLIC})
_DATED = frozenset({Permit.SECTION_19, Permit.SECTION_19_LARGE, Permit.SECTION_22})
_OWN = frozenset({Audience.HOLDER, Audience.COORDINATOR})


def for_reward(need: TripNeed, vehicle: VehicleOffer) -> bool:
    """Whether anybody pays; a charge that is not stated counts as one."""
    rates = vehicle.rates
    charges = (rates.hire_pence, rates.fuel_pence, rates.distance_pence, rates.insurance_pence)
    pays_driver = vehicle.comes_with_driver and rates.driver_pence != 0
    return need.passengers_pay or pays_driver or any(charge != 0 for charge in charges)


def permit(need: TripNeed, vehicle: VehicleOffer, context: Context) -> Verdict | None:
    """For hire or reward there is a permit of who runs the outing, in date at the last return."""
    if not for_reward(need, vehicle):
        return None
    if need.own_permit:
        return _own(vehicle)
    if vehicle.permit in {None, Permit.NONE}:
        return bars("permit", "It has no permit to carry passengers for payment.")
    if vehicle.most > SMALL_BUS and vehicle.permit not in _LARGE:
        return bars("permit", f"More than {SMALL_BUS} passengers need a large bus permit.")
    return _dated(vehicle, context)


def _own(vehicle: VehicleOffer) -> Verdict | None:
    if vehicle.most <= SMALL_BUS:
        return None
    return bars("permit", f"Your own permit is for vehicles of up to {SMALL_BUS} passengers.")


def _dated(vehicle: VehicleOffer, context: Context) -> Verdict | None:
    until = vehicle.permit_until
    if until is None:
        return bars("permit", "It is not stated until when the permit lasts.", audience=_OWN)
    if until < last_day(context):
        return bars(
            "permit", "The permit ends before the return.", private=f"{until}", audience=_OWN
        )
    years = context.settings.permit_years
    if vehicle.permit in _DATED and until > context.now.date() + relativedelta(years=years):
        sentence = f"A permit lasts {years} years at most: the date stated lies farther ahead."
        return bars("permit", sentence, private=f"{until}", audience=_OWN)
    return None


def borrowed(need: TripNeed, vehicle: VehicleOffer, context: Context) -> Verdict | None:
    """Who drives another's vehicle has a permit of its own, or is a member within the permit."""
    lent = not vehicle.comes_with_driver
    if not lent or need.own_permit or not for_reward(need, vehicle):
        return None
    if vehicle.permit is Permit.PSV or not vehicle.lends_under_permit:
        sentence = "Who drives it itself needs a permit of its own, and you state none."
        return bars("borrowers_permit", sentence)
    return passes(
        "borrowers_permit", sentence="You ride under its permit, as a member of its scheme."
    )


def passenger_class(need: TripNeed, vehicle: VehicleOffer, context: Context) -> Verdict | None:
    """A section 19 permit names whom it carries: every class that rides is among them."""
    under_own = need.own_permit or not for_reward(need, vehicle)
    if under_own or vehicle.permit in _PUBLIC or need.classes <= vehicle.classes:
        return None
    if need.classes.isdisjoint(vehicle.classes):
        return bars("passenger_class", "Its permit does not name passengers such as yours.")
    return bars("passenger_class", "Its permit names some of your passengers, and not all.")


def public(need: TripNeed, vehicle: VehicleOffer, context: Context) -> Verdict | None:
    """The general public rides for payment under section 22 or a PSV licence only."""
    if not (need.open_to_public and for_reward(need, vehicle)):
        return None
    if vehicle.permit in _PUBLIC and not need.own_permit:
        return None
    return bars("public", "A section 19 permit does not carry the general public.")


def pool_barred(
    needs: Sequence[TripNeed], vehicle: VehicleOffer, context: Context
) -> Verdict | None:
    """What bars *needs* from riding together under one permit, or None.

    One permit covers all: where each has its own, that of none covers the others. *context* is of
    the outing that is back last.
    """
    paid = any(for_reward(need, vehicle) for need in needs)
    for need in needs:
        shared = evolve(need, own_permit=False, passengers_pay=paid) if len(needs) > 1 else need
        for judge in (permit, borrowed, passenger_class, public):
            said = judge(shared, vehicle, context)
            if said is not None and said.finding is Finding.BARS:
                return said
    return None
