"""What the templates of forms ask for: choices that a widget makes up, and the rows of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from cypn_site.forms.asked import Choice, Question
from cypn_site.forms.reading import Sent, rows
from cypn_site.forms.scalars import NO, YES
from cypn_site.forms.schedules import KEPT, REPEATS
from cypn_site.language import marked

_WEEKDAYS: Final = (
    ("MO", marked("Monday")),
    ("TU", marked("Tuesday")),
    ("WE", marked("Wednesday")),
    ("TH", marked("Thursday")),
    ("FR", marked("Friday")),
    ("SA", marked("Saturday")),
    ("SU", marked("Sunday")),
)


def helpers(rule_said: Callable[[str], str]) -> Mapping[str, Any]:
    """The functions that ``parts/fields.html`` calls; *rule_said* tells a rule in words."""
    return {
        "calendars": calendars,
        "repeats": lambda rule: repeats(rule, rule_said),
        "shown_rows": shown_rows,
        "truths": truths,
        "weekdays": lambda: [Choice(code, code, name) for code, name in _WEEKDAYS],
    }


def truths(question: Question) -> list[Choice]:
    """Yes and no."""
    return [Choice(YES, YES, marked("Yes")), Choice(NO, NO, marked("No"))]


def repeats(rule: str, rule_said: Callable[[str], str]) -> list[Choice]:
    """How often; a rule that the form cannot say can be kept as it is."""
    known = [Choice(code, code, text) for code, text in REPEATS]
    return [Choice(KEPT, KEPT, rule_said(rule)), *known] if rule else known


def calendars(question: Question, kept: Iterable[str]) -> list[Choice]:
    """The calendars to choose from, and those that are chosen already though they are over."""
    offered = question.choices if question.is_open else question.calendars
    known = {each.sent for each in offered}
    more = dict.fromkeys(code for code in kept if code not in known)
    return [*offered, *(Choice(each, each, each) for each in more)]


def shown_rows(form: Sent, at: str) -> list[int]:
    """The rows of a list that a page shows: those that it has, and an empty one if there is none.

    >>> shown_rows(Sent({"hours[3].starts": "10:00"}), "hours"), shown_rows(Sent(), "hours")
    ([3], [0])
    """
    return rows(form, at) or [0]


def with_row(form: Sent, at: str) -> Sent:
    """*form* with one more empty row of the list *at*.

    >>> shown_rows(with_row(Sent({"hours[3].starts": "10:00"}), "hours"), "hours")
    [3, 4]
    """
    more = Sent(form)
    more[f"{at}[{shown_rows(form, at)[-1] + 1}]"] = ""
    return more


def without_row(form: Sent, row: str) -> Sent:
    """*form* without anything of *row*, which is a path such as ``hours[3]``.

    >>> dict(without_row(Sent({"hours[3].starts": "10:00", "note": "x"}), "hours[3]"))
    {'note': 'x'}
    """
    pairs = form.items(multi=True)
    return Sent([(name, said) for name, said in pairs if not name.startswith(row)])
