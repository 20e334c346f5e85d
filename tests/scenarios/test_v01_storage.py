"""V01: storage near a town."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.scenarios.venue_bank_sketch import NETWORKS, Network, hall, refusals

from cypn_venue_bank.codes import Basis, StoreAccess
from cypn_venue_bank.needs import StorageNeed
from cypn_venue_bank.offers import StorageOffer
from cypn_venue_bank.prices import Price


def store(place: str, area_m2: int, **changes: Any) -> StorageOffer:
    given: dict[str, Any] = {
        "place": place,
        "area_m2": area_m2,
        "available_from": dt.date(2027, 1, 1),
        "access": StoreAccess.WEEKLY,
        "lockable": True,
        "price": Price(basis=Basis.PER_MONTH, pence=1500),
    }
    return StorageOffer(**given | changes)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.town)
def test_v01_storage_near_the_town(network: Network) -> None:
    """V01: one store fits, one fits in part, and two are refused with their reasons."""
    sketch = network.sketch()
    a = sketch.offer(hall(network.town))
    b = sketch.offer(store(network.city, 10))
    c = sketch.offer(store(network.town, 4))
    d = sketch.offer(store(network.village, 8))
    need = StorageNeed(
        place=network.town,
        starts_on=dt.date(2027, 1, 11),
        months=12,
        area_m2=6,
        lockable=True,
        access=StoreAccess.WEEKLY,
        max_km=5,
    )

    answer = sketch.answer(sketch.need(need))

    assert [plan.legs[0].offer for plan in answer.full] == [d]
    assert [plan.legs[0].offer for plan in answer.partial] == [c]
    assert [missing.sentence for missing in answer.partial[0].missing] == ["4 of 6 m²"]
    assert not answer.partial[0].full
    assert refusals(answer)[a][0] == "space_type"
    assert refusals(answer)[b] == ["distance"]
    (too_far,) = next(each for each in answer.refused if each.offer == b).reasons
    assert too_far.private == "10.4 > 5 km"
    assert "10.4" not in too_far.sentence


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.town)
def test_v01_without_the_one_that_fits(network: Network) -> None:
    """V01, near miss: with nothing within 5 km, the hub says how much farther would do."""
    sketch = network.sketch()
    sketch.offer(store(network.city, 10))
    need = StorageNeed(
        place=network.town, starts_on=dt.date(2027, 1, 11), months=12, area_m2=6, max_km=9
    )
    cheapest = sketch.answer(sketch.need(need)).near[0]
    assert cheapest.relaxed.sentence == "up to 11 km away instead of 9"
    assert cheapest.plan.full
