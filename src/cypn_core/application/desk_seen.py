"""What the desk is made from, read once: members, their checks, the needs that wait, live requests.

Each is one query for the whole network, so that a desk of a thousand rows costs as many queries as
one of ten.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from attrs import define, frozen

from cypn_core.application.network import Work
from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.organisations import Organisation
from cypn_core.domain.postings import Posting
from cypn_core.domain.standing import Check, stands


@define(slots=False)
class Seen:
    """One look at the network by *work*."""

    work: Work

    @cached_property
    def members(self) -> Mapping[OrganisationId, Organisation]:
        """Every member, by id."""
        return {each.id: each for each in self.work.organisations.all()}

    @cached_property
    def checks(self) -> Mapping[str, list[Check]]:
        """Every member's checks on record."""
        return self.work.organisations.checks(self.members)

    @cached_property
    def waiting(self) -> tuple[Posting, ...]:
        """The open needs that no live deal holds, their owners checked or not."""
        taken = self.work.deals.taken_needs()
        found = self.work.postings.unanswered(self.work.hub.exchanges)
        now = self.work.now
        return tuple(n for n in found if n.id not in taken and n.fresh_until > now)

    @cached_property
    def may_be_served(self) -> tuple[Posting, ...]:
        """Those of them that the gate lets through."""
        return tuple(need for need in self.waiting if self.takes_part(need) and self._stands(need))

    @cached_property
    def asked(self) -> tuple[Deal, ...]:
        """The deals that wait for somebody's yes."""
        return tuple(self.work.deals.waiting())

    @cached_property
    def waiting_owners(self) -> Mapping[PostingId, OrganisationId]:
        """Need -> whose it is, of those that wait."""
        return {need.id: need.organisation for need in self.waiting}

    def name(self, organisation: OrganisationId) -> str:
        """What a member is called."""
        return self.members[organisation].profile.name

    def takes_part(self, posting: Posting) -> bool:
        """Whether the owner of *posting* is a member that has its exchange switched on."""
        owner = self.members.get(posting.organisation)
        return owner is not None and posting.exchange not in owner.profile.exchanges_off

    def _stands(self, posting: Posting) -> bool:
        checks = self.checks[posting.organisation]
        return stands(checks, posting.body.checklist, self.work.today) is None


@frozen(kw_only=True)
class Reach:
    """What a check would open.

    *groups* is how many other groups have a need that waits and that one of the organisation's
    offers would meet wholly; *own* is how many needs of its own wait for the check.
    """

    groups: int = 0
    own: int = 0

    @property
    def waits(self) -> int:
        """How many groups wait for it, its own among them."""
        return self.groups + (self.own > 0)
