"""The demo's files, as they are read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from attrs import frozen

REGION = "banes"
"""The region in which the demo is set: its places and calendars are that region's."""

_POSTED_DAYS_AGO = 3


@frozen(kw_only=True)
class Member:
    """An invented organisation. *checks*, *pending* and *lapsed* name roles."""

    ref: str
    name: str
    run_by: str
    place: str
    contacts: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()
    ends_in: Mapping[str, int] = {}
    """Roles whose pass ends in so many days, sooner than the others."""


@frozen(kw_only=True)
class Entry:
    """A need or an offer: *body* as JSON data whose dates are still to be worked out.

    A need without *body* is one of an exchange that nobody has built yet; it is noted as *wanted*.
    """

    ref: str
    by: str
    title: str
    exchange: str = ""
    body: Mapping[str, Any] | None = None
    wanted: str = ""
    place: str | None = None
    how_many: str = ""
    invented: tuple[str, ...] = ()
    source: str = "report"
    gate: bool = False
    """Whether its owner waits at the gate, so that it is neither shown nor counted."""
    posted_days_ago: int = _POSTED_DAYS_AGO


@frozen(kw_only=True)
class Demo:
    """Everything that is loaded."""

    members: tuple[Member, ...]
    needs: tuple[Entry, ...]
    offers: tuple[Entry, ...]
    checked_days: int


@cache
def demo() -> Demo:
    """The demo as its files say."""
    known = _file("organisations.toml")
    return Demo(
        members=tuple(Member(**_frozen(row)) for row in known["organisations"]),
        needs=tuple(Entry(**_frozen(row)) for row in _file("needs.toml")["needs"]),
        offers=tuple(_offer(row) for row in _file("offers.toml")["offers"]),
        checked_days=known["checked_days"],
    )


@cache
def themes() -> Mapping[str, str]:
    """Plain words for what needs are noted under, where the code alone does not say it."""
    return dict(_file("needs.toml")["themes"])


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))


def _offer(row: dict[str, Any]) -> Entry:
    rest = {key: value for key, value in row.items() if key != "from"}
    return Entry(**_frozen(rest), source=row["from"])


def _frozen(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
