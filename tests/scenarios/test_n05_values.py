"""N05: values count where people work together, and nowhere else."""

from __future__ import annotations

import json
from typing import Annotated, Any, ClassVar

import pytest
from annotated_types import MaxLen
from attrs import frozen
from tests.sample_exchange import things
from tests.towns import NOW, PLACE, VENUES, Json, a_need, an_offer, asked, is_problem, matches

import cypn_region_northshire.plugin as northshire
from cypn_core.domain.constraints import Code, Note, constrained
from cypn_core.domain.postings import Need, Offer
from cypn_core.hub import Hub
from cypn_core.matching.planner import one_leg
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_transport import plugin as transport
from cypn_venue_bank import plugin as venue_bank

Values = Annotated[tuple[Code, ...], MaxLen(5)]


@frozen(kw_only=True, field_transformer=constrained)
class PartnerNeed(Need):
    """Somebody looks for a partner; what it stands for it shows if it chooses to."""

    kind: ClassVar[str] = "partner_need"
    checklist: ClassVar[str] = "seeker"

    stands_for: Values = ()
    in_our_words: Note = ""


@frozen(kw_only=True, field_transformer=constrained)
class PartnerOffer(Offer):
    """Somebody would join a bid."""

    kind: ClassVar[str] = "partner_offer"
    checklist: ClassVar[str] = "holder"
    role: ClassVar[str] = "partner"

    stands_for: Values = ()
    in_our_words: Note = ""


BIDS = "joint_bid"
JOINT = things(
    name=BIDS, title="Joint bids", needs=(PartnerNeed,), offers=(PartnerOffer,),
    planner=one_leg("partner"),
)  # fmt: skip
HUB = Hub.of(venue_bank, transport, JOINT, northshire)
OURS, THEIRS = "We gather in prayer", "We hold that no one is above another"


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, HUB, NOW)


def posted(member: Member, service: str, side: str, body: Json) -> str:
    answer = member.post(service, f"/v1/{side}s", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])  # type: ignore[index]


def partners(town: Town, *shown: str) -> tuple[Member, Member]:
    """One that would join a bid, and one that looks for whoever would; their words differ much."""
    host = town.member("Cedar House", "holder", "seeker", place=PLACE)
    guest = town.member("Amber Lane", "seeker", "holder", place=PLACE)
    offer = {"kind": "partner_offer", "stands_for": list(shown), "in_our_words": OURS}
    posted(host, BIDS, "offer", {**offer, "auto_accept": False})
    return host, guest


def told_of_rooms(guest: Member, need: str) -> Any:
    """All that the guest is told when it asks for a room, but for the keys of plans."""
    found = matches(guest, need)
    assert found["full"]
    return {**found, "full": [{**plan, "key": ""} for plan in found["full"]]}


def test_n05_what_they_stand_for_changes_nothing_of_a_room(town: Town) -> None:
    """N05: the same plans, prices and reasons, whatever both say where they look for partners.

    Nor does what they write of themselves in the need for the room.
    """
    host = town.member("Cedar House", "holder", "seeker", place=PLACE)
    guest = town.member("Amber Lane", "seeker", "holder", place=PLACE)
    posted(host, VENUES, "offer", an_offer(note=OURS))
    need = posted(guest, VENUES, "need", a_need())
    before = told_of_rooms(guest, need)
    posted(host, BIDS, "offer", {"kind": "partner_offer", "stands_for": ["prayer"]})
    wants = {"kind": "partner_need", "stands_for": ["equality"], "in_our_words": THEIRS}
    posted(guest, BIDS, "need", wants)
    assert told_of_rooms(guest, need) == before
    body = a_need(note=THEIRS)
    assert guest.send("PUT", VENUES, f"/v1/needs/{need}", body, If_Match='"1"').status_code == 200
    assert told_of_rooms(guest, need) == before
    assert OURS not in json.dumps(before)


@pytest.mark.parametrize(
    ("service", "body"),
    [
        (VENUES, a_need(values=["prayer"])),
        (VENUES, a_need(stands_for=["prayer"])),
        ("transport", {"kind": "trip_need", "values": ["prayer"]}),
    ],
)
def test_n05_a_values_filter_is_refused(town: Town, service: str, body: Json) -> None:
    """N05: neither a need nor a question may name one: 422 with the field, nothing is stored."""
    _, guest = partners(town)
    wrong = next(name for name in body if name in ("values", "stands_for"))
    errors = is_problem(guest.post(service, "/v1/needs", body), 422)["errors"]
    assert errors[wrong] == ["is not known here: leave it out"]
    assert guest.get(service, "/v1/needs").json["items"] == []  # type: ignore[index]
    need = posted(guest, VENUES, "need", a_need())
    asked_for = guest.get(VENUES, f"/v1/needs/{need}/matches?values=prayer")
    assert set(is_problem(asked_for, 422)["errors"]) == {"values"}


def test_n05_partners_may_show_it_and_it_excludes_nobody(town: Town) -> None:
    """N05: who chose to show what it stands for is read with it, and fits whoever differs."""
    _, guest = partners(town, "prayer")
    other = town.member("Birch Row", "holder", place=PLACE)
    posted(other, BIDS, "offer", {"kind": "partner_offer"})
    wants = {"kind": "partner_need", "stands_for": ["equality"], "in_our_words": THEIRS}
    found = matches(guest, posted(guest, BIDS, "need", wants), BIDS)
    shown = sorted(plan["legs"][0]["body"]["stands_for"] for plan in found["full"])
    assert shown == [[], ["prayer"]]
    assert found["refused"] == []
    assert OURS not in json.dumps(found)


def test_n05_the_words_themselves_open_with_the_agreement(town: Town) -> None:
    """N05: what both wrote is sealed while one asks, and read by both once they agree."""
    host, guest = partners(town, "prayer")
    wants = {"kind": "partner_need", "stands_for": ["equality"], "in_our_words": THEIRS}
    need = posted(guest, BIDS, "need", wants)
    deal = asked(guest, need, service=BIDS)
    path = deal.headers["Location"]
    before = host.get(BIDS, path)
    assert "equality" in before.text
    assert THEIRS not in before.text
    agreed = host.post(BIDS, f"{path}/agree", If_Match=before.headers["ETag"])
    assert agreed.status_code == 200
    assert THEIRS in host.get(BIDS, path).text
    assert OURS in guest.get(BIDS, path).text
