"""How much a delegate may bind its organisation to."""

from __future__ import annotations

from cypn_core.domain.money import pounds


def above_limit(pence: int, limit: int, *, confirmed: int = 0) -> str | None:
    """Why a delegate may not confirm *pence* by itself, or None where it may.

    *confirmed* pence are what it has confirmed in this pool before: what is above the limit as a
    whole is not let through in parts.

    :raises ValueError: on a negative amount.

    >>> above_limit(96_000, 90_000)
    '£960.00 is above your limit of £900.00; somebody with a higher limit must confirm.'
    >>> above_limit(90_000, 90_000) is None
    True
    >>> above_limit(50_000, 90_000, confirmed=46_000)[:54]
    '£500.00 with the £460.00 that you confirmed before is '
    """
    for name, amount in (("pence", pence), ("limit", limit), ("confirmed", confirmed)):
        if amount < 0:
            raise ValueError(f"{name} must be 0 or more, in pence")
    if pence + confirmed <= limit:
        return None
    before = f" with the {pounds(confirmed)} that you confirmed before" if confirmed else ""
    return (
        f"{pounds(pence)}{before} is above your limit of {pounds(limit)}; "
        "somebody with a higher limit must confirm."
    )
