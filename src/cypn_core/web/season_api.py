"""The operations of seasons: coordinators open, preview and close them; members read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cypn_core.application import season_close, season_open
from cypn_core.application.network import Caller, Network, Work
from cypn_core.application.season_open import SeasonWanted, meaning, shown_proof
from cypn_core.domain.seasons import Outcome, Phase, Season
from cypn_core.web.operations import Asked, Given, Json, Operation, Reply, page

COORDINATOR = frozenset({"coordinator"})


def operations() -> Iterator[Operation]:
    """Every operation on seasons; they lie in the membership service, for all exchanges."""
    yield Operation(
        name="open_season",
        method="POST",
        path="/v1/seasons",
        summary="Open a season: dates of one exchange that are given out together",
        takes=SeasonWanted,
        scopes=COORDINATOR,
        answers=(201,),
        shows="Season",
        run=_open,
    )
    yield Operation(
        name="list_seasons",
        method="GET",
        path="/v1/seasons",
        summary="The seasons of your exchanges, where they stand and what they mean",
        paged=True,
        shows="Season",
        run=_list,
    )
    yield Operation(
        name="read_season",
        method="GET",
        path="/v1/seasons/{season}",
        summary="One season, and once it is decided, how well",
        shows="Season",
        run=lambda asked: Reply(body=_season(asked, season_open.read(*_asked_for(asked)))),
    )
    yield Operation(
        name="preview_season",
        method="GET",
        path="/v1/seasons/{season}/preview",
        summary="Who would get what if it were closed now, under aliases; nothing is stored",
        scopes=COORDINATOR,
        run=lambda asked: Reply(body=season_open.preview(*_asked_for(asked))),
    )
    yield Operation(
        name="close_season",
        method="POST",
        path="/v1/seasons/{season}/close",
        summary="Decide a season and agree what it gives; sent again, it goes on where it stopped",
        scopes=COORDINATOR,
        before=_close,
        shows="Season",
        run=lambda asked: Reply(body=_season(asked, season_open.read(*_asked_for(asked)))),
    )
    yield Operation(
        name="explain_season",
        method="GET",
        path="/v1/seasons/{season}/explanations",
        summary="What came of your needs in a season and why; a coordinator reads all",
        paged=True,
        shows="SeasonOutcome",
        run=_explain,
    )


def shown(season: Season, phase: str) -> Json:
    """A season to anybody who may take part in its exchange."""
    return {
        "id": season.id,
        "exchange": season.exchange,
        "first": season.first.isoformat(),
        "until": season.until.isoformat(),
        "opens_on": season.opens_on.isoformat(),
        "closes_on": season.closes_on.isoformat(),
        "state": phase,
        "means": meaning(season),
        "proof": None if season.proof is None else shown_proof(season.proof),
    }


def held_open(asked: Asked, exchange: str) -> list[Json]:
    """The seasons of *exchange* that its members should know of now."""
    found = asked.work.seasons.unclosed(exchange)
    return [_season(asked, each) for each in found if not _lapsed(asked, each)]


def outcome(found: Outcome, *, exact: bool) -> Json:
    """What came of one need: reasons by offer where *exact*, else counted by sentence."""
    return {
        "id": found.id,
        "need": found.need,
        "won": found.won,
        "dates": sum(len(leg.windows) for leg in found.plan.legs) if found.plan else 0,
        "sentence": found.sentence,
        "deal": found.deal,
        "place": found.place or None,
        "offers": _exactly(found) if exact else _counted(found),
        "would_help": found.would_help or None,
    }


def _open(asked: Asked) -> Reply:
    season = season_open.open_(asked.work, asked.caller, asked.given.body)
    return Reply(body=_season(asked, season), status=201, location=f"/v1/seasons/{season.id}")


def _list(asked: Asked) -> Reply:
    given = asked.given
    found = season_open.listed(asked.work, asked.caller, given.after, given.limit + 1)
    return Reply(body=page(found, given.limit, lambda each: _season(asked, each)))


def _close(network: Network, caller: Caller, given: Given) -> None:
    season_close.close(network, caller, given.path["season"])


def _explain(asked: Asked) -> Reply:
    given, exact = asked.given, "coordinator" in asked.caller.scopes
    found = season_open.explain(*_asked_for(asked), given.after, given.limit + 1)
    return Reply(body=page(found, given.limit, lambda each: outcome(each, exact=exact)))


def _asked_for(asked: Asked) -> tuple[Work, Caller, str]:
    return asked.work, asked.caller, asked.given.path["season"]


def _season(asked: Asked, season: Season) -> Json:
    return shown(season, season.phase(asked.work.today).value)


def _lapsed(asked: Asked, season: Season) -> bool:
    return season.phase(asked.work.today) is Phase.LAPSED


def _exactly(found: Outcome) -> list[Json]:
    return [
        {"offer": each.offer, "code": each.code, "sentence": each.exact} for each in found.removed
    ]


def _counted(found: Outcome) -> list[Json]:
    counts = Counter((each.code, each.sentence) for each in found.removed if each.told)
    return [
        {"code": code, "sentence": sentence, "offers": count}
        for (code, sentence), count in sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    ]
