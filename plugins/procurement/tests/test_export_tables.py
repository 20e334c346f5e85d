"""Orders and shares as CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from cypn_procurement.export.tables import COLUMNS, FORMULA, Order, orders_csv

ORDERS = st.lists(
    st.builds(
        Order,
        member=st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"])),
        quantity=st.integers(1, 10_000),
        unit=st.sampled_from(["ream", "=cmd", "member"]),
        share_pence=st.integers(-(10**9), 10**9),
    )
)


@settings(max_examples=500, deadline=None)
@given(ORDERS)
def test_every_order_is_read_as_it_was_and_no_text_is_a_formula(orders: list[Order]) -> None:
    """Pence come back exactly; an apostrophe stands before what would run."""
    head, *lines = csv.reader(io.StringIO(orders_csv(orders), newline=""))
    assert tuple(head) == COLUMNS
    assert len(lines) == len(orders)
    for order, (member, quantity, unit, share) in zip(orders, lines, strict=True):
        assert not member.startswith(FORMULA)
        assert not unit.startswith(FORMULA)
        assert member.removeprefix("'") in (order.member, order.member.removeprefix("'"))
        assert int(quantity) == order.quantity
        assert int(share.replace(".", "")) == order.share_pence
