"""N03: a need takes a few fields, or a phone call; then it is the group's all the same."""

from __future__ import annotations

import pytest
from tests.towns import ALL, NOW, PLACE, VENUES, a_need, an_offer, inbox, posted

from cypn_core.storage import events
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

MOST = 8


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ALL, NOW)


@pytest.mark.parametrize("service", sorted(ALL.exchanges))
def test_n03_a_need_asks_for_eight_fields_at_most(town: Town, service: str) -> None:
    """N03: everything else has a default or may be left out, in every exchange."""
    document = town.apps[service].test_client().get("/openapi.json").json
    schemas = document["components"]["schemas"]  # type: ignore[index]
    for kind in ALL.exchanges[service].needs:
        required = set(schemas[kind.__name__].get("required", ())) - {"kind"}
        assert len(required) <= MOST, (kind.__name__, required)


def typed(town: Town, group: Member) -> str:
    """The id of a need that the coordinator has typed in for *group*."""
    answer = town.coordinator().post(VENUES, "/v1/needs", a_need(), Cypn_For=group.id)
    assert answer.status_code == 201, answer.text
    town.tick()
    return str(answer.json["id"])  # type: ignore[index]


def test_n03_what_a_coordinator_types_is_the_groups_own(town: Town) -> None:
    """N03: the group is told of it, and corrects it or takes it back by itself."""
    group = town.member("Amber Lane", "seeker", place=PLACE)
    need = typed(town, group)
    (told,) = [each for each in inbox(group) if each.startswith("Posted for you")]
    assert need in told
    path = f"/v1/needs/{need}"
    changed = group.send("PUT", VENUES, path, a_need(headcount=14), If_Match='"1"')
    assert changed.status_code == 200
    gone = group.send("DELETE", VENUES, path, If_Match=changed.headers["ETag"])
    assert gone.json["state"] == "withdrawn"  # type: ignore[index]


def test_n03_who_posts_by_itself_is_not_told_so(town: Town) -> None:
    """N03: only what somebody else has typed is news, whatever it is."""
    group = town.member("Amber Lane", "seeker", "holder", place=PLACE)
    posted(group, "need", a_need())
    posted(group, "offer", an_offer())
    town.tick()
    assert [each for each in inbox(group) if each.startswith("Posted for you")] == []


def test_n03_the_log_shows_the_group_and_who_typed(town: Town) -> None:
    """N03: the coordinator's key as the one who did it, the group as the one it was done for."""
    group = town.member("Amber Lane", "seeker", place=PLACE)
    need = typed(town, group)
    with town.network.reading() as work:
        (event,) = events.told_of(work.connection, need, "need_posted")
    assert event.actor.startswith("key:")
    assert event.for_whom == group.id
