"""The hooks that this exchange answers."""

from __future__ import annotations

from collections.abc import Iterable

from cypn_core import hookimpl
from cypn_core.domain.postings import Need, Offer
from cypn_core.domain.region import Region
from cypn_core.exchange import Exchange, Objection
from cypn_transport import running
from cypn_transport.day import together
from cypn_transport.escorts import EscortOffer
from cypn_transport.needs import TripNeed
from cypn_transport.objections import objections
from cypn_transport.offers import DriverOffer, VehicleOffer
from cypn_transport.planner import SOUGHT, one_outing, plan
from cypn_transport.relaxations import relaxations
from cypn_transport.rules import RULES, VERSION
from cypn_transport.settings import NAME, TransportSettings
from cypn_transport.words import WORDS

EXCHANGE = Exchange(
    name=NAME,
    title="Shared transport",
    summary="Outings for groups: a vehicle, a suitably experienced driver, the whole price.",
    needs=(TripNeed,),
    offers=(VehicleOffer, DriverOffer, EscortOffer),
    planner=plan,
    rules=RULES,
    rules_version=VERSION,
    relaxations=relaxations,
    settings=TransportSettings,
    words=WORDS,
    sought=SOUGHT,
    together=together,
    served=one_outing,
    actions=running.ACTIONS,
    agreed_as=running.ARRANGED,
    counts_cancelled=running.late,
    by_road=True,
)


@hookimpl
def cypn_exchange() -> Exchange:
    return EXCHANGE


@hookimpl
def cypn_objections(
    exchange: str, body: Need | Offer, region: Region
) -> Iterable[Objection] | None:
    return objections(body, region) if exchange == NAME else None
