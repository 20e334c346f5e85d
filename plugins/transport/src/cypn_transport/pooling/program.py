"""The plan of a day as an integer program: rows over variables that are none or one.

A variable says that a job is done; another that somebody of a class of resources that are alike
plays a role in it. None says which resources go together: one of each role is chosen at most, so
who goes with whom follows from the job. For those barred from the same others one row keeps them
apart from all of these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations

from attrs import field, frozen

from cypn_transport.pooling.alike import Alike, alike
from cypn_transport.pooling.values import Candidate, Day, Job, Span


@frozen
class Row:
    """The sum of the *terms*, coefficients by variable, is at most *most*; or just that."""

    terms: Mapping[int, int]
    most: int
    equal: bool = False


@frozen
class Play:
    """Somebody of a class plays *role* in the job at that place, as *candidate* says."""

    job: int
    role: str
    candidate: Candidate
    who: Alike


@frozen
class Program:
    """All of it. Variables are numbered: first the jobs, then the *plays*."""

    day: Day
    plays: tuple[Play, ...]
    rows: tuple[Row, ...]

    @property
    def variables(self) -> int:
        """How many there are."""
        return len(self.day.jobs) + len(self.plays)

    @property
    def weights(self) -> Mapping[int, int]:
        """What each job that is done is worth first of all, by its variable."""
        return {at: job.weight for at, job in enumerate(self.day.jobs)}


def program(day: Day) -> Program:
    """The plans of *day*: the values of the variables that keep every row."""
    plays = tuple(_plays(day))
    draft = _Draft(day, plays)
    for at, job in enumerate(day.jobs):
        draft.staffed(at, job)
    draft.once()
    draft.apart()
    return Program(day, plays, tuple(draft.rows))


def _plays(day: Day) -> Iterable[Play]:
    classes = alike(day)
    for at, job in enumerate(day.jobs):
        for role, some in job.candidates.items():
            for each in some:
                who = classes[each.resource]
                if each.resource == who.names[0]:
                    yield Play(at, role, each, who)


@frozen
class _Draft:
    """The rows as they are written."""

    day: Day
    plays: Sequence[Play]
    rows: list[Row] = field(factory=list)
    _of: dict[tuple[int, str], list[int]] = field(init=False)

    @_of.default
    def _by_job_and_role(self) -> dict[tuple[int, str], list[int]]:
        found: dict[tuple[int, str], list[int]] = defaultdict(list)
        for at, play in enumerate(self.plays):
            found[play.job, play.role].append(len(self.day.jobs) + at)
        return found

    def play(self, variable: int) -> Play:
        """What that variable says."""
        return self.plays[variable - len(self.day.jobs)]

    def add(
        self, ones: Iterable[int], most: int, less: Mapping[int, int], *, equal: bool = False
    ) -> None:
        """*ones* together, with what *less* takes off, are at most *most*."""
        self.rows.append(Row({**dict.fromkeys(ones, 1), **less}, most, equal))

    def staffed(self, at: int, job: Job) -> None:
        """Each role is played once where the job is done and nobody chosen spares it."""
        everybody = [each for role in job.candidates for each in self._of[at, role]]
        for role in job.candidates:
            playing = self._of[at, role]
            sparing = [
                v for v in everybody if role in self.play(v).candidate.spares and v not in playing
            ]
            if len({self.play(v).role for v in sparing}) <= 1:
                self.add([*playing, *sparing], 0, {at: -1}, equal=True)
            else:
                self.rows.append(Row({**dict.fromkeys([*playing, *sparing], -1), at: 1}, 0))
                self.add(playing, 0, {at: -1})
                for each in sparing:
                    self.add([*playing, each], 1, {})
            if sparing:
                self.add(sparing, 0, {at: -len(job.candidates)})
        for first, second in permutations(job.candidates, 2):
            self._kept_apart(at, self._of[at, first], self._of[at, second])

    def _kept_apart(self, at: int, some: Sequence[int], others: Sequence[int]) -> None:
        """No two of these that are barred from each other: one row for each kind of bar."""
        against: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for one in some:
            who = self.play(one).who
            against[tuple(o for o in others if who.is_barred(self.play(o).who))].append(one)
        for barred, alike_ in against.items():
            if barred:
                self.add([*alike_, *barred], 0, {at: -1})

    def once(self) -> None:
        """Nobody is served twice."""
        serving: dict[str, list[int]] = defaultdict(list)
        for at, job in enumerate(self.day.jobs):
            for each in sorted(job.requests):
                serving[each].append(at)
        for some in serving.values():
            self.add(some, 1, {})

    def apart(self) -> None:
        """At every instant no more of a class are at work than there are."""
        uses: dict[Alike, list[tuple[Span, int]]] = defaultdict(list)
        for at, play in enumerate(self.plays):
            uses[play.who] += [(use, len(self.day.jobs) + at) for use in play.candidate.uses]
        for who, some in uses.items():
            for meeting in _meeting(some):
                if len(meeting) > len(who.names):
                    self.add(sorted(meeting), len(who.names), {})


def _meeting(uses: Sequence[tuple[Span, int]]) -> Iterable[frozenset[int]]:
    """The largest sets of variables whose spans share an instant: no set inside another."""
    starts = sorted({use.start for use, _ in uses})
    sets = dict.fromkeys(
        frozenset(v for use, v in uses if use.start <= start < use.end) for start in starts
    )
    return [each for each in sets if not any(each < other for other in sets)]
