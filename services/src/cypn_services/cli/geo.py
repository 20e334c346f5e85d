"""``cypn geo``: places of the region."""

from __future__ import annotations

import click

from cypn_core.wire.regionfile import load_region_dir
from cypn_services.cli.console import hub, json_option, say_json, say_table


@click.group()
def geo() -> None:
    """Look up places, and check a region's files."""


@geo.command()
@click.argument("text")
@json_option
def find(text: str, as_json: bool) -> None:  # noqa: FBT001
    """Show what TEXT (a place, an alias, a ward, a postcode) means in this region.

    \b
    Example:
      cypn geo find "Norchester"
    """  # noqa: D301 - click reads the escape
    spot = hub().region.find(text, outside=True)
    told = {
        "label": spot.label,
        "easting": spot.point.easting,
        "northing": spot.point.northing,
        "zone": spot.zone,
        "inside": spot.inside,
        "ward": spot.ward,
    }
    say_json(told) if as_json else say_table(text, ("field", "value"), told.items())


@geo.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@json_option
def load(folder: str, as_json: bool) -> None:  # noqa: FBT001
    """Read a region from FOLDER; say what there is, or what is wrong with its files.

    \b
    Example:
      cypn geo load our_region/
    """  # noqa: D301 - click reads the escape
    region = load_region_dir(folder)
    told = {
        "code": region.code,
        "name": region.name,
        "places": len(region.places),
        "postcodes": len(region.postcodes),
        "wards": len(region.wards),
        "zones": len(region.zones),
        "calendars": len(region.calendars),
        "checklists": len(region.checklists),
        "exchanges": sorted(region.exchanges),
    }
    say_json(told) if as_json else say_table("Region", ("field", "value"), told.items())
