"""Seasons that are stopped, raced, refused or decided without a solver."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from attrs import evolve
from tests.seasons import (
    a_season,
    an_evening_hall,
    closing,
    deals,
    explained,
    opened,
    seeker,
    until_closing,
    weekly,
)
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, Json, inbox, is_problem, posted, stored
from werkzeug.test import TestResponse

from cypn_core.application import season_close, seasons, settle
from cypn_core.application.network import SYSTEM
from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import DealId
from cypn_core.storage import export
from cypn_core.storage.engine import Store, open_store
from cypn_core.storage.restore import restore
from cypn_core.testing.stores import NewStore
from cypn_core.testing.town import MEMBERSHIP, Member, Town


class StoppedError(Exception):
    """What the test does to a step."""


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


@pytest.fixture
def coordinator(town: Town) -> Member:
    return town.coordinator()


def contested(town: Town, coordinator: Member) -> tuple[str, list[Member], list[str]]:
    """Two slots, three groups with one need each, and a season that may be closed."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_evening_hall("TU,WE"))
    season = opened(coordinator)
    names = ("Amber Lane", "Birch Close", "Dale Street")
    days = ("2027-01-05", "2027-01-05", "2027-01-06")
    pairs = [seeker(town, name, weekly(day)) for name, day in zip(names, days, strict=True)]
    until_closing(town)
    return season, [member for member, _ in pairs], [need for _, (need,) in pairs]


def states(groups: list[Member]) -> list[list[str]]:
    return [[deal["state"] for deal in deals(group)] for group in groups]


def stop_at(monkeypatch: pytest.MonkeyPatch, n: int) -> Callable[[], None]:
    """Let the n-th settled need fail before it is committed; the result puts it right again."""
    real, seen = season_close._settle, []

    def broken(*given: object) -> None:
        real(*given)  # type: ignore[arg-type]
        seen.append(given)
        if len(seen) == n:
            raise StoppedError

    monkeypatch.setattr(season_close, "_settle", broken)
    return lambda: monkeypatch.setattr(season_close, "_settle", real)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("by_tick", [True, False])
def test_a_crash_in_the_middle_loses_nothing(
    town: Town,
    coordinator: Member,
    monkeypatch: pytest.MonkeyPatch,
    n: int,
    by_tick: bool,  # noqa: FBT001
) -> None:
    """Stopped at any need, the season is closing; closing again or a tick finishes it, once."""
    season, groups, needs = contested(town, coordinator)
    mend = stop_at(monkeypatch, n)
    with pytest.raises(StoppedError):
        season_close.close(town.network, SYSTEM, season)
    mend()
    found: Json = coordinator.get(MEMBERSHIP, f"/v1/seasons/{season}").json  # type: ignore[assignment]
    assert found["state"] == "closing"
    is_problem(_asked_anything(groups[1], needs[1]), 409)
    if by_tick:
        assert town.tick().seasons_closed == 1
    else:
        assert closing(coordinator, season).status_code == 200
    assert states(groups) == [["agreed"], [], ["agreed"]]
    town.tick()
    lost = [each for each in inbox(groups[1]) if "nothing for you yet" in each]
    assert len(lost) == 1
    assert town.tick().seasons_closed == 0


def test_who_withdrew_while_it_closed_is_not_told_to_wait(
    town: Town, coordinator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped, two withdraw, and it goes on: neither has a place in line nor a message of it."""
    season, groups, needs = contested(town, coordinator)
    mend = stop_at(monkeypatch, 1)
    with pytest.raises(StoppedError):
        season_close.close(town.network, SYSTEM, season)
    mend()
    for member, need in zip(groups[:2], needs[:2], strict=True):
        path = f"/v1/needs/{need}"
        tag = member.get(VENUES, path).headers["ETag"]
        assert member.send("DELETE", VENUES, path, If_Match=tag).status_code == 200
    town.tick()
    for member in groups[:2]:
        (mine,) = explained(member, season)
        assert (mine["won"], mine["place"]) == (False, None)
        assert "withdrawn" in mine["sentence"]
        assert not [each for each in inbox(member) if "nothing for you yet" in each]


def _asked_anything(member: Member, need: str) -> TestResponse:
    return member.post(VENUES, f"/v1/needs/{need}/asks", {"plan": "0" * 32})


def test_a_crash_while_deciding_stores_nothing(
    town: Town, coordinator: Member, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    """A solver that dies leaves the season open and everything as it was."""
    season, groups, _ = contested(town, coordinator)
    before = stored(store)

    class Dies:
        def allot(self, _: object) -> None:
            raise StoppedError

    with pytest.raises(StoppedError):
        season_close.close(town.network, SYSTEM, season, Dies())  # type: ignore[arg-type]
    assert stored(store) == before
    assert closing(coordinator, season).status_code == 200
    assert states(groups) == [["agreed"], [], ["agreed"]]


def test_two_who_close_at_once_decide_once(town: Town, coordinator: Member, store: Store) -> None:
    """Six closes at the same time: one decision, each deal once, one message to each."""
    season, groups, _ = contested(town, coordinator)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: season_close.close(town.network, SYSTEM, season), range(6)))
    assert {each.state.value for each in found} == {"closed"}
    assert states(groups) == [["agreed"], [], ["agreed"]]
    with store.reading() as connection:
        told = connection.exec_driver_sql(
            "SELECT fact, count(*) FROM event WHERE fact LIKE 'season_%%' GROUP BY fact"
            if store.dialect == "postgresql"
            else "SELECT fact, count(*) FROM event WHERE fact LIKE 'season_%' GROUP BY fact"
        )
        assert dict(map(tuple, told)) == {
            "season_opened": 1, "season_decided": 1, "season_lost": 1, "season_closed": 1,
        }  # fmt: skip


def test_a_slot_that_went_in_between_is_not_doubled(
    town: Town, coordinator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the decision and the deal a closure took the time: told so, and first in line."""
    season, groups, _ = contested(town, coordinator)
    mend = stop_at(monkeypatch, 1)
    with pytest.raises(StoppedError):
        season_close.close(town.network, SYSTEM, season)
    mend()
    with town.network.writing() as work:
        (first, *_) = [each for each in work.seasons.unsettled(season) if each.plan]
        assert first.plan is not None
        (leg,) = first.plan.legs
        owner = work.postings.get(leg.offer).organisation
        closed = Deal(
            id=DealId("0" * 32), exchange=VENUES, plan=first.plan, seekers=(),
            holders=((leg.offer, owner),), created=work.now,
        )  # fmt: skip
        taken = settle.uses_of(work, closed)
        work.uses.occupy(list(taken), None, work.now)
    assert closing(coordinator, season).status_code == 200
    won = [found for group in groups for found in explained(group, season) if found["won"]]
    assert len(won) == 1
    (gone,) = [
        each for each in explained(coordinator, season) if "was to be yours" in each["sentence"]
    ]
    assert (gone["won"], gone["place"], gone["need"]) == (False, 1, first.need)


def test_terms_that_changed_in_between_are_not_agreed(
    town: Town, coordinator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The offer costs more than when it was decided: nobody is bound to that; all wait first."""
    season, groups, _ = contested(town, coordinator)
    mend = stop_at(monkeypatch, 1)
    with pytest.raises(StoppedError):
        season_close.close(town.network, SYSTEM, season)
    mend()
    with town.network.writing() as work:
        (offer,) = work.postings.open(VENUES, "offer", work.today, work.now)
        price = evolve(offer.body.price, pence=900)  # type: ignore[union-attr]
        dearer = evolve(offer.body, price=price)  # type: ignore[call-arg]
        work.postings.replace(evolve(offer, body=dearer, revision=offer.revision + 1))
    assert closing(coordinator, season).status_code == 200
    assert states(groups) == [[], [], []]
    town.tick()
    told = [[each for each in inbox(group) if "nothing for you yet" in each] for group in groups]
    assert [len(each) for each in told] == [1, 1, 1]


def test_a_closed_and_a_stopped_season_move_to_another_store(
    town: Town,
    coordinator: Member,
    monkeypatch: pytest.MonkeyPatch,
    new_store: NewStore,
    store: Store,
) -> None:
    """Exported while it closes, it is finished where it was imported, on the other kind too."""
    season, _, needs = contested(town, coordinator)
    mend = stop_at(monkeypatch, 2)
    with pytest.raises(StoppedError):
        season_close.close(town.network, SYSTEM, season)
    mend()
    with store.reading() as connection:
        rows = [json.loads(json.dumps(row)) for row in export.rows(connection)]
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[store.dialect]
    with open_store(new_store(other)) as moved:
        moved.transact(lambda connection: restore(connection, rows))
        there = Town.on(moved, ONLY_VENUES, town.clock())
        assert there.tick().seasons_closed == 1
        with there.network.reading() as work:
            outcomes = work.seasons.outcomes(season)
            assert work.seasons.get(season).state.value == "closed"
        assert sorted(each.need for each in outcomes if each.won) == sorted([needs[0], needs[2]])
        assert all(each.deal for each in outcomes if each.won)


def test_a_need_withdrawn_in_between_gets_nothing(
    town: Town, coordinator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who withdrew while the season closed is given nothing and told of nothing."""
    season, groups, needs = contested(town, coordinator)
    mend = stop_at(monkeypatch, 1)
    with pytest.raises(StoppedError):
        season_close.close(town.network, SYSTEM, season)
    mend()
    gone = groups[0].send("DELETE", VENUES, f"/v1/needs/{needs[0]}", If_Match='"1"')
    assert gone.status_code == 200, gone.text
    assert closing(coordinator, season).status_code == 200
    assert states(groups) == [[], [], ["agreed"]]
    (told,) = explained(groups[0], season)
    assert "withdrawn" in told["sentence"]


def test_without_the_solver_the_queue_answers_and_says_so(
    town: Town, coordinator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without scipy the same season is decided in turn, and its proof says by what."""
    monkeypatch.setattr(seasons, "find_spec", lambda _: None)
    season, groups, _ = contested(town, coordinator)
    answer = closing(coordinator, season)
    assert "the extra 'rounds' is not installed" in answer.json["proof"]["method"]  # type: ignore[index]
    assert states(groups) == [["agreed"], [], ["agreed"]]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"exchange": "moon_trips"}, "exchange"),
        ({"until": "2027-01-04"}, "until"),
        ({"until": "2026-12-31"}, "until"),
        ({"until": "2028-02-01"}, "until"),
        ({"opens_on": "2026-11-21"}, "opens_on"),
        ({"closes_on": "2026-11-22"}, "closes_on"),
        ({"closes_on": "2027-01-05"}, "closes_on"),
        ({"opens_on": "2026-12-14"}, "closes_on"),
        ({"first": "yesterday"}, "first"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_season_that_cannot_be_is_refused_by_its_field(
    town: Town, coordinator: Member, store: Store, changed: Json, field: str
) -> None:
    """Each wrong date or name gives a 4xx that names it, and nothing is stored."""
    before = stored(store)
    answer = coordinator.post(MEMBERSHIP, "/v1/seasons", a_season(**changed))
    assert field in is_problem(answer, 422)["errors"]
    assert stored(store) == before
    assert coordinator.get(MEMBERSHIP, "/v1/seasons").json["items"] == []  # type: ignore[index]


def test_seasons_of_one_exchange_share_no_date(town: Town, coordinator: Member) -> None:
    """An overlapping one is refused and names the other; one that follows on is not."""
    season = opened(coordinator)
    shares = a_season(first="2027-03-28", until="2027-06-01")
    told = is_problem(coordinator.post(MEMBERSHIP, "/v1/seasons", shares), 409)
    assert season in told["detail"]
    opened(coordinator, first="2027-03-29", until="2027-06-01")


def test_two_who_open_the_same_season_at_once_open_one(town: Town, coordinator: Member) -> None:
    """Of six overlapping seasons that are opened at the same time one stands."""
    with ThreadPoolExecutor(6) as pool:
        found = list(
            pool.map(
                lambda _: coordinator.post(MEMBERSHIP, "/v1/seasons", a_season()).status_code,
                range(6),
            )
        )
    assert sorted(found) == [201, 409, 409, 409, 409, 409]


def test_it_closes_neither_early_nor_late(town: Town, coordinator: Member) -> None:
    """While needs are taken, and once its dates have begun, closing is refused with the reason."""
    season = opened(coordinator)
    assert "2026-12-14" in is_problem(closing(coordinator, season), 409)["detail"]
    planned = opened(
        coordinator, opens_on="2027-04-01", closes_on="2027-04-10",
        first="2027-05-01", until="2027-06-01",
    )  # fmt: skip
    is_problem(closing(coordinator, planned), 409)
    town.clock.now = dt.datetime(2027, 1, 4, 0, 0, tzinfo=dt.UTC)
    assert "have begun" in is_problem(closing(coordinator, season), 409)["detail"]
    listed = coordinator.get(MEMBERSHIP, "/v1/seasons").json["items"]  # type: ignore[index]
    assert {each["id"]: each["state"] for each in listed} == {season: "lapsed", planned: "planned"}


def test_a_lapsed_season_holds_nobody_and_gives_way(town: Town, coordinator: Member) -> None:
    """Nobody closed it: its dates are asked for again, and another season may share them."""
    opened(coordinator)
    town.clock.now = dt.datetime(2027, 1, 5, 9, tzinfo=dt.UTC)
    member, (need,) = seeker(town, "Amber Lane", weekly("2027-02-02", weeks=4))
    assert member.get(VENUES, f"/v1/needs/{need}").json["season"] is None  # type: ignore[index]
    opened(coordinator, first="2027-02-01", closes_on="2027-01-20")


def test_members_may_not_run_seasons_and_the_unknown_is_not_found(
    town: Town, coordinator: Member
) -> None:
    """Opening, previewing and closing are a coordinator's; an id that is none gives 404."""
    season = opened(coordinator)
    amber = town.member("Amber Lane", "seeker", place=PLACE)
    is_problem(amber.post(MEMBERSHIP, "/v1/seasons", a_season()), 403)
    is_problem(closing(amber, season), 403)
    for path in ("", "/preview", "/explanations"):
        is_problem(coordinator.get(MEMBERSHIP, f"/v1/seasons/{'0' * 32}{path}"), 404)
    is_problem(closing(coordinator, "0" * 32), 404)
    is_problem(amber.get(MEMBERSHIP, f"/v1/seasons/{season}/explanations"), 409)


def test_an_empty_season_closes(town: Town, coordinator: Member) -> None:
    """Nobody wanted anything: it is closed, and nothing was given."""
    season = opened(coordinator)
    until_closing(town)
    found: Json = closing(coordinator, season).json  # type: ignore[assignment]
    assert (found["state"], found["proof"]["levels"]) == ("closed", [])
    assert explained(coordinator, season) == []


def test_who_came_too_late_is_woken_after_it(town: Town, coordinator: Member) -> None:
    """A need posted after the last day is not in it; what is left over is offered to it then."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_evening_hall("TU"))
    season = opened(coordinator)
    until_closing(town)
    late, _ = seeker(town, "Elm Row", weekly())
    town.tick()
    assert late.get(VENUES, "/v1/wakes").json["items"] == []  # type: ignore[index]
    town.clock.pass_time(hours=1)
    closing(coordinator, season)
    town.tick()
    assert explained(late, season) == []
    assert len(late.get(VENUES, "/v1/wakes").json["items"]) == 1  # type: ignore[index]


def test_whoever_was_displaced_waits_for_no_season(town: Town, coordinator: Member) -> None:
    """A need that lost what was agreed is asked for while the season is open."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    offer = posted(holder, "offer", an_evening_hall("TU,WE"))
    amber, (need,) = seeker(town, "Amber Lane", weekly())
    plan = amber.get(VENUES, f"/v1/needs/{need}/matches").json["full"][0]["key"]  # type: ignore[index]
    amber.post(VENUES, f"/v1/needs/{need}/asks", {"plan": plan})
    opened(coordinator)
    left = holder.post(
        VENUES, f"/v1/offers/{offer}/leave", {"leaves_on": "2026-12-20"}, If_Match='"1"'
    )
    assert left.status_code == 200, left.text
    assert amber.get(VENUES, f"/v1/needs/{need}").json["season"] is None  # type: ignore[index]
    other = town.member("Birch Barn", "holder", place=PLACE)
    posted(other, "offer", an_evening_hall("TU,WE"))
    plan = amber.get(VENUES, f"/v1/needs/{need}/matches").json["full"][0]["key"]  # type: ignore[index]
    again = amber.post(VENUES, f"/v1/needs/{need}/asks", {"plan": plan})
    assert again.status_code == 201, again.text
