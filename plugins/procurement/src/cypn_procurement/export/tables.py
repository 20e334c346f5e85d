"""Orders and shares of a closed pool as CSV text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from attrs import frozen

FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = ("member", "quantity", "unit", "share_pounds")


@frozen(kw_only=True)
class Order:
    """What one member ordered, and the pence that it pays; *member* is the name to be shown."""

    member: str
    quantity: int
    unit: str
    share_pence: int


def orders_csv(orders: Sequence[Order]) -> str:
    r"""One line for each of *orders*, under the names of the columns; pounds with a point.

    A text that a spreadsheet would run as a formula has an apostrophe before it.

    >>> orders_csv([Order(member="=A1", quantity=2, unit="ream", share_pence=905)])
    "member,quantity,unit,share_pounds\r\n'=A1,2,ream,9.05\r\n"
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for order in orders:
        member, unit = _guarded(order.member), _guarded(order.unit)
        writer.writerow([member, order.quantity, unit, _plain_pounds(order.share_pence)])
    return out.getvalue()


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _plain_pounds(pence: int) -> str:
    """A number for a spreadsheet, without a sign for pounds; a credit is negative."""
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"
