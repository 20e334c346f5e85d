"""The yearly review: everybody sees what next year costs, and silence is no."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from attrs import frozen

from cypn_core.domain.money import pounds
from cypn_procurement.clearing import Member, Pool, cleared
from cypn_procurement.tariffs import Tariff

REVIEW_DAYS = 60
"""How long before the renewal the review begins."""


@frozen(kw_only=True)
class Reviewed:
    """Who goes on, who is out, and the *pool* of next year: None where nobody is left in it."""

    staying: tuple[str, ...]
    out: tuple[str, ...]
    pool: Pool | None


def review_on(renews: dt.date) -> dt.date:
    """The day on which everybody is shown next year's price.

    >>> review_on(dt.date(2027, 12, 31))
    datetime.date(2027, 11, 1)
    """
    return renews - dt.timedelta(days=REVIEW_DAYS)


def question(renews: dt.date, pence: int) -> str:
    """What a member is asked, when next year costs it *pence*.

    >>> question(dt.date(2027, 12, 31), 90_000)
    'Next year costs you £900.00. Say yes before 2027-12-31 to stay: no answer means no.'
    """
    day = renews.isoformat()
    return f"Next year costs you {pounds(pence)}. Say yes before {day} to stay: no answer means no."


def reviewed(tariff: Tariff, members: Iterable[Member], answers: Mapping[str, bool]) -> Reviewed:
    """Clear next year's pool with those alone who said yes.

    Who gave no answer is out, and so is who said yes but would now lose.

    :param answers: member id to yes or no; silence is left out.
    """
    everybody = list(members)
    pool = cleared(tariff, [member for member in everybody if answers.get(member.id, False)])
    staying = frozenset(pool.shares) if pool else frozenset()
    return Reviewed(
        staying=tuple(sorted(staying)),
        out=tuple(sorted(member.id for member in everybody if member.id not in staying)),
        pool=pool,
    )
