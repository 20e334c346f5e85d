"""Who may ride together: every pool checked apart, and its order against all others."""

from __future__ import annotations

import math
import random
from itertools import pairwise, permutations

from attrs import evolve, frozen

from cypn_transport.pooling.pools import pools
from cypn_transport.pooling.values import Limits, Load, Pool, Request, Span
from cypn_transport.pooling.verify import broken_pool


@frozen
class Straight:
    """As the crow flies, at 40 km an hour."""

    km: float

    @property
    def minutes(self) -> float:
        """One and a half for each kilometre."""
        return self.km * 1.5


def travel(a: object, b: object) -> Straight:
    """Between two points of a plane in kilometres."""
    assert isinstance(a, tuple)
    assert isinstance(b, tuple)
    return Straight(math.dist(a, b))


LIMITS = Limits(layouts=(Load(8), Load(4, 2)), boarding=2)


def outing(rng: random.Random, at: int) -> Request:
    """Near a corner, in the morning, to one of two places; some will not share."""
    leaves, stays = 540 + rng.randrange(0, 60, 15), rng.choice((90, 120))
    origin, to = (rng.uniform(0, 12), rng.uniform(0, 12)), rng.choice(((30.0, 5.0), (5.0, 30.0)))
    back = leaves + stays + 2 * int(travel(origin, to).minutes) + 30
    load = Load(rng.randint(1, 4), rng.choice((0, 0, 1)))
    return Request(
        id=f"r{at}",
        origin=origin,
        destination=to,
        load=load,
        leaves=Span(leaves - 30, leaves + 30),
        back=Span(back - 30, back + 30),
        wish=(leaves, back),
        stays=60,
        may_share=rng.random() < 0.9,
    )


def day(seed: int) -> list[Request]:
    """Seven outings."""
    rng = random.Random(seed)  # noqa: S311
    return [outing(rng, at) for at in range(7)]


def test_every_pool_keeps_every_limit() -> None:
    """Windows, rides, stays, driving times and room, by the verifier; many share."""
    sizes = [0, 0, 0, 0]
    for seed in range(40):
        requests = {each.id: each for each in day(seed)}
        for pool in pools(list(requests.values()), travel, LIMITS):
            assert not broken_pool(pool, requests, travel, LIMITS)
            assert pool.fits(LIMITS.layouts or ())
            assert len(pool.requests) == 1 or all(requests[r].may_share for r in pool.requests)
            sizes[len(pool.requests)] += 1
    assert min(sizes[1:]) > 20


def test_the_order_in_which_requests_come_does_not_matter() -> None:
    """The same pools, whichever is named first."""
    requests = day(3)
    assert pools(requests[::-1], travel, LIMITS) == pools(requests, travel, LIMITS)


def test_with_time_to_spare_the_order_is_the_shortest_of_all() -> None:
    """Three who are picked up one after another and set down at one place."""
    wide = Limits(ride=lambda direct: direct + 500)
    for seed in range(20):
        group = [
            evolve(
                each,
                destination=(30.0, 5.0),
                leaves=Span(0, 2000),
                back=Span(0, 2000),
                may_share=True,
            )
            for each in day(seed)[:3]
        ]
        pool = next(each for each in pools(group, travel, wide) if len(each.requests) == 3)
        shortest = min(
            sum(travel(a, b).km for a, b in pairwise((*order, (30.0, 5.0))))
            for order in permutations([each.origin for each in group])
        )
        assert math.isclose(pool.km, 2 * shortest)
        assert pool.empty_km == 0


def test_a_way_that_nobody_knows_is_ridden_by_nobody() -> None:
    """Those whose places have no way between them make no pool."""
    assert pools(day(1), lambda a, b: None, LIMITS) == ()


def test_the_vehicle_is_free_between_where_nobody_need_wait() -> None:
    """A group that is away from one hour to another takes the vehicle once each way."""
    one = evolve(day(1)[0], there_by=900, back_from=600)
    (pool,) = pools([one], travel, Limits())
    assert pool.uses == (pool.out.span, pool.back.span)


def test_who_may_not_mix_rides_apart() -> None:
    """A predicate over the ages parts them."""
    alone = pools(day(2), travel, evolve(LIMITS, mix=lambda together: False))
    assert {len(pool.requests) for pool in alone} == {1}


def test_the_verifier_sees_a_late_stop() -> None:
    """A pool that is moved by an hour breaks its windows."""
    requests = {each.id: each for each in day(1)}

    def later(pool: Pool) -> Pool:
        moved = tuple(evolve(stop, at=stop.at + 100) for stop in pool.out.stops)
        return evolve(pool, out=evolve(pool.out, stops=moved))

    for pool in pools(list(requests.values()), travel, LIMITS):
        assert broken_pool(later(pool), requests, travel, LIMITS)
