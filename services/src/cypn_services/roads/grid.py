"""From the national grid to the longitude and latitude that routing services speak.

The formulas and constants are those of the Ordnance Survey's "A guide to coordinate systems in
Great Britain" (annexes A to C): the inverse transverse Mercator projection on the Airy 1830
ellipsoid, then a Helmert transformation to WGS84, which is right to about five metres.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from cypn_core.domain.places import Point


class Ellipsoid(NamedTuple):
    """Its axes in metres."""

    major: float
    minor: float

    @property
    def eccentricity(self) -> float:
        """The first eccentricity, squared."""
        return 1 - (self.minor / self.major) ** 2


AIRY = Ellipsoid(6_377_563.396, 6_356_256.909)
WGS84 = Ellipsoid(6_378_137.0, 6_356_752.3142)
_SCALE, _LATITUDE, _LONGITUDE = 0.9996012717, math.radians(49), math.radians(-2)
_EASTING, _NORTHING = 400_000.0, -100_000.0
_MILLIMETRE = 1e-3
_SHIFT = (446.448, -125.157, 542.060)
_PARTS = 1 - 20.4894e-6
_TURN = tuple(math.radians(seconds / 3600) for seconds in (0.1502, 0.2470, 0.8421))


def lon_lat(point: Point) -> tuple[float, float]:
    """Degrees east and north on WGS84, to a metre or so: five decimals.

    >>> lon_lat(Point(651_410, 313_177))  # the guide's worked example, near Caister
    (1.71605, 52.65798)
    """
    latitude, longitude = _unprojected(point.easting, point.northing)
    east, north = _moved(latitude, longitude)
    return round(math.degrees(east), 5), round(math.degrees(north), 5)


def _unprojected(easting: float, northing: float) -> tuple[float, float]:
    """Latitude and longitude in radians on Airy 1830 (annex C)."""
    a, e2 = AIRY.major * _SCALE, AIRY.eccentricity
    phi = _footpoint(northing)
    sine = math.sin(phi) ** 2
    nu, rho = a / math.sqrt(1 - e2 * sine), a * (1 - e2) * (1 - e2 * sine) ** -1.5
    eta2, t2, sec = nu / rho - 1, math.tan(phi) ** 2, 1 / math.cos(phi)
    x = (easting - _EASTING) / nu
    low = nu / rho * math.tan(phi)
    latitude = phi - low * (
        x**2 / 2
        - x**4 / 24 * (5 + 3 * t2 + eta2 - 9 * t2 * eta2)
        + x**6 / 720 * (61 + 90 * t2 + 45 * t2**2)
    )
    longitude = _LONGITUDE + sec * (
        x
        - x**3 / 6 * (nu / rho + 2 * t2)
        + x**5 / 120 * (5 + 28 * t2 + 24 * t2**2)
        - x**7 / 5040 * (61 + 662 * t2 + 1320 * t2**2 + 720 * t2**3)
    )
    return latitude, longitude


def _footpoint(northing: float) -> float:
    """The latitude on the central meridian whose arc has the length of *northing*."""
    scaled = AIRY.major * _SCALE
    phi = (northing - _NORTHING) / scaled + _LATITUDE
    while (left := northing - _NORTHING - _arc(phi)) >= _MILLIMETRE / 100:
        phi += left / scaled
    return phi


def _arc(phi: float) -> float:
    """Metres along the central meridian from the true origin to the latitude *phi*."""
    n = (AIRY.major - AIRY.minor) / (AIRY.major + AIRY.minor)
    less, more = phi - _LATITUDE, phi + _LATITUDE
    return (
        AIRY.minor
        * _SCALE
        * (
            (1 + n + 1.25 * n**2 + 1.25 * n**3) * less
            - (3 * n + 3 * n**2 + 2.625 * n**3) * math.sin(less) * math.cos(more)
            + (1.875 * n**2 + 1.875 * n**3) * math.sin(2 * less) * math.cos(2 * more)
            - 35 / 24 * n**3 * math.sin(3 * less) * math.cos(3 * more)
        )
    )


def _moved(latitude: float, longitude: float) -> tuple[float, float]:
    """Longitude and latitude in radians on WGS84 (annexes A and B)."""
    nu = AIRY.major / math.sqrt(1 - AIRY.eccentricity * math.sin(latitude) ** 2)
    x = nu * math.cos(latitude) * math.cos(longitude)
    y = nu * math.cos(latitude) * math.sin(longitude)
    z = nu * (1 - AIRY.eccentricity) * math.sin(latitude)
    (rx, ry, rz), (tx, ty, tz) = _TURN, _SHIFT
    at_x = tx + _PARTS * x - rz * y + ry * z
    at_y = ty + rz * x + _PARTS * y - rx * z
    at_z = tz - ry * x + rx * y + _PARTS * z
    return math.atan2(at_y, at_x), _latitude(at_x, at_y, at_z)


def _latitude(x: float, y: float, z: float) -> float:
    """Bowring's iteration; four rounds settle it to far below a millimetre."""
    across = math.hypot(x, y)
    latitude = math.atan2(z, across * (1 - WGS84.eccentricity))
    for _ in range(4):
        nu = WGS84.major / math.sqrt(1 - WGS84.eccentricity * math.sin(latitude) ** 2)
        latitude = math.atan2(z + WGS84.eccentricity * nu * math.sin(latitude), across)
    return latitude
