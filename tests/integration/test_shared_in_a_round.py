"""A shared journey and a group alone want the same minibus: one round gives it to one of them."""

from __future__ import annotations

from tests.fitting import outing
from tests.scenarios.test_t04_http import BySeats, agree, deal_of, shared, two
from tests.towns import NOW, Json, asked, best, inbox, posted

from cypn_core.hub import Hub
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_transport import plugin as transport

TRANSPORT = "transport"
LATER = "2026-12-12"
"""So far ahead that requests are gathered before one of them is taken."""


def test_a_shared_journey_wins_or_loses_a_round_as_a_whole(store: Store) -> None:
    """Both its groups have it and the third waits, or the third has it and both wait."""
    town = Town.on(store, Hub.of(transport, BySeats()), NOW)
    (one, need), (other, _), _ = two(town, on=LATER)
    need = _revised(one, need, on=LATER)
    third = town.member("Fern Row", "seeker", place="Bath")
    same = {"destination": "Weston-super-Mare", "leaves": "09:00", "back_by": "17:00"}
    alone = posted(third, "need", outing(place="Bath", on=LATER, **same), TRANSPORT)
    theirs = best(third, alone, TRANSPORT)
    (plan,) = shared(one, need)
    assert asked(one, need, plan["key"], TRANSPORT).json["state"] == "gathering"  # type: ignore[index]
    assert asked(third, alone, theirs, TRANSPORT).json["in_round"] is True  # type: ignore[index]
    entered = agree(other, deal_of(other))
    assert (entered["state"], entered["in_round"]) == ("asked", True)
    town.clock.pass_time(hours=73)
    assert town.tick().rounds_closed == 1
    states = [deal_of(each)["state"] for each in (one, other, third)]
    assert states in (["agreed", "agreed", "declined"], ["declined", "declined", "agreed"])
    for each, state in zip((one, other, third), states, strict=True):
        assert ("waiting list" in inbox(each)[-1]) == (state == "declined")


def _revised(member: Member, need: str, **changes: str) -> str:
    """The need with *changes*; its id."""
    known: Json = member.get(TRANSPORT, f"/v1/needs/{need}").json  # type: ignore[assignment]
    path, tag = f"/v1/needs/{need}", f'"{known["revision"]}"'
    answer = member.send("PUT", TRANSPORT, path, {**known["body"], **changes}, If_Match=tag)
    assert answer.status_code == 200, answer.text
    return need
