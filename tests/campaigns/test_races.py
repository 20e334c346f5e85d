"""Sixteen processes book, move, cancel, close and shrink: as many winners as places, each round.

``make race`` runs the same with many more rounds; the number is in CYPN_RACE_ROUNDS.
"""

from __future__ import annotations

import os
import time

import pytest
from tests.campaigns.races import campaign
from tests.integration.racers import RACERS
from tests.integration.store_rows import drop_guard

from cypn_core.storage.engine import Store

ROUNDS = int(os.environ.get("CYPN_RACE_ROUNDS", "20"))


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
