"""P01: an HR pool nobody loses by."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cypn_core import hookimpl
from cypn_core.application.sketch import Sketch
from cypn_core.domain.ids import PostingId
from cypn_core.domain.region import Region
from cypn_core.hub import Hub
from cypn_procurement import plugin
from cypn_procurement.model import Category, PurchaseNeed, QuoteOffer, Tier

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
PRESENT = (150_000, 130_000, 120_000, 100_000, 95_000, 85_000)
RETAINER = QuoteOffer(
    category=Category.HR_SERVICES,
    tiers=(Tier(1, 120_000), Tier(4, 90_000), Tier(8, 70_000)),
    fixed_fee_pence=0,
    term_months=12,
    notice_days=90,
    commission_pence=0,
)


class _Anywhere:
    """A region is not what this is about."""

    @hookimpl
    def cypn_region(self) -> Region:
        return Region(code="anywhere", name="Anywhere", zone_name="Europe/London", places=())


def hr(present: int, **more: Any) -> PurchaseNeed:
    return PurchaseNeed(category=Category.HR_SERVICES, present_unit_pence=present, **more)


@pytest.fixture
def sketch() -> Sketch:
    network = Sketch(Hub.of(plugin, _Anywhere()), "procurement", NOW)
    network.offer(RETAINER)
    return network


@pytest.fixture
def six(sketch: Sketch) -> list[PostingId]:
    return [sketch.need(hr(present)) for present in PRESENT]


def test_p01_five_are_proposed_at_900_pounds(sketch: Sketch, six: list[PostingId]) -> None:
    """P01: five share one plan at £900 each; the tier holds without the sixth."""
    (plan,) = sketch.answer(six[0]).full
    assert set(plan.needs) == set(six[:5])
    assert [share.pence for share in plan.shares] == [90_000] * 5
    assert plan.pence == 450_000
    assert {answer.key for need in six[:5] for answer in sketch.answer(need).full} == {plan.key}


def test_p01_savings_add_up_to_1450_pounds(sketch: Sketch, six: list[PostingId]) -> None:
    """P01: against what they pay now they save £600, 400, 300, 100 and 50."""
    (plan,) = sketch.answer(six[0]).full
    paid = {share.need: share.pence for share in plan.shares}
    saved = [now - paid[need] for now, need in zip(PRESENT, six[:5], strict=False)]
    assert saved == [60_000, 40_000, 30_000, 10_000, 5_000]
    assert sum(saved) == 145_000


def test_p01_the_sixth_would_lose_50_pounds_and_is_told(
    sketch: Sketch, six: list[PostingId]
) -> None:
    """P01: the sixth is left out, in pounds, and may insist."""
    answer = sketch.answer(six[5])
    assert answer.outcome == "partial"
    assert "would lose £50.00" in answer.partial[0].missing[0].sentence
    (insisting,) = answer.near
    assert {share.pence for share in insisting.plan.shares} == {90_000}
    assert len(insisting.plan.needs) == 6


def test_p01_insistence_is_recorded_and_lifts_the_cap(sketch: Sketch) -> None:
    """P01: a sixth that insists is in, at £900 like everybody."""
    for present in PRESENT[:5]:
        sketch.need(hr(present))
    (plan,) = sketch.answer(sketch.need(hr(PRESENT[5], insists=True))).full
    assert len(plan.needs) == 6
    assert plan.pence == 540_000


def test_p01_two_more_bring_everybody_to_700_pounds(sketch: Sketch, six: list[PostingId]) -> None:
    """P01: the hub says how near the next tier is; two more make it so."""
    said = sketch.answer(six[0]).full[0].because
    assert "2 more members, with 1 not in yet, bring everybody to £700.00." in said
    for _ in range(2):
        sketch.need(hr(110_000))
    (plan,) = sketch.answer(six[5]).full
    assert [share.pence for share in plan.shares] == [70_000] * 8
