"""What evidence says, in the reader's language: areas, kinds, times, and what groups want."""

from __future__ import annotations

import datetime as dt
from typing import Any

from attrs import frozen
from babel.dates import format_skeleton, get_day_names

from cypn_core.application.demand import ANY_TIME
from cypn_core.hub import Hub
from cypn_site.language import Language, marked
from cypn_site.telling.values import Words

Json = dict[str, Any]

PLAIN = (
    marked("nothing"),
    marked("up to 10 hours"),
    marked("10 to 40 hours"),
    marked("more than 40 hours"),
    marked("not by the hour"),
    marked("the same day"),
    marked("1 to 3 days"),
    marked("4 to 7 days"),
    marked("more than a week"),
    marked("no answer"),
    marked("weekday morning"),
    marked("weekday afternoon"),
    marked("weekday evening"),
    marked("weekend"),
    marked("any time"),
    marked("the whole region"),
)
"""What the reports say in English, for those who translate."""
WHEN = {
    "weekday morning": (marked("on weekday mornings"), marked("on %(day)s mornings")),
    "weekday afternoon": (marked("on weekday afternoons"), marked("on %(day)s afternoons")),
    "weekday evening": (marked("on weekday evenings"), marked("on %(day)s evenings")),
    "weekend": (marked("at weekends"), marked("on %(day)ss")),
}
"""For each time of the week, how it is said without a day and with one."""


@frozen
class Wording:
    """The words of a hub in one language."""

    hub: Hub
    language: Language

    def plain(self, said: str) -> str:
        """One of `PLAIN`, or the name of an area, which stays as it is."""
        return self.language.gettext(said)

    def exchange(self, name: str) -> str:
        """The title of an exchange, or its code made readable where it is not installed."""
        known = self.hub.exchanges.get(name)
        return self.language.gettext(known.title) if known else self.thing(name, name).capitalize()

    def thing(self, exchange: str, category: str) -> str:
        """What is wanted or given, in the exchange's own words."""
        known = self.hub.exchanges.get(exchange)
        return Words(words=known.words if known else {}, language=self.language).of(category)

    def small(self, least: str) -> str:
        """What is said in the place of a withheld count, such as ``fewer than 3``."""
        return self.language.gettext("fewer than %(least)s", least=least.rpartition(" ")[2])

    def month(self, first: str) -> str:
        """A month by its first day, such as ``October 2026``."""
        return self.language.month(dt.date.fromisoformat(first))

    def quarter(self, first: str) -> str:
        """A quarter by its first day, such as ``Jul to Sept 2026``."""
        start = dt.date.fromisoformat(first)
        end = start.replace(month=start.month + 2)
        locale = self.language.locale
        return self.language.gettext(
            "%(first)s to %(last)s",
            first=format_skeleton("MMM", start, locale=locale),
            last=format_skeleton("yMMM", end, locale=locale),
        )

    def times(self, row: Json) -> str:
        """The times of a row with their counts."""
        told = [f"{self.plain(time)}: {count}" for time, count in row["times"].items()]
        return "; ".join(told) if set(row["times"]) - {ANY_TIME} else ""

    def by_the_hour(self, row: Json) -> bool:
        """Whether a row's hours say anything: those of what is wanted day and night do not."""
        return set(row["times"]) != {ANY_TIME}

    def wanted(self, row: Json) -> str:
        """What to ask for because of a row whose count is told.

        Such as ``4 groups want storage in Weston, on Tuesday afternoons, about 16 hours a week``.
        """
        asked = row.get("ask") or {"groups": row["groups"], "time": None, "hours_a_week": None}
        said = self.language.ngettext(
            "%(num)s group wants %(thing)s in %(area)s",
            "%(num)s groups want %(thing)s in %(area)s",
            asked["groups"],
            thing=self.thing(row["exchange"], row["category"]),
            area=self.plain(row["area"]),
        )
        return ", ".join([said, *self._when(asked)])

    def _when(self, asked: Json) -> list[str]:
        if asked["time"] is None:
            return []
        without, with_day = WHEN[asked["time"]]
        day = asked["weekday"]
        names = get_day_names("wide", locale=self.language.locale)
        plain = self.language.gettext
        said = plain(without) if day is None else plain(with_day, day=names[day])
        hours = asked["hours_a_week"]
        if hours is None:
            return [said]
        about = self.language.ngettext(
            "about %(num)s hour a week", "about %(num)s hours a week", hours
        )
        return [said, about]
