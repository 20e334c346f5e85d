"""One's own needs and offers as lines of a list: what each is, and where it stands in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from cypn_core.application.network import Work
from cypn_core.domain.postings import Posting, PostingState
from cypn_core.exchange import Exchange
from cypn_site.member.telling import words_of
from cypn_site.telling.values import Fact, facts
from cypn_site.visits import Visit


@frozen(kw_only=True)
class Card:
    """One posting of one's own; *current* says that something can still come of it."""

    id: str
    exchange: Exchange
    side: str
    title: str
    facts: list[Fact]
    state: str
    colour: str
    current: bool
    fading: bool
    revision: int
    shown: dict[str, Any]


def cards(visit: Visit, work: Work, exchange: Exchange, postings: Iterable[Posting]) -> list[Card]:
    """A card for each of *postings*, in their order."""
    return [card(visit, work, exchange, each) for each in postings]


def card(visit: Visit, work: Work, exchange: Exchange, posting: Posting) -> Card:
    """One posting, with all its facts, as its owner reads it."""
    words = words_of(visit, exchange)
    shown = visit.faces(work).posting(posting)
    title = words.of(posting.body.kind)
    live = any(deal.binds(posting.id) for deal in work.deals.live_with(posting.id))
    state, colour = _state(visit, work, posting, live=live)
    return Card(
        id=posting.id,
        exchange=exchange,
        side=posting.side,
        title=title[:1].upper() + title[1:],
        facts=facts(type(posting.body), shown["body"], words, frozenset()),
        state=state,
        colour=colour,
        current=posting.state in {PostingState.OPEN, PostingState.MATCHED},
        fading=posting.state is PostingState.OPEN and posting.fresh_until <= work.now,
        revision=posting.revision,
        shown=shown,
    )


def _state(visit: Visit, work: Work, posting: Posting, *, live: bool) -> tuple[str, str]:
    """Where it stands, and the colour of the tag that says so."""
    _ = visit.language.gettext
    ended = {
        PostingState.WITHDRAWN: (_("Taken back"), "grey"),
        PostingState.EXPIRED: (_("Its time went by"), "grey"),
        PostingState.MATCHED: (_("Agreed"), "green"),
    }
    if posting.state in ended:
        return ended[posting.state]
    if posting.leaves_on is not None:
        day = visit.language.day(posting.leaves_on)
        return _("Given until %(day)s", day=day), "yellow"
    if posting.fresh_until <= work.now:
        return _("Hidden: say that it still holds"), "yellow"
    if live:
        return _("Somebody has asked, or it is agreed"), "blue"
    day = visit.language.day(visit.region.today(posting.fresh_until))
    return _("Open until %(day)s", day=day), "blue"
