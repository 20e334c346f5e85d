"""What is wrong with an offer in this region, field by field."""

from __future__ import annotations

from collections.abc import Iterator

from cypn_core.domain.postings import Need, Offer
from cypn_core.domain.region import Region
from cypn_core.exchange import Objection
from cypn_venue_bank.offers import SpaceOffer


def objections(body: Need | Offer, region: Region) -> Iterator[Objection]:
    """The calendars of closing days that this region lacks."""
    if not isinstance(body, SpaceOffer):
        return
    known = ", ".join(sorted(region.calendars)) or "none"
    for at, code in enumerate(body.closes_on):
        if code not in region.calendars:
            said = f"{code} is not a calendar of this region ({known})"
            yield Objection(f"closes_on[{at}]", said)
