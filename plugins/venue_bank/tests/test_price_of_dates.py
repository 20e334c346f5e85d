"""What is left of an agreed price when dates are lost is what the dates that stand cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cypn_core.application.sketch import Sketch
from cypn_core.domain.ids import PostingId
from cypn_core.domain.plans import Plan
from cypn_core.domain.region import Region
from cypn_core.domain.standing import Passport
from cypn_core.domain.times import Window
from cypn_venue_bank.codes import Basis, ChargeFor
from cypn_venue_bank.prices import Charge, Price
from cypn_venue_bank.settings import VenueBankSettings

Make = Callable[..., Any]
LAW = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
WEEKS = 4
CONCESSION = VenueBankSettings().concession_role
CHARGES = st.lists(st.builds(Charge, what=st.sampled_from(ChargeFor), pence=st.integers(1, 999)))
RATED = st.builds(
    Price,
    basis=st.sampled_from([Basis.PER_HOUR, Basis.PER_SESSION]),
    pence=st.integers(200, 2000),
    concession_pence=st.none() | st.integers(0, 200),
    charges=CHARGES.map(lambda found: tuple(found[:3])),
)
PRICES = st.one_of(st.none(), st.just(Price(basis=Basis.FREE)), RATED)


def week(n: int) -> Window:
    start = dt.datetime(2027, 1, 5, 17, tzinfo=dt.UTC) + dt.timedelta(weeks=n)
    return Window(start, start + dt.timedelta(hours=2))


def best(found: Sketch, need: PostingId) -> Plan:
    answer = found.answer(need)
    return (*answer.full, *answer.partial)[0]


@LAW
@given(
    prices=st.tuples(PRICES, PRICES),
    gone=st.sets(st.integers(0, WEEKS - 1), max_size=3),
    kept=st.sets(st.integers(0, WEEKS - 1), min_size=1),
)
def test_what_is_left_costs_what_asking_for_it_alone_would(
    new_sketch: Callable[[], Sketch],
    region: Region,
    space_need: Make,
    space_offer: Make,
    prices: tuple[Price | None, Price | None],
    gone: set[int],
    kept: set[int],
) -> None:
    """Split or not, charges and concessions included: equal for each leg, and never more."""
    fresh = new_sketch()
    passport = Passport(roles=frozenset({CONCESSION}))
    first = fresh.offer(space_offer(price=prices[0]))
    for n in gone:
        fresh.use(first, week(n))
    fresh.offer(space_offer(price=prices[1]))
    plan = best(fresh, fresh.need(space_need(may_split=True), passport=passport))
    windows = [week(n) for n in sorted(kept)]
    left = plan.on(windows)
    assert left.pence is None or plan.pence is None or left.pence <= plan.pence
    for leg in left.legs:
        if leg.windows:
            alone = fresh.need(space_need().only(leg.windows, region), passport=passport)
            answer = fresh.answer(alone)
            same = [
                each
                for found in (*answer.full, *answer.partial)
                for each in found.legs
                if each.offer == leg.offer and each.windows == leg.windows
            ]
            assert {each.pence for each in same} == {leg.pence}
