"""``cypn geo``: places of the region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import StatisticsError

import attrs
import click

from cypn_core.domain.errors import Invalid
from cypn_core.matching.travel import NoAnswer, Pair, Way
from cypn_core.wire.regionfile import load_region_dir
from cypn_services.cli.console import hub, json_option, say, say_json, say_table, settings
from cypn_services.roads import fitting
from cypn_services.roads.settings import KIND, URL


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
@json_option
def roads(as_json: bool) -> None:  # noqa: FBT001
    """Measure this region's roads: ask the service of CYPN_ROUTING once and fit coefficients to it.

    Nothing is stored; copy the table into the region file.

    \b
    Example:
      CYPN_ROUTING=osrm CYPN_ROUTING_URL=http://127.0.0.1:5000 cypn geo roads
    """  # noqa: D301 - click reads the escape
    found = fitting.samples(_asked(fitting.pairs_of(hub().region)))
    try:
        roads = fitting.fitted(found)
    except (ValueError, StatisticsError) as error:
        raise Invalid({URL: [f"cannot be measured by: {error}"]}) from None
    lengths, times = fitting.errors(roads, found)
    if as_json:
        told = {**attrs.asdict(roads), "ways": len(found), "km_off": lengths, "minutes_off": times}
        say_json(told)
        return
    say(f"# {len(found)} ways; off by {lengths:.1f} % in kilometres and {times:.1f} % in minutes")
    say(fitting.table(roads))


def _asked(pairs: Sequence[Pair]) -> Mapping[Pair, Way | None]:
    asked = settings().travel
    if asked is None:
        raise Invalid({KIND: ["names no service that can be asked: set it to osrm, say"]})
    try:
        return asked.ways(pairs)
    except NoAnswer as error:
        raise Invalid({URL: [f"gave no answer: {error}"]}) from None


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
