"""Many checks at once, as the rows of a list: looked at row by row, then all of them or none."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from cypn_core.application.check import record
from cypn_core.application.network import Caller, Work
from cypn_core.domain.errors import Invalid
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.likeness import skeleton
from cypn_core.domain.standing import CheckOutcome

REQUIRED = ("organisation", "role", "outcome")
COLUMNS = (*REQUIRED, "expires_on")
MOST_ROWS = 500


@frozen(kw_only=True)
class Row:
    """One row of a list: the number that a spreadsheet shows for it, and its cells by column."""

    number: int
    cells: Mapping[str, str]


@frozen(kw_only=True)
class Flaw:
    """What is wrong with one cell, and how to mend it."""

    row: int
    column: str
    mend: str


@frozen(kw_only=True)
class Wanted:
    """A check that a row asks to record."""

    row: int
    organisation: OrganisationId
    name: str
    role: str
    outcome: CheckOutcome
    expires_on: dt.date | None


@frozen(kw_only=True)
class Looked:
    """What a list would record, and all that is to be mended first."""

    checks: tuple[Wanted, ...]
    flaws: tuple[Flaw, ...]


def look(work: Work, caller: Caller, rows: Sequence[Row]) -> Looked:
    """Look at every row; nothing is stored.

    *organisation* is an id, or a name as a member has it; *expires_on* may be left out.

    :raises NotAllowed: unless the caller is a coordinator.
    :raises Invalid: when there are no rows, or too many for one list.
    """
    caller.must_have("coordinator")
    if not 0 < len(rows) <= MOST_ROWS:
        raise Invalid({"file": [f"must have 1 to {MOST_ROWS} rows below the names of the columns"]})
    members = dict(work.organisations.names())
    by_name: dict[str, list[OrganisationId]] = {}
    for known, name in members.items():
        by_name.setdefault(skeleton(name), []).append(known)
    readers: Mapping[str, Callable[[str], object]] = {
        "organisation": lambda cell: _organisation(cell, members, by_name),
        "role": lambda cell: _role(work, cell),
        "outcome": _outcome,
        "expires_on": lambda cell: _expires(work, cell),
    }
    checks: list[Wanted] = []
    flaws: list[Flaw] = []
    for row in rows:
        told, wrong = _read(row, readers)
        flaws += wrong
        if not wrong:
            checks.append(Wanted(row=row.number, name=members[told["organisation"]], **told))
    return Looked(checks=tuple(checks), flaws=(*flaws, *_twice(checks)))


def record_all(work: Work, caller: Caller, rows: Sequence[Row]) -> int:
    """Record every check of the list, or none; how many.

    :raises NotAllowed: unless the caller is a coordinator.
    :raises Invalid: naming row and column of all that is to be mended.
    """
    looked = look(work, caller, rows)
    if looked.flaws:
        raise Invalid({f"row {flaw.row}, {flaw.column}": [flaw.mend] for flaw in looked.flaws})
    for each in looked.checks:
        record(work, caller, each.organisation, each.role, each.outcome, each.expires_on)
    return len(looked.checks)


def _read(
    row: Row, readers: Mapping[str, Callable[[str], object]]
) -> tuple[dict[str, Any], list[Flaw]]:
    told: dict[str, Any] = {}
    wrong: list[Flaw] = []
    for column, reader in readers.items():
        try:
            told[column] = reader(row.cells.get(column, "").strip())
        except ValueError as error:
            wrong.append(Flaw(row=row.number, column=column, mend=str(error)))
    return told, wrong


def _organisation(
    cell: str,
    members: Mapping[OrganisationId, str],
    by_name: Mapping[str, list[OrganisationId]],
) -> OrganisationId:
    if OrganisationId(cell) in members:
        return OrganisationId(cell)
    found = by_name.get(skeleton(cell), []) if cell else []
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(f"{len(found)} members are called {cell}: give the id instead")
    raise ValueError(
        f"no member is called {cell or 'nothing'}: give its name as it stands, or its id"
    )


def _role(work: Work, cell: str) -> str:
    if work.hub.region.checklist(cell) is None:
        known = ", ".join(sorted(each.role for each in work.hub.region.checklists))
        raise ValueError(f"there is no checklist for {cell or 'nothing'}: use {known}")
    return cell


def _outcome(cell: str) -> CheckOutcome:
    try:
        return CheckOutcome(cell.casefold())
    except ValueError:
        known = ", ".join(each.value for each in CheckOutcome)
        raise ValueError(f"must be one of {known}") from None


def _expires(work: Work, cell: str) -> dt.date | None:
    if not cell:
        return None
    try:
        day = dt.date.fromisoformat(cell)
    except ValueError:
        raise ValueError("must be a day such as 2027-09-30, or empty for the usual time") from None
    if day < work.today:
        raise ValueError("must not be before today")
    return day


def _twice(checks: Iterable[Wanted]) -> list[Flaw]:
    """The rows that name an organisation and role which an earlier row names."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for each in checks:
        seen[each.organisation, each.role] += 1
        if seen[each.organisation, each.role] > 1:
            mend = f"{each.name} stands as {each.role} in an earlier row: leave one of them out"
            found.append(Flaw(row=each.row, column="organisation", mend=mend))
    return found
