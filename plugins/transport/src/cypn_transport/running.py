"""An outing from the keys to the logbook: what its driver and the vehicle's holder do and record.

The walk-round points are those of the DVSA's guide to maintaining roadworthiness, daily walkround
check (https://www.gov.uk/government/publications/guide-to-maintaining-roadworthiness).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from annotated_types import Ge, Le, MinLen
from attrs import frozen

from cypn_core.domain.constraints import constrained
from cypn_core.domain.errors import Conflict, Invalid
from cypn_core.domain.plans import Plan
from cypn_core.exchange import Action, DealView, Outcome
from cypn_core.matching.rules import Context
from cypn_transport.offers import DRIVER, VEHICLE, VehicleOffer

ARRANGED, KEYS_OUT, CHECKED = "outing_arranged", "keys_out", "vehicle_checked"
WITHDRAWN, KEYS_BACK = "vehicle_withdrawn", "keys_back"
STATES = frozenset({ARRANGED, KEYS_OUT, CHECKED, WITHDRAWN, KEYS_BACK})

DEFECT = "defect"
"""As what a vehicle is closed until its holder says that it is mended."""
LOGBOOK = dt.timedelta(hours=48)
BEFORE = dt.timedelta(hours=24)
"""How long before an outing its keys may go out and its vehicle be checked."""
FARTHEST = 3000
"""More than any outing goes, in miles or kilometres: a digit must be wrong."""


class CheckPoint(Enum):
    """What is looked at before a vehicle goes out."""

    BRAKES = "brakes"
    STEERING = "steering"
    TYRES = "tyres_and_wheels"
    LIGHTS = "lights_and_indicators"
    MIRRORS = "mirrors_and_glass"
    WIPERS = "wipers_and_washers"
    WARNINGS = "horn_and_warning_lamps"
    FLUIDS = "fluids_and_leaks"
    DOORS = "doors_and_exits"
    BELTS = "seats_and_belts"
    ACCESS = "lift_ramp_and_restraints"
    EMERGENCY = "first_aid_and_extinguisher"
    BODY = "body_and_load"


@frozen(kw_only=True, field_transformer=constrained)
class WalkRound:
    """The check before use: all points, and those of them with a defect."""

    looked_at: frozenset[CheckPoint]
    defects: frozenset[CheckPoint] = frozenset()


@frozen(kw_only=True, field_transformer=constrained)
class Defects:
    """Where a vehicle has a defect. What exactly is told from person to person."""

    defects: Annotated[frozenset[CheckPoint], MinLen(1)]


_Reading = Annotated[int, Ge(0), Le(2_000_000)]


@frozen(kw_only=True, field_transformer=constrained)
class Logbook:
    """The odometer as it stood, and what was filled in to have the tank as it was before."""

    odometer_start: _Reading
    odometer_end: _Reading
    litres: Annotated[Decimal, Ge(Decimal(0)), Le(Decimal(1000))] = Decimal(0)


@frozen(kw_only=True, field_transformer=constrained)
class Returned:
    """How many rode along, the driver left out; never who."""

    passengers: Annotated[int, Ge(0), Le(100)]


def _hand_over(deal: DealView, given: Any, context: Context) -> Outcome:
    _must_be_near(deal, context)
    return Outcome(sub_state=KEYS_OUT, tells="The keys were handed over.")


def _take(deal: DealView, given: Any, context: Context) -> Outcome:
    _must_be_near(deal, context)
    return Outcome(sub_state=KEYS_OUT, tells="The driver has taken the keys.")


def _check(deal: DealView, given: WalkRound, context: Context) -> Outcome:
    _must_be_near(deal, context)
    missing = [point.value for point in CheckPoint if point not in given.looked_at]
    if missing:
        raise Invalid({"looked_at": [f"must be every point; look at {', '.join(missing)} too"]})
    if given.defects:
        return _withdrawn(given.defects, WITHDRAWN)
    return Outcome(
        sub_state=CHECKED,
        fact={"defects": []},
        tells="The vehicle was checked before use and has no defect.",
    )


def _report(deal: DealView, given: Defects, context: Context) -> Outcome:
    return _withdrawn(given.defects, deal.sub_state if deal.sub_state == KEYS_BACK else WITHDRAWN)


def _withdrawn(defects: frozenset[CheckPoint], sub_state: str) -> Outcome:
    return Outcome(
        sub_state=sub_state,
        fact={"defects": sorted(point.value for point in defects)},
        tells="A defect was reported: the vehicle goes out no more until it is mended.",
        closes=frozenset({VEHICLE}),
        closes_as=DEFECT,
    )


def _record(deal: DealView, given: Logbook, context: Context) -> Outcome:
    _must_have_begun(deal, context)
    went = given.odometer_end - given.odometer_start
    if went < 0:
        raise Invalid({"odometer_end": ["must not be less than at the start"]})
    if went > FARTHEST:
        said = f"must be within {FARTHEST} of the start: is there a digit too many?"
        raise Invalid({"odometer_end": [said]})
    tanks = [each.tank_litres for each in _vehicles(deal) if each.tank_litres is not None]
    if tanks and given.litres > max(tanks):
        raise Invalid(
            {"litres": [f"must be at most {max(tanks)}, which is all that the tank holds"]}
        )
    fact = {
        "odometer_start": given.odometer_start,
        "odometer_end": given.odometer_end,
        "litres": float(given.litres),
    }
    return Outcome(sub_state=deal.sub_state, fact=fact)


def _return(deal: DealView, given: Returned, context: Context) -> Outcome:
    _must_have_begun(deal, context)
    most = max((each.most for each in _vehicles(deal)), default=given.passengers)
    if given.passengers > most:
        raise Invalid(
            {"passengers": [f"must be at most {most}, which is all that the vehicle takes"]}
        )
    return Outcome(
        sub_state=KEYS_BACK,
        fact={"passengers": given.passengers},
        tells="The outing is over and the keys are back.",
    )


def _vehicles(deal: DealView) -> list[VehicleOffer]:
    return [each for each in deal.offers.values() if isinstance(each, VehicleOffer)]


def _starts(deal: DealView) -> dt.datetime | None:
    return min((w.start for leg in deal.plan.legs for w in leg.windows), default=None)


def _must_be_near(deal: DealView, context: Context) -> None:
    starts = _starts(deal)
    if starts is not None and context.now < starts - BEFORE:
        raise Conflict("This is done within a day before the outing, and not earlier.")


def _must_have_begun(deal: DealView, context: Context) -> None:
    starts = _starts(deal)
    if starts is not None and context.now < starts:
        raise Conflict("The outing has not begun: record it when it has.")


def late(plan: Plan, notice: dt.timedelta, context: Context) -> int:
    """How many outings it counts to give up *plan* at *notice*, by the region's bands.

    Each outing of a series has its own notice, and counts as the highest band that it falls in.
    """
    starts = sorted({window.start for leg in plan.legs for window in leg.windows})
    notices = [notice + (each - starts[0]) for each in starts]
    return sum(_band(each, context) for each in notices)


def _band(notice: dt.timedelta, context: Context) -> int:
    bands = context.settings.cancel_bands
    within = [each.outings for each in bands if notice < dt.timedelta(hours=each.hours)]
    return max(within, default=0)


def _action(
    name: str, title: str, roles: tuple[str, ...], from_states: frozenset[str],
    handler: Callable[[DealView, Any, Context], Outcome], **more: Any,
) -> Action:  # fmt: skip
    return Action(
        name=name, title=title, who="holder", roles=roles, from_states=from_states,
        handler=handler, **more,
    )  # fmt: skip


_EITHER = (DRIVER, VEHICLE)
"""The driver; where the vehicle comes with one, or the group drives, whoever holds the vehicle."""

ACTIONS = (
    _action("hand-over-keys", "Hand over the keys", (VEHICLE,), STATES - {KEYS_OUT}, _hand_over),
    _action("take-keys", "Take the keys", (DRIVER,), STATES - {KEYS_OUT}, _take),
    _action("check-vehicle", "Check the vehicle before use", _EITHER, STATES, _check,
            takes=WalkRound),
    _action("report-defect", "Report a defect", _EITHER, STATES, _report, takes=Defects,
            after_end=True),
    _action("return-keys", "Return the keys", _EITHER, STATES - {KEYS_BACK}, _return,
            takes=Returned, after_end=True),
    _action("record-mileage", "Record mileage and fuel", _EITHER, STATES, _record, takes=Logbook,
            after_end=True, within=LOGBOOK),
)  # fmt: skip

WORDS = {
    ARRANGED: "agreed",
    KEYS_OUT: "agreed; the keys are handed over",
    CHECKED: "agreed; the vehicle is checked and has no defect",
    WITHDRAWN: "agreed; the vehicle has a defect and goes out no more until it is mended",
    KEYS_BACK: "the keys are back",
    DEFECT: "A defect is to be mended",
    "looked_at": "Which points have you looked at?",
    "hint.looked_at": "Walk round the vehicle. What it does not have counts as in order.",
    "label.looked_at": "Looked at",
    "defects": "Which of them have a defect?",
    "hint.defects": "The vehicle is then closed to everybody until its holder reopens it.",
    "label.defects": "Defects",
    "odometer_start": "What did the odometer show at the start?",
    "label.odometer_start": "Odometer at the start",
    "odometer_end": "What does it show now?",
    "label.odometer_end": "Odometer at the end",
    "litres": "How many litres of fuel did you fill in?",
    "hint.litres": "So that the tank is as full as before; 0 for none.",
    "label.litres": "Litres of fuel",
    "passengers": "How many passengers went?",
    "hint.passengers": "The driver is not one of them. No names are wanted.",
    "label.passengers": "Passengers who went",
    "counts.1": "one outing",
    "counts.2": "two outings",
    "counts.3": "three outings",
    CheckPoint.BRAKES.value: "Brakes",
    CheckPoint.STEERING.value: "Steering",
    CheckPoint.TYRES.value: "Tyres and wheels",
    CheckPoint.LIGHTS.value: "Lights and indicators",
    CheckPoint.MIRRORS.value: "Mirrors and glass",
    CheckPoint.WIPERS.value: "Wipers and washers",
    CheckPoint.WARNINGS.value: "Horn and warning lamps",
    CheckPoint.FLUIDS.value: "Fluids, and no leaks",
    CheckPoint.DOORS.value: "Doors and emergency exits",
    CheckPoint.BELTS.value: "Seats and belts",
    CheckPoint.ACCESS.value: "Lift or ramp, and restraints for wheelchairs",
    CheckPoint.EMERGENCY.value: "First-aid kit and fire extinguisher",
    CheckPoint.BODY.value: "Body, number plates and load",
}
"""Plain words of all this; they are part of the words of the exchange."""
