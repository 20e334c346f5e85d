"""Every failure is told as an RFC 9457 problem that says what to do next."""

from __future__ import annotations

import logging

import flask
import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from cypn_core.domain.errors import (
    Changed,
    Conflict,
    Invalid,
    NotAllowed,
    NotChecked,
    NotFound,
    Taken,
)
from cypn_core.web.failures import install_problems
from cypn_core.web.problems import CODES, problem_for, refuse

ERRORS = {
    "invalid": Invalid({"headcount": ["must be at least 1"]}),
    "missing": NotFound(),
    "unchecked": NotChecked(["insurance"]),
    "forbidden": NotAllowed("This deal is another group's."),
    "conflict": Conflict("It is withdrawn."),
    "taken": Taken("Somebody was first."),
    "changed": Changed("It has a newer version."),
    "key": refuse("key-needed"),
    "match": refuse("if-match-needed"),
    "alternatives": refuse("taken", "Somebody was first.", alternatives=["a", "b"]),
    "bug": KeyError("secret text"),
}


def fail(name: str):
    raise ERRORS[name]


@pytest.fixture
def app() -> flask.Flask:
    app = flask.Flask("ours")
    install_problems(app)
    app.add_url_rule("/fail/<name>", view_func=fail)
    app.add_url_rule("/gone/", view_func=lambda: "here", endpoint="gone")
    app.add_url_rule("/teapot", view_func=lambda: flask.abort(418), endpoint="teapot")
    return app


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("invalid", 422, "invalid"),
        ("missing", 404, "not-found"),
        ("unchecked", 403, "not-checked"),
        ("forbidden", 403, "not-allowed"),
        ("conflict", 409, "conflict"),
        ("taken", 409, "taken"),
        ("changed", 412, "changed"),
        ("key", 401, "key-needed"),
        ("match", 428, "if-match-needed"),
        ("bug", 500, "unexpected"),
    ],
)
def test_each_error_has_its_problem(app: flask.Flask, name: str, status: int, code: str):
    """Status, media type, type and title belong together."""
    answer = app.test_client().get(f"/fail/{name}")
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    told = answer.get_json(force=True)
    assert (told["type"], told["status"]) == (f"/problems/{code}", status)
    assert told["title"] == CODES[code].title


def test_every_type_resolves_to_help(app: flask.Flask):
    """The address in ``type`` answers with plain text that says what to do."""
    for code, known in CODES.items():
        answer = app.test_client().get(f"/problems/{code}")
        assert answer.status_code == 200
        assert known.help in answer.text


def test_the_type_resolves_where_the_app_is_mounted(app: flask.Flask):
    """Under a prefix the type carries the prefix, and the outer site keeps its own pages."""
    site = flask.Flask("theirs")
    client = Client(DispatcherMiddleware(site, {"/inner": app}))
    told = client.get("/inner/fail/missing").get_json(force=True)
    assert told["type"] == "/inner/problems/not-found"
    assert client.get(told["type"]).status_code == 200
    assert client.get("/nowhere").mimetype == "text/html"


def test_fields_and_missing_checks_are_told(app: flask.Flask):
    """Complaints stand in ``errors``, lacking checks in ``missing``, others by name."""
    client = app.test_client()
    assert client.get("/fail/invalid").get_json(force=True)["errors"] == {
        "headcount": ["must be at least 1"]
    }
    assert client.get("/fail/unchecked").get_json(force=True)["missing"] == ["insurance"]
    assert client.get("/fail/alternatives").get_json(force=True)["alternatives"] == ["a", "b"]


def test_the_gate_says_the_same_to_all():
    """Two organisations with the same lack get the same body."""
    assert problem_for(NotChecked(["a"])).body() == problem_for(NotChecked(["a"])).body()


def test_a_bug_tells_nothing_but_its_incident(app: flask.Flask, caplog: pytest.LogCaptureFixture):
    """An unforeseen error is logged by its place, under the number that the caller gets."""
    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get("/fail/bug")
    assert "secret" not in answer.text
    assert answer.get_json(force=True)["incident"] in caplog.text
    assert "KeyError" in caplog.text
    assert "secret text" not in caplog.text


def test_headers_go_with_their_problem(app: flask.Flask):
    """401 says how to sign in and 405 what is allowed."""
    client = app.test_client()
    assert client.get("/fail/key").headers["WWW-Authenticate"].startswith("Bearer")
    refused = client.post("/fail/key")
    assert (refused.status_code, set(refused.headers["Allow"].split(", "))) == (
        405,
        {"GET", "HEAD", "OPTIONS"},
    )
    assert refused.get_json(force=True)["type"] == "/problems/method-not-allowed"


def test_an_unknown_path_and_an_unlisted_status_are_problems_too(app: flask.Flask):
    """Our own 404 is a problem; a status without help of its own is about:blank."""
    client = app.test_client()
    assert client.get("/nowhere").get_json(force=True)["type"] == "/problems/not-found"
    assert client.get("/problems/nothing").status_code == 404
    assert client.get("/teapot").get_json(force=True)["type"] == "about:blank"


def test_redirects_stay_redirects(app: flask.Flask):
    """A redirect is an answer, no failure."""
    assert app.test_client().get("/gone").status_code == 308
