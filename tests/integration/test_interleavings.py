"""What happens between two statements of somebody else: PostgreSQL, where writers do not queue."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.towns import NOW, ONLY_VENUES, VENUES, an_offer, asked, best, is_problem, pair

from cypn_core.application import ask as asking
from cypn_core.application import post as posting
from cypn_core.storage.engine import open_store
from cypn_core.testing.stores import NewStore
from cypn_core.testing.town import Town


@pytest.fixture
def town(new_store: NewStore) -> Iterator[Town]:
    with open_store(new_store("postgresql")) as store:
        yield Town.on(store, ONLY_VENUES, NOW)


def between(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, happens: Callable[[], object]
) -> None:
    """Let *happens* commit right after the first call of ``module.name``, by another thread."""
    known, waiting = getattr(module, name), [happens]

    def then(*args: Any, **more: Any) -> Any:
        answer = known(*args, **more)
        if waiting:
            thread = threading.Thread(target=waiting.pop())
            thread.start()
            thread.join(timeout=30)
            assert not thread.is_alive()
        return answer

    monkeypatch.setattr(module, name, then)


def test_an_offer_that_changes_while_it_is_planned_is_not_agreed_on_its_old_terms(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan is made once more from what is locked, so the new price is another plan."""
    holder, seeker, offer, need = pair(town)
    plan = best(seeker, need)
    dearer = an_offer(price={"basis": "per_hour", "pence": 900})
    between(
        monkeypatch,
        asking,
        "_plan_of",
        lambda: holder.send("PUT", VENUES, f"/v1/offers/{offer}", dearer, If_Match='"1"'),
    )
    is_problem(asked(seeker, need, plan), 409)
    assert asked(seeker, need).status_code == 201


def test_an_offer_that_is_withdrawn_while_it_is_planned_is_not_agreed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is locked is looked at again, and it is gone."""
    holder, seeker, offer, need = pair(town)
    plan = best(seeker, need)
    between(
        monkeypatch,
        asking,
        "_plan_of",
        lambda: holder.send("DELETE", VENUES, f"/v1/offers/{offer}", If_Match='"1"'),
    )
    is_problem(asked(seeker, need, plan), 409)


def test_an_offer_is_not_withdrawn_from_under_a_deal_that_was_just_agreed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is locked before it is looked at, so the deal that came between is seen."""
    holder, seeker, offer, need = pair(town)
    plan = best(seeker, need)
    agreed: list[int] = []
    between(
        monkeypatch,
        posting,
        "mine",
        lambda: agreed.append(asked(seeker, need, plan).status_code),
    )
    is_problem(holder.send("DELETE", VENUES, f"/v1/offers/{offer}", If_Match='"1"'), 409)
    assert agreed == [201]
