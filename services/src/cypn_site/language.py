"""The languages of the site: texts from catalogues, dates and amounts as people write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from importlib.metadata import entry_points
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import frozen
from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from babel.support import NullTranslations, Translations

from cypn_core.hooks import PROJECT

DEFAULT = "en"


@frozen
class Language:
    """One language: *code* as in ``lang=``, and the texts that it has."""

    code: str
    texts: NullTranslations

    @property
    def locale(self) -> Locale:
        """The language as it is written in Britain."""
        return Locale(self.code, "GB")

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return (Locale(self.code).get_language_name(self.code) or self.code).capitalize()

    def gettext(self, text: str, **values: object) -> str:
        """*text* in this language, or as it is, with *values* put in."""
        found = self.texts.ugettext(text)
        return found % values if values else found

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """*one* or *many* of something, by the plural rules of this language."""
        return self.texts.ungettext(one, many, n) % {"num": n, **values}

    def day(self, day: dt.date) -> str:
        """A day, such as ``Tue 2 Feb 2027``."""
        return format_date(day, "EEE d MMM y", locale=self.locale)

    def short_day(self, day: dt.date) -> str:
        """A day of this year, such as ``Tue 2 Feb``."""
        return format_date(day, "EEE d MMM", locale=self.locale)

    def month(self, day: dt.date) -> str:
        """The month of a day, such as ``February 2027``."""
        return format_skeleton("yMMMM", day, locale=self.locale)

    def time(self, instant: dt.datetime, zone: ZoneInfo) -> str:
        """The clock at *instant* in *zone*, such as ``16:00``."""
        return format_time(instant, "HH:mm", tzinfo=zone, locale=self.locale)

    def span(self, delta: dt.timedelta) -> str:
        """About how long, such as ``2 days``."""
        return format_timedelta(delta, locale=self.locale, threshold=1.2)

    def pounds(self, pence: int) -> str:
        """An amount, such as ``£12.50``."""
        return format_currency(Decimal(pence) / 100, "GBP", locale=self.locale)

    def number(self, number: float) -> str:
        """A number with the language's separators."""
        return format_decimal(number, locale=self.locale)


def marked(text: str) -> str:
    """*text* as it is: a mark for those who collect texts that are translated elsewhere."""
    return text


@cache
def languages() -> Mapping[str, Language]:
    """The languages that there are by code, English first."""
    found = {DEFAULT: Language(DEFAULT, NullTranslations())}
    folder = resources.files("cypn_site") / "locale"
    for each in sorted(_catalogues(folder), key=lambda file: file.name):
        code = each.name.removesuffix(".po")
        texts = _translations(each)
        for brought in _brought(each.name):
            texts.add_fallback(_translations(brought))
        found[code] = Language(code, texts)
    return found


def _brought(name: str) -> Iterator[Path]:
    """The catalogues called *name* in the installed plugins, such as of an exchange's words."""
    packages = {entry.module.partition(".")[0] for entry in entry_points(group=PROJECT)}
    for package in sorted(packages):
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            file = Path(folder) / "locale" / name
            if file.is_file():
                yield file


def _catalogues(folder: Traversable) -> list[Traversable]:
    if not folder.is_dir():
        return []
    return [each for each in folder.iterdir() if each.name.endswith(".po")]


def _translations(file: Traversable | Path) -> Translations:
    """The catalogue is read as people write it, so that no compiled copy can be out of date."""
    compiled = BytesIO()
    with file.open("rb") as said:
        write_mo(compiled, read_po(said, locale=file.name.removesuffix(".po")))
    compiled.seek(0)
    return Translations(compiled)
