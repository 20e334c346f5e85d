"""Law 5: shares add up to the penny; changed terms void consent, and improvements do not."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.networks import EXCHANGES, networks, sketched

from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import DealId, OrganisationId, PostingId
from cypn_core.domain.money import apportion
from cypn_core.domain.plans import Leg, Plan, PriceLine, Share
from cypn_core.domain.postings import Claim, Unit
from cypn_core.domain.times import Window

NOON = dt.datetime(2027, 1, 11, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@given(
    total=st.integers(0, 10**12),
    weights=st.dictionaries(st.text(max_size=3), st.integers(1, 10**6), min_size=1, max_size=8),
)
def test_law_05_shares_add_up_and_none_strays_by_a_penny(
    total: int, weights: dict[str, int]
) -> None:
    """The shares are the total, and each is its exact part to within a penny."""
    shares = apportion(total, weights)
    whole = sum(weights.values())
    assert sum(shares.values()) == total
    assert all(abs(shares[key] * whole - total * weights[key]) < whole for key in weights)


@pytest.mark.parametrize("exchange", EXCHANGES)
@given(data=st.data())
def test_law_05_the_shares_of_every_plan_are_its_price(exchange: str, data: st.DataObject) -> None:
    """Whoever is in it pays together what the legs cost, and nothing below zero."""
    drawn = sketched(data.draw(networks(exchange)))
    for need in drawn.needs:
        answer = drawn.sketch.answer(need)
        for plan in (*answer.full, *answer.partial, *(near.plan for near in answer.near)):
            assert all(share.pence >= 0 for share in plan.shares)
            if plan.shares:
                assert sum(share.pence for share in plan.shares) == plan.pence
                assert {share.need for share in plan.shares} <= set(plan.needs)


@st.composite
def deals(draw: st.DrawFn) -> Deal:
    """A deal of one to three seekers with one or two holders; a party may be on both sides."""
    party = st.integers(0, 3).map(lambda each: OrganisationId(f"o{each}"))
    needs = tuple(PostingId(f"n{each}") for each in range(draw(st.integers(1, 3))))
    offers = tuple(PostingId(f"f{each}") for each in range(draw(st.integers(1, 2))))
    legs = tuple(
        Leg(
            offer=offer,
            role="thing",
            windows=(Window(NOON, NOON + HOUR * draw(st.integers(1, 3))),),
            claims=(Claim(Unit(capacity=5), draw(st.integers(1, 4))),),
            lines=(PriceLine("price", draw(st.integers(0, 500))),),
        )
        for offer in offers
    )
    total = sum(leg.pence or 0 for leg in legs)
    paid = apportion(total, {need: draw(st.integers(1, 3)) for need in needs})
    return Deal(
        id=DealId("d"),
        exchange="things",
        plan=Plan(
            needs=needs,
            legs=legs,
            shares=tuple(Share(need, pence, "its part") for need, pence in paid.items()),
        ),
        seekers=tuple((need, draw(party)) for need in needs),
        holders=tuple((offer, draw(party)) for offer in offers),
        created=NOON,
    )


def _agreed(deal: Deal) -> Deal:
    for party in sorted(deal.parties):
        deal = deal.agreed_by(party, NOON)
    return deal


def _leg_changed(deal: Deal, at: int, **changes: object) -> Deal:
    legs = list(deal.plan.legs)
    legs[at] = evolve(legs[at], **changes)  # type: ignore[arg-type]
    return evolve(deal, plan=evolve(deal.plan, legs=tuple(legs)))


def _paying(deal: Deal, at: int, more: int) -> Deal:
    shares = list(deal.plan.shares)
    shares[at] = evolve(shares[at], pence=shares[at].pence + more)
    return evolve(deal, plan=evolve(deal.plan, shares=tuple(shares)))


@given(deal=deals())
def test_law_05_consent_to_the_terms_as_they_stand_holds(deal: Deal) -> None:
    """Once everybody has said yes, nobody is waited for."""
    assert deal.waiting_for() == deal.parties
    assert not _agreed(deal).waiting_for()


@given(deal=deals(), by=st.integers(1, 60))
def test_law_05_another_time_voids_every_consent(deal: Deal, by: int) -> None:
    """A minute is enough, and everybody is asked again."""
    (window,) = deal.plan.legs[0].windows
    moved = Window(window.start, window.end + dt.timedelta(minutes=by))
    assert _leg_changed(_agreed(deal), 0, windows=(moved,)).waiting_for() == deal.parties


@given(deal=deals())
def test_law_05_another_quantity_voids_every_consent(deal: Deal) -> None:
    """Taking more or less of a thing is another deal."""
    (claim,) = deal.plan.legs[0].claims
    other = (evolve(claim, quantity=claim.quantity + 1),)
    assert _leg_changed(_agreed(deal), 0, claims=other).waiting_for() == deal.parties


@given(deal=deals(), other=st.integers(0, 500))
def test_law_05_another_price_voids_the_consent_of_whoever_gets_it(deal: Deal, other: int) -> None:
    """A holder agreed to give its thing for one price and no other."""
    (line,) = deal.plan.legs[0].lines or ()
    assume(line.pence != other)
    changed = _leg_changed(_agreed(deal), 0, lines=(evolve(line, pence=other),))
    assert deal.holders[0][1] in changed.waiting_for()


@given(deal=deals(), more=st.integers(-500, 500))
def test_law_05_paying_more_voids_consent_and_paying_less_does_not(deal: Deal, more: int) -> None:
    """The share agreed to is a ceiling: only whoever pays above it is asked again."""
    _, payer = deal.seekers[0]
    changed = _paying(_agreed(deal), 0, more)
    assert changed.waiting_for() == ({payer} if more > 0 else set())
