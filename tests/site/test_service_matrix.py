"""Who may do what by HTTP, for every operation by role, and by own, other's and missing things."""

from __future__ import annotations

import pytest
from tests.networks import HUB, NOW
from tests.site.service_matrix import (
    ACTING,
    MISSING,
    OTHER,
    OWNER,
    ROLES,
    Scene,
    operations_of,
    refusal,
    scene,
    told,
)
from werkzeug.test import TestResponse

from cypn_core.storage.engine import Store
from cypn_core.testing.town import MEMBERSHIP, Town
from cypn_core.web.operations import Operation

SERVICES = (MEMBERSHIP, *HUB.exchanges)
OPEN: dict[str, str] = {
    "/openapi.json": "the description of the service",
    "/healthz": "whether the process lives",
    "/readyz": "whether the store is at head",
    "/problems/<code>": "the help behind a problem",
    "/links/<choice>/<token>": "the page behind a mailed link, which the token opens",
    "/calendar/<token>.ics": "a feed, which the token opens",
    "/listings": "what holders let the public read",
}
"""Routes that are no operation, each with why anybody may ask for it."""
SHARED = {"season"}
"""What belongs to all members."""


@pytest.fixture(params=SERVICES)
def acted(request: pytest.FixtureRequest, store: Store) -> Scene:
    return scene(Town.on(store, HUB, NOW), request.param)


def _ids(operation: Operation) -> list[str]:
    return [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]


def test_no_route_is_unlisted(acted: Scene) -> None:
    """Every address is a declared operation, or stands above with why it is open."""
    declared = {
        (operation.path.replace("{", "<").replace("}", ">"), operation.method)
        for operation in operations_of(acted.town, acted.service)
    }
    served = {
        (rule.rule, method)
        for rule in acted.town.apps[acted.service].url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {rule for rule, _ in served - declared} - set(OPEN) == set()
    assert declared - served == set()


def test_whom_the_declaration_refuses_is_refused_first(acted: Scene) -> None:
    """No key, the wrong scope and unpassed checks are told apart before anything is looked up."""
    wrong = []
    for operation in operations_of(acted.town, acted.service):
        for role in ROLES:
            expected = refusal(operation, role)
            for ids in ({}, acted.owned):
                known = {name: ids.get(name, MISSING) for name in _ids(operation)}
                if ids and not (expected and known):
                    continue  # what changes something comes last, in the test of owners
                answer = acted.send(operation, role, known)
                refused = told(answer) if told(answer) in _FIRST else ""
                if expected != refused and not _belongs_to_none(operation, role, answer):
                    wrong.append((operation.name, role, expected, answer.text))
    assert wrong == []


_FIRST = {"key-needed", "not-allowed", "not-checked"}


def _belongs_to_none(operation: Operation, role: str, answer: TestResponse) -> bool:
    """Whoever has the scope but acts for no organisation is told to say for which."""
    return (
        role == "coordinator"
        and "member" in operation.scopes
        and answer.status_code == 403
        and "for which organisation" in answer.text
    )


def _seen(answer: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    return answer.status_code, list(answer.headers), answer.data


def test_another_ones_thing_looks_like_nothing_at_all(acted: Scene) -> None:
    """To members the answers about both are the same bytes and headers, and refuse."""
    tried = 0
    for operation in operations_of(acted.town, acted.service):
        names = _ids(operation)
        if not names or "member" not in operation.scopes or SHARED & set(names):
            continue
        theirs = {name: acted.owned.get(name, MISSING) for name in names}
        missing = dict.fromkeys(names, MISSING)
        foreign, nothing = (acted.send(operation, OTHER, ids) for ids in (theirs, missing))
        assert _seen(foreign) == _seen(nothing), operation.name
        assert foreign.status_code == 404, (operation.name, foreign.text)
        tried += theirs != missing
    assert tried > 0


@pytest.mark.parametrize("role", [OWNER, ACTING])
def test_an_owner_finds_its_own(acted: Scene, role: str) -> None:
    """Neither the owner nor a coordinator who acts for it is told that its thing is not there."""
    tried = 0
    for operation in sorted(operations_of(acted.town, acted.service), key=_harmless_first):
        names = _ids(operation)
        things = {*names, *({"calendar"} if operation.path.endswith("/calendar") else ())}
        if operation.name == "unmask":
            continue  # its body names the thing, which is never its caller's
        if refusal(operation, role) or not things <= set(acted.owned):
            continue
        answer = acted.send(operation, role, {name: acted.owned[name] for name in names})
        assert answer.status_code not in {401, 404, 500}, (operation.name, answer.text)
        assert told(answer) not in _FIRST, (operation.name, answer.text)
        tried += 1
    assert tried > 5


def _harmless_first(operation: Operation) -> tuple[bool, bool, int]:
    """What ends a thing comes last, and what hangs on it before it."""
    return operation.writes, operation.method == "DELETE", -len(operation.path)
