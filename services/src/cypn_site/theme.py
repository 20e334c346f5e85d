"""The look: the compiled style sheet, and the network's own colours and logo."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

from flask import Flask, Response

from cypn_core.domain.errors import NotFound
from cypn_site.colours import contrast, lightened
from cypn_site.settings import READABLE, SiteSettings

FOREVER = "public, max-age=31536000, immutable"
DARK = "#111418"
STEPS = 20


def add_styles(app: Flask, settings: SiteSettings) -> None:
    """Serve the style sheet and the logo under addresses that change when their contents do."""
    sheet = style_sheet(settings)
    version = hashlib.sha256(sheet).hexdigest()[:12]
    app.add_url_rule(
        "/static/<version>/site.css",
        "style",
        lambda version: _forever(sheet, "text/css; charset=utf-8"),
    )
    app.add_url_rule("/static/logo", "logo", lambda: _logo(settings))
    app.add_url_rule("/favicon.ico", "icon", lambda: _icon(settings))
    app.jinja_env.globals["style_version"] = version


def style_sheet(settings: SiteSettings) -> bytes:
    """The compiled sheet, and after it the colours that the network has chosen."""
    return compiled() + colours(settings.colour).encode()


@cache
def compiled() -> bytes:
    """The sheet that ``make styles`` compiled."""
    return (resources.files("cypn_site") / "static" / "site.css").read_bytes()


def colours(brand: str) -> str:
    """The network's colour as custom properties, lightened as far as a dark page needs.

    >>> "--cypn-brand: #1d4f91" in colours("#1d4f91")
    True
    """
    return (
        f":root{{--cypn-brand: {brand};--govuk-brand-colour: {brand}}}"
        f"@media screen and (prefers-color-scheme: dark){{:root{{"
        f"--govuk-brand-colour: {on_dark(brand)}}}}}"
    )


def on_dark(brand: str) -> str:
    """*brand*, lightened in steps until it can be read on a dark page."""
    steps = (lightened(brand, step / STEPS) for step in range(STEPS + 1))
    return next(each for each in steps if contrast(each, DARK) >= READABLE)


def _forever(content: bytes, media_type: str) -> Response:
    return Response(content, content_type=media_type, headers={"Cache-Control": FOREVER})


def _icon(settings: SiteSettings) -> Response:
    """What browsers ask for unasked: the logo, or a square in the network's colour."""
    if settings.logo is not None:
        return _logo(settings)
    square = f'<path d="M2 2h12v12H2z" fill="{settings.colour}"/>'
    icon = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{square}</svg>'
    response = Response(icon, content_type="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _logo(settings: SiteSettings) -> Response:
    if settings.logo is None:
        raise NotFound
    response = Response(settings.logo.content, content_type=settings.logo.media_type)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
