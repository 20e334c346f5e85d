"""Sixteen processes book, move, cancel, close and shrink: as many winners as places, each round.

``make race`` runs the same with many more rounds; the number is in CYPN_RACE_ROUNDS.
"""

from __future__ import annotations

import os
import time

import pytest
from tests.campaigns import http_races
from tests.campaigns.http_races import BY_TURNS, hall
from tests.campaigns.races import campaign
from tests.integration.racers import RACERS
from tests.integration.store_rows import drop_guard

from cypn_core.storage.engine import Store

ROUNDS = int(os.environ.get("CYPN_RACE_ROUNDS", "20"))
HTTP_ROUNDS = int(os.environ.get("CYPN_RACE_ROUNDS", "4"))


def test_there_are_as_many_winners_as_places(
    store: Store, store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Capacities 1 and 3; what was acknowledged is what is stored, and no place stays empty."""
    begun = time.monotonic()
    wrong = campaign(store, store_url, ROUNDS)
    with capsys.disabled():
        took = time.monotonic() - begun
        print(  # noqa: T201 - the figures of the campaign
            f"\n{store.dialect}: {RACERS} processes, capacities 1 and 3, {ROUNDS} rounds each, "
            f"{len(wrong)} wrong, {took:.1f} s"
        )
    assert wrong == []


def test_without_the_guard_the_same_race_goes_wrong(store: Store, store_url: str) -> None:
    """The control: looking first and then inserting, without the triggers, gives too many."""
    drop_guard(store)
    assert campaign(store, store_url, 5, "naive")


def test_there_are_as_many_winners_as_places_over_http(
    store: Store, store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two servers, sixteen clients: nobody is told of a deal that is not there, and no 5xx."""
    begun = time.monotonic()
    matches = [BY_TURNS[n % len(BY_TURNS)] for n in range(HTTP_ROUNDS)]
    wrong = http_races.campaign(store, store_url, matches)
    with capsys.disabled():
        took = time.monotonic() - begun
        print(  # noqa: T201 - the figures of the campaign
            f"\n{store.dialect} over HTTP: {http_races.SERVERS} servers, {RACERS} clients, "
            f"capacities 1 and 3 by turns, {HTTP_ROUNDS} rounds, {len(wrong)} wrong, {took:.1f} s"
        )
    assert wrong == []


def test_without_the_guard_the_race_over_http_goes_wrong(store: Store, store_url: str) -> None:
    """The control: a holder's sixteen hands give away the same thing sixteen times."""
    drop_guard(store)
    wrong = http_races.campaign(store, store_url, [hall(at_once=False)])
    assert any(f"{RACERS} of {RACERS} got it" in each for each in wrong), wrong
