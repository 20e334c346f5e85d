"""The edge: what is wrong with a body is told field by field, and what is right travels intact."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.domain.errors import Invalid
from cypn_core.testing.strategies import register, strategy_for
from cypn_core.web.schemas import load_one_of, schema_for
from cypn_core.wire.converter import converter_for
from cypn_venue_bank.codes import AccessFeature, Basis, Facility
from cypn_venue_bank.needs import SpaceNeed, StorageNeed
from cypn_venue_bank.offers import SpaceOffer, StorageOffer
from cypn_venue_bank.prices import Price

KINDS: tuple[type[Any], ...] = (SpaceNeed, StorageNeed, SpaceOffer, StorageOffer)
SPACE: dict[str, Any] = {
    "kind": "space_offer",
    "place": "Mill",
    "space_type": "hall",
    "capacity": 40,
    "hours": [{"first": "2027-01-04", "starts": "13:00", "ends": "17:00", "rrule": "FREQ=DAILY"}],
}
STORAGE: dict[str, Any] = {
    "kind": "storage_offer",
    "place": "Mill",
    "area_m2": 8,
    "available_from": "2027-01-01",
}
NEED: dict[str, Any] = {
    "kind": "storage_need",
    "place": "Mill",
    "starts_on": "2027-01-11",
    "months": 12,
    "area_m2": 6,
}
HOURLY = {"basis": "per_hour", "pence": 1000}

register(
    Price,
    st.sampled_from(
        [
            Price(basis=Basis.FREE),
            Price(basis=Basis.PER_SESSION, pence=1000, concession_pence=500),
            Price(basis=Basis.PER_HOUR, pence=800),
            Price(basis=Basis.PER_MONTH, pence=2000),
        ]
    ),
)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_body_travels_intact(kind: type[Any], data: st.DataObject) -> None:
    """From the edge to the store and back nothing is lost, and both write the same JSON."""
    body = data.draw(strategy_for(kind))
    store = converter_for({each.kind: each for each in KINDS})
    written = store.write(body)
    assert load_one_of(KINDS, json.loads(json.dumps(written))) == body
    assert store.read(written, kind) == body
    assert schema_for(kind)().dump(body) == written


@pytest.mark.parametrize("kind", [SpaceNeed, StorageNeed])
def test_a_need_is_short(kind: type[Any]) -> None:
    """A volunteer is asked for eight things at most; the rest has a default."""
    required = [name for name, field in schema_for(kind)().fields.items() if field.required]
    assert 2 <= len(required) <= 8


BAD = [
    (SPACE, {"capacity": 0}, "capacity"),
    (SPACE, {"hours": []}, "hours"),
    (SPACE, {"space_type": "palace"}, "space_type"),
    (SPACE, {"price": {"basis": "per_month", "pence": 1}}, "price"),
    (SPACE, {"price": {"basis": "per_hour"}}, "price.pence"),
    (SPACE, {"price": {"basis": "free", "pence": 5}}, "price.pence"),
    (SPACE, {"price": {"basis": "at_cost"}}, "price.charges"),
    (SPACE, {"price": HOURLY | {"pence": 10.5}}, "price.pence"),
    (SPACE, {"price": HOURLY | {"concession_pence": 1001}}, "price.concession_pence"),
    (SPACE, {"facilities": ["stage"], "no_facilities": ["stage"]}, "no_facilities"),
    (SPACE, {"access_features": ["lift"], "no_access_features": ["lift"]}, "no_access_features"),
    (SPACE, {"youngest": 12, "oldest": 11}, "oldest"),
    (SPACE, {"parts": ["a", "a"]}, "parts"),
    (SPACE, {"minimum_minutes": 60, "maximum_minutes": 30}, "maximum_minutes"),
    (SPACE, {"house_rules": [{"forbids": "fun", "published": "2026-01-01"}]},
     "house_rules[0].forbids"),
    (STORAGE, {"price": HOURLY}, "price"),
    (STORAGE, {"available_until": "2026-12-31"}, "available_until"),
    (NEED, {"months": 0}, "months"),
    (NEED, {"area_m2": 0}, "area_m2"),
    (NEED, {"starts_on": "9999-12-31"}, "starts_on"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "field"), BAD)
def test_what_is_wrong_is_named(right: dict[str, Any], wrong: dict[str, Any], field: str) -> None:
    """One thing wrong is one complaint, under the field to mend."""
    load_one_of(KINDS, right)
    with pytest.raises(Invalid) as caught:
        load_one_of(KINDS, right | wrong)
    assert list(caught.value.fields) == [field]


def test_three_states() -> None:
    """There, not there, and not said are told apart on the wire."""
    body = load_one_of(
        KINDS,
        SPACE | {"facilities": ["stage"], "no_facilities": ["wifi"], "access_features": ["lift"]},
    )
    assert isinstance(body, SpaceOffer)
    assert body.facilities == {Facility.STAGE}
    assert body.no_facilities == {Facility.WIFI}
    assert body.access_features == {AccessFeature.LIFT}
    assert body.quiet is None
    assert body.price is None
