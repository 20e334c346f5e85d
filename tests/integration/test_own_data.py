"""What is held on an organisation: every table is declared, and nothing of others is in it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from tests.post_office import PostOffice
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, an_offer, asked, is_problem, pair, posted

from cypn_core.application import own_data
from cypn_core.application.holdings import HOLDINGS, NOT_HELD
from cypn_core.application.network import Caller
from cypn_core.domain.errors import NotAllowed
from cypn_core.storage.engine import Store
from cypn_core.storage.tables import metadata
from cypn_core.testing.town import MEMBERSHIP, Member, Town

NOTE = "We sing in parts"


@pytest.fixture
def town(store: Store, office: PostOffice) -> Town:
    return Town.on(store, ONLY_VENUES, NOW, office.carrier())


def archive_of(town: Town, member: Member) -> dict[str, str]:
    """The files of a member's archive, by name."""
    with town.network.reading() as work:
        packed = own_data.archive(work, town.acting(member), town.network.converter)
    with zipfile.ZipFile(io.BytesIO(packed)) as zipped:
        return {name: zipped.read(name).decode() for name in zipped.namelist()}


def test_every_table_is_declared_once() -> None:
    """A new table is held on somebody, with why and how long, or says what it holds instead."""
    held = [table for each in HOLDINGS for table in sorted(each.tables)]
    assert len(held) == len(set(held))
    assert not set(held) & set(NOT_HELD)
    assert set(metadata.tables) == set(held) | set(NOT_HELD)


def test_all_that_a_member_gave_is_in_its_archive(town: Town) -> None:
    """Profile, note, messages and dealings are in the JSON, and each sort in a CSV of its own."""
    _, seeker, _, need = pair(town)
    asked(seeker, need)
    town.tick()
    files = archive_of(town, seeker)
    everything = {each["code"]: each for each in json.loads(files["everything.json"])}
    assert set(everything) == {each.code for each in HOLDINGS}
    assert everything["profile"]["rows"][0]["profile"]["name"] == "Amber Lane"
    assert everything["needs_and_offers"]["rows"][0]["body"]["note"] == NOTE
    assert everything["addresses"]["rows"][0]["obtained"] == "coordinator"
    assert {"subject", "text", "at"} == set(everything["messages"]["rows"][0])
    assert everything["log"]["rows"]
    assert all(each["why"] and each["kept"] for each in everything.values())
    rows = list(csv.DictReader(io.StringIO(files["messages.csv"], newline="")))
    assert len(rows) == len(everything["messages"]["rows"])


def test_before_an_agreement_nothing_in_it_names_the_other(town: Town) -> None:
    """Neither archive holds the other's name, note, id or contact; once agreed, the name."""
    holder, seeker, _, need = pair(town, auto_accept=False)
    assert asked(seeker, need).status_code == 202
    town.tick()
    for mine, other in ((holder, seeker), (seeker, holder)):
        files = "".join(archive_of(town, mine).values())
        assert mine.name in files
        assert other.name not in files
        assert other.id not in files
    assert NOTE not in "".join(archive_of(town, holder).values())
    (deal,) = seeker.get(VENUES, "/v1/deals").json["items"]  # type: ignore[index]
    tag = holder.get(VENUES, f"/v1/deals/{deal['id']}").headers["ETag"]
    agreed = holder.post(VENUES, f"/v1/deals/{deal['id']}/agree", If_Match=tag)
    assert agreed.status_code == 200, agreed.text
    assert holder.name in "".join(archive_of(town, seeker).values())


def test_no_cell_begins_a_formula(town: Town) -> None:
    """What a member typed is shown by a spreadsheet and never run."""
    group = town.member("=cmd|' /C calc'!A0", place=PLACE)
    posted(town.member("Cedar Hall", "holder", place=PLACE), "offer", an_offer())
    town.tick()
    with town.network.reading() as work:
        found = own_data.held(work, town.acting(group), town.network.converter)
    for each in found:
        for row in csv.reader(io.StringIO(own_data.as_csv(each.rows), newline="")):
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_the_archive_of_a_member_is_the_same_bytes_twice(town: Town) -> None:
    """Nothing of the moment is in it."""
    _, seeker, _, _ = pair(town)
    with town.network.reading() as work:
        caller, converter = town.acting(seeker), town.network.converter
        first, again = (own_data.archive(work, caller, converter) for _ in range(2))
    assert first == again


def test_a_coordinator_reads_for_a_group_what_that_group_may_read(town: Town) -> None:
    """Acting for nobody it reads nobody's; over HTTP a key reads its own organisation's."""
    holder, seeker, _, need = pair(town, auto_accept=False)
    asked(seeker, need)
    desk = Caller(
        actor="key:1", scopes=frozenset({"coordinator"}), organisation=seeker.id,
        acts_for_another=True,
    )  # fmt: skip
    with town.network.reading() as work:
        packed = own_data.held(work, desk, town.network.converter)
        nobody = Caller(actor="key:1", scopes=frozenset({"coordinator"}))
        with pytest.raises(NotAllowed):
            own_data.held(work, nobody, town.network.converter)
    assert holder.name not in json.dumps([own_data.told(each) for each in packed])
    found: dict[str, Any] = seeker.get(MEMBERSHIP, "/v1/organisation/data").json  # type: ignore[assignment]
    assert [each["code"] for each in found["items"]] == [each.code for each in HOLDINGS]


def test_erasure_over_http_asks_for_the_name(town: Town) -> None:
    """Another name is refused; the right one erases, and the key is dead."""
    group = town.member("Amber Lane", place=PLACE)
    path = "/v1/organisation/erasure"
    assert group.get(MEMBERSHIP, path).json == {"items": []}
    is_problem(group.post(MEMBERSHIP, path, {"name": "Amber"}), 422)
    assert group.post(MEMBERSHIP, path, {"name": "Amber Lane"}).status_code == 200
    is_problem(group.get(MEMBERSHIP, path), 401)
