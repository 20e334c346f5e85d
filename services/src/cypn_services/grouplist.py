"""Organisations as a list that a spreadsheet opens: read row by row, written with care."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cypn_core.application.join import name_problem
from cypn_core.application.network import Work
from cypn_core.domain.errors import Invalid
from cypn_core.domain.likeness import skeleton
from cypn_core.domain.organisations import Contact, Profile
from cypn_core.web.schemas import load
from cypn_site import sheets

REQUIRED = ("name", "run_by", "place", "contact_name", "contact_email")
OPTIONAL = (
    "contact_phone", "second_name", "second_email", "second_phone", "numbers", "exchanges_off",
)  # fmt: skip
COLUMNS = (*REQUIRED, *OPTIONAL)
SEVERAL = "|"


def profiles(file: str, work: Work) -> tuple[list[Profile], list[str]]:
    """The profiles in *file*, and a sentence with its row for each thing wrong.

    Row 1 is the line of the column names, as a spreadsheet counts.

    :raises Invalid: when the file is no list with the right columns.
    """
    taken = {skeleton(name): "that of a member" for _, name in work.organisations.names()}
    found, wrong = [], []
    for each in sheets.rows(Path(file).read_bytes(), REQUIRED, COLUMNS):
        number = each.number
        try:
            profile = _profile(each.cells, work)
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
    """*profiles* as CSV; no cell begins a formula."""
    return sheets.text(COLUMNS, map(_cells, profiles))


def _profile(row: Mapping[str, str], work: Work) -> Profile:
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


def _contact(row: Mapping[str, str], who: str) -> dict[str, str]:
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
