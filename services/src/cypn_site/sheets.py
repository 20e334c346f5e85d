"""Lists as people have them, CSV or XLSX: rows of cells under named columns, and lists to fill in.

One reader for the command line and the pages. Cells come as texts: a day of a spreadsheet as
``2027-09-30``, a whole number without a point.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence

from cypn_core.application.check_list import Row
from cypn_core.domain.errors import Invalid
from cypn_site.sheet_worker import lines_apart

MOST_BYTES = 256_000
MOST_UNPACKED = 8_000_000
"""A spreadsheet is a packed folder; what would unpack to more than this is not opened."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ZIP = b"PK\x03\x04"
Line = tuple[int, Sequence[str]]


def rows(content: bytes, required: Sequence[str], columns: Sequence[str]) -> list[Row]:
    """The rows of a CSV or XLSX file whose first line names *columns*, *required* among them.

    Row 1 is the line of the column names, as a spreadsheet counts. Empty rows are left out.

    :raises Invalid: when it is no such file, saying what to mend.
    """
    if len(content) > MOST_BYTES:
        raise Invalid({"file": [f"must be at most {MOST_BYTES // 1000} kB"]})
    lines = _sheet_lines(content) if content.startswith(ZIP) else _text_lines(content)
    found = iter(lines)
    _, names = next(found, (1, ()))
    named = [name.strip() for name in names]
    while named and not named[-1]:
        named.pop()
    _check_columns(named, required, columns)
    return [_row(number, named, cells) for number, cells in found if any(map(str.strip, cells))]


def text(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """*lines* as CSV under *columns*; no cell begins a formula.

    A cell that would is written with an apostrophe before it, which `rows` takes away again.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for line in lines:
        writer.writerow([guarded(cell) for cell in line])
    return out.getvalue()


def guarded(cell: str) -> str:
    """*cell* so that a spreadsheet shows it and never runs it.

    >>> guarded("=1+1"), guarded("+44 1225"), guarded("Amber Lane")
    ("'=1+1", "'+44 1225", 'Amber Lane')
    """
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def _row(number: int, names: Sequence[str], cells: Sequence[str]) -> Row:
    if any(cell.strip() for cell in cells[len(names) :]) or len(cells) < len(names):
        raise Invalid({f"row {number}": ["has too few or too many cells"]})
    told = {name: _unguarded(cell.strip()) for name, cell in zip(names, cells, strict=False)}
    return Row(number=number, cells=told)


def _check_columns(given: Sequence[str], required: Sequence[str], columns: Sequence[str]) -> None:
    lacking = sorted(set(required) - set(given))
    strange = sorted(set(given) - set(columns))
    if lacking or strange or len(set(given)) != len(given):
        wrong = f"lacks {', '.join(lacking)}" if lacking else "has a column twice or misspelt"
        raise Invalid({"file": [f"{wrong}: the columns are {', '.join(columns)}"]})


def _text_lines(content: bytes) -> Iterator[Line]:
    try:
        said = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid({"file": ["is not UTF-8 text: save it as CSV UTF-8, or as XLSX"]}) from None
    reader = csv.reader(io.StringIO(said, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise Invalid({"file": [f"is not CSV: {error} (line {reader.line_num})"]}) from None


def _sheet_lines(content: bytes) -> Iterator[Line]:
    """The lines of the first sheet."""
    wrong = Invalid({"file": ["cannot be read: save it as XLSX without a password, or as CSV"]})
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise Invalid({"file": ["holds too much: copy only the list into a new file"]})
            damaged = packed.testzip()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise wrong from error
    found = None if damaged else lines_apart(content)
    if found is None:
        raise wrong
    yield from enumerate(found, 1)
