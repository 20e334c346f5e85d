"""What several of these pages tell in the same way."""

from __future__ import annotations

from typing import Any

from cypn_core.application.network import Work
from cypn_core.domain.deals import Deal
from cypn_core.exchange import Exchange
from cypn_site.telling.books import Entry, entries
from cypn_site.telling.deals import gathered, my_sides, standing
from cypn_site.telling.plans import Part, parts
from cypn_site.telling.values import Words
from cypn_site.visits import Visit

Json = dict[str, Any]


def words_of(visit: Visit, exchange: Exchange) -> Words:
    """The plain words of *exchange* for this visitor, and the names of the region's calendars."""
    names = {code: each.name for code, each in visit.region.calendars.items()}
    return Words(words={**names, **exchange.words}, language=visit.language)


def told_deal(visit: Visit, work: Work, exchange: Exchange, deal: Deal) -> Json:
    """A deal as JSON clients get it, with where it stands in a sentence and its parts in words."""
    words = words_of(visit, exchange)
    told = visit.faces(work).deal(deal)
    shown = told_parts(visit, work, exchange, told["legs"])
    return {
        **told,
        "exchange": exchange,
        "standing": standing(told, words, work.now, visit.when),
        "sides": my_sides(told),
        "parts": shown,
        "what": ", ".join(dict.fromkeys(_where(part) for part in shown))
        or _sought(work, exchange, told, words),
        "gathered": gathered(told),
        "book_entries": told_book(visit, exchange, told["book"]),
    }


def told_book(visit: Visit, exchange: Exchange, book: Any) -> list[Entry]:
    """The book of a deal, as JSON clients get it, in words; nothing where it has none."""
    if exchange.gathering is None or book is None:
        return []
    return entries(exchange.gathering.seen, book, words_of(visit, exchange), visit.when)


def _sought(work: Work, exchange: Exchange, told: Json, words: Words) -> str:
    """What a deal is about in which nothing is given yet: what its seeker wants."""
    wanted = [work.postings.get(need["id"]).body.category for need in told["needs"]]
    return ", ".join(dict.fromkeys(map(words.of, wanted))) or words.language.gettext(exchange.title)


def told_parts(visit: Visit, work: Work, exchange: Exchange, legs: list[Json]) -> list[Part]:
    """The legs of a plan in words."""
    offers = (work.postings.get(leg["offer"]) for leg in legs)
    categories: dict[str, str] = {offer.id: offer.body.category for offer in offers}
    return parts(legs, work.hub.kinds(), words_of(visit, exchange), categories)


def _where(part: Part) -> str:
    return f"{part.what}, {part.place}" if part.place else part.what
