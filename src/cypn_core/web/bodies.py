"""Strict reading of JSON bodies: bounded in time and memory, and nothing is guessed.

>>> read_json(b'{"headcount": 12}', "application/json")
{'headcount': 12}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from cypn_core.web.problems import Refused, refuse

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 64
_LARGEST: Final = 2**63 - 1
_JSON_TYPE: Final = re.compile(r"application/(json|[a-z0-9.+-]+\+json)", re.IGNORECASE)
_CHARSET: Final = re.compile(r"""\s*charset\s*=\s*"?utf-?8"?\s*""", re.IGNORECASE)
# A text is one token, ended or not, so that the scan never goes back.
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.?)*+"?|[\[\]{}]', re.DOTALL)
_HALF: Final = re.compile("[\ud800-\udfff]")


def read_json(raw: bytes, content_type: str | None, max_bytes: int = MAX_BYTES) -> Any:
    """The value in a request's body.

    Raises :class:`~cypn_core.web.problems.Refused` with 415, 413 or 400. Whole numbers are at most
    2**63 - 1 either way, objects name each key once, nesting ends at 64 levels.
    """
    _check_type(content_type, _JSON_TYPE, "application/json")
    _check_size(raw, max_bytes)
    text = _decoded(raw)
    if _depth(text) > MAX_DEPTH:
        raise _malformed(f"The body is nested deeper than {MAX_DEPTH} levels.")
    value = _parsed(text)
    if wrong := dict(_unusable(value, "")):
        raise refuse("malformed", "The body holds values that cannot be kept.", fields=wrong)
    return value


def read_raw(raw: bytes, content_type: str | None, media_type: str) -> bytes:
    """*raw* as it is, where it is said to be of *media_type* and is not too large.

    Raises :class:`~cypn_core.web.problems.Refused` with 415 or 413.
    """
    _check_type(content_type, re.compile(re.escape(media_type), re.IGNORECASE), media_type)
    _check_size(raw, MAX_BYTES)
    return raw


def _check_size(raw: bytes, max_bytes: int) -> None:
    if len(raw) > max_bytes:
        raise refuse("too-large", f"The body may have at most {max_bytes // 1024} KiB.")


def _malformed(detail: str) -> Refused:
    return refuse("malformed", detail)


def _check_type(content_type: str | None, wanted: re.Pattern[str], called: str) -> None:
    named, *parameters = (content_type or "").split(";")
    is_utf8 = all(_CHARSET.fullmatch(one) for one in parameters if one.strip())
    if not (wanted.fullmatch(named.strip()) and is_utf8):
        raise refuse("wrong-content-type", f"Send the header Content-Type: {called}.")


def _decoded(raw: bytes) -> str:
    if not raw.strip():
        raise _malformed("The body is empty: send a JSON object.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed(f"The body is not UTF-8 from byte {error.start} on.") from error


def _depth(text: str) -> int:
    """How deeply brackets are nested, without recursion."""
    depth = deepest = 0
    for token in _TOKEN.finditer(text):
        match token[0]:
            case "[" | "{":
                depth += 1
                deepest = max(depth, deepest)
            case "]" | "}":
                depth -= 1
    return deepest


def _parsed(text: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        detail = f"The body is not JSON: {error.msg}, line {error.lineno} column {error.colno}."
        raise _malformed(detail) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _malformed(f"The key {key[:80]!a} is given twice in one object.")
        found[key] = value
    return found


def _constant(name: str) -> None:
    raise _malformed(f"{name} is not JSON: leave the value out, or give a number.")


def _whole(digits: str) -> int:
    """Long digits are not worth the quadratic time: they are too large, whatever they are."""
    return int(digits) if len(digits) <= len(str(_LARGEST)) + 1 else _LARGEST + 1


def _unusable(value: Any, path: str) -> Iterator[tuple[str, list[str]]]:
    """The places of numbers out of range and of texts with half characters."""
    match value:
        case str() if _HALF.search(value):
            yield path or "body", ["must not contain half characters (lone surrogates)"]
        case int() if abs(value) > _LARGEST:
            yield path or "body", [f"must be from -{_LARGEST} to {_LARGEST}"]
        case float() if abs(value) == float("inf"):
            yield path or "body", ["is too large a number"]
        case dict():
            for key, inner in value.items():
                if _HALF.search(key):
                    yield path or "body", ["has a key with half characters (lone surrogates)"]
                else:
                    yield from _unusable(inner, f"{path}.{key}" if path else key)
        case list():
            for index, inner in enumerate(value):
                yield from _unusable(inner, f"{path}[{index}]")
        case _:
            return
