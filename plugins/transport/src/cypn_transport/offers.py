"""What is offered for outings: vehicles, and people who drive them."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Annotated, ClassVar

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import astuple, field, frozen

from cypn_core.domain.constraints import Kilometres, Minutes, Pence, PlaceName, Shown, constrained
from cypn_core.domain.postings import Claim, Need, Offer, Unit
from cypn_core.domain.region import Region
from cypn_core.domain.times import DateSpan, Schedule, Window

Hours = Annotated[tuple[Schedule, ...], MinLen(1), MaxLen(20)]
Few = Annotated[int, Ge(0), Le(20)]
OwnDate = Annotated[dt.date, Shown.OWNER]
"""A date that a rule reads; the other side learns only that the rule is met."""

VEHICLE, DRIVER, ESCORT = "vehicle", "driver", "escort"
SEATS = "seats"
"""The part of a vehicle of which each who rides takes one."""


class Access(Enum):
    """How a wheelchair user comes aboard."""

    LIFT = "lift"
    RAMP = "ramp"
    NONE = "none"


class Gearbox(Enum):
    """What the driver's licence must allow."""

    MANUAL = "manual"
    AUTOMATIC = "automatic"


class Permit(Enum):
    """Under what the vehicle may carry passengers for hire or reward."""

    NONE = "none"
    SECTION_19 = "section_19_standard"
    SECTION_19_LARGE = "section_19_large"
    SECTION_22 = "section_22"
    PSV = "psv_operator"


class PassengerClass(Enum):
    """Whom a section 19 permit may name (SI 2009/365, classes A to F)."""

    MEMBERS = "members"
    BENEFICIARIES = "beneficiaries"
    DISABLED = "disabled"
    PUPILS = "pupils"
    COMMUNITY = "community"
    OTHER = "other"


class Category(Enum):
    """Driving licence categories that count here; ``d1_101`` came with an old car test."""

    D = "d"
    D1 = "d1"
    D1_101 = "d1_101"
    B = "b"


class DistanceUnit(Enum):
    """What a rate is for."""

    KM = "km"
    MILE = "mile"


@frozen(field_transformer=constrained)
class Layout:
    """One way in which the vehicle can be set out: never a formula."""

    seats: Annotated[int, Ge(0), Le(100)]
    wheelchairs: Annotated[int, Ge(0), Le(20)] = 0

    def __attrs_post_init__(self) -> None:
        if not self.seats + self.wheelchairs:
            raise ValueError("seats must be at least 1 in a layout without wheelchair spaces")

    def __str__(self) -> str:
        return f"{self.seats}+{self.wheelchairs}"


@frozen(kw_only=True, field_transformer=constrained)
class ChildSeats:
    """How many child seats of each sort: never whose, and no child's age."""

    baby: Few = 0
    """Rear-facing, to about 13 kg."""
    toddler: Few = 0
    """Forward-facing with a harness, from about 9 to 18 kg."""
    booster: Few = 0
    """For 15 to 36 kg, until a child is 135 cm tall."""

    @property
    def all(self) -> int:
        """How many of every sort."""
        return self.baby + self.toddler + self.booster

    def short_of(self, wanted: ChildSeats) -> int:
        """How many are missing of what is *wanted*; no sort stands in for another."""
        pairs = zip(astuple(wanted), astuple(self), strict=True)
        return sum(max(0, wants - has) for wants, has in pairs)


@frozen(kw_only=True, field_transformer=constrained)
class Rates:
    """What an outing costs, in pence. 0 says that there is no such charge; None is unknown."""

    hire_pence: Pence | None = None
    fuel_pence: Pence | None = None
    distance_pence: Annotated[int, Ge(0), Le(10_000)] | None = None
    per: DistanceUnit = DistanceUnit.KM
    insurance_pence: Pence | None = None
    driver_pence: Pence | None = None
    """The expenses or pay of the driver who comes with the vehicle."""


def given_hours(hours: Hours, region: Region, span: DateSpan) -> tuple[Window, ...]:
    """The windows of all *hours* between two dates, in order."""
    found = [each.over(span, region.zone_name, region.calendars) for each in hours]
    return tuple(sorted(window for windows in found for window in windows))


@frozen(kw_only=True, field_transformer=constrained)
class VehicleOffer(Offer):
    """A vehicle and the hours in which it may be asked for. What is not stated counts for nothing.

    A driver who *comes with* it is its holder's own: the holder answers for licence and training.
    """

    kind: ClassVar[str] = "vehicle_offer"
    checklist: ClassVar[str] = "holder"
    role: ClassVar[str] = VEHICLE

    place: PlaceName
    layouts: Annotated[tuple[Layout, ...], MinLen(1), MaxLen(12)]
    hours: Hours
    comes_with_driver: bool = False
    access: Access | None = None
    child_seats: ChildSeats = field(factory=ChildSeats)
    """Those that come with it."""
    gearbox: Gearbox | None = None
    mass_kg: Annotated[int, Ge(500), Le(30_000)] | None = None
    """The maximum mass that the plate states, not what it weighs empty."""
    tank_litres: Annotated[int, Ge(5), Le(1000)] | None = None
    registered: Annotated[int, Ge(1950), Le(2199), Shown.OWNER] | None = None
    inspections: Annotated[tuple[dt.date, ...], MaxLen(30), Shown.OWNER] = ()
    """Safety inspections done and booked."""
    mot_until: OwnDate | None = None
    insured_until: OwnDate | None = None
    permit: Permit | None = None
    permit_until: OwnDate | None = None
    classes: frozenset[PassengerClass] = frozenset()
    lends_under_permit: bool = False
    """Whether a group that drives it itself becomes a member and rides under the permit."""
    tows_trailer: bool = False
    rates: Rates = field(factory=Rates)
    buffer_minutes: Annotated[int, Ge(0), Le(240)] = 30

    def given(self, region: Region, span: DateSpan) -> tuple[Window, ...]:
        """See :meth:`Offer.given`."""
        return given_hours(self.hours, region, span)

    def units(self) -> tuple[Unit, ...]:
        """The vehicle, which one outing has at once, and the seats that its groups share."""
        return (Unit(), Unit(part=SEATS, capacity=max(1, self.most)))

    def claims(self, need: Need) -> tuple[Claim, ...]:
        """The vehicle once, and a seat for each who rides, as far as there are seats."""
        whole, seats = self.units()
        return (Claim(whole), Claim(seats, max(1, min(seats.capacity, need.people))))

    @property
    def buffers(self) -> tuple[int, int]:
        """Time for handing over keys, before and after."""
        return (self.buffer_minutes, self.buffer_minutes)

    @property
    def most(self) -> int:
        """The most people that any layout takes, which decides permit and licence."""
        return max(layout.seats + layout.wheelchairs for layout in self.layouts)


@frozen(kw_only=True, field_transformer=constrained)
class DriverOffer(Offer):
    """Somebody who drives. No name, no licence number; checks are the hub's own record.

    *born* is a year: rules take the age that is safe to assume. *expenses_pence* is for one
    outing, or the pay where *paid*; None is unknown.
    """

    kind: ClassVar[str] = "driver_offer"
    checklist: ClassVar[str] = "driver"
    role: ClassVar[str] = DRIVER

    place: PlaceName
    hours: Hours
    categories: Annotated[frozenset[Category], MinLen(1), Shown.OWNER]
    born: Annotated[int, Ge(1930), Le(2199), Shown.OWNER]
    licence_until: OwnDate | None = None
    b_since: OwnDate | None = None
    automatic_only: Annotated[bool, Shown.OWNER] = False
    medical_at_70: Annotated[bool, Shown.OWNER] = False
    """Whether the entitlement was renewed at 70 with a D1 medical."""
    drives_minibuses_since: OwnDate | None = None
    barred_list_until: OwnDate | None = None
    """Until when an enhanced check with the children's barred list is taken to last."""
    midas_until: OwnDate | None = None
    midas_accessible_until: OwnDate | None = None
    paid: bool = False
    expenses_pence: Pence | None = None
    claims_mileage: bool = False
    """Whether reaching the vehicle by own car is claimed."""
    furthest_km: Annotated[Kilometres, Shown.OWNER] = 30
    buffer_minutes: Minutes = 15

    def given(self, region: Region, span: DateSpan) -> tuple[Window, ...]:
        """See :meth:`Offer.given`."""
        return given_hours(self.hours, region, span)

    @property
    def buffers(self) -> tuple[int, int]:
        """Time between two outings."""
        return (self.buffer_minutes, self.buffer_minutes)
