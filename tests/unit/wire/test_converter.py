"""The trusted path coerces nothing and tells kinds by their tag."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from enum import StrEnum
from typing import Any

import attrs
import pytest
from cattrs.errors import ForbiddenExtraKeysError
from tests.sample_kinds import KINDS, Body, Colour, Gathered, Plain, Size, Span

from cypn_core.wire.converter import converter_for

CONVERTER = converter_for(KINDS)
SPAN = Span(dt.date(2027, 1, 1), dt.date(2027, 1, 2))
PLAIN = Plain(
    headcount=3, when=SPAN, score=Decimal("1.50"), seen=dt.datetime(2027, 7, 1, tzinfo=dt.UTC)
)


@attrs.frozen
class Kept:
    """An envelope, as the store keeps one."""

    id: str
    body: Body
    other: Plain | None = None


@attrs.frozen
class Other:
    """A second base, of which no kind is installed."""


@attrs.frozen
class Choice:
    """Holds a body of either base, or of none."""

    body: Body | Other
    maybe: Body | None = None


class Shade(StrEnum):
    """A text that is also an Enum."""

    DARK = "dark"


@attrs.frozen
class Tinted:
    """Holds one."""

    shade: Shade


class Odd:
    """No class that a reader knows."""


def test_the_written_form_is_the_documented_one():
    """Dates are ISO, instants UTC with Z, exact numbers texts, and a body bears its tag."""
    assert CONVERTER.write(PLAIN) == {
        "kind": "plain",
        "note": "",
        "headcount": 3,
        "when": {"starts": "2027-01-01", "ends": "2027-01-02", "at": "09:00"},
        "name": None,
        "budget_pence": None,
        "score": "1.50",
        "seen": "2027-07-01T00:00:00Z",
        "whole": 0,
        "sure": False,
        "manner": "walk",
    }


def test_sets_are_written_in_order():
    """The members of a set come in the order of their wire values, whatever the hash."""
    written = CONVERTER.write(
        Gathered(spans=(SPAN,), colours=frozenset(Colour), sizes=frozenset(Size))
    )
    assert written["colours"] == ["blue", "red"]
    assert written["sizes"] == [1, 10]


def test_an_envelope_keeps_the_kind_of_its_body():
    """A field typed with the base class comes back as the kind that went in."""
    kept = Kept("x", PLAIN)
    assert CONVERTER.loads(CONVERTER.dumps(kept), Kept) == kept


@pytest.mark.parametrize("maybe", [None, PLAIN])
def test_a_choice_of_bases_keeps_the_kind(maybe: Plain | None):
    """A body under either base is told by its tag, also where nothing specialises the other."""
    kept = Choice(PLAIN, maybe)
    assert CONVERTER.loads(CONVERTER.dumps(kept), Choice) == kept


def test_an_enum_that_is_a_text_stays_an_enum():
    """Strict reading of texts does not swallow a StrEnum."""
    read = CONVERTER.loads(CONVERTER.dumps(Tinted(Shade.DARK)), Tinted)
    assert type(read.shade) is Shade


@pytest.mark.parametrize(
    "wrong",
    [
        {"headcount": "5"},
        {"headcount": True},
        {"headcount": 5.0},
        {"sure": 1},
        {"sure": "yes"},
        {"note": 5},
        {"seen": "2027-07-01T00:00:00"},
        {"score": 1.5},
        {"manner": "fly"},
        {"when": {"starts": "20270101", "ends": "2027-01-02"}},
        {"kind": "gathered"},
        {"headcount": 0},
    ],
)
def test_nothing_is_coerced(wrong: dict[str, Any]):
    """What was not written by us is refused, not bent until it fits."""
    with pytest.raises(ValueError, match=r"must|this is no"):
        CONVERTER.read({**CONVERTER.write(PLAIN), **wrong}, Plain)


def test_unknown_keys_are_refused():
    """A key that the class does not have is an error."""
    with pytest.raises(ForbiddenExtraKeysError):
        CONVERTER.read({**CONVERTER.write(PLAIN), "colour": "red"}, Plain)


def test_a_text_is_no_list():
    """A text where a list is due is not taken letter by letter."""
    written = {**CONVERTER.write(Gathered(spans=(SPAN,))), "codes": "abc"}
    with pytest.raises(ValueError, match="no list"):
        CONVERTER.read(written, Gathered)


def test_a_kind_that_is_not_installed_is_refused():
    """The registry is explicit: a subclass that nobody registered is unknown."""
    only_plain = converter_for({"plain": Plain})
    written = json.loads(CONVERTER.dumps(Gathered(spans=(SPAN,))))
    with pytest.raises(ValueError, match="no kind that is installed"):
        only_plain.read(written, Body)


def test_a_naive_instant_is_not_written():
    """A datetime without zone is refused rather than guessed."""
    naive = attrs.evolve(PLAIN, seen=dt.datetime(2027, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        CONVERTER.write(naive)


@pytest.mark.parametrize("hint", [Odd, float, int | str, tuple[int, str], Decimal, dt.timedelta])
def test_an_unsupported_type_is_named_when_the_kind_is_registered(hint: Any):
    """The refusal names class and field, before any value was read."""
    strange = attrs.make_class("Strange", {"thing": attrs.field(type=hint)})
    with pytest.raises(TypeError, match=r"Strange\.thing"):
        converter_for({"strange": strange})
