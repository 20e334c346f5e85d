"""Checks as a list: a file is looked at row by row, shown, and recorded whole once confirmed.

Nothing is kept in between: what was read goes along in the form, and is looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Response, request

from cypn_core.application import check_list
from cypn_core.application.check_list import COLUMNS, REQUIRED, Row
from cypn_core.domain.errors import Invalid
from cypn_site import sheets
from cypn_site.desk.work_list import role_words
from cypn_site.pages import COORDINATOR, Page
from cypn_site.visits import Visit


def pages() -> Iterator[Page]:
    """The file, what is in it, and a list to fill in."""
    yield Page(
        rule="/desk/checks/list", name="check_file", who=COORDINATOR, show=_form, send=_looked_at
    )
    yield Page(
        rule="/desk/checks/list/record", name="check_file_record", who=COORDINATOR, send=_recorded
    )
    yield Page(
        rule="/desk/checks/list/template.csv",
        name="check_file_template",
        who=COORDINATOR,
        show=_template,
    )


def _form(visit: Visit) -> Response:
    return visit.show(
        "desk/check_file.html",
        columns=COLUMNS,
        most=check_list.MOST_ROWS,
        kb=sheets.MOST_BYTES // 1000,
    )


def _looked_at(visit: Visit) -> Response:
    """What the file would do; nothing is stored."""
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid({"file": ["choose a file first"]})
    rows = sheets.rows(given.read(sheets.MOST_BYTES + 1), REQUIRED, COLUMNS)
    looked = visit.read(lambda work: check_list.look(work, visit.caller, rows))
    if looked.flaws:
        return visit.show(
            "desk/check_file_flaws.html", status=422, flaws=looked.flaws, rows=len(rows)
        )
    names = {each.role: role_words(visit, each.role) for each in looked.checks}
    return visit.show(
        "desk/check_file_sure.html", checks=looked.checks, roles=names, content=_text(rows)
    )


def _recorded(visit: Visit) -> Response:
    rows = sheets.rows(visit.form.get("content", "").encode(), REQUIRED, COLUMNS)
    return visit.change(
        lambda work: check_list.record_all(work, visit.caller, rows),
        lambda _: visit.url("desk_checks"),
        visit.language.ngettext(
            "%(num)d check is recorded.", "%(num)d checks are recorded.", len(rows)
        ),
    )


def _template(visit: Visit) -> Response:
    """Every member by name, to be filled in; rows that are not wanted are deleted."""
    names = visit.read(lambda work: sorted(name for _, name in work.organisations.names()))
    body = sheets.text(COLUMNS, [(name, "", "", "") for name in names])
    headers = {"Content-Disposition": 'attachment; filename="checks.csv"'}
    return Response(body, content_type="text/csv; charset=utf-8", headers=headers)


def _text(rows: Sequence[Row]) -> str:
    return sheets.text(COLUMNS, [[row.cells.get(each, "") for each in COLUMNS] for row in rows])
