"""What fits where storage is wanted: floor, months, access and lock."""

from __future__ import annotations

from cypn_core.matching.rules import Context, Verdict, bars, lacks
from cypn_venue_bank.needs import StorageNeed
from cypn_venue_bank.offers import StorageOffer
from cypn_venue_bank.sentences import unless_said, word


def roomy_enough(need: StorageNeed, offer: StorageOffer, context: Context) -> Verdict | None:
    """A smaller store helps in part."""
    if offer.area_m2 >= need.area_m2:
        return None
    return lacks("area", f"{offer.area_m2} of {need.area_m2} m²")


def enough_months(need: StorageNeed, offer: StorageOffer, context: Context) -> Verdict | None:
    """Not shorter than the store's shortest hire."""
    if need.held_months >= offer.minimum_months:
        return None
    return bars("minimum_hire", f"It is let for at least {offer.minimum_months} months.")


def reachable(need: StorageNeed, offer: StorageOffer, context: Context) -> Verdict | None:
    """Open as often as the group has to get to its things."""
    if offer.access is not None and offer.access.allows(need.access):
        return None
    if offer.access is None:
        return bars("store_access", "It does not say how often you can get to your things: ask.")
    return bars(
        "store_access",
        f"You can get to your things {word(offer.access)}, not {word(need.access)}.",
    )


def locked(need: StorageNeed, offer: StorageOffer, context: Context) -> Verdict | None:
    """Lockable, where that is wanted and known."""
    if not need.lockable or offer.lockable:
        return None
    return bars("lockable", unless_said(offer.lockable, "It has no lock.", "whether it has a lock"))
