"""Plain leaks of identity in a free text: addresses, numbers, names and mixed alphabets.

What is found is refused before anything is stored. Free text is sealed until an agreement all the
same, so what a clever writer smuggles past this is seen by nobody either; the screen saves people
from giving themselves away by habit. Dates, times, ages, prices and sizes pass.

>>> [leak.value for leak in leaks("Ring 01632 960001 or kim@example.org", Known())]
['mail', 'phone']
>>> leaks("Ages 8-10 from 2027-01-11, up to £12.50 each; 12.5 x 8 m is enough", Known())
[]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from attrs import frozen

from cypn_core.domain.likeness import as_read, tokens, two_alphabets


class Leak(Enum):
    """What a text gives away."""

    MAIL = "mail"
    PHONE = "phone"
    URL = "url"
    NAME = "name"
    ALPHABETS = "alphabets"


_LATER = "leave it out: contacts are exchanged once it is agreed"
SENTENCES: Mapping[Leak, str] = {
    Leak.MAIL: f"holds an e-mail address: {_LATER}",
    Leak.PHONE: f"holds a phone number: {_LATER}",
    Leak.URL: f"holds a web address or account: {_LATER}",
    Leak.NAME: "holds your own name or number: leave it out; names are told once it is agreed",
    Leak.ALPHABETS: "writes one word with letters of two alphabets: write it with those of one",
}
"""What the author reads of each, with the mend."""


@frozen(kw_only=True)
class Known:
    """What the hub knows its author by: names of the organisation and its people, and numbers."""

    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


_AT = r"\s*(?:@|[\[({<]\s*at\s*[\])}>])\s*"
_DOT = r"(?:\s*[\[({<]\s*(?:dot|\.)\s*[\])}>]\s*|\s+(?:dot|\.)\s+|\.)"
_TOP = (
    "com|org|net|info|biz|edu|gov|mobi|app|dev|xyz|online|site|website|web|page|club|social|blog|"
    "team|group|email|charity|foundation|ngo|community|education|scot|wales|cymru|london|"
    "example|test|invalid|localhost|"
    "uk|eu|ie|fr|de|nl|es|pt|pl|ro|bg|gr|cz|sk|hu|dk|se|fi|lt|lv|ee|ua|ru|tr|io|co|tv|cc|ly|gg|"
    "im|ca|au|nz|cn|jp|br|za|ke|ng|gh|pk|bd|ch"
)
"""The ends of domains that count without a path; those that are English words are left out."""
_HOST = rf"(?:[a-z0-9-]+{_DOT})+(?:{_TOP})(?![\w-])"
_MAIL = re.compile(
    rf"[\w.+-]+{_AT}[\w-]+{_DOT}[a-z][\w.-]*|[\w.+-]@[a-z][\w.-]*|[\w+-]+\s+at\s+{_HOST}",
    re.IGNORECASE,
)
_URL = re.compile(
    rf"https?:|\bwww\b|(?<![@\w-]){_HOST}|[a-z0-9-]+\.[a-z]{{2,}}/\w|(?<![\w.])@[a-z][\w.]{{2,}}"
)

_DIGITS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "naught": "0", "nil": "0", "one": "1",
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9",
}  # fmt: skip
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_SPELT = re.compile(rf"(?:\b(?:{'|'.join([*_DIGITS, *_TIMES])}|\d+)\b[\s,./-]*){{4,}}")
_FEWEST_SPELT = 4
_LETTERED = re.compile(r"(?<![a-z])(?=[oil]*\d[oil]*\d)[\doil]+(?![a-z])")
_AS_DIGITS = str.maketrans("oil", "011")

_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_HARMLESS = re.compile(
    rf"(?<!\d)(?:19|20)\d\d[-/.]{_MONTH}[-/.]{_DAY}(?![-/.]?\d)"
    rf"|(?<!\d){_DAY}[-/.]{_MONTH}[-/.](?:(?:19|20)\d\d|\d\d)(?![-/.]?\d)"
    r"|(?<![\d.])(?:[01]?\d|2[0-4])[:.][0-5]\d(?::[0-5]\d)?(?![\d:]|\.\d)"
    r"|(?<!\d)(?:[01]\d|2[0-3])[0-5]\d\s*(?:-|to)\s*(?:[01]\d|2[0-3])[0-5]\d(?!\d)"
    r"|(?<!\d)(?:19|20)\d\d\s*[-/]\s*(?:(?:19|20)\d\d|\d\d)(?!\d)"
    r"|(?<!\d)(?<!\d[-/._])(?<!\d - )(?:[01]?\d|2[0-4])\s*-\s*(?:[01]?\d|2[0-4])(?!\s?-\s?\d|\d)"
    r"|£\s*\d{1,3}(?:,\d{3})*(?:\.\d\d)?(?!\d)"
)
_RUN = re.compile(r"\+?\d(?:[\s().·_/*|~+-]{0,3}\d|,\d){4,}")
_GROUP = re.compile(r"\+?\d+")
_CUE = re.compile(
    r"\b(?:tel|telephone|phone|call|ring|text|mobile|mob|whatsapp)\b"
    r"(?:\W+(?:us|me|on|at|is|no|number))*\W*\d(?:[\s-]?\d){4,}"
)
_SHORTEST, _LONGEST = 9, 15
_OWN_DIGITS = 6

_GENERIC = frozenset(
    tokens(
        "the of and club group society association trust charity cic cio ltd limited youth young "
        "people children team project network committee community centre center company"
    )
)
_SURE = 10
"""A name of so many letters is found inside other words too."""
_SHORTEST_NAME, _SHORTEST_PART = 3, 8


def leaks(text: str, known: Known) -> list[Leak]:
    """What *text* gives away of its author, each sort once, in the order of :class:`Leak`."""
    read = as_read(text)
    found = {
        Leak.MAIL: _MAIL.search(read),
        Leak.PHONE: _phone(read, known.phones),
        Leak.URL: _URL.search(_MAIL.sub(" ", read)),
        Leak.NAME: any(_named(tokens(text), name) for name in known.names),
        Leak.ALPHABETS: two_alphabets(text),
    }
    return [leak for leak, seen in found.items() if seen]


def _phone(read: str, own: Iterable[str]) -> bool:
    plain = _LETTERED.sub(lambda m: m[0].translate(_AS_DIGITS), _SPELT.sub(_in_digits, read))
    if _CUE.search(_HARMLESS.sub(" x ", plain)):
        return True
    runs = [run[0] for run in _RUN.finditer(_HARMLESS.sub(" x ", plain))]
    ends = [re.sub(r"\D", "", number)[-_OWN_DIGITS:] for number in own]
    return any(_rings(run) for run in runs) or any(
        end in re.sub(r"\D", "", run) for end in ends for run in runs if len(end) == _OWN_DIGITS
    )


def _in_digits(found: re.Match[str]) -> str:
    """Four digits or more that are spelt out, as digits; fewer are left as they stand."""
    said = re.findall(r"[a-z]+|\d+", found[0])
    if sum(word.isalpha() for word in said) < _FEWEST_SPELT:
        return found[0]
    digits, times = "", 1
    for word in said:
        digits += _DIGITS.get(word, "" if word in _TIMES else word) * times
        times = _TIMES.get(word, 1)
    return f" {digits} "


def _rings(run: str) -> bool:
    """Whether somebody could dial *run*, from one of its groups of digits on."""
    groups = _GROUP.findall(run)
    return any(_dialled("".join(groups[at:])) for at in range(len(groups)))


def _dialled(number: str) -> bool:
    digits = number.replace("+", "")
    if number.startswith(("+", "0")):
        return len(digits) >= _SHORTEST
    abroad = digits.startswith("44") and len(digits) in range(_SHORTEST + 2, _LONGEST)
    return abroad or (digits.startswith("7") and len(digits) == _SHORTEST + 1)


def _named(words: list[str], name: str) -> bool:
    return any(_said(words, key) for key in _keys(name))


def _keys(name: str) -> Iterator[str]:
    """The skeleton of *name*, and that without the words that half of all names end with."""
    parts = tokens(name)
    yield "".join(parts)
    core = list(parts)
    while core and core[-1] in _GENERIC:
        core.pop()
    if len(core) > 1 and len("".join(core)) >= _SHORTEST_PART:
        yield "".join(core)


def _said(words: list[str], key: str) -> bool:
    """Whether *words* say *key*, in one word or over several."""
    if len(key) < _SHORTEST_NAME:
        return False
    if len(key) >= _SURE and key in "".join(words):
        return True
    return any(
        "".join(words[at:]).startswith(key) and _ends(words[at:], key) for at in range(len(words))
    )


def _ends(words: list[str], key: str) -> bool:
    """Whether *key* ends where one of *words* does."""
    length = 0
    for word in words:
        length += len(word)
        if length >= len(key):
            return length == len(key)
    return False
