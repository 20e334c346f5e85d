"""The book of a deal that its seekers put together, as its exchange shows it: lines for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from cypn_core.domain.shapes import Form, Shape, fields_of
from cypn_site.telling.deals import When
from cypn_site.telling.values import Fact, Words, facts

Json = Mapping[str, Any]


@frozen(kw_only=True)
class Entry:
    """One field of a book: what it says, or for a list of things the facts of each of them."""

    label: str
    text: str = ""
    rows: Sequence[Sequence[Fact]] = ()


def entries(kind: type[Any], book: Json, words: Words, when: When) -> list[Entry]:
    """What *book*, a value of *kind* as JSON clients get it, says beyond its defaults.

    >>> from attrs import frozen
    >>> from cypn_site.language import languages
    >>> class Pot:
    ...     left_pence: int
    >>> words = Words(words={"label.left_pence": "Left"}, language=languages()["en"])
    >>> [(each.label, each.text) for each in entries(frozen(Pot), {"left_pence": 250}, words, str)]
    [('Left', '£2.50')]
    """
    shapes = fields_of(kind)
    told = _facts(kind, book, words, when, "")
    return [_entry(fact, shapes[fact.field], book[fact.field], words, when) for fact in told]


def _entry(fact: Fact, shape: Shape, value: Any, words: Words, when: When) -> Entry:
    inner = shape.inner
    if shape.form is not Form.LIST or inner is None or inner.form is not Form.OBJECT:
        return Entry(label=fact.label, text=fact.text)
    rows = [_facts(inner.base, each, words, when, f"{fact.field}.") for each in value]
    return Entry(label=fact.label, rows=rows)


def _facts(kind: type[Any], body: Json, words: Words, when: When, inside: str) -> list[Fact]:
    """The facts of *body*; a label may name the field by its path, for which *inside* begins it."""
    shapes = fields_of(kind)
    return [
        Fact(
            field=each.field,
            label=_label(each, words, inside),
            text=when(body[each.field]) if _instant(shapes[each.field]) else each.text,
        )
        for each in facts(kind, body, words, frozenset())
    ]


def _instant(shape: Shape) -> bool:
    return shape.form is Form.INSTANT


def _label(fact: Fact, words: Words, inside: str) -> str:
    path = f"{inside}{fact.field}"
    return words.label(path) if f"label.{path}" in words.words else fact.label
