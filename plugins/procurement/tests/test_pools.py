"""Pools as plans: who is in, what each is told, and what is asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from attrs import evolve

from cypn_core.application.sketch import Sketch
from cypn_core.domain.views import Relation, view
from cypn_procurement.model import Category, PurchaseNeed, QuoteOffer, Tier
from cypn_procurement.pool.deciding import worded

DAY = dt.date(2027, 1, 31)


def quote(**changes: Any) -> QuoteOffer:
    told: dict[str, Any] = {
        "category": Category.PHONE_CONTRACTS,
        "unit": "line",
        "tiers": (Tier(1, 900), Tier(10, 700), Tier(20, 600)),
        "fixed_fee_pence": 0,
    }
    return QuoteOffer(**(told | changes))


def lines(quantity: int, present: int | None = 1000, **more: Any) -> PurchaseNeed:
    return PurchaseNeed(
        category=Category.PHONE_CONTRACTS,
        unit="line",
        quantity=quantity,
        present_unit_pence=present,
        **more,
    )


def test_two_needs_on_one_quote_are_one_plan_for_both(sketch: Sketch) -> None:
    """Each of the two sees the same plan, under one key, with both shares."""
    offer = sketch.offer(quote())
    first, second = sketch.need(lines(6)), sketch.need(lines(5))
    (mine,), (theirs,) = sketch.answer(first).full, sketch.answer(second).full
    assert mine.key == theirs.key
    assert [leg.offer for leg in mine.legs] == [offer]
    assert {share.need: share.pence for share in mine.shares} == {first: 4200, second: 3500}
    assert mine.legs[0].claims[0].quantity == 11
    assert mine.pence == 7700


def test_the_best_quote_comes_first_and_the_others_stay_as_alternatives(sketch: Sketch) -> None:
    """Quotes are compared by what the need itself saves."""
    dear, cheap = sketch.offer(quote(fixed_fee_pence=100)), sketch.offer(quote())
    plans = sketch.answer(sketch.need(lines(2))).full
    assert [plan.legs[0].offer for plan in plans] == [cheap, dear]


def test_what_a_plan_says_names_no_figure_of_another_member(sketch: Sketch) -> None:
    """Present prices, limits and quantities of the others are in no sentence."""
    sketch.offer(quote())
    mine = sketch.need(lines(6, 1234))
    sketch.need(lines(7, 4321, limit_unit_pence=3987))
    (plan,) = sketch.answer(mine).full
    said = " ".join((*plan.because, *(share.because for share in plan.shares)))
    assert not any(figure in said for figure in ("12.34", "43.21", "39.87", "7 (line)", "13"))
    assert "From 20 (line) on, everybody would pay £6.00 a unit." in plan.because


def test_whoever_would_lose_is_told_so_and_left_out(sketch: Sketch) -> None:
    """The loss is in pounds, to the one whose it is; to insist is the near miss."""
    sketch.offer(quote())
    loser = sketch.need(lines(4, 800))
    answer = sketch.answer(loser)
    assert answer.outcome == "partial"
    (missing,) = answer.partial[0].missing
    assert (missing.code, missing.sentence) == (
        "would_lose",
        "You would lose £4.00; insist if you want to join even so.",
    )
    assert [near.relaxed.sentence for near in answer.near] == [
        "Insist: join at the pool's price, at a loss."
    ]


def test_a_limit_counts_like_the_present_price_but_is_named_as_one(sketch: Sketch) -> None:
    """Whoever stated only a limit has nothing to lose, only a limit to exceed."""
    sketch.offer(quote())
    answer = sketch.answer(sketch.need(lines(1, None, limit_unit_pence=850)))
    assert answer.partial[0].missing[0].sentence == "It is £0.50 above your limit."


def test_what_a_quote_does_not_state_is_asked_for_never_free(sketch: Sketch) -> None:
    """Without tiers, or without a word on the fixed fee, there is no price and no share."""
    for unsaid in (quote(tiers=()), quote(fixed_fee_pence=None)):
        sketch.offer(unsaid)
    plans = sketch.answer(sketch.need(lines(3))).partial
    assert [(plan.pence, plan.shares, plan.missing[0].code) for plan in plans] == [
        (None, (), "price"),
        (None, (), "price"),
    ]
    assert "Whether commission is paid is not stated: ask." in plans[0].because


def test_a_quote_for_more_than_all_of_them_want_is_partial(sketch: Sketch) -> None:
    """The smallest order is the quote's own and may be told; what others want may not."""
    sketch.offer(quote(minimum_order=40))
    answer = sketch.answer(sketch.need(lines(3)))
    assert answer.partial[0].missing[0].sentence == (
        "The order is still too small: this quote starts at 40 (line)."
    )


def test_an_order_never_exceeds_what_is_left_of_the_quote(sketch: Sketch) -> None:
    """Those who save most come first; the rest are told why."""
    offer = sketch.offer(quote(capacity=12))
    sketch.use(offer, None, 3)
    saves, saves_less = sketch.need(lines(6, 2000)), sketch.need(lines(5, 950))
    (plan,) = sketch.answer(saves).full
    assert plan.needs == (saves,)
    assert sketch.answer(saves_less).partial[0].missing[0].code == "capacity"


def test_a_member_too_large_for_the_quote_blocks_nobody(sketch: Sketch) -> None:
    """Whoever wants more than there is stands aside; the others still buy."""
    sketch.offer(quote(capacity=5))
    sketch.need(lines(6, 2000))
    assert sketch.answer(sketch.need(lines(5, 950))).outcome == "full"


def test_whoever_is_squeezed_out_is_not_told_of_a_loss(sketch: Sketch) -> None:
    """Two orders that only fit apart: what is short is the quote, not the price."""
    sketch.offer(quote(capacity=8, minimum_order=5))
    sketch.need(lines(4, 2000))
    answer = sketch.answer(sketch.need(lines(5, 950)))
    assert answer.partial[0].missing[0].code == "capacity"


@pytest.mark.parametrize(
    ("need", "offer", "code"),
    [
        (lines(1), quote(category=Category.LEGAL), "other_category"),
        (lines(1), quote(unit="handset"), "other_unit"),
        (lines(1), quote(valid_until=dt.date(2026, 11, 21)), "lapsed"),
        (lines(1, wanted_by=DAY), quote(available_from=DAY + dt.timedelta(1)), "too_late"),
        (lines(1, wanted_by=DAY, contract_ends=dt.date(2027, 3, 31)), quote(), "under_contract"),
        (lines(1, longest_term_months=12), quote(term_months=13), "too_long"),
    ],
)
def test_a_quote_that_does_not_fit_is_refused_with_its_reason(
    sketch: Sketch, need: PurchaseNeed, offer: QuoteOffer, code: str
) -> None:
    """Each rule bars what it is for, in a code of its own."""
    sketch.offer(offer)
    (refusal,) = sketch.answer(sketch.need(need)).refused
    assert [reason.code for reason in refusal.reasons] == [code]


@pytest.mark.parametrize(
    ("need", "offer"),
    [
        (lines(1), quote(valid_until=dt.date(2026, 11, 22))),
        (lines(1, wanted_by=DAY), quote(available_from=DAY)),
        (lines(1, wanted_by=DAY, contract_ends=DAY), quote()),
        (lines(1, longest_term_months=12), quote(term_months=12)),
    ],
)
def test_the_last_day_and_the_last_month_still_fit(
    sketch: Sketch, need: PurchaseNeed, offer: QuoteOffer
) -> None:
    """Every limit holds up to and with its own value."""
    sketch.offer(offer)
    assert sketch.answer(sketch.need(need)).outcome == "full"


def test_whoever_is_bound_hears_when_to_give_notice(sketch: Sketch) -> None:
    """The near miss waits for the present contract's end and names the notice date."""
    sketch.offer(quote())
    bound = lines(1, wanted_by=DAY, contract_ends=dt.date(2027, 3, 31), notice_days=90)
    (near,) = sketch.answer(sketch.need(bound)).near
    assert near.relaxed.sentence == (
        "Start when your present contract ends on 31 March 2027; give notice by 31 December 2026."
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tiers": (Tier(5, 10), Tier(5, 9))}, "tiers"),
        ({"tiers": (Tier(1, 10), Tier(5, 11))}, "tiers"),
        ({"capacity": 2, "minimum_order": 3}, "capacity"),
    ],
)
def test_a_quote_that_contradicts_itself_names_the_field(
    changes: dict[str, Any], field: str
) -> None:
    """Tiers rise in quantity and fall in price; a capacity holds the smallest order."""
    with pytest.raises(ValueError, match=f"^{field} must"):
        quote(**changes)


def test_the_other_side_sees_no_price_limit_or_quantity_of_a_need() -> None:
    """What a member pays now stays its own; how much it buys is sealed until it is agreed."""
    need = lines(6, limit_unit_pence=900, contract_ends=DAY)
    seen = view(need, Relation.STRANGER, lambda _: None)
    assert set(seen) == {"kind", "category", "unit", "place", "wanted_by", "longest_term_months"}
    assert "present_unit_pence" not in view(need, Relation.PARTY, lambda _: None)


def test_insisting_lifts_the_cap() -> None:
    """The lower of limit and present price binds, unless the member insists."""
    need = lines(1, 900, limit_unit_pence=800)
    assert (need.cap, evolve(need, insists=True).cap) == (800, None)


def test_further_units_alone_cost_less_where_the_quote_says_so(sketch: Sketch) -> None:
    """9 lines at £9.00 and 2 at £7.00, shared at one price a unit."""
    sketch.offer(quote(incremental=True))
    sketch.need(lines(5))
    (plan,) = sketch.answer(sketch.need(lines(6))).full
    assert plan.pence == 9 * 900 + 2 * 700
    assert "at £8.64 or less a unit." in plan.because[0]
    assert sum(share.pence for share in plan.shares) == plan.pence


def test_each_pays_its_own_delivery(sketch: Sketch) -> None:
    """A line of its own in the price, and told to everybody."""
    sketch.offer(quote(delivery_pence=250))
    other, me = sketch.need(lines(5)), sketch.need(lines(6))
    (plan,) = sketch.answer(me).full
    assert {share.need: share.pence for share in plan.shares} == {other: 3750, me: 4450}
    assert [line.pence for line in plan.legs[0].lines or ()] == [7700, 500]
    assert "and £2.50 for each delivery" in plan.because[0]


def test_nothing_is_sold_but_whole_packs(sketch: Sketch) -> None:
    """Six lines are no pack of five; with four more they are two."""
    sketch.offer(quote(pack=5))
    me = sketch.need(lines(6))
    (missing,) = sketch.answer(me).partial[0].missing
    assert (missing.code, "packs of 5 (line)" in missing.sentence) == ("broken_pack", True)
    sketch.need(lines(4))
    assert sketch.answer(me).full[0].pence == 10 * 700


def test_whole_packs_beyond_the_capacity_are_told_as_such(sketch: Sketch) -> None:
    """Two packs of five are wanted together, and one is to be had: packs are not what is wrong."""
    sketch.offer(quote(pack=5, capacity=9))
    me = sketch.need(lines(6))
    sketch.need(lines(4))
    assert [each.code for each in sketch.answer(me).partial[0].missing] == ["capacity"]


def test_an_order_must_come_to_what_the_quote_says(sketch: Sketch) -> None:
    """£54.00 is less than £60.00; with another line it is £63.00."""
    sketch.offer(quote(least_order_pence=6000))
    me = sketch.need(lines(6))
    (missing,) = sketch.answer(me).partial[0].missing
    assert missing.sentence == "The order is still too small: it must come to £60.00."
    sketch.need(lines(1))
    assert sketch.answer(me).full[0].pence == 6300


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"incremental": True}, "each price for the units from there on alone"),
        ({"fixed_fee_pence": 500}, "£5.00 once for the order"),
        ({"delivery_pence": 250}, "£2.50 for each delivery"),
        ({"minimum_order": 4}, "at least 4 units"),
        ({"least_order_pence": 6000}, "at least £60.00"),
        ({"pack": 5}, "in packs of 5"),
    ],
)
def test_what_a_pool_votes_on_is_told_whole(told: dict[str, Any], said: str) -> None:
    """Nothing that an order costs or is bound to is left out of the terms."""
    assert said in worded(quote(**told))
    assert said not in worded(quote())
