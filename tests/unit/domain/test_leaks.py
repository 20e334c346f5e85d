# ruff: noqa: RUF001 - letters that pass for others are what this is about
"""What a free text gives away is found, also when it is disguised; plain facts are let through."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.domain.leaks import SENTENCES, Known, Leak, leaks
from cypn_core.domain.likeness import one_alphabet, skeleton

AMBER = Known(
    names=("Amber Lane Youth Club", "Kim Day", "1234567"),
    phones=("01632 960001",),
)
MAIL, PHONE, URL, NAME, ALPHABETS = Leak

LEAKING = {
    "Contact Amber Lane Youth Club 01632 960001, amber@example.org, amberlane.example": (
        MAIL, PHONE, URL, NAME,
    ),
    "Аmber Lane Youth Club: oh one six three two, nine six double oh oh one": (
        PHONE, NAME, ALPHABETS,
    ),
    "ring 960001": (PHONE,),
    "o1632 96ooo1": (PHONE,),
    "(01632) 960-001": (PHONE,),
    "0 1 6 3 2 9 6 0 0 0 1": (PHONE,),
    "+44 1632 960001": (PHONE,),
    "0044.1632.960001": (PHONE,),
    "7700 900123": (PHONE,),
    "01.63.29.60.00.01": (PHONE,),
    "０１６３２ ９６０００１": (PHONE,),
    "٠١٦٣٢ ٩٦٠٠٠١": (PHONE,),
    "01632 nine six oh oh oh one": (PHONE,),
    "aged 8-10, then 01632 960001": (PHONE,),
    "amber (at) example (dot) org": (MAIL,),
    "amber at example dot org": (MAIL,),
    "amber [at] sub.example.org": (MAIL,),
    "amber@example": (MAIL,),
    "amberlane dot org": (URL, NAME),
    "see youtu.be/xyz": (URL,),
    "https://192.0.2.1": (URL,),
    "find us as @amber_x": (URL,),
    "A m b e r   L a n e": (NAME,),
    "AmberLane": (NAME,),
    "AMBER-1ANE": (NAME,),
    "amber\u200blane": (NAME,),
    "charity 1234567": (NAME,),
    "Kim Day has the key": (NAME,),
    "ΑΜΒΕR": (ALPHABETS,),
}  # fmt: skip

HARMLESS = (
    "", "We sing in two parts", "ages 8-10", "2027-01-11", "£12.50 or £1,200", "ZZ1 1AA",
    "12.5 x 8.3 m", "10:00-12:00 and 14.00-16.30", "0900-1100, 1300-1500", "08–10, 10–12 and 12–14",
    "2027-01-11 to 2027-03-22", "11/01/2027 and 18.01.2027", "2026/27 or 2026-2027",
    "29 chairs and 5 tables", "from 5pm @ 50p each", "one, two or three of the four",
    "Ages 4, 5, 6, 7, 8, 9", "groups of 8, 10, 12, 14, 16", "e.g. at 5 p.m., i.e. late",
    "3.5m x 4m; 100 m2", "call by 2027-01-11", "and/or", "We sing. Me too.", "no. 12, floor 0",
    "1 200 000 people", "100,000 pence", "12 12 12 12 12", "Zöe plays Dvořák", "mats 2x1 m, 20",
    "Tuesdays 10 and 17 August 2027 14:00 to 16:00", "an amber light in the lane",
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LEAKING.items(), ids=LEAKING)
def test_a_leak_is_found_by_its_sorts(text: str, expected: tuple[Leak, ...]) -> None:
    """Addresses, numbers and names are found in digits, words, other scripts and other spacing."""
    assert leaks(text, AMBER) == list(expected)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_leak_passes(text: str) -> None:
    """Ages, dates, times, prices, postcodes, sizes and plain sentences are taken for nothing."""
    assert leaks(text, AMBER) == []


def test_each_sort_has_a_sentence_that_says_what_to_do() -> None:
    """The author reads what to leave out or to write otherwise."""
    assert set(SENTENCES) == set(Leak)
    assert all("leave it out" in said or "write it" in said for said in SENTENCES.values())


DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
TIMES = st.times().map(lambda time: f"{time:%H:%M}")
SMALL = st.integers(0, 130)
FACTS = st.one_of(
    DAYS.map(str),
    DAYS.map(lambda day: f"{day:%d/%m/%Y}"),
    st.tuples(TIMES, TIMES).map("-".join),
    st.tuples(SMALL, SMALL).map(lambda ages: f"ages {ages[0]}-{ages[1]}"),
    st.integers(0, 10**8).map(lambda pence: f"£{pence // 100:,}.{pence % 100:02}"),
    st.tuples(SMALL, SMALL).map(lambda size: f"{size[0]}.5 m x {size[1]} m"),
    st.from_regex(r"[A-Z]{1,2}[1-9][0-9]? [1-9][A-Z]{2}", fullmatch=True),
    st.integers(1, 2000).map(lambda people: f"{people} people"),
)


@given(st.lists(FACTS, max_size=8), st.sampled_from([", ", "; ", " and ", ". "]))
def test_no_list_of_facts_is_a_phone_number(facts: list[str], joint: str) -> None:
    """No dates, times, ages, prices, sizes and postcodes in a row are taken for a number."""
    assert Leak.PHONE not in leaks(joint.join(facts), AMBER)


SEPARATORS = st.sampled_from(["", " ", "-", ".", "/", " - ", "_", "\u2009", "\u00a0", " . "])
NUMBERS = st.from_regex(r"0[1-9][0-9]{8,9}", fullmatch=True)


@given(NUMBERS, st.lists(SEPARATORS, min_size=11, max_size=11))
def test_a_number_is_found_however_it_is_spaced(number: str, gaps: list[str]) -> None:
    """A whole national number is found with any one separator between all its digits."""
    assert Leak.PHONE in leaks(gaps[0].join(number), AMBER)


SPELT = dict(
    zip(
        "0123456789",
        ("oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
        strict=True,
    )
)


@given(NUMBERS, st.sampled_from([" ", ", ", "-"]))
def test_a_number_is_found_in_words(number: str, gap: str) -> None:
    """So it is when each digit is a word."""
    assert Leak.PHONE in leaks(f"it is {gap.join(SPELT[digit] for digit in number)} ok", AMBER)


LOOKS = {"a": "аɑ", "e": "еє"[:1], "o": "оοօ", "p": "рρ", "c": "сϲ", "i": "іι1l", "m": "мᴍ"}


@given(st.data())
def test_the_name_is_found_in_look_alike_letters(data: st.DataObject) -> None:
    """Each letter of the name may be any that looks like it, in any case and width."""
    swapped = "".join(
        data.draw(st.sampled_from([letter, letter.upper(), *LOOKS.get(letter, "")]))
        for letter in "amber lane"
    )
    assert Leak.NAME in leaks(f"we are {swapped}!", AMBER)
    assert skeleton(swapped) == skeleton("Amber Lane")


@pytest.mark.parametrize("name", ["Zöe Ünlü Kulübü", "Ключ", "東京こどもクラブ", "서울 클럽"])
def test_names_of_one_alphabet_are_names(name: str) -> None:
    """No language is shut out: accents, and scripts that one language joins, are one alphabet."""
    assert one_alphabet(name)


@pytest.mark.parametrize("name", ["Аmber", "Ключ Club", "Ρaul", "Amber Łane Сlub"])
def test_a_mix_of_alphabets_is_seen(name: str) -> None:
    """A Latin name with a single Cyrillic or Greek letter is none."""
    assert not one_alphabet(name)
