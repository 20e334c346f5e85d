"""The sixteen clients of a race over HTTP; they know of the product only its addresses and store.

So a client is a light process: it imports no service and no plugin.
"""

from __future__ import annotations

import http.client
import json
from typing import Any

from attrs import define, field, frozen
from sqlalchemy import select
from tests.integration.racers import PATIENCE, RACERS

from cypn_core.storage import tables
from cypn_core.storage.engine import Store

NEEDS_A_DAY = 9
"""A member posts fewer needs than its daily budget, and is then replaced."""
SHRINKER, CLOSER = RACERS - 2, RACERS - 1
"""Whose hands the holder uses to offer less, and to withdraw the offer."""

Json = dict[str, Any]


@frozen(kw_only=True)
class Match:
    """One round: *capacity* places, given *at_once* or by the holder's word for each."""

    capacity: int
    at_once: bool
    offer: Json
    fewer: Json
    """The same offer with fewer places, or for fewer people."""
    need: Json


@frozen
class Told:
    """All that the clients have to know."""

    ports: tuple[int, ...]
    holder: str
    seekers: tuple[tuple[str, ...], ...]
    """Keys of the sixteen, for each block of rounds."""
    matches: tuple[Match, ...]


@define
class Client:
    """One process: what it was answered, and which deal it was told that it has."""

    store: Store
    barrier: Any
    number: int
    told: Told
    deal: str | None = None
    statuses: list[int] = field(factory=list)
    _line: http.client.HTTPConnection = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Open the line to one of the servers."""
        port = self.told.ports[self.number % len(self.told.ports)]
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def round(self, at: int) -> Json:
        """Prepare; then take, change and take again, each time all at once; then tidy up."""
        match = self.told.matches[at]
        self.deal, self.statuses = None, []
        key = self.told.seekers[at // NEEDS_A_DAY][self.number]
        seeker, holder = _Hand(self, key), _Hand(self, self.told.holder)
        if self.number == 0:
            holder.post("offers", match.offer)
        self._together()
        need = seeker.post("needs", match.need)["id"]
        offer, asking = self._prepared(match, seeker, need)
        self._together()
        first = asking(holder)
        self._together()
        self._change(match, seeker, holder, need, offer)
        self._together()
        self._again(match, seeker, need)
        self._together()
        report = {"first": first, "deal": self.deal, "statuses": list(self.statuses)}
        if self.number == 0:
            report["stored"] = stored(self.store, offer)
        self._together()
        self._tidied(seeker, need)
        self._together()
        if self.number == 0:
            holder.change("DELETE", f"offers/{offer}")
        return report

    def _prepared(self, match: Match, seeker: _Hand, need: str) -> tuple[str, Any]:
        """The one offer, and what this client will do to get it."""
        plan = seeker.get(f"needs/{need}/matches")["full"][0]
        offer = _Hand(self, self.told.holder).get("offers")["items"]
        (open_one,) = [each["id"] for each in offer if each["state"] == "open"]
        if match.at_once:
            return open_one, lambda _: self._ask(seeker, need, plan["key"])
        deal = seeker.post(f"needs/{need}/asks", {"plan": plan["key"]})["id"]
        return open_one, lambda holder: self._agree(holder, deal)

    def _ask(self, seeker: _Hand, need: str, plan: str) -> bool:
        answer = seeker.post(f"needs/{need}/asks", {"plan": plan})
        if answer["status"] == 201:
            self.deal = answer["id"]
        return self.deal is not None

    def _agree(self, holder: _Hand, deal: str) -> bool:
        if holder.change("POST", f"deals/{deal}/agree")["status"] == 200:
            self.deal = deal
        return self.deal is not None

    def _again(self, match: Match, seeker: _Hand, need: str) -> None:
        if self.deal is None and match.at_once:
            for plan in seeker.get(f"needs/{need}/matches").get("full", [])[:1]:
                self._ask(seeker, need, plan["key"])

    def _change(self, match: Match, seeker: _Hand, holder: _Hand, need: str, offer: str) -> None:
        if self.deal and self.number % 3 < 2:
            seeker.change("POST", f"deals/{self.deal}/cancel")
            self.deal = None
            if self.number % 3 == 1:
                self._again(match, seeker, need)
        elif self.number == SHRINKER:
            holder.change("PUT", f"offers/{offer}", match.fewer)
        elif self.number == CLOSER:
            holder.change("DELETE", f"offers/{offer}")
        else:
            self._again(match, seeker, need)

    def _tidied(self, seeker: _Hand, need: str) -> None:
        for each in seeker.get("deals")["items"]:
            if each["state"] in {"agreed", "proposed", "asked"}:
                seeker.change("POST", f"deals/{each['id']}/cancel")
        seeker.change("DELETE", f"needs/{need}")

    def _together(self) -> None:
        self.barrier.wait(PATIENCE)

    def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[Json, str]:
        """The answer to one request with its status in it, and its ETag."""
        told = None if body is None else json.dumps(body)
        self._line.request(method, f"/venue-bank/v1/{path}", told, headers)
        answer = self._line.getresponse()
        said = json.loads(answer.read() or b"{}")
        self.statuses.append(answer.status)
        return {**said, "status": answer.status}, answer.headers.get("ETag", "")


@frozen
class _Hand:
    """Somebody's key, in the hand of a client."""

    client: Client
    key: str

    def get(self, path: str) -> Json:
        return self._sent("GET", path)[0]

    def post(self, path: str, body: Any) -> Json:
        return self._sent("POST", path, body)[0]

    def change(self, method: str, path: str, body: Any = None) -> Json:
        """Change a thing as it was when this one last saw it, which is just now."""
        thing = "/".join(path.split("/")[:2])
        return self._sent(method, path, body, If_Match=self._sent("GET", thing)[1])[0]

    def _sent(self, method: str, path: str, body: Any = None, **more: str) -> tuple[Json, str]:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        return self.client.send(method, path, body, headers)


def stored(store: Store, offer: str) -> Json:
    """What the store says of *offer*: its agreed deals, their live uses, its capacity."""
    deal, given, taken = tables.deal.c, tables.deal_offer.c, tables.use.c
    with store.reading() as connection:
        of_offer = select(given.deal_id).where(given.posting_id == offer)
        agreed = select(deal.id).where(deal.id.in_(of_offer), deal.state == "agreed")
        uses = select(
            taken.deal_id, taken.resource_id, taken.start_ts, taken.end_ts, taken.qty
        ).where(taken.deal_id.in_(of_offer), taken.status.in_(tables.LIVE))
        capacity = select(tables.resource.c.capacity).where(tables.resource.c.posting_id == offer)
        return {
            "agreed": list(connection.execute(agreed).scalars()),
            "uses": [tuple(row) for row in connection.execute(uses)],
            "capacity": connection.scalar(capacity),
        }


def run(store: Store, barrier: Any, number: int, told: Told) -> list[Json]:
    """One client of the race: what became of each round."""
    client = Client(store, barrier, number, told)
    return [client.round(at) for at in range(len(told.matches))]
