"""How members decide: one vote each, interests declared before quotes are seen, dissent kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from attrs import frozen

UNDECLARED = "It has not declared whether it has an interest, so its vote does not count."
LATE = "It saw the quotes before it declared whether it has an interest, so it stands aside."
RECUSED = "It declared an interest, so it stands aside."
STRANGER = "It is not a member of this pool, so its vote does not count."


@frozen(kw_only=True)
class Declaration:
    """*member* says whether it has an interest in one of the quotes."""

    member: str
    interested: bool


@frozen(kw_only=True)
class Sight:
    """*member* is shown the quotes."""

    member: str


@frozen(kw_only=True)
class Ballot:
    """*member* votes for *option*; its latest ballot is its one vote."""

    member: str
    option: str
    reason: str = ""


Fact = Declaration | Sight | Ballot


@frozen(kw_only=True)
class Outcome:
    """What was decided: *option*, or None where there was no quorum or no single first.

    *dissent* are the ballots that count and were for something else, by member; *aside* has a
    sentence for each whose vote does not count.
    """

    option: str | None
    votes: Mapping[str, int]
    dissent: tuple[Ballot, ...]
    aside: Mapping[str, str]
    sentence: str


def decided(facts: Sequence[Fact], members: AbstractSet[str], quorum: int) -> Outcome:
    """Count the ballots among *facts*, which are in the order in which they happened.

    The option with the most votes is decided; a tie decides nothing. *quorum* is the least number
    of votes that count.

    :raises ValueError: when *quorum* is below 1 or above the number of *members*.

    >>> facts = [Declaration(member=m, interested=False) for m in "abc"]
    >>> facts += [Ballot(member=m, option=o) for m, o in zip("abc", "xxy")]
    >>> decided(facts, {"a", "b", "c"}, 2).sentence
    'x is decided by 2 of 3 votes.'
    """
    if not 1 <= quorum <= len(members):
        raise ValueError(f"quorum must be 1 to {len(members)}, the number of members")
    aside = _aside(facts, members)
    cast = {fact.member: fact for fact in facts if isinstance(fact, Ballot)}
    ballots = [cast[member] for member in sorted(cast) if member not in aside]
    votes = Counter(ballot.option for ballot in ballots)
    option = _first(votes) if len(ballots) >= quorum else None
    return Outcome(
        option=option,
        votes=dict(sorted(votes.items())),
        dissent=tuple(each for each in ballots if option is not None and each.option != option),
        aside=aside,
        sentence=_sentence(option, votes, quorum),
    )


def _aside(facts: Sequence[Fact], members: AbstractSet[str]) -> dict[str, str]:
    """Whose vote does not count, and why."""
    heard = sorted({fact.member for fact in facts})
    why = {member: _why(member, facts) if member in members else STRANGER for member in heard}
    return {member: said for member, said in why.items() if said is not None}


def _why(member: str, facts: Sequence[Fact]) -> str | None:
    """An interest once declared stays declared; what was seen too early stays seen."""
    own = [fact for fact in facts if fact.member == member]
    declared = [fact for fact in own if isinstance(fact, Declaration)]
    if any(fact.interested for fact in declared):
        return RECUSED
    first = next((fact for fact in own if not isinstance(fact, Ballot)), None)
    if isinstance(first, Sight):
        return LATE
    return None if declared else UNDECLARED


def _first(votes: Counter[str]) -> str | None:
    most = max(votes.values())
    leading = [option for option, count in votes.items() if count == most]
    return leading[0] if len(leading) == 1 else None


def _sentence(option: str | None, votes: Counter[str], quorum: int) -> str:
    total = votes.total()
    if total < quorum:
        return f"Nothing is decided: {total} of the {quorum} votes that it takes were cast."
    if option is None:
        return "Nothing is decided: no option has more votes than every other."
    return f"{option} is decided by {votes[option]} of {total} votes."
