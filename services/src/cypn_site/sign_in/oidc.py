"""OpenID Connect: the authorization code flow with PKCE, and what an ID token must say.

It needs the extra ``oidc``; only `cypn_site.sign_in.elsewhere` imports it, where an issuer is set.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from attrs import asdict, frozen
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from cypn_core.domain.errors import Invalid
from cypn_core.domain.people import address
from cypn_site.sign_in.issuer import Issuer, trusted

SECONDS = 5
"""So long the issuer may take for one answer."""
LEEWAY_SECONDS = 60
"""So much the issuer's clock may differ."""
LASTS = dt.timedelta(minutes=10)
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""By a key that only the issuer has: nothing unsigned, and nothing that we could sign."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Away(Exception):
    """The issuer does not answer, or not as an issuer does."""


class NotVouched(Exception):
    """The issuer's answer does not tell who comes."""


@frozen(kw_only=True)
class Started:
    """What the browser keeps until it comes back, to tell its own answer from anybody else's."""

    state: str
    nonce: str
    verifier: str
    until: int

    def kept(self) -> dict[str, Any]:
        """As plain data, for the signed cookie."""
        return asdict(self)


def begin(issuer: Issuer, now: dt.datetime) -> tuple[str, Started]:
    """The issuer's address to go to, and what to keep meanwhile.

    :raises Away: when it does not answer.
    """
    started = Started(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        until=int((now + LASTS).timestamp()),
    )
    with _client(issuer) as client:
        target, _ = client.create_authorization_url(
            _metadata(client, issuer)["authorization_endpoint"],
            state=started.state,
            code_verifier=started.verifier,
            nonce=started.nonce,
        )
    return target, started


def vouched_for(
    issuer: Issuer, started: Started, answer: Mapping[str, str], now: dt.datetime
) -> str:
    """The e-mail address that the issuer has verified, from what the browser came back with.

    :raises NotVouched: when it is no answer to *started*, or vouches for no address.
    :raises Away: when the issuer does not answer.
    """
    if not _same(started.state, answer.get("state")) or now.timestamp() > started.until:
        raise NotVouched
    code = answer.get("code")
    if not code:
        raise NotVouched
    with _client(issuer) as client:
        metadata = _metadata(client, issuer)
        if answer.get("iss", issuer.url) != issuer.url:
            raise NotVouched
        token = _token(client, metadata["token_endpoint"], code, started.verifier)
        keys = _fetched(client, metadata["jwks_uri"])
    return _email(_claims(issuer, token, keys, now), started)


def _client(issuer: Issuer) -> Any:
    return OAuth2Session(
        client_id=issuer.client,
        client_secret=issuer.secret,
        scope="openid email",
        redirect_uri=issuer.back,
        code_challenge_method="S256",
        default_timeout=SECONDS,
    )


def _metadata(client: Any, issuer: Issuer) -> dict[str, str]:
    found = _fetched(client, f"{issuer.url.rstrip('/')}/.well-known/openid-configuration")
    there = all(isinstance(found.get(each), str) and trusted(found[each]) for each in ENDPOINTS)
    if found.get("issuer") != issuer.url or not there:
        raise Away
    return found


def _fetched(client: Any, url: str) -> dict[str, Any]:
    try:
        answer = client.get(url, withhold_token=True, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (RequestException, ValueError):
        raise Away from None
    if answer.is_redirect or not isinstance(found, dict):
        raise Away
    return found


def _token(client: Any, url: str, code: str, verifier: str) -> str:
    try:
        answer = client.fetch_token(
            url,
            grant_type="authorization_code",
            code=code,
            code_verifier=verifier,
            allow_redirects=False,
        )
    except OAuthError:
        raise NotVouched from None
    except (RequestException, ValueError):
        raise Away from None
    found = answer.get("id_token")
    if not isinstance(found, str):
        raise NotVouched
    return found


def _claims(issuer: Issuer, token: str, keys: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer.url},
        aud={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    try:
        found = jwt.decode(token, KeySet.import_key_set(keys), ALGORITHMS).claims  # type: ignore[arg-type]
        registry.validate(found)
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotVouched from None
    if found["aud"] not in (issuer.client, [issuer.client]):
        raise NotVouched
    return found


def _email(claims: Mapping[str, Any], started: Started) -> str:
    said = claims.get("email")
    verified = claims.get("email_verified") is True
    if not _same(started.nonce, claims.get("nonce")) or not verified or not isinstance(said, str):
        raise NotVouched
    try:
        return address(said)
    except Invalid:
        raise NotVouched from None


def _same(kept: str, said: object) -> bool:
    return isinstance(said, str) and hmac.compare_digest(
        kept.encode(), said.encode(errors="replace")
    )
