# ruff: noqa: RUF001, RUF002 - letters that pass for others are what this is about
"""What a text looks like to whoever reads it: letters that pass for others are folded into one.

The table holds the letters of other alphabets that are printed like Latin ones. What it lacks still
shows as a word in two alphabets, which is refused for itself: the table need not be complete.

>>> skeleton("Аmber Lane"), skeleton("AMBER-1ANE")  # the first begins with a Cyrillic letter
('amberiane', 'amberiane')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LIKE = (
    ("АВЕЅІЈКМНОРСТУХЬԌҮ", "abesijkmhopctyxbgy"),
    ("авеѕіјкмнорстухьԁԛԝһӏѵүгпәө", "abesijkmhopctyxbdqwhlvyrneo"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϺ", "abezhikmnoptyxcm"),
    ("αβεικνορτυχγηωϲϳς", "abeikvoptuxynwcjc"),
    ("օսհոցզ", "ouhngq"),
    ("ıɑɡłøđħɪʀᴀʙᴄᴅᴇɢʜᴊᴋʟᴍɴᴏᴘᴛᴜᴠᴡʏᴢꜱ", "iaglodhirabcdeghjklmnoptuvwyzs"),
)
_LETTERS = {ord(one): like for given, seen in _LIKE for one, like in zip(given, seen, strict=True)}
_SIGNS = str.maketrans({"0": "o", "1": "i", "l": "i", "|": "i", "$": "s", "@": "a"})
_PAIRS = (("rn", "m"), ("vv", "w"))
_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}),
    frozenset({"CJK", "HANGUL"}),
)
"""Alphabets that one language writes side by side."""
_INVISIBLE = frozenset({"Cf", "Mn", "Me", "Cc"})


def as_read(text: str) -> str:
    """*text* in small Latin letters as far as it looks like them, without accents or hidden signs.

    Spaces stay, one for each run of them.

    >>> as_read("Ｚöe\u200b  КАТЕ ٠١")
    'zoe kate 01'
    """
    spaced = " ".join(unicodedata.normalize("NFKC", text).split())
    folded = spaced.translate(_LETTERS).casefold().translate(_LETTERS)
    bare = unicodedata.normalize("NFKD", folded)
    return "".join(map(_plain, bare))


def _plain(sign: str) -> str:
    """Digits of every script as ours, dashes of every length as hyphens, and no hidden signs."""
    category = unicodedata.category(sign)
    if category in _INVISIBLE:
        return ""
    return "-" if category == "Pd" else str(unicodedata.decimal(sign, sign))


def skeleton(text: str) -> str:
    """What all texts share that a reader might take for *text*: letters and digits, folded."""
    return "".join(tokens(text))


def tokens(text: str) -> list[str]:
    """The words of *text*, each as its skeleton.

    >>> tokens("St. Amber's O1d Barn")
    ['st', 'amber', 's', 'oid', 'bam']
    """
    plain = as_read(text).translate(_SIGNS)
    for pair, seen in _PAIRS:
        plain = plain.replace(pair, seen)
    return re.findall(r"[^\W_]+", plain)


def two_alphabets(text: str) -> str | None:
    """The first word of *text* that mixes alphabets, or None.

    >>> two_alphabets("Zöe plays Dvořák"), two_alphabets("the Аmber group")
    (None, 'Аmber')
    """
    return next((word for word in re.findall(r"\w+", text) if not one_alphabet(word)), None)


def one_alphabet(text: str) -> bool:
    """Whether all letters of *text* are of one alphabet, or of those that one language joins.

    >>> one_alphabet("Zöe Ünlü Kulübü"), one_alphabet("Ключ Club"), one_alphabet("東京こども")
    (True, False, True)
    """
    found = frozenset(_alphabets(unicodedata.normalize("NFKC", text)))
    return len(found) < 2 or any(found <= joined for joined in _TOGETHER)  # noqa: PLR2004


def _alphabets(text: str) -> Iterable[str]:
    """The alphabet of each letter: the first word of its Unicode name; modifiers have none."""
    letters = (sign for sign in text if unicodedata.category(sign) in {"Lu", "Ll", "Lt", "Lo"})
    return (unicodedata.name(letter, "?").split()[0] for letter in letters)
