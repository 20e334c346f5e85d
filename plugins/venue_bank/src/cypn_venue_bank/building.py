"""Rules on the building: its floor, when a use may start, and who else is there."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from cypn_core.domain.plans import REFERRED
from cypn_core.matching.rules import Context, Verdict, bars, lacks
from cypn_venue_bank.codes import AGES, AgeGroup, Neighbour
from cypn_venue_bank.needs import SpaceNeed
from cypn_venue_bank.offers import SpaceOffer
from cypn_venue_bank.sentences import unless_said
from cypn_venue_bank.settings import CoUse

CO_USE = "co_use"


def enough_floor(need: SpaceNeed, offer: SpaceOffer, context: Context) -> Verdict | None:
    """As much floor as the group needs; an unknown floor is never enough."""
    if need.floor_m2 is None or (offer.floor_m2 or 0) >= need.floor_m2:
        return None
    if offer.floor_m2 is None:
        return bars("floor", "It does not say how large its floor is; ask its holder to say.")
    return lacks("floor", f"{offer.floor_m2} of {need.floor_m2} m² of floor")


def alone(need: SpaceNeed, offer: SpaceOffer, context: Context) -> Verdict | None:
    """The space for one group alone, where that is wanted and known."""
    if not need.sole_use or offer.sole_use:
        return None
    unsaid = "whether others use the space at the same time"
    return bars("sole_use", unless_said(offer.sole_use, "Others may be in the same space.", unsaid))


def starts_then(need: SpaceNeed, offer: SpaceOffer, context: Context) -> Verdict | None:
    """Each use starts on one of the minutes at which the holder lets them start."""
    if not offer.starts_every:
        return None
    zone = ZoneInfo(context.zone)
    if any(_minute(w.start, zone) % offer.starts_every for w in context.windows):
        return bars("starts_every", f"Uses start every {offer.starts_every} minutes from midnight.")
    return None


def together(need: SpaceNeed, offer: SpaceOffer, context: Context) -> Verdict | None:
    """Adults only beside young children, where they share toilets: the region says what then.

    Toilets that nobody has said are apart count as shared.
    """
    clashes = Neighbour.YOUNG_CHILDREN if need.age_group is AgeGroup.ADULTS else None
    if (
        need.age_group is not AgeGroup.ADULTS
        and AGES[need.age_group][0] < context.settings.co_use_under
    ):
        clashes = Neighbour.ADULTS_ONLY
    rule = context.settings.co_use
    if clashes not in offer.beside or offer.shared_toilets is False or rule is CoUse.ALLOW:
        return None
    if rule is CoUse.BAR:
        return bars(CO_USE, "Adults only and young children would share its toilets.")
    return lacks(
        REFERRED,
        "Adults only and young children would share its toilets: the coordinator has to agree",
    )


def _minute(start: dt.datetime, zone: ZoneInfo) -> int:
    local = start.astimezone(zone)
    return local.hour * 60 + local.minute
