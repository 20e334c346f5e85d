"""What a check would open: how many groups wait for its organisation's offers, or it for them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

from attrs import evolve

from cypn_core.application.desk_seen import Reach, Seen
from cypn_core.application.match import boards_for
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.postings import Posting
from cypn_core.domain.standing import Passport
from cypn_core.matching.candidates import Offered, Snapshot, fits_wholly, pair_context
from cypn_core.matching.planner import Board
from cypn_core.matching.rules import NEED, Rule

Pair = tuple[OrganisationId, str]
"""An organisation, and the role of a checklist."""
Offers = Mapping[Pair, list[Posting]]
THREAD = "desk"
ENOUGH = 20
"""So many groups are counted for one check and no more: whoever has twenty comes first anyway."""


def reaches(seen: Seen, checks: Collection[Pair]) -> Mapping[Pair, Reach]:
    """What each of *checks* would open if it were passed today, and all else stayed as it is.

    An offer counts for a need that it would meet wholly and by itself. Several offers together may
    meet more, so the figure is never too high; it ends at twenty.
    """
    own = Counter(
        (need.organisation, need.body.checklist) for need in seen.waiting if seen.takes_part(need)
    )
    offers = _offers(seen, checks)
    groups: dict[Pair, set[OrganisationId]] = defaultdict(set)
    for exchange in sorted({each.exchange for found in offers.values() for each in found}):
        _add_groups(seen, exchange, offers, groups)
    return {pair: Reach(groups=len(groups[pair]), own=own[pair]) for pair in checks}


def _offers(seen: Seen, checks: Collection[Pair]) -> Offers:
    """The offers that stand behind each check."""
    work = seen.work
    found: dict[Pair, list[Posting]] = defaultdict(list)
    owners = {owner for owner, _ in checks}
    for offer in work.postings.offers_of(owners, work.hub.exchanges, work.now):
        pair = (offer.organisation, offer.body.checklist)
        ended = offer.leaves_on is not None and offer.leaves_on <= work.today
        if pair in checks and not ended and seen.takes_part(offer):
            found[pair].append(offer)
    return found


def _add_groups(
    seen: Seen, exchange: str, offers: Offers, groups: Mapping[Pair, set[OrganisationId]]
) -> None:
    """Add to *groups* those whose needs the offers behind each check would meet in *exchange*."""
    needs = [need for need in seen.may_be_served if need.exchange == exchange]
    behind = {
        pair: [offer for offer in found if offer.exchange == exchange]
        for pair, found in offers.items()
    }
    boards = boards_for(seen.work, THREAD, needs, [o for found in behind.values() for o in found])
    snapshot = next((board.snapshot for board in boards.values()), Snapshot())
    known = {offered.id: offered for offered in snapshot.offers}
    rules = _by_role(seen.work.hub.rules(exchange))
    for need in needs:
        for pair, found in behind.items():
            group, there = need.organisation, groups[pair]
            if group == pair[0] or group in there or len(there) == ENOUGH:
                continue
            if any(_fits(boards[need.id], known[offer.id], pair[1], rules) for offer in found):
                there.add(group)


def _fits(board: Board, offered: Offered, role: str, rules: Mapping[str, list[Rule]]) -> bool:
    """Whether *offered* would meet the board's need once its holder had passed the check."""
    pair = pair_context(board.context, board.need, offered)
    checked = evolve(pair, second=Passport(roles=offered.passport.roles | {role}))
    mine = rules.get(offered.body.role, ())
    return fits_wholly(board.need, offered, board.snapshot.uses, mine, checked)


def _by_role(rules: Iterable[Rule]) -> Mapping[str, list[Rule]]:
    """The rules between a need and an offer, by the offer's role."""
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.between[0] == NEED:
            found[rule.between[1]].append(rule)
    return found
