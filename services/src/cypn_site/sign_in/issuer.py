"""Who else may vouch for people: an OpenID Connect issuer, as an operator sets it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from urllib.parse import urlsplit

from attrs import field, frozen

from cypn_core.domain.errors import Invalid

URL, CLIENT = "CYPN_OIDC_ISSUER", "CYPN_OIDC_CLIENT_ID"
SECRET = "CYPN_OIDC_CLIENT_SECRET"  # noqa: S105 - the name of the variable
NAME = "CYPN_OIDC_NAME"
SITE, PUBLIC = "CYPN_SITE_URL", "CYPN_PUBLIC_URL"
BACK = "/sign-in/elsewhere/back"
"""Where the issuer sends people back to; it has to know that address."""
NEEDED = ("authlib", "joserfc", "requests")
LOCAL = {"localhost", "127.0.0.1", "::1"}


@frozen(kw_only=True)
class Issuer:
    """An issuer, as what the hub is known to it, and what people call it."""

    url: str
    client: str
    secret: str = field(repr=False)
    name: str
    back: str

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Issuer | None:
        """The issuer in *environment*; None where none of its variables is set.

        >>> Issuer.read({}) is None
        True

        :raises Invalid: naming the variable and the mend.
        """
        said = {name: environment.get(name, "").strip() for name in (URL, CLIENT, SECRET, NAME)}
        if not any(said.values()):
            return None
        missing = [name for name, value in said.items() if not value]
        if missing:
            mend = f"is not set, but {URL}, {CLIENT}, {SECRET} and {NAME} go together"
            raise Invalid({name: [mend] for name in missing})
        if not all(find_spec(each) for each in NEEDED):
            raise Invalid({URL: ["is set, but pip install 'cypn-services[oidc]' was not done"]})
        return cls(
            url=_url(said[URL]),
            client=said[CLIENT],
            secret=said[SECRET],
            name=said[NAME],
            back=_origin(environment) + BACK,
        )


def trusted(url: str) -> bool:
    """Whether nobody in between can answer for *url*: by HTTPS, or on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)


def _url(said: str) -> str:
    parts = urlsplit(said)
    if not trusted(said) or not parts.hostname or parts.query or parts.fragment:
        raise Invalid({URL: ["must be an address such as https://accounts.example.org"]})
    return said


def _origin(environment: Mapping[str, str]) -> str:
    site = environment.get(SITE, "").strip().rstrip("/")
    parts = urlsplit(environment.get(PUBLIC, "").strip())
    found = site or (f"{parts.scheme}://{parts.netloc}" if parts.netloc else "")
    if not trusted(found):
        raise Invalid({PUBLIC: [f"must be an https address where {URL} is set"]})
    return found
