"""A small model of what becomes of deals, told by what people do and not by how the hub does it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from attrs import define, field, frozen

from cypn_core.domain.deals import Deal
from cypn_core.domain.times import Window

STANDS, SUSPENDED, LOST = "stands", "suspended", "lost"
WAITING = ("gathering", "asked")


@frozen
class Leg:
    """What a deal takes of one offer."""

    offer: str
    holder: str
    windows: tuple[Window, ...]


@define
class Expected:
    """A deal as the model has it."""

    id: str
    seeker: str
    legs: tuple[Leg, ...]
    state: str
    sub_state: str
    deadline: dt.datetime | None
    contested: bool
    dates: dict[Window, str]
    until: dict[Window, dt.datetime] = field(factory=dict)

    @classmethod
    def of(cls, deal: Deal) -> Expected:
        """A deal that has just come about."""
        owners = dict(deal.holders)
        return cls(
            id=deal.id,
            seeker=deal.seekers[0][1],
            legs=tuple(Leg(leg.offer, owners[leg.offer], leg.windows) for leg in deal.plan.legs),
            state=deal.state.value,
            sub_state=deal.sub_state,
            deadline=deal.deadline,
            contested=deal.round is not None,
            dates=dict.fromkeys(deal.windows, STANDS),
        )

    @property
    def waits(self) -> bool:
        """True while somebody has still to say yes, or a round to close."""
        return self.state in WAITING

    @property
    def parties(self) -> frozenset[str]:
        """All who are in it."""
        return frozenset({self.seeker, *(leg.holder for leg in self.legs)})

    def ahead(self, now: dt.datetime) -> list[Window]:
        """What is not lost and has not begun."""
        return [w for w, state in self.dates.items() if state != LOST and w.start > now]

    def lose(self, windows: Iterable[Window], ended_as: str) -> None:
        """*windows* are lost; when nothing is left it has *ended_as*."""
        gone = list(windows)
        self.dates |= dict.fromkeys(gone, LOST)
        if gone and all(state == LOST for state in self.dates.values()):
            self.end(ended_as)

    def end(self, state: str) -> None:
        """It is over."""
        self.state, self.deadline = state, None


@define
class Model:
    """All deals, and who is checked."""

    suspension: dt.timedelta
    unchecked: set[str] = field(factory=set)
    failed_on: dict[str, dt.date] = field(factory=dict)
    deals: dict[str, Expected] = field(factory=dict)

    def agreed(self) -> list[Expected]:
        """What is agreed and not over."""
        return [deal for deal in self.deals.values() if deal.state == "agreed"]

    def checked(self, deal: Expected) -> bool:
        """Whether the checks of all its parties are in force."""
        return not deal.parties & self.unchecked

    def turned_away(self, offer: str, windows: Iterable[Window]) -> None:
        """Who waits for that time of that offer is declined."""
        closed = list(windows)
        for deal in self.deals.values():
            wanted = [w for leg in deal.legs if leg.offer == offer for w in leg.windows]
            if deal.waits and any(w.overlaps(each) for w in wanted for each in closed):
                deal.end("declined")

    def holder_closes(self, deal: Expected, holder: str, windows: list[Window]) -> None:
        """A holder gives these times of its own to nobody; what was agreed is lost."""
        if deal.waits:
            deal.end("declined")
        else:
            deal.lose(windows, "displaced")
        for leg in (leg for leg in deal.legs if leg.holder == holder):
            self.turned_away(leg.offer, [w for w in leg.windows if w in windows])

    def offer_closes(
        self, offer: str, takes: Callable[[Expected, Window], bool], span: Window, now: dt.datetime
    ) -> None:
        """A span of an offer is closed; *takes* says what of a deal needs it then."""
        self.turned_away(offer, [span])
        for deal in self.agreed():
            deal.lose([w for w in deal.ahead(now) if takes(deal, w)], "displaced")

    def offer_ends(self, offer: str, end: dt.datetime, now: dt.datetime) -> None:
        """From *end* on an offer is given no more."""
        for deal in self.deals.values():
            own = [w for leg in deal.legs if leg.offer == offer for w in leg.windows if w.end > end]
            if deal.waits and own:
                deal.end("declined")
            elif deal.state == "agreed":
                behind = [w for w in deal.ahead(now) if any(w.overlaps(each) for each in own)]
                deal.lose(behind, "displaced")

    def check_changes(self, party: str, now: dt.datetime, today: dt.date, *, passed: bool) -> None:
        """A coordinator finds that of an organisation; the strictest of a day's findings counts."""
        if not passed:
            self.unchecked.add(party)
            self.failed_on[party] = today
        elif self.failed_on.get(party) != today:
            self.unchecked.discard(party)
        for deal in self.agreed():
            if party in deal.parties:
                self.review(deal, now)

    def review(self, deal: Expected, now: dt.datetime) -> None:
        """Dates ahead stand while all are checked; else they are held for some days."""
        held = [w for w, state in deal.dates.items() if state == SUSPENDED]
        deal.lose([w for w in held if deal.until[w] <= now], "displaced")
        if deal.state != "agreed":
            return
        if self.checked(deal):
            deal.dates |= {w: STANDS for w, state in deal.dates.items() if state == SUSPENDED}
            return
        for window in deal.ahead(now):
            if deal.dates[window] == STANDS:
                deal.dates[window] = SUSPENDED
                deal.until[window] = min(now + self.suspension, window.start)

    def ticks(self, now: dt.datetime) -> None:
        """What is due is done; what rounds decide the model takes as it comes."""
        for deal in self.deals.values():
            overdue = deal.deadline is not None and deal.deadline <= now
            if deal.waits and overdue and not deal.contested:
                deal.end("lapsed")
            elif deal.state == "agreed":
                self._goes_on(deal, now, overdue=overdue)

    def _goes_on(self, deal: Expected, now: dt.datetime, *, overdue: bool) -> None:
        self.review(deal, now)
        left = [window for window, state in deal.dates.items() if state != LOST]
        if deal.state == "agreed" and left and max(w.end for w in left) <= now:
            deal.end("done")
        elif deal.state == "agreed" and overdue:
            deal.sub_state, deal.deadline = "confirmed", None
