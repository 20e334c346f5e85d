"""A closed pool as a release of the Open Contracting Data Standard 1.1.

Members that consent are named, each with its own call-off; the others are one party, counted
only. Fewer than three of those could be told by subtraction, so then no totals are given. Who
signed a call-off is told by the standard's extension *signatories*.

Source: https://standard.open-contracting.org/1.1/en/schema/release/; units are the common codes
of UN/ECE Recommendation 20.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

Json = dict[str, Any]

UNITS: Mapping[str, str] = {
    "day": "DAY",
    "dozen": "DZN",
    "hour": "HUR",
    "kilogram": "KGM",
    "kilowatt_hour": "KWH",
    "line": "C62",
    "litre": "LTR",
    "member": "C62",
    "metre": "MTR",
    "month": "MON",
    "pack": "NMP",
    "pair": "PR",
    "piece": "H87",
    "ream": "RM",
    "set": "SET",
    "year": "ANN",
}
"""A pool's unit to its common code; what has none of its own is counted as ``C62``, one."""
FEWEST_UNNAMED = 3
UNNAMED = "unnamed"
SUPPLIER = "supplier"


@frozen(kw_only=True)
class Buyer:
    """One member of the pool: what it orders, the pence it pays, and whether it may be named."""

    id: str
    name: str
    quantity: int
    share_pence: int
    consents: bool


@frozen(kw_only=True)
class ClosedPool:
    """A pool whose members are bound. *closed* is an instant with its zone."""

    id: str
    title: str
    unit: str
    unit_pence: int
    supplier: str
    closed: dt.datetime
    buyers: tuple[Buyer, ...]

    def __attrs_post_init__(self) -> None:
        if self.closed.tzinfo is None:
            raise ValueError("closed must say its time zone")
        if not self.buyers:
            raise ValueError("buyers must name at least one member")

    @property
    def named(self) -> tuple[Buyer, ...]:
        """Those who may be named, by id."""
        return tuple(sorted((b for b in self.buyers if b.consents), key=lambda buyer: buyer.id))

    @property
    def totals_tell_nothing(self) -> bool:
        """Whether totals less what is named leave none or enough of the others."""
        return len(self.buyers) - len(self.named) not in range(1, FEWEST_UNNAMED)


def release(pool: ClosedPool, prefix: str) -> Json:
    """The release, ready for `json.dumps`.

    :param prefix: the publisher's registered prefix, such as ``ocds-213czf``.
    :raises ValueError: on another sort of prefix.
    """
    if not re.fullmatch(r"ocds-[a-z0-9]{6}", prefix):
        raise ValueError("prefix must be ocds- and six letters or digits, as it was registered")
    ocid, when = f"{prefix}-{pool.id}", pool.closed.isoformat()
    return {
        "ocid": ocid,
        "id": f"{ocid}-closed",
        "date": when,
        "tag": ["tender", "award", "contract"],
        "initiationType": "tender",
        "language": "en",
        "parties": _parties(pool),
        "tender": {"id": pool.id, "title": pool.title, "status": "complete", **_total(pool)},
        "awards": [
            {
                "id": f"{pool.id}-award",
                "title": pool.title,
                "status": "active",
                "date": when,
                "suppliers": [{"id": SUPPLIER, "name": pool.supplier}],
                **_total(pool),
            }
        ],
        "contracts": [_call_off(pool, buyer) for buyer in pool.named],
    }


def _parties(pool: ClosedPool) -> list[Json]:
    supplier: Json = {"id": SUPPLIER, "name": pool.supplier, "roles": ["supplier"]}
    named: list[Json] = [_reference(buyer) | {"roles": ["buyer"]} for buyer in pool.named]
    unnamed = len(pool.buyers) - len(named)
    if not unnamed:
        return [supplier, *named]
    name = "1 member that is not named" if unnamed == 1 else f"{unnamed} members that are not named"
    others: Json = {"id": UNNAMED, "name": name, "roles": ["buyer"], "details": {"count": unnamed}}
    return [supplier, *named, others]


def _reference(buyer: Buyer) -> Json:
    return {"id": f"buyer-{buyer.id}", "name": buyer.name}


def _call_off(pool: ClosedPool, buyer: Buyer) -> Json:
    return {
        "id": f"{pool.id}-{buyer.id}",
        "awardID": f"{pool.id}-award",
        "title": f"{pool.title}: {buyer.name}",
        "status": "active",
        "dateSigned": pool.closed.isoformat(),
        "value": _value(buyer.share_pence),
        "items": [_item(pool, [buyer])],
        "signatories": [_reference(buyer), {"id": SUPPLIER, "name": pool.supplier}],
    }


def _total(pool: ClosedPool) -> Json:
    """Items and value of the whole pool; without quantities where those would tell of one."""
    if not pool.totals_tell_nothing:
        return {"items": [_item(pool, [])]}
    total = sum(buyer.share_pence for buyer in pool.buyers)
    return {"items": [_item(pool, pool.buyers)], "value": _value(total)}


def _item(pool: ClosedPool, buyers: Sequence[Buyer]) -> Json:
    unit: Json = {"name": pool.unit, "value": _value(pool.unit_pence)}
    if pool.unit in UNITS:
        unit |= {"scheme": "UNCEFACT", "id": UNITS[pool.unit]}
    item: Json = {"id": "1", "description": pool.title, "unit": unit}
    return item | ({"quantity": sum(buyer.quantity for buyer in buyers)} if buyers else {})


def _value(pence: int) -> Json:
    """Pounds are a JSON number in the standard; the quotient is written with its exact pence."""
    amount = pence // 100 if pence % 100 == 0 else pence / 100
    return {"amount": amount, "currency": "GBP"}
