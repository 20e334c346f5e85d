"""Law 1: no reply to an unchecked organisation depends on what the pool holds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from itertools import count

from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.networks import EXCHANGES, HUB, NOW, Drawn, networks

from cypn_core.application.ask import ask
from cypn_core.application.match import answer_to
from cypn_core.application.network import Network
from cypn_core.domain.errors import CypnError
from cypn_core.domain.ids import PostingId
from cypn_core.domain.postings import Need, Offer, Posting
from cypn_core.storage.engine import Store
from cypn_core.testing.town import MEMBERSHIP, Member, Town
from cypn_core.web import exchange_api, membership_api
from cypn_core.web.operations import Operation
from cypn_exchange_starter.model import CourseOffer, Subject, TrainingNeed

UNKNOWN = {"need": "0" * 32, "offer": "0" * 32, "deal": "0" * 32}
LISTINGS = "/v1/listings"
OWN_DATA = "/v1/organisation/data"
"""It tells of each request that its reader made, so it is looked at when there was none between."""
"""The one exemption: whoever agreed to be listed by name is shown to everybody."""
Ids = Mapping[str, str]
COURSE = CourseOffer(subject=Subject.FIRST_AID)


def _routes(service: str) -> Iterator[tuple[str, str]]:
    if service == MEMBERSHIP:
        found: Iterator[Operation] = membership_api.operations()
    else:
        found = exchange_api.operations(HUB.exchange(service))
    yield from ((each.method, each.path) for each in found if each.path not in {LISTINGS, OWN_DATA})
    yield from (("GET", "/v1/nothing"), ("DELETE", "/v1/needs"), ("GET", "/openapi.json"))


def heard(member: Member, ids: Ids) -> list[object]:
    """Every reply of every route of every service, to the byte, with *ids* in the paths."""
    return [
        (service, method, path, reply.status_code, sorted(reply.headers.items()), reply.data)
        for service in (MEMBERSHIP, *EXCHANGES)
        for method, path in _routes(service)
        for body in ({}, {"plan": "0" * 32}, {"kind": "space_need"}, None)
        for reply in [_sent(member, service, method, path, ids, body)]
    ]


def _sent(member: Member, service: str, method: str, path: str, ids: Ids, body: object):
    named = re.sub(r"{(\w+)}", lambda found: ids.get(found[1], "0" * 32), path)
    return member.send(method, service, named, body, If_Match='"99"')


def fill(town: Town, checked: list[Member], drawn: Drawn, fresh: Iterator[int]) -> Ids:
    """Post all of *drawn*, and ask for the first plan there is; ids that are then in the pool."""
    posted: dict[str, str] = {}
    for side, bodies in (("need", drawn.needs), ("offer", drawn.offers)):
        for body, party in bodies:
            posted[side] = _post(town.network, checked[party], drawn.exchange, body, next(fresh))
    return {**UNKNOWN, **posted, **_asked(town, checked, drawn, posted["need"])}


def _post(
    network: Network, owner: Member, exchange: str, body: Need | Offer, number: int
) -> PostingId:
    posting = Posting(
        id=PostingId(f"{number:032x}"),
        organisation=owner.id,
        exchange=exchange,
        body=body,
        created=NOW,
        fresh_until=NOW + dt.timedelta(days=60),
    )
    with network.writing() as work:
        work.postings.add(posting)
    return posting.id


def _asked(town: Town, checked: list[Member], drawn: Drawn, need: str) -> Ids:
    with town.network.reading() as work:
        posting = work.postings.get(PostingId(need))
        full = answer_to(work, posting).full
    owner = next(member for member in checked if member.id == posting.organisation)
    for plan in full[:1]:
        try:
            deal = town.network.transact(
                lambda work, key=plan.key: ask(work, town.acting(owner), drawn.exchange, need, key)
            )
        except CypnError:
            return {}
        return {"deal": deal.id}
    return {}


def test_law_01_an_unchecked_organisation_cannot_tell_pools_apart(store: Store) -> None:
    """Empty or full, asked for things that are there or not: every reply is equal to the byte.

    The organisation has a need of its own, from the days when its checks were in date.
    """
    town = Town.on(store, HUB, NOW)
    outsider = town.member("Plain Name", place="Sallow")
    roles = sorted({role for each in HUB.exchanges.values() for role in each.checklists})
    checked = [town.member(f"Group {at}", *roles, place="Sallow") for at in range(5)]
    fresh = count(1)
    wants = TrainingNeed(subject=Subject.FIRST_AID)
    own = {**UNKNOWN, "need": _post(town.network, outsider, "exchange_starter", wants, next(fresh))}
    empty, empty_for_own = heard(outsider, UNKNOWN), heard(outsider, own)

    @settings(max_examples=5)
    @given(drawn=st.sampled_from(EXCHANGES).flatmap(networks))
    @example(Drawn(exchange="exchange_starter", needs=((wants, 0),), offers=((COURSE, 1),)))
    def holds(drawn: Drawn) -> None:
        held = outsider.get(MEMBERSHIP, OWN_DATA).data
        there = fill(town, checked, drawn, fresh)
        assert outsider.get(MEMBERSHIP, OWN_DATA).data == held
        assert heard(outsider, UNKNOWN) == empty
        assert heard(outsider, there) == empty
        assert heard(outsider, own) == empty_for_own

    holds()


def test_law_01_the_listings_tell_of_nobody_who_did_not_agree(store: Store) -> None:
    """The exemption is no wider: without an agreed name what is in the pool changes no byte."""
    town = Town.on(store, HUB, NOW)
    outsider = town.member("Plain Name", place="Sallow")
    holder = town.member("Group 0", "holder", "seeker", place="Sallow")

    def told() -> list[object]:
        replies = [
            outsider.get(MEMBERSHIP, LISTINGS),
            outsider.get(MEMBERSHIP, "/listings"),
            town.apps[MEMBERSHIP].test_client().get(LISTINGS),
        ]
        return [(each.status_code, sorted(each.headers.items()), each.data) for each in replies]

    empty = told()
    _post(town.network, holder, "exchange_starter", COURSE, 1)
    _post(town.network, holder, "exchange_starter", TrainingNeed(subject=Subject.FIRST_AID), 2)
    assert told() == empty
    _post(town.network, holder, "exchange_starter", evolve(COURSE, named_listing=True), 3)
    assert told() != empty
