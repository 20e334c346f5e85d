"""What a member agreed to holds for those terms, and for better ones: silence is no to worse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import asdict, frozen

from cypn_core.domain.money import pounds
from cypn_procurement.integrity.canonical import digest

UNKNOWN = "You agreed to terms that this pool never had; please read these and confirm."
SILENCE = "Unless you confirm the new terms, you are out."


@frozen(kw_only=True)
class Terms:
    """All that binds a member of a pool. Amounts are pence, times whole months or days.

    *conditions* are further clauses by code, such as where data may lie; any change of them, or
    of the *supplier*, is a change for the worse until a member says otherwise.
    """

    supplier: str
    unit_pence: int
    term_months: int
    notice_days: int
    exit_fee_pence: int
    renews_automatically: bool
    commission_pence: int
    conditions: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        amounts = ("unit_pence", "term_months", "notice_days", "exit_fee_pence", "commission_pence")
        for name in amounts:
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 or more")
        if list(self.conditions) != sorted(set(self.conditions)):
            raise ValueError("conditions must be sorted and each named once")

    @property
    def digest(self) -> str:
        """The SHA-256 of these terms: what a consent names."""
        return digest(asdict(self))


@frozen(kw_only=True)
class Consent:
    """One organisation's latest word: the *digest* of the terms it read, and its highest price."""

    id: str
    digest: str
    ceiling_pence: int


@frozen(kw_only=True)
class Change:
    """One difference between two versions of terms; *voids* when it is for the worse."""

    sentence: str
    voids: bool


@frozen(kw_only=True)
class Standing:
    """Who is in as the terms are now, sorted, and the sentences for each that must confirm."""

    inside: tuple[str, ...]
    reconfirm: Mapping[str, tuple[str, ...]]


def changes(was: Terms, now: Terms) -> tuple[Change, ...]:
    """What is different in *now*, each in one sentence.

    >>> was = Terms(supplier="s", unit_pence=90_000, term_months=12, notice_days=30,
    ...     exit_fee_pence=0, renews_automatically=False, commission_pence=0)
    >>> from attrs import evolve
    >>> [change.sentence for change in changes(was, evolve(was, unit_pence=96_000, term_months=36))]
    ['The price rose from £900.00 to £960.00.', 'It now binds for 36 months.']
    """
    return (*_amounts(was, now), *_times(was, now), *_clauses(was, now))


def standing(versions: Sequence[Terms], consents: Iterable[Consent]) -> Standing:
    """Who is still in. *versions* are the pool's terms as they followed each other, now last.

    A consent holds when nothing is worse now than in the version that it names and the price is
    not above its ceiling. Whoever is to reconfirm gives a new consent, or is out.

    :raises ValueError: without versions, or when an organisation has two consents.
    """
    given = sorted(consents, key=lambda each: each.id)
    if not versions:
        raise ValueError("versions must hold the terms of now at least")
    if len({each.id for each in given}) != len(given):
        raise ValueError("consents must be each organisation's latest one only")
    known = {terms.digest: terms for terms in versions}
    why = {each.id: tuple(_against(each, known.get(each.digest), versions[-1])) for each in given}
    return Standing(
        inside=tuple(id_ for id_, sentences in why.items() if not sentences),
        reconfirm={id_: (*sentences, SILENCE) for id_, sentences in why.items() if sentences},
    )


def _against(consent: Consent, read: Terms | None, now: Terms) -> Iterator[str]:
    """Why *consent* does not hold; for a void one all that changed, the better as well."""
    found = changes(read, now) if read else (Change(sentence=UNKNOWN, voids=True),)
    if any(change.voids for change in found):
        yield from (change.sentence for change in found)
    over = now.unit_pence - consent.ceiling_pence
    if over > 0:
        most = pounds(consent.ceiling_pence)
        yield f"That is {pounds(over)} more than the {most} that you would pay at most."


def _amounts(was: Terms, now: Terms) -> Iterator[Change]:
    for name, what in (
        ("unit_pence", "price"),
        ("exit_fee_pence", "fee for leaving"),
        ("commission_pence", "commission"),
    ):
        old, new = getattr(was, name), getattr(now, name)
        if old != new:
            moved = "rose" if new > old else "fell"
            sentence = f"The {what} {moved} from {pounds(old)} to {pounds(new)}."
            yield Change(sentence=sentence, voids=new > old)


def _times(was: Terms, now: Terms) -> Iterator[Change]:
    if was.term_months != now.term_months:
        sentence = f"It now binds for {_so_many(now.term_months, 'month')}."
        yield Change(sentence=sentence, voids=now.term_months > was.term_months)
    if was.notice_days != now.notice_days:
        sentence = f"It now takes {_so_many(now.notice_days, 'day')}' notice to leave."
        yield Change(sentence=sentence, voids=now.notice_days > was.notice_days)


def _clauses(was: Terms, now: Terms) -> Iterator[Change]:
    if was.renews_automatically != now.renews_automatically:
        said = "now renews itself" if now.renews_automatically else "no longer renews itself"
        yield Change(sentence=f"The contract {said}.", voids=now.renews_automatically)
    if was.supplier != now.supplier:
        yield Change(sentence="Another supplier would deliver.", voids=True)
    if was.conditions != now.conditions:
        yield Change(sentence="The conditions are not the same.", voids=True)


def _so_many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
