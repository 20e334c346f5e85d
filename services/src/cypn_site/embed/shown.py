"""What is shown of one exchange, in one language: the same for the element, the frame and feeds."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from cypn_core.application.faces import Faces
from cypn_core.application.network import PUBLIC, Network
from cypn_core.application.public import told
from cypn_core.domain.disclosure import limit_of
from cypn_core.domain.shapes import TAG
from cypn_core.exchange import Exchange
from cypn_site.language import Language
from cypn_site.telling.values import Fact, Words, facts

TOLD_APART = frozenset({TAG, "place", "auto_accept", "named_listing"})
"""Fields that a listing tells elsewhere, or that are nothing to whoever reads it."""


@frozen(kw_only=True)
class Entry:
    """A holder that agreed to be named, and what a stranger may read of the offer.

    *id* is a URN that is made of these alone, so it tells nothing else and stays while they do.
    """

    id: str
    name: str
    exchange: Exchange
    thing: str
    area: str
    facts: tuple[Fact, ...]

    @property
    def text(self) -> str:
        """All of it but the name, in one line."""
        facts = (f"{fact.label}: {fact.text}" for fact in self.facts)
        return "; ".join(filter(None, (self.thing, self.area, *facts)))


@frozen(kw_only=True)
class Count:
    """How many members that are not named give a thing in an area, as far as that is told."""

    exchange: Exchange | None
    thing: str
    area: str
    groups: str


@frozen(kw_only=True)
class Shown:
    """What the public may see. It is dated from *monday* on, and its counts are those of *on*."""

    region: str
    entries: tuple[Entry, ...]
    counts: tuple[Count, ...]
    on: dt.date | None
    monday: dt.date


def shown(network: Network, language: Language, exchange: str | None = None) -> Shown:
    """What the public may see now of *exchange*, or of all."""
    with network.reading() as work:
        found = told(Faces(work, PUBLIC, network.converter), exchange)
        today = work.today
    others = found["others"]
    return Shown(
        region=found["region"],
        entries=tuple(_entries(network, language, found["listings"])),
        counts=tuple(_counts(network, language, others["counts"] if others else ())),
        on=dt.date.fromisoformat(others["on"]) if others else None,
        monday=today - dt.timedelta(days=today.weekday()),
    )


def _entries(
    network: Network, language: Language, listings: list[dict[str, Any]]
) -> Iterator[Entry]:
    seen: Counter[tuple[str, ...]] = Counter()
    for each in listings:
        exchange = network.hub.exchange(each["exchange"])
        words = Words(words=exchange.words, language=language)
        known = (each["name"], each["exchange"], each["category"], each["facts"].get("place") or "")
        seen[known] += 1
        yield Entry(
            id=urn(network.hub.region.code, *known, str(seen[known])),
            name=each["name"],
            exchange=exchange,
            thing=words.of(each["category"]),
            area=known[-1],
            facts=tuple(_facts(exchange, each, words)),
        )


def _facts(exchange: Exchange, each: Mapping[str, Any], words: Words) -> list[Fact]:
    body = {name: value for name, value in each["facts"].items() if value != each["category"]}
    kind = next(kind for kind in exchange.offers if kind.kind == each["facts"][TAG])
    return facts(kind, body, words, TOLD_APART)


def _counts(network: Network, language: Language, rows: Any) -> Iterator[Count]:
    least = limit_of(network.hub.region.settings.small_count)
    few = language.gettext("fewer than %(n)s", n=least)
    for row in rows:
        exchange = network.hub.exchanges.get(row["exchange"])
        yield Count(
            exchange=exchange,
            thing=Words(words=exchange.words if exchange else {}, language=language).of(
                row["category"]
            ),
            area=row["area"],
            groups=few if row["groups"] is None else language.number(row["groups"]),
        )


def urn(*parts: str) -> str:
    """A URN that stands for *parts* and nothing else.

    >>> urn("a") == urn("a"), urn("a", "b") == urn("ab")
    (True, False)
    """
    return uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(parts)).urn
