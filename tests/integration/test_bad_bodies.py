"""Bodies, headers and addresses that nobody should send: refused as problems, nothing stored."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.towns import (
    NOW,
    ONLY_VENUES,
    PLACE,
    VENUES,
    Json,
    a_need,
    an_offer,
    is_problem,
    posted,
    stored,
)
from werkzeug.test import TestResponse

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

PATIENCE = 5
"""Seconds within which a hostile request is answered: a ceiling against hanging, no measure."""
JSON = "application/json"
GOOD = json.dumps(a_need())
DEEP = 100_000


def note(text: str) -> bytes:
    """A need whose note is the JSON text *text*."""
    return GOOD[:-1].encode() + b', "note": ' + text.encode() + b"}"


BODIES: dict[str, tuple[bytes, int]] = {
    "NUL in a text": (note(r'"a\u0000b"'), 422),
    "NUL in a key": (b'{"a\\u0000b": 1}', 422),
    "NUL itself": (note('"a\0b"'), 400),
    "lone surrogate": (note(r'"\ud800"'), 400),
    "lone surrogate in a key": (rb'{"\udfff": 1}', 400),
    "surrogate in bytes": (b'{"kind": "\xed\xa0\x80"}', 400),
    "not UTF-8": (b'{"kind": "\xff"}', 400),
    "UTF-16": (GOOD.encode("utf-16"), 400),
    "2^63": (GOOD.replace("12", str(2**63)).encode(), 400),
    "2^63 - 1": (GOOD.replace(": 12,", f": {2**63 - 1},").encode(), 422),
    "-2^63 - 1": (GOOD.replace(": 12,", f": {-(2**63) - 1},").encode(), 400),
    "100k digits": (GOOD.replace(": 12,", f": {'9' * 100_000},").encode(), 400),
    "1e999": (GOOD.replace(": 12,", ": 1e999,").encode(), 400),
    "NaN": (GOOD.replace(": 12,", ": NaN,").encode(), 400),
    "100k lists deep": (b"[" * DEEP + b"]" * DEEP, 400),
    "100k lists never closed": (b"[" * DEEP, 400),
    "40k objects deep": (b'{"a":' * 40_000 + b"1" + b"}" * 40_000, 400),
    "a key given twice": (GOOD[:-1].encode() + b', "headcount": 12}', 400),
    "a key given twice inside": (GOOD.replace('"ends"', '"starts": "13:00", "ends"').encode(), 400),
    "10 MB": (note(json.dumps("x" * 10_000_000)), 413),
    "10 MB of spaces": (b" " * 10_000_000 + GOOD.encode(), 413),
    "200 kB of text": (note(json.dumps("x" * 200_000)), 422),
    "nothing": (b"", 400),
    "a list": (b"[]", 422),
    "a text": (b'"need"', 422),
    "null": (b"null", 422),
    "half of it": (GOOD[:40].encode(), 400),
    "two of it": ((GOOD + GOOD).encode(), 400),
    "an unknown kind": (b'{"kind": "spaceship"}', 422),
    "a kind that is a list": (b'{"kind": ["space_need"]}', 422),
    "another side's kind": (json.dumps(an_offer()).encode(), 422),
}


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


@pytest.fixture
def member(town: Town) -> Member:
    return town.member("Amber Lane", "seeker", "holder", place=PLACE)


def sent(member: Member, path: str, method: str = "POST", **told: Any) -> TestResponse:
    """A raw request with the member's key."""
    client: FlaskClient = member.apps[VENUES].test_client()
    headers = {"Authorization": f"Bearer {member.token}", **told.pop("headers", {})}
    began = time.perf_counter()
    answer = client.open(path, method=method, headers=headers, **told)
    assert time.perf_counter() - began < PATIENCE
    return answer


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused_and_nothing_is_stored(town: Town, member: Member, name: str) -> None:
    """A problem with the right status, soon; both stores stay as they were."""
    raw, status = BODIES[name]
    before = stored(town.network.store)
    for path, method in (("/v1/needs", "POST"), ("/v1/needs/" + "0" * 32, "PUT")):
        headers = {"Idempotency-Key": "one", "If-Match": '"1"'}
        answer = sent(member, path, method, data=raw, content_type=JSON, headers=headers)
        is_problem(answer, status)
    assert stored(town.network.store) == before


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain",
        "application/json; charset=utf-16", "application/xml", "", "nonsense", "application/jsonx",
    ],
)  # fmt: skip
def test_only_json_is_read(town: Town, member: Member, content_type: str) -> None:
    """A form, or anything else that a page of another site can send, is 415."""
    before = stored(town.network.store)
    is_problem(sent(member, "/v1/needs", data=GOOD, content_type=content_type), 415)
    assert stored(town.network.store) == before


def test_a_form_is_not_read(town: Town, member: Member) -> None:
    """Fields of a form are refused too, files included."""
    is_problem(sent(member, "/v1/needs", data={"kind": "space_need"}), 415)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/needs?q=hall", "/v1/needs?limit=0", "/v1/needs?limit=201", "/v1/needs?limit=-1",
        "/v1/needs?limit=ten", "/v1/needs?limit=1e2", "/v1/needs?limit=%D9%A1",
        "/v1/offers?near=Bath&km=1",
        "/v1/deals?after=a&state=agreed", "/v1/needs?after=%00", "/v1/needs?after=%C3%A9",
    ],
)  # fmt: skip
def test_an_unknown_question_is_refused(member: Member, path: str) -> None:
    """No search by distance or text, no odd page: 422 that names the parameter."""
    problem = is_problem(sent(member, path, "GET"), 422)
    assert problem["errors"]


@pytest.mark.parametrize("key", ["", "with space", "x" * 101, "é", "\t", "a\u00a0b"])
def test_an_unreadable_idempotency_key_is_refused(town: Town, member: Member, key: str) -> None:
    """422 on that header, and nothing is stored."""
    before = stored(town.network.store)
    answer = member.post(VENUES, "/v1/needs", a_need(), Idempotency_Key=key)
    assert list(is_problem(answer, 422)["errors"]) == ["Idempotency-Key"]
    assert stored(town.network.store) == before


def test_one_idempotency_key_is_one_request(town: Town, member: Member) -> None:
    """The same again answers the same and creates nothing; another body or address is 422."""
    first = member.post(VENUES, "/v1/needs", a_need(), Idempotency_Key="k")
    before = stored(town.network.store)
    again = member.post(VENUES, "/v1/needs", a_need(), Idempotency_Key="k")
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Location"] == first.headers["Location"]
    other = member.post(VENUES, "/v1/needs", a_need("2027-02-03"), Idempotency_Key="k")
    assert list(is_problem(other, 422)["errors"]) == ["Idempotency-Key"]
    is_problem(member.post(VENUES, "/v1/offers", an_offer(), Idempotency_Key="k"), 422)
    assert stored(town.network.store) == before


def test_idempotency_keys_belong_to_those_who_sent_them(town: Town, member: Member) -> None:
    """Two members may use the same key; neither is told the other's answer."""
    other = town.member("Birch Close", "seeker", place=PLACE)
    mine = member.post(VENUES, "/v1/needs", a_need(), Idempotency_Key="k")
    theirs = other.post(VENUES, "/v1/needs", a_need(), Idempotency_Key="k")
    assert (mine.status_code, theirs.status_code) == (201, 201)
    ids = {answer.json["id"] for answer in (mine, theirs)}  # type: ignore[index]
    assert len(ids) == 2


def test_what_was_refused_may_be_sent_again_with_its_key(member: Member) -> None:
    """A refusal is not kept: the mended body goes through under the same key."""
    bad = a_need(headcount=0)
    is_problem(member.post(VENUES, "/v1/needs", bad, Idempotency_Key="k"), 422)
    assert member.post(VENUES, "/v1/needs", a_need(), Idempotency_Key="k").status_code == 201


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_an_unknown_method_is_refused(member: Member, method: str) -> None:
    """405, and the header Allow says what there is."""
    answer = sent(member, "/v1/needs", method)
    is_problem(answer, 405)
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    "path", ["/v1/needs/%00", "/v1/needs/x" + "y" * 5000, "/v1/needs/%F0%9F%98%80", "/v1/needs/%ff"]
)
def test_an_odd_id_is_nothing_to_be_found(member: Member, path: str) -> None:
    """Ids that no store can hold are 404 like any other that is not there."""
    is_problem(sent(member, path, "GET"), 404)


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer \x00", "Bearer é", "Bearer " + "x" * 9000],
)
def test_without_a_key_nothing_is_said(member: Member, authorization: str) -> None:
    """401 for every `/v1` address, known or not."""
    answers = [
        sent(member, path, "GET", headers={"Authorization": authorization})
        for path in ("/v1/needs", "/v1/deals/x", "/v1/nowhere", "/v1")
    ]
    for answer in answers:
        is_problem(answer, 401)
    assert len({answer.data for answer in answers}) == 1


@pytest.mark.parametrize("other", ["x", "0" * 32, "\x00", "é", "'; DROP TABLE posting"])
def test_nobody_acts_for_an_organisation_that_is_not_there(town: Town, other: str) -> None:
    """`Cypn-For` is refused by name, to coordinators and to members alike."""
    answer = town.coordinator().get(VENUES, "/v1/needs", Cypn_For=other)
    assert list(is_problem(answer, 422)["errors"]) == ["Cypn-For"]


def test_a_body_where_none_is_due_is_refused(town: Town, member: Member) -> None:
    """An agreement takes no terms from whoever sends it."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_offer())
    body: Json = {"price": 0}
    answer = member.post(VENUES, f"/v1/deals/{'0' * 32}/cancel", body, If_Match='"1"')
    assert list(is_problem(answer, 422)["errors"]) == ["body"]
