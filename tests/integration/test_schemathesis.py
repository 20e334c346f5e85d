"""Every service against its own OpenAPI document: whatever fits or nearly fits it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from tests.fuzzing import CHECKS, PLACE, crowd
from tests.networks import HUB, NOW
from tests.towns import PROBLEM, a_need, an_offer, asked, posted

from cypn_core.storage.engine import open_store
from cypn_core.testing.stores import NewStore
from cypn_core.testing.town import Member, Town

EXAMPLES = 10
"""Of each operation in each mode; some two thousand requests in all."""
WHEN = {"first": "2027-02-02", "starts": "14:00", "ends": "16:00"}
SERVICES = ("membership", *HUB.exchanges)
every_service = pytest.mark.parametrize("service", SERVICES)


@every_service
def test_the_document_of_every_service_is_valid(new_store: NewStore, service: str) -> None:
    """Each `/openapi.json` is an OpenAPI 3.1 document that a validator takes."""
    with open_store(new_store("sqlite")) as store:
        app = Town.on(store, HUB, NOW).apps[service]
        answer = app.test_client().get("/openapi.json")
    assert answer.status_code == 200
    validate(answer.json, cls=OpenAPIV31SpecValidator)  # type: ignore[arg-type]


@every_service
def test_no_request_makes_a_service_fail(
    new_store: NewStore, service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Never a 5xx; what is refused is a problem, and all else is as the document says."""
    with open_store(new_store("sqlite")) as store:
        town = Town.on(store, HUB, NOW)
        member, holder, *_, coordinator, operator = crowd(town)
        posted(holder, "offer", an_offer())
        need, offer = posted(member, "need", a_need()), posted(member, "offer", an_offer())
        deal = asked(member, need).json["id"]  # type: ignore[index]
        known = {"need": need, "offer": offer, "deal": deal, "organisation": member.id}
        keys = [coordinator, operator] if service == "membership" else []
        seen = _drawn(town.apps[service], [member, member, *keys], known)
    with capsys.disabled():
        print(f"\nschemathesis, {service}: {dict(sorted(seen.items()))}")  # noqa: T201
    assert seen[200] > 0
    assert seen[422] > 0


def _drawn(app: Flask, people: list[Member], known: dict[str, str]) -> Counter[int]:
    """Send what schemathesis draws, valid and not; how often each status came back."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    seen: Counter[int] = Counter()
    operations: list[Any] = [*schema.get_all_operations()]
    for found in operations:
        for mode in schemathesis.GenerationMode:
            _tried(found.ok(), mode, people, known, seen)
    return seen


def _tried(
    operation: Any, mode: Any, people: list[Member], known: dict[str, str], seen: Counter[int]
) -> None:
    @seed(20261122)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=timedelta(seconds=5),
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        who = people[seen.total() % len(people)]
        if seen.total() % 4:
            _mend(case, known)
        answer = case.call(headers={"Authorization": f"Bearer {who.token}"})
        seen[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)
        kind = answer.headers["content-type"][0]
        expected = PROBLEM if answer.status_code >= 400 else "application/json"
        assert kind == expected, (case.as_curl_command(), kind)

    send()


def _mend(case: Any, known: dict[str, str]) -> None:
    """Put in what cannot be drawn, so that a request comes farther than the first refusal."""
    parameters = case.path_parameters or {}
    case.path_parameters = {name: known.get(name, value) for name, value in parameters.items()}
    case.headers = {n: v for n, v in (case.headers or {}).items() if n.lower() != "cypn-for"}
    if isinstance(case.body, dict) and "kind" in case.body:
        case.body |= {"place": PLACE}
        for name, value in {"starts_on": "2027-01-11", "when": WHEN, "hours": [WHEN]}.items():
            if name in case.body:
                case.body[name] = value
