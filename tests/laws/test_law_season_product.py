"""What a season gives through the product is what leximin gives; order plays no part."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest
from attrs import evolve
from tests.seasons import an_evening_hall, closing, explained, opened, until_closing, weekly
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, Json, matches, posted

from cypn_core.application import season_decision, season_input
from cypn_core.application.network import Work
from cypn_core.application.season_milp import Leximin
from cypn_core.domain.ids import PostingId
from cypn_core.domain.rounds import Contender
from cypn_core.matching.leximin import Choice, InTurn, Season, SeasonAllocator, Wish, levels
from cypn_core.matching.planner import Planner
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

DAYS = {"MO": "2027-01-04", "TU": "2027-01-05", "WE": "2027-01-06", "TH": "2027-01-07"}


def filled(store: Store, seed: int) -> tuple[Town, Member, str, list[tuple[Member, str, str]]]:
    """A few halls and groups drawn from *seed*, in a season that may be closed."""
    rng = random.Random(seed)  # noqa: S311 - a draw for a test
    town = Town.on(store, ONLY_VENUES, NOW)
    for n in range(rng.randint(1, 3)):
        holder = town.member(f"Hall {n}", "holder", place=PLACE)
        days = ",".join(rng.sample(list(DAYS), rng.randint(1, 2)))
        posted(holder, "offer", an_evening_hall(days, capacity=rng.choice((15, 40))))
    coordinator = town.coordinator()
    season = opened(coordinator)
    needs = []
    for n in range(rng.randint(2, 5)):
        group = town.member(f"Group {n}", "seeker", place=PLACE)
        for day in rng.sample(list(DAYS), rng.randint(1, 3)):
            town.clock.pass_time(minutes=rng.choice((0, 7)))
            body = weekly(DAYS[day], weeks=4, headcount=rng.choice((12, 30)))
            needs.append((group, posted(group, "need", body), day))
    until_closing(town)
    return town, coordinator, season, needs


def by_hand(town: Town, needs: Sequence[tuple[Member, str, str]]) -> Season:
    """The same season in the library's words: a cell for each hall and day, built by itself."""
    wishes = []
    for group, need, day in needs:
        plans: list[Json] = matches(group, need)["full"]
        posting = group.get(VENUES, f"/v1/needs/{need}").json
        with town.network.reading() as work:
            created = work.postings.get(PostingId(need)).created
        assert posting is not None
        cells = [f"{plan['legs'][0]['offer']}:{day}" for plan in plans]
        wishes.append(
            Wish(
                contender=Contender(need=PostingId(need), posted=created),
                group=group.id,
                choices=tuple(
                    Choice(key=cell, takes={cell: 1}, score=-float(n))
                    for n, cell in enumerate(cells)
                ),
            )
        )
    return Season(wishes=tuple(wishes))


def worth(season: Season, given: Mapping[PostingId, Choice]) -> tuple[object, ...]:
    """Groups at each level, which of them those are, and how far from their own first choices."""
    have = season.sessions(given)
    marks = [have[group] >= n for n in range(1, season.top + 1) for group in season.groups]
    return (levels(season, given), marks, sum(choice.score for choice in given.values()))


@pytest.mark.parametrize("seed", range(4))
def test_the_product_gives_what_leximin_gives(store: Store, seed: int) -> None:
    """The deals of a closed season are worth exactly what the library finds for the same wishes."""
    town, coordinator, season, needs = filled(store, seed)
    expected = by_hand(town, needs)
    assert closing(coordinator, season).status_code == 200
    days = {need: day for _, need, day in needs}
    choices = {
        (wish.need, choice.key): choice for wish in expected.wishes for choice in wish.choices
    }
    given: dict[PostingId, Choice] = {}
    for each in explained(coordinator, season):
        if each["won"]:
            need = PostingId(each["need"])
            with town.network.reading() as work:
                (leg,) = work.deals.get(each["deal"]).plan.legs
            given[need] = choices[need, f"{leg.offer}:{days[need]}"]
    assert expected.fits(list(given.values()))
    assert worth(expected, given) == worth(expected, Leximin().allot(expected).given)


@pytest.mark.parametrize("allocator", [Leximin(), InTurn()], ids=lambda a: type(a).__name__)
@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_needs_and_offers_changes_nothing(
    store: Store, seed: int, allocator: SeasonAllocator
) -> None:
    """Needs and offers read in another order give the same to everybody, with the same words."""
    town, _, season, _ = filled(store, seed)
    with town.network.reading() as work:
        entries = read(work, season)
        found = season_decision.decide(entries, planner(work), allocator)
        mixed = shuffled(entries, random.Random(seed))  # noqa: S311 - a draw for a test
        again = season_decision.decide(mixed, planner(work), allocator)
    assert again.given == found.given
    assert again.sentences == found.sentences
    assert again.waiting == found.waiting


def read(work: Work, season: str) -> tuple[season_input.Entry, ...]:
    return season_input.entries(work, work.seasons.get(season))


def planner(work: Work) -> Planner:
    return work.hub.exchange(VENUES).planner


def shuffled(entries: Sequence[season_input.Entry], rng: random.Random) -> list[season_input.Entry]:
    """The same entries in another order, over a snapshot whose offers are in another order."""
    snapshot = entries[0].board.snapshot
    offers = rng.sample(snapshot.offers, len(snapshot.offers))
    mixed = evolve(snapshot, offers=tuple(offers))
    found = [evolve(each, board=evolve(each.board, snapshot=mixed)) for each in entries]
    return rng.sample(found, len(found))
