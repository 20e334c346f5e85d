"""The hooks that the venue bank answers."""

from __future__ import annotations

from collections.abc import Iterable

from cypn_core import hookimpl
from cypn_core.domain.postings import Need, Offer
from cypn_core.domain.region import Region
from cypn_core.exchange import Exchange, Objection
from cypn_venue_bank.needs import SpaceNeed, StorageNeed
from cypn_venue_bank.objections import objections
from cypn_venue_bank.offers import SpaceOffer, StorageOffer
from cypn_venue_bank.planner import plans, served
from cypn_venue_bank.relaxations import relaxations
from cypn_venue_bank.rules import RULES
from cypn_venue_bank.settings import VenueBankSettings
from cypn_venue_bank.visits import CONFIRM_VISIT, CONFIRMED, VISIT_PENDING
from cypn_venue_bank.words import WORDS


@hookimpl
def cypn_exchange() -> Exchange:
    return Exchange(
        name="venue_bank",
        title="Venue bank",
        summary="Halls, meeting rooms and storage, lent and found without knowing who asks.",
        needs=(SpaceNeed, StorageNeed),
        offers=(SpaceOffer, StorageOffer),
        planner=plans,
        rules=RULES,
        relaxations=relaxations,
        settings=VenueBankSettings,
        actions=(CONFIRM_VISIT,),
        words=WORDS,
        served=served,
        agreed_as=VISIT_PENDING,
        settles_as=CONFIRMED,
    )


@hookimpl
def cypn_objections(
    exchange: str, body: Need | Offer, region: Region
) -> Iterable[Objection] | None:
    return objections(body, region) if exchange == "venue_bank" else None
