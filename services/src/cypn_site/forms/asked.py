"""Questions: how each field of a kind is asked for.

>>> from cypn_core.domain.times import DateSpan
>>> [(each.name, each.widget.value) for each in parts_of(DateSpan, Wording())]
[('first', 'day'), ('last', 'day')]
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

import attrs
from annotated_types import MaxLen
from attrs import field, frozen

from cypn_core.domain.constraints import Pattern, Shown, WallTime, limits
from cypn_core.domain.region import Region
from cypn_core.domain.shapes import Form, Shape, fields_of
from cypn_core.domain.times import Calendar, Schedule
from cypn_core.wire.converter import converter_for
from cypn_site.forms.wording import Wording

_TIME: Final = limits(WallTime)[0]
_LONG: Final = 120
"""A text that may be longer has an area of its own."""
_RADIOS: Final = 8
"""More choices than this go into a list to select from."""
_AHEAD: Final = 550
"""So many days before it begins a calendar is offered."""
_PLAIN = converter_for({})
NOTHING: Final = attrs.NOTHING


class Widget(Enum):
    """What a question looks like on the page."""

    TEXT = "text"
    AREA = "area"
    PLACE = "place"
    WHOLE = "whole"
    POUNDS = "pounds"
    EXACT = "exact"
    INSTANT = "instant"
    TRUTH = "truth"
    DAY = "day"
    TIME = "time"
    RADIOS = "radios"
    SELECT = "select"
    CHECKS = "checks"
    LINES = "lines"
    """Short values, one a line."""
    OBJECT = "object"
    SCHEDULE = "schedule"
    ROWS = "rows"
    TABLE = "table"


@frozen
class Choice:
    """One answer to choose: what is sent, what it means in JSON, and its words."""

    sent: str
    value: str | int
    text: str


@frozen(kw_only=True)
class Question:
    """How one field is asked for.

    *parts* are those of an object; *member* is that of each row, line or entry. *default* is the
    JSON value that counts when nothing is said; ``attrs.NOTHING`` where there is none.
    """

    name: str
    label: str
    widget: Widget
    shape: Shape
    hint: str = ""
    group: str = ""
    default: Any = NOTHING
    choices: tuple[Choice, ...] = ()
    parts: tuple[Question, ...] = ()
    member: Question | None = None
    is_open: bool = False
    """Whether an answer may stay that is not among the choices, such as a calendar that is over."""
    places: tuple[str, ...] = field(default=(), repr=False)
    calendars: tuple[Choice, ...] = field(default=(), repr=False)

    @property
    def required(self) -> bool:
        """Whether it must be answered."""
        return self.default is NOTHING

    @property
    def optional(self) -> bool:
        """Whether it may stay unanswered, as null."""
        return self.shape.optional


def questions(
    kind: type[Any], words: Mapping[str, str], region: Region, today: dt.date | None = None
) -> tuple[Question, ...]:
    """A question for each field of *kind*, those that must be answered first.

    *words* gives questions, hints and choices their texts (see ``docs/hooks.md``). Of the region's
    calendars those are offered that are near *today*.
    """
    wording = Wording(
        words=words,
        kind=str(getattr(kind, "kind", "")),
        places=tuple(sorted(place.name for place in region.places if place.inside)),
        calendars=tuple(
            (each.code, each.name)
            for each in region.calendars.values()
            if today is None or _is_near(each, today)
        ),
    )
    found = parts_of(kind, wording)
    return tuple(sorted(found, key=lambda each: not each.required))


def _is_near(calendar: Calendar, today: dt.date) -> bool:
    """Whether it is not over, and begins within a year and a half."""
    soon = today + dt.timedelta(days=_AHEAD)
    return bool(calendar.spans) and calendar.last >= today and calendar.first <= soon


def parts_of(cls: type[Any], wording: Wording, path: str = "") -> tuple[Question, ...]:
    """The questions for the fields of *cls* in their order; *path* is where it stands."""
    defaults = {each.name: each.default for each in attrs.fields(cls)}
    below = f"{path}." if path else ""
    return tuple(
        _question(name, shape, wording, f"{below}{name}", _json(cls, name, defaults[name]))
        for name, shape in fields_of(cls).items()
    )


def _json(cls: type[Any], name: str, default: Any) -> Any:
    """A default as JSON."""
    if default is NOTHING:
        return NOTHING
    value = default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type]
    if value is None:
        return None
    shape = fields_of(cls)[name]
    if shape.form is Form.SET:
        return sorted(getattr(each, "value", each) for each in value)
    return (
        [_PLAIN.write(each) for each in value] if shape.form is Form.LIST else _PLAIN.write(value)
    )


def _question(name: str, shape: Shape, wording: Wording, path: str, default: Any) -> Question:
    by_calendar = wording.chooses_calendars(path) and widget_of(name, shape) is Widget.LINES
    widget = Widget.CHECKS if by_calendar else widget_of(name, shape)
    return Question(
        name=name,
        label=wording.label(path),
        hint=wording.hint(path),
        group=wording.group(path),
        widget=widget,
        shape=shape,
        default=default,
        choices=_calendars(wording) if by_calendar else _choices(shape, wording),
        is_open=by_calendar,
        parts=parts_of(shape.base, wording, path) if widget is Widget.OBJECT else (),
        member=_member(name, shape, wording, path, widget),
        places=wording.places if widget is Widget.PLACE else (),
        calendars=_calendars(wording) if widget is Widget.SCHEDULE else (),
    )


def _member(
    name: str, shape: Shape, wording: Wording, path: str, widget: Widget
) -> Question | None:
    if shape.inner is None or widget is Widget.CHECKS:
        return None
    return _question(name, shape.inner, wording, path, NOTHING)


def _choices(shape: Shape, wording: Wording) -> tuple[Choice, ...]:
    of = shape if shape.inner is None else shape.inner
    return tuple(Choice(str(each), each, wording.code(str(each))) for each in of.choices)


def _calendars(wording: Wording) -> tuple[Choice, ...]:
    return tuple(Choice(code, code, name) for code, name in wording.calendars)


def widget_of(name: str, shape: Shape) -> Widget:
    """What a value of *shape* is asked for with.

    A whole number whose name ends in ``pence`` is an amount of money, asked for in pounds.
    """
    match shape.form:
        case Form.TEXT:
            return _text_widget(shape)
        case Form.WHOLE:
            return Widget.POUNDS if name.rpartition("_")[2] == "pence" else Widget.WHOLE
        case Form.CHOICE:
            return Widget.RADIOS if len(shape.choices) <= _RADIOS else Widget.SELECT
        case Form.OBJECT:
            return Widget.SCHEDULE if shape.base is Schedule else Widget.OBJECT
        case Form.LIST | Form.SET:
            return _many_widget(shape)
        case _:
            return Widget(shape.form.value)


def _text_widget(shape: Shape) -> Widget:
    if Shown.COARSE in shape.marks:
        return Widget.PLACE
    if _TIME in shape.marks:
        return Widget.TIME
    if _is_patterned(shape):
        return Widget.TEXT
    longest = min((m.max_length for m in shape.marks if isinstance(m, MaxLen)), default=None)
    short = longest is not None and longest <= _LONG
    return Widget.TEXT if short else Widget.AREA


def _many_widget(shape: Shape) -> Widget:
    inner = shape.inner
    if inner is None or inner.optional:
        return Widget.ROWS
    if shape.form is Form.SET and inner.form is Form.CHOICE:
        return Widget.CHECKS
    is_code = inner.form is Form.TEXT and _is_patterned(inner)
    short = is_code or inner.form in {Form.WHOLE, Form.DAY, Form.EXACT}
    return Widget.LINES if short else Widget.ROWS


def _is_patterned(shape: Shape) -> bool:
    return any(isinstance(mark, Pattern) for mark in shape.marks)
