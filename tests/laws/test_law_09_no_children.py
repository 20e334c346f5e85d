"""Law 9: no personal data of children enters; counts, bands and access needs do."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import fields_dict
from hypothesis import given
from hypothesis import strategies as st
from tests.networks import KINDS, bodies

from cypn_core.domain.constraints import Pattern, PlaceName, Shown, limits
from cypn_core.domain.errors import Invalid
from cypn_core.domain.postings import Noted
from cypn_core.domain.shapes import Form, Shape, fields_of
from cypn_core.testing.conformance import kind_complaints
from cypn_core.testing.strategies import strategy_for
from cypn_core.web.schemas import load
from cypn_core.wire.converter import converter_for

CONVERTER = converter_for(KINDS)
OF_A_PERSON = re.compile(
    r"name|birth|dob|allerg|medic|diagnos|condition|health|ethnic|religio|gender|pupil|parent|"
    r"guardian|photo|phone|email|nhs|passport"
)
"""What a field about one child would be called."""
OF_AN_ADULT = {"medical_at_70", "named_listing"}
"""A driver's licence renewed with a medical, and a holder's wish to be listed by name."""
TEXT_FIELDS = {"place", "note", "destination"}
"""Where text can be typed: a place, which must be one that the region knows, and a sealed note."""

every_kind = pytest.mark.parametrize("cls", KINDS.values(), ids=lambda cls: cls.kind)


def _inside(shape: Shape, path: str) -> Iterator[tuple[str, Shape]]:
    """Every field below *shape* with its path."""
    yield path, shape
    if shape.form is Form.OBJECT:
        for name, inner in fields_of(shape.base).items():
            yield from _inside(inner, f"{path}.{name}")
    for part in (shape.keys, shape.inner):
        if part is not None:
            yield from _inside(part, path)


def _fields(cls: type[Any]) -> list[tuple[str, Shape]]:
    return [each for name, shape in fields_of(cls).items() for each in _inside(shape, name)]


@every_kind
def test_law_09_no_kind_has_bare_text(cls: type[Any]) -> None:
    """Where a person can type, it is marked as hidden or held to a pattern."""
    assert kind_complaints(cls) == []


@every_kind
def test_law_09_text_can_be_typed_in_few_fields(cls: type[Any]) -> None:
    """A place and a sealed note; all other text is a code, a wall time or a rule of dates."""
    free = {
        path
        for path, shape in _fields(cls)
        if shape.form is Form.TEXT
        and not any(isinstance(mark, Pattern) for mark in shape.marks)
        and not path.endswith("rrule")
    }
    assert free <= TEXT_FIELDS
    assert all(mark in limits(PlaceName) for mark in (Shown.COARSE,))


@every_kind
def test_law_09_no_field_is_called_after_what_is_known_of_one_child(cls: type[Any]) -> None:
    """No name, birthday, condition or contact; counts and bands only."""
    last = {path.rsplit(".")[-1] for path, _ in _fields(cls)} - OF_AN_ADULT
    assert [name for name in sorted(last) if OF_A_PERSON.search(name)] == []


@every_kind
def test_law_09_ages_are_bands_and_counts_are_limited(cls: type[Any]) -> None:
    """An age or a number of children is never an open number, and a date never a birthday."""
    for path, shape in _fields(cls):
        if re.search(r"(^|_)ages?(_|$)", path):
            assert shape.form in {Form.CHOICE, Form.SET}, path
        if "child" in path and shape.form is not Form.OBJECT:  # its own fields come after it
            assert shape.form in {Form.WHOLE, Form.CHOICE}, path


STRANGE = st.sampled_from(
    ["children_names", "names", "date_of_birth", "child", "medical", "allergies", "pupils", "photo"]
) | st.from_regex(r"child_[a-z]{1,12}", fullmatch=True)


@every_kind
@given(data=st.data(), field=STRANGE)
def test_law_09_what_is_not_declared_is_refused(
    cls: type[Any], data: st.DataObject, field: str
) -> None:
    """A list of names does not slip in beside what is asked for: the field is named and refused."""
    body = data.draw(strategy_for(Noted) if cls is Noted else bodies(cls))
    sent = CONVERTER.write(body)
    assert load(cls, sent) == body
    with pytest.raises(Invalid) as refused:
        load(cls, {**sent, field: ["Robin", str(dt.date(2018, 5, 1))]})
    assert list(refused.value.fields) == [field]
    assert field not in fields_dict(cls)
