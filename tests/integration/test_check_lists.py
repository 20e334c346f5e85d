"""Checks in bulk: each cell that is wrong is named with its mend, and then nothing is stored."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter
from sqlalchemy import func, select
from tests.towns import NOW, ONLY_VENUES, PLACE

from cypn_core.application import check_list
from cypn_core.application.check_list import COLUMNS, MOST_ROWS, REQUIRED, Row
from cypn_core.application.network import Caller
from cypn_core.domain.errors import Invalid, NotAllowed
from cypn_core.domain.standing import stands
from cypn_core.storage import tables
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town
from cypn_site import sheets

CLERK = Caller(actor="key:clerk", scopes=frozenset({"coordinator"}))
GOOD = """organisation,role,outcome,expires_on
Cedar Hall,holder,passed,2027-09-30
Amber Lane,seeker,failed,
"""


@pytest.fixture
def town(store: Store) -> Town:
    town = Town.on(store, ONLY_VENUES, NOW)
    for name in ("Cedar Hall", "Amber Lane"):
        town.member(name, place=PLACE)
    return town


def read(content: str | bytes) -> list[Row]:
    return sheets.rows(content.encode() if isinstance(content, str) else content, REQUIRED, COLUMNS)


def stored(town: Town) -> int:
    with town.network.store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(tables.standing)) or 0


def workbook(*lines: tuple[object, ...]) -> bytes:
    """An XLSX file of one sheet, as a spreadsheet program writes it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for number, line in enumerate(lines):
            for column, cell in enumerate(line):
                if hasattr(cell, "year"):
                    sheet.write_datetime(number, column, cell, day)
                else:
                    sheet.write(number, column, cell)
    return out.getvalue()


def test_a_good_list_is_recorded_whole(town: Town) -> None:
    """By the names that members have; the last column may be left empty."""
    town.network.transact(lambda work: check_list.record_all(work, CLERK, read(GOOD)))
    with town.network.reading() as work:
        members = {name: known for known, name in work.organisations.names()}
        checks = work.organisations.checks(members.values())
        assert stands(checks[members["Cedar Hall"]], "holder", work.today) is None
        assert stands(checks[members["Amber Lane"]], "seeker", work.today) == "seeker: failed"
        (check,) = checks[members["Cedar Hall"]]
    assert check.expires_on is not None
    assert check.expires_on.isoformat() == "2027-09-30"
    assert check.checker == CLERK.actor


def test_a_spreadsheet_says_the_same_as_text(town: Town) -> None:
    """Days as days, and empty cells at the end of a row."""
    book = workbook(
        COLUMNS,
        ("Cedar Hall", "holder", "passed", dt.datetime(2027, 9, 30)),  # noqa: DTZ001 - a cell has no zone
        ("Amber Lane", "seeker", "failed"),
    )
    assert [row.cells for row in read(book)] == [row.cells for row in read(GOOD)]
    with town.network.reading() as work:
        assert len(check_list.look(work, CLERK, read(book)).checks) == 2


@pytest.mark.parametrize(
    ("line", "column", "mend"),
    [
        ("Elm Rooms,holder,passed,", "organisation", "no member is called Elm Rooms"),
        (",holder,passed,", "organisation", "give its name"),
        ("Cedar Hall,pilot,passed,", "role", "there is no checklist for pilot"),
        ("Cedar Hall,holder,maybe,", "outcome", "passed, failed, pending"),
        ("Cedar Hall,holder,passed,30/09/2027", "expires_on", "such as 2027-09-30"),
        ("Cedar Hall,holder,passed,2020-01-01", "expires_on", "before today"),
        ("Amber Lane,seeker,passed,", "organisation", "earlier row"),
    ],
)
def test_one_bad_cell_is_named_and_nothing_is_stored(
    town: Town, line: str, column: str, mend: str
) -> None:
    """The row as a spreadsheet numbers it, the column, and what to do; the good rows wait too."""
    rows, before = read(f"{GOOD}{line}\n"), stored(town)
    with town.network.reading() as work:
        (flaw,) = check_list.look(work, CLERK, rows).flaws
    assert (flaw.row, flaw.column) == (4, column)
    assert mend in flaw.mend
    with pytest.raises(Invalid, match="row 4"), town.network.writing() as work:
        check_list.record_all(work, CLERK, rows)
    assert stored(town) == before


def test_every_bad_cell_of_a_list_is_told_at_once(town: Town) -> None:
    """Not the first alone."""
    rows = read(f"{GOOD}Elm Rooms,pilot,maybe,soon\n,,,\n")
    with town.network.reading() as work:
        flaws = check_list.look(work, CLERK, rows).flaws
    assert [flaw.column for flaw in flaws] == list(COLUMNS)


def test_a_name_of_two_members_is_asked_for_by_its_id(town: Town) -> None:
    """Nobody is guessed: an id always says which."""
    with town.network.reading() as work:
        known = str(work.organisations.names()[0][0])
        cells = {"organisation": known, "role": "holder", "outcome": "PASSED", "expires_on": ""}
        looked = check_list.look(work, CLERK, [Row(number=2, cells=cells)])
    assert [each.organisation for each in looked.checks] == [known]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b"organisation,role\n", "lacks outcome"),
        (b"organisation,role,outcome,colour\n", "misspelt"),
        (b"organisation,role,outcome\nx,y\n", "too few or too many"),
        (b"organisation,role,outcome\nx,y,z,more\n", "too few or too many"),
        (b'organisation,role,outcome\n"x,y\n', "is not CSV"),
        (b"PK\x03\x04 is no workbook", "cannot be read"),
        (b"x" * (sheets.MOST_BYTES + 1), "256 kB"),
        (b"", "lacks"),
    ],
)
def test_what_is_no_list_is_refused_with_the_mend(content: bytes, said: str) -> None:
    """Whatever somebody chose by mistake, or on purpose."""
    with pytest.raises(Invalid) as refused:
        read(content)
    assert said in str(refused.value.fields)


def test_a_spreadsheet_that_unpacks_to_too_much_is_not_opened() -> None:
    """A few kilobytes that would fill the memory."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/big.xml", b" " * (sheets.MOST_UNPACKED + 1))
    assert len(out.getvalue()) < sheets.MOST_BYTES
    with pytest.raises(Invalid, match="holds too much"):
        read(out.getvalue())


def test_a_sheet_that_claims_to_be_huge_does_not_end_the_process() -> None:
    """One cell in the last corner of a sheet: whatever makes room for all of it dies of it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, COLUMNS)
        sheet.write(1_048_575, 16_383, "x")
    assert len(out.getvalue()) < sheets.MOST_BYTES
    with pytest.raises(Invalid, match="cannot be read"):
        read(out.getvalue())


def test_too_many_rows_and_none_are_refused(town: Town) -> None:
    """A list is done in one transaction, so it has an end."""
    cells = {"organisation": "Cedar Hall", "role": "holder", "outcome": "passed"}
    for count in (0, MOST_ROWS + 1):
        rows = [Row(number=n, cells=cells) for n in range(count)]
        with town.network.reading() as work, pytest.raises(Invalid):
            check_list.look(work, CLERK, rows)


def test_only_a_coordinator_reads_or_records_a_list(town: Town) -> None:
    """Even a look would tell who is a member."""
    member = Caller(actor="key:x", scopes=frozenset({"member"}))
    with town.network.reading() as work, pytest.raises(NotAllowed):
        check_list.look(work, member, read(GOOD))


def test_what_is_written_is_read_back(town: Town) -> None:
    """The template, and a list whose cells would be formulas."""
    lines = [("=1+1", "holder", "passed", "")]
    (row,) = read(sheets.text(COLUMNS, lines))
    assert tuple(row.cells.values()) == lines[0]
