"""What is logged and counted of a request: what was done, never by whom or with what."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from prometheus_client import generate_latest
from werkzeug.test import Client

import cypn_region_northshire.plugin as northshire
from cypn_core.application.network import utc_now
from cypn_core.domain.errors import Invalid
from cypn_core.hub import Hub
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town
from cypn_services import metrics, operating
from cypn_services.operating import Operating, log_to, operated
from cypn_services.serving import served_app
from cypn_services.ticker import Ticker
from cypn_venue_bank import plugin as venue_bank

SECRETS = ("kim.secret@example.org", "feedtokenfeedtoken", "linktokenlinktoken", "QUERYVALUE")
NORMAL = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, Hub.of(venue_bank, northshire), utc_now())


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What this process logs as JSON, from now on; afterwards logging is as it was."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    log_to(stream, "json")
    metrics.REQUESTS.clear()
    yield stream
    metrics.REQUESTS.clear()
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


class Visitor(Client):
    """Reads each answer to its end, as browsers do: only then is it logged."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Ask, and read."""
        return super().open(*args, **{**kwargs, "buffered": True})


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in log.getvalue().splitlines()]
    return [each for each in found if each["event"] == "request"]


def journey(app: Any, key: str) -> None:
    """Somebody signs in, opens links and feeds, mistypes, and asks with a key."""
    visitor = Visitor(app)
    visitor.get("/?q=QUERYVALUE")
    visitor.post("/sign-in", data={"email": SECRETS[0]})
    visitor.get(f"/sign-in/{NORMAL}.linktokenlinktoken")
    visitor.get(f"/membership/calendars/{NORMAL}.feedtokenfeedtoken.ics")
    visitor.get(f"/membership/{SECRETS[0]}")
    visitor.get("/nowhere/linktokenlinktoken?email=kim.secret@example.org")
    visitor.get(
        "/venue-bank/v1/needs?after=QUERYVALUE",
        headers={"Authorization": f"Bearer {key}", "User-Agent": "QUERYVALUE"},
    )
    visitor.post("/membership/v1/registrations", json={"email": SECRETS[0]})
    visitor.open("/", method="LINKTOKENLINKTOKEN".lower())


def test_no_identity_and_no_secret_is_logged(town: Town, log: io.StringIO) -> None:
    """A journey through links, feeds and typing errors leaves nothing of them in the log."""
    key = "NOTAKEYNOTAKEYNOTAKEY"
    journey(served_app(town.network, {}), key)
    said = log.getvalue()
    assert len(lines(log)) == 9
    for secret in (*SECRETS, key, "127.0.0.1"):
        assert secret.casefold() not in said.casefold()
    for each in lines(log):
        assert set(each) == {
            *("event", "timestamp", "level", "logger", "request", "service"),
            *("operation", "method", "status", "ms"),
        }  # fmt: skip


def test_a_leak_that_is_seeded_is_caught(
    town: Town, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: were the path logged as the operation, the journey would show it."""
    monkeypatch.setattr(operating, "_named", lambda e, home: (home, e["PATH_INFO"]))
    journey(served_app(town.network, {}), "key")
    said = log.getvalue().casefold()
    assert all(secret.casefold() in said for secret in SECRETS[:3])


def test_a_line_names_the_service_and_the_operation(town: Town, log: io.StringIO) -> None:
    """The names are ours: of the page or of the operation in OpenAPI."""
    visitor = Visitor(served_app(town.network, {}))
    visitor.get("/how-it-works")
    visitor.get("/venue-bank/healthz")
    visitor.get("/venue-bank/v1/needs")
    assert [(each["service"], each["operation"], each["status"]) for each in lines(log)] == [
        ("site", "how", 200),
        ("venue-bank", "healthz", 200),
        ("venue-bank", "list_needs", 401),
    ]


def test_a_line_says_who_acts_by_a_pseudonym(town: Town, log: io.StringIO) -> None:
    """The key's id or the contact's mark, and no name; nothing for a stranger."""
    member = town.member("Cedar", "holder", place="Norchester")
    key = {"Authorization": f"Bearer {member.token}"}
    visitor = Visitor(served_app(town.network, {}))
    visitor.get("/venue-bank/v1/offers", headers=key)
    visitor.get("/home")
    known, stranger = lines(log)
    assert known["actor"].startswith("key:")
    assert "actor" not in stranger
    assert "Cedar" not in log.getvalue()


@pytest.mark.parametrize("said", [NORMAL, "01234567-89ab-cdef-0123-456789abcdef"])
def test_a_request_id_is_taken_up_and_answered(town: Town, log: io.StringIO, said: str) -> None:
    """A UUID that a proxy gave goes through; anything else is replaced."""
    visitor = Visitor(served_app(town.network, {}))
    taken = visitor.get("/healthz", headers={"X-Request-Id": said})
    assert taken.headers["X-Request-Id"] == said
    assert lines(log)[0]["request"] == said
    other = visitor.get("/healthz", headers={"X-Request-Id": SECRETS[0]})
    assert other.headers["X-Request-Id"] != SECRETS[0]


def test_what_is_logged_meanwhile_has_the_request_in_it(log: io.StringIO) -> None:
    """A line from anywhere inside a request carries the request's id."""

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        logging.getLogger("somewhere").warning("said inside")
        start("200 OK", [])
        return [b""]

    Visitor(operated(app, Operating())).get("/", headers={"X-Request-Id": NORMAL})
    inside = json.loads(log.getvalue().splitlines()[0])
    assert (inside["event"], inside["request"]) == ("said inside", NORMAL)


@pytest.mark.parametrize(
    ("proxies", "seen"), [("0", "127.0.0.1"), ("1", "192.0.2.7"), ("2", "192.0.2.6")]
)
def test_only_as_many_proxies_are_believed_as_stand_there(proxies: str, seen: str) -> None:
    """The client is who the outermost trusted proxy says, so that a limit is about the client."""
    found = []

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        found.append(environ["REMOTE_ADDR"])
        start("200 OK", [])
        return [b""]

    set_up = Operating.read({"CYPN_TRUSTED_PROXIES": proxies})
    said = {"X-Forwarded-For": "192.0.2.6, 192.0.2.7"}
    here = {"REMOTE_ADDR": "127.0.0.1"}
    Visitor(operated(app, set_up)).get("/", headers=said, environ_base=here)
    assert found == [seen]


@pytest.mark.parametrize(
    "wrong",
    [
        {"CYPN_TRUSTED_PROXIES": "many"},
        {"CYPN_TRUSTED_PROXIES": "9"},
        {"CYPN_LOG_FORMAT": "xml"},
        {"CYPN_METRICS_ADDRESS": "everywhere"},
        {"CYPN_METRICS_ADDRESS": "127.0.0.1:99999"},
    ],
    ids=lambda wrong: "=".join(*wrong.items()),
)
def test_what_cannot_be_used_names_its_variable(wrong: dict[str, str]) -> None:
    """A wrong value stops the start, with the variable's name."""
    with pytest.raises(Invalid, match=next(iter(wrong))):
        Operating.read(wrong)


def test_the_figures_count_and_name_nobody(town: Town, log: io.StringIO) -> None:
    """Requests, what the hub holds and the tick are there; no label holds who or what."""
    town.member("Cedar", "holder", place="Norchester")
    journey(served_app(town.network, {}), "key")
    Ticker(town.network).once()
    said = generate_latest(metrics.registry(town.network)).decode()
    assert 'cypn_requests_total{operation="sign_in",service="site",status="' in said
    assert "cypn_request_seconds_bucket" in said
    assert "cypn_tick_success_timestamp_seconds 1." in said
    assert "cypn_store_connections" in said
    for secret in (*SECRETS, "Cedar", "127.0.0.1"):
        assert secret.casefold() not in said.casefold()


def test_the_figures_are_not_on_the_public_port(town: Town) -> None:
    """No service answers /metrics; only the address of its own does."""
    visitor = Visitor(served_app(town.network, {}))
    for path in ("/metrics", "/venue-bank/metrics", "/membership/metrics"):
        assert visitor.get(path).status_code in {401, 404}


def test_limits_are_on_where_it_is_served(town: Town) -> None:
    """The sixth letter to one address within a quarter of an hour is refused, with a page."""
    visitor = Visitor(served_app(town.network, {}))
    found = [visitor.post("/sign-in", data={"email": "kim@example.org"}) for _ in range(6)]
    assert [each.status_code == 429 for each in found] == [False] * 5 + [True]
    assert int(found[-1].headers["Retry-After"]) > 0
