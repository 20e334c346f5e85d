"""Rounds in which sixteen clients want the same over HTTP, from two servers on one store.

Each client is a process with a connection of its own; so is each server, which is what ``cypn
serve`` runs. In each round there is one offer: an hour of a hall (one place) or a month of storage
(three). Its holder says yes by itself, or by sixteen hands at once.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import waitress
from tests.campaigns.http_clients import NEEDS_A_DAY, Match, Told, run
from tests.integration.racers import PATIENCE, RACERS, race
from tests.towns import NOW, ONLY_VENUES, PLACE, Json, a_need, an_offer

from cypn_core.application.network import Network
from cypn_core.storage.engine import Store, open_store
from cypn_core.testing.town import Town
from cypn_services.serving import together_app
from cypn_services.ticker import Ticker

SERVERS = 2
TOMORROW = "2026-11-23"
"""Too near for asks to be gathered and answered together: the first one has it."""


def hall(*, at_once: bool) -> Match:
    """A round for one hour of a hall; it cannot be for fewer, but for fewer people."""
    offer = an_offer(auto_accept=at_once)
    fewer = {**offer, "capacity": 30}
    return Match(capacity=1, at_once=at_once, offer=offer, fewer=fewer, need=a_need(TOMORROW))


def floor(*, at_once: bool) -> Match:
    """A round for a square metre each, of which there are three."""
    price = {"basis": "per_month", "pence": 500}
    offer: Json = {"kind": "storage_offer", "place": PLACE, "available_from": "2026-11-22"}
    offer |= {"access": "weekly", "divisible": True, "auto_accept": at_once, "price": price}
    need = {"kind": "storage_need", "place": PLACE, "starts_on": TOMORROW, "months": 1}
    return Match(
        capacity=3,
        at_once=at_once,
        offer={**offer, "area_m2": 3},
        fewer={**offer, "area_m2": 2},
        need={**need, "area_m2": 1},
    )


BY_TURNS = [hall(at_once=True), floor(at_once=True), hall(at_once=False), floor(at_once=False)]


def campaign(store: Store, url: str, matches: Sequence[Match]) -> list[str]:
    """Race these rounds; every way in which they came out wrong."""
    town = Town.on(store, ONLY_VENUES, NOW)
    holder = town.member("Cedar Hall", "holder", place=PLACE).token
    blocks = tuple(_sixteen(town, n) for n in range(0, len(matches), NEEDS_A_DAY))
    with serving(url) as ports:
        told = Told(ports, holder, blocks, tuple(matches))
        answers = race(run, url, told, patience=PATIENCE * (1 + len(matches)))
    if broken := [answer for answer in answers if not isinstance(answer, list)]:
        return [f"a client broke: {broken[0]}"]
    return [
        f"round {at}, capacity {match.capacity}, at once {match.at_once}: {wrong}"
        for at, match in enumerate(matches)
        for wrong in judged(match, [each[at] for each in answers])
    ]


def _sixteen(town: Town, block: int) -> tuple[str, ...]:
    names = (f"Group {block} {number}" for number in range(RACERS))
    return tuple(town.member(name, "seeker", place=PLACE).token for name in names)


def judged(match: Match, answers: Sequence[Json]) -> Iterator[str]:
    """What is wrong with one round."""
    winners = sum(each["first"] for each in answers)
    if winners != match.capacity:
        yield f"{winners} of {RACERS} got it"
    if broken := [s for each in answers for s in each["statuses"] if s >= 500]:
        yield f"answers {broken}"
    (found,) = [each["stored"] for each in answers if "stored" in each]
    held = {each["deal"] for each in answers if each["deal"]}
    used = {use[0] for use in found["uses"]}
    if not held == set(found["agreed"]) == used:
        yield f"acknowledged {held}, agreed {found['agreed']}, with uses {used}"
    if over := [use for use in found["uses"] if _beside(use, found["uses"]) > found["capacity"]]:
        yield f"more than {found['capacity']} at once: {over}"


def _beside(use: Sequence[Any], uses: Sequence[Sequence[Any]]) -> int:
    """How much is in use when *use* begins."""
    _, resource, start, _, _ = use
    return sum(each[4] for each in uses if each[1] == resource and each[2] <= start < each[3])


@contextmanager
def serving(url: str) -> Iterator[tuple[int, ...]]:
    """The ports of some servers, each a process of its own."""
    context = multiprocessing.get_context("spawn")
    ports = context.Queue()
    servers = [context.Process(target=serve, args=(url, ports)) for _ in range(SERVERS)]
    for server in servers:
        server.start()
    try:
        yield tuple(ports.get(timeout=PATIENCE) for _ in servers)
    finally:
        for server in servers:
            server.kill()
            server.join()
        ports.close()
        ports.join_thread()


def serve(url: str, ports: Any) -> None:
    """Serve the whole network on some free port, ticking, until somebody ends it."""
    with open_store(url) as store:
        network = Network(hub=ONLY_VENUES, store=store, clock=lambda: NOW)
        server = waitress.create_server(together_app(network), host="127.0.0.1", port=0)
        Ticker(network).start()
        ports.put(server.effective_port)
        server.run()
