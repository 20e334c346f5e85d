"""The services take the session's cookie: as a key is taken, but only from the hub's own pages."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import frozen
from flask.testing import FlaskClient
from tests.people import ANN, BEN, ZOE, Mailbox, group, hired, signed_in, town_with
from tests.towns import PLACE, PROBLEM
from werkzeug.test import TestResponse

from cypn_core.application import sessions
from cypn_core.domain.people import StaffRole
from cypn_core.storage.engine import Store
from cypn_core.testing.town import MEMBERSHIP, Member, Town

OWN = {"Origin": "http://localhost", "Content-Type": "application/json"}
FEED = '{"label": "phone"}'


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def town(store: Store, box: Mailbox) -> Town:
    return town_with(store, box)


@frozen
class Browser:
    """A client of membership with the cookie of somebody's session."""

    client: FlaskClient

    def get(self, path: str, host: str = "localhost", **headers: str) -> TestResponse:
        """GET *path*."""
        return self.client.get(path, base_url=f"http://{host}", headers=_named(headers))

    def make_feed(self, headers: dict[str, str], host: str = "localhost") -> TestResponse:
        """Ask for a calendar feed."""
        return self.client.post(
            "/v1/calendar-feeds", base_url=f"http://{host}", data=FEED, headers=headers
        )


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def browser(town: Town, secret: str, cookie: str = "__Host-cypn") -> Browser:
    client = town.apps[MEMBERSHIP].test_client(use_cookies=False)
    client.environ_base["HTTP_COOKIE"] = f"{cookie}={secret}"
    return Browser(client)


def code(answer: TestResponse) -> str:
    assert answer.mimetype == PROBLEM, answer.text
    told: Any = answer.json
    return str(told["type"]).rpartition("/")[2]


def test_whoever_is_signed_in_reads_and_changes_as_with_a_key(town: Town, box: Mailbox) -> None:
    """The cookie opens the organisation's own, on the hub's own pages."""
    lane = group(town.network, "Amber Lane", ANN)
    mine = browser(town, signed_in(town.network, box, ANN)[0])
    told: Any = mine.get("/v1/organisation").json
    assert told["id"] == lane
    assert mine.make_feed(OWN).status_code == 201
    same = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    assert mine.make_feed(same).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        OWN | {"Origin": "https://elsewhere.example.org"},
        OWN | {"Origin": "null"},
        OWN | {"Origin": "http://localhost.example.org"},
        OWN | {"Origin": "http://localhost:81"},
        OWN | {"Sec-Fetch-Site": "cross-site"},
        OWN | {"Sec-Fetch-Site": "same-site"},
        OWN | {"Sec-Fetch-Site": "none"},
        {"Content-Type": "application/json"},
        OWN | {"Content-Type": "text/plain"},
        OWN | {"Content-Type": "application/x-www-form-urlencoded"},
        OWN | {"Content-Type": "multipart/form-data; boundary=x"},
        {"Origin": "http://localhost"},
    ],
)
def test_another_sites_page_changes_nothing(
    town: Town, box: Mailbox, headers: dict[str, str]
) -> None:
    """A foreign Origin, none at all, or a type that a form can send: refused, nothing stored."""
    group(town.network, "Amber Lane", ANN)
    mine = browser(town, signed_in(town.network, box, ANN)[0])
    answer = mine.make_feed(headers)
    assert (answer.status_code, code(answer)) == (403, "foreign-page")
    told: Any = mine.get("/v1/calendar-feeds").json
    assert told["items"] == []


def test_a_key_needs_no_origin_and_comes_first(town: Town, box: Mailbox) -> None:
    """A program with a key is as before; a key that is not good is not mended by a cookie."""
    lane = town.member("Amber Lane", place=PLACE)
    group(town.network, "Birch Barn", BEN)
    mine = browser(town, signed_in(town.network, box, BEN)[0])
    with_key = {"Authorization": f"Bearer {lane.token}", "Content-Type": "application/json"}
    assert mine.make_feed(with_key).status_code == 201
    told: Any = mine.get("/v1/organisation", Authorization=f"Bearer {lane.token}").json
    assert told["id"] == lane.id
    assert code(mine.get("/v1/organisation", Authorization="Bearer cypn_x")) == "key-needed"


@pytest.mark.parametrize(
    ("cookie", "host", "status"),
    [
        ("cypn", "localhost", 200),
        ("cypn", "127.0.0.1:8080", 200),
        ("cypn", "hub.example.org", 401),
        ("__Host-cypn", "hub.example.org", 200),
        ("session", "localhost", 401),
    ],
)
def test_a_cookie_without_its_prefix_counts_only_on_this_machine(
    town: Town, box: Mailbox, cookie: str, host: str, status: int
) -> None:
    """Elsewhere another host could have set it."""
    group(town.network, "Amber Lane", ANN)
    mine = browser(town, signed_in(town.network, box, ANN)[0], cookie)
    assert mine.get("/v1/organisation", host).status_code == status


@pytest.mark.parametrize("secret", ["", "x", "a" * 5000])
def test_what_is_no_session_needs_a_key(town: Town, secret: str) -> None:
    """A cookie that opens nothing is like none."""
    assert code(browser(town, secret).get("/v1/organisation")) == "key-needed"


def test_an_ended_session_opens_nothing(town: Town, box: Mailbox) -> None:
    """Signed out is signed out of every service."""
    group(town.network, "Amber Lane", ANN)
    secret, opened = signed_in(town.network, box, ANN)
    town.network.transact(lambda work: sessions.end(work, opened))
    assert code(browser(town, secret).get("/v1/organisation")) == "key-needed"


def test_a_request_keeps_the_session_alive(town: Town, box: Mailbox) -> None:
    """Whoever uses only the services is not taken for away."""
    group(town.network, "Amber Lane", ANN)
    mine = browser(town, signed_in(town.network, box, ANN)[0])
    for _ in range(4):
        town.clock.pass_time(hours=11)
        assert mine.get("/v1/organisation").status_code == 200


def test_a_coordinator_acts_for_a_group_by_the_same_header(town: Town, box: Mailbox) -> None:
    """Signed in as with a key; a member may not."""
    lane = group(town.network, "Amber Lane", ANN)
    barn = group(town.network, "Birch Barn", BEN)
    hired(town.network, StaffRole.COORDINATOR)
    desk = browser(town, signed_in(town.network, box, ZOE)[0])
    told: Any = desk.get("/v1/organisation", Cypn_For=lane).json
    assert told["id"] == lane
    mine = browser(town, signed_in(town.network, box, ANN)[0])
    assert code(mine.get("/v1/organisation", Cypn_For=barn)) == "not-allowed"


@pytest.mark.parametrize("role", [StaffRole.AUDITOR, StaffRole.TRUSTEE])
def test_overseers_read_what_was_done_and_no_group(
    town: Town, box: Mailbox, role: StaffRole
) -> None:
    """Checks that run out and overrides; no profile, no inbox, no needs, and no names anywhere."""
    group(town.network, "Amber Lane", ANN)
    hired(town.network, role)
    mine = browser(town, signed_in(town.network, box, ZOE)[0])
    for path in ("/v1/checks/expiring", "/v1/overrides"):
        answer = mine.get(path)
        assert answer.status_code == 200
        assert "Amber" not in answer.text
    for path in ("/v1/organisation", "/v1/inbox", "/v1/reports/coordinator", "/v1/registrations"):
        assert code(mine.get(path)) == "not-allowed", path


def test_an_idempotency_key_is_told_apart_by_whom_one_acts_for(town: Town, box: Mailbox) -> None:
    """What a coordinator sent for one group is not answered again for another."""
    lane, barn = (town.member(name, "seeker", place=PLACE) for name in ("Amber Lane", "Birch Barn"))
    hired(town.network, StaffRole.COORDINATOR)
    secret, desk = signed_in(town.network, box, ZOE)
    answers = [_complained(town, secret, desk, each) for each in (lane, lane, barn)]
    assert [each.status_code for each in answers] == [201, 201, 422]
    assert answers[0].json == answers[1].json


def _complained(town: Town, secret: str, desk: Any, group_: Member) -> TestResponse:
    town.network.transact(lambda work: sessions.act_for(work, desk, group_.id))
    body = '{"about": "hub", "said": "Nobody answered us for a whole month."}'
    headers = OWN | {"Idempotency-Key": "once"}
    return browser(town, secret).client.post("/v1/complaints", data=body, headers=headers)
