"""Writers killed with ``kill -9``: nothing acknowledged is lost, and nothing is stored by halves.

``make crash`` runs the same more often; the number is in CYPN_CRASHES.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import delete
from tests.campaigns.crashes import WRITERS, campaign, torn
from tests.towns import NOW, ONLY_VENUES, pair
from tests.towns import asked as ask

from cypn_core.storage import tables
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town

KILLS = int(os.environ.get("CYPN_CRASHES", "3"))


def test_nothing_acknowledged_is_lost_and_what_is_in_doubt_is_done_once(
    store: Store, store_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After each kill what was answered is there, and what was not can be sent again."""
    begun = time.monotonic()
    found = campaign(Town.on(store, ONLY_VENUES, NOW), store_url, tmp_path, KILLS)
    with capsys.disabled():
        print(  # noqa: T201 - the figures of the campaign
            f"\n{store.dialect}: {found.kills} kills of {WRITERS} writers, "
            f"{found.acknowledged} acknowledged, {found.in_doubt} in doubt of which "
            f"{found.committed_in_doubt} had committed, {len(found.wrong)} wrong, "
            f"{time.monotonic() - begun:.1f} s"
        )
    assert found.wrong == []
    assert found.acknowledged >= found.kills


@pytest.mark.parametrize(
    "lose",
    [
        delete(tables.use),
        tables.posting.update().where(tables.posting.c.side == "need").values(state="open"),
        tables.deal.update().values(state="cancelled"),
    ],
)
def test_what_is_stored_by_halves_is_seen(store: Store, lose: object) -> None:
    """The control: a deal without its use, its need or its own word of itself is called torn."""
    town = Town.on(store, ONLY_VENUES, NOW)
    _, seeker, _, need = pair(town)
    assert ask(seeker, need).status_code == 201
    assert list(torn(store)) == []
    with store.writing() as connection:
        connection.execute(lose)  # type: ignore[call-overload]
    assert list(torn(store))
