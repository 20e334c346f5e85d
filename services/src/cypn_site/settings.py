"""What an operator sets of the site."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from attrs import field, frozen

from cypn_core.domain.errors import Invalid
from cypn_site.colours import contrast
from cypn_site.sign_in.issuer import Issuer

SECRET = "CYPN_SECRET_KEY"  # noqa: S105 - the name of the variable
NAME, COLOUR, LOGO = "CYPN_SITE_NAME", "CYPN_SITE_COLOUR", "CYPN_SITE_LOGO"
PUBLIC_URL = "CYPN_PUBLIC_URL"
SECRET_CHARACTERS = 32
LOGO_BYTES = 100_000
LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
READABLE = 4.5
"""The contrast of text that WCAG 2.2 asks for (1.4.3)."""
DARK_BLUE = "#1d4f91"


@frozen(kw_only=True)
class Logo:
    """A picture of the network's own, as it is served."""

    content: bytes
    media_type: str


@frozen(kw_only=True)
class DemoRole:
    """Somebody of the demo network whom one click signs in."""

    code: str
    text: str
    hint: str
    email: str


@frozen(kw_only=True)
class SiteSettings:
    """The site's own settings.

    *secret* signs the cookie that carries the forms' tokens; every worker needs the same. *secure*
    says that people reach the site by HTTPS. *demo* are the one-click roles of the demo network.
    *issuer* may vouch for people, beside the mailed link.
    """

    secret: str = field(factory=lambda: secrets.token_hex(32), repr=False)
    secure: bool = False
    name: str | None = None
    colour: str = DARK_BLUE
    logo: Logo | None = None
    demo: tuple[DemoRole, ...] = ()
    issuer: Issuer | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> SiteSettings:
        """The settings in *environment*.

        >>> SiteSettings.read({"CYPN_SITE_NAME": "Our network"}).name
        'Our network'

        :raises Invalid: naming the variable and the mend.
        """
        secure = urlsplit(environment.get(PUBLIC_URL, "")).scheme == "https"
        return cls(
            secret=_secret(environment.get(SECRET), needed=secure),
            secure=secure,
            name=environment.get(NAME, "").strip() or None,
            colour=_colour(environment.get(COLOUR, DARK_BLUE).strip()),
            logo=_logo(environment.get(LOGO, "").strip()),
            issuer=Issuer.read(environment),
        )

    def cookie(self, name: str) -> str:
        """*name* as a cookie that no other host can set, where that is possible."""
        return f"__Host-{name}" if self.secure else name


def _secret(said: str | None, *, needed: bool) -> str:
    if said is None and not needed:
        return secrets.token_hex(32)
    if said is None or len(said) < SECRET_CHARACTERS:
        mend = f"must be {SECRET_CHARACTERS} random characters or more, the same in every worker"
        raise Invalid({SECRET: [mend]})
    return said


def _colour(said: str) -> str:
    if not re.fullmatch("#[0-9a-fA-F]{6}", said):
        raise Invalid({COLOUR: ["must be a colour such as #1d4f91"]})
    if contrast(said, "#ffffff") < READABLE:
        raise Invalid({COLOUR: ["is too light: white text on it could not be read"]})
    return said.lower()


def _logo(path: str) -> Logo | None:
    if not path:
        return None
    media_type = LOGO_TYPES.get(Path(path).suffix.lower())
    if media_type is None:
        raise Invalid({LOGO: [f"must be a file that ends in {' or '.join(LOGO_TYPES)}"]})
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise Invalid({LOGO: [f"cannot be read: {error.strerror}"]}) from None
    if len(content) > LOGO_BYTES:
        raise Invalid({LOGO: [f"must be at most {LOGO_BYTES // 1000} kB"]})
    return Logo(content=content, media_type=media_type)
