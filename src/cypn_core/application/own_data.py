"""Everything that is held on an organisation, to read and to take away as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

from attrs import frozen

from cypn_core.application.holdings import HOLDINGS, Holding, Json, reader_of
from cypn_core.application.network import Caller, Work
from cypn_core.wire.converter import Converter

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@frozen(kw_only=True)
class HeldHere:
    """One sort of data that is held: why, how long, and its rows."""

    holding: Holding
    kept: str
    rows: tuple[Json, ...]


def held(work: Work, caller: Caller, converter: Converter) -> list[HeldHere]:
    """All that is held on the caller's organisation, as it may read it itself.

    :raises NotAllowed: when the caller acts for none.
    """
    reader, settings = reader_of(work, caller, converter), work.hub.region.settings
    return [
        HeldHere(holding=each, kept=each.kept(settings), rows=tuple(each.rows(reader)))
        for each in HOLDINGS
    ]


def archive(work: Work, caller: Caller, converter: Converter) -> bytes:
    """A ZIP file of it: ``everything.json``, and a CSV file of each sort that has rows."""
    found = held(work, caller, converter)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        everything = [told(each) for each in found]
        _write(zipped, "everything.json", json.dumps(everything, indent=2, ensure_ascii=False))
        for each in found:
            if each.rows:
                _write(zipped, f"{each.holding.code}.csv", as_csv(each.rows))
    return out.getvalue()


def as_csv(rows: tuple[Json, ...]) -> str:
    r"""*rows* with a column for each name that any has; what is nested is JSON in its cell.

    >>> as_csv(({"a": "=1+1", "b": [1]}, {"a": None}))
    "a,b\r\n'=1+1,[1]\r\n,\r\n"
    """
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return out.getvalue()


def told(each: HeldHere) -> Json:
    """One sort of data as JSON."""
    return {
        "code": each.holding.code,
        "title": each.holding.title,
        "why": each.holding.why,
        "kept": each.kept,
        "rows": list(each.rows),
    }


def _cell(value: Any) -> str:
    """A cell that a spreadsheet shows and never runs."""
    if value is None:
        return ""
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{said}" if said.startswith(FORMULA) else said


def _write(zipped: zipfile.ZipFile, name: str, text: str) -> None:
    """The same data gives the same bytes: no file has a time of its own."""
    zipped.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
