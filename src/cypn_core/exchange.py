"""What a plugin declares of an exchange. From this, core derives routes, commands and pages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from cypn_core.domain.deals import DealState
from cypn_core.domain.ids import PostingId
from cypn_core.domain.plans import PRICE, REFERRED, Plan
from cypn_core.domain.postings import Need, Offer
from cypn_core.matching.near import Relaxations, nothing_to_relax
from cypn_core.matching.planner import Board, Planner, Together
from cypn_core.matching.rules import Context, Rule


@frozen
class Objection:
    """What the author of a posting has to mend: the dotted path of the field, and a sentence."""

    field: str
    sentence: str


@frozen(kw_only=True)
class DealView:
    """What an action's handler is told of a deal: its plan and where it stands, and no identity.

    *offers* are the bodies of the legs' offers as they are now, *needs* those of all needs in it,
    and *mine* are the postings that whoever acts has in it; none when the clock does. Of a deal
    that is gathered, *book* is what was put down in it so far, and *boards* gives what a planner
    is given, by need.
    """

    plan: Plan
    state: DealState
    sub_state: str
    offers: Mapping[PostingId, Offer] = field(factory=dict)
    needs: Mapping[PostingId, Need] = field(factory=dict)
    mine: frozenset[PostingId] = frozenset()
    book: Any = None
    numbers: Mapping[PostingId, frozenset[str]] = field(factory=dict)
    """Of a gathered deal, by need: what stands for the register numbers of its owner.

    Equal numbers have equal stand-ins in one deal, and different ones in any other.
    """
    boards: Callable[[], Mapping[PostingId, Board]] = dict


@frozen(kw_only=True)
class Outcome:
    """What an action comes to. Core stores it, logs the *fact* and tells the other parties."""

    sub_state: str
    fact: Mapping[str, Any] = field(factory=dict)
    """Plain JSON values by name: shown to the parties and the coordinator, and never erased.

    So numbers, codes and lists of codes belong there, and nothing that somebody has typed.
    """
    tells: str = ""
    """One plain sentence for the other parties; empty tells nobody."""
    closes: frozenset[str] = frozenset()
    """Roles whose offers are closed to everybody from now on, until their holder reopens them.

    What is agreed on them ahead is displaced, this deal too where it has not begun.
    """
    closes_as: str = "out_of_use"
    """The code of that closure."""
    book: Any = None
    """What is put down in a gathered deal from now on; None leaves it as it is."""
    without: frozenset[PostingId] = frozenset()
    """The needs that are in a gathered deal no more; they wait again."""
    plan: Plan | None = None
    """Asks all who are in it for their yes. Whose need is not in it, is in the deal no more."""
    terms: Mapping[PostingId, str] = field(factory=dict)
    """With a *plan*: what binds the owner of each need besides its price, which is a ceiling.

    Where neither grows, a yes that was said to an earlier plan counts for this one.
    """
    by_hand: bool = False
    """With a *plan*: nobody who gives says yes by a rule of its own, such as when terms are new."""
    ends: str = ""
    """Why a gathered deal comes to nothing; empty where it goes on."""


Handler = Callable[[DealView, Any, Context], Outcome]
CountsCancelled = Callable[[Plan, dt.timedelta, Context], int]
"""What is given up, the notice until its first window, and the region's settings."""


@frozen(kw_only=True)
class Action:
    """Something a party may do with an agreed deal, beyond what every deal knows.

    *who* is ``seeker`` or ``holder``; of the holders, with *roles*, only who gives the first of
    them that the plan has. *from_states* are sub-states: an action that leads to one of its own
    may be done again. With *after_end* it may be done when the deal is over too, and with *within*
    it is due so long after its last window. One that is *gathering* is done while the deal is
    gathered, before everybody in it is bound, and only then. *takes* is an attrs class for the
    input, or None. The *handler* is pure; it may raise ``Invalid`` or ``Conflict``.
    """

    name: str
    title: str
    who: str
    from_states: frozenset[str]
    handler: Handler
    takes: type[Any] | None = None
    roles: tuple[str, ...] = ()
    after_end: bool = False
    within: dt.timedelta | None = None
    gathering: bool = False

    def __attrs_post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z-]{0,30}", self.name):
            raise ValueError(f"name must be lower case words joined by hyphens, not {self.name!r}")
        if self.who not in {"seeker", "holder"}:
            raise ValueError(f"who must be seeker or holder, not {self.who!r}")
        if self.roles and self.who != "holder":
            raise ValueError("roles are those of holders: who must be holder")
        if self.within is not None and not self.after_end:
            raise ValueError("what is due after the end must be possible then: set after_end")
        if self.gathering and (self.after_end or self.who != "seeker"):
            raise ValueError("who gathers a deal are its seekers, and before it is agreed")


@frozen(kw_only=True)
class Gathering:
    """A deal that its seekers put together themselves, step by step, before anybody is bound.

    It begins with one need and joins others, none of whom learns who the others are. *book* is the
    attrs class of what is put down in it, with a default for every field; only what *shown* makes
    of it is read by anybody. All functions are pure.
    """

    begins_as: str
    """The sub-state of a new one."""
    book: type[Any]
    seen: type[Any]
    """The attrs class of what *shown* gives."""
    shown: Callable[[DealView, Context], Any]
    """What whoever has the postings *mine* may read of the book.

    Without any, what the owner of a need that may join reads of it before it does.
    """
    open_to: Callable[[DealView, Need, Context], bool]
    """Whether it is shown to the owner of that need, who may then join it."""
    joined: Callable[[DealView, Context], Outcome]
    """What the need *mine*, the newest in it, makes of it. It may raise ``Invalid``."""
    left: Callable[[DealView, Context], Outcome]
    """What comes of it when the needs *mine* go; it need not name them as *without*."""
    clocked: Callable[[DealView, Context], Outcome | None]
    """What the time brings: asked with every tick. None where nothing is due."""
    replayed: Callable[[Any], tuple[str, ...]] | None = None
    """Decides again what a book says was decided: where it comes out otherwise, in sentences.

    It may raise ``Conflict`` where nothing is decided yet.
    """


def hours_used(plan: Plan) -> int:
    """The default measure of what a deal serves: whole minutes of use, summed over its legs."""
    return sum(window.minutes for leg in plan.legs for window in leg.windows)


def nothing_counted(plan: Plan, notice: dt.timedelta, context: Context) -> int:
    """The default: a deal that its seeker gave up was not served, and counts nothing."""
    return 0


@frozen(kw_only=True)
class Exchange:
    """One kind of exchange: what is wanted and given in it, what fits, and how it is put together.

    *served* measures a plan for the turn order (fewest served first). *agreed_as* is the sub-state
    in which an agreed deal starts. With *settles_as* an asker may leave freely for the region's
    ``visit_days``, after which the deal comes to that sub-state by itself.
    """

    name: str
    title: str
    summary: str
    needs: tuple[type[Need], ...]
    offers: tuple[type[Offer], ...]
    planner: Planner
    rules: tuple[Rule, ...] = ()
    rules_version: str = ""
    """What tells these rules from earlier ones; it is logged with every decision."""
    relaxations: Relaxations = nothing_to_relax
    settings: type[Any] | None = None
    actions: tuple[Action, ...] = ()
    words: Mapping[str, str] = field(factory=dict)
    """Plain words for codes (facilities, roles, states), and the questions of forms by field.

    ``hint.``, ``group.``, ``label.`` and ``choices.`` before a field's name or path give more of
    its form; see ``docs/hooks.md``.
    """
    served: Callable[[Plan], int] = hours_used
    counts_cancelled: CountsCancelled = nothing_counted
    """What its seeker's giving up a deal counts in the turn order, in the measure of *served*."""
    by_road: bool = False
    """Whether it prices or times by road: ways are then asked for, where somebody is to be asked.

    Otherwise :meth:`Context.way` estimates.
    """
    agreed_as: str = ""
    settles_as: str = ""
    sought: Mapping[str, str] = field(factory=dict)
    """The codes of the ``Missing`` parts that may stay open for a while, each with its role.

    A plan that lacks only such parts may be asked for; agreed by all who are in it, it is held
    while somebody is sought for them.
    """
    together: Together | None = None
    """Puts many open needs together at once, where that serves more of them than one by one.

    Core proposes what it finds to the seekers, each of whom may say yes or no.
    """
    gathering: Gathering | None = None
    """How its seekers put deals together themselves, where they do."""

    def __attrs_post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", self.name):
            raise ValueError(f"name must be a code such as space_exchange, not {self.name!r}")
        tags = [kind.kind for kind in self.kinds]
        if len(set(tags)) != len(tags):
            raise ValueError(f"kinds must differ: {', '.join(sorted(tags))}")
        if strange := {r for rule in self.rules for r in rule.between} - {"need", *self.roles}:
            raise ValueError(f"rules name roles that no offer plays: {', '.join(sorted(strange))}")
        if strange := {r for each in self.actions for r in each.roles} - set(self.roles):
            raise ValueError(f"actions name roles no offer plays: {', '.join(sorted(strange))}")
        if unplayed := {*self.sought.values()} - {*self.roles}:
            raise ValueError(f"sought names roles that no offer plays: {', '.join(unplayed)}")
        if not self.sought.keys().isdisjoint({PRICE, REFERRED, "dates"}):
            raise ValueError("sought names codes that core uses: give the part a code of its own")
        if self.gathering is None and any(each.gathering for each in self.actions):
            raise ValueError("an action gathers where nothing is gathered: declare gathering")

    @property
    def kinds(self) -> tuple[type[Need | Offer], ...]:
        """Every body class of this exchange."""
        return (*self.needs, *self.offers)

    @property
    def roles(self) -> tuple[str, ...]:
        """The parts that its offers play in a plan."""
        return tuple(dict.fromkeys(offer.role for offer in self.offers))

    @property
    def checklists(self) -> frozenset[str]:
        """The roles in which its members must have passed the checks."""
        return frozenset(kind.checklist for kind in self.kinds)

    @property
    def slug(self) -> str:
        """Its name in a URL."""
        return self.name.replace("_", "-")
