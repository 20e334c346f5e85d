"""The demo network: its counts, its dates on any day, and whom it never names."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from cypn_core.application.join import join
from cypn_core.application.network import SYSTEM, Network
from cypn_core.domain.errors import Conflict
from cypn_core.domain.organisations import Contact, Profile, RunBy
from cypn_core.hub import Hub
from cypn_core.storage.engine import open_store
from cypn_core.storage.migrations import migrate
from cypn_services.demo import command
from cypn_services.demo.counts import as_json, matched
from cypn_services.demo.data import demo
from cypn_services.demo.deal import rehearsed
from cypn_services.demo.loader import load_demo, loaded_on
from cypn_services.demo.show import show

PLUGINS = ("venue_bank", "transport", "procurement", "region_banes")
NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
TWO_YEARS = [NOW + dt.timedelta(days=days) for days in range(0, 740, 92)]
AWKWARD = [
    dt.datetime(2026, 12, 24, 23, 30, tzinfo=dt.UTC),
    dt.datetime(2027, 3, 26, 9, tzinfo=dt.UTC),  # a bank holiday, in the holidays
    dt.datetime(2027, 7, 8, 9, tzinfo=dt.UTC),  # the summer is a fortnight off
    dt.datetime(2027, 7, 9, 9, tzinfo=dt.UTC),  # and here too near
    dt.datetime(2028, 2, 29, 9, tzinfo=dt.UTC),
    dt.datetime(2027, 4, 30, 23, 30, tzinfo=dt.UTC),  # tomorrow already, by the summer clock
    dt.datetime(2028, 10, 28, 23, 45, tzinfo=dt.UTC),  # the night of a clock change
]
_HASHES = """
06b4eab3092ddd79 087720d8df21b8fc 08fea71ad43631f6 0b294dce4424e136 0de1285bd27b49ea
1bc4bdf438b0aea8 203bab432717fdf5 209a383275f54880 248a7dd9f238a884 27ebb7dbb5a6b1f2
2ee4233fa9fde3bf 4986649937b08d4a 4e0c8c207613a7df 518f94d259efbe23 5326ff895439f6ac
54ad33c43afe0333 55ce14b8da7fd202 5b15bde3c76b527c 66d6a7b505eb69fb 6a85933d27afe2b6
6cbbc9fe96469943 6cc0d003e785e473 701fa8575b32aa48 71ed77219e6b0b91 7276e0a742cf9880
74fbdeec48c6f137 757ac0b722339f7d 8291e26d2033acce 8313e47b5950192c 83fce037ca4b4f9d
86bdf58b6b8eff53 873ce29a4abfb495 8cbce26e8e205cd7 90ac6196d4c30b96 91c8373b94617737
957ab7ab9bf84eb4 957ece9f92e258c3 9582659c622f4ebc 972ec47af5a1821d 9969f9740bc9da22
9bf82be1be80b402 9d892f1bf2ed5371 9e25b31c6e22518a 9ee5b758fb8918d9 a46cd293054c884c
a71f1b5a32e79501 a8532630afd1936f aa4abc7897819034 b3b9114ed28d73c3 b3c5fdc722d1bc5b
b77aaabdcfe82aff bc33b4515daddce5 bd45f607a02760f7 c040a518d1296b62 c06572cedf28f864
c232cc74757fd3f7 c334cc11410d1587 c5f0d9a90bc4b954 c6aa14f68100ef21 c8ab05ab9b8df6b6
cbe85b9beb5f472b cdf941f0bcf33084 cf539ba47085c695 d000076215770d7c d0762455baa067bb
d467ff1ba428b8d2 d47edaa4dc4fb3e3 e034b706d4abc868 e8c00c38ec683e28 e95f1a11090004d0
eb4220918be13e97 ed69d4b613858384 f558b6ef4b9d8e43 f81725b6425eb7e4 fa5d0cc235c65e51
fbd1030e831782a2 fdc7ddccc211c8e8
"""
NAMED = frozenset(_HASHES.split())
"""What the report's own organisations hash to, so that this file does not name them either."""


@pytest.fixture(scope="module")
def hub() -> Hub:
    return Hub.installed(only=PLUGINS)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A migrated SQLite file."""
    path = tmp_path_factory.mktemp("empty") / "store.sqlite3"
    with open_store(f"sqlite:///{path}") as store:
        migrate(store)
    return path.read_bytes()


@pytest.fixture
def network(hub: Hub, empty: bytes, tmp_path: Path) -> Iterator[Network]:
    yield from _network(hub, empty, tmp_path, NOW)


def _network(hub: Hub, empty: bytes, folder: Path, now: dt.datetime) -> Iterator[Network]:
    path = folder / f"{now:%Y%m%d%H%M}.sqlite3"
    path.write_bytes(empty)
    with open_store(f"sqlite:///{path}") as store:
        yield Network(hub=hub, store=store, clock=lambda: now)


def _counts(network: Network) -> dict[str, object]:
    with network.reading() as work:
        return as_json(work, matched(work))


@pytest.mark.parametrize("now", [*TWO_YEARS, *AWKWARD], ids=str)
def test_every_exchange_shows_all_three_outcomes_on_any_day(
    now: dt.datetime, hub: Hub, empty: bytes, tmp_path: Path
) -> None:
    """50 needs; of each exchange's some are met, some in part, some not, whenever it is run."""
    for network in _network(hub, empty, tmp_path, now):
        load_demo(network)
        counts = _counts(network)
        exchanges = counts["exchanges"]
        assert isinstance(exchanges, dict)
        for each in exchanges.values():
            assert each["needs"] == each["full"] + each["partial"] + each["unmet"]
            assert min(each["full"], each["partial"], each["unmet"]) >= 1
        assert [each["needs"] for each in exchanges.values()] == [9, 5, 8]
        assert counts["noted"] == 28
        assert exchanges["transport"]["shared"] == 1


def test_two_loads_of_one_day_are_alike(hub: Hub, empty: bytes, tmp_path: Path) -> None:
    """Ids follow from the data, so that two machines print the same."""
    said = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        for network in _network(hub, empty, tmp_path / name, NOW):
            load_demo(network)
            said.append(_printed(network))
    assert said[0] == said[1]


def test_loading_again_changes_nothing(network: Network) -> None:
    """The command may be run again on the store that it filled."""
    load_demo(network)
    before = _counts(network)
    load_demo(network)
    assert _counts(network) == before


@pytest.mark.parametrize("now", [NOW, *AWKWARD], ids=str)
def test_the_day_of_loading_is_known(
    now: dt.datetime, hub: Hub, empty: bytes, tmp_path: Path
) -> None:
    """So that an old demo can be told from one of today, on either side of a clock change."""
    for network in _network(hub, empty, tmp_path, now):
        with network.reading() as work:
            assert loaded_on(work) is None
        load_demo(network)
        with network.reading() as work:
            assert loaded_on(work) == work.today


def test_a_store_of_ones_own_is_left_alone(network: Network) -> None:
    """Invented groups are never mixed with a network's real ones."""
    profile = Profile(
        name="Real Group",
        run_by=RunBy.VOLUNTEERS,
        place="Bath",
        contact=Contact(name="A Person", email="person@example.org"),
    )
    network.transact(lambda work: join(work, SYSTEM, profile))
    with pytest.raises(Conflict, match="CYPN_DATABASE_URL"):
        load_demo(network)
    assert _counts(network)["organisations"] == 1


def test_what_waits_at_the_gate_is_not_counted(network: Network) -> None:
    """The lapsed holder's offer is stored, and shown to nobody."""
    load_demo(network)
    with network.reading() as work:
        stored = work.postings.all("offer", work.hub.exchanges)
        shown = [work.postings.open(name, "offer", NOW.date(), NOW) for name in work.hub.exchanges]
    assert len(stored) == len(demo().offers)
    assert sum(map(len, shown)) == sum(not offer.gate for offer in demo().offers)


def test_no_exchange_installed_means_noted(empty: bytes, tmp_path: Path) -> None:
    """A need whose exchange is missing is remembered instead, and none of the 50 is lost."""
    alone = Hub.installed(only=("venue_bank", "region_banes"))
    for network in _network(alone, empty, tmp_path, NOW):
        load_demo(network)
        counts = _counts(network)
        assert list(counts["exchanges"]) == ["venue_bank"]  # type: ignore[call-overload]
        assert counts["noted"] == 41


def test_nobody_is_named_before_an_agreement(network: Network) -> None:
    """Neither the tables nor a request says whose a need or an offer is."""
    load_demo(network)
    story = rehearsed(network.hub, NOW)
    before = [each.said for each in story if not each.agreed]
    after = " ".join(each.said for each in story if each.agreed)
    text = _printed(network) + " ".join(before)
    assert not [member.name for member in demo().members if member.name in text]
    assert len(before) >= 3
    assert "Harbour Door Welcome Class" in after
    assert "18:00 instead of 17:00" in after


def test_no_real_organisation_is_in_the_data() -> None:
    """The report promised its speakers that nothing would be tied to them."""
    for name in ("organisations", "needs", "offers"):
        text = (files("cypn_services.demo") / f"{name}.toml").read_text(encoding="utf-8")
        words = re.findall(r"[a-z0-9]+", text.lower())
        runs = (" ".join(words[at : at + n]) for at in range(len(words)) for n in range(1, 9))
        assert not [run for run in runs if _hashed(run) in NAMED]


def test_contacts_reach_nobody(network: Network) -> None:
    """Addresses are under example.org, telephone numbers are those kept free for fiction."""
    load_demo(network)
    with network.reading() as work:
        profiles = [each.profile for each in work.organisations.all()]
    people = [p for each in profiles for p in (each.contact, each.second_contact) if p]
    assert len(people) == 2 * len(demo().members)
    assert all(person.email.endswith(".example.org") for person in people)
    assert all(re.fullmatch(r"01632 960\d{3}", person.phone or "") for person in people)


def test_invented_numbers_are_marked() -> None:
    """Each of the report's needs says what of it is made up; what-if offers are so as a whole."""
    assert all(need.invented for need in demo().needs if need.body)
    stated = [offer for offer in demo().offers if offer.source != "what if"]
    assert all(offer.invented for offer in stated)
    assert {offer.source for offer in stated} == {"report", "existing"}


@pytest.mark.parametrize("width", [80, 120])
def test_the_tables_fit(network: Network, width: int) -> None:
    """No line is wider than the terminal, and none ends in an ellipsis."""
    load_demo(network)
    text = _printed(network, width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text


def test_the_command_prints_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The promise of the README, on a new file and on the same file again."""
    monkeypatch.setenv("CYPN_DATABASE_URL", f"sqlite:///{tmp_path / 'demo.sqlite3'}")
    first, again = (CliRunner().invoke(command.demo, ["--json"]) for _ in range(2))
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert json.loads(first.stdout) == json.loads(again.stdout)
    assert set(json.loads(first.stdout)) == {"region", "organisations", "exchanges", "noted"}


def _printed(network: Network, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    with network.reading() as work:
        show(console, work, matched(work))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _hashed(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]
