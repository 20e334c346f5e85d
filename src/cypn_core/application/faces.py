"""What each viewer is shown of postings, answers and deals, as plain JSON data.

Nothing leaves the hub but through here: :func:`cypn_core.domain.views.view` decides field by field.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import partial
from typing import Any

from attrs import evolve, frozen

from cypn_core.application import actions, gather, rarity
from cypn_core.application.gate import passports
from cypn_core.application.listings import Listed
from cypn_core.application.network import Caller, Work
from cypn_core.application.settle import roles_sought
from cypn_core.application.unmask import Unmasked
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.marks import Mark
from cypn_core.domain.organisations import Organisation
from cypn_core.domain.plans import Leg, Plan, Share
from cypn_core.domain.postings import Need, Offer, Posting
from cypn_core.domain.times import Window
from cypn_core.domain.views import Relation, hints_of, pseudonym, view
from cypn_core.matching.answer import Answer
from cypn_core.matching.candidates import Refusal
from cypn_core.matching.rules import Audience
from cypn_core.wire.converter import Converter

Json = dict[str, Any]


@frozen
class Faces:
    """Shows things to *caller*, inside one unit of work."""

    work: Work
    caller: Caller
    converter: Converter

    def organisation(self, organisation: Organisation) -> Json:
        """An organisation to itself or to a coordinator."""
        return {
            "id": organisation.id,
            "revision": organisation.revision,
            "created": self._plain(organisation.created),
            "profile": self._plain(organisation.profile),
        }

    def unmasked(self, found: Unmasked) -> Json:
        """Who was un-masked, and what they wrote and sealed; only for what is on record."""
        return {
            "organisations": [self.organisation(each) for each in found.organisations],
            "postings": [
                {
                    "id": each.id,
                    "organisation": each.organisation,
                    "body": self._body(each.body, Relation.OWNER),
                }
                for each in found.postings
            ],
        }

    def posting(self, posting: Posting) -> Json:
        """A posting to its owner, to a coordinator, or to another checked member."""
        return {
            "id": posting.id,
            "revision": posting.revision,
            "state": posting.state.value,
            "created": self._plain(posting.created),
            "fresh_until": self._plain(posting.fresh_until),
            "leaves_on": self._plain(posting.leaves_on),
            "body": self._body(posting.body, self._reader(posting.organisation), posting),
        }

    def listing(self, each: Listed) -> Json:
        """A holder who agreed to be named, and what a stranger may read of the offer."""
        offer = each.offer
        return {
            "name": each.name,
            "exchange": offer.exchange,
            "title": self.work.hub.exchange(offer.exchange).title,
            "category": offer.body.category,
            "facts": self._body(offer.body, Relation.STRANGER, offer),
        }

    def answer(self, answer: Answer) -> Json:
        """An answer to the owner of its need; the coordinator also reads every single reason."""
        return {
            "outcome": answer.outcome,
            "full": [self.plan(plan) for plan in answer.full],
            "partial": [self.plan(plan) for plan in answer.partial],
            "near": [
                {
                    "sentence": near.relaxed.sentence,
                    "need": self._body(near.relaxed.body, self._asker()),
                    "plan": self.plan(near.plan),
                }
                for near in answer.near
            ],
            "refused": self._refusals(answer),
        }

    def plan(self, plan: Plan) -> Json:
        """A plan before anything is agreed: coded offers, the caller's own share and no other's."""
        mine = {n: self.work.postings.get(n) for n in plan.needs}
        own = [
            _share(share)
            for share in plan.shares
            if self._relation(mine[share.need].organisation) is not Relation.STRANGER
        ]
        return {
            "key": plan.key,
            "complete": plan.full,
            "pence": plan.pence,
            "needs": len(plan.needs),
            "shares": own,
            "legs": [self._leg(leg, revealed=False) for leg in plan.legs],
            "missing": [self._plain(missing) for missing in plan.missing],
            "because": list(plan.because),
        }

    def deal(self, deal: Deal) -> Json:
        """A deal to one of its parties; names stand in it from the agreement until it is over."""
        open_ = self._open(deal)
        needs = [self.work.postings.get(need) for need, _ in self._seekers(deal)]
        return {
            "id": deal.id,
            "revision": deal.revision,
            "exchange": deal.exchange,
            "state": deal.state.value,
            "sub_state": deal.sub_state,
            "reason": deal.reason,
            "created": self._plain(deal.created),
            "deadline": self._plain(self._due(deal)),
            "in_round": deal.round is not None,
            "waits_for_you": self.caller.organisation in deal.waiting_for(),
            "pence": deal.kept.pence,
            "shares": self._own_shares(deal),
            "needs": [self._need_in(need, revealed=open_) for need in needs],
            "legs": [self._leg(leg, revealed=open_) for leg in _as_agreed(deal)],
            "missing": [self._plain(missing) for missing in deal.held.missing],
            "sought": list(roles_sought(self.work, deal)) if deal.state is DealState.HELD else [],
            "dates": self._dates(deal),
            "parties": self._parties(deal),
            "book": gather.shown(self.work, deal, self.caller.organisation),
            **self._done(deal),
        }

    def _seekers(self, deal: Deal) -> list[tuple[PostingId, OrganisationId]]:
        """Those whom the caller may know of; of a gathered deal not even how many others are in."""
        if not deal.book or self._open(deal) or "coordinator" in self.caller.scopes:
            return list(deal.seekers)
        return [pair for pair in deal.seekers if self._relation(pair[1]) is Relation.OWNER]

    def _done(self, deal: Deal) -> Json:
        """What was done with it, and what has still to be; the same to all who read the deal."""
        done = actions.records(self.work, deal)
        return {
            "records": [
                {"at": self._plain(each.at), "action": each.action, "facts": dict(each.facts)}
                for each in done
            ],
            "due": [
                {
                    "action": each.action.name,
                    "by": self._plain(each.by),
                    "overdue": each.by <= self.work.now,
                    "yours": self.caller.organisation in each.doers,
                }
                for each in actions.due(self.work, deal, done)
            ],
        }

    def _due(self, deal: Deal) -> dt.datetime | None:
        """By when the caller has to answer, or else until when the deal waits."""
        asked = deal.search if self.caller.organisation in deal.waiting_for() else None
        return (asked.asked_until if asked else None) or deal.deadline

    def _dates(self, deal: Deal) -> list[Json]:
        """Each window and whether it stands; a suspension says why, and never because of whom."""
        marks = {mark.window: mark for mark in deal.marks}
        return [self._date(window, marks.get(window)) for window in deal.windows]

    def _date(self, window: Window, mark: Mark | None) -> Json:
        stands = "stands" if mark is None else "lost" if mark.lost else "suspended"
        return {
            "window": self._plain(window),
            "state": stands,
            "reason": "" if mark is None else mark.reason,
            "until": None if mark is None else self._plain(mark.until),
        }

    def _own_shares(self, deal: Deal) -> list[Json]:
        mine = {
            need for need, owner in deal.seekers if self._relation(owner) is not Relation.STRANGER
        }
        return [_share(share) for share in deal.kept.shares if share.need in mine]

    def _need_in(self, need: Posting, *, revealed: bool) -> Json:
        relation = self._reader(need.organisation, revealed=revealed)
        return {"id": need.id, "body": self._body(need.body, relation, need)}

    def _leg(self, leg: Leg, *, revealed: bool) -> Json:
        offer = self.work.postings.get(leg.offer)
        relation = self._reader(offer.organisation, revealed=revealed)
        return {
            "offer": leg.offer,
            "role": leg.role,
            "windows": [self._plain(window) for window in leg.windows],
            "pence": leg.pence,
            "lines": None if leg.lines is None else [self._plain(line) for line in leg.lines],
            "body": self._body(offer.body, relation, offer),
        }

    def _parties(self, deal: Deal) -> list[Json]:
        """In an order that says nothing: by what is shown, never by the organisations' ids."""
        known = {owner for _, owner in (*self._seekers(deal), *deal.holders)}
        shown = [self._party(deal, owner) for owner in known]
        return sorted(shown, key=lambda each: (not each["you"], str(sorted(each.items()))))

    def _party(self, deal: Deal, owner: OrganisationId) -> Json:
        sides = [
            side
            for side, pairs in (("seeker", deal.seekers), ("holder", deal.holders))
            if owner in {party for _, party in pairs}
        ]
        relation = self._relation(owner)
        if relation is not Relation.OWNER and not self._open(deal):
            viewer = self.caller.organisation or self.caller.actor
            alias = pseudonym(self.work.pseudonym_key, viewer, deal.id, owner)
            passed = self._passed(deal, owner)
            return {"sides": sides, "you": False, "alias": alias, "checks_passed": passed}
        profile = self.work.organisations.get(owner).profile
        return {
            "sides": sides,
            "you": relation is Relation.OWNER,
            "name": profile.name,
            "contact": self._plain(profile.contact),
            "second_contact": self._plain(profile.second_contact),
        }

    def _open(self, deal: Deal) -> bool:
        return deal.open_at(self.work.now, self.work.hub.region.settings.contact_days)

    def _passed(self, deal: Deal, owner: OrganisationId) -> bool:
        """The hub's word that *owner* stands today in every role that it has in *deal*."""
        mine = [each for each, party in (*deal.seekers, *deal.holders) if party == owner]
        roles = {self.work.postings.get(each).body.checklist for each in mine}
        papers = passports(self.work, ((owner, role) for role in roles))
        return all(role in papers[owner, role].roles for role in roles)

    def _refusals(self, answer: Answer) -> list[Json]:
        """Counts by reason for a member; every offer with exact reasons for a coordinator."""
        if "coordinator" in self.caller.scopes:
            return [_exactly(refusal) for refusal in answer.refused]
        told = [
            (reason.code, reason.sentence)
            for refusal in answer.refused
            for reason in refusal.reasons
            if Audience.SEEKER in reason.audience
        ]
        counts = Counter(told)
        return [
            {"code": code, "sentence": sentence, "offers": count}
            for (code, sentence), count in sorted(counts.items(), key=lambda c: (-c[1], c[0]))
        ]

    def _relation(self, owner: OrganisationId) -> Relation:
        if owner == self.caller.organisation:
            return Relation.OWNER
        coordinates = "coordinator" in self.caller.scopes
        return Relation.COORDINATOR if coordinates else Relation.STRANGER

    def _reader(self, owner: OrganisationId, *, revealed: bool = False) -> Relation:
        """As what the caller reads a posting of *owner*, in a deal whose names are open or not.

        Who acts for another reads as a coordinator: what that other sealed stays so.
        """
        relation = self._relation(owner)
        if revealed:
            return Relation.PARTY if relation is Relation.STRANGER else Relation.OWNER
        return self._asker() if relation is Relation.OWNER else relation

    def _asker(self) -> Relation:
        """As what the caller reads what it posts itself, or posts for another."""
        return Relation.COORDINATOR if "coordinator" in self.caller.scopes else Relation.OWNER

    def _body(self, body: Need | Offer, relation: Relation, of: Posting | None = None) -> Json:
        hints = hints_of(body)
        common = partial(rarity.common, self.work, self.caller, of)
        shown = view(body, relation, self._zone_of, common)
        return {
            name: value if name == "kind" or value is None else self._field(value, hints[name])
            for name, value in shown.items()
        }

    def _field(self, value: Any, hint: Any) -> Any:
        return self.converter.write(value, hint)

    def _zone_of(self, place: str) -> str | None:
        return self.work.hub.region.zone_label(place)

    def _plain(self, value: Any) -> Any:
        return None if value is None else self.converter.write(value)


def _as_agreed(deal: Deal) -> list[Leg]:
    """The legs with all the windows that were agreed, at the price of those that stand."""
    pairs = zip(deal.plan.legs, deal.kept.legs, strict=True)
    return [evolve(kept, windows=leg.windows) for leg, kept in pairs]


def _share(share: Share) -> Json:
    return {
        "need": share.need,
        "pence": share.pence,
        "because": share.because,
        "alone": share.alone,
    }


def _exactly(refusal: Refusal) -> Json:
    reasons = [
        {"code": reason.code, "sentence": reason.private or reason.sentence}
        for reason in refusal.reasons
    ]
    return {"offer": refusal.offer, "role": refusal.role, "reasons": reasons}
