"""What of a calendar file is worth reading: of its events and zones the properties about time.

All else, such as who comes and what for, is dropped before anything is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attrs import define, field, frozen

from cypn_core.domain.errors import Invalid

MOST_COMPONENTS: Final = 1000
DEEPEST: Final = 4
LONGEST: Final = 10_000
"""The most characters in one property that is read."""
_TIMES: Final = frozenset(
    {"UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"}
    | {"STATUS", "TRANSP"}
)
_ZONE: Final = frozenset(["TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"])
_NAME: Final = re.compile(r"([A-Za-z0-9-]+)[;:]")


@frozen
class Lines:
    """The *events*, each as its lines about time; the lines of all *zones*; how many are *others*.

    Both are unfolded, without the BEGIN and END of the event, with those of the zones.
    """

    events: tuple[tuple[str, ...], ...]
    zones: tuple[str, ...]
    others: int


def sieved(raw: bytes) -> Lines:
    """What is to be read of *raw*.

    :raises Invalid: when it is no calendar, or one too large, naming the component or property.
    """
    walk = _Walk()
    lines = list(_logical(_text(raw)))
    if not lines or lines[0].strip().upper() != "BEGIN:VCALENDAR":
        raise Invalid({"body": ["must be an iCalendar file: it begins with BEGIN:VCALENDAR"]})
    for line in lines:
        walk.read(line)
    if walk.within:
        raise Invalid({walk.within[-1]: ["has no END: the file is cut off, export it again"]})
    return Lines(tuple(map(tuple, walk.events)), tuple(walk.zones), walk.others)


def _text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = f"must be UTF-8, and is not from byte {error.start} on: export it as UTF-8"
        raise Invalid({"body": [said]}) from None
    if "\0" in text:
        raise Invalid({"body": ["must not hold the character NUL: export it again"]})
    return text


def _logical(text: str) -> Iterator[str]:
    """The lines as they were before they were folded."""
    whole = re.sub(r"(?:\r\n|\r|\n)[ \t]", "", text)
    return (line for line in re.split(r"\r\n|\r|\n", whole) if line.strip())


@define
class _Walk:
    events: list[list[str]] = field(factory=list)
    zones: list[str] = field(factory=list)
    others: int = 0
    within: list[str] = field(factory=list)
    _count: int = 0

    def read(self, line: str) -> None:
        found = _NAME.match(line)
        name = found[1].upper() if found else ""
        if name == "BEGIN":
            self._begin(line[6:].strip().upper()[:40])
        elif name == "END":
            self._end(line[4:].strip().upper()[:40])
        else:
            self._keep(name, line)

    def _begin(self, component: str) -> None:
        self._count += 1
        if self._count > MOST_COMPONENTS:
            said = f"is one component too many, {MOST_COMPONENTS} are read: export fewer months"
            raise Invalid({_named(component): [said]})
        if len(self.within) == DEEPEST or bool(self.within) is (component == "VCALENDAR"):
            raise Invalid({_named(component): ["must not stand here: export the calendar again"]})
        self.within.append(component)
        if len(self.within) == 2 and component == "VEVENT":  # noqa: PLR2004 - in the calendar
            self.events.append([])
        elif len(self.within) == 2 and component != "VTIMEZONE":  # noqa: PLR2004
            self.others += 1
        self._mark("BEGIN", component)

    def _end(self, component: str) -> None:
        if not self.within or self.within[-1] != component:
            raise Invalid({_named(component): ["has an END without its BEGIN: export it again"]})
        self._mark("END", component)
        self.within.pop()

    def _mark(self, edge: str, component: str) -> None:
        if "VTIMEZONE" in self.within:
            self.zones.append(f"{edge}:{component}")

    def _keep(self, name: str, line: str) -> None:
        is_event = self.within == ["VCALENDAR", "VEVENT"]
        in_zone = "VTIMEZONE" in self.within
        if not (is_event and name in _TIMES) and not (in_zone and name in _ZONE):
            return
        if len(line) > LONGEST:
            said = f"is longer than {LONGEST} characters: export fewer months"
            raise Invalid({f"{self._here()} {name}": [said]})
        (self.events[-1] if is_event else self.zones).append(line)

    def _here(self) -> str:
        return f"VEVENT {len(self.events)}" if self.within[-1] == "VEVENT" else "VTIMEZONE"


def _named(component: str) -> str:
    """A name that may be told: a component of a calendar is one word."""
    return component if re.fullmatch(r"[A-Z0-9-]+", component) else "BEGIN"
