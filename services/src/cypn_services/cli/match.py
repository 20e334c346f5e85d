"""``cypn match``: the operator asks what the hub has to say to a need, stored or not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from cypn_core.application.match import answer_to
from cypn_core.application.network import Work
from cypn_core.application.post import mine, refuse_objections
from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.money import pounds
from cypn_core.domain.plans import Plan
from cypn_core.domain.postings import Need, Posting
from cypn_core.matching.answer import Answer
from cypn_core.web.schemas import load_one_of
from cypn_core.wire.converter import Converter
from cypn_services.cli.console import (
    as_option,
    json_file,
    json_option,
    operator,
    running,
    say,
    say_json,
    say_table,
)


@click.command()
@click.argument("exchange")
@click.argument("need", metavar="FILE|ID")
@as_option()
@json_option
def match(exchange: str, need: str, organisation: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Show what fits a need, what nearly does, and why the rest does not.

    FILE is the JSON body of a need, which is judged and not stored; ID is that of a stored need.
    Names and exact reasons are the operator's: pass them on with care.

    \b
    Examples:
      cypn match venue-bank need.json
      cypn match venue-bank 0123456789abcdef0123456789abcdef --json
    """  # noqa: D301 - click reads the escape
    name = exchange.replace("-", "_")
    with running() as network, network.reading() as work:
        if Path(need).is_file():
            posting = _drafted(work, name, json_file(need), organisation)
        elif re.fullmatch(r"[0-9a-f]{32}", need):
            posting = mine(work, operator(), name, need, "need")
        else:
            raise click.BadParameter(f"{need} is neither a file nor the id of a need")
        answer = answer_to(work, posting)
        say_json(_plain(answer, network.converter)) if as_json else _tell(work, answer)


def _drafted(work: Work, exchange: str, data: Any, organisation: str | None) -> Posting:
    """A posting as it would be stored, which is not."""
    body: Need = load_one_of(work.hub.exchange(exchange).needs, data)
    refuse_objections(work.hub, exchange, body)
    owner = work.new_id() if organisation is None else organisation
    return Posting(
        id=PostingId(work.new_id()),
        organisation=OrganisationId(owner),
        exchange=exchange,
        body=body,
        created=work.now,
        fresh_until=work.now,
    )


def _plain(answer: Answer, converter: Converter) -> dict[str, Any]:
    return {
        "outcome": answer.outcome,
        "full": [_plan(plan, converter) for plan in answer.full],
        "partial": [_plan(plan, converter) for plan in answer.partial],
        "near": [
            {"sentence": near.relaxed.sentence, "plan": _plan(near.plan, converter)}
            for near in answer.near
        ],
        "refused": [
            {
                "offer": refusal.offer,
                "role": refusal.role,
                "reasons": [
                    {"code": reason.code, "sentence": reason.private or reason.sentence}
                    for reason in refusal.reasons
                ],
            }
            for refusal in answer.refused
        ],
    }


def _plan(plan: Plan, converter: Converter) -> dict[str, Any]:
    written: dict[str, Any] = converter.write(plan)
    return {"key": plan.key, "complete": plan.full, **written}


def _tell(work: Work, answer: Answer) -> None:
    say(f"Outcome: {answer.outcome}")
    for title, plans in (("Fits", answer.full), ("Fits in part", answer.partial)):
        if plans:
            columns = ("offers", "when", "price", "missing", "because")
            say_table(title, columns, (_row(work, plan) for plan in plans))
    if answer.near:
        near = [(each.relaxed.sentence, *_row(work, each.plan)[:3]) for each in answer.near]
        say_table("Nearly", ("if", "offers", "when", "price"), near)
    if answer.refused:
        reasons = (
            (each.offer, each.role, "; ".join(r.private or r.sentence for r in each.reasons))
            for each in answer.refused
        )
        say_table("Does not fit", ("offer", "role", "because"), reasons)


def _row(work: Work, plan: Plan) -> tuple[str, str, str, str, str]:
    windows = sorted({window.start for leg in plan.legs for window in leg.windows})
    more = f" and {len(windows) - 1} more" if len(windows) > 1 else ""
    return (
        ", ".join(leg.offer for leg in plan.legs),
        f"{work.hub.region.local(windows[0])}{more}" if windows else "",
        "not stated" if plan.pence is None else pounds(plan.pence),
        "; ".join(missing.sentence for missing in plan.missing),
        "; ".join(plan.because),
    )
