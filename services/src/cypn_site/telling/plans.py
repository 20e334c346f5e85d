"""Plans, asked for or agreed, as the pages show them: parts, facts, dates, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from cypn_core.domain.shapes import TAG
from cypn_site.telling.values import Fact, Words, facts

Json = Mapping[str, Any]
HIDDEN = frozenset({TAG, "auto_accept", "named_listing", "hours", "price", "place"})
"""Fields that a plan tells better itself, by its dates, its price and its heading."""


@frozen(kw_only=True)
class Part:
    """One leg of a plan: what it is, where, when, what it costs, and what else is known of it."""

    offer: str
    role: str
    what: str
    place: str
    windows: Sequence[Json]
    pence: int | None
    lines: Sequence[Json]
    facts: Sequence[Fact]


def parts(
    legs: Sequence[Json],
    kinds: Mapping[str, type[Any]],
    words: Words,
    categories: Mapping[str, str],
) -> list[Part]:
    """The legs of a plan or a deal, as JSON clients get them; *categories* are those of offers."""
    return [_part(leg, kinds, words, categories) for leg in legs]


def _part(
    leg: Json, kinds: Mapping[str, type[Any]], words: Words, categories: Mapping[str, str]
) -> Part:
    body = leg["body"]
    return Part(
        offer=leg["offer"],
        role=words.of(leg["role"]),
        what=words.of(categories[leg["offer"]]),
        place=body.get("place") or "",
        windows=leg["windows"],
        pence=leg["pence"],
        lines=leg["lines"] or (),
        facts=facts(kinds[body[TAG]], body, words, HIDDEN),
    )
