"""What the solvers are given, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Protocol

from attrs import field, frozen

Place = Hashable


class Way(Protocol):
    """By road from one place to another."""

    @property
    def km(self) -> float:
        """Kilometres."""

    @property
    def minutes(self) -> float:
        """Minutes."""


Travel = Callable[[Place, Place], Way | None]
"""None where no way is known: then nobody rides between the two."""


@frozen(order=True)
class Span:
    """From *start* up to but without *end*, in minutes."""

    start: int
    end: int

    def meets(self, other: Span) -> bool:
        """Whether the two have an instant in common.

        >>> Span(0, 10).meets(Span(9, 12)), Span(0, 10).meets(Span(10, 12))
        (True, False)
        """
        return self.start < other.end and other.start < self.end


@frozen(order=True)
class Load:
    """So many in seats and so many in wheelchairs; of a vehicle: one of its layouts."""

    seats: int
    wheelchairs: int = 0

    def within(self, other: Load) -> bool:
        """Whether *other* is no less in either."""
        return self.seats <= other.seats and self.wheelchairs <= other.wheelchairs


@frozen(kw_only=True)
class Request:
    """One group's outing from *origin* to *destination* and back.

    It is picked up at *leaves* and set down at home at *back*, not before the first nor after the
    last minute of either; *wish* says which of them it asked for. It is at its destination for
    *stays* minutes at least. Between *there_by* and *back_from*, where both are given, nobody need
    wait for it.
    """

    id: str
    origin: Place
    destination: Place
    load: Load
    leaves: Span
    back: Span
    wish: tuple[int, int]
    """When it would be picked up, and be home again."""
    stays: int = 0
    there_by: int | None = None
    back_from: int | None = None
    ages: frozenset[str] = frozenset()
    may_share: bool = False

    @property
    def waits(self) -> bool:
        """Whether the vehicle stays with the group."""
        return self.there_by is None or self.back_from is None


def longest_ride(direct: float) -> float:
    """How long anybody may ride: half as long again as the direct way, or 15 minutes more.

    >>> longest_ride(10), longest_ride(60)
    (25, 90.0)
    """
    return max(1.5 * direct, direct + 15)


def anybody(together: Sequence[Request]) -> bool:
    """Everybody may ride with everybody."""
    return True


@frozen(kw_only=True)
class Limits:
    """What a pool must keep."""

    ride: Callable[[float], float] = longest_ride
    """The most minutes aboard one way, of the minutes of the direct way."""
    mix: Callable[[Sequence[Request]], bool] = anybody
    """Whether these may ride together: ages, settings, whatever else. Asked of every subset."""
    layouts: tuple[Load, ...] | None = None
    """The layouts of the vehicles of the day: what fits none of them is no pool. None: any."""
    boarding: int = 0
    """Minutes at every stop."""


@frozen
class Stop:
    """At *place* at minute *at* the group *request* comes aboard or, *boards* False, leaves."""

    place: Place
    request: str
    boards: bool
    at: int


@frozen
class Part:
    """The way between two stops, with the groups *aboard*: none is empty running."""

    km: float
    minutes: float
    aboard: frozenset[str]


@frozen
class Run:
    """One way: every group of the pool picked up and set down, the vehicle never empty."""

    stops: tuple[Stop, ...]
    parts: tuple[Part, ...]
    """Between each stop and the next: one fewer than *stops*."""
    boarding: int
    """How many minutes the vehicle stands at every stop."""

    @property
    def km(self) -> float:
        """Kilometres from the first stop to the last."""
        return sum(part.km for part in self.parts)

    @property
    def span(self) -> Span:
        """From the first stop until the vehicle leaves the last."""
        return Span(self.stops[0].at, self.stops[-1].at + self.boarding)

    def aboard(self, request: str) -> int:
        """How many minutes the group rides: from leaving its stop until it is at its other one."""
        on, off = (stop.at for stop in self.stops if stop.request == request)
        return off - on - self.boarding


@frozen(kw_only=True)
class Pool:
    """Groups that ride together, there and back; a group alone is a pool of one."""

    requests: tuple[str, ...]
    """Sorted by id."""
    out: Run
    back: Run
    between: Part
    """From the last stop outward to the first one homeward, nobody aboard."""
    peak: Load
    """The most at any point of the route, of seats and of wheelchairs."""
    uses: tuple[Span, ...]
    """When vehicle and driver are taken: once in all, or each way where nobody need wait."""

    @property
    def km(self) -> float:
        """Kilometres from the first pick-up to the last set-down."""
        return self.out.km + self.between.km + self.back.km

    @property
    def empty_km(self) -> float:
        """Kilometres of these with nobody aboard."""
        return sum(p.km for p in (*self.out.parts, self.between, *self.back.parts) if not p.aboard)

    @property
    def minutes_aboard(self) -> Mapping[str, tuple[int, int]]:
        """How long each rides, there and back."""
        return {each: (self.out.aboard(each), self.back.aboard(each)) for each in self.requests}

    def fits(self, layouts: Sequence[Load]) -> bool:
        """Whether one of the *layouts* takes everybody at every point of the route."""
        return any(self.peak.within(layout) for layout in layouts)


@frozen(kw_only=True)
class Candidate:
    """A resource that may play a role in a job; what is said of it holds for that job only."""

    resource: str
    uses: tuple[Span, ...]
    """When it is taken, with the way from and to its base and every buffer."""
    cost: int = 0
    """Less is better where all else is equal: metres of empty running, say."""
    spares: frozenset[str] = frozenset()
    """Roles that nobody else need play with it: a vehicle that comes with its driver."""


@frozen(kw_only=True)
class Job:
    """A pool that may be served, and who may play each role in it."""

    requests: frozenset[str]
    candidates: Mapping[str, tuple[Candidate, ...]]
    """By role; every role here must be played unless a chosen candidate spares it."""
    weight: int
    """What serving it is worth first of all: how many groups it serves."""
    turn: int = 0
    """What it is worth where the weights are equal: whose turn it is."""


@frozen(kw_only=True)
class Day:
    """All jobs that may be done, each request in any number of them.

    *barred*: pairs of resources that may not go together in any job, either way round.
    """

    jobs: tuple[Job, ...]
    barred: frozenset[frozenset[str]] = frozenset()


@frozen
class Chosen:
    """The job at that place in the day's jobs, with the resource that plays each role."""

    job: int
    parts: Mapping[str, str]


@frozen(kw_only=True)
class Assignment:
    """What is to be done. No plan is worth more than *bound*; *proven*: nor better in any tie."""

    chosen: tuple[Chosen, ...]
    value: int
    """The weights together."""
    bound: float
    seconds: float
    method: str
    """"CP-SAT" or "built-in heuristic"."""
    proven: bool = field(default=False)

    @property
    def gap(self) -> float:
        """By how much the bound lies above the value, as a part of the bound.

        >>> Assignment(chosen=(), value=3, bound=4.0, seconds=0, method="").gap
        0.25
        """
        return max(0.0, 1 - self.value / self.bound) if self.bound > 0 else 0.0
