"""A record that replays bit for bit, and tells what was changed."""

from __future__ import annotations

import json

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.clearing import Member
from cypn_procurement.integrity.canonical import canonical, digest
from cypn_procurement.integrity.record import (
    ALGORITHMS,
    clearing_inputs,
    read,
    recorded,
    replayed,
)
from cypn_procurement.tariffs import Tariff

CAPS = (150_000, 130_000, 120_000, 100_000, 95_000, 85_000)
SIX = [Member(f"n{at}", 1, cap) for at, cap in enumerate(CAPS)]
RETAINER = Tariff(tiers=((1, 120_000), (4, 90_000), (8, 70_000)), most=100)
FLAT = Tariff(tiers=((1, 110_000),), most=100)
INPUTS = clearing_inputs({"q1": RETAINER, "q2": FLAT}, SIX)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def test_a_record_has_the_result_the_alternatives_and_the_dissent() -> None:
    """P01 as a record: five at £900.00, and what the other quote would have given."""
    record = recorded("clearing", INPUTS, dissent=[{"member": "n5", "reason": "Too dear."}])
    result, other = json.loads(record.result), json.loads(record.alternatives)
    assert result["quote"] == "q1"
    assert result["pool"]["shares"] == dict.fromkeys(["n0", "n1", "n2", "n3", "n4"], 90_000)
    assert other["q2"]["quantity"] == 3
    assert json.loads(record.dissent) == [{"member": "n5", "reason": "Too dear."}]
    assert replayed(record) is None


def test_no_pool_is_a_result_too() -> None:
    """It is recorded that nobody would have gained."""
    record = recorded("clearing", clearing_inputs({"q1": RETAINER}, SIX[5:]))
    assert (record.result, record.alternatives) == ("null", '{"q1":null}')
    assert replayed(record) is None


def test_each_change_is_told() -> None:
    """A changed input, result, alternative, version and name."""
    record = recorded("clearing", INPUTS)
    dearer = canonical(clearing_inputs({"q1": FLAT}, SIX))
    assert "digest" in (replayed(evolve(record, inputs=dearer)) or "")
    hidden = evolve(record, inputs=dearer, digest=digest(json.loads(dearer)))
    assert (replayed(hidden) or "").startswith("The result would now be")
    forged = evolve(record, result=record.result.replace("450000", "450001"))
    assert (replayed(forged) or "").startswith("The result would now be")
    assert "alternatives" in (replayed(evolve(record, alternatives="{}")) or "")
    assert replayed(evolve(record, version="0")) == (
        "It was decided by version 0; this hub has version 1."
    )
    assert replayed(evolve(record, algorithm="lots")) == "This hub has no algorithm lots."
    spaced = evolve(record, inputs=record.inputs.replace(",", ", "))
    assert (replayed(spaced) or "").startswith("The inputs would now be")


def test_a_record_that_was_written_by_newer_code_is_not_called_the_same() -> None:
    """The version is looked at before anything is run."""
    newer = {"clearing": evolve(ALGORITHMS["clearing"], version="2")}
    record = recorded("clearing", INPUTS, algorithms=newer)
    assert replayed(record) == "It was decided by version 2; this hub has version 1."


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.none() | st.integers(0, 200)), max_size=7),
    st.integers(0, 300),
    st.integers(1, 3),
)
def test_text_and_back_replays(needs: list[tuple[int, int | None]], fixed: int, pack: int) -> None:
    """Written, read and decided again, every bit is the same."""
    members = [Member(f"n{at}", quantity, cap) for at, (quantity, cap) in enumerate(needs)]
    tariff = Tariff(tiers=((1, 120), (6, 80)), fixed=fixed, pack=pack, most=50, drop=3)
    record = recorded("clearing", clearing_inputs({"q1": RETAINER, "q3": tariff}, members))
    again = read(record.text)
    assert again == record
    assert again.text == record.text
    assert replayed(again) is None


@settings(max_examples=500, deadline=None)
@given(JSON)
def test_canonical_text_is_read_as_it_was_and_written_the_same(value: object) -> None:
    """One text for one value."""
    assert json.loads(canonical(value)) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)


def test_what_has_no_one_text_is_refused() -> None:
    """Floats, names that are no texts, and records that were touched."""
    for inexact in (0.1, [1.0], {"a": float("nan")}, {1: 2}, object()):
        with pytest.raises(ValueError, match=r"^value must h"):
            canonical(inexact)
    with pytest.raises(ValueError, match=r"^algorithm must be one of clearing"):
        recorded("lots", INPUTS)
    text = recorded("clearing", INPUTS).text
    with pytest.raises(ValueError, match=r"^record must have just"):
        read("{}")
    with pytest.raises(ValueError, match=r"^record must be kept as it was"):
        read(f" {text}")
