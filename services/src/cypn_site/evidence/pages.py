"""The pages of evidence: charts, map, what to ask for with its letter, the report to pass on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

from flask import Response, render_template, request

from cypn_core.application import publish, report_unmet, report_use
from cypn_core.application.network import Caller, Work
from cypn_core.domain.errors import NotFound
from cypn_core.domain.ids import fingerprint
from cypn_core.domain.people import OVERSEERS
from cypn_site.evidence import ahead, figures, mapping
from cypn_site.evidence.funder import FORMATS, funder_report
from cypn_site.evidence.own_use import own_use
from cypn_site.evidence.wording import Wording
from cypn_site.pages import MEMBER, Page
from cypn_site.visits import Visit

Json = dict[str, Any]
MOST = 200
"""So many needs are listed one by one."""


def pages() -> Iterator[Page]:
    """Every page of this group."""
    yield Page(rule="/evidence", name="evidence", who=OVERSEERS, show=_overview)
    yield Page(rule="/evidence/map", name="evidence_map", who=OVERSEERS, show=_map)
    yield Page(rule="/evidence/demand", name="demand", who=OVERSEERS, show=_demand)
    yield Page(rule="/evidence/demand/<wish>", name="letter", who=OVERSEERS, show=_letter)
    for ending in FORMATS:
        yield Page(
            rule=f"/evidence/report.{ending}",
            name=f"funder_{ending}",
            who=OVERSEERS,
            show=partial(_report, ending=ending),
        )
    yield from ahead.pages()
    yield Page(rule="/hours", name="hours", who=MEMBER, show=_hours)


def _overview(visit: Visit) -> Response:
    words = _words(visit)
    told, used = _published(visit, publish.unmet), _published(visit, publish.use)
    now = None
    if "coordinator" in visit.roles:
        now = visit.read(lambda work: report_use.exact(work, visit.caller))
    return visit.show(
        "evidence/overview.html",
        told=told,
        small=words.small(told["small"]) if told else "",
        unmet=[figures.gaps(words, told, side) for side in mapping.SIDES if told[side]]
        if told
        else [],
        used=[
            *figures.use(words, used),
            *figures.divided(words, used, "had"),
            *figures.divided(words, used, "answered"),
        ]
        if used
        else [],
        exact=figures.exact(words, now) if now else [],
        formats=FORMATS,
    )


def _map(visit: Visit) -> Response:
    words, told = _words(visit), _published(visit, publish.unmet)
    kinds = mapping.kinds(words, told) if told else {}
    kind = request.args.get("kind", "")
    if kind not in {"", *kinds}:
        raise NotFound
    figure = mapping.over_map(words, visit.region, told, kind) if told else None
    return visit.show("evidence/map.html", told=told, figure=figure, kinds=kinds, kind=kind)


def _demand(visit: Visit) -> Response:
    words, told = _words(visit), _published(visit, publish.unmet)
    exact: Json = {"demand": [], "unmet": []}
    if "coordinator" in visit.roles:
        exact = visit.read(lambda work: report_unmet.exact(work, visit.caller))
    return visit.show(
        "evidence/demand.html",
        wishes=[(_mark(row), words.wanted(row)) for row in _worth_asking(told)],
        exact=[(*_kind(words, row), row["groups"]) for row in exact["demand"]],
        unmet=[(*_kind(words, row), row) for row in exact["unmet"][:MOST]],
    )


def _kind(words: Wording, row: Json) -> tuple[str, str]:
    return words.plain(row["area"]), words.thing(row["exchange"], row["category"])


def _letter(visit: Visit) -> Response:
    words, told = _words(visit), _published(visit, publish.unmet)
    found = [row for row in _worth_asking(told) if _mark(row) == visit.path["wish"]]
    if not found:
        raise NotFound
    subject = words.wanted(found[0])
    body = render_template("evidence/letter.txt", visit=visit, subject=subject)
    mail = (
        f"mailto:?subject={quote(subject)}&body={quote(body.replace(chr(10), chr(13) + chr(10)))}"
    )
    return visit.show("evidence/letter.html", subject=subject, body=body, mail=mail)


def _worth_asking(told: Json | None) -> list[Json]:
    """The gaps whose count is told: of fewer groups no letter is written."""
    return [row for row in told["gaps"] if row["groups"] is not None] if told else []


def _mark(row: Json) -> str:
    """What a gap is called in an address."""
    return fingerprint("wish", row["exchange"], row["category"], row["area"])[:16]


def _report(visit: Visit, ending: str) -> Response:
    make = FORMATS[ending]
    report = visit.read(lambda work: funder_report(work, visit.caller, visit.language))
    name = f"{visit.region.code}-{report.on}.{ending}"
    kept = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(make.write(report), content_type=make.media_type, headers=kept)


def _hours(visit: Visit) -> Response:
    told = visit.read(lambda work: own_use(work, visit.caller, _words(visit)))
    return visit.show("evidence/hours.html", figure=told)


def _published(visit: Visit, which: Callable[[Work, Caller], Json]) -> Json | None:
    """What was published last; None before the first time."""
    try:
        return visit.read(lambda work: which(work, visit.caller))
    except NotFound:
        return None


def _words(visit: Visit) -> Wording:
    return Wording(visit.network.hub, visit.language)
