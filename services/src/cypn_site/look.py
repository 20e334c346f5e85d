"""What every template may use: texts in the visitor's language, dates, amounts, plain words."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g

from cypn_core.application.network import Network
from cypn_core.exchange import Exchange
from cypn_site.language import Language, languages
from cypn_site.menu import menu
from cypn_site.settings import SiteSettings

MACROS = ("tokens", "button", "error_summary", "error_message", "text_input")
"""The macros that every template has without importing them."""


def furnish(
    app: Flask, network: Network, settings: SiteSettings, shown: Sequence[Exchange]
) -> None:
    """Give the templates of *app* their globals and filters."""
    speak(app, _language)
    env = app.jinja_env
    words = network.hub.region.words
    env.globals.update(
        network_name=settings.name or words.get("network", network.hub.region.name),
        coordinator_word=words.get("coordinator", "coordinator"),
        site=settings,
        exchanges=shown,
        languages=languages(),
        menu=menu,
        once=lambda: g.visit.once if "visit" in g else secrets.token_hex(16),
    )
    env.filters.update(
        anchor=lambda path: re.sub(r"[^A-Za-z0-9]+", "-", path).strip("-"),
        field_words=lambda path: words_for(path.rpartition(".")[2], {}).capitalize(),
        day=lambda day: _language().day(_day(day, network)),
        short_day=lambda day: _language().short_day(_day(day, network)),
        when=lambda instant: _when(instant, network),
        clock=lambda instant: _clock(instant, network),
        pounds=lambda pence: _language().pounds(pence),
        number=lambda number: _language().number(number),
        words=lambda code, words: _language().gettext(words_for(code, words)),
        month=lambda day: _language().month(day),
        iso_day=lambda instant: _day(instant, network).isoformat(),
        capfirst=lambda text: text[:1].upper() + text[1:],
    )
    macros = env.get_template("parts/forms.html").module
    env.globals.update({name: getattr(macros, name) for name in MACROS})


def speak(app: Flask, language: Callable[[], Language]) -> None:
    """Give the templates of *app* their texts, in what is the *language* at the time."""

    def one(text: str) -> str:
        return language().texts.ugettext(text)

    def many(text: str, texts: str, n: int) -> str:
        return language().texts.ungettext(text, texts, n)

    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(one, many, newstyle=True)  # type: ignore[attr-defined]


def words_for(code: str, words: dict[str, str]) -> str:
    """The plain words of *code*, or the code made readable.

    >>> words_for("step_free", {}), words_for("wifi", {"wifi": "Wi-Fi"})
    ('step free', 'Wi-Fi')
    """
    return words.get(code) or code.replace("_", " ").replace("-", " ")


def _language() -> Language:
    found: Language = g.visit.language if "visit" in g else languages()["en"]
    return found


def _instant(said: Any) -> dt.datetime:
    return said if isinstance(said, dt.datetime) else dt.datetime.fromisoformat(said)


def _day(said: Any, network: Network) -> dt.date:
    """A date, an instant or the JSON form of either, as a local date."""
    if isinstance(said, str) and "T" not in said:
        return dt.date.fromisoformat(said)
    if isinstance(said, dt.date) and not isinstance(said, dt.datetime):
        return said
    return network.hub.region.today(_instant(said))


def _clock(said: Any, network: Network) -> str:
    return _language().time(_instant(said), ZoneInfo(network.hub.region.zone_name))


def _when(said: Any, network: Network) -> str:
    return f"{_language().day(_day(said, network))}, {_clock(said, network)}"
