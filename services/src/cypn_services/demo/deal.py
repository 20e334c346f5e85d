"""One deal from end to end, rehearsed on a store of its own so that the demo's stays as it is."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from cypn_core.application import ask, consent, inbox, match, post
from cypn_core.application.network import Caller, Network
from cypn_core.domain.deals import Deal
from cypn_core.domain.errors import Taken
from cypn_core.domain.ids import PostingId
from cypn_core.domain.postings import Need
from cypn_core.hub import Hub
from cypn_core.matching.answer import Answer
from cypn_core.storage.engine import open_store
from cypn_core.storage.migrations import migrate
from cypn_services.demo import words
from cypn_services.demo.loader import load_demo, organisation_id, posting_id

EXCHANGE, NEED = "venue_bank", "N-SP-02"
_SEEKER, _HOLDER, _SECOND = "harbour", "reading", "fernbank"
_AGREED = "It is agreed"
_FROM, _TO = "17:00", "18:00"
"""When the second group wants it: within the first one's hours."""


@frozen
class Told:
    """One step of the story: who does or reads what. *agreed*: names are open from here on."""

    who: str
    said: str
    agreed: bool = False


def rehearsed(hub: Hub, now: dt.datetime) -> list[Told]:
    """The story of one deal in the demo as it stands at *now*; no steps without its exchange."""
    if EXCHANGE not in hub.exchanges:
        return []
    with (
        tempfile.TemporaryDirectory(prefix="cypn-demo-") as folder,
        open_store(f"sqlite:///{Path(folder) / 'deal.sqlite3'}") as store,
    ):
        migrate(store)
        network = Network(hub=hub, store=store, clock=lambda: now)
        load_demo(network)
        return list(_story(network))


def _story(network: Network) -> Iterator[Told]:
    first, second = _caller(_SEEKER), _caller(_SECOND)
    need = posting_id(NEED)
    wanted = _answer(network, first, need)
    yield Told("A group looks", f"{words.plan_line(wanted.full[0], need)}.")
    other = _second_need(network, second, need)
    rival = _answer(network, second, other)
    yield Told("Another group looks", "an hour of the same afternoon, and it is free for them too.")
    deal = _asked(network, first, need, wanted)
    yield from _read(network, "The keeper is told", _HOLDER, "You are asked")
    _agreed(network, deal)
    yield Told("The keeper agrees", "both are told at once, now with names.", agreed=True)
    yield from _read(network, "The keeper reads", _HOLDER, _AGREED)
    yield from _read(network, "The group reads", _SEEKER, _AGREED)
    yield from _too_late(network, second, other, rival)


def _caller(ref: str) -> Caller:
    organisation = organisation_id(ref)
    return Caller(actor="demo", scopes=frozenset({"member"}), organisation=organisation)


def _answer(network: Network, caller: Caller, need: PostingId) -> Answer:
    with network.reading() as work:
        return match.match(work, caller, EXCHANGE, need)


def _second_need(network: Network, caller: Caller, like: PostingId) -> PostingId:
    with network.reading() as work:
        body: Any = work.postings.get(like).body
    shorter: Need = evolve(body, when=evolve(body.when, starts=_FROM, ends=_TO))
    return network.transact(lambda work: post.post(work, caller, EXCHANGE, shorter)).id


def _asked(network: Network, caller: Caller, need: PostingId, wanted: Answer) -> Deal:
    key = wanted.full[0].key
    return network.transact(lambda work: ask.ask(work, caller, EXCHANGE, need, key))


def _agreed(network: Network, deal: Deal) -> Deal:
    keeper = _caller(_HOLDER)
    return network.transact(
        lambda work: consent.agree(work, keeper, EXCHANGE, deal.id, deal.revision)
    )


def _read(network: Network, who: str, ref: str, subject: str) -> Iterator[Told]:
    """What has come into the inbox of *ref* under *subject*."""
    inbox.deliver(network)
    with network.reading() as work:
        messages = inbox.inbox(work, _caller(ref), "", 10)
    for message in messages:
        if message.subject == subject:
            yield Told(who, f"“{message.text}”", subject == _AGREED)


def _too_late(network: Network, caller: Caller, need: PostingId, looked: Answer) -> Iterator[Told]:
    """The other group asks for what it saw before: refused, with what there is instead."""
    try:
        _asked(network, caller, need, looked)
    except Taken as taken:
        now = _answer(network, caller, need)
        instead = "; ".join(words.near_lines(now)) or "Its need is remembered and waits on."
        yield Told("The other group asks", f"too late: “{taken}” {instead}.", agreed=True)
