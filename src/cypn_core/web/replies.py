"""Replies as HTTP responses."""

from __future__ import annotations

import orjson
from flask import Response, request

from cypn_core.web.operations import Reply


def written(reply: Reply) -> Response:
    """The response that says *reply*, with its ETag and Location."""
    response = json_response(orjson.dumps(reply.body), reply.status)
    if reply.revision is not None:
        response.headers["ETag"] = f'"{reply.revision}"'
    if reply.location:
        response.headers["Location"] = request.script_root + reply.location
    return response


def json_response(body: bytes, status: int = 200) -> Response:
    """*body*, which is JSON already."""
    return Response(body, status, content_type="application/json")
