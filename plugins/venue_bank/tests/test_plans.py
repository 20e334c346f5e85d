"""Plans: what they cost, what they lack, and that nobody's name plays a part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cypn_core.application.sketch import Sketch
from cypn_core.domain.deals import DealState
from cypn_core.domain.ids import Party
from cypn_core.domain.plans import Plan
from cypn_core.domain.region import Region
from cypn_core.domain.standing import Passport
from cypn_core.domain.times import DateSpan, Schedule
from cypn_core.exchange import DealView
from cypn_core.matching.planner import Board, ranked
from cypn_core.matching.rules import Context
from cypn_core.testing.conformance import complaints, kind_complaints, word_complaints
from cypn_venue_bank import plugin
from cypn_venue_bank.codes import Basis, ChargeFor, Facility
from cypn_venue_bank.planner import plans, served
from cypn_venue_bank.prices import Charge, Price, once, repeated, total
from cypn_venue_bank.visits import CONFIRM_VISIT

Make = Callable[..., Any]
TUESDAYS = [dt.date(2027, 1, day) for day in (5, 12, 19, 26)]


def only(answered: tuple[Plan, ...]) -> Plan:
    (plan,) = answered
    return plan


def test_a_taken_date_is_named(sketch: Sketch, space_need: Make, space_offer: Make) -> None:
    """A plan for three of four dates is partial, names the fourth, and charges for three."""
    hall, need = sketch.offer(space_offer()), sketch.need(space_need())
    sketch.use(hall, sketch.board(need).need.windows[1])
    plan = only(sketch.answer(need).partial)
    assert plan.missing[0].sentence == "3 of 4 dates; not on 12 Jan"
    assert plan.missing[0].dates == (TUESDAYS[1],)
    assert plan.pence == 3 * 2000


def test_an_unstated_price_is_asked_for(
    sketch: Sketch, space_need: Make, space_offer: Make
) -> None:
    """No price is neither free nor nothing: the plan lacks it and says so."""
    sketch.offer(space_offer(price=None))
    plan = only(sketch.answer(sketch.need(space_need())).partial)
    assert plan.pence is None
    assert [missing.code for missing in plan.missing] == ["ask"]


def test_free_is_said(sketch: Sketch, space_need: Make, space_offer: Make) -> None:
    """What is free says so, in a line of its own."""
    sketch.offer(space_offer(price=Price(basis=Basis.FREE)))
    plan = only(sketch.answer(sketch.need(space_need(budget_pence=0))).full)
    assert plan.pence == 0
    assert plan.legs[0].lines is not None


def test_a_concession_is_for_the_certified(
    sketch: Sketch, space_need: Make, space_offer: Make
) -> None:
    """The lower price goes with the passport's role, and its line tells that and no more."""
    sketch.offer(space_offer(price=Price(basis=Basis.PER_HOUR, pence=1200, concession_pence=500)))
    certified = sketch.need(space_need(), passport=Passport(roles=frozenset({"concession"})))
    plan = only(sketch.answer(certified).full)
    assert plan.legs[0].lines is not None
    assert [(line.label, line.pence) for line in plan.legs[0].lines] == [
        ("4 x 2 h at £5.00 an hour, concession certified by the hub", 4000)
    ]
    assert only(sketch.answer(sketch.need(space_need())).full).pence == 4 * 2400


def test_existing_users_keep_their_hours(region: Region, space_offer: Make) -> None:
    """Earlier users' hours, with room to set up and clear up around them, are not given away."""
    offer = space_offer(
        existing_hours=(Schedule(dt.date(2027, 1, 5), "10:00", "12:00"),),
        set_up_minutes=30,
        clear_up_minutes=15,
    )
    day = dt.date(2027, 1, 5)
    assert [
        (f"{window.start:%H:%M}", f"{window.end:%H:%M}")
        for window in offer.given(region, DateSpan(day, day))
    ] == [("09:00", "09:45"), ("12:30", "22:00")]


def test_hours_over_years(region: Region, space_offer: Make) -> None:
    """A long span gives the same hours as its days one by one."""
    offer = space_offer(hours=(Schedule(dt.date(2027, 1, 4), "09:00", "10:00", "FREQ=WEEKLY"),))
    whole = offer.given(region, DateSpan(dt.date(2026, 6, 1), dt.date(2029, 6, 1)))
    assert len(whole) == len(set(whole)) == 126


def test_parts_of_a_divided_hall_block_each_other(
    sketch: Sketch, space_need: Make, space_offer: Make
) -> None:
    """Whoever has one half keeps the whole from everybody else, but not the other half."""
    whole = sketch.offer(space_offer(parts=("north", "south")), party="h")
    south = sketch.offer(space_offer(parts=("south",)), party="h")
    north = sketch.offer(space_offer(parts=("north",)), party="h")
    need = sketch.need(space_need())
    for window in sketch.board(need).need.windows:
        sketch.use(north, window)
    answer = sketch.answer(need)
    assert [plan.legs[0].offer for plan in answer.full] == [south]
    assert {refusal.offer for refusal in answer.refused} == {whole, north}


def test_buffers_are_kept_on_both_sides(
    sketch: Sketch, space_need: Make, space_offer: Make
) -> None:
    """A use that ends as another begins leaves no time to set up."""
    when = Schedule(dt.date(2027, 1, 5), "17:00", "19:00")
    hall = sketch.offer(space_offer(set_up_minutes=15))
    before = sketch.need(space_need(when=evolve(when, starts="15:00", ends="17:00")))
    sketch.use(hall, sketch.board(before).need.windows[0])
    answer = sketch.answer(sketch.need(space_need(when=when)))
    assert not answer.full
    assert "17:30 instead of 17:00" in [near.relaxed.sentence for near in answer.near]


def test_a_year_of_storage_is_one_plan_of_short_uses(
    sketch: Sketch, storage_need: Make, storage_offer: Make
) -> None:
    """Twelve months are consecutive uses of at most 31 days, paid by the month."""
    sketch.offer(storage_offer())
    plan = only(sketch.answer(sketch.need(storage_need())).full)
    windows = plan.legs[0].windows
    assert all(window.minutes <= 31 * 24 * 60 for window in windows)
    assert all(a.end == b.start for a, b in pairwise(windows))
    assert plan.pence == 12 * 1500
    assert served(plan) == 12 * 60


def test_ten_years_of_storage_are_answered_with_one(
    sketch: Sketch, storage_need: Make, storage_offer: Make
) -> None:
    """A long wish is capped, not refused."""
    sketch.offer(storage_offer())
    assert only(sketch.answer(sketch.need(storage_need(months=120))).full).pence == 12 * 1500


def test_two_groups_share_a_divisible_floor(
    sketch: Sketch, storage_need: Make, storage_offer: Make
) -> None:
    """Six and four square metres fit on ten; six and six do not."""
    store = sketch.offer(storage_offer(divisible=True))
    small, large = sketch.need(storage_need(area_m2=4)), sketch.need(storage_need(area_m2=6))
    for window in sketch.board(large).need.windows:
        sketch.use(store, window, quantity=6)
    assert sketch.answer(small).full
    assert not sketch.answer(large).full


def test_storage_for_part_of_the_time(
    sketch: Sketch, storage_need: Make, storage_offer: Make
) -> None:
    """A store that is given up early is partial, paid for as long as it lasts."""
    sketch.offer(storage_offer(available_until=dt.date(2027, 3, 31)))
    plan = only(sketch.answer(sketch.need(storage_need(months=3))).partial)
    assert plan.missing[0].sentence == "2 of 3 periods of 31 days; not from 14 Mar"
    assert plan.pence == 2 * 1500


NEAR = [
    ({}, {"hours": (Schedule(dt.date(2027, 1, 1), "17:30", "22:00", "FREQ=DAILY"),)},
     "17:30 instead of 17:00"),
    ({}, {"hours": (Schedule(dt.date(2027, 1, 1), "17:00", "18:30", "FREQ=DAILY"),)},
     "half an hour shorter, until 18:30"),
    ({"must": frozenset({Facility.STAGE})}, {}, "without: stage"),
    ({}, {"hours": (Schedule(dt.date(2027, 1, 6), "09:00", "22:00", "FREQ=WEEKLY"),)},
     "Wednesdays instead of Tuesdays"),
    ({"max_km": 2}, {"place": "Ford"}, "up to 4 km away instead of 2"),
]  # fmt: skip


@pytest.mark.parametrize(("wants", "has", "sentence"), NEAR)
def test_a_near_miss_would_succeed(
    wants: dict[str, Any],
    has: dict[str, Any],
    sentence: str,
    sketch: Sketch,
    space_need: Make,
    space_offer: Make,
) -> None:
    """The cheapest thing that the group could yield is named, and posting it finds the plan."""
    sketch.offer(space_offer(**has))
    near = sketch.answer(sketch.need(space_need(**wants))).near[0]
    assert near.relaxed.sentence == sentence
    assert sketch.answer(sketch.need(near.relaxed.body)).full[0].pence == near.plan.pence


def test_access_is_never_bargained_away(space_need: Make) -> None:
    """No relaxation touches what people need to take part, the headcount or the budget."""
    need = space_need(
        must=frozenset(Facility), access_needs=frozenset(), quiet=True, budget_pence=100
    )
    kept = ("access_needs", "headcount", "budget_pence", "quiet", "declares", "age_group")
    bodies = [relaxed.body for relaxed in plugin.cypn_exchange().relaxations(need)]
    assert bodies
    assert all(getattr(body, name) == getattr(need, name) for body in bodies for name in kept)


prices = st.builds(
    Price,
    basis=st.just(Basis.PER_HOUR),
    pence=st.integers(1, 10_000),
    charges=st.lists(
        st.builds(Charge, what=st.sampled_from(ChargeFor), pence=st.integers(1, 5000)), max_size=3
    ).map(tuple),
)


@given(price=prices, minutes=st.integers(1, 24 * 60), times=st.integers(1, 400))
def test_prices_are_exact(price: Price, minutes: int, times: int) -> None:
    """An hourly price is within half a penny of the exact one, whole, and repeats without drift."""
    lines = once(price, minutes, concession=False)
    exact = Fraction(price.pence * minutes, 60)
    assert abs(lines[0].pence - exact) <= Fraction(1, 2)
    assert lines[0].pence - exact != Fraction(-1, 2)
    assert all(type(line.pence) is int for line in lines)
    assert total(repeated(lines, times)) == times * total(lines)


offers_of = st.lists(
    st.fixed_dictionaries(
        {
            "capacity": st.sampled_from([5, 12, 40]),
            "place": st.sampled_from(["Mill", "Ford", "Hill"]),
            "price": st.sampled_from(
                [None, Price(basis=Basis.FREE), Price(basis=Basis.PER_SESSION, pence=900)]
            ),
        }
    ),
    min_size=1,
    max_size=6,
)
LAW = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LAW
@given(bodies=offers_of, names=st.permutations([f"name {n}" for n in range(7)]), data=st.data())
def test_names_and_order_change_nothing(
    new_sketch: Callable[[], Sketch],
    space_need: Make,
    space_offer: Make,
    bodies: list[dict[str, Any]],
    names: list[str],
    data: st.DataObject,
) -> None:
    """Other parties' names and another order of input give the same plans in the same order."""
    sketch = new_sketch()
    for body in bodies:
        sketch.offer(space_offer(**body))
    board = sketch.board(sketch.need(space_need()))
    renamed = data.draw(
        st.permutations(
            [
                evolve(offer, party=Party(names[n % len(names)]))
                for n, offer in enumerate(board.snapshot.offers)
            ]
        )
    )
    other = Board(
        need=evolve(board.need, party=Party("somebody else")),
        snapshot=evolve(board.snapshot, offers=tuple(renamed)),
        rules=board.rules,
        candidates=board.candidates,
        context=board.context,
    )
    assert ranked(other, plans) == ranked(board, plans)


def test_a_visit_is_confirmed() -> None:
    """The group confirms from ``visit_pending``, and the holder hears one sentence."""
    deal = DealView(plan=Plan(needs=(), legs=()), state=DealState.AGREED, sub_state="visit_pending")
    context = Context(now=dt.datetime(2026, 11, 22, tzinfo=dt.UTC), zone="Europe/London")
    outcome = CONFIRM_VISIT.handler(deal, None, context)
    exchange = plugin.cypn_exchange()
    assert outcome.sub_state == "confirmed"
    assert outcome.tells
    assert exchange.agreed_as in CONFIRM_VISIT.from_states


def test_the_plugin_conforms() -> None:
    """Its hooks have their exact signatures, and its kinds can travel and hide what they must."""
    assert complaints(plugin) == []
    assert [said for kind in plugin.cypn_exchange().kinds for said in kind_complaints(kind)] == []
    assert word_complaints(plugin.cypn_exchange()) == []


def test_every_code_has_words() -> None:
    """Whatever a volunteer reads is in plain words."""
    exchange = plugin.cypn_exchange()
    assert {"hall", "step_free", "animals", "teenage", "visit_pending"} <= exchange.words.keys()
