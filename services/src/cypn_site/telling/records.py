"""What was done with a deal, what has still to be, and what giving it up counts, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cypn_core.exchange import Exchange
from cypn_site.language import marked
from cypn_site.telling.values import Fact, Words

Json = Mapping[str, Any]


def told_record(record: Json, exchange: Exchange, words: Words) -> dict[str, Any]:
    """One thing that was done, as JSON clients get it, with its facts as lines."""
    facts = [
        Fact(field=name, label=words.label(name), text=_said(value, words))
        for name, value in record["facts"].items()
        if value not in (None, "", [])
    ]
    return {"at": record["at"], "what": _title(record, exchange, words), "facts": facts}


def told_due(due: Json, exchange: Exchange, words: Words) -> dict[str, Any]:
    """One thing that has still to be done."""
    return {**due, "what": _title(due, exchange, words)}


def told_counts(counts: int, words: Words) -> str:
    """What giving something up counts in the turn order, as a sentence; empty where nothing."""
    if not counts:
        return ""
    said = words.words.get(f"counts.{counts}")
    measure = words.language.gettext(said) if said else words.language.number(counts)
    sentence = marked("Giving it up now counts as %(counts)s in the turn order.")
    return words.language.gettext(sentence, counts=measure)


def _title(told: Json, exchange: Exchange, words: Words) -> str:
    known = {each.name: each.title for each in exchange.actions}
    title = known.get(told["action"])
    return words.language.gettext(title) if title else words.of(told["action"])


def _said(value: Any, words: Words) -> str:
    if isinstance(value, bool):
        return words.language.gettext("Yes") if value else words.language.gettext("No")
    if isinstance(value, int | float):
        return words.language.number(value)
    if isinstance(value, list):
        return ", ".join(_said(each, words) for each in value)
    return words.of(str(value))
