"""The OpenAPI 3.1 document of a service, read off its operations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cypn_core.web.openapi import Components
from cypn_core.web.operations import Operation, Raw
from cypn_core.web.problems import MEDIA_TYPE
from cypn_core.web.shown import OBJECT, SHOWN, pages, ref

Json = dict[str, Any]

_PROBLEM: Json = {
    "description": "A problem (RFC 9457): its type says what to do next",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_PROBLEM_SCHEMA: Json = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}


def openapi(title: str, operations: Iterable[Operation], kinds: Mapping[str, type[Any]]) -> Json:
    """The document for *operations*; bodies are described once, under ``components``."""
    components = Components(kinds)
    paths: dict[str, Json] = {}
    for operation in operations:
        described = _operation(operation, components)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "servers": [{"url": "."}],
        "paths": paths,
        "components": {
            "schemas": {**components.schemas, **SHOWN, "Problem": _PROBLEM_SCHEMA},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-cypn"},
            },
        },
        "security": [{"key": []}, {"session": []}],
    }


def _operation(operation: Operation, components: Components) -> Json:
    shown = _shown(operation)
    found: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": list(_parameters(operation)),
        "responses": {
            str(status): {"description": "Done", "content": {"application/json": {"schema": shown}}}
            for status in operation.answers
        }
        | {"default": _PROBLEM},
    }
    if not operation.scopes:
        found["security"] = []
    if operation.takes is not None:
        content = _content(operation.takes, components)
        found["requestBody"] = {"required": True, "content": content}
    return found


def _content(takes: type[Any] | tuple[type[Any], ...] | Raw, components: Components) -> Json:
    if isinstance(takes, Raw):
        return {takes.media_type: {"schema": {"type": "string"}}}
    schema = components.one_of(takes) if isinstance(takes, tuple) else components.ref(takes)
    return {"application/json": {"schema": schema}}


def _shown(operation: Operation) -> Json:
    item = ref(operation.shows) if operation.shows else OBJECT
    return pages(item) if operation.paged else item


def _parameters(operation: Operation) -> Iterable[Json]:
    for name in re.findall(r"{(\w+)}", operation.path):
        yield _parameter(name, "path", {"type": "string"}, required=True)
    if operation.paged:
        yield _parameter("after", "query", {"type": "string"})
        yield _parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 200})
    if operation.revises:
        tag = {"type": "string", "pattern": '^"[0-9]{1,18}"$'}
        yield _parameter("If-Match", "header", tag, required=True)
    if operation.method == "POST" and not operation.answers_a_secret:
        yield _parameter("Idempotency-Key", "header", {"type": "string", "maxLength": 100})
    yield _parameter("Cypn-For", "header", {"type": "string", "pattern": "^[0-9a-f]{32}$"})


def _parameter(name: str, where: str, schema: Json, *, required: bool = False) -> Json:
    return {"name": name, "in": where, "schema": schema, "required": required}
