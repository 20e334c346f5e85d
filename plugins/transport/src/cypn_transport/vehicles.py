"""Whether a vehicle takes the group: seats, wheelchairs, child seats, papers, price."""

from __future__ import annotations

import datetime as dt

from cypn_core.domain.money import pounds
from cypn_core.matching.rules import Audience, Context, Verdict, bars, lacks, passes
from cypn_transport.needs import TripNeed
from cypn_transport.offers import Access, Layout, VehicleOffer
from cypn_transport.pack import days_used, last_day
from cypn_transport.quotes import vehicle_quote
from cypn_transport.settings import TransportSettings

_OWN = frozenset({Audience.HOLDER, Audience.COORDINATOR})
_ASKER = frozenset({Audience.SEEKER, Audience.COORDINATOR})


def access(need: TripNeed, vehicle: VehicleOffer, context: Context) -> Verdict | None:
    """Wheelchair users come aboard by a lift or ramp; what is not stated is not there."""
    if not need.wheelchair_users or vehicle.access in {Access.LIFT, Access.RAMP}:
        return None
    if vehicle.access is None:
        return bars("access", "It is not known whether wheelchair users can come aboard.")
    return bars("access", "Wheelchair users cannot come aboard.")


def room(need: TripNeed, vehicle: VehicleOffer, context: Context) -> Verdict:
    """One of the layouts takes everybody; else it says by how many it falls short."""
    fitting = [each for each in vehicle.layouts if each.wheelchairs >= need.wheelchair_users]
    if not fitting:
        most = max(layout.wheelchairs for layout in vehicle.layouts)
        return bars("wheelchairs", f"{most} of {need.wheelchair_users} wheelchair spaces.")
    layout = min(fitting, key=lambda each: (_short(need, each), each.seats, each.wheelchairs))
    if short := _short(need, layout):
        return lacks("seats", f"{short} {'seat' if short == 1 else 'seats'} short")
    return passes("seats", sentence=f"Laid out as {layout}, it takes all {need.people}.")


def _short(need: TripNeed, layout: Layout) -> int:
    """How many seats are missing; a wheelchair space that stays empty is no seat."""
    return max(0, need.seated - layout.seats)


def child_seats(need: TripNeed, vehicle: VehicleOffer, context: Context) -> Verdict | None:
    """Every child seat that is asked for comes with the vehicle, sort by sort."""
    short = vehicle.child_seats.short_of(need.child_seats)
    if not short:
        return None
    return lacks("child_seats", f"{short} child {'seat' if short == 1 else 'seats'} short")


def mot(need: TripNeed, vehicle: VehicleOffer, context: Context) -> Verdict | None:
    """The MOT is in date at the return."""
    return _in_date("mot", "MOT", vehicle.mot_until, context)


def insurance(need: TripNeed, vehicle: VehicleOffer, context: Context) -> Verdict | None:
    """The insurance is in date at the return."""
    return _in_date("insurance", "insurance", vehicle.insured_until, context)


def inspection(need: TripNeed, vehicle: VehicleOffer, context: Context) -> Verdict | None:
    """On every date a safety inspection, done or booked, is recent enough."""
    due = [day for day in days_used(context) if not _inspected(vehicle, day, context.settings)]
    if not due:
        return None
    weeks = inspection_weeks(vehicle, due[0], context.settings)
    sentence = f"No safety inspection is done or booked within {weeks} weeks before every return."
    return bars("inspection", sentence, private=f"{due[0]}", audience=_OWN)


def _inspected(vehicle: VehicleOffer, day: dt.date, settings: TransportSettings) -> bool:
    lasts = dt.timedelta(weeks=inspection_weeks(vehicle, day, settings))
    return any(done <= day <= done + lasts for done in vehicle.inspections)


def inspection_weeks(vehicle: VehicleOffer, day: dt.date, settings: TransportSettings) -> int:
    """How many weeks an inspection lasts; a vehicle of unknown age counts as old."""
    known = vehicle.registered is not None
    if known and day.year - (vehicle.registered or 0) < settings.old_vehicle_years:
        return settings.inspection_weeks
    return settings.old_inspection_weeks


def price(need: TripNeed, vehicle: VehicleOffer, context: Context) -> Verdict | None:
    """What is certain to be paid is within the budget; what is not yet known comes on top."""
    quote = vehicle_quote(need, vehicle, context)
    if need.budget_pence is None or quote.known <= need.budget_pence:
        return None
    over = quote.known - need.budget_pence
    whole = "at least " if quote.unknown else ""
    sentence = f"{whole}{pounds(quote.known)} in all is {pounds(over)} over your budget."
    said = sentence[0].upper() + sentence[1:]
    if need.may_share:  # together with others it may be within the budget
        return lacks("price", said)
    return bars("price", said, audience=_ASKER, over_pence=over)


def _in_date(code: str, name: str, until: dt.date | None, context: Context) -> Verdict | None:
    day = last_day(context)
    if until is not None and day <= until:
        return None
    if until is None:
        return bars(code, f"It is not stated until when the {name} lasts.", audience=_OWN)
    return bars(code, f"The {name} ends before the return.", private=f"{until}", audience=_OWN)
