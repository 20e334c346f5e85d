"""What the hub holds on an organisation and its people: declared once, for every table.

The page, the export and the test that finds a forgotten table read this list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from cypn_core.application import checklists, complain, drafts, feeds, unmask
from cypn_core.application.contacts import marked
from cypn_core.application.faces import Faces
from cypn_core.application.inbox import inbox
from cypn_core.application.network import Caller, Work
from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.region import Settings
from cypn_core.storage.belongings import Origins
from cypn_core.storage.erasure import Erasure
from cypn_core.storage.held import Held
from cypn_core.wire.converter import Converter

Json = dict[str, Any]
ALL_MESSAGES = 1_000_000


@frozen(kw_only=True)
class Reader:
    """Whose data is read, in one unit of work, with what shows it."""

    work: Work
    caller: Caller
    converter: Converter

    @property
    def faces(self) -> Faces:
        """Shows things as JSON clients get them, so that nothing more is told."""
        return Faces(self.work, self.caller, self.converter)

    @property
    def held(self) -> Held:
        """The plain rows of the organisation."""
        return Held(self.work.connection, self.caller.member)


@frozen(kw_only=True)
class Holding:
    """One sort of data: in which tables, why it is held, how long, and the rows themselves."""

    code: str
    title: str
    tables: frozenset[str]
    why: str
    kept: Callable[[Settings], str]
    rows: Callable[[Reader], Iterator[Json]]


WHILE_MEMBER = "while you are a member"
NOT_HELD: Mapping[str, str] = {
    "day_seal": "digests of days of the log",
    "sealed_event": "digests of events",
    "seal_mail": "which digests were mailed",
    "publication": "tables of counts, small ones withheld",
    "cursor": "where each reader of the log stands",
    "lease": "which machine does what",
    "hub_setting": "the hub's own secrets",
    "season": "when the seasons are",
    "registration": "who asks to join and is no member yet; deleted when that is decided",
    "registration_link": "digests of links of registrations",
    "letter": "letters to people without an inbox; deleted when they are sent",
    "staff": "who works for the hub",
    "sign_in_link": "keyed digests of addresses that asked to sign in; reused after an hour",
    "rate": "how often something was asked lately; digests, gone within days",
}
"""The tables that hold nothing of a member, and what they hold."""


def _profile(reader: Reader) -> Iterator[Json]:
    yield reader.faces.organisation(reader.work.organisations.get(reader.caller.member))


def _origins(reader: Reader) -> Iterator[Json]:
    origins = Origins(reader.work.connection).of(reader.caller.member)
    for known, contact in marked(reader.work, reader.caller.member):
        how, at = origins.get(known, (None, None))
        yield {
            "name": contact.name,
            "email": contact.email,
            "obtained": how and how.value,
            "at": at and at.isoformat(),
        }


def _checks(reader: Reader) -> Iterator[Json]:
    found = reader.work.organisations.checks([reader.caller.member])[reader.caller.member]
    for each in found:
        yield {
            "role": each.role,
            "version": each.version,
            "outcome": each.outcome.value,
            "decided_on": each.decided_on.isoformat(),
            "expires_on": each.expires_on and each.expires_on.isoformat(),
        }
    for wish in checklists.own_checklists(reader.work, reader.caller):
        if wish.wanted:
            yield {"role": wish.checklist.role, "wanted": wish.wanted.isoformat()}
    yield from reader.held.rows("gate_override", "role", "reason", "first", "last")


def _postings(reader: Reader) -> Iterator[Json]:
    erasure = Erasure(reader.work.connection, reader.caller.member)
    for posting, exchange in erasure.postings():
        if exchange in reader.work.hub.exchanges:
            yield reader.faces.posting(reader.work.postings.get(posting))  # type: ignore[arg-type]
        else:
            yield {"id": posting, "exchange": exchange, "body": reader.held.body(posting)}
    yield from reader.held.rows("draft", "exchange", "kind", "answers", "changed")
    for draft in drafts.listed(reader.work, reader.caller):
        answers = dict(draft.answers)
        yield {"draft": draft.kind, "changed": draft.changed.isoformat(), "body": answers}


def _deals(reader: Reader) -> Iterator[Json]:
    for deal in _own_deals(reader):
        yield reader.faces.deal(deal)


def _own_deals(reader: Reader) -> Iterator[Deal]:
    for exchange in sorted(reader.work.hub.exchanges):
        yield from reader.work.deals.of(reader.caller.member, exchange, limit=None)


def _messages(reader: Reader) -> Iterator[Json]:
    for each in inbox(reader.work, reader.caller, "", ALL_MESSAGES):
        yield {"at": each.at.isoformat(), "subject": each.subject, "text": each.text}


def _mail(reader: Reader) -> Iterator[Json]:
    yield from reader.held.rows("mail", "state", "due", "sent_at")
    yield from reader.held.rows("mail_stop", "reason", "at")


def _keys(reader: Reader) -> Iterator[Json]:
    yield from reader.held.rows("api_key", "label", "scopes", "created", "expires", "revoked")
    for feed in feeds.feeds(reader.work, reader.caller):
        yield {"feed": feed.label, "created": feed.created.isoformat()}


def _looks(reader: Reader) -> Iterator[Json]:
    for each in unmask.looks(reader.work, reader.caller):
        yield {"at": each.at.isoformat(), "purpose": each.purpose, "because": each.because}


def _complaints(reader: Reader) -> Iterator[Json]:
    for each in complain.own_complaints(reader.work, reader.caller):
        yield {
            "number": each.number,
            "about": each.about.value,
            "said": each.said,
            "state": each.state,
            "answer": each.answer,
            "created": each.created.isoformat(),
        }


HOLDINGS: tuple[Holding, ...] = (
    Holding(
        code="profile",
        title="Your profile and your contacts",
        tables=frozenset({"organisation", "opted_out"}),
        why="So that your partners and the coordinator can reach you.",
        kept=lambda _: WHILE_MEMBER,
        rows=_profile,
    ),
    Holding(
        code="addresses",
        title="How the hub got your addresses",
        tables=frozenset({"contact_origin"}),
        why="So that you can ask whoever gave them.",
        kept=lambda _: "while they are yours",
        rows=_origins,
    ),
    Holding(
        code="checks",
        title="Your checks",
        tables=frozenset({"standing", "check_request", "gate_override"}),
        why="Only whoever was checked may search and be found. Outcomes and dates; no papers.",
        kept=lambda _: WHILE_MEMBER,
        rows=_checks,
    ),
    Holding(
        code="needs_and_offers",
        title="Your needs and offers",
        tables=frozenset(
            {
                "posting",
                "resource",
                "practice",
                "draft",
                "closure",
                "closure_span",
                "closure_use",
                "diary",
                "diary_span",
                "diary_use",
            }
        ),
        why="They are what is matched; what comes up later is offered to you.",
        kept=lambda _: "while you are a member; drafts for days only",
        rows=_postings,
    ),
    Holding(
        code="deals",
        title="Your agreements and what was asked",
        tables=frozenset(
            {
                "deal",
                "deal_need",
                "deal_offer",
                "use",
                "round",
                "renewal",
                "wake",
                "season_outcome",
            }
        ),
        why="So that nothing is booked twice, and everybody is served in turn.",
        kept=lambda _: "for good, under no name once you are erased: the counts depend on them",
        rows=_deals,
    ),
    Holding(
        code="messages",
        title="Your messages",
        tables=frozenset({"message"}),
        why="They are your inbox.",
        kept=lambda _: WHILE_MEMBER,
        rows=_messages,
    ),
    Holding(
        code="mail",
        title="What was mailed to you",
        tables=frozenset({"mail", "mail_link", "mail_stop"}),
        why="So that each letter goes once, and none where you want none.",
        kept=lambda settings: f"{settings.keep_spent_days} days after a letter is over",
        rows=_mail,
    ),
    Holding(
        code="keys",
        title="Your API keys and calendar feeds",
        tables=frozenset({"api_key", "calendar_feed"}),
        why="They let your own programs in. Digests only: nobody can read them out.",
        kept=lambda settings: f"until revoked; feeds {settings.keep_spent_days} days longer",
        rows=_keys,
    ),
    Holding(
        code="sessions",
        title="Who of you is signed in",
        tables=frozenset({"session", "session_contact"}),
        why="So that whoever signed in stays so for a while. Digests and marks, no addresses.",
        kept=lambda _: "until you sign out or the time is over",
        rows=lambda reader: reader.held.rows("session", "opened", "seen", "ended"),
    ),
    Holding(
        code="requests",
        title="Answers to requests, for when they are sent again",
        tables=frozenset({"idempotency"}),
        why="So that a request that is sent twice changes once.",
        kept=lambda settings: f"{settings.keep_requests_days} days",
        rows=lambda reader: reader.held.requests(),
    ),
    Holding(
        code="log",
        title="The log of what happened",
        tables=frozenset({"event"}),
        why="So that it can be proved who did what. It holds ids and codes, no names.",
        kept=lambda _: "for good; what people wrote in it goes when you are erased",
        rows=lambda reader: reader.held.log(),
    ),
    Holding(
        code="unmaskings",
        title="Who looked at who you are",
        tables=frozenset(),
        why="So that you see who looked, and why.",
        kept=lambda _: "as the log",
        rows=_looks,
    ),
    Holding(
        code="complaints",
        title="Your complaints",
        tables=frozenset({"complaint"}),
        why="So that each is answered.",
        kept=lambda settings: f"{settings.keep_complaints_days} days, once answered",
        rows=_complaints,
    ),
)


def reader_of(work: Work, caller: Caller, converter: Converter) -> Reader:
    """Reads what is held on the caller's organisation.

    :raises NotAllowed: when the caller acts for none.
    """
    return Reader(work=work, caller=own(caller), converter=converter)


def own(caller: Caller) -> Caller:
    """*caller* as a member alone: whoever acts for a group reads what that group may read."""
    member: OrganisationId = caller.member
    return evolve(caller, scopes=frozenset({"member"}), organisation=member)
