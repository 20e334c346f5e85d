"""Tells problems through Flask, on an app of our own and never on somebody else's."""

from __future__ import annotations

import json

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from cypn_core.web.problems import (
    CODES,
    MEDIA_TYPE,
    Problem,
    problem_for,
    problem_for_status,
    refuse,
)


def install_problems(app: Flask) -> None:
    """Answer every failure of *app* with a problem, and serve the help behind each ``type``.

    For an app that we made ourselves: the handlers are the app's own, so a site that mounts the
    app keeps its own error pages.
    """
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, lambda error: respond(problem_for(error)))
    app.add_url_rule("/problems/<code>", "problem_help", _help)


def respond(problem: Problem) -> Response:
    """*problem* as the answer to the present request."""
    body = json.dumps(problem.body(request.script_root))
    return Response(body, problem.status, dict(problem.headers), content_type=MEDIA_TYPE)


def _on_http(error: HTTPException) -> Response:
    """What the framework refuses becomes a problem; Flask keeps its redirects from us."""
    original = getattr(error, "original_exception", None)
    if original is not None:
        return respond(problem_for(original))
    kept = {
        name: value
        for name, value in error.get_headers()
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}
    }
    return respond(problem_for_status(error.code or 500, kept))


def _help(code: str) -> Response:
    """The plain-English help behind a problem's ``type``."""
    if code not in CODES:
        raise refuse("not-found")
    found = CODES[code]
    return Response(f"{found.title}\n\n{found.help}\n", content_type="text/plain; charset=utf-8")
