"""The site in Welsh: every text has its translation, and dates and amounts follow the language."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from tests.browsing import browser
from tests.sites import HUB

import cypn_site
from cypn_core.application import holdings, unmask
from cypn_core.application.network import Network
from cypn_core.domain import overrides, registrations
from cypn_core.domain.errors import NotFound
from cypn_core.domain.shapes import fields_of
from cypn_core.exchange import Exchange
from cypn_core.storage.engine import Store
from cypn_core.web.problems import CODES
from cypn_site.language import languages
from cypn_site.telling import core_words
from cypn_site.telling.values import Words

SOURCES = Path(cypn_site.__file__).parents[1]
KEYWORDS = {"_": None, "gettext": None, "marked": None, "ngettext": (1, 2)}
BILINGUAL = ("venue_bank", "transport", "procurement")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
TRANSLATED = sorted(set(languages()) - {"en"})


def catalogue(code: str) -> Catalog:
    """The catalogue of a language as it is kept."""
    file = resources.files("cypn_site") / "locale" / f"{code}.po"
    with file.open("rb") as said:
        return read_po(said, locale=code)


def said() -> set[str]:
    """Every text that the site's sources mark."""
    with (SOURCES.parent / "babel.cfg").open() as told:
        methods, options = parse_mapping_cfg(told)  # type: ignore[no-untyped-call]
    found = extract_from_dir(str(SOURCES), methods, options, KEYWORDS)
    return {each[0] if isinstance(each, tuple) else each for *_, each, _, _ in found}


def messages(code: str) -> Iterator[Message]:
    """The texts of a catalogue, without its head."""
    return (each for each in catalogue(code) if each.id)


def _one(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


def _all(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text or ""] if isinstance(text, str | None) else list(text)


def _values(text: str) -> set[str]:
    """The placeholders of a text, without the count, which some forms say in a word."""
    return set(PLACEHOLDER.findall(text)) - {"num"}


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_is_translated_and_nothing_else(code: str) -> None:
    """`make texts` has been run, and nobody left a text for later."""
    known = {_one(each.id): each for each in messages(code)}
    assert sorted(said() - known.keys()) == []
    assert sorted(known.keys() - said()) == []
    untold = [text for text, each in known.items() if not all(_all(each.string)) or each.fuzzy]
    assert untold == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_has_what_its_text_has(code: str) -> None:
    """The same values stand in both, so that no page breaks in another language."""
    wrong = [
        (_one(each.id), told)
        for each in messages(code)
        for told in _all(each.string)
        if set(PLACEHOLDER.findall(told)) - {"num"}
        != set(PLACEHOLDER.findall(_one(each.id))) - {"num"}
    ]
    assert wrong == []


def test_what_core_says_can_be_translated() -> None:
    """The site's copy of core's sentences is still what core says."""
    held = {text for each in holdings.HOLDINGS for text in (each.title, each.why)}
    kept = {each.kept(HUB.region.settings) for each in holdings.HOLDINGS}
    assert held <= set(core_words.HELD) <= held | kept
    assert {text for text in kept if not re.search(r"\d", text)} <= set(core_words.HELD)
    assert set(core_words.LOOKED) == set(unmask.SAID.values())
    assert set(core_words.OVERRIDDEN) == set(overrides.SAID.values())
    assert set(core_words.TURNED_AWAY) == set(registrations.SAID.values())
    assert set(core_words.PROBLEMS) <= {each.title for each in CODES.values()} | {str(NotFound())}


def test_a_problem_speaks_the_language_too(store: Store) -> None:
    """What is not there is told in Welsh to whoever chose Welsh."""
    visitor = browser(Network(hub=HUB, store=store))
    visitor.get("/?lang=cy")
    told = visitor.client.get("/nowhere", headers={"Accept": "text/html"}).text
    assert '<html lang="cy"' in told
    assert "Nid oes dim yma." in told
    assert "Neidio i" in told


def test_another_language_shows_the_same_page(store: Store) -> None:
    """The link at the foot keeps the address with all that was asked."""
    visitor = browser(Network(hub=HUB, store=store))
    assert 'href="/listings?kind=x&amp;lang=cy"' in visitor.get("/listings?kind=x&lang=en").text


def _asked(exchange: Exchange) -> Iterator[str]:
    """What an exchange says: of itself, in its words, and as the heads of lines."""
    yield from (exchange.title, exchange.summary, *(each.title for each in exchange.actions))
    yield from (said for key, said in exchange.words.items() if not key.startswith("choices."))
    words = Words(words=exchange.words, language=languages()["en"])
    for kind in exchange.kinds:
        yield from map(words.label, fields_of(kind))


@pytest.mark.parametrize("name", BILINGUAL)
@pytest.mark.parametrize("code", TRANSLATED)
def test_an_exchange_brings_its_own_words(code: str, name: str) -> None:
    """Its catalogue has all that it says and that the site does not say too, and nothing else."""
    file = resources.files(f"cypn_{name}") / "locale" / f"{code}.po"
    with file.open("rb") as said_there:
        brought = {_one(each.id): each.string for each in read_po(said_there) if each.id}
    site = {_one(each.id) for each in messages(code)}
    assert sorted(set(_asked(HUB.exchanges[name])) - site - brought.keys()) == []
    assert sorted(brought.keys() - set(_asked(HUB.exchanges[name]))) == []
    assert [text for text, told in brought.items() if not told] == []
    title = HUB.exchanges[name].title
    assert languages()[code].gettext(title) == brought[title]


def test_the_choice_of_a_language_lasts(store: Store) -> None:
    """A link chooses it, the pages after it keep it, and a browser's own wish is heard first."""
    visitor = browser(Network(hub=HUB, store=store))
    assert '<html lang="en"' in visitor.get("/").text
    assert '<html lang="cy"' in visitor.get("/?lang=cy").text
    assert '<html lang="cy"' in visitor.get("/how-it-works").text
    assert '<html lang="en"' in visitor.get("/?lang=en").text
    assert '<html lang="en"' in visitor.get("/?lang=xx").text
    wishing = visitor.client.get("/", headers={"Accept-Language": "cy;q=0.9, en;q=0.1"})
    assert '<html lang="en"' in wishing.text


def test_dates_and_amounts_follow_the_language() -> None:
    """Days and months have Welsh names."""
    welsh = languages()["cy"]
    assert welsh.day(dt.date(2027, 2, 2)) == "Maw 2 Chwef 2027"
    assert welsh.month(dt.date(2027, 2, 2)) == "Chwefror 2027"
    assert welsh.pounds(123450) == "£1,234.50"


def test_welsh_counts_in_six_ways() -> None:
    """What is counted has the form that its number asks for."""
    counted = [languages()["cy"].ngettext("%(num)d offer", "%(num)d offers", n) for n in range(8)]
    forms = ["cynnig", "cynnig", "gynnig", "chynnig", "cynnig", "cynnig", "chynnig", "cynnig"]
    assert counted == [f"{n} {form}" for n, form in enumerate(forms)]
