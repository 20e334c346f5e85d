"""Bodies are read strictly and quickly, or refused with a problem."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from cypn_core.web.bodies import MAX_BYTES, read_json
from cypn_core.web.problems import Problem, Refused

JSON = "application/json"


@pytest.fixture(autouse=True)
def _quickly() -> Iterator[None]:
    """No body of the permitted size may hang us."""
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < 5


def refusal(raw: bytes, content_type: str | None = JSON) -> Problem:
    with pytest.raises(Refused) as refused:
        read_json(raw, content_type)
    return refused.value.problem


@pytest.mark.parametrize(
    "content_type", [JSON, "application/json; charset=UTF-8", "application/merge-patch+json"]
)
def test_json_is_read(content_type: str):
    """Every JSON media type in UTF-8 is read."""
    assert read_json('{"a": ["ü", 1, true, null]}'.encode(), content_type) == {
        "a": ["ü", 1, True, None]
    }


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "text/json",
    ],
)
def test_other_content_types_are_refused(content_type: str | None):
    """Forms above all: a page elsewhere can send those without asking."""
    assert refusal(b"{}", content_type).status == 415


def test_a_large_body_is_refused():
    """A body of 10 MB is 413, whatever is in it."""
    assert refusal(b'"' + b"a" * 10_000_000 + b'"').status == 413


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b'{"a": "\xff"}', "not UTF-8 from byte 7"),
        (b'\xef\xbb\xbf{"a": 1}', "not JSON"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": -Infinity}', "-Infinity is not JSON"),
        (b'{"a": 1, "a": 2}', "'a' is given twice"),
        (b'{"b": {"a": 1, "a": 1}}', "'a' is given twice"),
        (b'{"a": 1', "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": 1} {}', "not JSON"),
        (b'{"a": "\x00"}', "not JSON"),
        (b"[" * 100_000 + b"]" * 100_000, "deeper than 64"),
        (b'{"a":' * 40_000, "deeper than 64"),
        (b'["\\"' * 50_000, "not JSON"),
        (b'"' + b"\\" * (MAX_BYTES - 1), "not JSON"),
    ],
)
def test_what_is_not_json_is_refused(raw: bytes, said: str):
    """400 with a sentence on what is wrong."""
    problem = refusal(raw)
    assert problem.status == 400
    assert said in problem.detail


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b'{"a": {"b": [1, 9223372036854775808]}}', "a.b[1]"),
        (b'{"a": -9223372036854775809}', "a"),
        (b'{"a": ' + b"9" * 200_000 + b"}", "a"),
        (b'{"a": 1e400}', "a"),
        (b'{"a": ["\\ud800"]}', "a[0]"),
        (b'{"\\udfff": 1}', "body"),
        (b'"\\ud800"', "body"),
    ],
)
def test_values_that_cannot_be_kept_are_named(raw: bytes, field: str):
    """400 naming the place of the value."""
    problem = refusal(raw)
    assert problem.status == 400
    assert list(problem.fields) == [field]


def test_brackets_in_texts_are_no_depth():
    """Only real nesting counts."""
    text = '["{' * 100 + '\\"'
    assert read_json(json.dumps({"a": text}).encode(), JSON) == {"a": text}


def test_64_levels_are_read():
    """The limit itself is allowed."""
    assert read_json(b"[" * 64 + b"]" * 64, JSON)


def test_a_whole_surrogate_pair_is_a_character():
    """An emoji written as an escaped pair is fine."""
    assert read_json(b'"\\ud83d\\ude00"', JSON) == "\U0001f600"
