"""Consent holds for the terms that were read and for better ones."""

from __future__ import annotations

import pytest
from attrs import asdict, evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.integrity.consents import SILENCE, UNKNOWN, Consent, Terms, standing

TERMS = Terms(
    supplier="s1",
    unit_pence=90_000,
    term_months=12,
    notice_days=30,
    exit_fee_pence=0,
    renews_automatically=False,
    commission_pence=500,
)
WORSE_WHEN_MORE = (
    "unit_pence", "term_months", "notice_days", "exit_fee_pence", "renews_automatically",
    "commission_pence",
)  # fmt: skip


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Terms of few values, so that two drawn ones are often equal in part."""
    few = st.integers(0, 2)
    return Terms(
        supplier=draw(st.sampled_from(["s1", "s2"])),
        unit_pence=draw(few),
        term_months=draw(few),
        notice_days=draw(few),
        exit_fee_pence=draw(few),
        renews_automatically=draw(st.booleans()),
        commission_pence=draw(few),
        conditions=draw(st.sampled_from([(), ("data_in_uk",)])),
    )


def consent(name: str, to: Terms, ceiling: int = 10**6) -> Consent:
    """One that was given to these terms."""
    return Consent(id=name, digest=to.digest, ceiling_pence=ceiling)


def test_a_higher_price_or_a_longer_term_voids_every_consent() -> None:
    """P09: five committed at £900; at £960, or for three years, all are to reconfirm."""
    five = [consent(name, TERMS) for name in "abcde"]
    dearer = standing([TERMS, evolve(TERMS, unit_pence=96_000)], five)
    longer = standing([TERMS, evolve(TERMS, term_months=36)], five)
    assert dearer.inside == longer.inside == ()
    assert dearer.reconfirm["a"] == ("The price rose from £900.00 to £960.00.", SILENCE)
    assert longer.reconfirm["e"] == ("It now binds for 36 months.", SILENCE)


def test_only_a_new_consent_brings_back() -> None:
    """Silence is no, and a yes to £960 is no yes to £970."""
    dearer = evolve(TERMS, unit_pence=96_000)
    last = evolve(TERMS, unit_pence=97_000)
    given_ = [consent("a", TERMS), consent("b", dearer)]
    assert standing([TERMS, dearer], given_).inside == ("b",)
    assert standing([TERMS, dearer, last], given_).inside == ()


def test_a_better_price_voids_nothing() -> None:
    """Nor does a price that rises again to what was agreed."""
    cheaper = evolve(TERMS, unit_pence=85_000)
    assert standing([TERMS, cheaper], [consent("a", TERMS)]).inside == ("a",)
    assert standing([TERMS, cheaper, TERMS], [consent("a", TERMS)]).inside == ("a",)
    assert standing([TERMS, cheaper, TERMS], [consent("a", cheaper)]).inside == ()


def test_whoever_would_lose_is_told_so_in_pounds() -> None:
    """P09: present cost £950 against £960."""
    dearer = evolve(TERMS, unit_pence=96_000)
    told = standing([TERMS, dearer], [consent("a", TERMS, 95_000)]).reconfirm["a"]
    assert "That is £10.00 more than the £950.00 that you would pay at most." in told


def test_unknown_terms_and_two_words_are_not_taken() -> None:
    """A digest is only worth what this pool has offered."""
    stray = Consent(id="a", digest="0" * 64, ceiling_pence=10**6)
    assert standing([TERMS], [stray]).reconfirm["a"] == (UNKNOWN, SILENCE)
    with pytest.raises(ValueError, match=r"^consents must be each organisation's latest"):
        standing([TERMS], [consent("a", TERMS), consent("a", TERMS)])
    with pytest.raises(ValueError, match=r"^versions must hold"):
        standing([], [])
    with pytest.raises(ValueError, match=r"^unit_pence must be 0 or more"):
        evolve(TERMS, unit_pence=-1)
    with pytest.raises(ValueError, match=r"^conditions must be sorted"):
        evolve(TERMS, conditions=("b", "a"))


@settings(max_examples=500, deadline=None)
@given(terms(), terms(), st.integers(0, 2))
def test_in_just_when_nothing_is_worse_and_the_price_is_in_reach(
    was: Terms, now: Terms, ceiling: int
) -> None:
    """The oracle compares field by field."""
    worse = any(getattr(now, name) > getattr(was, name) for name in WORSE_WHEN_MORE)
    other = was.supplier != now.supplier or was.conditions != now.conditions
    found = standing([was, now], [consent("a", was, ceiling)])
    holds = not worse and not other and now.unit_pence <= ceiling
    assert found.inside == (("a",) if holds else ())
    assert set(found.reconfirm) == (set() if holds else {"a"})


@settings(max_examples=500, deadline=None)
@given(terms(), terms())
def test_digests_are_equal_just_when_the_terms_are(one: Terms, other: Terms) -> None:
    """No field is left out of the digest."""
    assert (one.digest == other.digest) == (asdict(one) == asdict(other))
