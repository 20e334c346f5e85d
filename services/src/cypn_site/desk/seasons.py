"""Seasons: opened, previewed as a table, closed after a look, and explained need by need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, request

from cypn_core.application import season_close, season_open
from cypn_core.application.network import Work
from cypn_core.application.season_open import SeasonWanted
from cypn_core.domain.errors import Invalid
from cypn_core.domain.seasons import Phase, Season, SeasonState
from cypn_core.web import season_api
from cypn_core.web.schemas import load
from cypn_site.language import marked
from cypn_site.pages import COORDINATOR, Page
from cypn_site.visits import Visit

MOST = 100
PHASES = {
    Phase.PLANNED: marked("not open yet"),
    Phase.OPEN: marked("takes needs"),
    Phase.DUE: marked("waits to be closed"),
    Phase.LAPSED: marked("was never closed"),
    Phase.CLOSING: marked("is being closed"),
    Phase.CLOSED: marked("closed"),
}
DAYS = ("first", "until", "opens_on", "closes_on")


def pages() -> Iterator[Page]:
    """The list of seasons, a new one, and what one is and gave."""
    yield Page(rule="/desk/seasons", name="desk_seasons", who=COORDINATOR, show=_list)
    yield Page(
        rule="/desk/seasons/new", name="season_new", who=COORDINATOR, show=_form, send=_opened
    )
    root = "/desk/seasons/<season>"
    yield Page(rule=root, name="desk_season", who=COORDINATOR, show=_season)
    yield Page(rule=f"{root}/preview", name="season_preview", who=COORDINATOR, show=_preview)
    yield Page(rule=f"{root}/close", name="season_close", who=COORDINATOR, show=_sure, send=_closed)


def _list(visit: Visit) -> Response:
    found = visit.read(
        lambda work: [
            _told(visit, work, each) for each in season_open.listed(work, visit.caller, "", MOST)
        ]
    )
    found.sort(key=lambda each: each["first"], reverse=True)
    return visit.show("desk/seasons.html", seasons=found)


def _told(visit: Visit, work: Work, season: Season) -> dict[str, Any]:
    phase = season.phase(work.today)
    return {
        **season_api.shown(season, phase.value),
        "title": visit.language.gettext(work.hub.exchange(season.exchange).title),
        "stands": visit.language.gettext(PHASES[phase]),
        "may_preview": phase in {Phase.PLANNED, Phase.OPEN, Phase.DUE},
        "may_close": phase in {Phase.DUE, Phase.CLOSING},
        "decided": season.state is not SeasonState.OPEN,
    }


def _form(visit: Visit) -> Response:
    shown = visit.network.hub.exchanges.values()
    exchanges = [(each.name, visit.language.gettext(each.title)) for each in shown]
    return visit.show("desk/season_new.html", exchanges=exchanges)


def _opened(visit: Visit) -> Response:
    said = {name: visit.form.get(name, "").strip() for name in ("exchange", *DAYS)}
    wanted = load(SeasonWanted, {name: text for name, text in said.items() if text})
    return visit.change(
        lambda work: season_open.open_(work, visit.caller, wanted),
        lambda season: visit.url("desk_season", season=season.id),
        visit.language.gettext("It is open. The groups whose needs lie in it are told."),
    )


def _season(visit: Visit) -> Response:
    after = request.args.get("after", "")

    def found(work: Work) -> dict[str, Any]:
        season = season_open.read(work, visit.caller, visit.path["season"])
        told = _told(visit, work, season)
        outcomes = (
            season_open.explain(work, visit.caller, season.id, after, MOST + 1)
            if told["decided"]
            else []
        )
        shown = [season_api.outcome(each, exact=True) for each in outcomes[:MOST]]
        more = shown[-1]["id"] if len(outcomes) > MOST else None
        return {"season": told, "outcomes": shown, "more": more}

    return visit.show("desk/season.html", **visit.read(found))


def _preview(visit: Visit) -> Response:
    def found(work: Work) -> dict[str, Any]:
        season = season_open.read(work, visit.caller, visit.path["season"])
        seen = season_open.preview(work, visit.caller, season.id)
        return {"season": _told(visit, work, season), "preview": seen}

    return visit.show("desk/season_preview.html", **visit.read(found))


def _sure(visit: Visit) -> Response:
    season = visit.read(
        lambda work: _told(visit, work, season_open.read(work, visit.caller, visit.path["season"]))
    )
    return visit.show("desk/season_close.html", season=season)


def _closed(visit: Visit) -> Response:
    """Sent again it goes on where it stopped, so that it needs no other guard."""
    if visit.form.get("sure") != "yes":
        raise Invalid({"sure": ["tick the box: what is given is agreed at once"]})
    season_close.close(visit.network, visit.caller, visit.path["season"])
    said = visit.language.gettext("It is closed. Every group is told what it got, and why.")
    return visit.go("desk_season", said, season=visit.path["season"])
