"""How reasons are put, and who may not read them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from cypn_core.matching.rules import Audience
from cypn_venue_bank.words import WORDS, listed

NOT_THE_HOLDERS = frozenset({Audience.SEEKER, Audience.COORDINATOR})


def absent_words(absent: Iterable[Enum], known_absent: Iterable[Enum]) -> str:
    """What is not there, and what nobody has said is there."""
    absent, missing = set(absent), set(absent) & set(known_absent)
    unknown = absent - missing
    parts = [f"It does not have: {words_for(missing)}."] if missing else []
    if unknown:
        parts.append(
            f"It does not say whether it has: {words_for(unknown)}; ask its holder to say."
        )
    return " ".join(parts)


def unless_said(known: bool | None, no: str, unsaid: str) -> str:  # noqa: FBT001 - a tri-state
    """*no* where it is known not to be so; otherwise that its holder has not said."""
    return no if known is False else f"It does not say {unsaid}; ask its holder to say."


def word(code: Enum) -> str:
    """The plain word for *code*."""
    return WORDS[code.value]


def words_for(codes: Iterable[Enum]) -> str:
    """The plain words for *codes* in one line."""
    return listed(code.value for code in codes)
