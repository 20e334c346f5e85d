"""What a region may set of shared transport, in its table ``[exchanges.transport]``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from annotated_types import Ge, Le, MaxLen
from attrs import field, frozen

from cypn_core.domain.constraints import Code, constrained
from cypn_core.domain.region import Region
from cypn_transport.shares import ShareBy

NAME = "transport"

_Few = Annotated[int, Ge(0), Le(100)]


@frozen(kw_only=True, field_transformer=constrained)
class RuleSetting:
    """What a region says of one rule of the pack: that it is off, or from when on it holds."""

    off: bool = False
    valid_from: dt.date | None = None


CODES = frozenset(
    {
        "access", "seats", "child_seats", "mot", "insurance", "inspection", "permit",
        "borrowers_permit", "passenger_class", "public", "price", "safeguarding", "regulated",
        "minimum_age", "experience", "midas", "midas_accessible", "driving_time", "driving_break",
        "escort_checks", "escort_regulated", "escort_skills", "escort_reach", "reach",
        "entitlement",
    }
)  # fmt: skip
"""The codes of the rules of the pack."""


def _rules(given: Mapping[str, Any]) -> Mapping[str, RuleSetting]:
    """The table of a region file, or what was read of it."""
    if unknown := sorted(given.keys() - CODES):
        raise ValueError(f"rules name {unknown[0]}, which is no rule of the pack: see RULES.md")
    return {
        code: said if isinstance(said, RuleSetting) else RuleSetting(**said)
        for code, said in given.items()
    }


@frozen(kw_only=True, field_transformer=constrained)
class CancelBand:
    """What an outing counts that its group gives up less than *hours* before it."""

    hours: Annotated[int, Ge(1), Le(8784)]
    outings: Annotated[int, Ge(0), Le(10)]


def _bands(given: Iterable[Any]) -> tuple[CancelBand, ...]:
    """The tables of a region file, or what was read of them."""
    return tuple(each if isinstance(each, CancelBand) else CancelBand(**each) for each in given)


@frozen(kw_only=True, field_transformer=constrained)
class TransportSettings:
    """Numbers that the rules and the prices read."""

    rules: Mapping[Code, RuleSetting] = field(factory=dict, converter=_rules)
    """By the code of a rule of the pack: what is not named here is as the pack has it."""

    minimum_adults: _Few = 1
    """Adults who ride along wherever there is a child; the driver is not one of them."""
    children_per_adult: Annotated[int, Ge(1), Le(30)] = 8
    young_children_per_adult: Annotated[int, Ge(1), Le(30)] = 6
    """The same where some are under eight."""

    driver_minimum_age: Annotated[int, Ge(17), Le(30)] = 21
    experience_months: _Few = 12
    midas_required: bool = True
    accessible_midas_required: bool = True
    """Whether a driver of wheelchair users needs the accessible module too."""

    midas_years: Annotated[int, Ge(1), Le(20)] = 4
    """How long a certificate lasts: a date that lies farther ahead is not believed."""
    permit_years: Annotated[int, Ge(1), Le(20)] = 5
    """The same for a section 19 or section 22 permit."""
    regulated_days: Annotated[int, Ge(1), Le(30)] = 4
    """On so many days in 30, or weekly, driving children or riding with them is regulated."""
    ride_factor: Annotated[float, Ge(1), Le(5)] = 1.5
    """A child's ride lasts at most so many times the direct one, or *ride_extra_minutes* more."""
    ride_extra_minutes: _Few = 15
    driving_hours: Annotated[int, Ge(1), Le(24)] = 10
    """At the wheel in a day, where any day has more than *exempt_hours*."""
    exempt_hours: Annotated[int, Ge(0), Le(24)] = 4
    unbroken_minutes: Annotated[int, Ge(30), Le(1440)] = 330
    """After so many at the wheel comes a break of *break_minutes*."""
    break_minutes: _Few = 30

    inspection_weeks: Annotated[int, Ge(1), Le(52)] = 10
    old_inspection_weeks: Annotated[int, Ge(1), Le(52)] = 6
    """The same for a vehicle of *old_vehicle_years* or more."""
    old_vehicle_years: Annotated[int, Ge(1), Le(50)] = 12

    own_car_pence_per_mile: Annotated[int, Ge(0), Le(500)] = 45
    """What a volunteer may claim for reaching the vehicle by car."""

    share_by: ShareBy = field(default=ShareBy.STAND_ALONE, converter=ShareBy)
    """How a journey that several groups share is paid for; nobody pays more than alone."""
    share_minutes: Annotated[int, Ge(0), Le(120)] = 30
    """By so much a group that may share leaves later, or is home earlier, than it asked."""
    mixed_bands: Annotated[int, Ge(1), Le(6)] = 2
    """The ages of all who ride together lie within so many bands in a row."""
    boarding_minutes: Annotated[int, Ge(0), Le(30)] = 3
    """How long a shared vehicle stands at every stop."""
    pooling_seconds: Annotated[int, Ge(1), Le(60)] = 4
    """How long the best way of putting the outings of all dates together is looked for."""
    rural_levelling: bool = False
    """Whether all journeys of a vehicle in a calendar month share its empty running equally."""

    cancel_bands: Annotated[tuple[CancelBand, ...], MaxLen(10)] = field(
        default=(CancelBand(hours=24, outings=1),), converter=_bands
    )
    """What late cancellation counts in the turn order: the highest band that the notice is in."""

    @classmethod
    def of(cls, region: Region) -> TransportSettings:
        """The settings of *region*."""
        return cls(**region.exchanges.get(NAME, {}))
