"""Organisations as a CSV file that a spreadsheet opens: read row by row, written with care."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cypn_core.application.join import name_problem
from cypn_core.application.network import Work
from cypn_core.domain.errors import Invalid
from cypn_core.domain.likeness import skeleton
from cypn_core.domain.organisations import Contact, Profile
from cypn_core.web.schemas import load

REQUIRED = ("name", "run_by", "place", "contact_name", "contact_email")
OPTIONAL = (
    "contact_phone", "second_name", "second_email", "second_phone", "numbers", "exchanges_off",
)  # fmt: skip
COLUMNS = (*REQUIRED, *OPTIONAL)
SEVERAL = "|"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def profiles(file: str, work: Work) -> tuple[list[Profile], list[str]]:
    """The profiles in *file*, and a sentence with its row for each thing wrong.

    Row 1 is the line of the column names, as a spreadsheet counts.

    :raises Invalid: when the file is no CSV with the right columns.
    """
    taken = {skeleton(name): "that of a member" for _, name in work.organisations.names()}
    found, wrong = [], []
    for number, row in _rows(file):
        try:
            profile = _profile(row, work)
        except Invalid as error:
            wrong += [f"row {number}: {key}: {', '.join(v)}" for key, v in error.fields.items()]
            continue
        likeness = skeleton(profile.name)
        if twin := taken.get(likeness):
            wrong.append(f"row {number}: name: {profile.name} reads like {twin}")
        elif problem := name_problem(profile.name, ()):
            wrong.append(f"row {number}: name: {problem}")
        taken[likeness] = f"that in row {number}"
        found.append(profile)
    return found, wrong


def written(profiles: Iterable[Profile]) -> str:
    """*profiles* as CSV; no cell begins a formula.

    A cell that would is written with an apostrophe before it, which `profiles` takes away again.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for profile in profiles:
        writer.writerow([guarded(cell) for cell in _cells(profile)])
    return out.getvalue()


def guarded(cell: str) -> str:
    """*cell* so that a spreadsheet shows it and never runs it.

    >>> guarded("=1+1"), guarded("+44 1225"), guarded("Amber Lane")
    ("'=1+1", "'+44 1225", 'Amber Lane')
    """
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def _rows(file: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid({"file": ["is not UTF-8 text: save it as CSV UTF-8"]}) from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        _columns(reader.fieldnames or ())
        for row in reader:
            if None in row or None in row.values():
                raise Invalid({f"row {reader.line_num}": ["has too few or too many cells"]})
            yield reader.line_num, {key: _unguarded(cell.strip()) for key, cell in row.items()}
    except csv.Error as error:
        raise Invalid({"file": [f"is not CSV: {error} (line {reader.line_num})"]}) from None


def _columns(names: Iterable[str]) -> None:
    given = list(names)
    lacking = sorted(set(REQUIRED) - set(given))
    strange = sorted(set(given) - set(COLUMNS))
    if lacking or strange or len(set(given)) != len(given):
        wrong = f"lacks {', '.join(lacking)}" if lacking else "has a column twice or misspelt"
        raise Invalid({"file": [f"{wrong}: the columns are {', '.join(COLUMNS)}"]})


def _profile(row: dict[str, str], work: Work) -> Profile:
    told: dict[str, Any] = {key: row[key] for key in ("name", "run_by", "place")}
    told["contact"] = _contact(row, "contact")
    if any(row.get(f"second_{part}") for part in ("name", "email", "phone")):
        told["second_contact"] = _contact(row, "second")
    for several in ("numbers", "exchanges_off"):
        told[several] = [part.strip() for part in row.get(several, "").split(SEVERAL) if part]
    profile = load(Profile, told)
    work.hub.region.find(profile.place)
    if unknown := sorted(profile.exchanges_off - work.hub.exchanges.keys()):
        known = ", ".join(work.hub.exchanges)
        raise Invalid({"exchanges_off": [f"{', '.join(unknown)}: there is only {known}"]})
    return profile


def _contact(row: dict[str, str], who: str) -> dict[str, str]:
    parts = {part: row.get(f"{who}_{part}", "") for part in ("name", "email", "phone")}
    return {part: cell for part, cell in parts.items() if cell or part != "phone"}


def _cells(profile: Profile) -> list[str]:
    second = _contact_cells(profile.second_contact) if profile.second_contact else ["", "", ""]
    return [
        profile.name,
        profile.run_by.value,
        profile.place,
        *_contact_cells(profile.contact),
        *second,
        SEVERAL.join(profile.numbers),
        SEVERAL.join(sorted(profile.exchanges_off)),
    ]


def _contact_cells(contact: Contact) -> list[str]:
    return [contact.name, contact.email, contact.phone or ""]
