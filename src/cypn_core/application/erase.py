"""Erasure: nothing is left of an organisation but "a former member", its deals and counts.

It cannot be undone. What was agreed and lies ahead has to be cancelled first, so that nobody is
left standing. The log stays whole: texts that people wrote go from it with the salts of their
digests, and the seals still fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import evolve, frozen

from cypn_core.application import fill, gather, news, settle
from cypn_core.application.inbox import CLOSED
from cypn_core.application.network import Caller, Network, Work
from cypn_core.domain.deals import Deal, DealState
from cypn_core.domain.emptied import emptied
from cypn_core.domain.errors import Conflict, Invalid
from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.marks import UNAVAILABLE
from cypn_core.domain.organisations import FORMER, Organisation, Profile, tombstone
from cypn_core.domain.places import key
from cypn_core.domain.postings import PostingState
from cypn_core.storage.complaints import Complaints
from cypn_core.storage.erasure import Erasure
from cypn_core.storage.plain_letters import PlainLetters
from cypn_core.storage.registrations import Registrations


@frozen(kw_only=True)
class Ahead:
    """A deal that has to be cancelled before: its id, its exchange, and what it is in words."""

    deal: str
    exchange: str
    words: str


def ahead(work: Work, caller: Caller) -> list[Ahead]:
    """What was agreed with the caller's organisation and is not over, the earliest first."""
    mine = [each for each in _deals(work, caller.member) if caller.member not in each.asked_to_fill]
    found = [deal for deal in mine if _lies_ahead(work, deal)]
    ordered = sorted(found, key=lambda deal: (deal.windows[:1], deal.id))
    return [
        Ahead(deal=deal.id, exchange=deal.exchange, words=news.times_of(work, deal))
        for deal in ordered
    ]


def erase(work: Work, caller: Caller, name: str) -> Organisation:
    """Erase the caller's organisation for good; *name* is its name, typed to confirm it.

    :raises Invalid: when *name* is another.
    :raises Conflict: while agreed deals lie ahead, saying which; or when an exchange that it
        posted in is not installed, so that nobody can tell which of its texts are sealed.
    """
    known = work.organisations.get(caller.member)
    if known.erased is not None:
        raise Conflict("This organisation was erased already.")
    if name != known.profile.name:
        raise Invalid({"name": ["must be the name of the organisation, exactly as it stands"]})
    if left := ahead(work, caller):
        said = "; ".join(f"{each.words} ({each.deal})" for each in left)
        raise Conflict(f"Agreed and not over, so cancel it first: {said}.")
    erasure = Erasure(work.connection, known.id)
    _installed(work, erasure)
    _end_deals(work, caller, known.id)
    _empty_postings(work, caller, erasure)
    _forget(work, erasure, known.profile)
    gone = evolve(
        known,
        profile=tombstone(known.profile, _widener(work)(known.profile.place)),
        revision=known.revision + 1,
        erased=work.now,
    )
    work.organisations.replace(gone)
    work.log(caller, known.id, "organisation_erased")
    return gone


def settle_store(network: Network) -> None:
    """Let the store write over what was erased, where it would keep it for a while."""
    network.store.overwrite()


def _lies_ahead(work: Work, deal: Deal) -> bool:
    if deal.state not in {DealState.HELD, DealState.AGREED, DealState.SUSPENDED}:
        return False
    return not deal.windows or any(window.end > work.now for window in deal.standing)


def _deals(work: Work, owner: OrganisationId) -> Iterator[Deal]:
    exchanges = {exchange for _, exchange in Erasure(work.connection, owner).postings()}
    for exchange in sorted(exchanges):
        yield from work.deals.of(owner, exchange, limit=None)


def _installed(work: Work, erasure: Erasure) -> None:
    known = {*work.hub.exchanges, "noted"}
    if absent := sorted({exchange for _, exchange in erasure.postings()} - known):
        raise Conflict(
            f"It has posted in {', '.join(absent)}, which is not installed: the operator installs "
            "that again first, or its texts could not be found."
        )


def _end_deals(work: Work, caller: Caller, owner: OrganisationId) -> None:
    """What waits for a yes ends: cancelled by whoever asked, unavailable from whoever gives."""
    for deal in _deals(work, owner):
        if not deal.state.live or deal.state is DealState.DONE:
            continue
        if owner in deal.asked_to_fill:
            fill.go_on_without(work, caller, deal)
        elif deal.gathered:
            own = frozenset(need for need, party in deal.seekers if party == owner)
            gather.without(work, caller, deal, own)
        elif owner in {party for _, party in deal.seekers}:
            settle.end(work, caller, deal, DealState.CANCELLED, "cancelled_by_seeker")
        else:
            settle.end(work, caller, deal, DealState.DECLINED, UNAVAILABLE)


def _empty_postings(work: Work, caller: Caller, erasure: Erasure) -> None:
    """Every posting loses its texts and its exact place; open ones are taken back."""
    ids = [PostingId(posting) for posting, _ in erasure.postings()]
    wider = _widener(work)
    for posting in work.postings.lock(ids):
        open_ = posting.state is PostingState.OPEN
        left = emptied(posting.body, wider)
        state = PostingState.WITHDRAWN if open_ else posting.state
        work.postings.replace(evolve(posting.moved(state), body=left))
        if open_:
            work.log(caller, posting.id, f"{posting.side}_withdrawn")


def _forget(work: Work, erasure: Erasure, profile: Profile) -> None:
    contacts = [each for each in (profile.contact, profile.second_contact) if each is not None]
    emails = {form for each in contacts for form in (each.email, each.email.casefold())}
    phones = {each.phone for each in contacts if each.phone}
    said = sorted({profile.name, *(each.name for each in contacts), *emails, *phones})
    erasure.delete_rows()
    erasure.replace_names(said, CLOSED, FORMER.lower())
    erasure.forget_answers(said)
    erasure.erase_texts()
    Complaints(work.connection).erase(erasure.organisation, *emails)
    PlainLetters(work.connection).forget(*emails)
    for email in emails:
        Registrations(work.connection, work.organisations.converter).forget(email)


def _widener(work: Work) -> Callable[[str], str]:
    """What turns a postcode into the name of a place of its zone, and leaves all else as it is."""
    region = work.hub.region
    postcodes = {key(code) for code in region.postcodes}
    names = [place.name for place in region.places if place.inside]

    def wider(said: str) -> str:
        if key(said) not in postcodes:
            return said
        zone = region.find(said, outside=True).zone
        same = (name for name in names if region.find(name).zone == zone)
        return next(same, names[0])

    return wider
