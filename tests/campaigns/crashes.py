"""Writers that are killed in the middle of what they do, and what is then found in the store."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import random
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import define, evolve, field, frozen
from sqlalchemy import func, select
from tests.towns import NOW, ONLY_VENUES, PLACE, VENUES, Json, a_need, an_offer, posted

from cypn_core.storage import tables
from cypn_core.storage.engine import Store, open_store
from cypn_core.storage.restore import flaws
from cypn_core.testing.town import Member, Town

WRITERS = 2
REQUESTS = 9
"""How many deals a writer goes for: fewer than the daily budget of needs."""
PATIENCE = 120
IN_TRANSIT = 0.1
"""Seconds that an answer takes back; a writer that dies meanwhile never knew that it was done."""
LONGEST = 0.5
"""Seconds after the first answers within which a writer is killed."""


@frozen
class Told:
    """All that a writer has to know, and that is known of it after it is dead."""

    url: str
    id: str
    token: str
    first: int
    """The day on which its first deal is to be; each has a day of its own."""
    journal: Path


@frozen
class Request:
    """A request with its key, as it was sent, and the answer if one came."""

    path: str
    body: Any
    key: str
    answer: Json | None = None


@define
class Figures:
    """What a campaign came to."""

    kills: int = 0
    acknowledged: int = 0
    in_doubt: int = 0
    committed_in_doubt: int = 0
    wrong: list[str] = field(factory=list)


def write(told: Told) -> None:
    """Post needs and agree deals until all are done or somebody kills us; a line before each."""
    with open_store(told.url) as store, told.journal.open("ab", buffering=0) as journal:
        member = _member(store, told)
        for number in range(REQUESTS):
            day = told.first + number
            need = _sent(member, journal, Request("/v1/needs", _need(day), f"need-{day}"))["id"]
            found = member.get(VENUES, f"/v1/needs/{need}/matches").json
            plan = {"plan": found["full"][0]["key"]}  # type: ignore[index]
            _sent(member, journal, Request(f"/v1/needs/{need}/asks", plan, f"ask-{day}"))


def campaign(town: Town, url: str, folder: Path, kills: int, seed: int = 1) -> Figures:
    """Kill writers so often; after each kill judge the store and replay what is in doubt."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_offer())
    chance, figures = random.Random(seed), Figures()  # noqa: S311 - not a secret, but repeatable
    for number in range(kills):
        writers = [_writer(town, url, folder, number * WRITERS + n) for n in range(WRITERS)]
        killed(writers, chance)
        figures.kills += 1
        for told in writers:
            _settle(town, told, figures)
        figures.wrong += torn(town.network.store)
    return figures


def killed(writers: Sequence[Told], chance: random.Random) -> None:
    """Start the writers, and kill -9 all of them at some moment after their first answers."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=write, args=(told,), daemon=True) for told in writers]
    for process in processes:
        process.start()
    _wait_for_answers(writers, processes)
    processes[0].join(chance.uniform(0, LONGEST))
    for process in processes:
        process.kill()
    for process in processes:
        process.join()
        process.close()


def torn(store: Store) -> Iterator[str]:
    """What is stored by halves: deals without their uses, events or needs, and the reverse."""
    with store.reading() as connection:
        yield from flaws(connection)
        live = tables.use.c.status.in_(tables.LIVE)
        counts = select(tables.use.c.deal_id, func.count()).where(live)
        of_deals = counts.group_by(tables.use.c.deal_id)
        uses = {row[0]: row[1] for row in connection.execute(of_deals)}
        said = select(tables.event.c.subject).where(tables.event.c.fact == "deal_agreed")
        agreed = list(connection.execute(said).scalars())
        deals = select(tables.deal.c.id, tables.deal.c.state, tables.posting.c.state.label("need"))
        joined = deals.join(tables.deal_need, tables.deal_need.c.deal_id == tables.deal.c.id).join(
            tables.posting, tables.posting.c.id == tables.deal_need.c.posting_id
        )
        for row in connection.execute(joined):
            whole = (row.state, row.need, uses.pop(row.id, 0), agreed.count(row.id))
            if whole != ("agreed", "matched", 1, 1):
                yield f"deal {row.id} is torn: {whole}"
        if uses:
            yield f"uses of no deal: {uses}"


def _settle(town: Town, told: Told, figures: Figures) -> None:
    """Look for what was acknowledged, and send again what was in doubt."""
    store = town.network.store
    member = _member(store, told)
    for request in journaled(told.journal):
        if request.answer is None:
            figures.in_doubt += 1
            figures.committed_in_doubt += _answered(store, request)
            sent = member.post(VENUES, request.path, request.body, Idempotency_Key=request.key)
            if sent.status_code != 201:
                figures.wrong.append(f"{request.key} replayed: {sent.status_code} {sent.text}")
                continue
            figures.wrong += _missing(store, member, evolve(request, answer=sent.json))
        else:
            figures.acknowledged += 1
            figures.wrong += _missing(store, member, request)


def _missing(store: Store, member: Member, request: Request) -> Iterator[str]:
    """Nothing, when what was answered is there, exactly once."""
    answer = request.answer or {}
    side = "deals" if request.path.endswith("asks") else "needs"
    if member.get(VENUES, f"/v1/{side}/{answer['id']}").status_code != 200:
        yield f"{request.key}: {answer['id']} was acknowledged and is lost"
    with store.reading() as connection:
        if side == "deals":
            need = request.path.split("/")[3]
            same = select(func.count()).where(tables.deal_need.c.posting_id == need)
        else:
            day = f'%"{request.body["when"]["first"]}"%'
            same = select(func.count()).where(
                tables.posting.c.organisation_id == member.id, tables.posting.c.body.like(day)
            )
        if (count := connection.scalar(same)) != 1:
            yield f"{request.key} was done {count} times"


def journaled(journal: Path) -> list[Request]:
    """The requests that a dead writer had sent, with the answers that it got."""
    found: dict[str, Request] = {}
    for line in _whole_lines(journal):
        said = json.loads(line)
        answer = said.pop("answer", None)
        found[said["key"]] = Request(**said, answer=answer)
    return list(found.values())


def _whole_lines(journal: Path) -> list[str]:
    *whole, _cut = journal.read_text(encoding="utf-8").split("\n") if journal.exists() else [""]
    return whole


def _sent(member: Member, journal: Any, request: Request) -> Json:
    """Note, send, note: what stands in the journal without an answer is in doubt."""
    said = {"path": request.path, "body": request.body, "key": request.key}
    journal.write(json.dumps(said).encode() + b"\n")
    answer = member.post(VENUES, request.path, request.body, Idempotency_Key=request.key)
    if answer.status_code != 201:
        raise AssertionError(answer.text)
    threading.Event().wait(IN_TRANSIT)
    journal.write(json.dumps({**said, "answer": answer.json}).encode() + b"\n")
    found: Json = answer.json  # type: ignore[assignment]
    return found


def _answered(store: Store, request: Request) -> bool:
    """Whether a request whose answer never came had been done all the same."""
    with store.reading() as connection:
        known = tables.idempotency.c
        done = select(known.status).where(known.key == request.key, known.status.is_not(None))
        return connection.scalar(done) is not None


def _writer(town: Town, url: str, folder: Path, number: int) -> Told:
    member = town.member(f"Group {number}", "seeker", place=PLACE)
    first = number * REQUESTS
    return Told(url, member.id, member.token, first, folder / f"{number}.jsonl")


def _member(store: Store, told: Told) -> Member:
    apps = Town.on(store, ONLY_VENUES, NOW).apps
    return Member(id=told.id, name="", token=told.token, apps=apps)  # type: ignore[arg-type]


def _need(day: int) -> Json:
    """A need so many days after the first that is far enough ahead for a quiet answer."""
    return a_need((NOW.date() + dt.timedelta(days=7 + day)).isoformat())


def _wait_for_answers(writers: Iterable[Told], processes: Iterable[Any]) -> None:
    """Until each writer has its first answer, so that none is killed before it began."""
    until = time.monotonic() + PATIENCE
    for told, process in zip(writers, processes, strict=True):
        while len(_whole_lines(told.journal)) < 2:
            if time.monotonic() > until or process.exitcode is not None:
                raise AssertionError(f"writer {told.first} has no answer: {process.exitcode}")
            process.join(0.01)
