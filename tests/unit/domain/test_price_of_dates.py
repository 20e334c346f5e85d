"""What an agreed price comes to once dates are lost: never more, and shared to the penny."""

from __future__ import annotations

import datetime as dt

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import DealId, OrganisationId, PostingId
from cypn_core.domain.marks import CLOSED, Mark
from cypn_core.domain.money import apportion
from cypn_core.domain.plans import Leg, Plan, PriceLine, Share
from cypn_core.domain.postings import Claim, Unit
from cypn_core.domain.times import Window

NOON = dt.datetime(2027, 1, 11, 12, tzinfo=dt.UTC)
NEEDS = tuple(PostingId(each) for each in ("first", "second", "third"))
OFFER = PostingId("offer")


def window(day: int) -> Window:
    start = NOON + dt.timedelta(days=day)
    return Window(start, start + dt.timedelta(hours=2))


def agreed(each: list[int], weights: list[int]) -> Deal:
    """A deal over so many dates, at these prices, shared by needs; all said yes."""
    whole = sum(each)
    leg = Leg(
        offer=OFFER,
        role="thing",
        windows=tuple(map(window, range(len(each)))),
        claims=(Claim(Unit()),),
        lines=(PriceLine("all the dates", whole),),
        each=tuple(each),
    )
    parts = apportion(whole, dict(zip(map(str, NEEDS), weights, strict=False)))
    shares = tuple(Share(PostingId(need), pence, "its part") for need, pence in parts.items())
    deal = Deal(
        id=DealId("deal"),
        exchange="things",
        plan=Plan(needs=tuple(share.need for share in shares), legs=(leg,), shares=shares),
        seekers=tuple((share.need, OrganisationId(f"of {share.need}")) for share in shares),
        holders=((OFFER, OrganisationId("holder")),),
        created=NOON,
    )
    for party in sorted(deal.parties):
        deal = deal.agreed_by(party, NOON)
    return deal


def without(deal: Deal, days: set[int]) -> Deal:
    return deal.marked(Mark(window=window(day), reason=CLOSED) for day in days)


PRICES = st.lists(st.integers(0, 5000), min_size=1, max_size=8)
WEIGHTS = st.lists(st.integers(1, 9), min_size=1, max_size=3)


@given(PRICES, WEIGHTS, st.sets(st.integers(0, 7)))
def test_what_stands_is_paid_for_and_nothing_else(
    each: list[int], weights: list[int], lost: set[int]
) -> None:
    """The dates that stand cost what they did; shares add up, none rises, and every yes holds."""
    before = agreed(each, weights)
    after = without(before, {day for day in lost if day < len(each)})
    assert after.kept.pence == sum(pence for day, pence in enumerate(each) if day not in lost)
    assert sum(share.pence for share in after.kept.shares) == after.kept.pence
    assert all(
        now.pence <= was.pence
        for now, was in zip(after.kept.shares, before.plan.shares, strict=True)
    )
    assert after.waiting_for() == frozenset()
    assert all(after.pays(party) <= before.pays(party) for party in before.parties)
    assert all(leg.adds_up for leg in after.kept.legs)


def test_a_line_says_what_came_off() -> None:
    """The lines as they were agreed, and the dates that are not paid for."""
    (leg,) = without(agreed([900, 900, 1200], [1]), {0, 2}).kept.legs
    assert leg.lines == (PriceLine("all the dates", 3000), PriceLine("less 2 dates", -2100))
    (one,) = without(agreed([900, 900], [1]), {1}).kept.legs
    assert one.lines == (PriceLine("all the dates", 1800), PriceLine("less 1 date", -900))


def test_one_price_for_all_stays() -> None:
    """Where dates have no price of their own, losing one changes nothing; unknown stays so."""
    before = agreed([900, 900], [1, 1])
    (leg,) = before.plan.legs
    for lines in (leg.lines, None):
        whole = evolve(before.plan, legs=(evolve(leg, each=None, lines=lines),))
        after = without(evolve(before, plan=whole), {0})
        assert after.kept.pence == whole.pence
        assert after.kept.shares == whole.shares
        assert after.kept.legs[0].windows == (window(1),)


def test_prices_of_dates_that_do_not_make_the_price_are_seen() -> None:
    """Too few, one below nothing, another sum, or a price that is not stated."""
    (leg,) = agreed([900, 900], [1]).plan.legs
    assert leg.adds_up
    for each in ((900,), (1900, -100), (900, 901)):
        assert not evolve(leg, each=each).adds_up
    assert not evolve(leg, lines=None).adds_up
