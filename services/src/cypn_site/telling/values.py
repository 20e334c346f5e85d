"""The fields of a body as facts that a person reads, from its declaration and plain words.

A body is what JSON clients get, so that whatever is masked there is masked here too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
from attrs import frozen

from cypn_core.domain.shapes import TAG, Form, Shape, fields_of
from cypn_core.domain.times import Schedule
from cypn_site.language import Language
from cypn_site.telling.schedules import schedule

Json = Mapping[str, Any]
UNITS = {"km": "km", "m2": "m²", "minutes": "min", "hours": "h", "months": "months", "kg": "kg"}
"""What the last word of a field's name says of its number."""
LONG_TEXT = 500


@frozen(kw_only=True)
class Words:
    """Plain words of one exchange, in one language."""

    words: Mapping[str, str]
    language: Language

    def of(self, code: str) -> str:
        """*code* in plain words; one that nobody described is made readable.

        >>> from cypn_site.language import languages
        >>> Words(words={"wifi": "Wi-Fi"}, language=languages()["en"]).of("step_free")
        'step free'
        """
        known = self.words.get(code)
        return self.language.gettext(known) if known else code.replace("_", " ").replace("-", " ")

    def label(self, name: str) -> str:
        """A field's name as the head of a line: its ``label.`` word, or the name made readable."""
        known = self.words.get(f"label.{name}")
        if known:
            return self.language.gettext(known)
        parts = [part for part in name.split("_") if part not in UNITS and part != "pence"]
        plain = " ".join(parts or [name]).capitalize()
        return self.language.gettext(plain)


@frozen(kw_only=True)
class Fact:
    """One line about a thing: its field, the label of that, and what it says."""

    field: str
    label: str
    text: str


def facts(kind: type[Any], body: Json, words: Words, leave_out: frozenset[str]) -> list[Fact]:
    """What *body*, of *kind*, says beyond its defaults; without the fields of *leave_out*."""
    return list(_facts(kind, body, words, leave_out))


def _facts(kind: type[Any], body: Json, words: Words, leave_out: frozenset[str]) -> Iterator[Fact]:
    defaults = {field.name: field.default for field in attrs.fields(kind)}
    for name, shape in fields_of(kind).items():
        value = body.get(name)
        if name in leave_out or value in (None, "", [], {}) or value == _plain(defaults[name]):
            continue
        if text := said(name, shape, value, words):
            yield Fact(field=name, label=words.label(name), text=text)


def _plain(default: Any) -> Any:
    """As clients get it. That there is none is an enum of attrs, whose value is the number 1."""
    return default if default is attrs.NOTHING else getattr(default, "value", default)


def said(name: str, shape: Shape, value: Any, words: Words) -> str:
    """One value of the field *name* in plain words."""
    if value is None:
        return words.language.gettext("not said")
    return _TOLD[shape.form](name, shape, value, words)


def _text(_name: str, _shape: Shape, value: Any, words: Words) -> str:
    known = words.words.get(value)
    return words.language.gettext(known) if known else str(value)


def _whole(name: str, _shape: Shape, value: Any, words: Words) -> str:
    last = name.rpartition("_")[2]
    if last == "pence":
        return words.language.pounds(value)
    number = words.language.number(value)
    return f"{number} {words.language.gettext(UNITS[last])}" if last in UNITS else number


def _truth(_name: str, _shape: Shape, value: Any, words: Words) -> str:
    return words.language.gettext("Yes") if value else words.language.gettext("No")


def _day(_name: str, _shape: Shape, value: Any, words: Words) -> str:
    return words.language.day(dt.date.fromisoformat(value))


def _code(_name: str, _shape: Shape, value: Any, words: Words) -> str:
    return words.of(str(value))


def _object(_name: str, shape: Shape, value: Any, words: Words) -> str:
    if shape.base is Schedule:
        return schedule(value, words.language, words.of)
    inside = fields_of(shape.base)
    return ", ".join(
        _part(fact, inside[fact.field], words)
        for fact in facts(shape.base, value, words, frozenset({TAG}))
    )


def _part(fact: Fact, shape: Shape, words: Words) -> str:
    """One field of an object: a code, and an amount named by nothing else, say it themselves."""
    bare = shape.form is Form.WHOLE and fact.field in {"pence", *UNITS}
    if (bare or shape.form is Form.CHOICE) and f"label.{fact.field}" not in words.words:
        return fact.text
    return f"{fact.label.lower()}: {fact.text}"


def _many(name: str, shape: Shape, value: Any, words: Words) -> str:
    inner = shape.inner
    if inner is None:
        return ""
    joint = "; " if inner.form is Form.OBJECT else ", "
    return joint.join(said(name, inner, each, words) for each in value)


def _table(name: str, shape: Shape, value: Any, words: Words) -> str:
    inner = shape.inner
    if inner is None:
        return ""
    told = (f"{words.of(key)}: {said(name, inner, each, words)}" for key, each in value.items())
    return ", ".join(told)


_TOLD: Mapping[Form, Callable[[str, Shape, Any, Words], str]] = {
    Form.TEXT: _text,
    Form.WHOLE: _whole,
    Form.TRUTH: _truth,
    Form.DAY: _day,
    Form.INSTANT: _text,
    Form.EXACT: _text,
    Form.CHOICE: _code,
    Form.OBJECT: _object,
    Form.LIST: _many,
    Form.SET: _many,
    Form.TABLE: _table,
}
