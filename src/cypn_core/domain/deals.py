"""Deals: a plan on its way from being asked for to being agreed, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from enum import Enum

from attrs import evolve, frozen

from cypn_core.domain.ids import DealId, OrganisationId, PostingId, RoundId, fingerprint
from cypn_core.domain.marks import Mark
from cypn_core.domain.plans import REFERRED, Leg, Plan
from cypn_core.domain.times import Window


class DealState(Enum):
    """The states that core knows; an exchange's own sub-states each lie inside one of them."""

    GATHERING = "gathering"
    ASKED = "asked"
    HELD = "held"
    AGREED = "agreed"
    DONE = "done"
    DECLINED = "declined"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    DISPLACED = "displaced"
    CANCELLED = "cancelled"

    @property
    def occupies(self) -> bool:
        """True when the deal's uses stand in everybody's way. Asking never does."""
        return self in {DealState.HELD, DealState.AGREED, DealState.DONE, DealState.SUSPENDED}

    @property
    def live(self) -> bool:
        """True while something may still come of it."""
        return self in {DealState.GATHERING, DealState.ASKED} or self.occupies

    @property
    def revealed(self) -> bool:
        """True once the parties know each other's names."""
        return self in {DealState.AGREED, DealState.DONE, DealState.SUSPENDED}


@frozen(kw_only=True)
class Consent:
    """One organisation's yes to the terms that *digest* is of, at *ceiling* pence or less."""

    organisation: OrganisationId
    digest: str
    ceiling: int
    at: dt.datetime


@frozen(kw_only=True)
class Search:
    """What a held deal waits for: somebody for the part that is missing from *plan*.

    *plan* is what is held and occupies, and *consents* are the yeses to it. While somebody is asked
    for the rest, until *asked_until*, the deal's own plan has that rest too. *named* tells that it
    had been agreed before.
    """

    plan: Plan
    consents: tuple[Consent, ...] = ()
    asked_until: dt.datetime | None = None
    named: bool = False


@frozen(kw_only=True)
class Deal:
    """A stored plan with its parties and their consents.

    *seekers* and *holders* pair each need and each leg's offer with the organisation behind it.
    """

    id: DealId
    exchange: str
    plan: Plan
    seekers: tuple[tuple[PostingId, OrganisationId], ...]
    holders: tuple[tuple[PostingId, OrganisationId], ...]
    created: dt.datetime
    state: DealState = DealState.GATHERING
    sub_state: str = ""
    reason: str = ""
    deadline: dt.datetime | None = None
    round: RoundId | None = None
    consents: tuple[Consent, ...] = ()
    marks: tuple[Mark, ...] = ()
    """The windows that are suspended or lost; every other stands."""
    cleared: dt.datetime | None = None
    """When the coordinator agreed to what had been referred to it."""
    search: Search | None = None
    """Of a deal that is held, or was until it ended: what was held, and what was still sought."""
    tried: tuple[PostingId, ...] = ()
    """The offers that did not say yes to a part that was sought, or left it."""
    proposed: bool = False
    """Whether the hub put it together of itself, so that no seeker has asked for it."""
    book: str = ""
    """Of a deal that is gathered: what is put down in it, as JSON of its exchange's own."""
    bound: tuple[tuple[PostingId, str], ...] = ()
    """Of a gathered deal with a plan: what binds the owner of each need besides its price."""
    revision: int = 1

    @property
    def parties(self) -> frozenset[OrganisationId]:
        """Every organisation whose consent the deal needs."""
        return frozenset(owner for _, owner in (*self.seekers, *self.holders))

    @property
    def gathered(self) -> bool:
        """True while its seekers put it together themselves: steps are taken, nobody is bound."""
        return bool(self.book) and self.state is DealState.GATHERING

    @property
    def gathers(self) -> bool:
        """True while it is gathered and nobody is asked for a yes: there is no plan yet."""
        return self.gathered and not self.plan.legs

    @property
    def kept_for_now(self) -> bool:
        """True while it is agreed and not over, or held: its times are somebody's."""
        return self.state in {DealState.HELD, DealState.AGREED}

    def wanted_by(self, party: OrganisationId) -> bool:
        """False for whoever it was only proposed to, and who has not said yes to it."""
        return not self.proposed or any(each.organisation == party for each in self.consents)

    def binds(self, posting: PostingId) -> bool:
        """False where *posting* is a need whose group has not asked for it nor said yes to it."""
        owner = dict(self.seekers).get(posting)
        return owner is None or self.state is not DealState.GATHERING or self.wanted_by(owner)

    @property
    def held(self) -> Plan:
        """The plan that occupies, while the deal is in a state that does."""
        return self.plan if self.search is None else self.search.plan

    @property
    def filling(self) -> tuple[Leg, ...]:
        """The legs that somebody is asked for while the rest is held; they occupy nothing yet."""
        return tuple(leg for leg in self.plan.legs if leg not in self.held.legs)

    @property
    def asked_to_fill(self) -> frozenset[OrganisationId]:
        """Those who are asked for a part that is sought, and have no other part in the deal."""
        inside = {leg.offer for leg in self.held.legs}
        others = {owner for offer, owner in self.holders if offer in inside}
        return self.parties - others - {owner for _, owner in self.seekers}

    @property
    def referred(self) -> bool:
        """True while the coordinator has still to agree to it."""
        return self.cleared is None and any(part.code == REFERRED for part in self.plan.missing)

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows of all its legs, in order, each once."""
        return tuple(sorted({window for leg in self.plan.legs for window in leg.windows}))

    @property
    def suspended(self) -> tuple[Window, ...]:
        """The windows that are held until a check is renewed, in order."""
        return tuple(sorted(mark.window for mark in self.marks if not mark.lost))

    @property
    def standing(self) -> tuple[Window, ...]:
        """The windows that are not lost, in order; suspended ones are among them."""
        lost = {mark.window for mark in self.marks if mark.lost}
        return tuple(window for window in self.windows if window not in lost)

    @property
    def kept(self) -> Plan:
        """The plan without what is lost of it: what is used, and what is paid for it."""
        return self.plan.on(self.standing) if self.marks else self.plan

    def playing(self, now: dt.datetime) -> tuple[tuple[PostingId, OrganisationId], ...]:
        """The holders of whom something may still lie ahead, or of what has no time."""
        legs = [leg for leg in self.plan.legs if not leg.windows or max(leg.windows).start > now]
        parts = {leg.offer for leg in legs}
        return tuple(pair for pair in self.holders if pair[0] in parts)

    def open_at(self, now: dt.datetime, days: int) -> bool:
        """Whether the parties read names and contacts at *now*: until *days* after its last time.

        A deal without times has no end, so that nothing closes it.
        """
        ends = [window.end for window in self.standing or self.windows]
        over = bool(ends) and now >= max(ends) + dt.timedelta(days=days)
        return self.state.revealed and not over

    def marked(self, marks: Iterable[Mark]) -> Deal:
        """The same deal, one revision later, with *marks* in the place of older ones."""
        new = tuple(marks)
        rest = self.unmarked({mark.window for mark in new})
        return evolve(rest, marks=(*rest.marks, *new))

    def unmarked(self, windows: Collection[Window]) -> Deal:
        """The same deal, one revision later, in which *windows* simply stand."""
        rest = tuple(mark for mark in self.marks if mark.window not in windows)
        return evolve(self, marks=rest, revision=self.revision + 1)

    def waiting_for(self) -> frozenset[OrganisationId]:
        """The parties that have not said yes to the terms as they stand.

        None, while there is no plan that they could say yes to.
        """
        if self.gathers:
            return frozenset()
        return self.parties - {c.organisation for c in self.consents if self._still_holds(c)}

    def standing_consents(self) -> tuple[Consent, ...]:
        """The yeses that cover the terms and the prices as they are now."""
        mine = (c for c in self.consents if c.organisation in self.parties)
        return tuple(c for c in mine if self._still_holds(c)) if self.plan.legs else ()

    def pays(self, organisation: OrganisationId) -> int:
        """What *organisation* pays in pence, over all its needs."""
        needs = {need for need, owner in self.seekers if owner == organisation}
        return sum(share.pence for share in self.kept.shares if share.need in needs)

    def recast(self, plan: Plan, holders: Iterable[tuple[PostingId, OrganisationId]] = ()) -> Deal:
        """The same deal, one revision later, on *plan*, with those *holders* beside the present.

        Who has said yes, and gives nothing more than before, has said yes to it up to the same
        ceiling. Holders of whom nothing is left in *plan* are no party to it any more.
        """
        used = {leg.offer for leg in plan.legs}
        more = tuple(pair for pair in holders if pair not in self.holders)
        pairs = tuple(pair for pair in (*self.holders, *more) if pair[0] in used)
        holding = [c for c in self.consents if self._still_holds(c)]
        before = {c.organisation: _gives(self, c.organisation) for c in holding}
        new = evolve(self, plan=plan, holders=pairs, consents=(), revision=self.revision + 1)
        kept = [
            evolve(c, digest=terms(new, c.organisation))
            for c in holding
            if c.organisation in new.parties
            and _gives(new, c.organisation) <= before[c.organisation]
        ]
        return evolve(new, consents=tuple(kept))

    def unasked(self) -> Deal:
        """The same deal, one revision later, in which nobody is asked for what is sought."""
        if self.search is None:
            return self
        used = {leg.offer for leg in self.search.plan.legs}
        return evolve(
            self,
            plan=self.search.plan,
            holders=tuple(pair for pair in self.holders if pair[0] in used),
            consents=self.search.consents,
            search=evolve(self.search, asked_until=None),
            revision=self.revision + 1,
        )

    def _still_holds(self, given: Consent) -> bool:
        same_terms = given.digest == terms(self, given.organisation)
        return same_terms and self.pays(given.organisation) <= given.ceiling

    def joined_by(self, need: PostingId, owner: OrganisationId) -> Deal:
        """The same gathered deal, one revision later, with the *need* of *owner* in it."""
        plan = evolve(self.plan, needs=(*self.plan.needs, need))
        seekers = (*self.seekers, (need, owner))
        return evolve(self, plan=plan, seekers=seekers, revision=self.revision + 1)

    def moved(self, state: DealState, *, sub_state: str = "", reason: str = "") -> Deal:
        """The same deal, one revision later, in *state*."""
        return evolve(
            self, state=state, sub_state=sub_state, reason=reason, revision=self.revision + 1
        )

    def agreed_by(self, organisation: OrganisationId, at: dt.datetime) -> Deal:
        """The same deal with *organisation*'s yes to its present terms, replacing an older one."""
        kept = tuple(c for c in self.consents if c.organisation != organisation)
        given = Consent(
            organisation=organisation,
            digest=terms(self, organisation),
            ceiling=self.pays(organisation),
            at=at,
        )
        return evolve(self, consents=(*kept, given), revision=self.revision + 1)


def terms(deal: Deal, organisation: OrganisationId) -> str:
    """The digest that *organisation* consents to: what it gives, for what, and all the times.

    What it pays is not part of it but a ceiling beside it, so that a better price voids
    nothing. Of a deal that was gathered a seeker consents to its own part of it, however many
    others there are.
    """
    if deal.bound and not _legs(deal, organisation):
        own = {need for need, owner in deal.seekers if owner == organisation}
        return fingerprint(deal.id, *sorted(f"{n}:{said}" for n, said in deal.bound if n in own))
    gives = sorted(f"{leg.offer}:{leg.lines}" for leg in _legs(deal, organisation))
    when = sorted(f"{leg.role}:{leg.windows}:{leg.claims}" for leg in deal.plan.legs)
    return fingerprint(deal.id, *gives, *when)


def _legs(deal: Deal, organisation: OrganisationId) -> list[Leg]:
    offers = {offer for offer, owner in deal.holders if owner == organisation}
    return [leg for leg in deal.plan.legs if leg.offer in offers]


def _gives(deal: Deal, organisation: OrganisationId) -> frozenset[str]:
    """What *organisation* gives in *deal*, window by window."""
    return frozenset(
        fingerprint(leg.offer, leg.role, str(leg.claims), str(window))
        for leg in _legs(deal, organisation)
        for window in leg.windows or ("",)
    )
