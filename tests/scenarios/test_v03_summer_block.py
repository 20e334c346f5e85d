"""V03: one day a week in the summer holidays, at one space or shared between two."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import evolve
from tests.scenarios.venue_bank_sketch import NETWORKS, Network, hall

from cypn_core.domain.times import Schedule
from cypn_venue_bank.codes import Basis
from cypn_venue_bank.needs import SpaceNeed
from cypn_venue_bank.prices import Price

FREE = Price(basis=Basis.FREE)


def block(network: Network, weekday: str) -> SpaceNeed:
    when = Schedule(
        dt.date(2027, 7, 22),
        "10:00",
        "15:00",
        f"FREQ=WEEKLY;BYDAY={weekday}",
        during=("summer_holidays",),
    )
    return SpaceNeed(place=network.town, when=when, headcount=29)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.town)
def test_v03_four_of_six_is_partial(network: Network) -> None:
    """V03: the block has six Tuesdays; four of them are a partial plan that names the others."""
    sketch = network.sketch()
    a = sketch.offer(hall(network.town, price=FREE))
    need = sketch.need(block(network, "TU"))
    wanted = sketch.board(need).need.windows
    sketch.use(a, wanted[2])
    sketch.use(a, wanted[3])

    answer = sketch.answer(need)

    days = [(window.start.day, window.start.month) for window in wanted]
    assert days == [(27, 7), (3, 8), (10, 8), (17, 8), (24, 8), (31, 8)]
    assert answer.full == ()
    (plan,) = answer.partial
    assert len(plan.legs[0].windows) == 4
    assert [missing.sentence for missing in plan.missing] == ["4 of 6 dates; not on 10 Aug, 17 Aug"]
    assert plan.missing[0].dates == (dt.date(2027, 8, 10), dt.date(2027, 8, 17))


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.town)
def test_v03_two_venues_cover_the_block(network: Network) -> None:
    """V03: with allow_split one plan covers six of six, A four and B two; without it none does."""
    sketch = network.sketch()
    a = sketch.offer(hall(network.town, price=FREE))
    b = sketch.offer(hall(network.town, price=FREE))
    alone = sketch.need(block(network, "TU"))
    shared = sketch.need(evolve(block(network, "TU"), may_split=True), party=alone)
    wanted = sketch.board(alone).need.windows
    for n, window in enumerate(wanted):
        sketch.use(a if n in {2, 3} else b, window)

    (plan,) = sketch.answer(shared).full
    assert {leg.offer: len(leg.windows) for leg in plan.legs} == {a: 4, b: 2}

    answer = sketch.answer(alone)
    assert answer.full == ()
    assert answer.partial[0].legs[0].offer == a
    assert answer.partial[0].missing[0].dates == (dt.date(2027, 8, 10), dt.date(2027, 8, 17))


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.town)
def test_v03_a_bank_holiday_counts_where_it_is_kept(network: Network) -> None:
    """V03 on Mondays: 30 August is dropped, with that reason, only where it is a closing day."""
    sketch = network.sketch()
    keeps = sketch.offer(hall(network.town, price=FREE, closes_on=("bank_holidays",)))
    open_then = sketch.offer(hall(network.town, price=FREE))

    answer = sketch.answer(sketch.need(block(network, "MO")))

    assert [plan.legs[0].offer for plan in answer.full] == [open_then]
    (plan,) = answer.partial
    assert plan.legs[0].offer == keeps
    (missing,) = plan.missing
    assert (missing.code, missing.dates) == ("closed", (dt.date(2027, 8, 30),))
    assert missing.sentence.startswith("shut on 30 Aug: Bank holidays")
