"""Shares by risk and by head, surplus and credits, VAT: exact to the penny."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.shares.returns import Rule, after_vat, credited, surplus
from cypn_procurement.shares.risks import by_risk, risers, with_tax
from cypn_procurement.shares.services import by_head

PAID = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 10**7), min_size=1).filter(
    lambda paid: any(paid.values())
)


def test_nobodys_share_of_the_premium_rises_in_p02() -> None:
    """A member of factor 2 joins and the premium becomes £2,400: 240, 240, 480, 960, 480."""
    before = by_risk(200_000, {"a": 1, "b": 1, "c": 2, "d": 4})
    after = by_risk(240_000, {"a": 1, "b": 1, "c": 2, "d": 4, "e": 2})
    assert list(after.values()) == [24_000, 24_000, 48_000, 96_000, 48_000]
    assert risers(before, after) == {}
    dearer = by_risk(280_000, {"a": 1, "b": 1, "c": 2, "d": 4, "e": 2})
    assert risers(before, dearer)["a"] == "Your share would rise from £250.00 to £280.00."


@given(st.integers(0, 10**8), st.integers(0, 10**7), st.integers(1, 40))
@settings(max_examples=500, deadline=None)
def test_one_more_member_never_makes_a_service_dearer(fixed: int, each: int, count: int) -> None:
    """Charges equal costs, and the dearest share never rises when one joins."""
    shares = by_head(fixed, each, map(str, range(count)))
    more = by_head(fixed, each, map(str, range(count + 1)))
    assert sum(shares.values()) == fixed + each * count
    assert max(more.values()) <= max(shares.values())


@given(PAID, st.integers(-(10**7), 10**7), st.sampled_from(Rule))
@settings(max_examples=500, deadline=None)
def test_a_surplus_or_loss_goes_where_it_was_agreed(
    paid: dict[str, int], pence: int, rule: Rule
) -> None:
    """It adds up, and each part is within a penny of the exact one."""
    parts = surplus(pence, paid, rule)
    assert parts.keys() == paid.keys()
    assert sum(parts.values()) == (0 if rule is Rule.KEPT else pence)
    if rule is Rule.BY_SHARE:
        whole = sum(paid.values())
        assert all(abs(parts[n] * whole - pence * paid[n]) < whole for n in paid)
    if rule is Rule.EQUALLY:
        assert max(parts.values()) - min(parts.values()) <= 1


@given(PAID, st.data())
@settings(max_examples=500, deadline=None)
def test_nobody_is_credited_more_than_it_paid(paid: dict[str, int], data: st.DataObject) -> None:
    """The parts make up the credit note."""
    pence = data.draw(st.integers(0, sum(paid.values())))
    parts = credited(pence, paid)
    assert sum(parts.values()) == pence
    assert all(0 <= parts[member] <= paid[member] for member in paid)


@given(st.integers(0, 10**8), st.integers(0, 10**8), st.integers(0, 10_000))
@settings(max_examples=500, deadline=None)
def test_vat_is_got_back_in_part(net: int, vat: int, part: int) -> None:
    """A member pays the exact amount, rounded up to a penny."""
    assert 0 <= after_vat(net, vat, part) * 10_000 - net * 10_000 - vat * (10_000 - part) < 10_000


def test_bad_values_name_their_field() -> None:
    """Each refusal begins with the field."""
    with pytest.raises(ValueError, match=r"^tax_bp must"):
        with_tax(100, -1)
    with pytest.raises(ValueError, match=r"^each must"):
        by_head(100, -1, "a")
    with pytest.raises(ValueError, match=r"^pence must be from 0 to 5"):
        credited(6, {"a": 5})
    with pytest.raises(ValueError, match=r"^recovery_bp must"):
        after_vat(1, 1, 10_001)
