"""Core knows no exchange and no place; nothing knows the machine it was written on."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.packaging.conftest import ROOT

PLACES = (
    "b&nes|banes|bath|batheaston|bathampton|bathwick|keynsham|radstock|paulton|twerton|somerset|"
    "saltford|midsomer|peasedown|timsbury|whitchurch|widcombe|weston|whiteway|southdown|lansdown|"
    "larkhall|oldfield|fox ?hill|odd down|combe down|chew"
)
TRADE = (
    "room|hall|venue|church|storage cupboard|van|minibus(?:es)?|bus(?:es)?|vehicle|driver|escort|"
    "passenger|supplier|procurement|transport|trainer|training|learner"
)
EXCHANGES = ("plugins/venue_bank/src", "plugins/transport/src", "plugins/procurement/src")
MACHINE = re.compile(r"(?<![\w.])/(?:work|home|root|tmp)/|\.\./shared")
FOREIGN = re.compile(r"exec_driver_sql|drivername")  # SQLAlchemy's names
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def _word(words: str) -> re.Pattern[str]:
    """Whole words in either number; an underscore or a capital ends a word too."""
    return re.compile(rf"(?<![a-z0-9])(?:{words})s?(?![a-z0-9])", re.IGNORECASE)


def _texts(*folders: str) -> Iterator[tuple[str, int, str]]:
    """Every line of every tracked text file, with its file and number."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *folders], cwd=ROOT, capture_output=True, check=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        yield from _lines(name)


def _lines(name: str) -> Iterator[tuple[str, int, str]]:
    path = ROOT / name
    data = path.read_bytes() if path.is_file() else b""
    if b"\0" not in data:
        for number, line in enumerate(data.decode().splitlines(), 1):
            yield name, number, line


def _found(pattern: re.Pattern[str], *folders: str) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, number, line in _texts(*folders)
        if pattern.search(CAMEL.sub("_", FOREIGN.sub("", line))) or pattern.search(name)
    ]


def test_no_place_of_one_region_in_core_or_an_exchange() -> None:
    """Another network reads nothing of the first one's map in what it installs."""
    assert _found(_word(PLACES), "src", *EXCHANGES) == []


def test_no_word_of_an_exchange_in_core() -> None:
    """Core speaks of needs, offers, resources, uses and roles, never of what they are."""
    assert _found(_word(TRADE), "src") == []


def test_no_path_of_a_machine_in_any_tracked_file() -> None:
    """A fresh clone refers to nothing outside itself."""
    assert _found(MACHINE) == []


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (PLACES, "near Bath"),
        (PLACES, "BANES_WARDS"),
        (TRADE, "class RoomKind:"),
        (TRADE, "room_id = 1"),
        (TRADE, "two vans"),
    ],
)
def test_the_scan_sees_words_inside_names(words: str, line: str) -> None:
    """Capitals, underscores and plurals do not hide a word."""
    assert _word(words).search(CAMEL.sub("_", line))


@pytest.mark.parametrize(
    ("words", "line"), [(PLACES, "bathroom"), (TRADE, "it shall"), (TRADE, "advance")]
)
def test_the_scan_leaves_longer_words_alone(words: str, line: str) -> None:
    """A word inside another is not that word."""
    assert not _word(words).search(line)


def test_no_path_of_a_machine_hides(tmp_path: Path) -> None:
    """The machine pattern sees a folder of this machine and leaves addresses of the web alone."""
    assert MACHINE.search(f"open('/{'tmp'}/x')")
    assert not MACHINE.search("https://example.org/home/index.html")
