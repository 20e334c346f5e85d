"""The map of what is wanted and what lies idle, with its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from cypn_core.domain.region import Region
from cypn_site.evidence.figure import Figure, count
from cypn_site.evidence.wording import Wording
from cypn_site.graphics.maps import Filled, Legend, areas

Json = dict[str, Any]
SIDES = ("gaps", "overlaps")
MANY = 6
"""So many groups make the ground of an area darker."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def over_map(words: Wording, region: Region, told: Json, kind: str) -> Figure:
    """The map of what is wanted and idle in each area, of all kinds or of one."""
    _ = words.language.gettext
    title = _("What is wanted, and what is not")
    said = _("Approximate areas; the table says the same")
    found = {
        area: [_sum([row for row in told[side] if _on(row, area, kind)]) for side in SIDES]
        for area in sorted({row["area"] for side in SIDES for row in told[side]})
    }
    shown = {area: each for area, each in found.items() if each != [None, None]}
    filled = {
        area: Filled(
            letter=LETTERS[n % len(LETTERS)],
            said=_label(told, *each),
            wanted=each[0] is not None,
            idle=each[1] is not None,
            many=(each[0] or 0) >= MANY,
        )
        for n, (area, each) in enumerate(shown.items())
    }
    legend = Legend(
        wanted=_("wanted and not found: groups"),
        many=_("the same, %(many)s or more", many=MANY),
        idle=_("offered and not wanted: members (in brackets)"),
    )
    picture = areas("map", title, said, region, filled, legend)
    return Figure(
        title=title,
        said=said,
        svg=None if picture is None else Markup(picture),  # noqa: S704 - escaped by its serialiser
        columns=(_("Area"), _("Kind"), _("Wanted: groups"), _("Not wanted: members")),
        lines=tuple(
            (
                f"{filled[area].letter} {words.plain(area)}" if picture else words.plain(area),
                words.thing(*key),
                *(_said(words, told, side, area, key) for side in SIDES),
            )
            for area in shown
            for key in _kinds(told, area, kind)
        ),
    )


def kinds(words: Wording, told: Json) -> dict[str, str]:
    """What the map may be narrowed to: each kind with its words."""
    found = {_code(row): words.thing(row["exchange"], row["category"]) for row in _all(told)}
    return dict(sorted(found.items(), key=lambda each: each[1]))


def _all(told: Json) -> list[Json]:
    return [row for side in SIDES for row in told[side]]


def _code(row: Json) -> str:
    return f"{row['exchange']}.{row['category']}"


def _on(row: Json, area: str, kind: str) -> bool:
    return row["area"] == area and kind in {"", _code(row)}


def _kinds(told: Json, area: str, kind: str) -> list[tuple[str, str]]:
    found = {(row["exchange"], row["category"]) for row in _all(told) if _on(row, area, kind)}
    return sorted(found)


def _sum(rows: Sequence[Json]) -> int | None:
    """Of what is told; 0 where all is withheld, None where there is nothing."""
    return sum(row["groups"] or 0 for row in rows) if rows else None


def _label(told: Json, wanted: int | None, idle: int | None) -> str:
    """What stands below an area's letter: ``4 (3)``; a withheld count is ``<3``."""
    under = f"<{told['small'].rpartition(' ')[2]}"
    parts = [
        "" if wanted is None else str(wanted or under),
        "" if idle is None else f"({idle or under})",
    ]
    return " ".join(part for part in parts if part)


def _said(words: Wording, told: Json, side: str, area: str, key: tuple[str, str]) -> str:
    rows = [row for row in told[side] if _on(row, area, ".".join(key))]
    return count(words, told, rows[0]["groups"]) if rows else ""
