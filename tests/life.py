"""A town in which anything may happen: each step is sent over HTTP, and the model told of it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from attrs import define, field
from sqlalchemy import select
from tests import life_rows
from tests.life_model import Expected, Model
from tests.towns import ONLY_VENUES, PLACE, VENUES, Json, is_problem
from werkzeug.test import TestResponse

from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import PostingId
from cypn_core.domain.postings import resource_of
from cypn_core.domain.times import Window
from cypn_core.storage import tables
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_core.web.problems import CODES

NAMES = {"holder": ("Cedar Hall", "Rowan House"), "seeker": ("Amber Lane", "Birch Close")}
SPACES: tuple[Json, ...] = (
    {},
    {"auto_accept": False},
    {"parts": ["east", "west"], "set_up_minutes": 30, "clear_up_minutes": 30},
    {"parts": ["east"], "price": {"basis": "free"}},
)
TIMES = (("14:00", "16:00"), ("00:30", "04:00"))
SHAPES = ("", "FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY")
REFUSALS = {code.status for code in CODES.values() if code.status < 500}
OPEN = frozenset({"gathering", "asked", "agreed"})


@define
class Life:
    """The town, its four members, and what the model has of them."""

    town: Town
    members: dict[str, Member]
    coordinator: Member
    model: Model
    document: Json
    revisions: life_rows.Revisions = field(factory=life_rows.Revisions)
    loose: set[str] = field(factory=set)
    met: set[frozenset[str]] = field(factory=set)
    contested: int = 0

    @classmethod
    def on(cls, store: Store, start: dt.datetime) -> Life:
        """Two holders and two groups, all checked for years."""
        ids = random.Random(0)  # noqa: S311 - the same ids in every run, so that it can be repeated
        new_id = partial(_next_id, ids)
        town = Town.on(store, ONLY_VENUES, start, new_id=new_id)
        last = start.date() + dt.timedelta(days=1000)
        everybody = [
            town.member(name, role, place=PLACE, until=last)
            for role, names in NAMES.items()
            for name in names
        ]
        days = dt.timedelta(days=town.network.hub.region.settings.suspension_days)
        document = town.apps[VENUES].test_client().get("/openapi.json").json
        members = {str(each.id): each for each in everybody}
        return cls(town, members, town.coordinator(), Model(days), document or {})

    @property
    def now(self) -> dt.datetime:
        """What time it is in the town."""
        return self.town.clock.now

    def day(self, number: int) -> str:
        """The local day so many days from now."""
        return str(self.town.network.hub.region.today(self.now) + dt.timedelta(days=number))

    def by_role(self, role: str) -> list[Member]:
        """The holders or the seekers."""
        return [each for each in self.members.values() if each.name in NAMES[role]]

    def send(
        self,
        member: Member,
        method: str,
        path: str,
        body: object = None,
        tag: object = None,
        **of: str,
    ) -> TestResponse:
        """Send it; the answer is documented, is a problem where it refuses, and names nobody."""
        headers = {} if tag is None else {"If_Match": f'"{tag}"'}
        answer = member.send(method, VENUES, path.format(**of), body, **headers)
        known = self.document["paths"][path][method.lower()]["responses"]
        if answer.status_code >= 400:
            is_problem(answer, answer.status_code)
            assert answer.status_code in REFUSALS, answer.text
        else:
            assert str(answer.status_code) in known, (path, answer.text)
        if member.id in self.model.unchecked and method != "GET":
            assert answer.status_code == 403, answer.text
        return answer

    def deals(self) -> list[Deal]:
        """All deals, as the rows have them."""
        with self.town.network.reading() as work:
            return work.deals.all()

    def postings(self, member: Member, side: str) -> list[Json]:
        """A member's own, newest last."""
        answer = self.send(member, "GET", f"/v1/{side}s")
        return answer.json["items"] if answer.status_code == 200 else []  # type: ignore[index]

    def takes_of(self, offer: str, span: Window) -> Callable[[Expected, Window], bool]:
        """Whether a deal uses any of the things of *offer* in *span*, buffers included.

        As the rows have it now: whoever asks when it is closed by then asks too late.
        """
        known = tables.use.c
        with self.town.network.reading() as work:
            body = work.postings.get(PostingId(offer))
            things = {resource_of(body.id, body.organisation, u) for u in body.body.units()}  # type: ignore[union-attr]
            rows = work.connection.execute(
                select(known.resource_id, known.deal_id, known.start_ts, known.end_ts)
                .where(known.status.in_(tables.LIVE))
            ).all()  # fmt: skip
        low, high = span.start.timestamp(), span.end.timestamp()
        taken = {(d, a, b) for r, d, a, b in rows if r in things and a < high and b > low}

        def takes(deal: Expected, window: Window) -> bool:
            start, end = window.start.timestamp(), window.end.timestamp()
            return any(d == deal.id and a <= end and b >= start for d, a, b in taken)

        return takes

    def adopt(self, answer: TestResponse, *, at: str = "") -> None:
        """The deal that an answer tells of is the model's from now on."""
        told = answer.json or {}
        if found := told.get(at) if at else told:
            with self.town.network.reading() as work:
                self._adopt(work.deals.get(found["id"]), answer.status_code)

    def _adopt(self, deal: Deal, status: int) -> None:
        new = Expected.of(deal)
        self.model.deals[deal.id] = new
        assert new.state in OPEN
        if new.state == "agreed":
            assert self.model.checked(new)
            assert status in {200, 201}
            self._may_be_agreed(new)
        else:
            assert status in {200, 202}

    def _may_be_agreed(self, deal: Expected) -> None:
        assert all(window.start > self.now for window in deal.dates), "agreed for what is past"

    def settle_down(self) -> None:
        """The model and the rows say the same of every deal; then all else that must hold."""
        deals, changed = life_rows.hold(self.town.network, self.revisions)
        assert {deal.id for deal in deals} == set(self.model.deals)
        for deal in deals:
            self._agrees(deal)
            self._local_times(deal)
        self.loose.clear()
        if changed:
            self._nobody_is_named(deals)

    def _agrees(self, deal: Deal) -> None:
        known = self.model.deals[deal.id]
        if known.id in self.loose and known.state == "asked":
            assert deal.state.value in {"asked", "agreed", "declined"}, deal
            self.contested += deal.state.value != "asked"
            if deal.state.value == "agreed":
                self._may_be_agreed(known)
                known.sub_state = deal.sub_state
            known.state, known.deadline = deal.state.value, deal.deadline
        shown = dict.fromkeys(deal.windows, "stands")
        shown |= {m.window: "lost" if m.lost else "suspended" for m in deal.marks}
        assert known.state == deal.state.value, (known, deal)
        if known.state in {"agreed", "done"}:
            assert known.dates == shown, (known, deal)
            self.met.add(frozenset(known.parties))
        if known.state == "agreed":
            assert known.sub_state == deal.sub_state, (known, deal)
        known.deadline = deal.deadline

    def _local_times(self, deal: Deal) -> None:
        """Every session is at its hours by the clock on the wall, on both sides of a change."""
        zone = ZoneInfo(self.town.network.hub.region.zone_name)
        for window in deal.windows:
            wall = tuple(f"{at.astimezone(zone):%H:%M}" for at in (window.start, window.end))
            assert wall in TIMES, deal

    def _nobody_is_named(self, deals: Sequence[Deal]) -> None:
        for member in self.members.values():
            if member.id in self.model.unchecked:
                continue
            answer = self.send(member, "GET", "/v1/deals")
            items: list[Json] = answer.json["items"]  # type: ignore[index]
            mine = {d.id: d for d in deals if member.id in d.parties}
            assert {item["id"] for item in items} == set(mine)
            for item in items:
                deal = mine[item["id"]]
                assert (item["state"], item["revision"]) == (deal.state.value, deal.revision)
                if not deal.state.revealed:
                    self.tells_nobody(member, str(item))
            inbox = member.get("membership", "/v1/inbox")
            assert inbox.status_code == 200, inbox.text
            self.tells_nobody(member, inbox.text, known=self._known(member))

    def _known(self, member: Member) -> set[str]:
        return {who for parties in self.met if member.id in parties for who in parties}

    def tells_nobody(
        self, member: Member, text: str, known: frozenset[str] | set[str] = frozenset()
    ) -> None:
        """Nothing of another organisation stands in *text*, but of those who are *known*."""
        for other in self.members.values():
            if other.id not in {member.id, *known}:
                for secret in (other.id, other.name, other.name.split()[0]):
                    assert str(secret) not in text, (member.name, secret, text)


def _next_id(ids: random.Random) -> str:
    return ids.randbytes(16).hex()
