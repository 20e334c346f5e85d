"""Who rides along and looks after the passengers, and whether they suit a group.

Who fails which test is told to the escort and the coordinator, never to the group.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, ClassVar

from attrs import frozen

from cypn_core.domain.constraints import Kilometres, Minutes, Pence, PlaceName, Shown, constrained
from cypn_core.domain.postings import Offer
from cypn_core.domain.region import Region
from cypn_core.domain.times import DateSpan, Window
from cypn_core.matching.rules import Audience, Context, Verdict, bars
from cypn_transport.needs import TripNeed
from cypn_transport.offers import ESCORT, Hours, OwnDate, given_hours
from cypn_transport.pack import last_day

_OWN = frozenset({Audience.HOLDER, Audience.COORDINATOR})


class Skill(Enum):
    """What an escort has learnt to do."""

    WHEELCHAIRS = "secures_wheelchairs"
    CHILD_SEATS = "fits_child_seats"


@frozen(kw_only=True, field_transformer=constrained)
class EscortOffer(Offer):
    """Somebody who rides along with a group. No name is asked for; checks are the hub's record.

    *expenses_pence* is for one outing; None is unknown.
    """

    kind: ClassVar[str] = "escort_offer"
    checklist: ClassVar[str] = "escort"
    role: ClassVar[str] = ESCORT

    place: PlaceName
    hours: Hours
    skills: frozenset[Skill] = frozenset()
    expenses_pence: Pence | None = None
    barred_list_until: OwnDate | None = None
    """Until when an enhanced check with the children's barred list is taken to last."""
    furthest_km: Annotated[Kilometres, Shown.OWNER] = 30
    buffer_minutes: Minutes = 15

    def given(self, region: Region, span: DateSpan) -> tuple[Window, ...]:
        """See :meth:`Offer.given`."""
        return given_hours(self.hours, region, span)

    @property
    def buffers(self) -> tuple[int, int]:
        """Time between two outings."""
        return (self.buffer_minutes, self.buffer_minutes)


def safeguarding(need: TripNeed, escort: EscortOffer, context: Context) -> Verdict | None:
    """The escort's checks, as the hub recorded them, are in date at the last return."""
    if context.second.covers(last_day(context)):
        return None
    return _fails("escort_checks", "The escort's checks end before the return.")


def skills(need: TripNeed, escort: EscortOffer, context: Context) -> Verdict | None:
    """With wheelchair users or child seats, the escort knows how these are made fast."""
    if need.wheelchair_users and Skill.WHEELCHAIRS not in escort.skills:
        return _fails("escort_skills", "The escort has not learnt to make wheelchairs fast.")
    if need.child_seats.all and Skill.CHILD_SEATS not in escort.skills:
        return _fails("escort_skills", "The escort has not learnt to fit child seats.")
    return None


def reach(need: TripNeed, escort: EscortOffer, context: Context) -> Verdict | None:
    """The outing starts no farther away than the escort will go."""
    if context.km is not None and context.km <= escort.furthest_km:
        return None
    figure = "" if context.km is None else f"{context.km:.1f} > {escort.furthest_km} km"
    return _fails("escort_reach", "The outing starts too far from the escort.", figure)


def _fails(code: str, sentence: str, private: str = "") -> Verdict:
    return bars(code, sentence, private=private, audience=_OWN)
