# ruff: noqa: D101, D102 - the samples below lack things on purpose
"""The checks for plugins find what pluggy lets pass."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

import attrs
import pytest
from annotated_types import MaxLen
from tests.sample_kinds import Gathered, Plain

from cypn_core.domain.constraints import Code, Note, Shown
from cypn_core.domain.postings import Need, Noted
from cypn_core.domain.region import Region
from cypn_core.exchange import Exchange
from cypn_core.hooks import hookimpl
from cypn_core.matching.rules import Rule
from cypn_core.testing.conformance import complaints, kind_complaints


class Good:
    """Answers as asked, with narrower types and fewer arguments."""

    @hookimpl
    def cypn_exchange(self) -> Exchange:
        raise NotImplementedError

    @hookimpl
    def cypn_rules(self, exchange: str) -> list[Rule] | None:
        return None

    def helper(self, anything: object) -> object:
        return anything


class Bad:
    """Strays in each way there is."""

    @hookimpl
    def cypn_rules(self, exchange: int, region: Region) -> Iterable[Rule]:
        return []

    @hookimpl
    def cypn_region(self) -> str:
        return ""

    @hookimpl
    def cypn_exchange(self, colour: str) -> Exchange | None:
        return None

    @hookimpl
    def cypn_objections(self, exchange: str) -> list[int]:
        return []

    @hookimpl
    def cypn_heard(self, event):
        return None

    @hookimpl
    def cypn_unheard_of(self) -> None:
        return None


def test_a_good_plugin_has_no_complaints():
    """Narrower answers and left-out arguments are fine; what is no hook is nobody's business."""
    assert complaints(Good()) == []


@pytest.mark.parametrize(
    "said",
    [
        "cypn_rules: exchange is <class 'str'>, not <class 'int'>",
        "cypn_region: returns",
        "cypn_exchange: colour is not among its arguments (it has none)",
        "cypn_objections: returns",
        "cypn_heard: event is",
        "cypn_unheard_of: there is no such hook",
    ],
)
def test_each_way_to_stray_is_told(said: str):
    """Types of arguments and answers count, as do names."""
    assert any(found.startswith(said) for found in complaints(Bad()))


@attrs.frozen
class Person:
    """Has a text of its own."""

    called: str = ""


@attrs.frozen(kw_only=True)
class Leaky(Need):
    """Has text that strangers would read."""

    kind: ClassVar[str] = "leaky"

    story: str
    lines: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    limited: Annotated[str, MaxLen(3)] = ""
    code: Code = "fine"
    remark: Note = ""
    covered: Annotated[tuple[str, ...], Shown.OWNER] = ()


@attrs.frozen
class Odd(Need):
    kind: ClassVar[str] = "odd"

    amount: float = 0.0


@attrs.frozen
class Untagged(Need):
    """Declares no kind."""


def test_bare_text_is_refused():
    """A length alone protects nobody: text needs a mark or a pattern, wherever it stands."""
    found = [said.split(":")[0] for said in kind_complaints(Leaky)]
    assert found == ["Leaky.story", "Leaky.lines[]", "Leaky.people[].called", "Leaky.limited"]


def test_what_else_a_kind_needs():
    """A docstring, a tag, and types that have a form on the wire."""
    docless, unsupported = kind_complaints(Odd)
    assert "no docstring" in docless
    assert unsupported.startswith("Odd.amount:")
    (untagged,) = kind_complaints(Untagged)
    assert "no kind" in untagged


@pytest.mark.parametrize("cls", [Plain, Noted])
def test_good_kinds_have_no_complaints(cls: type[Any]):
    """Kinds whose every text is marked or held to a pattern pass."""
    assert kind_complaints(cls) == []


def test_a_new_type_over_text_is_still_text():
    """Another name for a text does not hide what a person wrote."""
    assert [said.split(":")[0] for said in kind_complaints(Gathered)] == ["Gathered.labels[]"]
