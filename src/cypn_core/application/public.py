"""What everybody may read: who agreed to be listed by name, with what; of others only counts."""

from __future__ import annotations

from typing import Any

from cypn_core.application import rarity
from cypn_core.application.faces import Faces
from cypn_core.application.listings import Listed, listed
from cypn_core.application.network import PUBLIC, Work
from cypn_core.application.publish import HOLDERS, published
from cypn_core.domain.postings import Offer
from cypn_core.domain.times import DateSpan, Window
from cypn_core.domain.views import Relation, as_shown

Json = dict[str, Any]


def told(faces: Faces, exchange: str | None = None) -> Json:
    """The listings and, as they were last published, the counts; of *exchange* alone or of all."""
    found = [each for each in listed(faces.work) if exchange in {None, each.offer.exchange}]
    return {
        "region": faces.work.hub.region.name,
        "listings": [faces.listing(each) for each in found],
        "others": _others(published(faces.work, HOLDERS), exchange),
    }


def hours(work: Work, each: Listed, span: DateSpan) -> tuple[Window, ...]:
    """The hours that a listed offer gives between two dates, as far as anybody may know them.

    They are worked out from nothing but what is shown of the offer: what its holder keeps, what is
    booked and what is closed leaves no trace in them.
    """
    region = work.hub.region
    shown = as_shown(
        each.offer.body,
        Relation.STRANGER,
        region.zone_label,
        lambda field, code: rarity.common(work, PUBLIC, each.offer, field, code),
    )
    return shown.given(region, span) if isinstance(shown, Offer) else ()


def _others(counts: Json | None, exchange: str | None) -> Json | None:
    if counts is None or exchange is None:
        return counts
    mine = [row for row in counts["counts"] if row["exchange"] == exchange]
    return {**counts, "counts": mine}
