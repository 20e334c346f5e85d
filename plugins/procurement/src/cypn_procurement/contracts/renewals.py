"""When notice must be given on a contract, and by when a pool must decide because of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from attrs import field, frozen
from attrs.validators import ge


@frozen(kw_only=True)
class Renewal:
    """A contract that renews itself unless *notice_days* before *ends* somebody says no.

    :raises ValueError: on a negative *notice_days*.
    """

    ends: dt.date
    notice_days: int = field(validator=ge(0))

    @property
    def notice_by(self) -> dt.date:
        """The last day on which notice can be given."""
        return self.ends - dt.timedelta(days=self.notice_days)

    def need_on(self, lead_days: int) -> dt.date:
        """The day on which a need is made of it: *lead_days* before notice is due.

        >>> phones = Renewal(ends=dt.date(2027, 12, 31), notice_days=90)
        >>> phones.notice_by, phones.need_on(60)
        (datetime.date(2027, 10, 2), datetime.date(2027, 8, 3))
        """
        return self.notice_by - dt.timedelta(days=lead_days)


def latest_deadline(renewals: Iterable[Renewal]) -> dt.date | None:
    """The last day on which a pool of these members may decide; None where nothing renews."""
    return min((each.notice_by for each in renewals), default=None)


def check_deadline(deadline: dt.date, renewals: Iterable[Renewal]) -> None:
    """Let a pool decide only while each member can still end its present contract.

    :raises ValueError: on a later *deadline*; it names the last day, never the member.
    """
    last = latest_deadline(renewals)
    if last is not None and deadline > last:
        raise ValueError(
            f"deadline must be {last.isoformat()} at the latest: after it a member can no longer "
            "end its present contract"
        )
