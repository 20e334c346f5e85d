"""Mail that came back goes to the second contact, and then to the coordinator."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator

from attrs import frozen

from cypn_core.application.contacts import mark, marked
from cypn_core.application.network import SYSTEM, Caller, Work
from cypn_core.domain.errors import Invalid, NotFound
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.organisations import Organisation
from cypn_core.storage.mails import Stop, StoredMail

RECENT = dt.timedelta(days=7)
"""What went to an address so lately is sent again, when it turns out that nothing arrives there."""


@frozen(kw_only=True)
class Unreached:
    """A member one of whose contacts gets no mail. *by_mail* is False when none of them does."""

    organisation: OrganisationId
    name: str
    reason: str
    since: dt.datetime
    by_mail: bool


def bounce(work: Work, caller: Caller, what: str) -> int:
    """Take note that mail came back from an address, or that the mail of a Message-ID did.

    How many mails then go out again, to the next in line. Nothing for what is known already.

    :raises NotAllowed: unless the caller is a coordinator or operator.
    :raises Invalid: when it is neither an address nor a Message-ID of this hub's.
    :raises NotFound: when no member has that address, or no such mail was sent.
    """
    if "operator" not in caller.scopes:
        caller.must_have("coordinator")
    if found := re.fullmatch(r"<?([0-9a-f]{32})\.(\d{1,9})@[^@\s>]+>?", what.strip()):
        if work.mails.get(found[1]) is None:
            raise NotFound("No mail with that Message-ID was sent from here.")
        return bounced(work, found[1], int(found[2]))
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", what.strip()):
        raise Invalid({"what": ["must be an e-mail address, or the Message-ID of a mail"]})
    return _address(work, what.strip())


def bounced(work: Work, mail_id: str, issue: int) -> int:
    """That issue of a mail came back: no more to whom it went, and on to the next in line."""
    mail = work.mails.get(mail_id)
    if mail is None or mail.issue != issue:
        return 0
    if mail.contact is None:
        work.mails.bury(mail.id)
        return 0
    _stop(work, mail.organisation, mail.contact)
    work.mails.again(mail, work.now)
    return 1


def unreached(work: Work, caller: Caller) -> list[Unreached]:
    """The members one of whose present contacts gets no mail.

    :raises NotAllowed: unless the caller is a coordinator.
    """
    caller.must_have("coordinator")
    members = {each.id: each for each in work.organisations.all()}
    stops: dict[OrganisationId, list[Stop]] = defaultdict(list)
    for stop in work.mails.stops():
        if stop.organisation in members:
            stops[stop.organisation].append(stop)
    return [each for owner, found in stops.items() for each in _unreached(members[owner], found)]


def resume(work: Work, caller: Caller) -> None:
    """Mail the contacts of the caller's organisation again, whatever came back or was stopped."""
    work.mails.resume(caller.member, ("bounced", "unsubscribed"))
    work.log(caller, caller.member, "mail_resumed")


def _unreached(member: Organisation, stops: list[Stop]) -> Iterator[Unreached]:
    contacts = (member.profile.contact, member.profile.second_contact)
    present = {mark(member.id, contact) for contact in contacts if contact is not None}
    stopped = {stop.contact for stop in stops}
    for stop in stops:
        if stop.contact in present:
            yield Unreached(
                organisation=member.id,
                name=member.profile.name,
                reason=stop.reason,
                since=stop.at,
                by_mail=not present <= stopped,
            )


def _address(work: Work, address: str) -> int:
    found = [
        (member.id, known)
        for member in work.organisations.all()
        for known, contact in marked(work, member.id)
        if contact.email.casefold() == address.casefold()
    ]
    if not found:
        raise NotFound("No contact of a member has that address.")
    return sum(_contact(work, organisation, known) for organisation, known in found)


def _contact(work: Work, organisation: OrganisationId, known: str) -> int:
    _stop(work, organisation, known)
    again: list[StoredMail] = work.mails.sent_to(known, work.now - RECENT)
    for mail in again:
        work.mails.again(mail, work.now)
    return len(again)


def _stop(work: Work, organisation: OrganisationId, contact: str) -> None:
    stop = Stop(organisation=organisation, contact=contact, reason="bounced", at=work.now)
    if work.mails.stop(stop):
        work.log(SYSTEM, organisation, "mail_stopped", reason=stop.reason)
