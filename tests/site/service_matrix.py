"""Every operation of the services by role and object: what is declared, and what it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen
from tests.fitting import FITTING
from tests.fuzzing import ROLES as CHECKED_AS
from tests.towns import PLACE, PROBLEM, Json, posted
from werkzeug.test import TestResponse

from cypn_core.application import keys
from cypn_core.application.network import SYSTEM
from cypn_core.testing.town import MEMBERSHIP, Member, Town
from cypn_core.web import exchange_api, membership_api
from cypn_core.web.operations import Operation, Raw

MISSING = "0" * 32
NOBODY, UNCHECKED, OTHER, OWNER, ACTING, COORDINATOR, OPERATOR = ROLES = (
    "nobody", "unchecked", "other", "owner", "acting", "coordinator", "operator",
)  # fmt: skip
"""*acting* is a coordinator who acts for the owner."""
SCOPES: Mapping[str, frozenset[str]] = {
    NOBODY: frozenset(),
    UNCHECKED: frozenset({"member"}),
    OTHER: frozenset({"member"}),
    OWNER: frozenset({"member"}),
    ACTING: frozenset({"coordinator"}),
    COORDINATOR: frozenset({"coordinator"}),
    OPERATOR: frozenset({"operator"}),
}
DIARY = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
PROFILE = {
    "name": "Oak Lane",
    "run_by": "volunteers",
    "place": PLACE,
    "contact": {"name": "Kim", "email": "kim@example.org"},
}
BODIES: Mapping[str, Json] = {
    "Acceptance": {},
    "Attended": {"learners": 3},
    "BounceReported": {"what": "kim@example.org"},
    "CheckRecorded": {"role": "seeker", "outcome": "passed", "expires_on": "2027-10-01"},
    "CharterGiven": {"budget_pence": 100},
    "CheckWanted": {"role": "seeker"},
    "Clearance": {"code": "yes"},
    "Commitment": {"signatory": True},
    "ComplaintAnswer": {"answer": "We have looked into it, and it will not happen again."},
    "ComplaintMade": {"about": "hub", "said": "Nobody answered us for a whole month."},
    "DateCancelled": {"on": "2027-02-02", "code": "unavailable"},
    "DateMoved": {"on": "2027-02-02", "to": "2027-02-03"},
    "Declared": {"interest": "no_interest"},
    "Declined": {"code": "unavailable"},
    "Defects": {"defects": ["brakes"]},
    "Delivery": {"units_delivered": 1},
    "ErasureWanted": {"name": "No such name"},
    "Extension": {"gather_until": "2027-01-15"},
    "FeedWanted": {"label": "phone"},
    "GoingOn": {"going_on_for": "less_risk"},
    "HoursSpent": {"hours": 2},
    "Invoice": {"invoice_pence": 100},
    "Joined": {"deal": MISSING},
    "KeyWanted": {"label": "x", "scopes": ["coordinator"]},
    "Leaves": {"leaves_on": "2027-04-01"},
    "ListingChosen": {"named": True},
    "Logbook": {"odometer_start": 100, "odometer_end": 130},
    "NewTerms": {"new_unit_pence": 100},
    "NoticeGiven": {"exit_cost_pence": 0},
    "OverrideWanted": {"role": "seeker", "reason": "emergency"},
    "PlanChosen": {"plan": "0" * 32},
    "Profile": PROFILE,
    "PublicComplaint": {
        "about": "data",
        "said": "I did not know that you hold my address.",
        "email": "a@example.org",
    },
    "Application": PROFILE | {"name": "Elm Row", "roles": ["seeker"]},
    "Returned": {"passengers": 3},
    "RoleTaken": {"pool_role": "steward"},
    "SeasonWanted": {
        "exchange": "venue_bank",
        "first": "2027-04-01",
        "until": "2027-07-01",
        "closes_on": "2027-03-01",
    },
    "TakenOver": {"units_taken_over": 1, "from_month": 2},
    "ToClose": {"first": "2027-03-01", "code": "repairs"},
    "TurningAway": {"reason": "outside"},
    "UnmaskingAsked": {
        "of": MISSING,
        "purpose": "safeguarding",
        "because": "A parent rang about the door.",
    },
    "Vote": {"chosen_quote": "0" * 32},
    "WalkRound": {"looked_at": ["brakes"]},
    "WakeAnswered": {"code": "later"},
}
"""A body for each class of body that is not a posting."""


@frozen(kw_only=True)
class Scene:
    """A town with one of each role, and what the owner has in one *service*."""

    town: Town
    service: str
    people: Mapping[str, Member]
    owned: Mapping[str, str]
    """By the name of a path's value, the id of the owner's; ``calendar`` is one of an offer."""

    def send(self, operation: Operation, role: str, ids: Mapping[str, str]) -> TestResponse:
        """What *operation* answers to *role* about the things with these *ids*."""
        path = operation.path.format(**ids)
        client = self.town.apps[self.service].test_client()
        return client.open(path, method=operation.method, **self._request(operation, role))

    def _request(self, operation: Operation, role: str) -> dict[str, Any]:
        headers = {"If-Match": '"1"'} if operation.revises else {}
        if role != NOBODY:
            headers["Authorization"] = f"Bearer {self.people[role].token}"
        if role == ACTING:
            headers["Cypn-For"] = self.people[OWNER].id
        if operation.takes is None:
            return {"headers": headers}
        if isinstance(operation.takes, Raw):
            headers["Content-Type"] = operation.takes.media_type
            return {"headers": headers, "data": DIARY}
        return {"headers": headers, "json": self._body(operation)}

    def _body(self, operation: Operation) -> Json:
        if isinstance(operation.takes, tuple):
            need, offers = FITTING[self.service]
            return need if "need" in operation.name else offers[0]
        assert isinstance(operation.takes, type)
        return BODIES[operation.takes.__name__]


def operations_of(town: Town, service: str) -> tuple[Operation, ...]:
    """What the service of that name declares."""
    if service == MEMBERSHIP:
        return tuple(membership_api.operations())
    return tuple(exchange_api.operations(town.network.hub.exchange(service)))


def scene(town: Town, service: str) -> Scene:
    """The town with people of every role, and things of the owner's in *service*."""
    owner, other, holder = (
        town.member(name, *CHECKED_AS, place=PLACE) for name in ("Amber", "Birch", "Cedar")
    )
    with town.network.writing() as work:
        secret, _ = keys.new_key(work, SYSTEM, None, SCOPES[OPERATOR], "x", days=9)
    operator = Member(id=owner.id, name=OPERATOR, token=secret, apps=town.apps)
    coordinator = town.coordinator()
    people = {
        UNCHECKED: town.member("Daisy", place=PLACE),
        OTHER: other,
        OWNER: owner,
        ACTING: coordinator,
        COORDINATOR: coordinator,
        OPERATOR: operator,
    }
    things = _of_membership if service == MEMBERSHIP else _of_exchange
    return Scene(
        town=town,
        service=service,
        people=people,
        owned=dict(things(town, service, owner, holder)),
    )


def _of_membership(
    town: Town, service: str, owner: Member, holder: Member
) -> Iterator[tuple[str, str]]:
    town.tick()
    yield "feed", _id(owner.post(service, "/v1/calendar-feeds", {"label": "phone"}))
    yield "organisation", owner.id
    yield "complaint", _id(owner.post(service, "/v1/complaints", BODIES["ComplaintMade"]))


def _of_exchange(
    town: Town, service: str, owner: Member, holder: Member
) -> Iterator[tuple[str, str]]:
    need, offers = FITTING[service]
    for each in offers:
        posted(holder, "offer", each, service)
    wanted = posted(owner, "need", need, service)
    found = owner.get(service, f"/v1/needs/{wanted}/matches").json
    assert found is not None
    plan = {"plan": found["full"][0]["key"]}
    yield "deal", _id(owner.post(service, f"/v1/needs/{wanted}/asks", plan))
    yield "need", posted(owner, "need", need, service)
    given = posted(owner, "offer", offers[0], service)
    yield "offer", given
    closed = owner.post(service, f"/v1/offers/{given}/closures", BODIES["ToClose"])
    if closed.status_code == 201:
        yield "closure", _id(closed)
        own = owner.send(
            "PUT", service, f"/v1/offers/{given}/calendar", DIARY,
            Content_Type="text/calendar", If_Match=f'"{0}"',
        )  # fmt: skip
        assert own.status_code == 200, own.text
        yield "calendar", given


def _id(answer: TestResponse) -> str:
    assert answer.status_code in {201, 202}, answer.text
    assert answer.json is not None
    return str(answer.json["id"])


OWN_HANDS = {"make_feed"}
"""What stays with whoever makes it, so that nobody makes it while acting for a group."""


def refusal(operation: Operation, role: str) -> str:
    """The code of the problem that the declaration promises *role*, or "" where it may go on."""
    if not operation.scopes:
        return ""
    if role == NOBODY:
        return "key-needed"
    if operation.signed_in or not operation.scopes & SCOPES[role]:
        return "not-allowed"
    if operation.name in OWN_HANDS and role == ACTING:
        return "not-allowed"
    return "not-checked" if operation.gate and role == UNCHECKED else ""


def told(answer: TestResponse) -> str:
    """The code of the problem that *answer* is; "" for none."""
    if answer.mimetype != PROBLEM:
        return ""
    assert answer.json is not None
    return str(answer.json["type"]).rpartition("/")[2]
