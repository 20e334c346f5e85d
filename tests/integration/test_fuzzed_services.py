"""Every operation of every service is reached with what was drawn from the declarations."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from tests.fuzzing import Move, Player, crowd, described, moves, service_operations
from tests.networks import HUB, NOW

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town

SERVICES = ("membership", *HUB.exchanges)
GAMES, MOVES = 4, 60
"""How many games of how many requests each service plays on each store."""
MANY_OPERATIONS = {"membership": 3, "procurement": 3}
"""So many times as many games for a service with so many more operations to reach."""
OFTEN = ("post_need", "post_offer", "ask", "list_deals", "list_wakes")
"""What all else builds on, and so is drawn more often."""

UNREACHABLE = {
    "exchange_starter": {"reopen_offer", "end_calendar"},
    "procurement": {"reopen_offer", "end_calendar"},
    "membership": {"accept_registration", "ask_for_check", "turn_registration_away"},
    "transport": {"close_offer", "reopen_offer", "end_calendar"},
    "venue_bank": {"end_calendar"},
}
"""What needs a closure or a calendar, where nothing, or seldom anything, has hours to be shut; and
what needs an address confirmed out of a mail, or a check that is still to be asked for.
"""


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_reached_and_answers_as_documented(
    store: Store, service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No 5xx, only documented statuses and shapes; nothing stops at 401, 404 or 422 throughout."""
    town = Town.on(store, HUB, NOW)
    player = Player(town, service, crowd(town), described(town, service))
    operations = service_operations(town, service)
    names = {each.name for each in operations}
    often = [each for each in operations if each.name in OFTEN]

    @seed(20261122)
    @settings(
        max_examples=GAMES * MANY_OPERATIONS.get(service, 1),
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        played=st.lists(moves([*operations, *often * 4]), min_size=MOVES, max_size=MOVES),
        hours=st.integers(1, 30),
        each_once=st.tuples(*(moves([each]) for each in operations)),
    )
    def game(played: list[Move], hours: int, each_once: tuple[Move, ...]) -> None:
        for number, move in enumerate([*played, *each_once]):
            player.play(move)
            if number % 15 == 14:
                player.let_pass(hours)

    game()
    with capsys.disabled():
        said = dict(sorted(player.statuses().items()))
        print(f"\nfuzzed {service} on {store.engine.dialect.name}: {said}")  # noqa: T201
    assert names - player.deep() <= UNREACHABLE.get(service, set())
