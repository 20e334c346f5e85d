"""Requests that come far: bodies drawn from the declarations, ids and revisions that exist."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import schemathesis
from attrs import define, field, frozen
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests import networks
from tests.fitting import FITTING
from tests.towns import a_need, asked, posted
from werkzeug.test import TestResponse

from cypn_core.domain.organisations import Contact
from cypn_core.testing.strategies import strategy_for
from cypn_core.testing.town import MEMBERSHIP, Member, Town
from cypn_core.web import exchange_api, membership_api
from cypn_core.web.operations import Operation, Raw

Json = dict[str, Any]
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ROLES = ("seeker", "holder", "driver", "escort", "supplier", "concession")
PLACE = "Norchester"
SHALLOW = frozenset({401, 404, 422})
"""How a request is refused that did not come far."""
RECENT = 12
"""Among so many of the latest things one is picked."""


def service_operations(town: Town, service: str) -> tuple[Operation, ...]:
    """What the service of that name declares."""
    if service == MEMBERSHIP:
        return tuple(membership_api.operations())
    return tuple(exchange_api.operations(town.network.hub.exchange(service)))


def described(town: Town, service: str) -> dict[str, Any]:
    """The operations of a service's document by their ids, as schemathesis reads them."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", town.apps[service])
    every: list[Any] = [*schema.get_all_operations()]
    return {each.ok().definition.raw["operationId"]: each.ok() for each in every}


def crowd(town: Town) -> tuple[Member, ...]:
    """Three members with every check, a coordinator, and an operator."""
    members = [town.member(name, *ROLES, place=PLACE) for name in ("Amber", "Birch", "Cedar")]
    return (*members, town.coordinator(), town._with_key(None, "operator", frozenset({"operator"})))


@frozen
class Known:
    """Something that a service answered, and whose it is."""

    id: str
    owner: Member
    within: Mapping[str, str] = field(factory=dict)
    """What else stands in the paths to it."""


@frozen(kw_only=True)
class Move:
    """A request before it is known what exists: *picks* choose among what then does."""

    operation: Operation = field(repr=lambda each: each.name)
    body: Any
    picks: tuple[int, int]
    anybody: bool
    """Sent by whoever is picked, whether or not it is theirs to send."""


def moves(operations: Sequence[Operation]) -> st.SearchStrategy[Move]:
    """Requests to any of *operations*, with bodies drawn from what it takes."""
    return st.one_of(*(_move(each) for each in operations))


def _move(operation: Operation) -> st.SearchStrategy[Move]:
    return st.builds(
        Move,
        operation=st.just(operation),
        body=_bodies(operation.takes),
        picks=st.tuples(st.integers(0, 999), st.integers(0, 999)),
        anybody=st.sampled_from([False] * 9 + [True]),
    )


def _bodies(takes: Any) -> st.SearchStrategy[Any]:
    if takes is None:
        return st.none()
    if isinstance(takes, Raw):
        return st.sampled_from(CALENDARS)
    if isinstance(takes, tuple):
        return networks.bodies(*takes)
    return strategy_for(takes, **NARROWED.get(takes.__name__, {}))


def _later(least: int, most: int) -> st.SearchStrategy[dt.date]:
    return st.integers(least, most).map(lambda days: networks.NOW.date() + dt.timedelta(days))


NARROWED: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "Profile": {
        "name": st.integers(1, 10**6).map(lambda number: f"Group {number}"),
        "place": st.sampled_from([PLACE, "Wexbridge", "Nowhere"]),
        "contact": st.just(Contact(name="Kim", email="kim@example.org")),
        "second_contact": st.none(),
        "exchanges_off": st.just(frozenset()),
    },
    "Leaves": {"leaves_on": _later(1, 200)},
    "CheckRecorded": {
        "role": st.sampled_from([*ROLES, "nobody"]),
        "expires_on": st.none() | _later(30, 900),
    },
    "Declined": {"code": st.sampled_from(["unavailable", "rule:food", "taste"])},
    "KeyWanted": {"scopes": st.sampled_from([frozenset({"member"}), frozenset({"none"})])},
    "BounceReported": {"what": st.sampled_from(["kim@example.org", "no@example.org"])},
    "SeasonWanted": {
        "exchange": st.sampled_from(networks.EXCHANGES),
        "opens_on": st.none(),
        "closes_on": _later(1, 20),
        "first": _later(30, 40),
        "until": _later(60, 90),
    },
    "UnmaskingAsked": {"because": st.just("A parent rang about the door.")},
}
"""Fields of what core itself takes on which a request would otherwise always fail."""

CALENDARS = tuple(
    f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:x\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR"
    for event in (
        "DTSTART;VALUE=DATE:20270202",
        "DTSTART:20270209T143000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY",
        "DTSTART:20270209T143000\r\nDURATION:PT1H\r\nRRULE:FREQ=SECONDLY",
    )
)
"""Two calendars that can be imported, and one that cannot."""


@define
class Player:
    """Plays a service through drawn requests and checks each answer against its document."""

    town: Town
    service: str
    people: Sequence[Member]
    documented: dict[str, Any]
    seen: Counter[tuple[str, int]] = field(factory=Counter)
    known: dict[str, list[Known]] = field(factory=lambda: defaultdict(list))

    def __attrs_post_init__(self) -> None:
        """Make what cannot be counted on to be drawn."""
        member, coordinator = self.people[0], self.people[3]
        self.known["organisation"] = [Known(each.id, coordinator) for each in self.people[:3]]
        self.known["of"] = [Known(posted(member, "need", a_need()), member)]
        if self.service in FITTING:
            self._begun(*FITTING[self.service])

    def _begun(self, need: Json, offers: Sequence[Json]) -> None:
        """Somebody asks and somebody is asked; a third was woken by it."""
        seeker, holder, waits = self.people[:3]
        posted(waits, "need", need, self.service)
        self.let_pass(1)
        for offer in offers:
            posted(holder, "offer", offer, self.service)
        self.let_pass(1)
        answer = asked(seeker, posted(seeker, "need", need, self.service), service=self.service)
        assert answer.status_code in {201, 202}, answer.text
        told: Any = answer.json
        self.known["deal"] = [Known(told["id"], each) for each in (seeker, holder)]
        wakes: Any = self._read(waits, "/v1/wakes").json
        self.known["wake"] = [Known(each["id"], waits) for each in wakes["items"]]

    def statuses(self) -> Counter[int]:
        """How often each status came."""
        total: Counter[int] = Counter()
        for (_, status), count in self.seen.items():
            total[status] += count
        return total

    def deep(self) -> set[str]:
        """The operations that were answered otherwise than at the first hurdle."""
        return {name for name, status in self.seen if status not in SHALLOW}

    def play(self, move: Move) -> None:
        """Send the request; what it cannot know by itself is read first."""
        operation = move.operation
        who, path = self._path(move)
        if move.anybody:
            who = self.people[move.picks[0] % len(self.people)]
        body = None
        if isinstance(operation.takes, Raw):
            body = move.body
        elif operation.takes is not None:
            body = self.town.network.converter.write(move.body) | self._true(move, who, path)
        url = operation.path.format(**path)
        headers = {"If_Match": self._tag(who, url, path)} if operation.revises else {}
        if isinstance(operation.takes, Raw):
            headers["Content_Type"] = operation.takes.media_type
        answer = who.send(operation.method, self.service, url, body, **headers)
        self.seen[operation.name, answer.status_code] += 1
        self._checked(operation, answer, path, body)
        self._kept(operation, who, path, answer)

    def let_pass(self, hours: int) -> None:
        """Time goes by and the hub does what is due."""
        self.town.clock.pass_time(hours=hours)
        self.town.tick()

    def _checked(
        self, operation: Operation, answer: TestResponse, path: dict[str, str], body: Any
    ) -> None:
        case = self.documented[operation.name].Case(
            method=operation.method,
            path_parameters=path,
            **({} if operation.takes is None else {"body": body}),
        )
        case.validate_response(answer, checks=CHECKS)

    def _kept(
        self, operation: Operation, who: Member, path: dict[str, str], answer: TestResponse
    ) -> None:
        """Remember every id that came back, by the name that it has in paths."""
        if answer.status_code >= 300:
            return
        for name, one in _ids(operation, answer.json):
            if all((one, who.id) != (each.id, each.owner.id) for each in self.known[name]):
                self.known[name].append(Known(one, who, path))

    def _path(self, move: Move) -> tuple[Member, dict[str, str]]:
        """Who sends it, and what stands in the path: something of theirs where there is any."""
        operation, (one, other) = move.operation, move.picks
        able = [each for each in self.people if self._may(each, operation)]
        who = able[one % len(able)]
        path: dict[str, str] = {}
        for name in re.findall(r"{(\w+)}", operation.path):
            sees_all = operation.scopes == {"coordinator"}
            mine = [each for each in self.known[name] if sees_all or each.owner in able][-RECENT:]
            found = mine[other % len(mine)] if mine else Known("0" * 32, who)
            if operation.name == "ask":
                found = next((each for each in mine if self._plans(each)), found)
            path |= {**found.within, name: found.id}
            who = who if sees_all else found.owner
        return who, path

    def _may(self, who: Member, operation: Operation) -> bool:
        scope = who.name if who.name in {"coordinator", "operator"} else "member"
        return not operation.scopes or scope in operation.scopes

    def _tag(self, who: Member, url: str, path: dict[str, str]) -> str:
        """The ETag of what is to be changed, as it is now."""
        if tag := self._read(who, url).headers.get("ETag"):
            return tag
        named = [f"/v1/{name}s/{one}" for name, one in path.items()] or ["/v1/organisation"]
        return self._read(who, named[0]).headers.get("ETag", '"1"')

    def _read(self, who: Member, path: str) -> TestResponse:
        return who.get(self.service, path)

    def _plans(self, need: Known) -> list[Json]:
        told: Any = self._read(need.owner, f"/v1/needs/{need.id}/matches").json
        return [*told.get("full", ()), *told.get("partial", ())]

    def _true(self, move: Move, who: Member, path: dict[str, str]) -> Json:
        """What must be read before it can be said: a plan, a date, an id."""
        pick = move.picks[1]
        if move.operation.name == "ask":
            plans = self._plans(Known(path["need"], who))
            return {"plan": plans[pick % len(plans)]["key"]} if plans else {}
        if move.operation.name in {"cancel_date", "move_date"}:
            deal: Any = self._read(who, f"/v1/deals/{path['deal']}").json
            days = [each["window"]["start"][:10] for each in deal.get("dates", ())]
            return {"on": days[pick % len(days)]} if days else {}
        if move.operation.name == "make_key":
            return {"organisation": self.people[pick % 3].id}
        if move.operation.name in {"register", "revise_organisation"}:
            return self._at_home(move, who)
        if move.operation.name == "unmask":
            return {"of": self.known["of"][0].id}
        return {}

    def _at_home(self, move: Move, who: Member) -> Json:
        """A place of the region, with a role of it or the name that stays as it is."""
        if move.operation.name == "register":
            return {"place": PLACE, "roles": ["seeker"]}
        own: Any = self._read(who, "/v1/organisation").json
        return {"name": own["profile"]["name"], "place": PLACE} if "profile" in own else {}


def _ids(operation: Operation, told: Any) -> Iterator[tuple[str, str]]:
    """Each id in an answer, with the name that paths call it by."""
    named = {
        "Posting": re.sub(r"^\w+?_(need|offer)s?$", r"\1", operation.name),
        "Deal": "deal",
        "Season": "season",
        "Closure": "closure",
    }.get(operation.shows) or {
        "list_wakes": "wake", "make_feed": "feed", "make_key": "key", "join": "organisation",
        "list_complaints": "complaint",
    }.get(operation.name)  # fmt: skip
    if named is None or not isinstance(told, dict):
        return
    every: Iterable[Json] = told.get("items", [told])
    for each in every:
        if "id" in each:
            yield named, each["id"]
