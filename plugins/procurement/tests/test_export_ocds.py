"""Open contracting data of a closed pool: the schema is met, and nobody named unasked."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cypn_procurement.export.ocds import Buyer, ClosedPool, release

PREFIX = "ocds-213czf"


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


def _list(of: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": of, "uniqueItems": True, "minItems": least}


TEXT = {"type": "string", "minLength": 1}
VALUE = _object(["amount", "currency"], amount={"type": "number"}, currency={"const": "GBP"})
UNIT = _object(["name"], scheme={"const": "UNCEFACT"}, id=TEXT, name=TEXT, value=VALUE)
ITEM = _object(["id"], id=TEXT, description=TEXT, quantity={"type": "number"}, unit=UNIT)
PARTY = _object(["id"], id=TEXT, name=TEXT, roles=_list({"enum": ["buyer", "supplier"]}))
REFERENCE = _object(["id"], id=TEXT, name=TEXT)
STATUS = {"enum": ["pending", "active", "cancelled", "unsuccessful"]}
SCHEMA = _object(
    ["ocid", "id", "date", "tag", "initiationType"],
    ocid={"type": "string", "pattern": "^ocds-[a-z0-9]{6}-"},
    id={"type": "string", "pattern": "^[^#]+$"},
    date={"type": "string", "pattern": r"T.*(Z|[+-]\d\d:\d\d)$"},
    tag=_list({"enum": ["tender", "award", "contract"]}, 1),
    initiationType={"const": "tender"},
    language=TEXT,
    parties=_list(PARTY),
    tender=_object(["id"], id=TEXT, status={"const": "complete"}, items=_list(ITEM), value=VALUE),
    awards=_list(
        _object(["id"], id=TEXT, status=STATUS, suppliers=_list(REFERENCE), items=_list(ITEM, 1))
    ),
    contracts=_list(
        _object(["id", "awardID"], id=TEXT, awardID=TEXT, items=_list(ITEM, 1), value=VALUE)
    ),
)
"""What the release schema 1.1.5 demands of the fields that are written."""


@st.composite
def pools(draw: st.DrawFn) -> ClosedPool:
    """One to eight members, some of whom consent."""
    row = st.tuples(st.integers(1, 500), st.integers(0, 10**8), st.booleans())
    buyers = [
        Buyer(id=f"b{at}", name=f"Group{at}.", quantity=many, share_pence=pence, consents=yes)
        for at, (many, pence, yes) in enumerate(draw(st.lists(row, min_size=1, max_size=8)))
    ]
    return ClosedPool(
        id="p1",
        title="HR retainer",
        unit=draw(st.sampled_from(["member", "ream", "box"])),
        unit_pence=draw(st.integers(0, 10**6)),
        supplier="People & Co",
        closed=dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC),
        buyers=tuple(buyers),
    )


@settings(max_examples=500, deadline=None)
@given(pools())
def test_a_release_is_as_the_schema_demands(pool: ClosedPool) -> None:
    """As it is read again from its text."""
    Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(release(pool, PREFIX))))


@settings(max_examples=500, deadline=None)
@given(pools())
def test_nobody_is_named_or_worked_out_without_consent(pool: ClosedPool) -> None:
    """One call-off for each that consents; totals only where they tell of none or of three."""
    told = release(pool, PREFIX)
    said = json.dumps(told)
    hidden = [buyer for buyer in pool.buyers if not buyer.consents]
    assert not any(buyer.name in said or f"-{buyer.id}" in said for buyer in hidden)
    assert len(told["contracts"]) == len(pool.buyers) - len(hidden)
    totals = [told["tender"], told["awards"][0]]
    shown = any("value" in part or "quantity" in part["items"][0] for part in totals)
    assert shown == (len(hidden) not in (1, 2))


@settings(max_examples=500, deadline=None)
@given(pools())
def test_call_offs_refer_to_what_is_there_and_add_up(pool: ClosedPool) -> None:
    """Where all are named, their pence are the award's."""
    told = release(
        evolve(pool, buyers=tuple(evolve(b, consents=True) for b in pool.buyers)), PREFIX
    )
    parties = {party["id"] for party in told["parties"]}
    pence = 0
    for contract in told["contracts"]:
        assert contract["awardID"] == told["awards"][0]["id"]
        assert {each["id"] for each in contract["signatories"]} <= parties
        pence += round(contract["value"]["amount"] * 100)
    assert pence == round(told["awards"][0]["value"]["amount"] * 100)
    unit = told["tender"]["items"][0]["unit"]
    codes = {"member": "C62", "ream": "RM", "box": None}
    assert unit.get("id") == codes[pool.unit]


def test_what_cannot_be_published_is_refused() -> None:
    """The message begins with the field."""
    buyer = Buyer(id="b", name="B", quantity=1, share_pence=1, consents=True)
    pool = ClosedPool(
        id="p", title="T", unit="member", unit_pence=1, supplier="S",
        closed=dt.datetime(2027, 3, 1, tzinfo=dt.UTC), buyers=(buyer,),
    )  # fmt: skip
    with pytest.raises(ValueError, match=r"^prefix must be ocds-"):
        release(pool, "mine")
    with pytest.raises(ValueError, match=r"^closed must say its time zone"):
        evolve(pool, closed=pool.closed.replace(tzinfo=None))
    with pytest.raises(ValueError, match=r"^buyers must name"):
        evolve(pool, buyers=())
